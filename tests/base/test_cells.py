from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from convener.base.cells import defused

FORMULA = ("=", "+", "-", "@", "\t", "\r")


@pytest.mark.parametrize("first", FORMULA)
def test_a_cell_that_could_start_a_formula_is_defused(first):
    assert defused(f"{first}cmd|' /C calc'!A0") == f"'{first}cmd|' /C calc'!A0"


@pytest.mark.parametrize("cell", ["-3.5", "+7", "-1e6", "Good Care Ltd", "", "1-2"])
def test_numbers_and_plain_words_stay_as_they_are(cell):
    assert defused(cell) == cell


@pytest.mark.parametrize("cell", ["-1_0", "+SUM(A1)", "-2+3"])
def test_what_only_looks_like_a_number_is_defused(cell):
    assert defused(cell) == f"'{cell}"


@given(st.text())
def test_defusing_twice_changes_nothing(cell):
    assert defused(defused(cell)) == defused(cell)
