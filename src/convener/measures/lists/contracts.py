"""The contracts of a market: one row an award that stands, a page at a time.

They are the awards that the figures rest on (``award_facts`` and ``scope`` say which), read here
from the market's own processes alone, so that a page is quick whatever else the store holds.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

import duckdb

from convener.base.errors import BadInputError, NotFoundError
from convener.base.kinds import Kind
from convener.data.scope import areas
from convener.measures.lists.holders import NOT_NAMED
from convener.measures.lists.parties import buyers_like, providers_like
from convener.measures.markets import Market

PAGE = 50
ALL_MOST = 100_000  # rows of a file
MONTHS_MOST = 120
# What a list can be sorted by, with the way in which each is read first.
ORDERS = {
    "value": "is_main desc, amount {way} nulls last",
    "ends": "ends_on {way} nulls last",
    "awarded": "awarded_on {way} nulls last",
}
FIRST_WAY = {"value": "down", "ends": "up", "awarded": "down"}
_WAYS = {"up": "asc", "down": "desc"}


@dataclass(frozen=True, kw_only=True)
class Wanted:
    """Which contracts of a market are asked for, and in which order."""

    area: str = ""
    period: str = ""
    buyer: str = ""
    provider: str = ""
    ending: int | None = None
    sort: str = "value"
    way: str = "down"

    def __post_init__(self) -> None:
        """Refuse what cannot be asked.

        Raises
        ------
        BadInputError
            If the order or the number of months is not one that can be asked for.
        """
        if self.sort not in ORDERS:
            raise BadInputError(f"sort is {self.sort!r}; it can be {', '.join(ORDERS)}")
        if self.way not in _WAYS:
            raise BadInputError(f"way is {self.way!r}; it can be {', '.join(_WAYS)}")
        if self.ending is not None and not 0 < self.ending <= MONTHS_MOST:
            message = f"ending is {self.ending} months; it can be from 1 to {MONTHS_MOST}"
            raise BadInputError(message)


@dataclass(frozen=True)
class Supplier:
    """One provider of a contract. A person is counted and never named."""

    name: str
    kind: Kind
    organisation: int | None
    owner: str


@dataclass(frozen=True)
class Contract:
    """One award that stands: who bought what from whom, for how much and until when."""

    ocid: str
    title: str
    buyer: str
    buyer_organisation: int | None
    area: str
    awarded_on: date | None
    starts_on: date | None
    ends_on: date | None
    amount: Decimal | None
    currency: str
    suppliers: tuple[Supplier, ...]


@dataclass(frozen=True)
class Contracts:
    """One page of a market's contracts, and what all of them come to.

    ``total`` adds the amounts in ``currency``, the commonest one, and ``dated`` counts those
    whose end is known. ``day`` is the last day in the data, from which months are counted.
    ``areas`` and ``years`` are all that the market's contracts can be narrowed to.
    """

    rows: tuple[Contract, ...]
    count: int
    dated: int
    total: Decimal | None
    currency: str
    day: date | None
    areas: tuple[str, ...]
    years: tuple[str, ...]


def read_contracts(
    cursor: duckdb.DuckDBPyConnection,
    market: Market,
    wanted: Wanted,
    *,
    page: int | None = 1,
) -> Contracts:
    """Return one page of a market's contracts; without a page, all of them up to a limit.

    Raises
    ------
    NotFoundError
        If there is no such page.
    """
    areas.make_labels(cursor)
    cursor.execute(_ALL, _all_of(cursor, market))
    cursor.execute(_IN_SCOPE, _scope_of(wanted))
    cursor.execute(_CHOSEN + _filters(cursor, wanted), _values(wanted))
    summary = _rows(cursor, _SUMMARY, {})[0]
    skip, most = (0, ALL_MOST) if page is None else ((page - 1) * PAGE, PAGE)
    if skip < 0 or (skip and skip >= summary["count"]):
        raise NotFoundError(f"there is no page {page} of {summary['count']} contracts")
    order = ORDERS[wanted.sort].format(way=_WAYS[wanted.way])
    rows = _rows(cursor, _PAGE.format(order=order), {"most": most, "skip": skip})
    return Contracts(rows=tuple(_contract(row) for row in rows), **summary)


def _all_of(cursor: duckdb.DuckDBPyConnection, market: Market) -> dict[str, object]:
    [(several,)] = cursor.execute("select count(distinct source) > 1 from processes").fetchall()
    return {"service": market.service, "level": market.level, "several": several}


def _scope_of(wanted: Wanted) -> dict[str, object]:
    return {"area": areas.tidy(wanted.area) if wanted.area else "", "period": wanted.period}


def _filters(cursor: duckdb.DuckDBPyConnection, wanted: Wanted) -> str:
    """Return the tests of a row, with the keys of parties that were looked for."""
    tests = ["true"]
    if wanted.buyer:
        keys = buyers_like(cursor, wanted.buyer, "in_scope")
        cursor.execute("set variable wanted_buyers = $keys::ubigint[]", {"keys": keys})
        tests.append("list_contains(getvariable('wanted_buyers'), s.buyer_key)")
    if wanted.provider:
        keys = providers_like(cursor, wanted.provider)
        cursor.execute("set variable wanted_providers = $keys::ubigint[]", {"keys": keys})
        tests.append(_HELD)
    if wanted.ending is not None:
        tests.append("s.ends_on >= d.day and s.ends_on < d.day + to_months($months)")
    return " where " + " and ".join(tests)


def _values(wanted: Wanted) -> dict[str, object]:
    return {} if wanted.ending is None else {"months": wanted.ending}


def _rows(
    cursor: duckdb.DuckDBPyConnection, sql: str, values: dict[str, object]
) -> list[dict[str, Any]]:
    answer = cursor.execute(sql, values)
    names = [column[0] for column in answer.description or ()]
    return [dict(zip(names, row, strict=True)) for row in answer.fetchall()]


def _contract(row: dict[str, Any]) -> Contract:
    suppliers = tuple(_supplier(told) for told in row.pop("suppliers") or ())
    return Contract(**row, suppliers=suppliers)


def _supplier(told: dict[str, Any]) -> Supplier:
    kind = Kind(told["kind"] or Kind.UNKNOWN)
    if kind is Kind.INDIVIDUAL:
        return Supplier(NOT_NAMED, kind, None, "")
    owner = NOT_NAMED if told["owner_kind"] == Kind.INDIVIDUAL else told["owner"] or ""
    return Supplier(told["name"] or "Not named", kind, told["organisation"], owner)


_DAY = "cast(make_timestamp(epoch_us({moment})) as date)"  # in UTC, as everywhere
_ALL = f"""
    create or replace temp table all_awards as
    with own as materialized (
        select distinct process_key
        from process_services
        where service = $service and level = $level
    ),
    inside as (
        select process_key, buyer_key, buyer_name, region, ocid, released_at,
               tender_starts_at, tender_ends_at
        from processes
        where process_key in (select process_key from own)
    ),
    rivals as (
        select process_key,
               row_number() over (
                   partition by ocid order by released_at desc nulls last, process_key
               ) as place_in_line
        from processes
        where $several and ocid in (select ocid from inside)
    ),
    stands as (
        select *
        from inside
        where process_key not in (select process_key from rivals where place_in_line > 1)
    ),
    awarded as (
        select process_key, award_id, awarded_at, amount, currency, starts_at, ends_at
        from awards
        where process_key in (select process_key from stands)
          and (status is null or status not in ('cancelled', 'unsuccessful', 'pending'))
    ),
    lacking as (
        select process_key, award_id,
               min(coalesce(signed_at, starts_at)) as dated_at,
               sum(amount)    as amount,
               min(currency)  as currency,
               min(starts_at) as starts_at,
               max(ends_at)   as ends_at
        from contracts
        where process_key in (
            select process_key from awarded
            where awarded_at is null or amount is null or ends_at is null
        )
        group by process_key, award_id
    ),
    dated as (
        select a.process_key, a.award_id,
               {_DAY.format(moment="coalesce(a.awarded_at, l.dated_at, a.starts_at)")}
                                                                      as own_day,
               coalesce(a.amount, cast(l.amount as decimal(18, 4)))          as amount,
               case when a.amount is null then l.currency else a.currency end as currency,
               {_DAY.format(moment="coalesce(a.starts_at, l.starts_at)")}     as starts_on,
               {_DAY.format(moment="coalesce(a.ends_at, l.ends_at)")}         as ends_on
        from awarded a
        left join lacking l on l.process_key = a.process_key and l.award_id = a.award_id
    )
    select d.* exclude (own_day),
           coalesce(
               d.own_day,
               min(d.own_day) over (partition by d.process_key),
               {_DAY.format(moment="coalesce(s.tender_ends_at, s.tender_starts_at)")}
           )                                                          as awarded_on,
           s.buyer_key, s.buyer_name,
           coalesce(l.place, 'unknown')                               as place,
           coalesce(l.region, 'unknown')                              as region
    from dated d
    join stands s on s.process_key = d.process_key
    left join area_labels l on l.raw = s.region
