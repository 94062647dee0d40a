"""A real store, small enough to check by hand."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import duckdb

from convener.data import quality
from convener.data.report import ReadReport
from convener.data.search import keep_index
from convener.data.store import Source, Store, add_views, engine
from convener.data.tables import DERIVED_TABLES, SOURCE_TABLES, TABLES

AT = datetime(2026, 5, 4, 9, 30, tzinfo=UTC)
HOMES = "childrens-homes"
CARE = "home-care"
AREAS = ("Ashby", "Beckton", "Corley", "Dunmoor", "Elmfield", "Farley")
REGIONS = {"Ashby": "North East", "Beckton": "North East", "Corley": "North East"}

# name, kind, and the places that each has in each of the six areas
OWNERS = (
    ("Brightside Homes Limited", "private", (20, 4, 6, 5, 3, 4)),
    ("Harbour Children's Trust", "charity", (3, 5, 2, 4, 5, 3)),
    ("=Formula & <b>Sons</b>", "private", (2, 6, 5, 4, 6, 5)),
    ("Ashby Council", "in-house", (5, 0, 0, 0, 0, 0)),
    ("Beckton Council", "in-house", (0, 5, 0, 0, 0, 0)),
    ("Common Ground CIC", "social-enterprise", (0, 2, 4, 3, 4, 5)),
    ("Unplaced House", "unknown", (1, 1, 1, 2, 2, 2)),
)
# supplier, kind, and the awards in pounds that each won
SUPPLIERS = (
    ("Steady Care Limited", "private", (400_000, 350_000, 300_000, 250_000, 90_000, 60_000)),
    ("Rose Home Support", "private", (120_000, 80_000, 60_000)),
    ("Neighbours Charity", "charity", (50_000, 40_000, 30_000, 20_000)),
)


def _key(name: str) -> int:
    return 1_000 + [row[0] for row in (*OWNERS, *SUPPLIERS)].index(name)


def _provision() -> list[dict]:
    return [
        {
            "source": "homes-list",
            "line": index * 10 + number,
            "observed_on": "2022-03-31",
            "service": "Children's homes",
            "area": area,
            "region": REGIONS.get(area, "South West"),
            "place_id": f"SC{index}{number}",
            "place_name": f"House {index}{number}",
            "provider_name": name,
            "provider_key": _key(name),
            "kind": None if kind == "unknown" else kind,
            "quantity": float(places[number]),
            "unit": "places",
        }
        for index, (name, kind, places) in enumerate(OWNERS)
        for number, area in enumerate(AREAS)
        if places[number]
    ]


def _awards() -> tuple[list[dict], list[dict], list[dict]]:
    processes, awards, suppliers = [], [], []
    for name, _, amounts in SUPPLIERS:
        for amount in amounts:
            key = 100 + len(processes)
            common = {"source": "care-awards", "process_key": key}
            day = f"20{18 + key % 4}-05-01 00:00:00+00"
            processes.append(
                {
                    **common,
                    "ocid": f"ocds-test-{key}",
                    "released_at": day,
                    "buyer_name": f"{AREAS[key % 3]} Council",
                    "buyer_key": 5_000 + key % 3,
                    "title": f"Home care {key}",
                    "method": "open",
                    "tenderer_count": 1 + key % 4,
                    "code_scheme": "CPV",
                    "code": "85310000",
                    "region": AREAS[key % 3],
                    "region_is_buyers": True,
                }
            )
            awards.append(
                {
                    **common,
                    "award_id": "1",
                    "status": "active",
                    "awarded_at": day,
                    "amount": amount,
                    "currency": "GBP",
                }
            )
            suppliers.append(
                {
                    **common,
                    "award_id": "1",
                    "position": 1,
                    "party_key": _key(name),
                    "name": name,
                }
            )
    return processes, awards, suppliers


def _derived() -> dict[str, list[dict]]:
    named = [(name, kind) for name, kind, _ in (*OWNERS, *SUPPLIERS)]
    keys = {name: number for number, (name, _) in enumerate(named, 1)}
    processes = _awards()[0]
    return {
        "organisations": [
            {
                "organisation_key": keys[name],
                "name": name,
                "kind": kind,
                "kind_confidence": 1.0,
                "kind_because": "said by the test",
                "identifiers": [],
                "also_known_as": [],
                "owner_key": keys[name],
                "owner_name": name,
            }
            for name, kind in named
        ],
        "identities": [
            {
                "party_key": _key(name),
                "organisation_key": keys[name],
                "name": name,
                "because": "alone",
                "probability": 1.0,
            }
            for name, _ in named
        ],
        "process_services": [
            {"process_key": row["process_key"], "service": CARE, "level": "bundle", "because": "t"}
            for row in processes
        ],
        "label_services": [
            {"label": "Children's homes", "service": HOMES, "level": "label", "because": "t"}
        ],
    }


def _write(path: Path, table: str, rows: list[dict], engine_: duckdb.DuckDBPyConnection) -> None:
    engine_.execute(f"create or replace temp table t ({TABLES[table].ddl})")
    for row in rows:
        names = ", ".join(row)
        marks = ", ".join("?" for _ in row)
        engine_.execute(f"insert into t ({names}) values ({marks})", list(row.values()))
    engine_.execute(f"copy t to '{path}' (format parquet)")


def build_store(folder: Path, *, prefix: str = "") -> Store:
    """Write two sources into a store as a load does, and switch its manifest."""
    store = Store(folder)
    processes, awards, suppliers = _awards()
    tables = {
        f"{prefix}homes-list": {"provision": _provision()},
        f"{prefix}care-awards": {
            "processes": processes,
            "awards": awards,
            "suppliers": suppliers,
        },
    }
    for number, (name, rows) in enumerate(tables.items(), 1):
        _load(store, name, number, rows)
    return store


def _load(store: Store, name: str, number: int, tables: dict[str, list[dict]]) -> None:
    with store.writing(at=AT.replace(minute=number)) as writing, engine() as connection:
        for table, rows in (tables | _derived()).items():
            for row in rows:
                if "source" in row:
                    row["source"] = name
            _write(writing.part_path(table, 1), table, rows, connection)
        written = writing.parts_written()
        ours = {table.name for table in SOURCE_TABLES}
        source = Source(
            name=name,
            number=number,
            kind="provision" if "provision" in tables else "ocds",
            origin=f"/home/someone/{name}.csv",
            sha256=name,
            loaded_at=AT.isoformat(),
            load=writing.section,
            parts={table: parts for table, parts in written.items() if table in ours},
            rows={table: len(rows) for table, rows in tables.items()},
        )
        report = _report(store, writing, source)
        manifest = writing.manifest
        sources = {**manifest.sources, name: replace(source, report=quality.summary(report))}
        derived = {table.name for table in DERIVED_TABLES}
        manifest = replace(
            manifest,
            sources=sources,
            next_number=number + 1,
            derived={table: parts for table, parts in written.items() if table in derived},
        )
        keep_index(writing, manifest, lambda _stage, _done, _whole: None)
        writing.switch(manifest)


def _report(store: Store, writing, source: Source) -> dict:
    read = ReadReport(read=50)
    read.refuse("list.csv", 7, "no name of a provider", met="Mrs Ann Example, 3 Some Street")
    with engine() as connection:
        manifest = replace(writing.manifest, sources={source.name: source})
        add_views(connection, store.folder, manifest)
        report = quality.assess(connection, source.name, read)
    (writing.folder / "report.json").write_text(json.dumps(report), encoding="utf-8")
    return report
