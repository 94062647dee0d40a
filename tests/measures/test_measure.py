"""A measure's header must say what a reader needs, and bands are dated."""

from __future__ import annotations

from datetime import date

import pytest

from convener.base.errors import BadInputError
from convener.measures.bands import band, schemes
from convener.measures.measure import FAMILIES, catalogue, parse_measure

GOOD = """-- name:    hhi
-- asks:    How concentrated
--          is it?
-- unit:    index
-- source:  A book
-- grain:   service, area, period
-- needs:   holdings
-- minimum: 2 records
-- varies:  framework, entity
-- assumes: spare 0.1
select 1
"""


def test_a_header_is_read_with_its_continued_lines():
    met = parse_measure(GOOD, family="concentration")

    assert met.asks == "How concentrated is it?"
    assert (met.minimum, met.minimum_of) == (2, "records")
    assert met.varies == ("framework", "entity")
    assert met.assumes == {"spare": 0.1}
    assert met.sql == "select 1"


@pytest.mark.parametrize("key", ["name", "asks", "unit", "source", "grain", "needs", "minimum"])
def test_a_header_without_what_a_reader_must_know_is_refused(key):
    lines = [line for line in GOOD.splitlines() if not line.startswith(f"-- {key}:")]
    if key == "asks":
        lines = [line for line in lines if "is it?" not in line]

    with pytest.raises(BadInputError, match=key):
        parse_measure("\n".join(lines), family="concentration")


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ("2 records", "some", "wanted a count and a noun"),
        ("framework, entity", "weather", "weather"),
        ("spare 0.1", "spare", "a word and a number"),
        ("-- name:    hhi", "-- nothing", "starts with name"),
    ],
)
def test_a_header_that_cannot_be_read_is_refused(old, new, message):
    with pytest.raises(BadInputError, match=message):
        parse_measure(GOOD.replace(old, new), family="concentration")


def test_every_family_has_measures():
    assert {one.family for one in catalogue().values()} == set(FAMILIES)


@pytest.mark.parametrize(
    ("measure", "value", "on", "names"),
    [
        ("hhi", 1_900, date(2024, 1, 1), {"highly concentrated"}),
        ("hhi", 1_800, date(2024, 1, 1), {"highly concentrated"}),
        ("hhi", 1_799.9, date(2024, 1, 1), {"moderately concentrated"}),
        ("hhi", 1_900, date(2015, 1, 1), {"moderately concentrated", "concentrated"}),
        ("hhi", 1_900, date(2000, 1, 1), {"highly concentrated"}),
        ("hhi", 1_900, date(1980, 1, 1), set()),
        ("single-bid-share", 0.1, date(2024, 1, 1), {"good"}),
        ("single-bid-share", 0.2, date(2024, 1, 1), {"average"}),
        ("single-bid-share", 0.21, date(2024, 1, 1), {"poor"}),
        ("dominated-areas", 0.3, date(2024, 1, 1), {"30% or more"}),
        ("share-by-kind", 0.3, date(2024, 1, 1), set()),
    ],
)
def test_a_band_is_what_a_source_says_on_its_day(measure, value, on, names):
    assert {one.name for one in band(measure, value, on)} == names


def test_every_band_names_its_source_and_whether_it_was_seen():
    for scheme in schemes():
        assert scheme.source
        assert scheme.status in {"seen", "unconfirmed"}
        assert scheme.bands[-1].is_last


def test_a_band_of_no_number_is_refused():
    with pytest.raises(BadInputError, match="a band is of a number"):
        band("hhi", float("nan"), date(2024, 1, 1))
