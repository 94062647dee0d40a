"""Rows: ranges over choices."""

from __future__ import annotations

import pytest

from convener.measures.measure import find_measure
from convener.measures.question import Question
from convener.measures.rows import Figures, gather, rows_of


@pytest.mark.parametrize(
    ("own", "other", "is_one"),
    [
        (0.15609775568048742, 0.15609775568048745, True),
        (0.15609775568049999, 0.15609775568050001, True),  # on either side of a last place
        (0.15609775568, 0.15609776, False),
    ],
)
def test_choices_that_differ_by_the_noise_of_adding_give_one_figure(own, other, is_one):
    one = find_measure("cr1")
    figures: Figures = {}
    market = {"service": "all", "area": "all", "period": "all", "count": 5, "records": 5}

    gather(figures, one, [{**market, "value": own}], is_own=True)
    gather(figures, one, [{**market, "value": other}], is_own=False)
    [row] = rows_of(Question(("cr1",), by=()), one, "awards", figures, lambda _: [])

    assert row.low == row.value
    assert (row.high == row.value) is is_one
