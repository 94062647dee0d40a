"""One spelling, one key."""

from __future__ import annotations

import duckdb
import pytest
from hypothesis import given
from hypothesis import strategies as st

from convener.data.keys import clean_sql, identifier_sql, party_key_sql


def key(scheme: str | None, identifier: str | None, name: str | None) -> int | None:
    row = duckdb.execute(f"select {party_key_sql('$1', '$2', '$3')}", [scheme, identifier, name])
    return row.fetchall()[0][0]


@pytest.mark.parametrize(
    ("left", "right"),
    [
        (("GB-COH", "123456", "Ann Ltd"), ("GB-COH", "00123456", "Ann Ltd")),
        (("GB-COH", "sc123456", "Ann Ltd"), (" GB-COH", "SC123456 ", "Ann Ltd\n")),
        ((None, None, "Ann Ltd"), ("", " ", "\tAnn Ltd\r\n")),
    ],
)
def test_one_spelling_has_one_key(left, right):
    assert key(*left) == key(*right)


@pytest.mark.parametrize(
    ("left", "right"),
    [
        (("GB-COH", "1", None), (None, "1", "GB-COH")),
        (("GB-CHC", "1", "A"), ("GB-CHC", "1", "a")),
        (("GB-CHC", "1", "A"), ("GB-CHC", "01", "A")),
        (("a", None, None), (None, "a", None)),
    ],
)
def test_other_spellings_have_other_keys(left, right):
    assert key(*left) != key(*right)


def test_nothing_written_has_no_key():
    assert key(None, "", "  ") is None


def test_a_column_and_a_bound_value_agree():
    table = "(values ('GB-COH', '42', 'Ann Ltd'), (null, null, 'Bob')) t(s, i, n)"

    rows = duckdb.execute(f"select {party_key_sql('s', 'i', 'n')} from {table}").fetchall()
    literal = duckdb.execute(f"select {party_key_sql('null', 'null', "'Bob'")}").fetchall()

    assert rows == [(key("GB-COH", "42", "Ann Ltd"),), (key(None, None, "Bob"),)]
    assert literal == [rows[1]]


def test_only_companies_house_numbers_are_padded():
    sql = (
        f"select {identifier_sql('s', 'i')} from (values ('GB-COH', '7'), ('GB-CHC', '7')) t(s, i)"
    )

    assert duckdb.execute(sql).fetchall() == [("00000007",), ("7",)]


@given(st.text(alphabet=" \t\r\nab\u00e9\U0001f600\u0301", max_size=6))
def test_texts_are_cleaned_as_python_strips(text):
    found = duckdb.execute(f"select {clean_sql('$1')}", [text]).fetchall()

    assert found == [(text.strip(" \t\r\n") or None,)]
