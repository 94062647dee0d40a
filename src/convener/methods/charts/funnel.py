"""Funnel plots: which providers differ from the rest by more than chance."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

import numpy as np
from numpy.typing import ArrayLike

from convener.methods.charts.funnel_drawing import Drawing, Funnel, Limits, Widening
from convener.methods.charts.funnel_limits import (
    Floats,
    FunnelError,
    binomial_limits,
    poisson_limits,
    sizes_of,
    whole,
)
from convener.methods.charts.funnel_scales import PROPORTION_SCALES, RATIO_SCALES, Scale
from convener.methods.charts.mid_p import binomial_mid_p, normal_score, poisson_mid_p

LEVELS = (0.95, 0.998)
HALF = 0.5  # a logarithm needs some event: where there was none, half of one


def ratio_funnel(
    observed: ArrayLike,
    expected: ArrayLike,
    *,
    target: float = 1.0,
    scale: str = "exact",
    levels: Sequence[float] = LEVELS,
    widen: Widening | None = None,
) -> Funnel:
    """Return the funnel of observed over expected events.

    Parameters
    ----------
    observed : (n,) count, >= 0
        What happened at each provider. NaN is a provider not known: it keeps its place and
        counts for nothing.
    expected : (n,) events, >= 0
        What would have happened at a provider like all, given its cases. Where nothing was
        expected and nothing happened, a provider has no value.
    target : ratio, > 0
        Where a provider like all lies.
    scale : ``exact``, ``log``, ``sqrt`` or ``plain``
        Exact Poisson limits; or the scale on which normal limits are drawn before they are
        turned back into ratios. On ``log``, no event counts as half an event.
    levels : shares, between 0 and 1
        How often a provider like all lies within.
    widen : Widening or None
        How limits allow for over-dispersion; not on ``exact``.

    Returns
    -------
    Funnel
        An outlier at 0.998 is a reason to look, never a finding.

    Raises
    ------
    FunnelError
        If the lengths differ, a number is out of range, events happened where none were
        expected, or a name is not one of those above.
    OverdispersionError
        If limits are to be widened and fewer than two providers are left to see it from.

    References
    ----------
    Spiegelhalter (2005), "Funnel plots for comparing institutional performance", Statistics in
    Medicine 24, pages 1185 to 1202.
    """
    seen, mean = _pair(observed, expected, ("observed events", "expected events"))
    if np.any((mean == 0) & (seen > 0)):
        raise FunnelError("met events where none were expected; wanted an expectation for each")
    if not (np.isfinite(target) and target > 0):
        raise FunnelError(f"met a target of {target:g}; wanted a ratio above 0")
    mean = np.where(mean > 0, mean, np.nan)
    if scale == "exact":
        _refuse_to_widen(widen)
        score = normal_score(poisson_mid_p(seen, mean * target))
        pairs = [poisson_limits(mean * target, level=level) for level in levels]
        limits = [
            Limits(level, low * target, high * target)
            for level, (low, high) in zip(levels, pairs, strict=True)
        ]
        return Funnel(seen / mean, target, score, tuple(limits))
    drawing = Drawing(_named(scale, RATIO_SCALES), target, tuple(levels), widen)
    if scale != "log":
        return drawing.funnel(seen / mean, mean)
    funnel = drawing.funnel(np.where(seen == 0, HALF, seen) / mean, mean)
    return _with_no_events(funnel, seen / mean, mean)


def proportion_funnel(
    events: ArrayLike,
    trials: ArrayLike,
    *,
    target: float | None = None,
    scale: str = "exact",
    levels: Sequence[float] = LEVELS,
    widen: Widening | None = None,
) -> Funnel:
    """Return the funnel of events over trials.

    Parameters
    ----------
    events : (n,) count, 0 <= events <= trials
        How often it happened at each provider. NaN is a provider not known: it keeps its place
        and counts for nothing.
    trials : (n,) count, >= 0
        How often it could have happened. Without trials a provider has no value.
    target : proportion or None
        Where a provider like all lies, 0 to 1 (both apart, except on ``exact``); by default
        the proportion of all together.
    scale : ``exact``, ``arcsine`` or ``plain``
        Exact binomial limits; or the scale on which normal limits are drawn before they are
        turned back into proportions.
    levels : shares, between 0 and 1
        How often a provider like all lies within.
    widen : Widening or None
        How limits allow for over-dispersion; not on ``exact``.

    Returns
    -------
    Funnel
        An outlier at 0.998 is a reason to look, never a finding.

    Raises
    ------
    FunnelError
        If the lengths differ, a number is out of range, there is nobody to take the target
        from, or a name is not one of those above.
    OverdispersionError
        If limits are to be widened and fewer than two providers are left to see it from.

    References
    ----------
    Spiegelhalter (2005), "Funnel plots for comparing institutional performance", Statistics in
    Medicine 24, pages 1185 to 1202.
    """
    seen, number = _pair(events, trials, ("events", "trials"))
    whole(number, "trials")
    if np.any(seen > number):
        raise FunnelError("met more events than trials; wanted at most as many")
    number = np.where(number > 0, number, np.nan)
    centre = _overall(seen, number) if target is None else target
    if not 0 <= centre <= 1:
        raise FunnelError(f"met a target of {centre:g}; wanted a proportion, 0 to 1")
    if scale == "exact":
        _refuse_to_widen(widen)
        score = normal_score(binomial_mid_p(seen, number, centre))
        limits = [Limits(level, *binomial_limits(number, centre, level=level)) for level in levels]
        return Funnel(seen / number, centre, score, tuple(limits))
    if centre in {0, 1}:
        message = f'met a target of {centre:g} on the scale "{scale}"; wanted the scale "exact"'
        raise FunnelError(message)
    drawing = Drawing(_named(scale, PROPORTION_SCALES), centre, tuple(levels), widen)
    return drawing.funnel(seen / number, number)


def _pair(events: ArrayLike, sizes: ArrayLike, names: tuple[str, str]) -> tuple[Floats, Floats]:
    seen, size = sizes_of(events, names[0]), sizes_of(sizes, names[1])
    if seen.size != size.size:
        message = f"met {seen.size} {names[0]} and {size.size} {names[1]}; wanted one of each"
        raise FunnelError(message)
    return whole(seen, names[0]), np.where(np.isnan(seen), np.nan, size)


def _overall(seen: Floats, number: Floats) -> float:
    trials = float(np.nansum(number))
    if trials == 0:
        raise FunnelError("met no trials at all; wanted a target, or a provider to take it from")
    return float(np.nansum(seen[~np.isnan(number)]) / trials)


def _refuse_to_widen(widen: Widening | None) -> None:
    if widen is not None:
        raise FunnelError("exact limits hold chance alone; to widen them, name another scale")


def _named(name: str, scales: Mapping[str, Scale]) -> Scale:
    if name not in scales:
        raise FunnelError(f'met the scale "{name}"; wanted "exact" or one of {list(scales)}')
    return scales[name]


def _with_no_events(funnel: Funnel, value: Floats, size: Floats) -> Funnel:
    """Put no events back as 0; where a limit lies under half an event, nobody is below it."""
    limits = [
        replace(one, lower=np.where(one.lower * size <= HALF, 0.0, one.lower))
        for one in funnel.limits
    ]
    return replace(funnel, value=value, limits=tuple(limits))
