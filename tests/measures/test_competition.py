"""Competition: bids, single bids, new providers, switching, entry and exit."""

from __future__ import annotations

import pytest

from tiny_market import TinyMarket


@pytest.fixture
def market():
    return TinyMarket()


def _tenders(market, *counts, **values):
    return [market.process(tenderer_count=count, **values) for count in counts]


def test_bids_per_tender_are_averaged_over_competitive_tenders(market):
    _tenders(market, *[1] * 5, *[4] * 5)
    _tenders(market, 1, 1, 1, method="direct")
    _tenders(market, 9, tender_status="cancelled")

    row = market.one("bids-per-tender")

    assert (row.value, row.count, row.coverage) == (2.5, 10, 1.0)


def test_the_middle_tender_is_not_moved_by_one_that_drew_many_bids(market):
    _tenders(market, *[2] * 6, *[3] * 4, 100)

    row = market.one("median-bids-per-tender")

    assert row.value == 2
    assert market.one("bids-per-tender").value > 10


def test_tenders_whose_count_is_unknown_are_left_out_and_said_in_coverage(market):
    _tenders(market, *[3] * 10, *[None] * 30)

    row = market.one("bids-per-tender")

    assert (row.value, row.count, row.coverage) == (3.0, 10, 0.25)


def test_nine_tenders_are_too_few_for_a_figure(market):
    _tenders(market, *[3] * 9)

    row = market.one("bids-per-tender")

    assert row.value is None
    assert row.count == 9
    assert "fewer than 10 tenders" in row.note


def test_single_bids_are_a_share_with_a_wilson_interval(market):
    _tenders(market, *[1] * 3, *[2] * 7)

    row = market.one("single-bid-share")

    assert row.value == pytest.approx(0.3)
    assert row.wilson_low == pytest.approx(0.1078, abs=1e-4)
    assert row.wilson_high == pytest.approx(0.6032, abs=1e-4)


def test_a_tender_that_drew_no_bid_is_no_single_bid_and_not_in_the_share(market):
    _tenders(market, *[1] * 5, *[2] * 5)
    _tenders(market, *[0] * 5, tender_status="unsuccessful")

    assert market.one("single-bid-share").value == pytest.approx(0.5)
    assert market.one("bids-per-tender").value == pytest.approx(1.0)


def test_a_zero_is_unknown_where_the_tender_was_awarded_or_is_still_open(market):
    (awarded,) = _tenders(market, 0)
    market.award(awarded, "Alpha")
    _tenders(market, 0, tender_status="active")
    _tenders(market, *[2] * 10)

    row = market.one("bids-per-tender")

    assert (row.value, row.count, row.coverage) == (2.0, 10, pytest.approx(10 / 12))


def test_bidders_are_counted_by_name_where_no_number_is_published(market):
    for _ in range(10):
        process = market.process()
        market.bid(process, "Alpha")
        market.bid(process, "Alpha")
        market.bid(process, "Beta", "Gamma")
        market.bid(process, "Delta", status="withdrawn")

    assert market.one("bids-per-tender").value == 3


def _repeating_source(market, processes, *, suppliers=("Alpha", "Beta"), tenderers=None):
    for _ in range(processes):
        process = market.process(tenderer_count=len(suppliers))
        for name in tenderers or suppliers:
            market.tenderer(process, name)
        market.award(process, *suppliers)


def test_contest_is_unknown_where_tenderers_only_repeat_the_suppliers(market):
    _repeating_source(market, 12)

    row = market.one("bids-per-tender")

    assert row.value is None
    assert (row.count, row.coverage) == (0, 0.0)
    assert "names as tenderers nobody, or only winners" in row.note


def test_one_losing_tenderer_shows_that_a_source_lists_those_who_lost(market):
    _repeating_source(market, 12)
    _repeating_source(market, 1, suppliers=("Alpha",), tenderers=("Alpha", "Gamma"))

    assert market.one("bids-per-tender").count == 13


def test_a_tenderer_without_a_name_is_nobody(market):
    for _ in range(12):
        process = market.process(tenderer_count=1)
        market.add("tenderers", source="a", process_key=process, party_id="?")

    row = market.one("single-bid-share")

    assert (row.value, row.count, row.coverage) == (None, 0, 0.0)


def test_a_method_in_words_of_its_own_leaves_open_whether_there_was_competition(market):
    _tenders(market, *[1] * 12, method="Licitaţie publică")

    row = market.one("single-bid-share")

    assert (row.value, row.count, row.coverage) == (None, 0, 0.0)
    assert "open to competition" in row.note


def test_another_source_keeps_its_contest(market):
    _repeating_source(market, 12)
    for _ in range(10):
        process = market.process(source="b", tenderer_count=4)
        market.bid(process, "Alpha", source="b")

    row = market.one("bids-per-tender")

    assert (row.value, row.count) == (4.0, 10)


def _win(market, *names, on, buyer="Council", amount=100, **values):
    process = market.process(buyer=buyer, on=on)
    market.award(process, *names, on=on, amount=amount, **values)
    return process


