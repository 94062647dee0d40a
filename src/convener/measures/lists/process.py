"""One contracting process: what was bought, who bid, who won, and how it went on.

Organisations are named; whoever is a person, or may be one because nothing was resolved, is not.
Descriptions are left out, because publishers write contacts into them.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any

import duckdb

from convener.base.errors import NotFoundError
from convener.base.kinds import Kind
from convener.measures.lists.holders import NOT_NAMED

ROWS_MAX = 200  # of each list; what is left out is counted
OCID_MAX = 500
Money = Decimal | None


@dataclass(frozen=True)
class Named:
    """A body in a process; without a number where it is not to be named."""

    key: int | None
    name: str
    kind: Kind


@dataclass(frozen=True)
class Release:
    """What was announced at one moment, and the line of the source that says so."""

    release_id: str | None
    released_at: datetime | None
    tags: tuple[str, ...]
    line: int | None


@dataclass(frozen=True)
class Lot:
    """A lot of the tender."""

    lot_id: str
    title: str | None
    status: str | None
    amount: Money
    currency: str | None


@dataclass(frozen=True)
class Code:
    """A subject code, and how many items of which part of the process carry it."""

    scheme: str | None
    code: str
    items: int


@dataclass(frozen=True)
class Served:
    """A service to which the process belongs, and why."""

    service: str
    level: str
    because: str


@dataclass(frozen=True)
class Bid:
    """One bid; without amount where none is published. Its number is left out: some are names."""

    status: str | None
    bid_at: datetime | None
    amount: Money
    currency: str | None
    lots: tuple[str, ...]
    bidders: tuple[Named, ...]


@dataclass(frozen=True)
class Award:
    """One award and those who won it."""

    award_id: str
    title: str | None
    status: str | None
    awarded_at: datetime | None
    amount: Money
    currency: str | None
    starts_at: datetime | None
    ends_at: datetime | None
    lots: tuple[str, ...]
    suppliers: tuple[Named, ...]


@dataclass(frozen=True)
class Contract:
    """One contract, as first published and as it stands."""

    contract_id: str
    award_id: str | None
    title: str | None
    status: str | None
    signed_at: datetime | None
    amount: Money
    currency: str | None
    starts_at: datetime | None
    ends_at: datetime | None
    first_amount: Money
    first_ends_at: datetime | None
    terminated: bool | None
    paid: Money
    payments: int
    milestones: int
    observations: int

    @property
    def has_grown(self) -> bool:
        """Say whether its value is not the first that was published."""
        return None not in (self.amount, self.first_amount) and self.amount != self.first_amount

    @property
    def has_moved(self) -> bool:
        """Say whether its end is not the first that was published."""
        ends = (self.ends_at, self.first_ends_at)
        return None not in ends and ends[0] != ends[1]


@dataclass(frozen=True)
class Copy:
    """The same process as another source has it."""

    source: str
    released_at: datetime | None


@dataclass(frozen=True)
class Process:
    """One process, as the source that released it last has it."""

    ocid: str
    source: str
    facts: dict[str, Any]
    buyer: Named
    releases: tuple[Release, ...]
    lots: tuple[Lot, ...]
    codes: tuple[Code, ...]
    services: tuple[Served, ...]
    bids: tuple[Bid, ...]
    awards: tuple[Award, ...]
    contracts: tuple[Contract, ...]
    copies: tuple[Copy, ...]
    counts: dict[str, int]

    @property
    def last_end(self) -> date | None:
        """Return the day on which the last of its contracts or awards ends."""
        held: tuple[Contract | Award, ...] = (*self.contracts, *self.awards)
        return max((one.ends_at.date() for one in held if one.ends_at), default=None)


def read_process(cursor: duckdb.DuckDBPyConnection, ocid: str) -> Process:
    """Return the process of an ocid.

    Raises
    ------
    NotFoundError
        If no loaded source has it.
    """
    found = _rows(cursor, _PROCESS, ocid=ocid) if len(ocid) <= OCID_MAX else []
    if not found:
        raise NotFoundError(f"no process has the number {ocid[:80]!r}")
    facts, *others = found
    key = facts["process_key"]
    lists = {name: _rows(cursor, sql.format(key=int(key))) for name, sql in _LISTS.items()}
    people = _named(cursor, lists["tenderers"], lists["suppliers"], [facts])
    held = {name: rows[:ROWS_MAX] for name, rows in lists.items()}
    return Process(
        ocid=ocid,
        source=facts["source"],
        facts=facts,
        buyer=_buyer(facts, people),
        releases=tuple(Release(**_tuples(row)) for row in held["releases"]),
        lots=tuple(Lot(**row) for row in held["lots"]),
        codes=tuple(Code(**row) for row in held["codes"]),
        services=tuple(Served(**row) for row in held["services"]),
        bids=_bids(held["bids"], lists["tenderers"], people),
        awards=_awards(held["awards"], lists["suppliers"], people),
        contracts=tuple(Contract(**row) for row in held["contracts"]),
        copies=tuple(Copy(row["source"], row["released_at"]) for row in others),
        counts={name: len(rows) for name, rows in lists.items()},
    )


def _named(cursor: duckdb.DuckDBPyConnection, *lists: list[dict[str, Any]]) -> dict[int, Named]:
    """Return by spelling the organisations that may be named."""
    keys = {row.get("party_key") or row.get("buyer_key") for rows in lists for row in rows}
    rows = cursor.execute(
        """select i.party_key, o.organisation_key, o.name, o.kind
           from identities i join organisations o on o.organisation_key = i.organisation_key
           where list_contains($keys::ubigint[], i.party_key)""",
        {"keys": [key for key in keys if key is not None]},
    ).fetchall()
    return {spelling: _body(key, name, kind) for spelling, key, name, kind in rows}


def _body(key: int, name: str, kind: str) -> Named:
    is_person = kind == Kind.INDIVIDUAL
    return Named(None if is_person else key, NOT_NAMED if is_person else name, Kind(kind))


_UNRESOLVED = Named(None, "Not named: nothing says what body this is", Kind.UNKNOWN)


def _buyer(facts: dict[str, Any], known: dict[int, Named]) -> Named:
    unresolved = Named(None, facts["buyer_name"] or "Buyer not given", Kind.UNKNOWN)
    return known.get(facts["buyer_key"], unresolved)


def _bodies(rows: list[dict[str, Any]], known: dict[int, Named]) -> tuple[Named, ...]:
    return tuple(known.get(row["party_key"], _UNRESOLVED) for row in rows)


def _bids(
    bids: list[dict[str, Any]], tenderers: list[dict[str, Any]], known: dict[int, Named]
) -> tuple[Bid, ...]:
    """Return the bids; whoever is listed on the tender alone bid without one being published."""
    by_bid: dict[str | None, list[dict[str, Any]]] = {}
    for row in tenderers:
        by_bid.setdefault(row["bid_id"], []).append(row)
    found = [
        Bid(
            row["status"],
            row["bid_at"],
            row["amount"],
            row["currency"],
            tuple(row["lots"] or ()),
            _bodies(by_bid.get(row["bid_id"], []), known),
        )
        for row in bids
    ]
    alone = [
        Bid(None, None, None, None, (), _bodies([row], known))
        for row in by_bid.get(None, [])[:ROWS_MAX]
    ]
    return tuple(found or alone)


def _awards(
    awards: list[dict[str, Any]], suppliers: list[dict[str, Any]], known: dict[int, Named]
) -> tuple[Award, ...]:
    by_award: dict[str, list[dict[str, Any]]] = {}
    for row in suppliers:
        by_award.setdefault(row["award_id"], []).append(row)
    return tuple(
        Award(**_tuples(row), suppliers=_bodies(by_award.get(row["award_id"], []), known))
        for row in awards
    )


def _tuples(row: dict[str, Any]) -> dict[str, Any]:
    is_list = {"tags", "lots"}
    return {name: tuple(value or ()) if name in is_list else value for name, value in row.items()}


def _rows(cursor: duckdb.DuckDBPyConnection, sql: str, **words: object) -> list[dict[str, Any]]:
    answer = cursor.execute(sql, words)
    names = [column[0] for column in answer.description or ()]
    return [dict(zip(names, row, strict=True)) for row in answer.fetchall()]


_PROCESS = """
    select source, process_key, released_at, buyer_name, buyer_key, title, tender_status, method,
           techniques_framework, category, tender_amount, tender_currency, estimate_amount,
           estimate_currency, tender_starts_at, tender_ends_at, tenderer_count, suits_sme,
           suits_vcse, code_scheme, code, region, region_is_buyers
    from processes
    where ocid = $ocid
    order by released_at desc nulls last, process_key
