"""Every measure has a worked example that runs on DuckDB, and a page."""

from __future__ import annotations

from pathlib import Path

import pytest
import sqlglot

from convener.measures.bench import views
from convener.measures.measure import catalogue, reads
from convener.measures.run import Question, measure
from convener.measures.worked import FOLDER, worked_examples

PAGES = Path(__file__).parents[2] / "docs" / "reference" / "measures"


def _cases():
    for name in sorted(path.stem for path in FOLDER.glob("*.toml")):
        for case in worked_examples(name):
            yield pytest.param(name, case, id=f"{name}: {case.shows}")


@pytest.mark.parametrize(("name", "case"), list(_cases()))
def test_a_small_market_gives_the_expected_answer(market_of, name, case):
    asked = {**case.asked, "by": tuple(case.asked.get("by", ()))}
    connection = market_of(case.given)

    rows = measure(connection, Question((name,), **asked))

    met = [row.as_dict() for row in rows]
    assert len(met) == len(case.expect), met
    for row, expected in zip(met, case.expect, strict=True):
        for column, value in expected.items():
            if value == "none":
                assert row[column] is None, row
            elif column == "note":
                assert value in row["note"], row
            elif isinstance(value, float | int):
                assert row[column] is not None, row
                assert float(row[column]) == pytest.approx(value, abs=1e-6), row
            else:
                assert row[column] == value, row


@pytest.mark.parametrize("name", list(catalogue()))
def test_every_measure_has_an_example(name):
    assert worked_examples(name)


@pytest.mark.parametrize("name", list(catalogue()))
def test_every_measure_has_a_page(name):
    text = (PAGES / f"{name}.md").read_text(encoding="utf-8")

    assert catalogue()[name].source.split(",")[0].split("(")[0].strip() in text.replace("\n", " ")


@pytest.mark.parametrize("name", list(catalogue()))
def test_what_a_measure_reads_is_found_without_parsing_it(name):
    sql = catalogue()[name].sql
    tree = sqlglot.parse_one(sql, read="duckdb")
    own = {one.alias for one in tree.find_all(sqlglot.exp.CTE)}

    tables = {one.name for one in tree.find_all(sqlglot.exp.Table)} - own

    assert {table for table in tables if table} == set(reads(sql))


def test_every_view_reads_what_there_is(market_of):
    connection = market_of({})
    held = {
        name for (name,) in connection.execute("select table_name from duckdb_tables()").fetchall()
    }

    for view in views().values():
        missing = set(view.reads) - set(views()) - held - {"area_labels", "assumptions"}
        assert not missing, f"{view.name} reads {missing}"
