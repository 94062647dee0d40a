"""The readings of a market's holdings, each as its measure defines it."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from convener.base.kinds import Kind
from convener.measures.measure import find_measure
from convener.measures.what_if.holdings import NOBODY, TEN_THOUSANDTHS, Codes, Holdings
from convener.methods import concentration

Amounts = NDArray[np.float64]

DENSE = 20_000_000  # keys that a table of all of them may hold
EDGE = 1e-9  # a share that lies below an edge by no more than rounding is at it
KINDS = list(Kind)
UNKNOWN = KINDS.index(Kind.UNKNOWN)
ELSEWHERE = "unknown"  # where the place is not known


@dataclass(frozen=True)
class Share:
    """A kind's share, and how high it could be were all unknown providers of that kind."""

    value: float
    high: float


@dataclass(frozen=True)
class Range:
    """A number, with its least and greatest over the kinds that unknown providers may be of."""

    value: float | None
    low: float | None
    high: float | None


@dataclass(frozen=True)
class LocalHold:
    """The largest holder of one place."""

    place: str
    holder: int
    share: float
    is_judged: bool
    is_held: bool


@dataclass(frozen=True)
class Figures:
    """The five readings that move, as the measures of the same names define them.

    ``is_by_count`` says that nothing is valued, so that concentration and the mix are of things.
    ``hardest`` is the position of the holder that would be hardest to replace.
    """

    total: float | None
    things: float
    is_by_count: bool
    kinds: Range
    mix: dict[Kind, Share]
    hhi: float | None
    largest: float | None
    largest_holder: int | None
    held_share: float | None
    holds: tuple[LocalHold, ...]
    left_over: float | None
    hardest: int | None
    providers: int

    @property
    def judged(self) -> int:
        """Return how many areas are large enough to judge."""
        return sum(hold.is_judged for hold in self.holds)

    @property
    def held(self) -> int:
        """Return in how many areas one holder has so much that one looks at it."""
        return sum(hold.is_held for hold in self.holds)


@dataclass(frozen=True)
class Local:
    """What each holder has in each place: one row a pair."""

    of_row: Codes
    holder: Codes
    place: Codes
    net: Amounts
    items: Amounts
    records: Codes


def figures_of(holdings: Holdings, *, spare: float) -> Figures:
    """Return the readings of some holdings.

    ``spare`` is the part of its own size by which each provider could grow where it is, for the
    reading of what would be left unserved.
    """
    is_named = holdings.holder != NOBODY
    nets = _nets(holdings, is_named)
    items = np.bincount(
        holdings.holder[is_named],
        weights=holdings.items[is_named],
        minlength=len(holdings.holders),
    )
    valued = int((holdings.is_valued & is_named).sum())
    of_kinds = _by_kind(holdings)
    mix, is_by_count = _mix(holdings, *of_kinds)
    hhi, largest, largest_holder = _concentration(nets, items, valued, int(is_named.sum()))
    local = local_of(holdings)
    holds = _holds(holdings, local)
    judged = [hold.is_held for hold in holds if hold.is_judged]
    left_over, hardest = _hardest(local, spare, valued)
    return Figures(
        total=float(nets.sum()) if nets.any() else None,
        things=float(items.sum()),
        is_by_count=is_by_count,
        kinds=_kinds(*of_kinds),
        mix=mix,
        hhi=hhi,
        largest=largest,
        largest_holder=largest_holder,
        held_share=float(np.mean(judged)) if judged else None,
        holds=holds,
        left_over=left_over,
        hardest=hardest,
        providers=int(np.unique(holdings.holder[is_named]).size),
    )


def summed(groups: Codes, amounts: Codes, count: int) -> Codes:
    """Return exact sums of whole numbers by group."""
    sums = np.zeros(count, dtype=np.int64)
    np.add.at(sums, groups, amounts)
    return sums


def grouped(keys: Codes, size: int) -> tuple[Codes, Codes]:
    """Return the keys that are met, in order, and for each row which of them is its own.

    ``size`` is above every key; where it is not too great, no row need be sorted.
    """
    if size > DENSE:
        met, group = np.unique(keys, return_inverse=True)
        return met, group
    is_met = np.zeros(size, dtype=np.bool_)
    is_met[keys] = True
    met = np.flatnonzero(is_met)
    place = np.empty(size, dtype=np.int64)
    place[met] = np.arange(met.size)
    return met, place[keys]


def _net(sums: Codes) -> Amounts:
    """Return what is positive of sums, in the unit of the market; nothing else takes a share."""
    return np.maximum(sums, 0) / TEN_THOUSANDTHS


def _nets(holdings: Holdings, is_named: NDArray[np.bool_]) -> Amounts:
    return _net(
        summed(holdings.holder[is_named], holdings.amount[is_named], len(holdings.holders))
    )


def _least(name: str) -> int:
    return find_measure(name).minimum


def _concentration(
    nets: Amounts, items: Amounts, valued: int, named: int
) -> tuple[float | None, float | None, int | None]:
    """Return the index, the largest share and whose it is: by value, else by count."""
    if nets.any() and valued >= _least("hhi"):
        sizes = nets
    elif items.any() and named >= _least("hhi-by-count"):
        sizes = np.maximum(items, 0.0)
    else:
        return None, None, None
    index = concentration.hhi(sizes, rest="scale")
    largest = concentration.concentration_ratio(sizes, 1, rest="scale")
    return index, largest, int(sizes.argmax())


# --- Kinds ------------------------------------------------------------------------------------


