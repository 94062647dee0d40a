"""Every measure is carried to Spark SQL whole, and the carried text says the same numbers."""

from __future__ import annotations

import sqlite3
from collections import Counter
from contextlib import closing
from decimal import Decimal

import pytest
import sqlglot
from sqlglot import exp

from convener.base.errors import BadInputError
from convener.measures.bench import Bench
from convener.measures.measure import catalogue
from convener.measures.question import Question
from convener.measures.run import _by_basis, assume
from convener.measures.spark import to_spark
from convener.measures.worked import worked_examples

NAMES = list(catalogue())

# What measures may call: all of it means in Spark SQL what it means in DuckDB, or is rewritten.
PORTABLE = {
    "AND",
    "AVG",
    "CASE",
    "CAST",
    "COALESCE",
    "COUNT",
    "GREATEST",
    "IF",
    "LEAST",
    "LOGICAL_OR",
    "MAX",
    "MIN",
    "NULLIF",
    "OR",
    "PERCENTILE_CONT",
    "ROW_NUMBER",
    "SUM",
    "TIME_TO_UNIX",  # epoch() of a moment, unix_timestamp() in Spark
}
DUCKDB_ALONE = (
    exp.Anonymous,  # a function that sqlglot does not know: list_…, getvariable, our own macros
    exp.Command,
    exp.Columns,
    exp.Lambda,
    exp.Struct,
    exp.Array,
    exp.Bracket,
    exp.Unnest,
    exp.Lateral,
    exp.Qualify,
    exp.Pivot,
    exp.Placeholder,
    exp.Parameter,
)


NOT_IN_SQLITE = {
    "contracts-ending": "adds months to a day",
    "effective-number-of-kinds": "names the columns of values",
}


def _casts(tree):
    return Counter(one.to.sql("spark") for one in tree.find_all(exp.Cast))


@pytest.mark.parametrize("name", NAMES)
def test_a_measure_uses_only_what_both_engines_say(name):
    tree = sqlglot.parse_one(catalogue()[name].sql, read="duckdb")

    assert {one.sql_name() for one in tree.find_all(exp.Func)} <= PORTABLE
    assert [one.sql() for one in tree.find_all(*DUCKDB_ALONE)] == []


@pytest.mark.parametrize("name", NAMES)
def test_a_measure_is_carried_whole(name):
    before = sqlglot.parse_one(catalogue()[name].sql, read="duckdb")
    after = sqlglot.parse_one(to_spark(catalogue()[name].sql), read="spark")

    assert after.named_selects == before.named_selects
    assert {"service", "area", "period", "value", "count"} <= set(after.named_selects)
    assert not _casts(before) - _casts(after)
    assert Counter(one.name for one in before.find_all(exp.Table)) == Counter(
        one.name for one in after.find_all(exp.Table)
    )


@pytest.mark.parametrize("name", NAMES)
def test_no_measure_is_carried_as_an_estimate(name):
    carried = to_spark(catalogue()[name].sql)

    assert "approx" not in carried.casefold()
    whole = sqlglot.parse_one(carried, read="spark")
    assert not list(whole.find_all(exp.ApproxQuantile, exp.ApproxDistinct, exp.Command))


@pytest.mark.parametrize(
    ("sql", "carried"),
    [
        (
            "select percentile_cont(0.25) within group (order by x) as value from t",
            "SELECT PERCENTILE(x, 0.25) AS value FROM t",
        ),
        ("select a / b as value from t", "SELECT CAST(a AS DOUBLE) / b AS value FROM t"),
        (
            "select cast(a as double) / b as value from t",
            "SELECT CAST(a AS DOUBLE) / b AS value FROM t",
        ),
        ("select avg(a) as value from t", "SELECT AVG(CAST(a AS DOUBLE)) AS value FROM t"),
        (
            "select s, percentile_cont(0.5) within group (order by x) as v, p from t group by all",
            "SELECT s, PERCENTILE(x, 0.5) AS v, p FROM t GROUP BY 1, 3",
        ),
        ("select count(*) as n from t group by all", "SELECT COUNT(*) AS n FROM t"),
        (
            "select row_number() over (order by x) as n from t",
            "SELECT ROW_NUMBER() OVER (ORDER BY x NULLS LAST) AS n FROM t",
        ),
        (
            "select a is not distinct from b as same from t",
            "SELECT a IS NOT DISTINCT FROM b AS same FROM t",
        ),
        (
            "select count(*) filter (where a) as n from t",
            "SELECT COUNT(*) FILTER(WHERE a) AS n FROM t",
        ),
    ],
)
def test_what_would_change_a_number_is_written_out(sql, carried):
    assert " ".join(to_spark(sql).split()) == carried


