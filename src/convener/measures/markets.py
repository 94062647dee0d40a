"""The markets that a store knows: what each is called, and what it rests on."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import duckdb

from convener.data.scope import services
from convener.data.scope.subjects import subject
from convener.measures.balance import bases_of

NAMED = ("bundle", "label")  # markets that a person named; all others are procurement codes
LEVELS = (*NAMED, "division", "group", "class")
ENTITY = "owner"  # a market is read by ultimate owner, where one is known


@dataclass(frozen=True)
class Market:
    """One market that the store knows, and how many records of each sort it has."""

    service: str
    label: str
    level: str
    processes: int
    payments: int
    provision: int

    @property
    def bases(self) -> tuple[str, ...]:
        """Return the bases that it can be read on, the usual first."""
        return bases_of(vars(self))

    @property
    def detail(self) -> str:
        """Return what stands beside the label: the code, where it is one."""
        return "" if self.level in NAMED else f"Procurement code {self.service}"


def known_markets(connection: duckdb.DuckDBPyConnection, workspace: Path) -> tuple[Market, ...]:
    """Return every market of a snapshot, the named ones first."""
    rows = services.markets(connection)
    spelt = dict(
        connection.execute(
            "select service, min(label) from label_services where level = 'label' group by 1"
        ).fetchall()
    )
    named = {bundle.slug: bundle.name for bundle in services.bundles(workspace)}
    found: dict[str, Market] = {}
    for row in rows:  # a label that a bundle took in is the bundle
        label = named.get(row["service"]) or spelt.get(row["service"]) or subject(row["service"])
        found.setdefault(row["service"], Market(**row, label=label))
    return tuple(found.values())
