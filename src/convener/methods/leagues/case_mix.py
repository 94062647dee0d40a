"""What the circumstances of each case let expect, so that nobody looks worse for hard cases.

A model of all cases gives each its risk (logistic) or its expected count (Poisson), which
:mod:`~convener.methods.leagues.standardisation` sums by provider.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal
from warnings import catch_warnings, simplefilter

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.linalg import qr

from convener.base.errors import BadInputError, NoSolutionError
from convener.methods.leagues.separation import CONSTANT, ROUND_OFF, refuse_separation

Floats = NDArray[np.float64]
Missing = Literal["refuse", "drop"]

EXTREME = 1e-6  # a fitted chance or count so near its bound asks whether a model exists


@dataclass(frozen=True)
class RiskModel:
    """A fitted model of what cases let expect.

    Attributes
    ----------
    names : (p + 1,) words
        Of the coefficients: the constant first.
    coefficients, errors : (p + 1,) log odds or log ratio
        Estimates and their standard errors.
    expected : (n,) risk or expected count
        Of each case; NaN for a case that was left out.
    used : (n,) bool
        Which cases were used.
    discrimination : chance, 0 to 1
        For a logistic model, that of two cases with and without the event the model gives the
        first the higher risk; 0.5 is none. NaN for counts.
    """

    names: tuple[str, ...]
    coefficients: Floats
    errors: Floats
    expected: Floats
    used: NDArray[np.bool_]
    discrimination: float


def logistic_risk(
    happened: ArrayLike,
    circumstances: ArrayLike,
    *,
    names: Sequence[str] | None = None,
    missing: Missing = "refuse",
) -> RiskModel:
    """Fit the risk of an event to the circumstances of cases.

    Parameters
    ----------
    happened : (n,) 0 or 1
        Whether the event happened in each case.
    circumstances : (n, p) numbers
        What was known of each case before it began: never what the provider did. Kinds are
        columns of 0 and 1, one fewer than there are. A constant is added.
    names : (p,) words
        Of the columns, for messages; numbered where not given.
    missing : ``refuse`` or ``drop``
        What to do with a case in which something is NaN. Dropped cases have no expected value;
        where they are not missing by chance that favours somebody.

    Returns
    -------
    RiskModel
        Expected risks sum to the number of events.

    Raises
    ------
    BadInputError
        If shapes do not match, an outcome is not 0 or 1, all outcomes are the same, a value is
        infinite, or missing while missing is refused, or a column says nothing that the others
        do not say already.
    SeparationError
        If some mix of circumstances decides the event without exception.

    References
    ----------
    Iezzoni (2013), Risk Adjustment for Measuring Health Care Outcomes, 4th edition, chapters 11
    and 12. Konis (2007), Linear programming algorithms for detecting separated data in binary
    logistic regression models, thesis, University of Oxford, chapter 4.
    """
    outcome, design, used, labels = _prepared(happened, circumstances, names, missing)
    if not np.isin(outcome, (0, 1)).all():
        raise BadInputError("an event happened or not: outcomes are 0 or 1")
    events = int(outcome.sum())
    if events in {0, outcome.size}:
        every = "none" if events == 0 else "all"
        message = f"the event happened in {every} of {outcome.size} cases: nothing sets them apart"
        raise BadInputError(message)
    family = "Binomial"
    coefficients, errors, fitted = _fitted(outcome, design, None, family)
    if not _is_settled(fitted, outcome, family):
        refuse_separation(np.where(outcome, 1.0, -1.0)[:, None] * design, None, labels)
        _check_finite(fitted)
    return RiskModel(
        labels, coefficients, errors, _whole(fitted, used), used, _discrimination(fitted, outcome)
    )


def poisson_risk(
    events: ArrayLike,
    circumstances: ArrayLike,
    *,
    exposure: ArrayLike | None = None,
    names: Sequence[str] | None = None,
    missing: Missing = "refuse",
) -> RiskModel:
    """Fit expected counts of an event to the circumstances of cases, or of groups of cases.

    Parameters
    ----------
    events : (n,) count, >= 0
        How often the event happened.
    circumstances : (n, p) numbers
        As for :func:`logistic_risk`.
    exposure : (n,) time or people, > 0
        For how long, or to how many, it could have happened; 1 where not given.
    names, missing
        As for :func:`logistic_risk`.

    Returns
    -------
    RiskModel
        Expected counts sum to the number of events.

    Raises
    ------
    BadInputError
        As for :func:`logistic_risk`; or if a count is negative, there are no events, or an
        exposure is not above zero.
    SeparationError
        If some mix of circumstances rules the event out without exception.

    References
    ----------
    Breslow and Day (1987), Statistical Methods in Cancer Research, volume II, chapter 4. Correia,
    Guimaraes and Zylkin (2021), "Verifying the existence of maximum likelihood estimates for
    generalized linear models", arXiv 1903.01633, section 3.
    """
    count = np.asarray(events, np.float64).shape
    time = np.ones(count) if exposure is None else np.asarray(exposure, np.float64)
    if time.shape != count:
        raise BadInputError(f"met {time.shape} exposures for {count} counts; wanted as many")
    if not (np.isfinite(time) & (time > 0)).all():
        raise BadInputError("an exposure is finite and above zero: leave out what has none")
    outcome, design, used, labels = _prepared(events, circumstances, names, missing)
    if (outcome < 0).any() or outcome.sum() == 0:
        raise BadInputError("counts are not negative, and one at least is above zero")
    family = "Poisson"
    coefficients, errors, fitted = _fitted(outcome, design, time[used], family)
    if not _is_settled(fitted / time[used] * time[used].mean(), outcome, family):
        refuse_separation(design[outcome == 0], design[outcome > 0], labels)
        _check_finite(fitted)
    return RiskModel(labels, coefficients, errors, _whole(fitted, used), used, float("nan"))


def _prepared(
    outcome: ArrayLike, circumstances: ArrayLike, names: Sequence[str] | None, missing: Missing
) -> tuple[Floats, Floats, NDArray[np.bool_], tuple[str, ...]]:
    """Return outcome and design of the cases used, which those are, and names of the columns."""
    given = np.asarray(outcome, np.float64)
    columns = np.asarray(circumstances, np.float64)
    if given.ndim != 1 or columns.ndim != 2 or columns.shape[0] != given.size or given.size == 0:  # noqa: PLR2004 -- cases by circumstances
        message = f"met outcomes {given.shape} and circumstances {columns.shape}"
        raise BadInputError(f"{message}; wanted cases, and cases by circumstances")
    labels = tuple(names) if names is not None else _numbered(columns.shape[1])
    if len(labels) != columns.shape[1]:
        raise BadInputError(f"met {len(labels)} names for {columns.shape[1]} circumstances")
    used = _known(given, columns, labels, missing)
    design = np.column_stack([np.ones(int(used.sum())), columns[used]])
    _check_rank(design, (CONSTANT, *labels))
    return given[used], design, used, (CONSTANT, *labels)


def _numbered(count: int) -> tuple[str, ...]:
    return tuple(f"column {number}" for number in range(1, count + 1))


def _known(
    outcome: Floats, columns: Floats, labels: tuple[str, ...], missing: Missing
) -> NDArray[np.bool_]:
    """Return in which cases nothing is missing, or refuse, saying what is."""
    if missing not in {"refuse", "drop"}:
        raise BadInputError(f'met missing={missing!r}; wanted "refuse" or "drop"')
    if np.isinf(outcome).any() or np.isinf(columns).any():
        raise BadInputError("outcomes and circumstances are finite, or NaN where not known")
    lacking = {"outcome": int(np.isnan(outcome).sum())}
    lacking |= dict(zip(labels, np.isnan(columns).sum(axis=0).tolist(), strict=True))
    some = [f"{label} in {count}" for label, count in lacking.items() if count]
    if some and missing == "refuse":
        message = f"of {outcome.size} cases, not known: {', '.join(some)}"
        raise BadInputError(f'{message}; fill them in, or say missing="drop"')
    used = ~(np.isnan(outcome) | np.isnan(columns).any(axis=1))
    if not used.any():
        raise BadInputError(f"no case of {outcome.size} is complete: {', '.join(some)} lacking")
    return np.asarray(used)


def _check_rank(design: Floats, labels: tuple[str, ...]) -> None:
    """Refuse a design in which a column says what others say already, naming it."""
    size = np.linalg.norm(design, axis=0)
    idle = [labels[column] for column in np.flatnonzero(size == 0)]
    if not idle:
        _, triangle, order = qr(design / size, mode="economic", pivoting=True)
        left = np.abs(triangle.diagonal())
        rank = int((left > ROUND_OFF * max(design.shape)).sum())
        idle = [labels[column] for column in sorted(order[rank:])]
    if idle:
        message = f"nothing is said by {', '.join(idle)} that the other columns do not say"
        raise BadInputError(f"{message}: leave out as many of them ({len(idle)})")


def _fitted(
    outcome: Floats, design: Floats, exposure: Floats | None, family: str
) -> tuple[Floats, Floats, Floats]:
    """Return coefficients, their errors and the fitted values of a generalised linear model."""
    from statsmodels.genmod import families
    from statsmodels.genmod.generalized_linear_model import GLM

    size = np.abs(design).max(axis=0)  # so that units of measure cannot spoil the fit
    with catch_warnings(), np.errstate(all="ignore"):
        simplefilter("ignore")  # what goes wrong is looked at by _is_settled
        model = GLM(outcome, design / size, family=getattr(families, family)(), exposure=exposure)
        fit = model.fit(maxiter=100, tol=1e-12)
        return fit.params / size, fit.bse / size, np.asarray(fit.fittedvalues)


def _is_settled(fitted: Floats, outcome: Floats, family: str) -> bool:
    """Return whether fitted values are far enough from their bounds for a model to exist."""
    if not np.isfinite(fitted).all():
        return False
    if family == "Binomial":
        return bool(((fitted > EXTREME) & (fitted < 1 - EXTREME)).all())
    return bool((fitted > EXTREME * outcome.mean()).all())


def _check_finite(fitted: Floats) -> None:
    if not np.isfinite(fitted).all():
        raise NoSolutionError("the model found no finite fit: centre and scale its columns")


def _discrimination(fitted: Floats, outcome: Floats) -> float:
    """Return the chance that a case with the event had the higher risk of two."""
    _, place, count = np.unique(fitted, return_inverse=True, return_counts=True)
    rank = (np.cumsum(count) - (count - 1) / 2)[place]
    events = outcome.sum()
    above = rank[outcome == 1].sum() - events * (events + 1) / 2
    return float(above / (events * (outcome.size - events)))


def _whole(values: Floats, used: NDArray[np.bool_]) -> Floats:
    whole = np.full(used.size, np.nan)
    whole[used] = values
    return whole
