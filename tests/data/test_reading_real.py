"""What the tables hold of real data is what a plain walk over the same releases finds."""

from __future__ import annotations

import gzip
import html
import io
from collections import Counter
from decimal import Decimal, InvalidOperation
from pathlib import Path
from typing import Any

import pytest

from convener.data.ocds.merging import merge_releases
from convener.data.ocds.shapes import iter_releases
from convener.data.report import ReadReport
from reading_stand import read

FOLDERS = (
    "ocds-sample-australia-new-south-wales",
    "ocds-sample-canada-montreal",
    "ocds-sample-colombia",
    "ocds-sample-mexico-grupo-aeroportuario",
    "ocds-sample-moldova",
    "ocds-sample-paraguay",
    "uk-contracts-finder-2016-2020",
    "uk-contracts-finder-2025",
    "uk-pcs-scotland-2019",
)


def compiled(path: Path) -> list[dict[str, Any]]:
    """Return the processes of a file by a walk in Python."""
    text = gzip.decompress(path.read_bytes())
    processes: dict[str, dict[tuple[Any, Any], dict[str, Any]]] = {}
    for _, release in iter_releases(io.BytesIO(text), where=path.name, report=ReadReport()):
        members = processes.setdefault(release["ocid"], {})
        members.setdefault((release.get("id"), release.get("date")), release)
    return [
        merge_releases(list(members.values()))
        if len(members) > 1
        else next(iter(members.values()))
        for members in processes.values()
    ]


def listed(holder: Any, *names: str) -> list[dict[str, Any]]:
    """Return the objects in the lists at a path."""
    found = [holder]
    for name in names:
        found = [
            below
            for one in found
            for value in [one.get(name)]
            for below in (value if isinstance(value, list) else [value])
            if isinstance(below, dict)
        ]
    return found


def money(value: Any) -> Decimal:
    try:
        return Decimal(str((value or {}).get("amount"))).quantize(Decimal("0.0001"))
    except InvalidOperation:
        return Decimal(0)


@pytest.mark.parametrize("folder", FOLDERS)
def test_the_tables_hold_what_a_walk_finds(shared, tmp_path, folder):
    for path in sorted((shared / "data" / folder).glob("*.gz")):
        processes = compiled(path)

        outcome = read(tmp_path / path.name, path)

        assert outcome.rows == counted(processes) | {"releases": outcome.report.read}
        assert Counter(row["name"] for row in outcome["parties"]) == names(processes, "parties")
        assert Counter(row["name"] for row in outcome["suppliers"]) == names(
            processes, "awards", "suppliers"
        )
        for table in ("awards", "contracts"):
            found = sum((row["amount"] or Decimal(0) for row in outcome[table]), Decimal(0))
            walked = sum(
                (money(one.get("value")) for one in listing(processes, table)), Decimal(0)
            )
            assert found == walked


@pytest.mark.parametrize("folder", FOLDERS)
def test_each_supplier_has_the_key_of_its_party(shared, tmp_path, folder):
    for path in sorted((shared / "data" / folder).glob("*.gz")):
        outcome = read(tmp_path / path.name, path)
        parties: dict[tuple[int, str], set[int]] = {}
        for party in outcome["parties"]:
            at = (party["process_key"], party["party_id"])
            parties.setdefault(at, set()).add(party["party_key"])

        for row in outcome["suppliers"]:
            known = parties.get((row["process_key"], row["party_id"]), {row["party_key"]})
            assert row["party_key"] in known


def listing(processes: list[dict[str, Any]], *names: str) -> list[dict[str, Any]]:
    return [found for process in processes for found in listed(process, *names)]


def names(processes: list[dict[str, Any]], *path: str) -> Counter[str | None]:
    return Counter(clean(one.get("name")) for one in listing(processes, *path))


def clean(name: Any) -> str | None:
    if name is None:
        return None
    text = str(name)
    while (opened := html.unescape(text)) != text:
        text = opened
    return text.strip(" \t\r\n") or None


def counted(processes: list[dict[str, Any]]) -> dict[str, int]:
    """Return how many rows each table should have."""
    items = [("tender", "items"), ("awards", "items"), ("contracts", "items")]
    done = [("contracts", "implementation", name) for name in ("transactions", "milestones")]
    bid_tenderers = listing(processes, "bids", "details", "tenderers")
    without_bids = [one for one in processes if not listed(one, "bids", "details")]
    return {
        "processes": len(processes),
        "parties": len(listing(processes, "parties")),
        "lots": len(listing(processes, "tender", "lots")),
        "items": sum(len(listing(processes, *path)) for path in items),
        "bids": len(listing(processes, "bids", "details")),
        "tenderers": len(bid_tenderers) + len(listing(without_bids, "tender", "tenderers")),
        "awards": len(listing(processes, "awards")),
        "suppliers": len(listing(processes, "awards", "suppliers")),
        "contracts": len(listing(processes, "contracts")),
        "implementation": sum(len(listing(processes, *path)) for path in done),
        "metrics": 0,
    }
