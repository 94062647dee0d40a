"""What docs/explanation/three-real-markets.md says is what the program answers."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from asking import asking

PAGE = Path(__file__).parents[2] / "docs" / "explanation" / "three-real-markets.md"
HEADING = "| measure | value | range | count | coverage |"
MARKETS = {
    "Drug and alcohol treatment": ("registered", {"where": "service=drug-and-alcohol-treatment"}),
    "G-Cloud": ("gcloud", {"entity": "name"}),
    "Children's homes": ("homes", {"where": "service=childrens-homes period=2022"}),
}


def table_of(market: str) -> list[list[str]]:
    """Return the cells of the table of figures in the section of a market."""
    [section] = [
        text
        for text in PAGE.read_text(encoding="utf-8").split("\n## ")
        if text.startswith(f"{market}, by")
    ]
    rows = section.split(HEADING)[1].strip().split("\n\n")[0].splitlines()[1:]
    return [[cell.strip(" `") for cell in row.strip("|").split("|")] for row in rows]


def is_said(text: str, value: float | None) -> bool:
    """Say whether a number is what a cell says, to the places that the cell gives."""
    if value is None:
        return text in {"", "no figure"}
    places = len(text.partition(".")[2])
    return abs(float(text) - value) <= 0.500001 * 10**-places


@pytest.mark.parametrize("market", MARKETS)
def test_the_page_says_what_the_program_answers(market, request):
    fixture, options = MARKETS[market]
    rows = table_of(market)
    assert len(rows) >= 3

    answers = asking(request.getfixturevalue(fixture))(*(row[0] for row in rows), **options)

    for (name, value, spread, count, coverage), answer in zip(rows, answers, strict=True):
        assert answer["measure"] == name
        assert is_said(value, answer["value"]), (name, answer)
        ends = re.split(r" to ", spread) if spread else [value, value]
        assert is_said(ends[0], answer["low"]), (name, answer)
        assert is_said(ends[1], answer["high"]), (name, answer)
        assert int(count) == answer["count"]
        assert is_said(coverage, answer["coverage"]), (name, answer)
