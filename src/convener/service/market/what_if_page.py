"""The page of a what-if: its cards, its tables and its sentences."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.urls import reverse

from convener.base.kinds import Kind
from convener.measures.bands import band
from convener.measures.lists.holders import NOT_NAMED, Facts
from convener.measures.sheet import Sheet
from convener.measures.what_if.figures import Figures, LocalHold, Share
from convener.measures.what_if.holdings import Holdings
from convener.measures.what_if.steps import Move, MovePart, Split, Stop, Thing
from convener.measures.what_if.things import Listed
from convener.measures.what_if.trying import Taken
from convener.service import charts
from convener.service.downloads import Table
from convener.service.market.spoken import (
    HHI_GREATEST,
    HHI_SCALE,
    Write,
    one_place,
    one_place_percent,
)
from convener.service.market.switches import Option, Switch, query_of, switches
from convener.service.market.tables import NOT_HERE, THINGS, amount
from convener.service.market.verdict import HOLD
from convener.service.market.what_if import Asked, Bounds, Trial
from convener.service.market.what_if_forms import Offer
from convener.service.words import NO_FIGURE, counted, number, percent, sentence, span

AREAS_SHOWN = 15
TITLE_MAX = 70  # letters of a title in a list to choose from
SMALL = 5e-7  # a difference that no page shows


@dataclass(frozen=True)
class Moved:
    """One reading before and after.

    ``was_at`` and ``is_at`` are places on the scale, in per cent of its length.
    """

    title: str
    measure: str
    says: str
    was: str
    now: str
    unit: str
    means: str
    aside: str
    was_at: float | None
    is_at: float | None
    ends: tuple[str, str]

    @property
    def has_figure(self) -> bool:
        """Say whether there is a number after the steps."""
        return self.now != NO_FIGURE

    @property
    def scale_says(self) -> str:
        """Return the drawing in words."""
        return f"{self.was} as it is, {self.now} after, from {self.ends[0]} to {self.ends[1]}"


@dataclass(frozen=True)
class KindLine:
    """One kind before and after, and where its share lies in the visitor's range."""

    kind: Kind
    was: str
    now: str
    share: float
    range: str
    lies: str
    is_out: bool


@dataclass(frozen=True)
class RangeField:
    """The two ends of a kind's range, as typed."""

    kind: Kind
    least: str
    most: str


@dataclass(frozen=True)
class AreaLine:
    """One area whose largest holder or share changes."""

    place: str
    was: str
    was_holder: str
    now: str
    now_holder: str
    says: str


@dataclass(frozen=True)
class StepShown:
    """One step as the page lists it."""

    words: str
    says: str
    fault: str
    without: str


# --- Readings -----------------------------------------------------------------------------------


def cards(trial: Trial, *, on: date) -> list[Moved]:
    """Return the five readings that move; band words are those in force on a day."""
    was, now = trial.before, trial.after
    names = trial.tried.holdings
    index = "hhi-by-count" if now.is_by_count else "hhi"
    top = HHI_SCALE if max(was.hhi or 0, now.hhi or 0) <= HHI_SCALE else HHI_GREATEST
    return [
        _moved(
            "Mix",
            "effective-number-of-kinds",
            (was.kinds.value, now.kinds.value),
            one_place,
            (1, 8),
            unit="kinds",
            means=f"as if so many had equal shares{_open_kinds(now)}",
        ),
        _moved(
            "Concentration",
            index,
            (was.hhi, now.hhi),
            number,
            (0, top),
            unit="HHI",
            means=_band_said(index, now.hhi, on),
        ),
        _moved(
            "Largest provider",
            "cr1-by-count" if now.is_by_count else "cr1",
            (was.largest, now.largest),
            one_place_percent,
            (0, 1),
            means=f"with {holder_name(names, now.largest_holder)}",
        ),
        _moved(
            "Local holds",
            "area-dominance",
            (was.held_share, now.held_share),
            percent,
            (0, 1),
            unit="of areas",
            means=f"{number(now.held)} of {counted(now.judged, 'area')} have one owner with "
            f"{percent(HOLD)} or more{_held_before(trial)}",
        ),
        _moved(
            "What would stop",
            "n-minus-1",
            (was.left_over, now.left_over),
            one_place_percent,
            (0, 1),
            means=f"left without a provider if {holder_name(names, now.hardest)} stopped, and "
            f"each other grew by {percent(trial.asked.spare)} where it is",
        ),
    ]


