"""Who owns whom in the end: holdings followed up their chains, joint ventures by share.

Shares are multiplied along each chain; what no holding explains stays with the organisation
itself. Control is followed apart from shares: half a company held through half a company is a
quarter of it. Holdings begin and end, so that a market of some years ago is counted by its owners
of then.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import date

MAJORITY = 0.5  # control is more than half
JOINT = 0.25  # a joint venture: two owners or more hold at least a quarter each
DEPTH_MAX = 50

Shares = dict[int, float]


@dataclass(frozen=True)
class Holding:
    """One organisation's share in another, from a day until the day on which it ends.

    Without a first day it stood always, without a last one it stands still.
    """

    owner: int
    owned: int
    share: float
    from_on: date | None = None
    to_on: date | None = None

    def stands(self, on: date) -> bool:
        """Say whether it stands on a day."""
        return (self.from_on or date.min) <= on < (self.to_on or date.max)


@dataclass(frozen=True)
class Spell:
    """The ultimate owners of a body from a day until another; none for the first or last."""

    from_on: date | None
    to_on: date | None
    shares: Mapping[int, float]


class Ownership:
    """The holdings that stand on one day.

    Parameters
    ----------
    holdings : shares of at most 1
        Several holdings of one owner in one body add up. Shares of a body that sum to more than
        1 are scaled to 1; a body's holding in itself is left out.
    """

    def __init__(self, holdings: Iterable[Holding]) -> None:
        held: dict[int, Shares] = defaultdict(lambda: defaultdict(float))
        for holding in holdings:
            if holding.owner != holding.owned and holding.share > 0:
                held[holding.owned][holding.owner] += holding.share
        self._held = {owned: _scaled(owners) for owned, owners in held.items()}
        self._known: dict[int, Shares] = {}
        self.circles: set[frozenset[int]] = set()

    def direct(self, owned: int) -> Mapping[int, float]:
        """Return the direct owners of a body and their shares."""
        return self._held.get(owned, {})

    def ultimate(self, owned: int) -> Shares:
        """Return the owners at the ends of every chain, with shares that sum to 1.

        The body itself stands for what nobody is known to hold. A chain that comes back to where
        it has been is left out, the rest is scaled to make up for it, and ``circles`` says so;
        the least key stands for a circle that nobody outside holds.
        """
        if owned not in self._known:
            self._known[owned] = self._followed(owned, ())
        return self._known[owned]

    def _followed(self, owned: int, path: tuple[int, ...]) -> Shares:
        owners = self.direct(owned)
        if not owners or len(path) >= DEPTH_MAX:
            return {owned: 1.0}
        path = (*path, owned)
        outside = {owner: share for owner, share in owners.items() if owner not in path}
        met = [frozenset(path[path.index(owner) :]) for owner in owners if owner in path]
        self.circles.update(met)
        if not outside:
            return {min(met[0]): 1.0}
        circular = sum(owners.values()) - sum(outside.values())
        found: Shares = defaultdict(float)
        found[owned] = max(0.0, 1 - sum(owners.values()))
        for owner, share in outside.items():
            for ultimate, part in self._followed(owner, path).items():
                found[ultimate] += share * part
        whole = 1 - circular
        return {owner: share / whole for owner, share in found.items() if share > 0}

    def controller(self, owned: int) -> int:
        """Return the body at the end of the chain of majorities; itself where there is none."""
        path = [owned]
        while above := [o for o, share in self.direct(path[-1]).items() if share > MAJORITY]:
            if above[0] in path:
                return min(path[path.index(above[0]) :])
            path.append(above[0])
        return path[-1]

    def is_joint_venture(self, owned: int) -> bool:
        """Say whether two owners or more hold at least a quarter of a body each."""
        return sum(share >= JOINT for share in self.direct(owned).values()) > 1

    def owned(self) -> list[int]:
        """Return every body with a known owner, in order."""
        return sorted(self._held)


def _scaled(owners: Shares) -> Shares:
    whole = max(1.0, sum(owners.values()))
    return {owner: share / whole for owner, share in sorted(owners.items())}


class History:
    """The holdings of all days up to one.

    Parameters
    ----------
    holdings : with their first and last days
        Where several of one owner in one body stand on a day, the greatest counts: sources
        repeat one another.
    until : the day that is now
        A holding that begins later is not known yet, and one that ends later still stands.
    """

    def __init__(self, holdings: Iterable[Holding], *, until: date) -> None:
        self.circles: set[frozenset[int]] = set()
        self._above: dict[int, list[Holding]] = defaultdict(list)
        for holding in holdings:
            if (holding.from_on or date.min) <= until and holding.owner != holding.owned:
                self._above[holding.owned].append(_known_until(holding, until))
        known = [holding for above in self._above.values() for holding in above]
        self.today = _standing(known, until)
        self._lasting = _standing((h for h in known if not h.from_on and not h.to_on), until)

    def owned(self) -> list[int]:
        """Return every body that has, or had, a known owner, in order."""
        return sorted(self._above)

    def spells(self, owned: int) -> list[Spell]:
        """Return the owners of a body over time: spells without gaps, the first day first."""
        chain = self._chain(owned)
        days = sorted({day for h in chain for day in (h.from_on, h.to_on) if day})
        found: list[Spell] = []
        for start, end in zip([None, *days], [*days, None], strict=True):
            standing = _standing(chain, start or date.min) if days else self._lasting
            shares = standing.ultimate(owned)
            self.circles |= standing.circles
            if found and found[-1].shares == shares:
                found[-1] = Spell(found[-1].from_on, end, shares)
            else:
                found.append(Spell(start, end, shares))
        return found

    def _chain(self, owned: int) -> list[Holding]:
        """Return the holdings of all days in a body, in its owners, and so on upwards."""
        met, waiting, found = {owned}, [owned], []
        while waiting:
            above = self._above.get(waiting.pop(), [])
            found += above
            fresh = {holding.owner for holding in above} - met
            met |= fresh
            waiting += sorted(fresh)
        return found


def _known_until(holding: Holding, until: date) -> Holding:
    return replace(holding, to_on=None) if (holding.to_on or until) > until else holding


def _standing(holdings: Iterable[Holding], on: date) -> Ownership:
    """Return the ownership of a day."""
    pairs: dict[tuple[int, int], float] = {}
    for holding in holdings:
        if holding.stands(on):
            pair = holding.owner, holding.owned
            pairs[pair] = max(pairs.get(pair, 0.0), holding.share)
    return Ownership(Holding(*pair, share) for pair, share in pairs.items())