"""

_IN_SCOPE = """
    create or replace temp table in_scope as
    select *
    from all_awards
    where ($area = '' or lower(place) = $area or lower(region) = $area)
      and ($period = '' or coalesce(cast(year(awarded_on) as varchar), 'unknown') = $period)
"""

_HELD = """(s.process_key, s.award_id) in (
    select process_key, award_id from suppliers
    where list_contains(getvariable('wanted_providers'), party_key)
)"""

_CHOSEN = """
    create or replace temp table chosen as
    with days as (select max(awarded_on) as day from in_scope),
    main as (
        select currency from in_scope where amount is not null
        group by currency order by count(*) desc, currency nulls last limit 1
    )
    select s.*,
           s.amount is not null
               and coalesce(s.currency is not distinct from m.currency, false) as is_main
    from in_scope s
    left join days d on true
    left join main m on true
"""

_SUMMARY = """
    select (select count(*) from chosen)                                    as count,
           (select count(ends_on) from chosen)                              as dated,
           (select sum(amount) from chosen where is_main)                   as total,
           coalesce((select currency from chosen where is_main limit 1), '') as currency,
           (select max(awarded_on) from in_scope)                           as day,
           (select coalesce(list(distinct place order by place), []) from all_awards
            where place <> 'unknown')                                       as areas,
           (select coalesce(list(distinct y order by y desc), [])
            from (select cast(year(awarded_on) as varchar) as y from all_awards)
            where y is not null)                                            as years
