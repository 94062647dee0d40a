"""Markets made row by row, to read what a page says of a market of a known shape."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

import duckdb

from convener.data.store import Manifest, add_views, engine
from convener.measures.markets import Market
from convener.measures.sheet import Sheet, read_choices, read_sheet

SERVICE = "made-service"


@dataclass(frozen=True)
class Holds:
    """What one provider holds in one area: places, or an award of so much money."""

    provider: str
    kind: str
    area: str
    size: float | None
    joint: tuple[str, ...] = ()  # who else the award went to
    bids: int = 3
    ends: str = ""


def provided(rows: Iterable[Holds], **choices: str) -> Sheet:
    """Return the sheet of a market of places, three homes in each holding."""
    rows = list(rows)
    connection = _empty(_kinds(rows))
    for number, row in enumerate(rows):
        for part in range(3):
            _insert(
                connection,
                "provision",
                source="made",
                line=number * 3 + part,
                observed_on="2024-03-31",
                service="Made service",
                area=row.area,
                place_id=f"P{number}-{part}",
                provider_name=row.provider,
                provider_key=_key(rows, row.provider),
                kind=None if row.kind == "unknown" else row.kind,
                quantity=None if row.size is None else row.size / 3,
                unit="places",
            )
    _insert(
        connection,
        "label_services",
        label="Made service",
        service=SERVICE,
        level="label",
        because="made",
    )
    market = Market(SERVICE, "Made service", "label", 0, 0, len(rows) * 3)
    return read_sheet(connection.cursor(), market, read_choices(market, choices))


def awarded(rows: Iterable[Holds], **choices: str) -> Sheet:
    """Return the sheet of a market of awards, each of its own process."""
    rows = list(rows)
    connection = _empty(_kinds(rows))
    for number, row in enumerate(rows):
        _award(connection, rows, number, row)
    market = Market(SERVICE, "Made service", "bundle", len(rows), 0, 0)
    return read_sheet(connection.cursor(), market, read_choices(market, choices))


def _award(
    connection: duckdb.DuckDBPyConnection, rows: list[Holds], number: int, row: Holds
) -> None:
    day = f"2024-{1 + number % 12:02d}-01 00:00:00+00"
    common = {"source": "made", "process_key": number}
    _insert(
        connection,
        "processes",
        **common,
        ocid=f"ocds-made-{number}",
        released_at=day,
        buyer_name=f"{row.area} Council",
        buyer_key=9_000 + sorted({one.area for one in rows}).index(row.area),
        title=f"Contract {number}",
        method="open",
        tenderer_count=row.bids,
        region=row.area,
    )
    _insert(
        connection,
        "awards",
        **common,
        award_id="1",
        status="active",
        awarded_at=day,
        amount=row.size,
        currency="GBP",
        ends_at=f"{row.ends} 00:00:00+00" if row.ends else None,
    )
    for position, name in enumerate((row.provider, *row.joint), 1):
        _insert(
            connection,
            "suppliers",
            **common,
            award_id="1",
            position=position,
            name=name,
            party_key=_key(rows, name),
        )
    _insert(
        connection,
        "process_services",
        process_key=number,
        service=SERVICE,
        level="bundle",
        because="made",
    )


def _kinds(rows: Iterable[Holds]) -> dict[str, str]:
    kinds: dict[str, str] = {}
    for row in rows:
        for name in (row.provider, *row.joint):
            kinds.setdefault(name, row.kind)
    return kinds


def _key(rows: list[Holds], name: str) -> int:
    return 100 + list(_kinds(rows)).index(name)


def _empty(kinds: dict[str, str]) -> duckdb.DuckDBPyConnection:
    connection = engine()
    add_views(connection, Path(), Manifest())
    for number, (name, kind) in enumerate(kinds.items()):
        _insert(
            connection,
            "organisations",
            organisation_key=number + 1,
            name=name,
            kind=kind,
            kind_because="made",
            identifiers=[],
            also_known_as=[],
            owner_key=number + 1,
            owner_name=name,
        )
        _insert(
            connection,
            "identities",
            party_key=100 + number,
            organisation_key=number + 1,
            name=name,
            because="alone",
        )
    return connection


def _insert(connection: duckdb.DuckDBPyConnection, table: str, **row: object) -> None:
    names, marks = ", ".join(row), ", ".join("?" for _ in row)
    connection.execute(f"insert into {table} ({names}) values ({marks})", list(row.values()))
