"""A store loaded from a few files, with owners, a joint venture, a merged process and a person."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from pathlib import Path

import pytest

from convener.data.loading import Wanted, load
from convener.data.store import Store
from convener.measures.keeping import finish_load
from once import once

AT = datetime(2026, 5, 4, 9, 30, tzinfo=UTC)
PERSON = "Mrs Gwendolyn Featherstone"
BUYERS = {
    "Ashby Borough Council": "GB-LAE-ASH",
    "Beckton Borough Council": "GB-LAE-BEC",
}
SUPPLIERS = {
    "Steady Care Limited": ("GB-COH", "01111111"),
    "Little Steady Limited": ("GB-COH", "01111112"),
    "Rose Home Support Limited": ("GB-COH", "02222222"),
    "Joint Care LLP": ("GB-COH", "OC333333"),
    PERSON: None,
}
# number, buyer, supplier, thousands of pounds, awarded, ends
PROCESSES = (
    ("1", "Ashby Borough Council", "Steady Care Limited", 400, "2021-05-01", "2023-05-31"),
    ("2", "Ashby Borough Council", "Rose Home Support Limited", 100, "2022-05-01", "2026-12-31"),
    ("3", "Beckton Borough Council", "Steady Care Limited", 200, "2024-02-01", "2027-01-31"),
    ("4", "Beckton Borough Council", PERSON, 30, "2024-03-01", "2026-03-31"),
    ("5/a?b=c d", "Beckton Borough Council", "Rose Home Support Limited", 60, "2025-01-01", None),
    ("6", "Ashby Borough Council", "Joint Care LLP", 100, "2025-06-01", "2028-05-31"),
    ("7", "Beckton Borough Council", "Little Steady Limited", 50, "2025-09-01", "2025-12-31"),
)
OWNERSHIP = """owner,owner_id,owned,owned_id,share,from,to,source
Steady Care Limited,GB-COH-01111111,Little Steady Limited,GB-COH-01111112,1,2020-01-01,,accounts
Steady Care Limited,GB-COH-01111111,Joint Care LLP,GB-COH-OC333333,0.6,2020-01-01,,
Rose Home Support Limited,GB-COH-02222222,Joint Care LLP,GB-COH-OC333333,0.4,2020-01-01,,
"""
HOMES = """observed_on,service,area,region,place_id,place_name,provider,sector,kind,places,rating
2024-03-31,Children's homes,Ashby,North East,1,House 1,Steady Care Limited,Private,private,6,good
2025-03-31,Children's homes,Ashby,North East,1,House 1,Steady Care Limited,Private,private,8,good
2025-03-31,Children's homes,Ashby,North East,2,House 2,Harbour Trust,Voluntary,charity,2,good
2025-03-31,Children's homes,Beckton,North East,3,House 3,Steady Care Limited,Private,private,2,good
"""


def _party(name: str, role: str) -> dict:
    party: dict = {"id": name, "name": name, "roles": [role]}
    if name in BUYERS:
        party["identifier"] = {"scheme": "GB-LAE", "id": BUYERS[name].rsplit("-", 1)[1]}
    elif SUPPLIERS[name]:
        scheme, number = SUPPLIERS[name]
        party["identifier"] = {"scheme": scheme, "id": number}
    party["contactPoint"] = {"name": "Ann Contact", "email": "ann.contact@example.org"}
    return party


def _release(number: str, buyer: str, supplier: str, thousands: int, day: str, end: str | None):
    value = {"amount": thousands * 1000, "currency": "GBP"}
    period = {"startDate": f"{day}T00:00:00Z"} | ({"endDate": f"{end}T00:00:00Z"} if end else {})
    return {
        "ocid": f"ocds-find01-{number}",
        "id": f"{number}-award",
        "date": f"{day}T12:00:00Z",
        "tag": ["award", "contract"],
        "initiationType": "tender",
        "buyer": {"id": buyer, "name": buyer},
        "parties": [_party(buyer, "buyer"), _party(supplier, "supplier")],
        "tender": {
            "id": number,
            "title": f"Home care in lot {number}",
            "description": "Write to ann.contact@example.org",
            "status": "complete",
            "procurementMethod": "open",
            "numberOfTenderers": 2,
            "classification": {"scheme": "CPV", "id": "85310000"},
            "lots": [{"id": "1", "title": "North", "value": value}],
            "deliveryAddresses": [{"region": buyer.split(maxsplit=1)[0]}],
        },
        "awards": [
            {
                "id": "1",
                "title": f"Home care {number}",
                "status": "active",
                "date": f"{day}T12:00:00Z",
                "value": value,
                "suppliers": [{"id": supplier, "name": supplier}],
                "contractPeriod": period,
            }
        ],
        "contracts": [
            {
                "id": "1",
                "awardID": "1",
                "status": "active",
                "value": value,
                "period": period,
                "dateSigned": f"{day}T12:00:00Z",
            }
        ],
    }


def _releases() -> list[dict]:
    first, *rest = [_release(*row) for row in PROCESSES]
    first["bids"] = {
        "details": [
            {
                "id": name,
                "status": "valid",
                "value": {"amount": amount, "currency": "GBP"},
                "tenderers": [{"id": name, "name": name}],
            }
            for name, amount in (("Rose Home Support Limited", 410_000), (PERSON, 395_000))
        ]
    }
    first["parties"] += [
        _party(name, "tenderer") for name in (PERSON, "Rose Home Support Limited")
    ]
    later = {
        **_release(*PROCESSES[0]),
        "id": "1-amended",
        "date": "2022-01-15T12:00:00Z",
        "tag": ["contractAmendment"],
    }
    contract = {
        **later["contracts"][0],
        "value": {"amount": 480_000, "currency": "GBP"},
        "period": {"startDate": "2021-06-01T00:00:00Z", "endDate": "2024-05-31T00:00:00Z"},
    }
    return [first, {**later, "contracts": [contract]}, *rest]


def finding_store(factory: pytest.TempPathFactory) -> Store:
    """Give the store, made once a run; nobody may change it."""
    return Store(once(factory, "finding", _build) / "workspace")


def _build(folder: Path) -> Store:
    """Load the files as a person would."""
    files = folder / "files"
    files.mkdir(parents=True)
    lines = "\n".join(json.dumps(release) for release in _releases())
    (files / "contracts.jsonl").write_text(lines, encoding="utf-8")
    (files / "ownership.csv").write_text(OWNERSHIP, encoding="utf-8")
    (files / "homes.csv").write_text(HOMES, encoding="utf-8")
    store = Store(folder / "workspace")
    wanted = [Wanted(origin=str(path)) for path in sorted(files.iterdir())]
    for done in load(store, wanted, at=AT, finish=finish_load):
        if done.error is not None:
            raise done.error
    return store


def key_of(store: Store, name: str) -> int:
    """Return the number of an organisation."""
    with store.connect() as connection:
        sql = "select organisation_key from identities where name = ?"
        return connection.execute(sql, [name]).fetchone()[0]
