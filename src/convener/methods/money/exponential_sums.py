"""Where a sum of exponentials is zero: all roots, by the rule that signs must change for each."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import brentq

TOUCHES = 1e-13  # of the sum of all terms: a turning point this near zero is a root
NARROW = 1e-14  # how closely a root is bracketed
NARROWEST = 4 * np.finfo(np.float64).eps
Values = NDArray[np.float64]


@dataclass(frozen=True)
class ExponentialSum:
    """The function of u that sums sign * exp(log_size - time * u).

    With flows at times and u the logarithm of one plus a rate, it is their present value. Sizes
    are kept as logarithms, so that no rate is too high or too low for them.
    """

    signs: Values
    log_sizes: Values
    times: Values

    @classmethod
    def of(cls, amounts: Values, times: Values) -> ExponentialSum:
        """Return the sum of amounts at distinct rising times, without those that are zero."""
        there = amounts != 0
        sizes = amounts[there]
        return cls(np.sign(sizes), np.log(np.abs(sizes)), times[there])

    @property
    def sign_changes(self) -> int:
        """How often the sign changes from one term to the next: the most roots there can be."""
        return int(np.count_nonzero(np.diff(self.signs)))

    def __call__(self, u: float) -> float:
        """Return the sum at u over its largest term: the same sign, and between -n and n."""
        terms = self._terms(u)
        return float(terms.sum())

    def _terms(self, u: float) -> Values:
        logs = self.log_sizes - self.times * u
        return np.asarray(self.signs * np.exp(logs - logs.max()))

    def touches(self, u: float) -> bool:
        """Return whether the sum is zero at u as nearly as floats can tell."""
        terms = self._terms(u)
        return bool(abs(terms.sum()) <= TOUCHES * np.abs(terms).sum())

    def roots(self) -> list[float]:
        """Return every root, in rising order; one where the sum only touches zero is given once.

        The sum times exp(c u) has the same roots, and its derivative is again such a sum, with
        one sign change fewer if c lies between the times of a change. Between two turning points
        there is one root at most, so each is found by bracketing.

        References
        ----------
        Pólya and Szegő (1976), "Problems and Theorems in Analysis II", part V, problem 77.
        """
        chain = [self]
        while chain[-1].sign_changes:
            chain.append(chain[-1].turning())
        found: list[float] = []
        for simpler in reversed(chain[:-1]):
            found = simpler.roots_between(found)
        return found

    def turning(self) -> ExponentialSum:
        """Return the sum that is zero where this one, times exp(c u), turns."""
        changes = np.flatnonzero(np.diff(self.signs))
        middle = changes[changes.size // 2]
        between = (self.times[middle] + self.times[middle + 1]) / 2
        slopes = between - self.times
        return ExponentialSum(
            self.signs * np.sign(slopes), self.log_sizes + np.log(np.abs(slopes)), self.times
        )

    def roots_between(self, turns: list[float]) -> list[float]:
        """Return every root, given the points between which the sum only rises or only falls."""
        points = [
            self._outside(turns[0] if turns else 0.0, -1.0, self.signs[-1]),
            *turns,
            self._outside(turns[-1] if turns else 0.0, 1.0, self.signs[0]),
        ]
        touching = [self.touches(point) for point in points]
        found = [point for point, root in zip(points, touching, strict=True) if root]
        for place in range(len(points) - 1):
            low, high = points[place : place + 2]
            if not any(touching[place : place + 2]) and self(low) * self(high) < 0:
                found.append(float(brentq(self, low, high, xtol=NARROW, rtol=NARROWEST)))
        return sorted(found)

    def _outside(self, start: float, step: float, sign: float) -> float:
        """Return a point beyond which the sum has the sign of the term that outgrows all."""
        point = start + step
        while self(point) * sign <= 0 or self.touches(point):
            step *= 2
            point = start + step
        return point
