import csv
import io
import json
from decimal import Decimal

from hypothesis import given
from hypothesis import strategies as st

from convener.service.downloads import NUMBERS, Table, answer, as_csv

FORMULA = ("=", "+", "-", "@", "\t", "\r")


def test_a_number_below_zero_stays_a_number():
    assert as_csv(["a", "b"], [{"a": -3.5, "b": Decimal("-3.50")}]) == "a,b\r\n-3.5,-3.50\r\n"


def is_number(text: str) -> bool:
    try:
        float(text)
    except ValueError:
        return False
    return True


@given(st.text(min_size=1))
def test_no_cell_of_text_starts_with_a_formula_character(text):
    cell = next(csv.reader(io.StringIO(as_csv(["name"], [{"name": text}]).split("\r\n", 1)[1])))

    assert not cell[0].startswith(FORMULA) or is_number(cell[0])


def test_a_cell_without_a_value_is_empty():
    assert as_csv(["a", "b"], [{"a": None, "b": 0}]) == "a,b\r\n,0\r\n"


def test_a_file_is_named_for_its_table_whatever_the_name_holds():
    table = Table('largest "providers"\r\nX: 1', ("name",), [{"name": "=1+1"}])

    response = answer(table, "csv")

    assert response["Content-Disposition"] == 'attachment; filename="largest-providers-x-1.csv"'
    assert response.content == b"name\r\n'=1+1\r\n"


@given(st.sampled_from(sorted(NUMBERS)), st.integers(0, 2**64 - 1))
def test_json_gives_the_number_of_an_organisation_as_text(column, number):
    table = Table("t", ("things", column), [{"things": 3, column: number}, {column: None}])

    rows = json.loads(answer(table, "json").content)

    assert rows == [{"things": 3, column: str(number)}, {"things": None, column: None}]


def test_json_carries_the_same_rows_as_they_are():
    table = Table("t", ("name", "value"), [{"name": "=1+1", "value": None, "hidden": 1}])

    response = answer(table, "json")

    assert json.loads(response.content) == [{"name": "=1+1", "value": None}]
