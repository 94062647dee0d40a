"""The red flags of one process: each rule with its inputs, its limit and what came of it.

A limit that is drawn from the data (a fence) is drawn over the whole source of the process, as the
rule has it. A flag is a reason to look, never a finding.
"""

from __future__ import annotations

from dataclasses import dataclass
from types import MappingProxyType
from typing import Any

import duckdb

from convener.base.errors import NotFoundError
from convener.base.kinds import Kind
from convener.measures.bench import Bench
from convener.measures.flags import FLAGS, Flag
from convener.measures.lists.holders import NOT_NAMED
from convener.measures.measure import Measure, find_measure
from convener.measures.question import Question
from convener.measures.run import assume

BELOW, AT_MOST, EQUAL, ABOVE, AT_LEAST = (
    "flagged below the limit",
    "flagged at the limit or below",
    "flagged at the limit",
    "flagged above the limit",
    "flagged at the limit or above",
)
# What a rule weighs, and on which side of its limit it flags.
RULES: MappingProxyType[str, tuple[str, str]] = MappingProxyType(
    {
        "short-submission-period": ("Days between the start of the tender and its end", BELOW),
        "single-bid": ("Tenderers", EQUAL),
        "price-close-to-winning-bid": (
            "Gap from the winning to the next price, as a share of the winning one",
            AT_MOST,
        ),
        "excessive-unsuccessful-bids": (
            "Share of its bids that the bidder won",
            f"{AT_MOST}, for a bidder that bids often",
        ),
        "identical-bid-prices": ("The most bidders with one and the same price", AT_LEAST),
        "late-bid-won": ("Days by which a winner's bid came after the deadline", ABOVE),
        "all-but-winner-disqualified": (
            "Bidders disqualified beside the one who won",
            f"{AT_LEAST}, where nobody else was left",
        ),
        "lowest-bid-disqualified": (
            "How far the lowest disqualified price lay under the lowest valid one",
            ABOVE,
        ),
        "excessive-disqualified-bids-by-buyer": (
            "Share of the bids to this buyer that were disqualified",
            AT_LEAST,
        ),
        "excessive-disqualified-bids-by-procuring-entity": (
            "Share of the bids to this procuring entity that were disqualified",
            AT_LEAST,
        ),
        "excessive-disqualified-bids-by-bidder": (
            "Share of the bids of this bidder that were disqualified",
            AT_LEAST,
        ),
        "heterogeneous-supplier": ("Trades in which the supplier was awarded", AT_LEAST),
        "heavily-discounted-bid": (
            "Gap from the winning to the next price, as a share of the winning one",
            AT_LEAST,
        ),
    }
)
# The organisations of a process that a rule can judge, by their part in it.
_PARTS = MappingProxyType(
    {
        "bidder": "select t.party_key from tenderers t where t.process_key = {process}",
        "supplier": "select s.party_key from suppliers s where s.process_key = {process}",
        "buyer": "select p.buyer_key from processes p where p.process_key = {process}",
        "procuring-entity": "select p.party_key from parties p where p.process_key = {process}"
        " and list_contains(p.roles, 'procuringEntity')",
    }
)


@dataclass(frozen=True)
class Process:
    """The process that is looked at."""

    key: int
    ocid: str
    source: str
    title: str
    buyer: str


@dataclass(frozen=True)
class FlagFound:
    """One rule upon one process, or upon one organisation in it."""

    code: str
    measure: Measure
    weighs: str
    compares: str
    organisation: str
    value: float | None
    threshold: float | None
    is_flagged: bool | None
    inputs: tuple[tuple[str, float], ...]

    @property
    def result(self) -> str:
        """Return what came of the rule, in words."""
        if self.is_flagged:
            return "Flagged"
        if self.is_flagged is False:
            return "Not flagged"
        return "No limit could be set" if self.value is not None else "Could not be judged"


def find_process(cursor: duckdb.DuckDBPyConnection, ocid: str) -> Process:
    """Return the process of an ocid: of several loaded, the one last released.

    Raises
    ------
    NotFoundError
        If no process has it.
    """
    row = cursor.execute(
        """select process_key, ocid, source, coalesce(title, ocid),
                  coalesce(buyer_name, 'Buyer not given')
           from processes where ocid = $ocid
           order by released_at desc nulls last, process_key limit 1""",
        {"ocid": ocid},
    ).fetchone()
    if row is None:
        raise NotFoundError(f"no process has the ocid {ocid!r}")
    return Process(*row)


def flags_of(cursor: duckdb.DuckDBPyConnection, process: Process) -> tuple[FlagFound, ...]:
    """Return every rule upon one process; a rule that judges organisations, once for each."""
    names = tuple(flag.measure for flag in FLAGS)
    bench = Bench(cursor, Question(names, (), sources=(process.source,)))
    try:
        return tuple(found for flag in FLAGS for found in _flag(bench, flag, process))
    finally:
        bench.close()


def _flag(bench: Bench, flag: Flag, process: Process) -> list[FlagFound]:
    measure = find_measure(flag.measure)
    assume(bench, measure)
    sql = _upon_parties(flag, process) if flag.subject else _upon_process(flag, process)
    rows = bench.rows(sql)
    return [_found(flag, measure, row) for row in rows] or [_found(flag, measure, {})]


def _upon_process(flag: Flag, process: Process) -> str:
    return f"select f.* from {flag.view} f where f.process_key = {process.key}"


def _upon_parties(flag: Flag, process: Process) -> str:
    side = flag.side or flag.subject or ""
    parties = _PARTS[side].format(process=process.key)
    of_side = f" and f.side = '{flag.side}'" if flag.side else ""
    return (
        "select b.bidder_name as organisation_name, b.kind as organisation_kind, f.*"
        f" from {flag.view} f join (select bidder, min(bidder_name) as bidder_name,"
        f" min(kind) as kind from bidders where party_key in ({parties}) group by bidder) b"
        f" on b.bidder = f.{flag.subject}{of_side} order by 1"
    )


def _found(flag: Flag, measure: Measure, row: dict[str, Any]) -> FlagFound:
    weighs, compares = RULES[flag.measure]
    is_person = row.get("organisation_kind") == Kind.INDIVIDUAL
    threshold = row.get("threshold")
    return FlagFound(
        code=flag.code,
        measure=measure,
        weighs=weighs,
        compares=compares,
        organisation=NOT_NAMED if is_person else str(row.get("organisation_name") or ""),
        value=None if row.get("value") is None else float(row["value"]),
        threshold=None if threshold is None else float(threshold),
        is_flagged=None if threshold is None else bool(row["is_flagged"]),
        inputs=_inputs(row),
    )


_NOT_INPUTS = frozenset(
    {"process_key", "value", "threshold", "bidder", "organisation", "supplier", "winner"}
    | {"runner_up", "bidders_key"}
)


def _inputs(row: dict[str, Any]) -> tuple[tuple[str, float], ...]:
    """Return the other numbers that a rule looked at, such as how many bids there were."""
    return tuple(
        (name.replace("_", " "), float(value))
        for name, value in row.items()
        if name not in _NOT_INPUTS
        and isinstance(value, int | float)
        and not isinstance(value, bool)
    )
