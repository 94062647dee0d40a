"""What hangs on one owner: its contracts by buyer, and its shares of each region and nation."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

import duckdb

from convener.measures.bench import Bench
from convener.measures.question import Question

NATION = "all"
NOWHERE = ("unknown",)
# Awards are read by procurement division, provision by the label of its list.
BASES = ("provision", "awards")
ENDLESS_YEARS = 4  # a contract without an end counts so long after its award
SHARES_MIN = 10  # things that a share of a place rests on; fewer give no share


@dataclass(frozen=True)
class Held:
    """One contract in force of an owner: who bought it, what it is worth, and until when."""

    owner: int
    ocid: str
    award: str
    title: str
    buyer: str
    amount: Decimal | None
    currency: str
    awarded_on: date | None
    ends_on: date | None


@dataclass(frozen=True)
class LocalShare:
    """An owner's share of one service in one region, or in all regions together."""

    owner: int
    basis: str
    service: str
    region: str
    share: float
    count: int
    whole: int


def contracts_of(
    cursor: duckdb.DuckDBPyConnection, owners: Sequence[int], *, on: date
) -> list[Held]:
    """Return the contracts of some owners that are not over on a day.

    One without an end counts as over some years after its award.
    """
    bench = _bench(cursor, "awards", ())
    try:
        _wanted(bench, owners)
        rows = bench.rows(_CONTRACTS.format(day=on.isoformat(), years=ENDLESS_YEARS))
    finally:
        bench.close()
    return [Held(**row) for row in rows]


def shares_of(cursor: duckdb.DuckDBPyConnection, owners: Sequence[int]) -> list[LocalShare]:
    """Return the shares of some owners: a row a basis, service and region, and the whole nation.

    A region in which few things are known gives no share.
    """
    found: list[LocalShare] = []
    for basis in BASES:
        for by in (("service", "region"), ("service",)):
            bench = _bench(cursor, basis, by)
            try:
                _wanted(bench, owners)
                found += [LocalShare(basis=basis, **row) for row in bench.rows(_SHARES)]
            finally:
                bench.close()
    return found


def _bench(cursor: duckdb.DuckDBPyConnection, basis: str, by: tuple[str, ...]) -> Bench:
    question = Question(("hhi",), by, entity="owner", basis=basis)
    return Bench(cursor, question)


def _wanted(bench: Bench, owners: Sequence[int]) -> None:
    bench.connection.execute(
        "create or replace temp table wanted_owners as"
        " select key as owner, hash('organisation', key) as provider"
        " from (select unnest($owners::bigint[]) as key)",
        {"owners": list(owners)},
    )


def services_named(cursor: duckdb.DuckDBPyConnection) -> dict[str, str]:
    """Return how each label of provision is written, by its slug."""
    rows: list[tuple[Any, ...]] = cursor.execute(
        "select service, min(label) from label_services group by service"
    ).fetchall()
    return {str(slug): str(label) for slug, label in rows}


_CONTRACTS = """
    select w.owner,
           p.ocid,
           h.award_id                               as award,
           coalesce(any_value(p.title), p.ocid)     as title,
           coalesce(any_value(b.buyer_name), any_value(p.buyer_name), 'Buyer not given') as buyer,
           sum(h.value)                             as amount,
           coalesce(any_value(p.currency), '')      as currency,
           min(h.held_on)                           as awarded_on,
           max(h.ends_on)                           as ends_on
    from holdings h
    join wanted_owners w on w.provider = h.provider
    join (
        select p.process_key, p.ocid, p.title, p.buyer_name, p.buyer_key,
               c.currency
        from processes p cross join commonest_currency c
    ) p on p.process_key = h.process_key
    left join buyers b on b.party_key = p.buyer_key
    where coalesce(h.ends_on, h.held_on + interval {years} year, date '{day}') >= date '{day}'
    group by w.owner, p.ocid, h.award_id
    order by w.owner, ends_on nulls last, buyer, p.ocid, h.award_id
"""

_SHARES = f"""
    select w.owner,
           s.service::varchar                       as service,
           s.area::varchar                          as region,
           coalesce(s.share, case when s.market_valued = 0 then s.item_share end) as share,
           s.records                                as count,
           cast(s.market_records as bigint)         as whole
    from provider_shares s
    join wanted_owners w on w.provider = s.provider
    where s.area::varchar not in ('unknown')
      and s.service::varchar not in ('unknown')
      and s.market_records >= {SHARES_MIN}
      and coalesce(s.share, case when s.market_valued = 0 then s.item_share end) is not null
    order by all
"""