"""

_PAGE = """
    with page as (
        select *, row_number() over (order by {order}, process_key, award_id) as place_in_line
        from chosen
        order by {order}, process_key, award_id
        limit $most offset $skip
    ),
    named as (
        select s.process_key, s.award_id, s.position, s.name as written, i.organisation_key
        from suppliers s
        join page p on p.process_key = s.process_key and p.award_id = s.award_id
        left join identities i on i.party_key = s.party_key
    ),
    held as (
        select n.process_key, n.award_id,
               list({{
                   'name': coalesce(o.name, n.written),
                   'kind': o.kind,
                   'organisation': o.organisation_key,
                   'owner': case when o.owner_key <> o.organisation_key then o.owner_name end,
                   'owner_kind': w.kind
               }} order by n.position, n.written) as suppliers
        from named n
        left join organisations o on o.organisation_key = n.organisation_key
        left join organisations w on w.organisation_key = o.owner_key
        group by n.process_key, n.award_id
    )
    select c.ocid,
           coalesce(c.title, '')                                  as title,
           coalesce(b.name, p.buyer_name, 'Not named')            as buyer,
           b.organisation_key                                     as buyer_organisation,
           p.place                                                as area,
           p.awarded_on, p.starts_on, p.ends_on, p.amount,
           coalesce(p.currency, '')                               as currency,
           h.suppliers
    from page p
    join processes c on c.process_key = p.process_key
    left join identities i on i.party_key = p.buyer_key
    left join organisations b on b.organisation_key = i.organisation_key
    left join held h on h.process_key = p.process_key and h.award_id = p.award_id
    order by p.place_in_line
"""
