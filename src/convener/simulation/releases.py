"""An invented world as OCDS releases: each notice says only what is new, as real ones do."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import groupby
from pathlib import Path

import orjson

from convener.simulation.lists import write_lists
from convener.simulation.notices import (
    Json,
    Notices,
    delivered,
    end_of,
    extensions,
    mobilisation,
    start_of,
    value,
)
from convener.simulation.world import ENDS_ON, NOTICE, Contract, Procurement, World


@dataclass(frozen=True)
class _Event:
    """Something that is announced on a day: its tag, and what the release then holds."""

    on: date
    tag: str
    body: Json


def write_world(world: World, folder: Path) -> list[Path]:
    """Write a world into a folder as anyone publishes it; return what there is to load, in order.

    The releases lie in a folder of packages, one for each financial year; the lists of provision,
    payments, ownership and the register are CSV files.
    """
    releases = folder / "invented-releases"
    releases.mkdir(parents=True, exist_ok=True)
    for name, package in packages(world):
        (releases / f"{name}.json").write_bytes(orjson.dumps(package))
    return [releases, *write_lists(world, folder)]


def packages(world: World) -> Iterator[tuple[str, Json]]:
    """Yield a release package for each financial year, with its name."""
    found = [release for process in world.procurements for release in releases(world, process)]
    found.sort(key=lambda release: (release["date"], release["ocid"]))
    for name, members in groupby(found, key=lambda release: _financial_year(release["date"])):
        held = list(members)
        yield (
            name,
            {
                "uri": f"https://convener.example/invented/{name}.json",
                "version": "1.1",
                "extensions": list(extensions()),
                "publishedDate": held[-1]["date"],
                "publisher": {"name": NOTICE},
                "license": "https://creativecommons.org/publicdomain/zero/1.0/",
                "releases": held,
            },
        )


def releases(world: World, process: Procurement) -> Iterator[Json]:
    """Yield the releases of one process in the order of their dates, none of them equal."""
    notices = Notices(world, process)
    events = [*_tendering(notices), *_awarding(notices)]
    for contract in process.contracts:
        events.extend(_performing(notices, contract))
    events = sorted((each for each in events if each.on <= ENDS_ON), key=lambda each: each.on)
    for at, event in enumerate(events):
        hours, minutes = divmod(at, 60)
        yield {
            "ocid": process.ocid,
            "id": f"{process.ocid}-{at + 1:02d}-{event.tag}",
            "date": f"{event.on.isoformat()}T{9 + hours:02d}:{minutes:02d}:00Z",
            "tag": [event.tag],
            "initiationType": "tender",
            "language": "en",
            **event.body,
        }


def _tendering(notices: Notices) -> Iterator[_Event]:
    process = notices.process
    opening = {"buyer": notices.reference(process.buyer), "parties": [notices.buyer_party()]}
    if process.planned_on:
        body = {**opening, "planning": notices.planning(), "tender": notices.planned_tender()}
        yield _Event(process.planned_on, "planning", body)
    yield _Event(process.published_on, "tender", {**opening, "tender": notices.open_tender()})
    tender_id = f"{process.ocid}-tender"
    if process.closes_on != process.first_closes_on:
        later = {"id": tender_id, "tenderPeriod": {"endDate": end_of(process.closes_on)}}
        on = process.first_closes_on - timedelta(days=3)
        yield _Event(on, "tenderUpdate", {"tender": later})
    if process.status == "cancelled":
        ended = {"id": tender_id, "status": "cancelled", "lots": notices.lots("cancelled")}
        on = process.closes_on + timedelta(days=20)
        yield _Event(on, "tenderCancellation", {"tender": ended})


def _awarding(notices: Notices) -> Iterator[_Event]:
    process = notices.process
    if process.awards:
        tender = {
            "id": f"{process.ocid}-tender",
            "status": "complete",
            "numberOfTenderers": len({bid.tenderers for bid in process.bids}),
            "lots": notices.lots("complete"),
        }
        body = {
            "parties": notices.bidder_parties(),
            "tender": tender,
            "bids": notices.bids(),
            "awards": [notices.award(award) for award in process.awards],
        }
        yield _Event(process.awards_on, "award", body)


def _performing(notices: Notices, contract: Contract) -> Iterator[_Event]:
    """Yield what is announced of one contract: signed, changed, measured, ended early."""
    yield _told(contract.signed_on, "contract", notices.signed(contract))
    if (milestones := mobilisation(contract)) and contract.mobilised_on:
        body = _part(contract, implementation={"milestones": milestones})
        yield _told(contract.mobilised_on, "implementation", body)
    for number, change in enumerate(contract.changes, start=1):
        amendment = {
            "id": f"change-{number}",
            "date": start_of(change.on),
            "rationale": change.because,
        }
        body = _part(
            contract,
            value=value(change.amount),
            period={"endDate": end_of(change.ends_on)},
            amendments=[amendment],
        )
        yield _told(change.on, "contractAmendment", body)
    for to_on, seen in groupby(contract.observations, key=lambda each: each.to_on):
        body = _part(contract, implementation={"metrics": delivered(seen)})
        yield _told(to_on + timedelta(days=40), "implementationUpdate", body)
    if contract.terminated_on:
        body = _part(
            contract,
            status="terminated",
            period={"endDate": end_of(contract.terminated_on)},
            terminationRationaleClassifications=[
                {"scheme": "CONVENER-DEMO", "description": contract.termination_reason}
            ],
        )
        yield _told(contract.terminated_on, "contractTermination", body)


def _part(contract: Contract, **fields: object) -> Json:
    """Return what is new of a contract, under the ids by which it merges."""
    return {"id": contract.id, "awardID": contract.award, **fields}


def _told(on: date, tag: str, contract: Json) -> _Event:
    return _Event(on, tag, {"contracts": [contract]})


def _financial_year(moment: str) -> str:
    year, month = int(moment[:4]), int(moment[5:7])
    first = year if month > 3 else year - 1  # noqa: PLR2004 -- it begins on 1 April
    return f"{first}-{(first + 1) % 100:02d}"
