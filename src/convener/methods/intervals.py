"""Intervals for proportions."""

from __future__ import annotations

from math import sqrt

from convener.base.errors import BadInputError

Z_95 = 1.959963984540054


def wilson_interval(events: int, trials: int, *, z: float = Z_95) -> tuple[float, float]:
    """Return the score interval of a proportion, which holds for small counts and near 0 and 1.

    Parameters
    ----------
    events : count, 0 <= events <= trials
        How often the event was seen.
    trials : count, > 0
        How often it could have been.
    z : standard normal quantile, > 0
        How wide: 1.96 for an interval of 95%.

    Returns
    -------
    two proportions, 0 to 1
        The lower and the upper end.

    Raises
    ------
    BadInputError
        If there were no trials, more events than trials, or z is not positive.

    References
    ----------
    Wilson (1927), "Probable inference, the law of succession, and statistical inference",
    Journal of the American Statistical Association 22, page 209.
    """
    if trials <= 0 or not 0 <= events <= trials or z <= 0:
        message = f"met {events} events in {trials} trials; wanted 0 to all of at least one"
        raise BadInputError(message)
    seen = events / trials
    scale = 1 + z * z / trials
    centre = (seen + z * z / (2 * trials)) / scale
    half = z * sqrt(seen * (1 - seen) / trials + z * z / (4 * trials * trials)) / scale
    low = 0.0 if events == 0 else max(0.0, centre - half)
    high = 1.0 if events == trials else min(1.0, centre + half)
    return low, high
