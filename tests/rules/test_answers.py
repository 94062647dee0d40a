"""How far an answer can be offered again as it is."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest

from convener.rules.answers import (
    QUESTIONS,
    Age,
    NoSuchQuestionError,
    PastDayError,
    age_in_words,
    age_of,
    check_last_day,
    question_of,
    turn_of,
)

TODAY = date(2026, 6, 1)


def given(days):
    return datetime(2026, 6, 1, 10, tzinfo=UTC) - timedelta(days=days)


@pytest.mark.parametrize(
    ("days", "until", "age"),
    [
        (0, None, Age.CURRENT),
        (365, None, Age.CURRENT),
        (366, None, Age.OLD),
        (900, date(2026, 12, 1), Age.CURRENT),  # it says itself until when it holds
        (3, date(2026, 7, 31), Age.RUNS_OUT),
        (3, TODAY, Age.RUNS_OUT),
        (3, date(2026, 5, 31), Age.RUN_OUT),
    ],
)
def test_an_answer_is_as_old_as_its_days_say(days, until, age):
    assert age_of(given(days), until, TODAY) is age


def test_what_is_out_of_date_comes_first_and_the_oldest_of_it_before_all():
    rows = [(given(2), None), (given(500), None), (given(800), None), (given(40), None)]

    turns = sorted(rows, key=lambda row: turn_of(age_of(*row, TODAY), row[0]))

    assert [(TODAY - row[0].date()).days for row in turns] == [800, 500, 40, 2]


@pytest.mark.parametrize("until", [date(2026, 5, 31), date(2090, 1, 1)])
def test_a_last_day_that_cannot_be_one_is_refused(until):
    with pytest.raises(PastDayError, match=str(until)):
        check_last_day(until, TODAY)


def test_ages_are_said_in_days_and_then_in_months():
    said = [age_in_words(given(days), TODAY) for days in (0, 1, 59, 400)]

    assert said == ["today", "1 day ago", "59 days ago", "13 months ago"]


def test_every_question_says_where_buyers_have_it_from():
    assert all(one.asks.endswith("?") and one.hint and one.source for one in QUESTIONS.values())
    assert question_of("insurance").may_run_out
    with pytest.raises(NoSuchQuestionError, match="'colour'"):
        question_of("colour")
