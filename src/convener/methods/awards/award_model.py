"""The award as a programme in whole numbers: a column a bid, a row a lot and a limit.

Amounts enter as whole units: pence, or finer where the bids are finer.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from math import floor
from typing import Any, Self

import numpy as np
from numpy.typing import NDArray
from scipy import sparse

from convener.methods.awards.award_problem import (
    AwardProblem,
    AwardProblemError,
    Limit,
    MinimumWinners,
)

Integers = NDArray[np.int64]
Chosen = NDArray[np.bool_]

PENCE = 2  # decimal places of the unit, unless the figures are finer
MOST_PLACES = 6
# Sums below this are exact in the solver's floating point with room for its tolerances.
MOST_UNITS = 10**13
ANY = 2**62  # a row without an upper or, negative, a lower end


@dataclass(frozen=True)
class Model:
    """Rows of whole numbers over one column a bid, then one column a possible winner."""

    rows: sparse.csr_array
    lower: Integers
    upper: Integers
    ceiling: Integers
    bids: int
    lots: int  # the first rows, one a lot

    def with_row(self, coefficients: Integers, lower: int, upper: int) -> Self:
        """Return the model with one more row over the bids."""
        row = np.zeros(self.ceiling.size, dtype=np.int64)
        row[: self.bids] = coefficients
        return replace(
            self,
            rows=sparse.csr_array(sparse.vstack([self.rows, sparse.csr_array(row[np.newaxis])])),
            lower=np.append(self.lower, lower),
            upper=np.append(self.upper, upper),
        )

    def with_only(self, possible: Chosen) -> Self:
        """Return the model in which no other bid can win."""
        ceiling = self.ceiling.copy()
        ceiling[: self.bids][~possible] = 0
        return replace(self, ceiling=ceiling)


def whole_units(values: Iterable[Decimal | int]) -> tuple[Integers, int]:
    """Return figures as whole units, and the decimal places of a unit: 2 unless they are finer.

    Raises
    ------
    AwardProblemError
        If a figure has more than 6 places, or they sum to more than 10^13 units, beyond which
        the solver could not tell one unit.
    """
    exact = [Decimal(value) for value in values]
    places = max([PENCE, *(_places(value) for value in exact)])
    if places > MOST_PLACES:
        raise AwardProblemError(f"met a figure of {places} places; wanted {MOST_PLACES} at most")
    units = [int(value.scaleb(places)) for value in exact]
    if sum(units) > MOST_UNITS:
        message = f"the figures sum to more than {MOST_UNITS:,} units of 10^-{places}"
        raise AwardProblemError(message)
    return np.array(units, dtype=np.int64), places


def _places(value: Decimal) -> int:
    exponent = value.normalize().as_tuple().exponent
    return -exponent if isinstance(exponent, int) else 0


def objective_of(problem: AwardProblem) -> tuple[Integers, int]:
    """Return what each bid adds to what is to be least, in units, and the places of a unit."""
    if problem.aim == "cost":
        return whole_units(bid.amount or 0 for bid in problem.bids)
    units, places = whole_units(bid.score or 0 for bid in problem.bids)
    return -units, places


def lot_counts(problem: AwardProblem) -> Integers:
    """Return how many lots each bid takes."""
    return np.array([len(bid.lots) for bid in problem.bids], dtype=np.int64)


class _Rows:
    """Rows being gathered, block by block."""

    def __init__(self, bids: int, lots: int) -> None:
        self.bids, self.lots = bids, lots
        self.columns = bids
        self.lower: list[Integers] = []
        self.upper: list[Integers] = []
        self.blocks: list[sparse.coo_array] = []
        self.barred = np.zeros(bids, dtype=np.bool_)

    def add(
        self,
        entries: tuple[Sequence[int] | Integers, Sequence[int] | Integers],
        values: Any,  # noqa: ANN401 - one number for all entries, or one each
        ends: tuple[int, int],
        count: int,
    ) -> None:
        """Add rows: where their entries stand, what these are, and both ends of each row."""
        data = np.broadcast_to(np.asarray(values, dtype=np.int64), len(entries[0]))
        self.blocks.append(sparse.coo_array((data, entries), shape=(count, self.columns)))
        self.lower.append(np.full(count, ends[0], dtype=np.int64))
        self.upper.append(np.full(count, ends[1], dtype=np.int64))

    def model(self) -> Model:
        for block in self.blocks:
            block.resize(block.shape[0], self.columns)
        ceiling = np.ones(self.columns, dtype=np.int64)
        ceiling[: self.bids][self.barred] = 0
        return Model(
            rows=sparse.csr_array(sparse.vstack(self.blocks)),
            lower=np.concatenate(self.lower),
            upper=np.concatenate(self.upper),
            ceiling=ceiling,
            bids=self.bids,
            lots=self.lots,
        )


def build_model(problem: AwardProblem) -> Model:
    """Return the programme whose solutions are the awards that the problem allows."""
    rows = _Rows(len(problem.bids), len(problem.lots))
    _add_lots(rows, problem)
    _add_exclusive(rows, problem)
    for constraint in problem.constraints:
        if isinstance(constraint, Limit):
            _add_limit(rows, problem, constraint)
        else:
            _add_winners(rows, problem, constraint)
    return rows.model()


def _add_lots(rows: _Rows, problem: AwardProblem) -> None:
    number = {lot: position for position, lot in enumerate(problem.lots)}
    lots = [number[lot] for bid in problem.bids for lot in bid.lots]
    bids = np.repeat(np.arange(rows.bids), lot_counts(problem))
    ends = (1, 1) if problem.gaps == "refused" else (0, 1)
    rows.add((lots, bids), 1, ends, len(problem.lots))


def _add_exclusive(rows: _Rows, problem: AwardProblem) -> None:
    groups: dict[tuple[str, str], set[int]] = defaultdict(set)
    for position, bid in enumerate(problem.bids):
        for name in bid.exclusive:
            groups[bid.bidder, name].add(position)
    real = [sorted(members) for members in groups.values() if len(members) > 1]
    numbers = [number for number, members in enumerate(real) for _ in members]
    rows.add((numbers, [bid for members in real for bid in members]), 1, (-ANY, 1), len(real))


def _holder_codes(problem: AwardProblem, constraint: Limit | MinimumWinners) -> Integers:
    number = {name: position for position, name in enumerate(problem.holders(constraint.by))}
    codes = [number[problem.holder(bid, constraint.by)] for bid in problem.bids]
    return np.array(codes, dtype=np.int64)


def limit_weights(problem: AwardProblem, limit: Limit) -> tuple[Integers, int, int]:
    """Return what each bid counts towards a limit, the limit, and the places of their unit."""
    if limit.of == "lots":
        return lot_counts(problem), floor(limit.at_most), 0
    weights, places = whole_units(problem.amount(bid) or 0 for bid in problem.bids)
    return weights, floor(Decimal(limit.at_most).scaleb(places)), places


def limited(problem: AwardProblem, limit: Limit) -> tuple[Chosen, Integers]:
    """Return which bids a limit counts, and the number of the holder of each."""
    codes = _holder_codes(problem, limit)
    if limit.only is None:
        return np.ones(codes.size, dtype=np.bool_), codes
    return codes == problem.holders(limit.by).index(limit.only), codes


def _add_limit(rows: _Rows, problem: AwardProblem, limit: Limit) -> None:
    weights, most, _ = limit_weights(problem, limit)
    counts, codes = limited(problem, limit)
    rows.barred |= counts & (weights > most)
    # Only those whose bids together pass the limit can ever meet it.
    totals = np.zeros(len(problem.holders(limit.by)), dtype=np.int64)
    np.add.at(totals, codes[counts], weights[counts])
    binding = totals > most
    members = np.flatnonzero(counts & binding[codes] & ~rows.barred) if codes.size else codes
    number = np.cumsum(binding) - 1
    entries = (number[codes[members]], members)
    rows.add(entries, weights[members], (-ANY, most), int(binding.sum()))


def _add_winners(rows: _Rows, problem: AwardProblem, winners: MinimumWinners) -> None:
    codes = _holder_codes(problem, winners)
    count = len(problem.holders(winners.by))
    first = rows.columns
    rows.columns += count
    whose, marks = np.arange(count), np.arange(first, rows.columns)
    bids = np.arange(rows.bids)
    values = np.concatenate([np.ones(rows.bids), -np.ones(count)])
    entries = (np.concatenate([codes, whose]), np.concatenate([bids, marks]))
    rows.add(entries, values, (0, ANY), count)
    rows.add((np.zeros(count, dtype=np.int64), marks), 1, (winners.at_least, ANY), 1)
