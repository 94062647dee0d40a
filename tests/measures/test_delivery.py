"""Delivery: contracts that overrun or end early, indicators met, missed and never rated."""

from __future__ import annotations

import pytest

from tiny_market import TinyMarket


@pytest.fixture
def market():
    return TinyMarket()


def _contracts(market, number, *, released="2021-01-01", **values):
    return [
        (process := market.process(released_at=released), market.contract(process, **values))
        for _ in range(number)
    ]


def test_an_end_moved_later_is_an_overrun(market):
    _contracts(market, 3, releases=2, first_ends_at="2022-01-01", ends_at="2023-01-01")
    _contracts(market, 7, releases=3, first_ends_at="2022-01-01", ends_at="2022-01-01")

    row = market.one("overruns")

    assert (row.value, row.count) == (pytest.approx(0.3), 10)
    assert row.wilson_high > 0.3


def test_an_end_moved_forward_is_no_overrun(market):
    _contracts(market, 10, releases=2, first_ends_at="2022-01-01", ends_at="2021-06-01")

    assert market.one("overruns").value == 0


def test_a_contract_seen_once_is_not_called_punctual(market):
    _contracts(market, 20, releases=1, first_ends_at="2022-01-01", ends_at="2022-01-01")

    row = market.one("overruns")

    assert (row.value, row.count, row.coverage) == (None, 0, 0.0)


PLAN = {"first_ends_at": "2024-01-01", "ends_at": "2024-01-01"}


def test_a_termination_before_the_planned_end_is_early(market):
    _contracts(market, 2, released="2022-01-01", terminated=True, **PLAN)
    _contracts(market, 8, released="2022-01-01", **PLAN)

    assert market.one("early-terminations").value == pytest.approx(0.2)


def test_a_contract_that_came_to_its_end_was_not_ended_early(market):
    _contracts(market, 10, released="2024-02-01", terminated=True, **PLAN)

    assert market.one("early-terminations").value == 0


def test_the_termination_release_says_when_and_not_a_later_one(market):
    for process, _ in _contracts(market, 10, released="2025-01-01", terminated=True, **PLAN):
        market.add(
            "releases",
            process_key=process,
            released_at="2022-01-01T00:00:00+00:00",
            tags=["contractTermination"],
        )

    assert market.one("early-terminations").value == 1


def test_an_end_brought_forward_at_termination_is_early_whenever_it_was_told(market):
    _contracts(
        market,
        10,
        released="2025-01-01",
        terminated=True,
        first_ends_at="2024-01-01",
        ends_at="2022-06-01",
    )

    assert market.one("early-terminations").value == 1


def test_a_termination_without_a_planned_end_is_not_judged(market):
    _contracts(market, 10, terminated=True)
    _contracts(market, 10, **PLAN)

    row = market.one("early-terminations")

    assert (row.value, row.count, row.coverage) == (0, 10, 0.5)


def _rate(market, *ratings):
    for rating in ratings:
        ((process, contract),) = _contracts(market, 1)
        market.add(
            "metrics",
            process_key=process,
            contract_id=contract,
            sort="measured",
            metric_id="k",
            rating=rating,
        )


@pytest.mark.parametrize(
    ("met", "missed"),
    [
        ("met", "slightlyBelow"),
        ("met", "significantlyBelow"),
        ("Good", "Approaching target"),
        ("good", "Requires improvement"),
        ("GOOD", "inadequate"),
    ],
)
def test_ratings_are_read_in_the_words_of_the_standard_and_of_the_notice(market, met, missed):
    _rate(market, *[met] * 6, *[missed] * 4)

    row = market.one("kpi-met-share")

    assert (row.value, row.count) == (pytest.approx(0.6), 10)


def test_other_ratings_make_the_range_and_no_rating_lowers_the_coverage(market):
    _rate(market, *["met"] * 12, *["below"] * 6, *["other"] * 2, *[None] * 5)

    row = market.one("kpi-met-share")

    assert row.value == pytest.approx(12 / 18)
    assert (row.low, row.high) == (pytest.approx(0.6), pytest.approx(0.7))
    assert (row.count, row.coverage) == (18, pytest.approx(18 / 25))


def test_an_agreed_indicator_without_any_rating_is_unrated(market):
    for process, contract in _contracts(market, 5):
        for sort, metric, rating in (
            ("agreed", "a", None),
            ("agreed", "b", None),
            ("measured", "a", "met"),
            ("measured", "b", None),
        ):
            market.add(
                "metrics",
                process_key=process,
                contract_id=contract,
                sort=sort,
                metric_id=metric,
                rating=rating,
            )

    row = market.one("unrated-kpi-share")

    assert (row.value, row.count) == (0.5, 10)


def test_cancelled_contracts_never_began(market):
    _contracts(market, 10, status="cancelled", terminated=True, **PLAN)

    assert market.one("early-terminations").count == 0