"""
# The key is a number of ours: written into the statement, it lets whole parts be skipped.
_LISTS = {
    "releases": """
        select release_id, released_at, tags, line from releases where process_key = {key}
        order by released_at nulls first, line""",
    "lots": """
        select lot_id, title, status, amount, currency from lots where process_key = {key}
        order by try_cast(lot_id as bigint), lot_id""",
    "codes": """
        select scheme, code, count(*) as items from items
        where process_key = {key} and code is not null
        group by scheme, code order by items desc, code""",
    "services": """
        select service, level, because from process_services where process_key = {key}
        order by level, service""",
    "bids": """
        select bid_id, status, bid_at, amount, currency, related_lots as lots from bids
        where process_key = {key} order by amount nulls last, bid_id""",
    "tenderers": """
        select bid_id, party_key from tenderers where process_key = {key}
        order by bid_id, party_key""",
    "awards": """
        select award_id, title, status, awarded_at, amount, currency, starts_at, ends_at,
               related_lots as lots
        from awards where process_key = {key} order by awarded_at, award_id""",
    "suppliers": """
        select award_id, party_key from suppliers where process_key = {key}
        order by award_id, position""",
    "contracts": """
        with done as (
            select contract_id,
                   sum(amount) filter (where sort = 'transaction') as paid,
                   count(*) filter (where sort = 'transaction')    as payments,
                   count(*) filter (where sort = 'milestone')      as milestones
            from implementation where process_key = {key} group by contract_id
        ),
        observed as (
            select contract_id, count(*) filter (where sort = 'measured') as observations
            from metrics where process_key = {key} group by contract_id
        )
        select c.contract_id, c.award_id, c.title, c.status, c.signed_at, c.amount, c.currency,
               c.starts_at, c.ends_at, c.first_amount, c.first_ends_at, c.terminated,
               d.paid, coalesce(d.payments, 0) as payments,
               coalesce(d.milestones, 0) as milestones,
               coalesce(o.observations, 0) as observations
        from contracts c
        left join done d on d.contract_id = c.contract_id
        left join observed o on o.contract_id = c.contract_id
        where c.process_key = {key}
        order by c.signed_at, c.contract_id""",
}
