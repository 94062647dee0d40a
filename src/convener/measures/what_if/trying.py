"""Steps taken in a market: holdings in, changed holdings out, and what each step did."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from convener.base.kinds import Kind
from convener.measures.what_if.figures import left_over_of, local_of
from convener.measures.what_if.holdings import (
    NOBODY,
    TEN_THOUSANDTHS,
    Codes,
    Holder,
    Holdings,
    Sort,
)
from convener.measures.what_if.steps import (
    Move,
    MovePart,
    NewHolder,
    Split,
    Step,
    StepError,
    Stop,
    Thing,
    To,
)

type Find = Callable[[Thing], NDArray[np.uint64]]

_ROWS = ("holder", "place", "sort", "thing", "amount", "has_amount", "is_valued", "items")


@dataclass(frozen=True)
class Taken:
    """What a step did: who held it, who holds it now, how much it was, what nobody took up.

    ``unserved`` is by place, the most first.
    """

    step: Step
    holder: str
    to: str = ""
    amount: float | None = None
    things: int = 0
    places: int = 0
    unserved: tuple[tuple[str, float], ...] = ()

    @property
    def left_over(self) -> float:
        """Return how much nobody took up."""
        return sum(amount for _, amount in self.unserved)


@dataclass(frozen=True)
class Tried:
    """Holdings after some steps, with what each did or why it could not be taken."""

    holdings: Holdings
    outcomes: tuple[Taken | StepError, ...]

    @property
    def taken(self) -> tuple[Taken, ...]:
        """Return the steps that were taken."""
        return tuple(each for each in self.outcomes if isinstance(each, Taken))


def try_steps(holdings: Holdings, steps: Sequence[Step], *, find: Find, spare: float) -> Tried:
    """Return a market after steps, each taken on what those before it left.

    ``find`` gives what things of the store have the name of one. ``spare`` is the part of its own
    size by which each other provider grows where one stops. A step that cannot be taken changes
    nothing, and says why.
    """
    outcomes: list[Taken | StepError] = []
    for step in steps:
        try:
            holdings, taken = _take(holdings, step, find, spare)
        except StepError as error:
            outcomes.append(error)
        else:
            outcomes.append(taken)
    return Tried(holdings, tuple(outcomes))


def _take(holdings: Holdings, step: Step, find: Find, spare: float) -> tuple[Holdings, Taken]:
    match step:
        case Stop():
            return _stop(holdings, step, spare)
        case Move():
            return _move(holdings, step, find)
        case MovePart():
            return _move_part(holdings, step)
        case Split():
            return _split(holdings, step, find)


# --- A provider stops ---------------------------------------------------------------------------


def _stop(holdings: Holdings, step: Stop, spare: float) -> tuple[Holdings, Taken]:
    """Take a provider out; the rest of each place take up what their spare capacity holds."""
    who = _position(holdings, step.provider)
    gone = holdings.holder == who
    local = local_of(holdings)
    count = len(holdings.places)
    own = local.holder == who
    lost = np.bincount(local.place[own], weights=local.net[own], minlength=count)
    unserved = np.bincount(
        local.place[own], weights=left_over_of(local, spare)[own], minlength=count
    )
    rest = np.bincount(local.place, weights=local.net, minlength=count) - lost
    growth = np.divide(lost - unserved, rest, out=np.zeros(count), where=rest > 0)
    grows = (local.net > 0)[local.of_row] & (local.of_row != NOBODY)
    factor = np.where(grows, 1.0 + growth[holdings.place], 1.0)
    is_touched = factor != 1.0
    amount = holdings.amount.copy()
    amount[is_touched] = np.rint(amount[is_touched] * factor[is_touched]).astype(np.int64)
    after = _kept(replace(holdings, amount=amount), ~gone)
    order = np.argsort(-unserved, kind="stable")
    return after, Taken(
        step,
        holder=holdings.holders[who].name,
        amount=float(lost.sum()),
        things=int(np.unique(holdings.thing[gone]).size),
        places=int(np.unique(holdings.place[gone]).size),
        unserved=tuple(
            (holdings.places[at], float(unserved[at])) for at in order if unserved[at] > 0
        ),
    )


# --- Something goes to another ------------------------------------------------------------------


def _move(holdings: Holdings, step: Move, find: Find) -> tuple[Holdings, Taken]:
    rows = _rows_of(holdings, step.thing, find)
    holder = _holder_said(holdings, rows)
    amount = _whole_amount(holdings, rows)
    wider, to, sort = _receiver(holdings, step.to)
    if (wider.holder[rows] == to).all():
        raise StepError(f"{_said(step.thing)} is with {wider.holders[to].name} already")
    after = _with(
        _without(wider, rows),
        _like(wider, rows[:1], holder=[to], sort=[sort], amount=[amount], items=[1.0]),
    )
    is_priced = bool(wider.has_amount[rows].any())
    return after, Taken(
        step,
        holder=holder,
        to=wider.holders[to].name,
        amount=amount / TEN_THOUSANDTHS if is_priced else None,
        things=1,
        places=1,
    )


def _move_part(holdings: Holdings, step: MovePart) -> tuple[Holdings, Taken]:
    who = _position(holdings, step.provider)
    rows = np.flatnonzero(holdings.holder == who)
    share, moved_amount = _share_of(holdings, rows, step)
    wider, to, sort = _receiver(holdings, step.to)
    if to == who:
        raise StepError(f"a part of {wider.holders[who].name} cannot go to itself")
    moved = np.rint(wider.amount[rows] * share).astype(np.int64)
    amount, items = wider.amount.copy(), wider.items.copy()
    amount[rows] -= moved
    items[rows] *= 1.0 - share
    new = _like(
        wider,
        rows,
        holder=[to] * rows.size,
        sort=[sort] * rows.size,
        amount=moved,
        items=wider.items[rows] * share,
    )
    left = replace(wider, amount=amount, items=items)
    after = _with(_without(left, rows) if share == 1.0 else left, new)
    return after, Taken(
        step,
        holder=wider.holders[who].name,
        to=wider.holders[to].name,
        amount=moved_amount,
        things=int(np.unique(wider.thing[rows]).size),
        places=int(np.unique(wider.place[rows]).size),
    )


def _share_of(holdings: Holdings, rows: Codes, step: MovePart) -> tuple[float, float | None]:
    """Return what share of a provider's rows goes, and how much that is."""
    held = float(holdings.amount[rows].sum()) / TEN_THOUSANDTHS
    if step.part.is_share:
        return step.part.amount, held * step.part.amount if held > 0 else None
    if held < step.part.amount:
        name = holdings.holders[_position(holdings, step.provider)].name
        raise StepError(
            f"{step.part.amount:,.15g} of {name} cannot be moved; it has {held:,.15g} in all"
        )
    return step.part.amount / held, step.part.amount


