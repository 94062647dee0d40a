from __future__ import annotations

import gzip
import json

import pytest

from convener.base.errors import BadInputError
from convener.data.flat.sheets import csv_rows, head_of, heading_form, json_rows
from convener.data.report import ReadReport
from convener.data.sources.inputs import open_inputs


def one(path):
    (source,) = open_inputs(str(path))
    return source


def rows_of(path, *, skip=0):
    report = ReadReport()
    with csv_rows(one(path), skip=skip, report=report) as (headings, rows):
        return headings, list(rows), report


def written(tmp_path, content, name="a.csv"):
    path = tmp_path / name
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    return path


@pytest.mark.parametrize("separator", [",", ";", "\t", "|"])
def test_the_separator_is_the_one_that_parts_rows_evenly(tmp_path, separator):
    text = (
        f"a{separator}b{separator}c\n1{separator}x, y; z{separator}3\n4{separator}5{separator}6\n"
    )
    if separator in ",;":
        text = text.replace("x, y; z", '"x, y; z"')

    headings, rows, _ = rows_of(written(tmp_path, text))

    assert headings == ["a", "b", "c"]
    assert rows == [(1, ["1", "x, y; z", "3"]), (2, ["4", "5", "6"])]


def test_rows_are_numbered_whatever_line_breaks_their_cells_hold(tmp_path):
    _, rows, _ = rows_of(written(tmp_path, 'a,b\n1,"two\nlines"\n\n3,4\n'))

    assert rows == [(1, ["1", "two\nlines"]), (3, ["3", "4"])]


def test_a_row_with_cells_under_no_heading_is_refused_with_its_number(tmp_path):
    _, rows, report = rows_of(written(tmp_path, "a,b\n1,2\n1,2,3\n1,2,\n"))

    assert [line for line, _ in rows] == [1, 3]
    assert (report.read, report.refused) == (3, 1)
    assert (report.places[0].line, report.places[0].reason) == (2, "3 cells under 2 headings")


def test_a_short_row_is_filled_with_blanks(tmp_path):
    _, rows, _ = rows_of(written(tmp_path, "a,b,c\n1,2\n"))

    assert rows == [(1, ["1", "2", ""])]


def test_a_heading_met_again_is_no_row(tmp_path):
    _, rows, report = rows_of(written(tmp_path, "a,b\n1,2\na,b\n3,4\n"))

    assert [line for line, _ in rows] == [1, 3]
    assert report.places[0].reason == "the heading again"


def test_a_quotation_mark_that_is_not_closed_is_refused_and_not_read(tmp_path):
    lines = "".join(f"{number},x\n" for number in range(2_000))

    _, rows, report = rows_of(written(tmp_path, 'a,b\n1,2\n2,"open\n' + lines))

    assert rows == [(1, ["1", "2"])]
    assert report.places[0].reason == "not a row: a quotation mark is not closed"


def test_a_cell_too_long_to_be_one_is_refused_and_reading_goes_on(tmp_path):
    _, rows, report = rows_of(written(tmp_path, f"a,b\n1,{'x' * 200_000}\n3,4\n"))

    assert rows[-1][1] == ["3", "4"]
    assert report.refused == 1


@pytest.mark.parametrize(
    ("encoding", "note"),
    [
        ("utf-8", None),
        ("utf-8-sig", None),
        ("utf-16", "read as utf-16-le"),
        ("cp1252", "read as cp1252"),
    ],
)
def test_any_encoding_is_read_and_an_unusual_one_is_said(tmp_path, encoding, note):
    headings, rows, report = rows_of(written(tmp_path, "naïve,b\n£1,2\n".encode(encoding)))

    assert (headings, rows) == (["naïve", "b"], [(1, ["£1", "2"])])
    assert any(note in each for each in report.notes) if note else not report.notes


def test_a_preamble_is_skipped(tmp_path):
    headings, rows, _ = rows_of(written(tmp_path, "A title\n\na,b\n1,2\n"), skip=2)

    assert (headings, rows) == (["a", "b"], [(1, ["1", "2"])])


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"", "is empty"),
        (b"  \n ", "is empty"),
        (b"<!DOCTYPE html><html><body>404</body></html>", "a web page"),
        (bytes(range(256)) * 4, "not text"),
        (b'{"meta": {"a": 1}}garbage', "not whole JSON"),
        (b'{"meta":\n {"a": 1}}', "holds no list of records"),
    ],
)
def test_what_is_no_table_is_refused_with_what_it_is(tmp_path, content, words):
    with pytest.raises(BadInputError, match=words):
        head_of(one(written(tmp_path, content)))


RECORDS = [{"id": "1", "who": {"name": "A"}, "tags": ["x", "y"], "ok": True}, {"id": 2, "n": None}]


@pytest.mark.parametrize(
    ("text", "form", "path"),
    [
        (json.dumps(RECORDS), "json", "item"),
        (json.dumps({"meta": {"top": [{"a": 1}]}, "rows": RECORDS}), "json", "rows.item"),
        (json.dumps({"meta": 1, "rows": RECORDS}, indent=1), "json", "rows.item"),
        ("\n".join(map(json.dumps, RECORDS)), "jsonl", ""),
    ],
)
def test_json_records_are_rows_of_cells(tmp_path, text, form, path):
    source = one(written(tmp_path, text, "a.json"))

    head = head_of(source)

    assert (head.form, head.path) == (form, path)
    assert head.rows[0] == ("id", "who.name", "tags", "ok")
    with json_rows(source, ("ID", "who.name", "ok", "x"), path=path, report=ReadReport()) as rows:
        assert list(rows) == [(1, ["1", "A", "true", ""]), (2, ["2", "", "", ""])]


def test_a_json_list_with_a_stray_value_refuses_it_alone(tmp_path):
    report = ReadReport()

    source = one(written(tmp_path, '[{"a": "1"}, 3, {"a": "2"}]', "a.json"))
    with json_rows(source, ("a",), path="item", report=report) as rows:
        found = [cells for _, cells in rows]

    assert found == [["1"], ["2"]]
    assert (report.read, report.refused) == (3, 1)


def test_truncated_json_is_refused(tmp_path):
    source = one(written(tmp_path, '[{"a": "1"}, {"a": "2"', "a.json"))
    with (
        pytest.raises(BadInputError, match="not whole JSON"),
        json_rows(source, ("a",), path="item", report=ReadReport()) as rows,
    ):
        list(rows)


def test_headings_are_compared_without_case_or_doubled_spaces():
    assert heading_form("\ufeff Net   Amount ") == heading_form("net amount")
    assert heading_form("Children\u2019s") == heading_form("children's")


def test_a_packed_table_is_read_alike(tmp_path):
    headings, rows, _ = rows_of(written(tmp_path, gzip.compress(b"a,b\n1,2\n"), "a.csv.gz"))

    assert (headings, rows) == (["a", "b"], [(1, ["1", "2"])])
