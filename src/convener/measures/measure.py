"""A measure: one SQL file, headed by what a reader must know.

The header is a block of ``-- key: text`` lines. ``name``, ``asks``, ``unit``, ``source``,
``grain``, ``needs`` and ``minimum`` must be there; ``varies``, ``basis``, ``event``, ``entity``
and ``assumes`` may be. A line without a key continues the one before it.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from difflib import get_close_matches
from functools import cache
from pathlib import Path

from convener.base.errors import BadInputError, NotFoundError

FOLDER = Path(__file__).parent
FAMILIES = (
    "mix",
    "concentration",
    "competition",
    "access",
    "value",
    "fragility",
    "choice",
    "delivery",
    "integrity",
)
BASES = ("awards", "payments", "provision")
ENTITIES = ("name", "organisation", "owner")
CHOICES = ("framework", "entity", "kinds")

_REQUIRED = ("name", "asks", "unit", "source", "grain", "needs", "minimum")
_OPTIONAL = ("varies", "basis", "event", "entity", "assumes")
_LINE = re.compile(r"--\s*(?:([a-z]+):\s*)?(.*)")
_READS = re.compile(r"(?<!distinct )\b(?:from|join)\s+([a-z_]+)", re.IGNORECASE)


class MeasureHeaderError(BadInputError):
    """A SQL file's header does not say what a reader must know."""


@dataclass(frozen=True)
class Measure:
    """A published number's one definition."""

    name: str
    family: str
    asks: str
    unit: str
    source: str
    grain: tuple[str, ...]
    needs: tuple[str, ...]
    minimum: int
    minimum_of: str
    varies: tuple[str, ...]
    bases: tuple[str, ...]
    is_event: bool
    entity: str | None
    assumes: Mapping[str, float]
    sql: str

    @property
    def reads(self) -> tuple[str, ...]:
        """Return the names that the SQL reads from, in order."""
        return reads(self.sql)


def parse_measure(text: str, *, family: str) -> Measure:
    """Return the measure that a SQL file defines.

    Raises
    ------
    MeasureHeaderError
        If the header lacks a line, has one that is not known, or has one that cannot be read.
    """
    header, sql = parse_header(text, required=_REQUIRED, optional=_OPTIONAL)
    name = header["name"]
    minimum, minimum_of = _minimum(name, header["minimum"])
    return Measure(
        name=name,
        family=family,
        asks=header["asks"],
        unit=header["unit"],
        source=header["source"],
        grain=_listed(header["grain"]),
        needs=_listed(header["needs"]),
        minimum=minimum,
        minimum_of=minimum_of,
        varies=_known(name, "varies", _listed(header.get("varies", "")), CHOICES),
        bases=_known(name, "basis", _listed(header.get("basis", "")), BASES),
        is_event=_known(name, "event", (header.get("event", "no"),), ("yes", "no")) == ("yes",),
        entity=_known(name, "entity", (header["entity"],), ENTITIES)[0]
        if "entity" in header
        else None,
        assumes=_assumes(name, header.get("assumes", "")),
        sql=sql,
    )


def parse_header(
    text: str, *, required: tuple[str, ...], optional: tuple[str, ...] = ()
) -> tuple[dict[str, str], str]:
    """Return the header of a SQL file by key, and the SQL under it.

    Raises
    ------
    MeasureHeaderError
        If a required line is absent, or a line has a key that is not known.
    """
    lines = text.splitlines()
    end = next((n for n, line in enumerate(lines) if not line.startswith("--")), len(lines))
    header: dict[str, str] = {}
    key = ""
    for line in lines[:end]:
        match = _LINE.fullmatch(line)
        word, rest = (match[1], match[2].strip()) if match else (None, "")
        if word in (*required, *optional):
            key = word
            header[key] = rest
        elif key:
            header[key] = f"{header[key]} {word + ': ' if word else ''}{rest}".strip()
        else:
            raise MeasureHeaderError(f"a header starts with {required[0]}:, not {line!r}")
    absent = [name for name in required if not header.get(name)]
    if absent:
        name = header.get("name", "a SQL file")
        raise MeasureHeaderError(f"the header of {name} lacks {', '.join(absent)}")
    return header, "\n".join(lines[end:]).strip()


@cache
def reads(sql: str) -> tuple[str, ...]:
    """Return the tables and views that a statement reads, without the names it defines itself."""
    code = re.sub(r"--[^\n]*", "", sql)
    own = set(re.findall(r"\b([a-z_]+)\s+as\s+\(", code, re.IGNORECASE))
    return tuple(dict.fromkeys(name for name in _READS.findall(code) if name not in own))


@cache
def catalogue() -> Mapping[str, Measure]:
    """Return every measure by name, in the order of the families."""
    found = {}
    for family in FAMILIES:
        for path in sorted((FOLDER / family).glob("*.sql")):
            measure = parse_measure(path.read_text(encoding="utf-8"), family=family)
            if measure.name != path.stem:
                message = f"{family}/{path.name} says that its name is {measure.name!r}"
                raise MeasureHeaderError(message)
            found[measure.name] = measure
    return found


def find_measure(name: str) -> Measure:
    """Return the measure of that name.

    Raises
    ------
    NotFoundError
        If there is none; the message names those that are nearly spelt so.
    """
    measures = catalogue()
    if name not in measures:
        near = get_close_matches(name, measures, n=3, cutoff=0.4) or list(measures)
        raise NotFoundError(f"no measure is called {name!r}; there are {', '.join(near)}")
    return measures[name]


def _listed(text: str) -> tuple[str, ...]:
    return tuple(word.strip() for word in text.split(",") if word.strip())


def _minimum(name: str, text: str) -> tuple[int, str]:
    number, _, noun = text.partition(" ")
    if not number.isdigit() or not noun:
        message = f"the minimum of {name} is {text!r}; wanted a count and a noun: 10 tenders"
        raise MeasureHeaderError(message)
    return int(number), noun


def _known(name: str, key: str, words: tuple[str, ...], known: tuple[str, ...]) -> tuple[str, ...]:
    strange = [word for word in words if word not in known]
    if strange:
        message = f"{key} of {name} has {', '.join(strange)}; wanted {', '.join(known)}"
        raise MeasureHeaderError(message)
    return words


def _assumes(name: str, text: str) -> dict[str, float]:
    assumed = {}
    for part in _listed(text):
        word, _, number = part.partition(" ")
        try:
            assumed[word] = float(number)
        except ValueError as error:
            message = f"{name} assumes {part!r}; wanted a word and a number: spare 0.1"
            raise MeasureHeaderError(message) from error
    return assumed
