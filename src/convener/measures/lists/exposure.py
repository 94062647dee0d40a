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


def exposed(
    cursor: duckdb.DuckDBPyConnection, owners: Sequence[int], *, on: date
) -> tuple[list[Held], list[LocalShare]]:
    """Return what hangs on some owners: contracts that are not over on a day, and shares.

    A contract without an end counts as over some years after its award. A share is of one service
    in one region or in the nation; where few things are known there is none.
    """
    contracts: list[Held] = []
    shares: list[LocalShare] = []
    for basis in BASES:
        bench = Bench(cursor, Question(("hhi",), ("service",), entity="owner", basis=basis))
        try:
            _wanted(bench, owners)
            shares += [LocalShare(basis=basis, **row) for row in bench.rows(_SHARES)]
            if basis == "awards":
                rows = bench.rows(_CONTRACTS.format(day=on.isoformat(), years=ENDLESS_YEARS))
                contracts = [Held(**row) for row in rows]
        finally:
            bench.close()
    return contracts, shares


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


# A process of several services stands once in each; its contract counts once.
_CONTRACTS = """
    with held as (
        select w.owner, h.process_key, h.award_id, h.service,
               sum(h.value)     as amount,
               min(h.held_on)   as awarded_on,
               max(h.ends_on)   as ends_on
        from holdings h
        join wanted_owners w on w.provider = h.provider
        where coalesce(h.ends_on, h.held_on + interval {years} year, date '{day}') >= date '{day}'
        group by all
    ),
    counted as (
        select owner, process_key, award_id,
               max(amount)      as amount,
               min(awarded_on)  as awarded_on,
               max(ends_on)     as ends_on,
               any_value(service) as service
        from held
        group by all
    )
    select c.owner,
           p.ocid,
           c.award_id                               as award,
           coalesce(p.title, p.ocid)                as title,
           coalesce(b.buyer_name, p.buyer_name, 'Buyer not given') as buyer,
           c.amount,
           coalesce(m.currency, '')                 as currency,
           c.awarded_on,
           c.ends_on
    from counted c
    join processes p on p.process_key = c.process_key
    left join commonest_currency m on m.service = c.service
    left join buyers b on b.party_key = p.buyer_key
    order by c.owner, c.ends_on nulls last, buyer, p.ocid, c.award_id
"""

# As provider_shares has it: negative lines are taken off first, and a net that is not positive
# takes no share; counted by things where nothing is valued.
_SHARES = f"""
    with netted as (
        select service,
               case when grouping(region) = 1 then '{NATION}' else region::varchar end as region,
               provider,
               sum(value)                                      as value,
               sum(item_count)                                 as items,
               count(*)                                        as records,
               sum(case when is_valued then 1 else 0 end)      as valued
        from holdings
        where provider is not null
        group by grouping sets ((service, region, provider), (service, provider))
    ),
    shared as (
        select *,
               case when value > 0 then cast(value as double) end
                   / sum(case when value > 0 then cast(value as double) end) over here as by_value,
               items / sum(items) over here                    as by_item,
               sum(valued) over here                           as all_valued,
               sum(records) over here                          as whole
        from netted
        window here as (partition by service, region)
    )
    select w.owner,
           s.service::varchar                                  as service,
           s.region,
           case when s.all_valued = 0 then s.by_item else s.by_value end as share,
           s.records                                           as count,
           cast(s.whole as bigint)                             as whole
    from shared s
    join wanted_owners w on w.provider = s.provider
    where s.region <> 'unknown'
      and s.service::varchar <> 'unknown'
      and s.whole >= {SHARES_MIN}
      and (s.by_value is not null or s.all_valued = 0)
    order by all
"""
