from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from convener.service import words


@pytest.mark.parametrize(
    ("value", "places", "text"),
    [
        (None, 0, "No figure"),
        (0, 0, "0"),
        (1234567, 0, "1,234,567"),
        (-42, 0, "\u221242"),
        (-0.04, 1, "0.0"),
        (1.649, 1, "1.6"),
    ],
)
def test_a_number_is_parted_in_thousands_with_a_true_minus(value, places, text):
    assert words.number(value, places) == text


@pytest.mark.parametrize(
    ("value", "text"),
    [(None, "No figure"), (0, "0%"), (0.725, "73%"), (0.0004, "under 1%"), (1, "100%")],
)
def test_a_share_that_is_not_nothing_is_never_written_as_nothing(value, text):
    assert words.percent(value) == text


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (None, "No figure"),
        (950, "£950"),
        (12_400, "£12.4k"),
        (4_820_000_000, "£4.8bn"),
        (833_000_000, "£833m"),
        (-2_500_000, "\u2212£2.5m"),
    ],
)
def test_money_is_short_and_has_its_currency(value, text):
    assert words.money(value) == text


def test_money_of_another_currency_names_it():
    assert words.money(1_500_000, "PYG") == "PYG 1.5m"


def test_a_range_is_parted_by_an_en_dash():
    assert words.span(61, 72) == "61\u201372"
    assert words.span(0.34, 0.4, words.percent) == "34\u201340%"


def test_a_range_whose_ends_read_the_same_is_one_number():
    assert words.span(61.2, 61.4) == "61"


@pytest.mark.parametrize(
    ("share", "text"),
    [
        (0.5, "half"),
        (0.725, "nearly three in four"),
        (0.52, "just over half"),
        (0.667, "two in three"),
        (0.06, "6%"),
        (0.0, "none"),
        (1.0, "all"),
    ],
)
def test_a_share_is_said_as_a_fraction_where_one_is_near(share, text):
    assert words.share_in_words(share) == text


@given(st.floats(0, 1))
def test_a_share_in_words_is_never_empty(share):
    assert words.share_in_words(share)


def test_a_count_agrees_with_its_noun():
    assert words.counted(1, "area") == "1 area"
    assert words.counted(1200, "process", "processes") == "1,200 processes"


def test_a_message_becomes_a_sentence_once():
    assert words.sentence("no market is called x") == "No market is called x."
    assert words.sentence("Done.") == "Done."


def test_a_heading_has_a_capital_and_no_stop():
    assert words.capital("net debt to EBITDA") == "Net debt to EBITDA"
    assert words.capital("") == ""


def test_a_sentence_leaves_the_name_of_a_file_or_a_field_as_it_is_written():
    assert words.sentence("spend.csv: 2 lines") == "spend.csv: 2 lines."
    assert words.sentence("awards_2020 has no dates") == "awards_2020 has no dates."
    assert words.sentence("lists. more") == "Lists. more."


def test_a_day_is_written_as_it_is_said():
    assert words.day(date(2022, 3, 31)) == "31 March 2022"
    assert words.day("2026-11-22T23:00:00+00:00") == "22 November 2026"