def _usable(holdings: Holdings) -> NDArray[np.bool_]:
    """Return which rows say a kind: an award that names nobody has none."""
    if holdings.basis == "awards":
        return np.asarray(holdings.holder != NOBODY)
    return np.ones(len(holdings), dtype=np.bool_)


def _by_kind(holdings: Holdings) -> tuple[Amounts, Codes]:
    """Return what each kind holds, net of each provider and sort, and on how many values."""
    rows = _usable(holdings)
    width = max(1, len(holdings.sorts))
    pairs = (holdings.holder[rows] + 1) * width + holdings.sort[rows]
    met, group = grouped(pairs, (len(holdings.holders) + 1) * width)
    nets = _net(summed(group, holdings.amount[rows], met.size))
    valued = np.bincount(group, weights=holdings.is_valued[rows], minlength=met.size)
    kind = holdings.kinds[met % width]
    is_in = nets > 0
    return (
        np.bincount(kind[is_in], weights=nets[is_in], minlength=len(KINDS)),
        np.bincount(kind[is_in], weights=valued[is_in], minlength=len(KINDS)).astype(np.int64),
    )


def _kinds(nets: Amounts, valued: Codes) -> Range:
    known = np.delete(nets, UNKNOWN)
    used = int(valued.sum() - valued[UNKNOWN])
    if used < _least("effective-number-of-kinds") or not known.any():
        return Range(None, None, None)
    value = concentration.effective_number(known, rest="scale")
    turned = [value]
    if nets[UNKNOWN]:
        for turn in range(known.size):
            moved = known.copy()
            moved[turn] += nets[UNKNOWN]
            turned.append(concentration.effective_number(moved, rest="scale"))
    return Range(value, min(turned), max(turned))


def _mix(holdings: Holdings, nets: Amounts, valued: Codes) -> tuple[dict[Kind, Share], bool]:
    """Return the mix by value where anything is valued, else by count."""
    if nets.any() and valued.sum() >= _least("share-by-kind"):
        return _shares(nets), False
    rows = _usable(holdings)
    kind = holdings.kinds[holdings.sort[rows]]
    items = np.bincount(kind, weights=holdings.items[rows], minlength=len(KINDS))
    used = int((holdings.items[rows] > 0).sum())
    return (_shares(items) if used >= _least("share-by-kind-by-count") else {}), True


def _shares(sizes: Amounts) -> dict[Kind, Share]:
    total = sizes.sum()
    if not total > 0:
        return {}
    unknown = sizes[UNKNOWN]
    return {
        kind: Share(
            value=float(size / total),
            high=float((size + (0.0 if kind is Kind.UNKNOWN else unknown)) / total),
        )
        for kind, size in zip(KINDS, sizes, strict=True)
    }


# --- Places -----------------------------------------------------------------------------------


def local_of(holdings: Holdings) -> Local:
    """Return what each holder has in each place."""
    rows = np.flatnonzero(holdings.holder != NOBODY)
    width = max(1, len(holdings.places))
    pairs = holdings.holder[rows] * width + holdings.place[rows]
    met, group = grouped(pairs, len(holdings.holders) * width)
    of_row = np.full(len(holdings), NOBODY, dtype=np.int64)
    of_row[rows] = group
    return Local(
        of_row=of_row,
        holder=met // width,
        place=met % width,
        net=_net(summed(group, holdings.amount[rows], met.size)),
        items=np.bincount(group, weights=holdings.items[rows], minlength=met.size),
        records=np.bincount(group, minlength=met.size),
    )


def _holds(holdings: Holdings, local: Local) -> tuple[LocalHold, ...]:
    """Return the largest holder of each known place."""
    assumed = find_measure("area-dominance").assumes
    if not local.place.size:
        return ()
    count = len(holdings.places)
    nets = np.bincount(local.place, weights=local.net, minlength=count)[local.place]
    things = np.bincount(local.place, weights=np.maximum(local.items, 0), minlength=count)
    records = np.bincount(local.place, weights=local.records, minlength=count)
    by_count = _divided(np.maximum(local.items, 0), things[local.place])
    share = np.where(local.net > 0, _divided(local.net, nets), by_count)
    order = np.lexsort((local.holder, -share, local.place))
    first = order[np.unique(local.place[order], return_index=True)[1]]
    return tuple(
        LocalHold(
            place=holdings.places[local.place[at]],
            holder=int(local.holder[at]),
            share=float(share[at]),
            is_judged=bool(records[local.place[at]] >= assumed["least"]),
            is_held=bool(
                records[local.place[at]] >= assumed["least"]
                and share[at] >= assumed["hold"] - EDGE
            ),
        )
        for at in first
        if holdings.places[local.place[at]] != ELSEWHERE
    )


def left_over_of(local: Local, spare: float) -> Amounts:
    """Return for each holder and place how much the rest there could not take up."""
    if not local.place.size:
        return np.zeros(0)
    whole = np.bincount(local.place, weights=local.net)[local.place]
    return np.where(local.net > 0, np.maximum(local.net - spare * (whole - local.net), 0.0), 0.0)


def _hardest(local: Local, spare: float, valued: int) -> tuple[float | None, int | None]:
    if not local.net.any() or valued < _least("n-minus-1"):
        return None, None
    lost = np.bincount(local.holder, weights=left_over_of(local, spare))
    return float(lost.max() / local.net.sum()), int(lost.argmax())


def _divided(part: Amounts, whole: Amounts) -> Amounts:
    return np.divide(part, whole, out=np.zeros(part.shape), where=whole > 0)
