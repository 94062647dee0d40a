"""Bands: what a dated source calls a figure, kept as data and never as a verdict."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from datetime import date
from functools import cache
from pathlib import Path

from convener.base.errors import BadInputError

FILE = Path(__file__).parent / "bands.toml"


@dataclass(frozen=True)
class Band:
    """The name that a source gives to figures between two ends, and since when."""

    name: str
    scheme: str
    below: float | None
    up_to: float | None
    source: str
    status: str

    @property
    def is_last(self) -> bool:
        """Return whether the band has no upper end."""
        return self.below is None and self.up_to is None

    def holds(self, value: float) -> bool:
        """Return whether a figure lies under the band's upper end."""
        if self.up_to is not None:
            return value <= self.up_to
        return self.below is None or value < self.below


@dataclass(frozen=True)
class Scheme:
    """The bands of one source, from the day they held to the day they stopped."""

    name: str
    measures: tuple[str, ...]
    source: str
    status: str
    starts_on: date
    ends_on: date | None
    bands: tuple[Band, ...]

    def holds(self, measure: str, on: date) -> bool:
        """Return whether the scheme is of a measure and in force on a day."""
        is_current = self.starts_on <= on and (self.ends_on is None or on <= self.ends_on)
        return measure in self.measures and is_current


def band(measure: str, value: float, on: date) -> tuple[Band, ...]:
    """Return the band of every source that gives one for a measure on a day; none for most.

    Raises
    ------
    BadInputError
        If the value is not a number.
    """
    if value != value:  # noqa: PLR0124 -- the one test that a number is none
        raise BadInputError(f"a band is of a number, not of {value}")
    return tuple(_band_of(scheme, value) for scheme in schemes() if scheme.holds(measure, on))


def _band_of(scheme: Scheme, value: float) -> Band:
    return next(one for one in scheme.bands if one.holds(value))


@cache
def schemes() -> tuple[Scheme, ...]:
    """Return every scheme of bands, as the file gives them."""
    raw = tomllib.loads(FILE.read_text(encoding="utf-8"))
    found = []
    for one in raw["scheme"]:
        bands = tuple(
            Band(
                entry["name"],
                one["name"],
                entry.get("below"),
                entry.get("up_to"),
                one["source"],
                one["status"],
            )
            for entry in one["bands"]
        )
        found.append(
            Scheme(
                name=one["name"],
                measures=tuple(one["measures"]),
                source=one["source"],
                status=one["status"],
                starts_on=one["from"],
                ends_on=one.get("to"),
                bands=bands,
            )
        )
    return tuple(found)
