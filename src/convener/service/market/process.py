"""The page of one process: what is read for it, what it shows, and in which words."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from convener.data.scope.subjects import subject
from convener.measures.lists.process import Process, read_process
from convener.service.market.data import MarketData
from convener.service.market.organisation import labels_of
from convener.service.market.paging import link
from convener.service.words import counted, money, sentence

METHODS = {
    "open": "Open to all",
    "selective": "Open to those who were selected",
    "limited": "Limited to some",
    "direct": "Given to one without a contest",
}
YES = {True: "Yes", False: "No"}
TAGS = {
    "planning": "Planned",
    "planningUpdate": "Plan changed",
    "tender": "Tender opened",
    "tenderAmendment": "Tender amended",
    "tenderUpdate": "Tender updated",
    "tenderCancellation": "Tender cancelled",
    "award": "Awarded",
    "awardUpdate": "Award updated",
    "awardCancellation": "Award cancelled",
    "contract": "Contract signed",
    "contractUpdate": "Contract updated",
    "contractAmendment": "Contract amended",
    "contractTermination": "Contract ended early",
    "implementation": "Under way",
    "implementationUpdate": "Under way, updated",
    "compiled": "Compiled from all releases",
}


@dataclass(frozen=True)
class Moment:
    """Something that happened, on a day; what the source announced has its line."""

    on: date | None
    what: str
    detail: str
    line: int | None = None


def read(data: MarketData, ocid: str) -> Process:
    """Return one process; read once for each snapshot.

    Raises
    ------
    NotFoundError
        If no loaded source has it.
    """

    def made() -> Process:
        with data.cursor() as cursor:
            return read_process(cursor, ocid)

    return data.kept(("process", ocid), made)


def shown(data: MarketData, ocid: str) -> dict[str, Any]:
    """Return what the template of the page needs."""
    found = read(data, ocid)
    labels = labels_of(data)
    return {
        "process": found,
        "title": found.facts["title"] or "A process without a title",
        "verdict": _verdict(found),
        "moments": moments(found),
        "facts": _facts(found),
        "services": [(one, labels.get(one.service, one.service)) for one in found.services],
        "subject_of": _subject,
        "link": link,
        "left_out": _left_out(found),
    }


def _verdict(found: Process) -> tuple[str, ...]:
    """Say in a few sentences what became of it."""
    won = sorted({body.name for award in found.awards for body in award.suppliers if body.key})
    first = f"{found.buyer.name} bought this"
    if not found.awards:
        state = found.facts["tender_status"] or "not known"
        return (f"{found.buyer.name} is the buyer. No award is published.", f"State: {state}.")
    if len(won) == 1:
        first += f" from {won[0]}"
    elif won:
        first += f" from {counted(len(won), 'organisation')}"
    said = [first + "."]
    amounts = {award.currency for award in found.awards if award.amount}
    if len(amounts) == 1:
        total = sum(award.amount or 0 for award in found.awards)
        said.append(
            f"{counted(len(found.awards), 'award')}, {money(total, amounts.pop())} in all."
        )
    grown = [one for one in found.contracts if one.has_grown]
    if grown:
        said.append(f"The value of {counted(len(grown), 'contract')} changed after signing.")
    if any(one.terminated for one in found.contracts):
        said.append("A contract was ended early.")
    return tuple(said)


def _facts(found: Process) -> list[tuple[str, str]]:
    """Return what was published of the tender, in words; what was not is left out."""
    facts = found.facts
    period = (facts["tender_starts_at"], facts["tender_ends_at"])
    days = (period[1] - period[0]).days if None not in period else None
    said = [
        ("Procedure", METHODS.get(facts["method"] or "", facts["method"])),
        ("State of the tender", facts["tender_status"]),
        ("Framework", "Yes" if facts["techniques_framework"] else None),
        ("Expected value", _money(facts["tender_amount"], facts["tender_currency"])),
        ("Estimate", _money(facts["estimate_amount"], facts["estimate_currency"])),
        ("Time to bid", None if days is None or days < 0 else counted(days, "day")),
        ("Bidders, as the buyer counts them", facts["tenderer_count"]),
        ("Said to suit small firms", YES.get(facts["suits_sme"])),
        ("Said to suit charities and the like", YES.get(facts["suits_vcse"])),
        ("Subject", _subject(facts["code_scheme"], facts["code"]) if facts["code"] else None),
        ("Area", _area(facts)),
    ]
    return [(word, sentence(text).rstrip(".")) for word, text in said if text not in (None, "")]


def _area(facts: dict[str, Any]) -> str | None:
    region: str | None = facts["region"]
    if region and facts["region_is_buyers"]:
        return f"{region}, where the buyer is"
    return region


def _money(value: Any, currency: str | None) -> str | None:  # noqa: ANN401 -- an exact decimal
    return money(value, currency) if value else None


def _subject(scheme: str | None, code: str | None) -> str:
    """Return a code with its name, where it is of the common vocabulary."""
    if not code:
        return "No code"
    known = subject(code[:4]) if (scheme or "CPV").upper() == "CPV" else ""
    name = f" {known}" if known and not known.isdigit() else ""
    return f"{scheme or 'Code'} {code}{name}"


def moments(found: Process) -> list[Moment]:
    """Return what happened in order of days: releases, and the days within the record."""
    met = [*_released(found), *_dated(found)]
    return sorted(met, key=lambda one: (one.on is None, one.on or date.max, one.line or 0))


def _released(found: Process) -> Iterator[Moment]:
    for one in found.releases:
        words = [TAGS.get(tag, tag) for tag in one.tags] or ["Released"]
        named = f"release {one.release_id}" if one.release_id else "release"
        yield Moment(_on(one.released_at), ", ".join(words), named, one.line)


def _dated(found: Process) -> Iterator[Moment]:
    facts = found.facts
    if facts["tender_starts_at"]:
        yield Moment(_on(facts["tender_starts_at"]), "Bids could be made from", "tender period")
    if facts["tender_ends_at"]:
        yield Moment(_on(facts["tender_ends_at"]), "Bids had to be in by", "tender period")
    for award in found.awards:
        if award.awarded_at:
            yield Moment(_on(award.awarded_at), "Award made", f"award {award.award_id}")
    for one in found.contracts:
        name = f"contract {one.contract_id}"
        if one.signed_at:
            yield Moment(_on(one.signed_at), "Contract signed", name)
        if one.starts_at:
            yield Moment(_on(one.starts_at), "Contract starts", name)
        if one.ends_at:
            moved = ", not as first published" if one.has_moved else ""
            yield Moment(_on(one.ends_at), f"Contract ends{moved}", name)


def _on(moment: datetime | None) -> date | None:
    return moment.date() if moment else None


def _left_out(found: Process) -> list[str]:
    """Say which lists are longer than the page shows."""
    shown_counts = {
        "releases": len(found.releases),
        "lots": len(found.lots),
        "bids": len(found.bids),
        "awards": len(found.awards),
        "contracts": len(found.contracts),
    }
    return [
        f"{counted(found.counts[name] - count, 'more row')} of {name} not shown"
        for name, count in shown_counts.items()
        if found.counts[name] > count
    ]
