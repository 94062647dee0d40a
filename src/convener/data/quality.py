"""What a source can and cannot tell: coverage of each field, faults met, and plain words."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import duckdb

from convener.data.conclusions import conclusions
from convener.data.report import ReadReport
from convener.data.tables import SOURCE_TABLES


@dataclass(frozen=True)
class Needed:
    """A field that measures rest on, and the condition under which it is known in a row."""

    table: str
    field: str
    known: str
    measures: str


NEEDED = (
    Needed("processes", "buyer", "buyer_name is not null", "fragility, concentration of buyers"),
    Needed(
        "processes",
        "subject code",
        "code is not null"
        " or process_key in (select process_key from items where code is not null)",
        "every measure by service",
    ),
    Needed("processes", "region", "region is not null", "every measure by area"),
    Needed("processes", "procurement method", "method is not null", "single-bid-share"),
    Needed("processes", "number of tenderers", "tenderer_count > 0", "competition"),
    Needed(
        "processes",
        "tender period",
        "tender_starts_at is not null and tender_ends_at is not null",
        "days-to-bid",
    ),
    Needed("processes", "estimate", "coalesce(estimate_amount, tender_amount) > 0", "value"),
    Needed("awards", "award date", "awarded_at is not null", "every measure by period"),
    Needed("awards", "award value above zero", "amount > 0", "mix and concentration by value"),
    Needed("awards", "currency", "currency is not null", "every measure in money"),
    Needed("suppliers", "supplier name", "name is not null", "mix and concentration"),
    Needed("contracts", "contract value above zero", "amount > 0", "value, fragility"),
    Needed("contracts", "contract end", "ends_at is not null", "contracts ending"),
    Needed("payments", "payee", "payee_name is not null", "mix and concentration by payment"),
    Needed("payments", "amount", "amount is not null", "every measure by payment"),
    Needed("payments", "payment date", "paid_on is not null", "every measure by period"),
    Needed("payments", "buyer", "buyer_name is not null", "fragility"),
    Needed("payments", "service", "service is not null", "every measure by service"),
    Needed("provision", "owner or provider", "provider_name is not null", "concentration"),
    Needed("provision", "quantity", "quantity is not null", "mix and fragility by places"),
    Needed("provision", "area", "area is not null", "local hold, choice"),
    Needed("provision", "kind, by the sector", "kind is not null", "mix"),
    Needed("provision", "rating", "rating is not null", "delivery"),
)

DATES = {
    "processes": ("released_at", "tender_starts_at", "tender_ends_at"),
    "awards": ("awarded_at", "starts_at", "ends_at"),
    "contracts": ("signed_at", "starts_at", "ends_at"),
    "payments": ("paid_on",),
    "provision": ("observed_on", "opened_on", "rated_on"),
}
AMOUNTS = {
    "processes": ("tender_amount", "estimate_amount"),
    "awards": ("amount",),
    "contracts": ("amount",),
    "payments": ("amount",),
}
PERIODS = {
    "processes": ("tender_starts_at", "tender_ends_at"),
    "awards": ("starts_at", "ends_at"),
    "contracts": ("starts_at", "ends_at"),
}


def assess(
    connection: duckdb.DuckDBPyConnection, source: str, report: ReadReport
) -> dict[str, Any]:
    """Return the quality report of one source, as JSON values.

    The connection holds the store's tables with that source in them.
    """
    rows = _rows(connection, source)
    coverage = _coverage(connection, source, rows)
    return {
        "source": source,
        "rows": rows,
        "reading": report.as_dict(),
        "coverage": coverage,
        "dates": _dates(connection, source, rows),
        "amounts": _amounts(connection, source, rows),
        "currencies": _currencies(connection, source),
        "identifiers": _identifiers(connection, source),
        "shape": _shape(connection, source),
        "conclusions": conclusions(rows, coverage, _shape(connection, source)),
    }


def summary(report: dict[str, Any]) -> dict[str, Any]:
    """Return the few figures of a quality report that a list of sources shows."""
    shares = [field["share"] for field in report["coverage"]]
    reading = report["reading"]
    return {
        "read": reading["read"],
        "refused": reading["refused"],
        "nulled": reading["nulled"],
        "duplicates": reading["duplicates"],
        "coverage": round(sum(shares) / len(shares), 4) if shares else None,
    }


def _rows(connection: duckdb.DuckDBPyConnection, source: str) -> dict[str, int]:
    counted = {}
    for table in SOURCE_TABLES:
        count = _one(connection, f"select count(*) from {table.name} where source = ?", source)
        if count:
            counted[table.name] = int(count)
    return counted


def _coverage(
    connection: duckdb.DuckDBPyConnection, source: str, rows: dict[str, int]
) -> list[dict[str, Any]]:
    fields: list[dict[str, Any]] = []
    for table in dict.fromkeys(needed.table for needed in NEEDED):
        if not rows.get(table):
            continue
        wanted = [needed for needed in NEEDED if needed.table == table]
        counts = ", ".join(f"count(*) filter ({needed.known})" for needed in wanted)
        known = connection.execute(
            f"select {counts} from {table} where source = ?", [source]
        ).fetchone()
        fields += [
            {
                "table": table,
                "field": needed.field,
                "needed": rows[table],
                "known": count,
                "share": count / rows[table],
                "measures": needed.measures,
            }
            for needed, count in zip(wanted, known or (), strict=True)
        ]
    return fields


def _dates(
    connection: duckdb.DuckDBPyConnection, source: str, rows: dict[str, int]
) -> list[dict[str, Any]]:
    spans: list[dict[str, Any]] = []
    for table, columns in DATES.items():
        for column in columns if rows.get(table) else ():
            known, first, last = connection.execute(
                f"select count({column}), min({column})::date::varchar,"
                f" max({column})::date::varchar from {table} where source = ?",
                [source],
            ).fetchone() or (0, None, None)
            if known:
                spans.append({"table": table, "field": column, "first": first, "last": last})
    for table, (start, end) in PERIODS.items():
        if rows.get(table):
            backward = _one(
                connection,
                f"select count(*) from {table} where source = ? and {end} < {start}",
                source,
            )
            if backward:
                spans.append({"table": table, "field": f"{end} before {start}", "count": backward})
    return spans


def _amounts(
    connection: duckdb.DuckDBPyConnection, source: str, rows: dict[str, int]
) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = []
    for table, columns in AMOUNTS.items():
        for column in columns if rows.get(table) else ():
            known, zero, negative, total, largest = connection.execute(
                f"select count({column}), count(*) filter ({column} = 0),"
                f" count(*) filter ({column} < 0), sum({column})::varchar,"
                f" max({column})::varchar from {table} where source = ?",
                [source],
            ).fetchone() or (0, 0, 0, None, None)
            if known:
                found.append(
                    {
                        "table": table,
                        "field": column,
                        "known": known,
                        "zero": zero,
                        "negative": negative,
                        "total": total,
                        "largest": largest,
                    }
                )
    return found


def _currencies(connection: duckdb.DuckDBPyConnection, source: str) -> list[dict[str, Any]]:
    found = connection.execute(
        """
        select currency, count(*) as count from (
            select currency from awards where source = $source and amount is not null
            union all
            select currency from payments where source = $source and amount is not null
        ) group by currency order by count desc, currency
        """,
        {"source": source},
    ).fetchall()
    return [{"currency": currency, "count": count} for currency, count in found]


def _identifiers(connection: duckdb.DuckDBPyConnection, source: str) -> list[dict[str, Any]]:
    found = connection.execute(
        """
        select scheme, count(*) as count, count(distinct identifier) as different from (
            select scheme, identifier from parties where source = $source
            union all
            select payee_scheme, payee_identifier from payments
            where source = $source and payee_name is not null
            union all
            select scheme, identifier from register where source = $source
        ) group by scheme order by count desc, scheme
        """,
        {"source": source},
    ).fetchall()
    return [
        {"scheme": scheme, "count": count, "different": different}
        for scheme, count, different in found
    ]


def _shape(connection: duckdb.DuckDBPyConnection, source: str) -> dict[str, Any]:
    """Return the few shares that decide how a source may be read."""
    several, awards = connection.execute(
        """
        select count(*) filter (supplier_count > 1), count(*) from (
            select count(*) as supplier_count from suppliers where source = ?
            group by process_key, award_id
        )
        """,
        [source],
    ).fetchone() or (0, 0)
    identified, suppliers = connection.execute(
        """
        select count(*) filter (p.identifier is not null and p.scheme is not null), count(*)
        from suppliers s left join parties p
            on p.process_key = s.process_key and p.party_id = s.party_id
        where s.source = ?
        """,
        [source],
    ).fetchone() or (0, 0)
    withheld = _one(
        connection, "select avg(payee_withheld::int) from payments where source = ?", source
    )
    listed = _one(connection, "select count(*) from tenderers where source = ?", source)
    named, others = connection.execute(_TENDERERS, {"source": source}).fetchone() or (0, 0)
    return {
        "tenderers_listed": listed,
        "tenderers_named": named,
        "tenderers_not_suppliers": others,
        "awards_of_several_suppliers": several / awards if awards else None,
        "suppliers_with_identifier": identified / suppliers if suppliers else None,
        "payees_withheld": withheld,
    }


_TENDERERS = """
    select count(*), count(*) filter (s.process_key is null)
    from (select distinct process_key, party_key from tenderers
          where source = $source and party_key is not null) t
    left join (select distinct process_key, party_key from suppliers where source = $source) s
        using (process_key, party_key)
"""


def _one(connection: duckdb.DuckDBPyConnection, sql: str, source: str) -> Any:  # noqa: ANN401 -- whatever the engine counts
    row = connection.execute(sql, [source]).fetchone()
    return row[0] if row else None
