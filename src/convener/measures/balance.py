"""The balance sheet of a market: five readings, each a few measures in plain order."""

from __future__ import annotations

from dataclasses import dataclass, replace

import duckdb

from convener.measures.question import Question
from convener.measures.run import Row, measure


@dataclass(frozen=True)
class Reading:
    """One side of how balanced a market is: its key figure first, then what stands behind it."""

    key: str
    title: str
    asks: str
    measures: tuple[str, ...]


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
    entity: str = "organisation",
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
    """Return the rows of each reading by its key, answered together in one pass."""
    asked = tuple(name for reading in READINGS for name in reading.measures)
    rows = measure(connection, replace(question, measures=asked))
    return {
        reading.key: [row for row in rows if row.measure in reading.measures]
        for reading in READINGS
    }
