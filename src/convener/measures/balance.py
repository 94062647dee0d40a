"""The balance sheet of a market: five readings, each a few measures in plain order."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

import duckdb

from convener.data.scope.services import markets
from convener.measures.question import Question
from convener.measures.run import Row, measure


@dataclass(frozen=True)
class Reading:
    """One side of how balanced a market is: its key figure first, then what stands behind it."""

    key: str
    title: str
    asks: str
    measures: tuple[str, ...]


# Provision shows in-house delivery and real capacity; payments are spend; awards are ceilings.
READ_FIRST = ("provision", "payments", "awards")
LEAST = 10  # a basis of fewer records comes after those that have more

READINGS = (
    Reading(
        "mix",
        "Mix",
        "Which kinds of provider share the market?",
        ("effective-number-of-kinds", "share-by-kind", "share-by-kind-by-count"),
    ),
    Reading(
        "concentration",
        "Concentration",
        "Do a few providers hold most of it?",
        ("hhi", "cr1", "cr4", "effective-number-of-providers", "largest-providers"),
    ),
    Reading(
        "contest",
        "Contest",
        "Do others have a chance when it is bought?",
        (
            "single-bid-share",
            "bids-per-tender",
            "median-bids-per-tender",
            "new-entrants",
            "incumbents-share",
            "switching",
        ),
    ),
    Reading(
        "access",
        "Access",
        "Can small and local providers take part?",
        (
            "share-with-lots",
            "lots-per-tender",
            "bundling",
            "days-to-bid",
            "sme-share",
            "vcse-share",
        ),
    ),
    Reading(
        "fragility",
        "Fragility",
        "What would stop if the largest provider stopped?",
        (
            "n-minus-1",
            "area-dominance",
            "buyer-dependence",
            "provider-dependence",
            "contracts-ending",
        ),
    ),
)


def balance_question(
    service: str,
    *,
    area: str | None = None,
    period: str | None = None,
    entity: str = "owner",
    framework: str = "split",
    basis: str | None = None,
    sources: tuple[str, ...] = (),
) -> Question:
    """Return the question that a balance sheet answers for one service."""
    where = {"service": service}
    if area:
        where["area"] = area
    if period:
        where["period"] = period
    return Question(
        measures=tuple(name for reading in READINGS for name in reading.measures),
        by=(),
        where=where,
        entity=entity,
        framework=framework,
        basis=basis,
        sources=sources,
    )


def balance_sheet(
    connection: duckdb.DuckDBPyConnection, question: Question
) -> dict[str, list[Row]]:
    """Return the rows of each reading by its key, answered together in one pass.

    Where the question names no basis, it is the first of ``READ_FIRST`` that the market has.
    """
    asked = tuple(name for reading in READINGS for name in reading.measures)
    basis = question.basis or _usual_basis(connection, question.where["service"])
    rows = measure(connection, replace(question, measures=asked, basis=basis))
    return {
        reading.key: [row for row in rows if row.measure in reading.measures]
        for reading in READINGS
    }


def bases_of(counts: Mapping[str, Any]) -> tuple[str, ...]:
    """Return the bases that a market can be read on, the usual first.

    ``counts`` is a row of ``markets``: how many processes, payments and places it has.
    """
    columns = {"awards": "processes", "payments": "payments", "provision": "provision"}
    found = [basis for basis in READ_FIRST if counts.get(columns[basis])]
    return tuple(sorted(found, key=lambda basis: counts[columns[basis]] < LEAST))


def _usual_basis(connection: duckdb.DuckDBPyConnection, service: str) -> str | None:
    found = [row for row in markets(connection) if row["service"] == service]
    return next(iter(bases_of(found[0])), None) if found else None
