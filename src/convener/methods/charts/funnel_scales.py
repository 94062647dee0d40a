"""The scales on which ratios and proportions spread alike about their target."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]


@dataclass(frozen=True)
class Scale:
    """A scale, the way back from it, and what chance does on it."""

    forward: Callable[[Floats], Floats]
    """From a ratio or a proportion to the scale."""

    back: Callable[[Floats], Floats]
    """From the scale to a ratio or a proportion, held within what can be."""

    error: Callable[[float, Floats], Floats]
    """The standard error on the scale, from the target and the size (expected, or trials)."""


def _same(values: Floats) -> Floats:
    return values


def _sine_squared(angles: Floats) -> Floats:
    """Return proportions of angles; beyond a right angle the sine would turn back."""
    return np.asarray(np.square(np.sin(np.clip(angles, 0, np.pi / 2))), dtype=np.float64)


def _root_error(_target: float, size: Floats) -> Floats:
    return np.asarray(1 / (2 * np.sqrt(size)), dtype=np.float64)


# Spiegelhalter (2005), "Funnel plots for comparing institutional performance", Statistics in
# Medicine 24, appendix A.2 and A.3.
RATIO_SCALES = {
    "plain": Scale(
        forward=_same,
        back=lambda limit: np.maximum(limit, 0),
        error=lambda target, expected: np.sqrt(target / expected),
    ),
    "log": Scale(
        forward=np.log,
        back=np.exp,
        error=lambda target, expected: 1 / np.sqrt(target * expected),
    ),
    "sqrt": Scale(
        forward=np.sqrt,
        back=lambda limit: np.square(np.maximum(limit, 0)),
        error=_root_error,
    ),
}

PROPORTION_SCALES = {
    "plain": Scale(
        forward=_same,
        back=lambda limit: np.clip(limit, 0, 1),
        error=lambda target, trials: np.sqrt(target * (1 - target) / trials),
    ),
    "arcsine": Scale(
        forward=lambda share: np.arcsin(np.sqrt(share)),
        back=_sine_squared,
        error=_root_error,
    ),
}
