"""The pieces of an OCDS release: parties, lots, bids, awards, contracts, each as plain JSON."""

from __future__ import annotations

import zlib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

import orjson

from convener.base.kinds import Kind
from convener.simulation.blueprint import SERVICE
from convener.simulation.world import (
    NOTICE,
    Award,
    Bid,
    Contract,
    Observation,
    Organisation,
    Procurement,
    World,
)

Json = dict[str, Any]

KIND_SCHEME = "CONVENER-KIND"
_UNIDENTIFIED = 10  # of a hundred spellings, so many lack an identifier
_MISSPELT = 22  # so many, the unidentified among them, are not the registered name


@dataclass(frozen=True)
class Spelling:
    """An organisation as one process writes it."""

    id: str
    name: str
    is_identified: bool


def spelling(organisation: Organisation, ocid: str) -> Spelling:
    """Return how a process writes an organisation: always the same way within the process."""
    drawn = zlib.crc32(f"{ocid} {organisation.id}".encode())
    out_of_100 = drawn % 100
    others = organisation.also_written
    if not others or out_of_100 >= _MISSPELT:
        return Spelling(organisation.id, organisation.name, is_identified=True)
    name = others[drawn // 100 % len(others)]
    if out_of_100 >= _UNIDENTIFIED:
        return Spelling(organisation.id, name, is_identified=True)
    return Spelling(f"local-{drawn:08x}", name, is_identified=False)


def value(pence: int) -> Json:
    """Return an amount in pounds, exact to the penny."""
    pounds, rest = divmod(pence, 100)
    amount = orjson.Fragment(f"{pounds}.{rest:02d}") if rest else pounds
    return {"amount": amount, "currency": "GBP"}


def start_of(day: date) -> str:
    """Return the first moment of a day."""
    return f"{day.isoformat()}T00:00:00Z"


def end_of(day: date) -> str:
    """Return the last second of a day."""
    return f"{day.isoformat()}T23:59:59Z"


def period(from_on: date, to_on: date) -> Json:
    """Return whole days as a period."""
    return {"startDate": start_of(from_on), "endDate": end_of(to_on)}


class Notices:
    """Writes the pieces of one process."""

    def __init__(self, world: World, process: Procurement) -> None:
        self.world = world
        self.process = process
        self.service = SERVICE[process.service]
        self.areas = [area for area in world.areas if area.code in process.areas]

    def reference(self, id_: str) -> Json:
        """Return the short form in which an organisation is named outside ``parties``."""
        written = spelling(self.world.by_id[id_], self.process.ocid)
        return {"id": written.id, "name": written.name}

    def buyer_party(self) -> Json:
        """Return the buyer."""
        buyer = self.world.by_id[self.process.buyer]
        region = self.areas[0].name if len(buyer.areas) == 1 else self.areas[0].region
        return {
            **self.reference(buyer.id),
            "identifier": _identifier(buyer),
            "address": {"region": region},
            "roles": ["buyer"],
        }

    def bidder_parties(self) -> list[Json]:
        """Return everyone who bid, those who won as suppliers too."""
        won = {supplier for award in self.process.awards for supplier in award.suppliers}
        bid = [each for bid in self.process.bids for each in bid.tenderers]
        return [self._provider(id_, is_supplier=id_ in won) for id_ in dict.fromkeys(bid)]

    def _provider(self, id_: str, *, is_supplier: bool) -> Json:
        organisation = self.world.by_id[id_]
        written = spelling(organisation, self.process.ocid)
        details: Json = {"scale": organisation.scale, "vcse": organisation.is_vcse}
        party: Json = {"id": written.id, "name": written.name}
        if written.is_identified:
            party["identifier"] = _identifier(organisation)
            details["classifications"] = [_kind(organisation.kind)]
        if organisation.kind is Kind.MUTUAL:
            details["publicServiceMissionOrganization"] = True
        roles = ["tenderer", "supplier"] if is_supplier else ["tenderer"]
        return {**party, "details": details, "roles": roles}

    def planning(self) -> Json:
        """Return the plan: what it is for, and the budget."""
        return {
            "rationale": f"{self.service.name} is needed on. {NOTICE}",
            "budget": {"description": self.service.name, "amount": value(self.process.amount)},
        }

    def planned_tender(self) -> Json:
        """Return the tender as it is announced before it opens."""
        process = self.process
        return {
            "id": f"{process.ocid}-tender",
            "title": process.title,
            "status": "planned",
            "classification": _cpv(self.service.code, self.service.code_title),
            "mainProcurementCategory": "services",
        }

    def open_tender(self) -> Json:
        """Return the tender in full, as its notice has it."""
        process = self.process
        tender: Json = {
            **self.planned_tender(),
            "description": f"{self.service.name} for people in "
            f"{', '.join(area.name for area in self.areas)}. {NOTICE}.",
            "status": "active",
            "value": value(process.amount),
            "procurementMethod": process.method,
            "procurementMethodDetails": _PROCEDURES[process.method],
            "awardCriteria": "ratedCriteria",
            "suitability": {"sme": not self.service.joint, "vcse": not self.service.joint},
            "items": self.items(),
            "lots": self.lots("active"),
            "contractPeriod": period(process.starts_on, process.ends_on),
        }
        if process.method == "open":
            tender["tenderPeriod"] = period(process.published_on, process.first_closes_on)
        if process.is_framework:
            tender["techniques"] = {"hasFrameworkAgreement": True}
        if self.service.joint:
            tender["lotDetails"] = {"noLotsDivisionRationale": "One provider for all is simpler"}
        return tender

    def lots(self, status: str) -> list[Json]:
        """Return the lots, with their values."""
        return [
            {"id": lot.id, "title": lot.title, "status": status, "value": value(lot.amount)}
            for lot in self.process.lots
        ]

    def items(self) -> list[Json]:
        """Return one item for each lot and each service that is bought in it."""
        codes = ((self.service.code, self.service.code_title), *self.service.further_codes)
        pairs = [(lot, code) for lot in self.process.lots for code in codes]
        return [
            {
                "id": f"item-{number}",
                "description": title,
                "classification": _cpv(code, title),
                "relatedLot": lot.id,
                "deliveryAddresses": [{"region": area.name} for area in self.areas],
                "deliveryLocation": {
                    "gazetteer": {
                        "scheme": "CONVENER-DEMO-AREA",
                        "identifiers": [area.code for area in self.areas],
                    }
                },
            }
            for number, (lot, (code, title)) in enumerate(pairs, start=1)
        ]

    def bids(self) -> Json:
        """Return the number of bids and, where this buyer publishes them, each of them."""
        process = self.process
        count = len(process.bids)
        found: Json = {"statistics": [{"id": "bids", "measure": "bids", "value": count}]}
        if process.lists_bids:
            found["details"] = [self._bid(bid) for bid in process.bids]
        return found

    def _bid(self, bid: Bid) -> Json:
        return {
            "id": bid.id,
            "date": f"{bid.bid_on.isoformat()}T12:00:00Z",
            "status": "valid" if bid.is_valid else "disqualified",
            "tenderers": [self.reference(each) for each in bid.tenderers],
            "value": value(bid.amount),
            "relatedLots": [bid.lot],
        }

    def award(self, award: Award) -> Json:
        """Return an award."""
        process = self.process
        written: Json = {
            "id": award.id,
            "title": process.title,
            "status": "active",
            "date": start_of(award.awarded_on),
            "value": value(award.amount),
            "suppliers": [self.reference(each) for each in award.suppliers],
            "relatedLots": [award.lot],
            "contractPeriod": period(process.starts_on, process.ends_on),
        }
        if process.lists_bids:
            written["relatedBids"] = list(award.bids)
        return written

    def signed(self, contract: Contract) -> Json:
        """Return a contract as it was signed."""
        return {
            "id": contract.id,
            "awardID": contract.award,
            "title": self.process.title,
            "status": "active",
            "value": value(contract.amount),
            "period": period(contract.starts_on, contract.ends_on),
            "dateSigned": start_of(contract.signed_on),
            "agreedMetrics": [
                {
                    "id": _slug(indicator),
                    "title": indicator,
                    "observations": [
                        {"id": "agreed", "measure": "88", "unit": {"name": "per cent"}}
                    ],
                }
                for indicator in self.service.indicators
            ],
        }


def delivered(observations: Iterable[Observation]) -> list[Json]:
    """Return one year's observations of a contract's indicators."""
    return [
        {
            "id": _slug(each.indicator),
            "title": each.indicator,
            "observations": [
                {
                    "id": f"{_slug(each.indicator)}-{each.to_on.isoformat()}",
                    "period": period(each.from_on, each.to_on),
                    "measure": str(each.measure),
                    "unit": {"name": "per cent"},
                    "measureClassification": {"scheme": "UK_METRIC_RATING", "id": each.rating},
                }
            ],
        }
        for each in observations
    ]


def mobilisation(contract: Contract) -> list[Json]:
    """Return whether the service began on the agreed day."""
    if contract.mobilised_on is None:
        return []
    return [
        {
            "id": "service-begins",
            "title": "The service begins",
            "type": "delivery",
            "dueDate": end_of(contract.starts_on),
            "dateMet": start_of(contract.mobilised_on),
            "status": "met",
        }
    ]


def extensions() -> Sequence[str]:
    """Return the extensions whose fields are used, by the addresses that packages declare."""
    return tuple(
        f"https://raw.githubusercontent.com/{path}/extension.json" for path in _EXTENSIONS
    )


_EXTENSIONS = (
    "open-contracting-extensions/ocds_lots_extension/master",
    "open-contracting-extensions/ocds_bid_extension/v1.1.5",
    "open-contracting-extensions/ocds_metrics_extension/master",
    "open-contracting-extensions/ocds_partyDetails_scale_extension/master",
    "open-contracting-extensions/ocds_organizationClassification_extension/master",
    "open-contracting-extensions/ocds_suitability_extension/master",
    "open-contracting-extensions/ocds_techniques_extension/master",
    "open-contracting-extensions/ocds_location_extension/master",
    "cabinetoffice/ocds_uk_extension/master",
)
_PROCEDURES = {"open": "Open procedure", "direct": "Award without competition"}


def _identifier(organisation: Organisation) -> Json:
    return {
        "scheme": organisation.scheme,
        "id": organisation.identifier,
        "legalName": organisation.name,
    }


def _kind(kind: Kind) -> Json:
    return {"scheme": KIND_SCHEME, "id": kind.value, "description": kind.label}


def _cpv(code: str, title: str) -> Json:
    return {"scheme": "CPV", "id": code, "description": title}


def _slug(text: str) -> str:
    return text.lower().replace(" ", "-").replace("'", "")
