"""The short form ``tenders`` of a small market: processes with their bids, awards and contracts.

One row stands for ``times`` processes alike. It takes columns of the table *processes* as they
are, and

* ``day``: when bids were due and, a month later, awards made; ``days``: how long it was open
* ``entity``: the body that ran the procedure
* ``lots``: how many; ``classes``: CPV classes that it belongs to
* ``bids``: a list such as ``Alpha 100``, ``Alpha+Beta 90 disqualified``, ``Beta 80 late``
* ``winners``: suppliers of the one award, parted by ``+``; ``award``: its status; ``pays``: its
  value; ``items``: codes of what was awarded; ``runs``: first and last day of the award
* ``contract``: a table with columns of *contracts*, ``releases``, ``agreed`` and ``rated``
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from itertools import count
from typing import Any

SHORT = {
    "times",
    "day",
    "days",
    "entity",
    "lots",
    "classes",
    "bids",
    "winners",
    "award",
    "pays",
    "items",
    "runs",
    "contract",
}
FIRST_KEY = 1000  # above the keys of ``things``

Rows = Iterator[tuple[str, dict[str, Any]]]


def tender_rows(tenders: Sequence[Mapping[str, Any]]) -> Rows:
    keys = count(FIRST_KEY)
    for tender in tenders:
        for _ in range(tender.get("times", 1)):
            common = {"source": tender.get("source", "given"), "process_key": next(keys)}
            yield from _process(common, tender)
            yield from _bids(common, tender)
            yield from _award(common, tender)
            yield from _contract(common, tender.get("contract"))


def _due(tender: Mapping[str, Any]) -> datetime:
    return datetime.fromisoformat(tender.get("day", "2020-06-01")).replace(hour=12, tzinfo=UTC)


def _process(common: Mapping[str, Any], tender: Mapping[str, Any]) -> Rows:
    due = _due(tender)
    row = {
        **common,
        "ocid": f"ocds-213czf-{common['process_key']}",
        "method": "open",
        "tender_status": "complete",
        "buyer_name": "A Council",
        "tender_ends_at": due,
        **{name: value for name, value in tender.items() if name not in SHORT},
    }
    if "days" in tender:
        row["tender_starts_at"] = due - timedelta(days=tender["days"])
    yield "processes", row
    if "entity" in tender:
        yield "parties", {**common, "name": tender["entity"], "roles": ["procuringEntity"]}
    for number in range(tender.get("lots", 0)):
        yield "lots", {**common, "lot_id": str(number)}
    for name in tender.get("classes", ()):
        key = common["process_key"]
        yield "process_services", {"process_key": key, "service": name, "level": "class"}


def _bids(common: Mapping[str, Any], tender: Mapping[str, Any]) -> Rows:
    for number, text in enumerate(tender.get("bids", ())):
        names, *words = text.split()
        amount = next((word for word in words if word.replace(".", "").isdigit()), None)
        bid = {**common, "bid_id": str(number)}
        yield (
            "bids",
            {
                **bid,
                "status": "disqualified" if "disqualified" in words else "valid",
                "amount": amount,
                "currency": amount and "GBP",
                "bid_at": _due(tender) + timedelta(days=1 if "late" in words else -1),
            },
        )
        for name in names.split("+"):
            yield "tenderers", {**bid, "name": name}


def _award(common: Mapping[str, Any], tender: Mapping[str, Any]) -> Rows:
    if "winners" not in tender:
        return
    award = {**common, "award_id": "1"}
    first, last = tender.get("runs", (None, None))
    made = {"status": tender.get("award", "active"), "awarded_at": _due(tender)}
    value = {"amount": tender.get("pays"), "currency": "GBP"}
    yield "awards", {**award, **made, **value, "starts_at": first, "ends_at": last}
    for position, name in enumerate(tender["winners"].split("+"), 1):
        yield "suppliers", {**award, "position": position, "name": name}
    for code in tender.get("items", ()):
        item = {"section": "award", "section_id": "1", "item_id": code, "code": code}
        yield "items", {**common, **item}


def _contract(common: Mapping[str, Any], contract: Mapping[str, Any] | None) -> Rows:
    if contract is None:
        return
    contract = dict(contract)
    releases = contract.pop("releases", 1)
    agreed, rated = contract.pop("agreed", ()), contract.pop("rated", {})
    row = {**common, "contract_id": "1"}
    yield "contracts", {"signed_at": "2020-08-01", "terminated": False, **row, **contract}
    for number in range(releases):
        yield "releases", {**common, "release_id": str(number)}
    for name in agreed:
        yield "metrics", {**row, "sort": "agreed", "metric_id": name}
    for name, rating in rated.items():
        yield "metrics", {**row, "sort": "measured", "metric_id": name, "rating": rating}