# --- A contract is cut into lots ----------------------------------------------------------------


def _split(holdings: Holdings, step: Split, find: Find) -> tuple[Holdings, Taken]:
    rows = _rows_of(holdings, step.thing, find)
    holder = _holder_said(holdings, rows)
    amount = _whole_amount(holdings, rows)
    sort = int(holdings.sort[rows[0]])
    kind = step.kind or _open_kind(holdings.sorts[sort].kind)
    number = sum(one.is_new for one in holdings.holders)
    lots = [
        Holder(
            "", f"New {kind.label.lower()} {number + lot}, lot {lot} of {step.lots}", None, True
        )
        for lot in range(1, step.lots + 1)
    ]
    first = len(holdings.holders)
    wider, sort = _with_sort(replace(holdings, holders=(*holdings.holders, *lots)), kind)
    each, left = divmod(abs(amount), step.lots)
    amounts = [(each + (lot < left)) * (1 if amount >= 0 else -1) for lot in range(step.lots)]
    new = _like(
        wider,
        np.repeat(rows[:1], step.lots),
        holder=list(range(first, first + step.lots)),
        sort=[sort] * step.lots,
        amount=amounts,
        items=[1.0] * step.lots,
    )
    # Each lot is a thing of its own, which no name leads to.
    new["thing"] = new["thing"] + np.arange(1, step.lots + 1, dtype=np.uint64)
    return _with(_without(wider, rows), new), Taken(
        step,
        holder=holder,
        to=f"{step.lots} new providers ({kind.label.lower()})",
        amount=amount / TEN_THOUSANDTHS if holdings.has_amount[rows].any() else None,
        things=1,
        places=1,
    )


