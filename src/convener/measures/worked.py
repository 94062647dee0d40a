"""The worked examples of measures: a few rows, what is asked of them, and the answer.

One file a measure lies in ``examples/``. Tests run every case; pages show them.
"""

from __future__ import annotations

import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

FOLDER = Path(__file__).parent / "examples"
ASKED = ("by", "where", "entity", "framework", "basis", "period", "level", "assume", "at")


@dataclass(frozen=True)
class Worked:
    """One case: what it shows, the rows by table, the choices asked, and the rows expected.

    Tables are those of the store, and three short forms: ``things`` are awards to providers,
    ``tenders`` processes with their bids, ``who`` organisations.
    """

    shows: str
    given: Mapping[str, Sequence[Mapping[str, Any]]]
    asked: Mapping[str, Any]
    expect: Sequence[Mapping[str, Any]]


@cache
def worked_examples(name: str) -> tuple[Worked, ...]:
    """Return the worked examples of a measure, the plainest first; none where there is no file."""
    path = FOLDER / f"{name}.toml"
    if not path.is_file():
        return ()
    cases = tomllib.loads(path.read_text(encoding="utf-8")).get("case", ())
    return tuple(_worked(case) for case in cases)


def _worked(case: Mapping[str, Any]) -> Worked:
    return Worked(
        shows=case["shows"],
        given=case["given"],
        asked={word: case[word] for word in ASKED if word in case},
        expect=case["expect"],
    )