def test_a_provider_that_won_in_the_three_years_before_is_not_new(market):
    _win(market, "Old", on="2014-01-01")
    for number in range(5):
        _win(market, f"Known {number}", on="2017-06-01")
        _win(market, f"Known {number}", on="2020-05-01")
        _win(market, f"New {number}", on="2020-05-01")
    _win(market, "Old", on="2020-05-02")
    _win(market, "New 1", on="2020-12-01")

    row = market.one("new-entrants", where={"period": "2020"})

    assert row.count == 11
    assert row.value == pytest.approx(6 / 11)


def test_history_is_seen_whether_or_not_its_years_are_asked_for(market):
    _win(market, "Old", on="2014-01-01")
    for number in range(10):
        _win(market, f"Known {number}", on="2019-06-01")
        _win(market, f"Known {number}", on="2020-05-01")

    (row,) = market.ask("new-entrants", "period", where={"period": "2020"})

    assert (row.group["period"], row.value) == ("2020", 0.0)


def test_nobody_is_called_new_in_the_first_years_of_the_data(market):
    for number in range(12):
        _win(market, f"Provider {number}", on="2020-05-01")

    row = market.one("new-entrants")

    assert (row.value, row.count, row.coverage) == (None, 0, 0.0)


def test_incumbents_hold_the_value_that_new_providers_did_not_win(market):
    _win(market, "Old", on="2014-01-01")
    for number in range(5):
        _win(market, f"Known {number}", on="2018-06-01", amount=1)
        _win(market, f"Known {number}", on="2020-05-01", amount=300)
        _win(market, f"New {number}", on="2020-05-01", amount=100)

    row = market.one("incumbents-share", where={"period": "2020"})

    assert row.value == pytest.approx(0.75)


def _let(market, name, starts, ends, *, buyer="Council", amount=100, code="85311000"):
    process = market.process(buyer=buyer, on=starts, code=code)
    market.award(process, name, on=starts, amount=amount, starts_at=starts, ends_at=ends)


def _successions(market, kept, changed):
    for number in range(kept + changed):
        buyer = f"Buyer {number}"
        _let(market, "Before", "2015-01-01", "2017-12-31", buyer=buyer)
        after = "Before" if number < kept else "After"
        _let(market, after, "2018-02-01", "2021-01-31", buyer=buyer)


def test_switching_is_the_share_of_ended_contracts_whose_provider_did_not_stay(market):
    _successions(market, kept=8, changed=4)

    row = market.one("switching")

    assert (row.value, row.count) == (pytest.approx(1 / 3), 12)
    assert row.wilson_low < 1 / 3 < row.wilson_high


def test_an_ended_contract_that_nothing_follows_is_not_judged(market):
    _successions(market, kept=8, changed=4)
    _let(market, "Last", "2015-01-01", "2017-12-31", buyer="Nobody follows")
    _let(market, "Other", "2018-01-01", "2020-12-31", buyer="Nobody follows", code="45000000")

    row = market.one("switching")

    assert (row.count, row.coverage) == (12, pytest.approx(12 / 13))


def test_a_short_contract_is_not_its_own_successor(market):
    _let(market, "Far", "2019-01-01", "2030-01-01")
    for number in range(12):
        _let(market, "Short", "2018-01-01", "2018-03-01", buyer=f"Buyer {number}")

    row = market.one("switching")

    assert (row.value, row.count) == (None, 0)


def test_entry_and_exit_are_of_the_providers_one_period_earlier(market):
    for number in range(10):
        _win(market, f"Provider {number}", on="2019-05-01")
    for number in range(4, 12):
        _win(market, f"Provider {number}", on="2020-05-01")

    rates = {
        name: market.ask(name, "period", where={"from": "2019"})[-1]
        for name in ("entry-rate", "exit-rate", "churn")
    }

    assert {row.group["period"] for row in rates.values()} == {"2020"}
    assert rates["entry-rate"].value == pytest.approx(0.2)
    assert rates["exit-rate"].value == pytest.approx(0.4)
    assert rates["churn"].value == pytest.approx(0.6)
    assert rates["churn"].count == 10


def test_the_first_period_has_no_entry_rate_and_says_why(market):
    for number in range(10):
        _win(market, f"Provider {number}", on="2019-05-01")

    (row,) = market.ask("entry-rate", "period")

    assert row.value is None
    assert "one period earlier" in row.note


def test_brands_of_one_owner_are_one_provider_when_owners_are_asked_for(market):
    market.kind("Brand A", "private", owner="Group")
    market.kind("Brand B", "private", owner="Group")
    for number in range(10):
        _win(market, f"Provider {number}", on="2019-05-01")
        _win(market, f"Provider {number}", on="2020-05-01")
    _win(market, "Brand A", on="2019-06-01")
    _win(market, "Brand B", on="2020-06-01")

    by_organisation = market.ask("entry-rate", "period")[-1]
    by_owner = market.ask("entry-rate", "period", entity="owner")[-1]

    assert by_organisation.value == pytest.approx(1 / 11)
    assert by_owner.value == 0
    assert (by_organisation.low, by_organisation.high) == (0, pytest.approx(1 / 11))