def _open_kind(kind: Kind) -> Kind:
    """Return the kind of new providers in the place of one; nobody who is a person is imagined."""
    return Kind.UNKNOWN if kind is Kind.INDIVIDUAL else kind


# --- Finding ------------------------------------------------------------------------------------


def _position(holdings: Holdings, reference: str) -> int:
    """Return where a provider stands; one that has nothing left is as one that never was."""
    found = holdings.positions.get(reference)
    if found is None or not (holdings.holder == found).any():
        raise StepError(
            f"the provider {reference} was met; wanted one that has something in this market"
        )
    return found


def _rows_of(holdings: Holdings, thing: Thing, find: Find) -> Codes:
    """Return the rows of a thing; what a person holds is not found."""
    keys = find(thing)
    rows = np.flatnonzero(np.isin(holdings.thing, keys) & (holdings.holder != NOBODY))
    names = {holdings.holders[at].name for at in np.unique(holdings.holder[rows])}
    if not rows.size or "" in names:
        raise StepError(
            f"{_said(thing)} was met; wanted one of this market, that no step before has changed"
        )
    return rows


def _said(thing: Thing) -> str:
    if thing.process:
        return f"the award {thing.number} of {thing.process}"
    return f"the entry {thing.number}"


def _holder_said(holdings: Holdings, rows: Codes) -> str:
    names = dict.fromkeys(holdings.holders[at].name for at in holdings.holder[rows])
    return " and ".join(names)


def _whole_amount(holdings: Holdings, rows: Codes) -> int:
    """Return what a thing is worth, however the framework rule shared it."""
    shared = float(holdings.items[rows].sum())
    total = int(holdings.amount[rows].sum())
    if abs(shared - 1.0) < 1e-9 or shared <= 0:  # noqa: PLR2004 -- rounding
        return total
    return round(total / shared)


def _receiver(holdings: Holdings, to: To) -> tuple[Holdings, int, int]:
    """Return the holdings with whoever receives, where they stand and what sort they are."""
    if isinstance(to, str):
        who = _position(holdings, to)
        return holdings, who, holdings.usual_sort(who)
    found = holdings.positions.get(to.words)
    wider = holdings
    if found is None:
        found = len(holdings.holders)
        wider = replace(holdings, holders=(*holdings.holders, _imagined(to)))
    wider, sort = _with_sort(wider, to.kind)
    return wider, found, sort


def _imagined(to: NewHolder) -> Holder:
    number = f" {to.number}" if to.number > 1 else ""
    return Holder(to.words, f"New {to.kind.label.lower()}{number}", None, is_new=True)


def _with_sort(holdings: Holdings, kind: Kind) -> tuple[Holdings, int]:
    """Return the holdings with the sort of a new provider of a kind, and where it stands."""
    mission = "" if kind in (Kind.UNKNOWN, Kind.JOINT_VENTURE) else "no"
    has_mission = kind in (Kind.CHARITY, Kind.SOCIAL_ENTERPRISE, Kind.MUTUAL)
    sort = Sort(kind, "", "yes" if has_mission else mission)
    if sort in holdings.sorts:
        return holdings, holdings.sorts.index(sort)
    return replace(holdings, sorts=(*holdings.sorts, sort)), len(holdings.sorts)


# --- Rows ---------------------------------------------------------------------------------------


def _kept(holdings: Holdings, rows: NDArray[np.bool_]) -> Holdings:
    return replace(holdings, **{name: getattr(holdings, name)[rows] for name in _ROWS})


def _without(holdings: Holdings, rows: Codes) -> Holdings:
    keep = np.ones(len(holdings), dtype=np.bool_)
    keep[rows] = False
    return _kept(holdings, keep)


def _like(holdings: Holdings, rows: Codes, **changed: Any) -> dict[str, NDArray[Any]]:  # noqa: ANN401 -- columns
    """Return rows like others, with some columns of their own."""
    made: dict[str, NDArray[Any]] = {name: getattr(holdings, name)[rows] for name in _ROWS}
    for name, values in changed.items():
        made[name] = np.asarray(values, dtype=made[name].dtype)
    return made


def _with(holdings: Holdings, rows: dict[str, NDArray[Any]]) -> Holdings:
    joined: dict[str, Any] = {
        name: np.concatenate([getattr(holdings, name), rows[name]]) for name in _ROWS
    }
    return replace(holdings, **joined)