@pytest.mark.parametrize(
    "sql",
    [
        "select percentile_cont(0.5) within group (order by x desc) as value from t",
        "select percentile_disc(0.5) within group (order by x) as value from t",
        "select from where",
    ],
)
def test_what_spark_cannot_say_is_refused(sql):
    with pytest.raises(BadInputError, match=r"is carried|cannot say"):
        to_spark(sql)


def _cases():
    for name in NAMES:
        for case in worked_examples(name) if name not in NOT_IN_SQLITE else ():
            yield pytest.param(name, case, id=f"{name}: {case.shows}")


@pytest.mark.parametrize(("name", "case"), list(_cases()))
def test_the_carried_text_gives_the_same_rows_on_another_engine(market_of, name, case):
    """SQLite stands in for Spark: it reads the carried text, with the same prepared views."""
    one = catalogue()[name]
    asked = {
        word: case.asked[word]
        for word in ("by", "where", "period", "level", "basis", "assume")
        if word in case.asked
    }
    bench = Bench(market_of(case.given), Question((name,), **{"by": (), **asked}))
    assume(bench, one)
    bench.set("entity", one.entity or case.asked.get("entity", "organisation"))
    bench.set("framework", case.asked.get("framework", "split"))

    [basis] = _by_basis(bench, [one])
    bench.set("basis", basis)

    assert _sorted(_elsewhere(bench, one)) == _sorted(bench.rows(one.sql, one.reads))


def _sorted(rows):
    plain = [{name: _plain(value) for name, value in row.items()} for row in rows]
    return sorted(plain, key=lambda row: str(sorted(row.items())))


def _plain(value):
    if isinstance(value, Decimal | float | int):  # an engine without booleans has 0 and 1
        return float(f"{float(value):.10g}")
    return value


def _elsewhere(bench, one):
    [text] = sqlglot.transpile(to_spark(one.sql), read="spark", write="sqlite")
    with closing(sqlite3.connect(":memory:")) as other:
        other.row_factory = sqlite3.Row
        other.create_aggregate("QUANTILE", 2, _Quantile)
        other.create_function(
            "STR_TO_UNIX", -1, lambda seconds, *_form: seconds
        )  # moments are copied as seconds
        for name in one.reads:
            _copy(bench, name, other)
        return [dict(row) for row in other.execute(text)]


def _copy(bench, name, other):
    bench.build((name,))
    described = bench.connection.execute(f"describe {name}").fetchall()
    columns = {column: kind for column, kind, *_ in described}
    read = [f"epoch({c})" if k.startswith("TIMESTAMP") else c for c, k in columns.items()]
    rows = bench.connection.execute(f"select {', '.join(read)} from {name}").fetchall()
    other.execute(f"create table {name} ({', '.join(columns)})")
    marks = ", ".join("?" * len(columns))
    other.executemany(
        f"insert into {name} values ({marks})", [[_stored(value) for value in row] for row in rows]
    )


def _stored(value):
    if isinstance(value, Decimal):
        return float(value)
    if isinstance(value, int) and value >= 2**63:
        return value - 2**64  # a key is a name: only whether two are equal matters
    return value if value is None or isinstance(value, int | float | str) else str(value)


class _Quantile:
    def __init__(self):
        self.values = []

    def step(self, value, share):
        if value is not None:
            self.values.append(value)
            self.share = share

    def finalize(self):
        if not self.values:
            return None
        place = self.share * (len(self.values) - 1)
        low = int(place)
        held = sorted(self.values)
        return held[low] + (place - low) * (held[min(low + 1, len(held) - 1)] - held[low])
