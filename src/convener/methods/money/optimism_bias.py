"""By how much early estimates are usually wrong, and how to allow for it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from convener.base.errors import BadInputError


@dataclass(frozen=True)
class UpperBound:
    """What one kind of cost has overrun by on average, where nothing was done about it."""

    kind: str
    share: float  # of the estimate
    is_confirmed: bool  # seen in the source or a named account of it; if not, general knowledge


@dataclass(frozen=True)
class Correction:
    """What evidence of one grade adds to costs and takes from benefits."""

    grade: int
    cost: float
    benefit: float


# Own history goes before these. The guidance with the grades is of April 2014; its corrections,
# the day of that month and the day of the bounds are not confirmed.
BOUNDS_SOURCE = "HM Treasury, supplementary Green Book guidance on optimism bias, table 1"
BOUNDS_SINCE = date(2003, 4, 1)
UPPER_BOUNDS = (
    UpperBound("standard building", 0.24, is_confirmed=True),
    UpperBound("non-standard building", 0.51, is_confirmed=False),
    UpperBound("standard civil engineering", 0.44, is_confirmed=False),
    UpperBound("non-standard civil engineering", 0.66, is_confirmed=False),
    UpperBound("equipment or development", 2.00, is_confirmed=False),
    UpperBound("outsourced running cost", 0.41, is_confirmed=True),
)
GRADES_SOURCE = (
    "HM Treasury (2014), Supporting public service transformation: cost benefit analysis"
)
GRADES_SINCE = date(2014, 4, 1)
CORRECTIONS = (
    Correction(1, 0.00, 0.00),
    Correction(2, 0.05, 0.05),
    Correction(3, 0.10, 0.10),
    Correction(4, 0.15, 0.15),
    Correction(5, 0.25, 0.25),
    Correction(6, 0.40, 0.40),
)


def optimism_bias(upper: float, mitigated: float = 0.0) -> float:
    """Return what share to add to a cost estimate.

    Parameters
    ----------
    upper : share of the estimate, >= 0
        The upper bound for the kind of cost: one's own record of overruns first, else the
        published table.
    mitigated : share, 0 to 1
        What part of the causes of overrun has been dealt with, with evidence.

    Returns
    -------
    share of the estimate, 0 to the upper bound
        The bound less the part that is mitigated.

    Raises
    ------
    BadInputError
        If the bound is negative or the part is no share.

    References
    ----------
    HM Treasury, supplementary Green Book guidance on optimism bias, steps 1 to 5.

    Examples
    --------
    >>> round(optimism_bias(0.41, 0.5), 4)
    0.205
    """
    if not 0 <= upper < float("inf"):
        raise BadInputError(f"met an upper bound of {upper}; wanted a share of 0 or more")
    if not 0 <= mitigated <= 1:
        raise BadInputError(f"met {mitigated} of the causes mitigated; wanted 0 to 1")
    return upper * (1 - mitigated)


def correction(grade: int) -> Correction:
    """Return the correction for evidence of a grade, 1 (best) to 6.

    Raises
    ------
    BadInputError
        If there is no such grade.
    """
    found = [row for row in CORRECTIONS if row.grade == grade]
    if not found:
        raise BadInputError(f"met evidence of grade {grade}; wanted 1 to {len(CORRECTIONS)}")
    return found[0]
