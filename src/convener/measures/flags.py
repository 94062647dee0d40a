"""The red flags one by one, for signed-in analysts; public pages count them by market.

A flag is a reason to look, never a finding. A measure of the family *integrity* counts a flag by
market; here are the processes or organisations behind the count, flagged or not, each with its
value and the limit that it was held to.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any

import duckdb

from convener.base.errors import BadInputError, NotFoundError
from convener.measures.bench import Bench
from convener.measures.measure import find_measure
from convener.measures.question import Question
from convener.measures.run import assume

_WINNER = "select process_key, winner as bidder from {view} where is_flagged"
_RUNNER_UP = "select process_key, runner_up from {view} where is_flagged"


@dataclass(frozen=True)
class Flag:
    """One rule: its code, the measure that counts it, the view that judges by it, and of whom.

    ``subject`` is the column that names an organisation, or none where a process is judged;
    ``involves`` is SQL for the organisations behind a flagged process.
    """

    code: str
    measure: str
    view: str
    subject: str | None = None
    side: str | None = None
    involves: str | None = None


FLAGS = (
    Flag("R003", "short-submission-period", "flag_short_period"),
    Flag("R018", "single-bid", "flag_single_bid"),
    Flag(
        "R024",
        "price-close-to-winning-bid",
        "flag_close_price",
        involves=f"{_WINNER} union all {_RUNNER_UP}",
    ),
    Flag("R025", "excessive-unsuccessful-bids", "flag_many_losses", "bidder"),
    Flag(
        "R028",
        "identical-bid-prices",
        "flag_same_price",
        involves="select p.process_key, b.bidder from price_groups p join bid_facts b"
        " on b.process_key = p.process_key and b.amount = p.amount and b.currency = p.currency"
        " where p.bidders > 1",
    ),
    Flag(
        "R030",
        "late-bid-won",
        "flag_late_winner",
        involves="select process_key, bidder from late_bids where days_late > 0",
    ),
    Flag("R035", "all-but-winner-disqualified", "flag_sole_survivor", involves=_WINNER),
    Flag("R036", "lowest-bid-disqualified", "flag_lowest_put_out"),
    Flag(
        "R038",
        "excessive-disqualified-bids-by-buyer",
        "flag_many_put_out",
        "organisation",
        "buyer",
    ),
    Flag(
        "R038",
        "excessive-disqualified-bids-by-procuring-entity",
        "flag_many_put_out",
        "organisation",
        "procuring-entity",
    ),
    Flag(
        "R038",
        "excessive-disqualified-bids-by-bidder",
        "flag_many_put_out",
        "organisation",
        "bidder",
    ),
    Flag("R048", "heterogeneous-supplier", "flag_many_trades", "supplier"),
    Flag("R058", "heavily-discounted-bid", "flag_deep_discount", involves=_WINNER),
)


@dataclass(frozen=True)
class Judged:
    """One process or organisation that a rule could judge.

    ``value`` is null where there was nothing to weigh, such as no disqualified bid. ``threshold``
    is null, and nothing is flagged, where no limit could be set: too few values for a fence, or no
    spread in them.
    """

    code: str
    process: str | None
    organisation: str | None
    value: float | None
    threshold: float | None
    is_flagged: bool
    involves: tuple[str, ...] = ()


def find_flag(name: str) -> Flag:
    """Return the flag whose code or measure has this name.

    Raises
    ------
    NotFoundError
        If there is none.
    BadInputError
        If a code stands for several rules.
    """
    found = [flag for flag in FLAGS if name in {flag.code, flag.measure}]
    if not found:
        codes = ", ".join(dict.fromkeys(flag.code for flag in FLAGS))
        raise NotFoundError(f"no flag is called {name!r}; there are {codes}")
    if len(found) > 1:
        listed = ", ".join(flag.measure for flag in found)
        raise BadInputError(f"{name} is judged of several: ask for one of {listed}")
    return found[0]


def judge(
    connection: duckdb.DuckDBPyConnection,
    name: str,
    *,
    where: Mapping[str, str] = MappingProxyType({}),
    sources: tuple[str, ...] = (),
    assume_values: Mapping[str, float] = MappingProxyType({}),
) -> list[Judged]:
    """Return every process or organisation in scope that one rule could judge, flagged first.

    Raises
    ------
    NotFoundError
        If there is no such flag.
    BadInputError
        If the name stands for several, or a filter cannot mean anything.
    """
    flag = find_flag(name)
    question = Question((flag.measure,), (), where, sources=sources, assume=assume_values)
    bench = Bench(connection, question)
    try:
        assume(bench, find_measure(flag.measure))
        involved = _involved(bench, flag)
        rows = bench.rows(_subjects_sql(flag) if flag.subject else _processes_sql(flag))
    finally:
        bench.close()
    found = [_judged(flag, row, involved) for row in rows]
    return sorted(
        found, key=lambda one: (not one.is_flagged, one.process or one.organisation or "")
    )


def _processes_sql(flag: Flag) -> str:
    return (
        "select p.ocid, cast(null as varchar) as organisation_name, f.*"
        f" from {flag.view} f join processes p on p.process_key = f.process_key"
        " join (select distinct process_key from tenders) t on t.process_key = f.process_key"
    )


def _subjects_sql(flag: Flag) -> str:
    side = f" where f.side = '{flag.side}'" if flag.side else ""
    return (
        "select cast(null as varchar) as ocid, b.name as organisation_name, f.*"
        f" from {flag.view} f left join (select bidder, min(bidder_name) as name from bidders"
        f" group by bidder) b on b.bidder = f.{flag.subject}{side}"
    )


def _involved(bench: Bench, flag: Flag) -> dict[int, tuple[str, ...]]:
    """Return the names of the organisations behind each flagged process."""
    if flag.involves is None:
        return {}
    found: dict[int, list[str]] = {}
    sql = flag.involves.format(view=flag.view)
    for row in bench.rows(
        f"select distinct i.process_key, b.bidder_name from ({sql}) i"
        " join bidders b on b.bidder = i.bidder order by all"
    ):
        found.setdefault(row["process_key"], []).append(row["bidder_name"])
    return {key: tuple(names) for key, names in found.items()}


def _judged(flag: Flag, row: Mapping[str, Any], involved: Mapping[int, tuple[str, ...]]) -> Judged:
    threshold = row["threshold"]
    return Judged(
        code=flag.code,
        process=row["ocid"],
        organisation=row["organisation_name"],
        value=None if row["value"] is None else float(row["value"]),
        threshold=None if threshold is None else float(threshold),
        is_flagged=bool(row["is_flagged"]),
        involves=involved.get(row.get("process_key", 0), ()),
    )