def _moved(
    title: str,
    measure: str,
    values: tuple[float | None, float | None],
    write: Write,
    ends: tuple[float, float],
    *,
    unit: str = "",
    means: str = "",
) -> Moved:
    was, now = values

    def place(value: float | None) -> float | None:
        if value is None:
            return None
        return 100 * min(1.0, max(0.0, (value - ends[0]) / (ends[1] - ends[0])))

    return Moved(
        title=title,
        measure=measure,
        says=_direction(was, now, write),
        was=write(was),
        now=write(now),
        unit=unit,
        means=sentence(means) if now is not None else "",
        aside="",
        was_at=place(was),
        is_at=place(now),
        ends=(write(ends[0]), write(ends[1])),
    )


def _direction(was: float | None, now: float | None, write: Write) -> str:
    if was is None or now is None:
        return "Cannot be said from this data" if was is now else "Said on one side only"
    if abs(now - was) <= SMALL * max(1.0, abs(was)):
        return "Does not move"
    if write(was) == write(now):
        return "Moves by less than is written"
    return f"{'Rises' if now > was else 'Falls'} from {write(was)}"


def _held_before(trial: Trial) -> str:
    was, now = trial.before, trial.after
    if (was.held, was.judged) == (now.held, now.judged):
        return ""
    return f"; as it is {number(was.held)} of {number(was.judged)}"


def _open_kinds(figures: Figures) -> str:
    low, high = figures.kinds.low, figures.kinds.high
    if low is None or high is None or one_place(low) == one_place(high):
        return ""
    return f"; {span(low, high, one_place)} over what unknown providers may be"


def _band_said(measure: str, value: float | None, on: date) -> str:
    found = band(measure, value, on) if value is not None else ()
    return f"{found[0].name}, by the {found[0].scheme}" if found else "sum of squared shares"


def holder_name(holdings: Holdings, position: int | None) -> str:
    """Return a holder's name; a person is not named."""
    if position is None:
        return "nobody"
    return holdings.holders[position].name or NOT_NAMED.lower()


def verdict(trial: Trial, facts: Facts) -> list[str]:
    """Return what the steps do, in the sentences that the figures force."""
    was, now = trial.before, trial.after
    taken = trial.tried.taken
    if not taken:
        return ["Nothing is changed yet.", "Add a change below, and the readings move."]
    said = [f"After {counted(len(taken), 'change')} {_concentration_said(was, now)}."]
    if was.judged and now.judged and was.held != now.held:
        said.append(
            f"One owner holds {percent(HOLD)} or more in {number(now.held)} of "
            f"{counted(now.judged, 'area')}; as it is, in {number(was.held)}."
        )
    lost = [step for step in taken if isinstance(step.step, Stop)]
    if lost and any(step.amount for step in lost):
        left, whole = sum(step.left_over for step in lost), sum(step.amount or 0 for step in lost)
        said.append(
            f"Of {amount_said(whole, facts)} that stop, {amount_said(left, facts)} find no other "
            "provider."
        )
    return said


def _concentration_said(was: Figures, now: Figures) -> str:
    if was.largest is None or now.largest is None:
        return "the largest share cannot be said"
    before, after = one_place_percent(was.largest), one_place_percent(now.largest)
    if before == after:
        return f"the largest provider holds {after}, as it does now"
    return f"the largest provider holds {after} instead of {before}"


def amount_said(value: float | None, facts: Facts) -> str:
    """Return an amount with its unit."""
    if facts.basis == "provision" and value is not None:
        return f"{number(value, 0 if float(value).is_integer() else 1)} {facts.unit or 'places'}"
    return amount(value, facts)


# --- Steps --------------------------------------------------------------------------------------


def steps_shown(trial: Trial, facts: Facts, titles: dict[Thing, str]) -> list[StepShown]:
    """Return the steps with what each did, or why it could not be taken."""
    return [
        StepShown(
            words=line.words,
            says=_step_said(line.taken, facts, titles) if line.taken else "",
            fault=sentence(line.fault),
            without=line.without,
        )
        for line in trial.lines
    ]


def _step_said(taken: Taken, facts: Facts, titles: dict[Thing, str]) -> str:
    worth = amount_said(taken.amount, facts) if taken.amount is not None else "no value given"
    match taken.step:
        case Stop():
            return _stop_said(taken, facts, worth)
        case Move(thing=thing):
            return (
                f"{_thing_said(thing, titles)} ({worth}) goes from {taken.holder} to {taken.to}."
            )
        case MovePart(part=part):
            share = f"{part.words} of what {taken.holder} has" if part.is_share else worth
            tail = f" ({worth})" if part.is_share else f" of {taken.holder}"
            return f"{share}{tail} goes to {taken.to}."
        case Split(lots=lots):
            return (
                f"{_thing_said(taken.step.thing, titles)} ({worth}), now with {taken.holder}, "
                f"is split into {lots} lots, each with a new provider of its own."
            )


