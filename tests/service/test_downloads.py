import csv
import io
import json
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from convener.service.downloads import FORMULA, Table, answer, as_csv, defused


@pytest.mark.parametrize("first", FORMULA)
def test_a_cell_that_could_start_a_formula_is_defused(first):
    assert defused(f"{first}cmd|' /C calc'!A0").startswith("'")


def test_a_number_below_zero_stays_a_number():
    assert defused(-3.5) == -3.5
    assert defused(Decimal("-3.50")) == Decimal("-3.50")


@given(st.text(min_size=1))
def test_no_cell_of_text_starts_with_a_formula_character(text):
    cell = next(csv.reader(io.StringIO(as_csv(["name"], [{"name": text}]).split("\r\n", 1)[1])))

    assert not cell[0].startswith(FORMULA)


def test_a_cell_without_a_value_is_empty():
    assert as_csv(["a", "b"], [{"a": None, "b": 0}]) == "a,b\r\n,0\r\n"


def test_a_file_is_named_for_its_table_whatever_the_name_holds():
    table = Table('largest "providers"\r\nX: 1', ("name",), [{"name": "=1+1"}])

    response = answer(table, "csv")

    assert response["Content-Disposition"] == 'attachment; filename="largest-providers-x-1.csv"'
    assert response.content == b"name\r\n'=1+1\r\n"


def test_json_carries_the_same_rows_as_they_are():
    table = Table("t", ("name", "value"), [{"name": "=1+1", "value": None, "hidden": 1}])

    response = answer(table, "json")

    assert json.loads(response.content) == [{"name": "=1+1", "value": None}]
