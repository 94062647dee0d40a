"""Access: time to bid, lots, size of contracts against size of providers, win rates by kind."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest

from tiny_market import TinyMarket


@pytest.fixture
def market():
    return TinyMarket()


def _open_for(market, *days, **values):
    ends = datetime.fromisoformat("2020-06-01T12:00:00+00:00")
    for day in days:
        market.process(tender_starts_at=ends - timedelta(days=day), tender_ends_at=ends, **values)


def test_days_to_bid_are_whole_days(market):
    _open_for(market, *[9.99] * 10)

    assert market.one("days-to-bid").value == 9


def test_days_to_bid_rest_on_tenders_with_both_dates(market):
    _open_for(market, *[30] * 10)
    _open_for(market, *[-5] * 5)
    for _ in range(5):
        market.process()

    row = market.one("days-to-bid")

    assert (row.value, row.count, row.coverage) == (30, 10, 0.5)


def test_the_normal_least_is_25_days_and_may_be_set(market):
    _open_for(market, *[24] * 4, *[25] * 6)

    assert market.one("short-bid-periods").value == pytest.approx(0.4)
    assert market.one("short-bid-periods", assume={"days": 26}).value == pytest.approx(1.0)


def _lots(market, process, number, source="a"):
    for lot in range(number):
        market.add("lots", source=source, process_key=process, lot_id=str(lot))


def test_a_source_that_never_publishes_lots_does_not_say_that_there_are_none(market):
    for _ in range(10):
        market.process(source="silent")
    for number in range(10):
        _lots(market, market.process(), number % 2 * 3)

    row = market.one("lots-per-tender")

    assert (row.value, row.count, row.coverage) == (2.0, 10, 0.5)


def test_one_lot_is_no_division(market):
    for number in (0, 0, 1, 1, 1, 1, 1, 2, 3, 9):
        _lots(market, market.process(), number)

    assert market.one("share-with-lots").value == pytest.approx(0.3)


def _award(market, name, amount, on="2020-06-01", **values):
    market.award(market.process(on=on), name, amount=amount, on=on, **values)


def test_a_contract_is_bundled_when_the_middle_provider_wins_less_in_a_year(market):
    for number in range(9):
        _award(market, f"Small {number}", 100)
    _award(market, "Big", 1000)

    row = market.one("bundling")

    assert (row.value, row.count) == (pytest.approx(0.1), 10)


def test_income_is_spread_over_the_years_of_the_data(market):
    for number in range(9):
        _award(market, f"Small {number}", 100, on="2010-01-01")
    _award(market, "Big", 1000, on="2020-01-01")

    row = market.one("bundling")

    assert row.value == pytest.approx(1.0)  # 100 over ten years is 10 a year


def test_the_median_contract_is_in_one_currency_and_positive(market):
    for amount in (100, 200, 300, 400, 500, 600, 700, 800, 900, 1000):
        _award(market, "Alpha", amount)
    _award(market, "Alpha", 99999, currency="EUR")
    _award(market, "Alpha", 0)
    _award(market, "Alpha", -50)

    row = market.one("contract-size")

    assert (row.value, row.count) == (550, 10)
    assert row.coverage == pytest.approx(10 / 13)


def test_a_framework_counts_once_with_its_whole_ceiling(market):
    for _ in range(10):
        market.award(market.process(), "Alpha", "Beta", "Gamma", amount=900)

    row = market.one("contract-size")

    assert (row.value, row.count) == (900, 10)


def test_five_million_pounds_is_not_asked_of_other_currencies(market):
    for _ in range(12):
        _award(market, "Alpha", 9_000_000, currency="PYG")

    row = market.one("large-contract-share")

    assert (row.value, row.count, row.coverage) == (None, 0, 0.0)


def test_five_million_itself_is_not_above_five_million(market):
    for amount in [5_000_000] * 9 + [5_000_001]:
        _award(market, "Alpha", amount)

    assert market.one("large-contract-share").value == pytest.approx(0.1)


@pytest.mark.parametrize("who", ["sme", "vcse"])
def test_suitability_is_weighed_by_value_where_it_is_said(market, who):
    said = f"suits_{who}"
    for amount, answer in [(100, True)] * 5 + [(300, False)] * 5 + [(999, None)] * 10:
        market.process(tender_amount=amount, tender_currency="GBP", **{said: answer})

    row = market.one(f"{who}-suitable-share")

    assert (row.value, row.count, row.coverage) == (pytest.approx(0.25), 10, 0.5)


def test_win_rates_are_of_bidders_by_kind(market):
    market.kind("Charity", "charity")
    market.kind("Firm", "private")
    for number in range(10):
        process = market.process()
        market.bid(process, "Charity")
        market.bid(process, "Firm")
        market.bid(process, "Firm")
        market.award(process, "Charity" if number < 2 else "Firm")

    rows = {row.group["kind"]: row for row in market.ask("win-rate-by-kind")}

    assert rows["charity"].value == pytest.approx(0.2)
    assert (rows["private"].value, rows["private"].count) == (pytest.approx(0.8), 10)


def test_where_only_winners_are_named_there_is_no_win_rate(market):
    for _ in range(12):
        process = market.process()
        market.tenderer(process, "Alpha")
        market.award(process, "Alpha")

    assert "in this data" in market.one("win-rate-by-kind").note
    assert market.one("win-rate-by-kind").value is None


def test_tenders_without_an_award_have_no_winner_yet(market):
    for _ in range(12):
        market.bid(market.process(), "Alpha")

    assert "in this data" in market.one("win-rate-by-kind").note
    assert market.one("win-rate-by-kind").value is None


def test_services_per_contract_count_classes(market):
    for number in range(10):
        process = market.process()
        for name in ("8531", "8532", "8514")[: 1 + number % 3]:
            market.add("process_services", process_key=process, service=name, level="class")
        market.add("process_services", process_key=process, service="85", level="division")

    row = market.one("services-per-contract")

    assert (row.value, row.count) == (pytest.approx(1.9), 10)