def _stop_said(taken: Taken, facts: Facts, worth: str) -> str:
    where = counted(taken.places, "area")
    if taken.amount is None or not taken.amount:
        return f"{taken.holder} stops: {counted(taken.things, 'record')} in {where}."
    left = taken.left_over
    absorbed = taken.amount - left
    return (
        f"{taken.holder} stops: {worth} in {where}. Others there take up "
        f"{amount_said(absorbed, facts)}; {amount_said(left, facts)} is left unserved, "
        f"{percent(left / taken.amount)} of what it had."
    )


def _thing_said(thing: Thing, titles: dict[Thing, str]) -> str:
    title = titles.get(thing, "")
    name = f"award {thing.number} of {thing.process}" if thing.process else thing.number
    return f"“{title}”" if title else name[0].upper() + name[1:]


# --- Mix ----------------------------------------------------------------------------------------


def mix(trial: Trial, facts: Facts) -> dict[str, Any]:
    """Return the mix before and after: the drawing, the table, and the visitor's ranges."""
    was, now = trial.before.mix, trial.after.mix
    met = [
        kind
        for kind in Kind
        if _value(was, kind) or _value(now, kind) or kind in trial.asked.bounds
    ]
    rows = [
        charts.MixRow(label, {kind: share.value for kind, share in shares.items()})
        for label, shares in (("As it is", was), ("After", now))[: 2 if trial.is_changed else 1]
        if any(share.value for share in shares.values())
    ]
    lines = [_kind_line(kind, trial, facts) for kind in met]
    return {
        "kind_lines": lines,
        "kinds_drawn": [kind for kind in met if _value(was, kind) or _value(now, kind)],
        "mix_chart": charts.mix_chart(rows) if rows else None,
        "ranges_said": _ranges_said(lines),
        "range_fields": [_range_field(kind, trial.asked) for kind in Kind],
    }


def _value(shares: dict[Kind, Share], kind: Kind) -> float:
    return shares[kind].value if kind in shares else 0.0


def _kind_line(kind: Kind, trial: Trial, facts: Facts) -> KindLine:
    bound = trial.asked.bounds.get(kind)
    now = trial.after.mix.get(kind)
    lies = _lies(now, bound) if bound and now else ""
    return KindLine(
        kind=kind,
        was=_share_said(trial.before.mix.get(kind), kind, facts),
        now=_share_said(now, kind, facts),
        share=now.value if now else 0.0,
        range=_bound_said(bound) if bound else "",
        lies=lies,
        is_out=lies.startswith(("Below", "Above")),
    )


def _share_said(share: Share | None, kind: Kind, facts: Facts) -> str:
    if share is None:
        return NO_FIGURE
    if kind is Kind.IN_HOUSE and not share.value and facts.basis != "provision":
        return NOT_HERE
    return span(share.value, share.high, one_place_percent)


def _bound_said(bound: Bounds) -> str:
    if bound.least is None:
        return f"at most {bound.most:g}%"
    if bound.most is None:
        return f"at least {bound.least:g}%"
    return f"{bound.least:g}–{bound.most:g}%"  # noqa: RUF001 -- a range


def _lies(share: Share, bound: Bounds) -> str:
    least, most = (bound.least or 0.0) / 100, (100.0 if bound.most is None else bound.most) / 100
    if share.high < least - SMALL:
        return f"Below, by {_points(least - share.high)}"
    if share.value > most + SMALL:
        return f"Above, by {_points(share.value - most)}"
    if share.value >= least - SMALL and share.high <= most + SMALL:
        return "Inside"
    return "Open: it hangs on what the unknown are"


def _points(difference: float) -> str:
    return f"{number(100 * difference, 1)} points"


def _ranges_said(lines: list[KindLine]) -> str:
    ranged = [line for line in lines if line.range]
    if not ranged:
        return ""
    inside = sum(line.lies == "Inside" for line in ranged)
    return f"{number(inside)} of {counted(len(ranged), 'kind')} with a range lie inside it."


def _range_field(kind: Kind, asked: Asked) -> RangeField:
    bound = asked.bounds.get(kind, Bounds())

    def said(end: float | None) -> str:
        return "" if end is None else f"{end:g}"

    return RangeField(kind, said(bound.least), said(bound.most))


# --- Areas --------------------------------------------------------------------------------------


def areas(trial: Trial, facts: Facts) -> dict[str, Any]:
    """Return the areas that change, and those where something finds no other provider."""
    was = {hold.place: hold for hold in trial.before.holds}
    now = {hold.place: hold for hold in trial.after.holds}
    changed = [
        place for place in was.keys() | now.keys() if _differ(was.get(place), now.get(place))
    ]
    changed.sort(key=lambda place: (-_difference(was.get(place), now.get(place)), place))
    lines = [_area_line(place, was.get(place), now.get(place), trial) for place in changed]
    unserved: dict[str, float] = {}
    for taken in trial.tried.taken:
        for place, left in taken.unserved:
            unserved[place] = unserved.get(place, 0.0) + left
    worst = sorted(unserved.items(), key=lambda each: (-each[1], each[0]))
    return {
        "area_lines": lines[:AREAS_SHOWN],
        "areas_changed": len(lines),
        "unserved": [
            (place if place != "unknown" else "Area not known", amount_said(left, facts), left)
            for place, left in worst[:AREAS_SHOWN]
        ],
        "unserved_most": worst[0][1] if worst else 0.0,
        "unserved_areas": len(worst),
    }


