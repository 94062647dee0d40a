"""A store made from files in which people stand in every place that a publisher leaves them."""

from __future__ import annotations

import csv
import json
from datetime import UTC, datetime
from pathlib import Path

import pytest

from convener.data.loading import Wanted, load
from convener.data.store import Store
from convener.measures.keeping import finish_load
from once import once

AT = datetime(2026, 5, 4, 9, 30, tzinfo=UTC)
PAYEES = (
    "Mrs Wilhelmina Quarrington",
    "Featherstone, Barnaby",
    "Perpetua Okonjo-Bramley",
    "R T Haverstock",
    "Digby Farnaby T/A Farnaby Gardens",
    "Clementine Ashgrove - Bacs",
)
SUPPLIERS = ("Mr Ignatius Pemberley", "Miss Rosamund Thistlewood")
OWNER = "Mr Peregrine Ashdown-Wyke"
CONTACTS = (
    "Euphemia Larkspur",
    "euphemia.larkspur@ashby.example",
    "01632 960 417",
    "Lysander Crowthorne",
    "crowthorne.l@steady.example",
    "01632 960 733",
)
PEOPLE = (*PAYEES, *SUPPLIERS, OWNER, *CONTACTS)
FIRMS = ("Steady Care Ltd", "Rose Home Support Ltd", "Neighbours Charity", "Harbour Trust")
AREAS = ("Ashby", "Beckton", "Corley")

_PAID = ("date", "buyer", "supplier", "supplier_id", "amount", "service")


def people_store(factory: pytest.TempPathFactory) -> Store:
    """Give the store, made once a run; nobody may change it."""
    return Store(once(factory, "people", _build) / "store")


def _build(folder: Path) -> None:
    """Write the files, and load them as a person would."""
    files, store = folder / "files", Store(folder / "store")
    files.mkdir()
    wanted = [
        Wanted(origin=str(path))
        for path in (_payments(files), _releases(files), _ownership(files), _places(files))
    ]
    done = load(store, wanted, at=AT, finish=finish_load)
    assert [one.error for one in done] == [None] * len(wanted)


def _payments(folder: Path) -> Path:
    names = [*FIRMS * 4, *PAYEES, "REDACTED PERSONAL DATA"]
    rows = [
        (f"2025-0{1 + place % 9}-02", f"{area} Council", name, "", 100 + place, "Home care")
        for place, name in enumerate(names)
        for area in AREAS
    ]
    return _csv(folder / "payments.csv", _PAID, rows)


def _ownership(folder: Path) -> Path:
    rows = [
        (OWNER, "Steady Care Ltd", 1, "2020-01-01", "", "the company's register"),
        ("Rose Group Ltd", FIRMS[1], 1, "2020-01-01", "", "the company's register"),
    ]
    return _csv(
        folder / "ownership.csv", ("owner", "owned", "share", "from", "to", "source"), rows
    )


def _places(folder: Path) -> Path:
    names = (*FIRMS, SUPPLIERS[0], PAYEES[0])
    rows = [
        (
            *("2025-03-31", "Care home", area, "", f"{area} {place}", f"House {place}", name),
            *("Private", "", 9, ""),
        )
        for place, name in enumerate(names)
        for area in AREAS
    ]
    head = ("observed_on", "service", "area", "region", "place_id", "place_name", "provider")
    return _csv(folder / "places.csv", (*head, "sector", "kind", "places", "rating"), rows)


def _csv(path: Path, head: tuple[str, ...], rows: list[tuple[object, ...]]) -> Path:
    with path.open("w", newline="", encoding="utf-8") as out:
        writer = csv.writer(out)
        writer.writerow(head)
        writer.writerows(rows)
    return path


def _releases(folder: Path) -> Path:
    path = folder / "releases.jsonl"
    lines = [json.dumps(_release(number)) for number in range(24)]
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")
    return path


def _release(number: int) -> dict:
    """Return a release in which people are suppliers, tenderers and contact points."""
    name = (*FIRMS, *SUPPLIERS)[number % 6]
    contact = {"name": CONTACTS[0], "email": CONTACTS[1], "telephone": CONTACTS[2]}
    other = {"name": CONTACTS[3], "email": CONTACTS[4], "telephone": CONTACTS[5]}
    buyer = f"{AREAS[number % 3]} Council"
    money = {"amount": 10_000 + number, "currency": "GBP"}
    day = f"2024-0{1 + number % 9}-01T00:00:00Z"
    tenderers = [{"id": "s", "name": name}, {"id": "t", "name": SUPPLIERS[number % 2]}]
    return {
        "ocid": f"ocds-people-{number}",
        "id": f"{number}-1",
        "date": day,
        "tag": ["tender", "award", "contract"],
        "language": "en",
        "buyer": {"id": "b", "name": buyer, "contactPoint": contact},
        "parties": [
            {"id": "b", "name": buyer, "roles": ["buyer"], "contactPoint": contact},
            {"id": "s", "name": name, "roles": ["supplier"], "contactPoint": other},
            {"id": "t", "name": SUPPLIERS[number % 2], "roles": ["tenderer"]},
        ],
        "tender": {
            "id": "1",
            "title": f"Home care {number}",
            "description": f"Ask {CONTACTS[0]}, {CONTACTS[1]}, telephone {CONTACTS[2]}.",
            "status": "complete",
            "procurementMethod": "open",
            "procuringEntity": {"id": "b", "name": buyer, "contactPoint": contact},
            "classification": {"scheme": "CPV", "id": "85312400"},
            "numberOfTenderers": 2,
            "tenderers": tenderers,
            "value": money,
        },
        "bids": {
            "details": [
                {
                    "id": str(place),
                    "status": "valid",
                    "date": day,
                    "value": money,
                    "tenderers": [one],
                }
                for place, one in enumerate(tenderers)
            ]
        },
        "awards": [
            {
                "id": "1",
                "status": "active",
                "date": day,
                "value": money,
                "suppliers": [{"id": "s", "name": name, "contactPoint": other}],
            }
        ],
        "contracts": [
            {
                "id": "1",
                "awardID": "1",
                "status": "active",
                "dateSigned": day,
                "value": money,
                "period": {"startDate": day, "endDate": "2026-06-30T00:00:00Z"},
            }
        ],
    }