def _differ(was: LocalHold | None, now: LocalHold | None) -> bool:
    if was is None or now is None:
        return True
    return was.holder != now.holder or abs(was.share - now.share) > SMALL


def _difference(was: LocalHold | None, now: LocalHold | None) -> float:
    return abs((was.share if was else 0.0) - (now.share if now else 0.0))


def _area_line(place: str, was: LocalHold | None, now: LocalHold | None, trial: Trial) -> AreaLine:
    held = (bool(was and was.is_held), bool(now and now.is_held))
    says = {(True, False): "no longer held", (False, True): "now held", (True, True): "held still"}
    return AreaLine(
        place=place,
        was=percent(was.share) if was else "none",
        was_holder=holder_name(trial.holdings, was.holder) if was else "",
        now=percent(now.share) if now else "none",
        now_holder=holder_name(trial.tried.holdings, now.holder) if now else "nobody is left",
        says=says.get(held, ""),
    )


def things_offered(things: tuple[Listed, ...], facts: Facts) -> list[Offer]:
    """Return contracts or places as lines to choose from."""
    return [
        Offer(
            each.thing.words,
            " · ".join(
                part
                for part in (
                    amount_said(each.amount, facts),
                    _cut(each.title or each.thing.number),
                    each.holder,
                    each.place if each.place != "unknown" else "",
                )
                if part
            ),
        )
        for each in things
    ]


def _cut(title: str) -> str:
    return title if len(title) <= TITLE_MAX else title[: TITLE_MAX - 1].rstrip() + "…"


def words(facts: Facts) -> dict[str, str]:
    """Return what the page calls the things of a basis."""
    is_place = facts.basis == "provision"
    return {
        "things_title": "Find a place of provision" if is_place else "Find a contract",
        "thing_word": "place of provision" if is_place else "contract",
        "things_word": THINGS[facts.basis],
        "part_unit": f"so many {facts.unit or 'places'}" if is_place else "so much money",
    }


# --- The rest -----------------------------------------------------------------------------------


def choices_shown(trial: Trial, sheet: Sheet, path: str) -> list[Switch]:
    """Return the choices as links that keep the steps; a provider here is always an owner."""
    rest = trial.asked.rest
    made = []
    for switch in switches(sheet, path):
        if switch.title == "One provider is":
            continue
        options = tuple(
            Option(option.label, None if option.address is None else _joined(option.address, rest))
            for option in switch.options
        )
        made.append(Switch(switch.title, options))
    return made


def _joined(address: str, rest: str) -> str:
    if not rest:
        return address
    return f"{address}{'&' if '?' in address else '?'}{rest}"


_FILED: tuple[tuple[str, Callable[[Figures], float | None]], ...] = (
    ("effective-number-of-kinds", lambda found: found.kinds.value),
    ("hhi", lambda found: found.hhi),
    ("cr1", lambda found: found.largest),
    ("area-dominance", lambda found: found.held_share),
    ("n-minus-1", lambda found: found.left_over),
)


def file_of(trial: Trial) -> Table:
    """Return the readings before and after, and the mix, as a file gives them."""
    ending = "-by-count" if trial.after.is_by_count else ""
    counted_too = {"hhi", "cr1"}
    rows: list[dict[str, Any]] = [
        {
            "measure": name + (ending if name in counted_too else ""),
            "before": read(trial.before),
            "after": read(trial.after),
        }
        for name, read in _FILED
    ]
    for kind in Kind:
        was, now = trial.before.mix.get(kind), trial.after.mix.get(kind)
        bound = trial.asked.bounds.get(kind, Bounds())
        rows.append(
            {
                "measure": f"share-by-kind{ending}",
                "kind": kind.value,
                "before": was.value if was else None,
                "before_high": was.high if was else None,
                "after": now.value if now else None,
                "after_high": now.high if now else None,
                "least": None if bound.least is None else bound.least / 100,
                "most": None if bound.most is None else bound.most / 100,
            }
        )
    columns = ("measure", "kind", "before", "before_high", "after", "after_high", "least", "most")
    return Table(f"{trial.asked.market.service}-what-if", columns, rows)


def market_address(asked: Asked) -> str:
    """Return the address of the market's own page under the same choices."""
    return reverse("markets-one", args=[asked.market.service]) + query_of(
        asked.market, asked.choices
    )
