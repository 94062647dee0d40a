"""The eleven red flags: each rule at its edges, what it leaves out, and its fences."""

from __future__ import annotations

import pytest

from convener.base.errors import BadInputError, NotFoundError
from convener.measures.flags import FLAGS, find_flag
from convener.measures.measure import catalogue
from tiny_market import TinyMarket


@pytest.fixture
def market():
    return TinyMarket()


def _flagged(market, name, **choices):
    return [one for one in market.judged(name, **choices) if one.is_flagged]


def _contest(market, *prices, winner="Winner", status="active", on="2020-06-01", **values):
    """Make a process that the first price wins, each price by another bidder."""
    process = market.process(on=on, **values)
    for number, price in enumerate(prices):
        market.bid(process, winner if number == 0 else f"Loser {number}", amount=price)
    market.award(process, winner, status=status, on=on)
    return process


def test_every_flag_of_the_reference_is_counted_by_a_measure_of_its_family():
    counted = {name for name, one in catalogue().items() if one.family == "integrity"}

    assert {flag.measure for flag in FLAGS} == counted
    assert len({flag.code for flag in FLAGS}) == 11


def test_a_flag_is_found_by_its_code_or_its_measure():
    assert find_flag("R024") is find_flag("price-close-to-winning-bid")


def test_a_flag_that_does_not_exist_is_refused_with_those_that_do():
    with pytest.raises(NotFoundError, match="R003, R018"):
        find_flag("R999")


def test_disqualified_bids_are_asked_of_one_side_at_a_time():
    with pytest.raises(BadInputError, match="excessive-disqualified-bids-by-bidder"):
        find_flag("R038")


# R003


@pytest.mark.parametrize(
    ("ends", "expected"),
    [
        ("2020-06-15T11:59:00+00:00", True),  # 13 days and some hours
        ("2020-06-16T11:59:59+00:00", True),  # 14 whole days
        ("2020-06-16T12:00:00+00:00", False),  # 15 whole days
    ],
)
def test_whole_days_under_the_limit_are_short(market, ends, expected):
    market.process(tender_starts_at="2020-06-01T12:00:00+00:00", tender_ends_at=ends)

    (one,) = market.judged("R003")

    assert (one.is_flagged, one.threshold) == (expected, 15)


def test_any_method_is_judged_and_another_limit_may_be_set(market):
    market.process(
        method=None,
        tender_status=None,
        tender_starts_at="2020-06-01T00:00:00+00:00",
        tender_ends_at="2020-06-17T00:00:00+00:00",
    )

    assert not _flagged(market, "R003")
    assert _flagged(market, "R003", assume_values={"days": 20})


@pytest.mark.parametrize("starts", [None, "2020-07-01T00:00:00+00:00"])
def test_without_a_period_or_with_one_that_runs_backwards_nothing_is_judged(market, starts):
    market.process(tender_starts_at=starts, tender_ends_at="2020-06-17T00:00:00+00:00")

    assert market.judged("R003") == []


# R018


@pytest.mark.parametrize("method", ["open", "selective"])
def test_one_tenderer_in_a_competitive_method_is_flagged(market, method):
    market.process(method=method, tenderer_count=1)
    market.process(method=method, tenderer_count=2)

    assert [one.value for one in _flagged(market, "R018")] == [1]


@pytest.mark.parametrize("method", ["limited", "direct", None])
def test_one_tenderer_in_another_method_is_not_judged(market, method):
    market.process(method=method, tenderer_count=1)

    assert market.judged("R018") == []


def test_an_unknown_number_of_tenderers_is_not_judged(market):
    market.process(tenderer_count=None)

    assert market.judged("R018") == []


# R024 and R058


def _gaps(market, *gaps):
    for gap in gaps:
        _contest(market, 100, 100 + gap)


QUARTERS_5_7 = [5] * 9 + [7] * 9


def test_quartiles_of_5_and_7_per_cent_give_a_lower_fence_of_2(market):
    _gaps(market, 1, *QUARTERS_5_7, 2, 3)

    flagged = _flagged(market, "R024")

    assert flagged[0].threshold == pytest.approx(0.02)
    assert sorted(one.value for one in flagged) == [pytest.approx(0.01), pytest.approx(0.02)]
    assert flagged[0].involves == ("Loser 1", "Winner")


def test_quartiles_of_5_and_7_per_cent_give_an_upper_fence_of_10(market):
    _gaps(market, 9, *QUARTERS_5_7, 10, 50)

    flagged = _flagged(market, "R058")

    assert flagged[0].threshold == pytest.approx(0.10)
    assert sorted(one.value for one in flagged) == [pytest.approx(0.1), pytest.approx(0.5)]
    assert flagged[0].involves == ("Winner",)


@pytest.mark.parametrize("code", ["R024", "R058"])
def test_no_fence_is_set_from_few_gaps(market, code):
    _gaps(market, 1, *[5] * 9, *[7] * 9)

    judged = market.judged(code)

    assert len(judged) == 19
    assert {one.threshold for one in judged} == {None}
    assert not any(one.is_flagged for one in judged)


@pytest.mark.parametrize("code", ["R024", "R058"])
def test_no_fence_is_set_from_gaps_without_spread(market, code):
    _gaps(market, 1, 50, *[5] * 30)

    row = market.one(find_flag(code).measure)

    assert row.value is None
    assert (row.count, row.coverage) == (0, 0.0)
    assert "no limit" in row.note


def test_a_limit_that_is_set_needs_no_fence(market):
    _gaps(market, 1, 5, 60)

    close = _flagged(market, "R024", assume_values={"threshold": 0.05})
    deep = _flagged(market, "R058", assume_values={"threshold": 0.6})

    assert sorted(one.value for one in close) == [pytest.approx(0.01), pytest.approx(0.05)]
    assert [one.value for one in deep] == [pytest.approx(0.6)]


def test_a_limit_is_named_in_the_note_only_where_it_is_set(market):
    _gaps(market, 1, *QUARTERS_5_7, 2, 3)

    fenced = market.one("price-close-to-winning-bid")
    limited = market.one("price-close-to-winning-bid", assume={"threshold": 0.02})

    assert "assumes fewest 20" in fenced.note
    assert "threshold 0.02" in limited.note


def test_the_second_price_is_the_lowest_of_another_bidder(market):
    process = market.process()
    market.bid(process, "Winner", amount=100)
    market.bid(process, "Winner", amount=101)
    market.bid(process, "Far", amount=180)
    market.bid(process, "Near", amount=120)
    market.bid(process, "Put out", amount=110, status="disqualified")
    market.award(process, "Winner")

    (one,) = market.judged("R024", assume_values={"threshold": 0.5})

    assert one.value == pytest.approx(0.2)
    assert one.involves == ("Near", "Winner")


def _pending(market, process):
    market.award(process, "Winner", status="pending")


def _without_status(market, process):
    market.award(process, "Winner", status=None)


def _second_award(market, process):
    market.award(process, "Winner")


def _second_supplier(market, process):
    for table in ("awards", "suppliers"):
        market.connection.execute(f"delete from {table} where process_key = {process}")
    market.award(process, "Winner", "Partner")


def _joint_bid(market, process):
    market.bid(process, "Gamma", "Delta", amount=150)


def _other_currency(market, process):
    market.bid(process, "Gamma", amount=150, currency="EUR")


def _cheaper_loser(market, process):
    market.bid(process, "Gamma", amount=99)


SPOILERS = [
    _pending,
    _without_status,
    _second_award,
    _second_supplier,
    _joint_bid,
    _other_currency,
    _cheaper_loser,
]


@pytest.mark.parametrize("spoil", SPOILERS)
@pytest.mark.parametrize("code", ["R024", "R058"])
def test_a_price_gap_is_left_out_where_it_would_not_mean_that(market, code, spoil):
    process = _contest(market, 100, 110)
    whole = market.judged(code, assume_values={"threshold": 0.1})

    spoil(market, process)

    assert [one.is_flagged for one in whole] == [True]
    assert market.judged(code, assume_values={"threshold": 0.1}) == []


def test_a_winning_price_of_nothing_is_no_price(market):
    _contest(market, 0, 110)

    assert market.judged("R024", assume_values={"threshold": 0.1}) == []


def test_an_award_that_failed_before_does_not_spoil_the_gap(market):
    process = _contest(market, 100, 110)
    market.award(process, "Earlier", status="unsuccessful")
    market.award(process, "Earlier", status="cancelled")

    assert len(market.judged("R024", assume_values={"threshold": 0.1})) == 1


# R025


def _bidders(market, *, halves, alls):
    """Make bidders that win half of two bids, and others that win their only one."""
    for number in range(halves):
        process = market.process()
        market.bid(process, f"Half {number}")
        market.bid(process, f"Half {(number + 1) % halves}")
        market.bid(process, "Never")
        market.award(process, f"Half {number}")
    for number in range(alls):
        process = market.process()
        market.bid(process, f"All {number}")
        market.award(process, f"All {number}")


def test_a_bidder_that_bids_often_and_never_wins_is_flagged(market):
    _bidders(market, halves=14, alls=5)

    (one,) = _flagged(market, "R025")

    assert (one.organisation, one.value) == ("Never", 0.0)
    assert one.threshold == pytest.approx(0.5 - 1.5 * 0.125)


def test_a_bidder_that_bids_seldom_is_not_flagged_however_little_it_wins(market):
    _bidders(market, halves=15, alls=5)
    process = market.process()
    market.bid(process, "Once")
    market.bid(process, "Once more")
    market.award(process, "Once more")

    assert [one.organisation for one in _flagged(market, "R025")] == ["Never"]


def test_bids_in_processes_with_a_joint_bid_or_a_pending_award_do_not_count(market):
    _bidders(market, halves=14, alls=5)
    joint = _contest(market, 100, 110, winner="Never")
    market.bid(joint, "Gamma", "Delta")
    _contest(market, 100, 110, winner="Never", status="pending")

    (one,) = _flagged(market, "R025")

    assert (one.organisation, one.value) == ("Never", 0.0)


# R028


def test_two_bidders_of_one_price_are_flagged_and_named(market):
    process = _contest(market, 100, 120)
    market.bid(process, "Twin", amount=120)
    _contest(market, 100, 120)

    (one,) = _flagged(market, "R028")

    assert one.value == 2
    assert one.involves == ("Loser 1", "Twin")


def test_one_bidder_may_give_the_same_price_twice(market):
    process = _contest(market, 100, 120)
    market.bid(process, "Winner", amount=100)

    assert _flagged(market, "R028") == []


def test_a_disqualified_bid_of_the_same_price_counts(market):
    process = _contest(market, 100)
    market.bid(process, "Twin", amount=100, status="disqualified")

    assert len(_flagged(market, "R028")) == 1


@pytest.mark.parametrize(
    "twin",
    [
        {"amount": 100, "currency": "EUR"},
        {"amount": 100, "status": "withdrawn"},
        {"amount": None},
    ],
)
def test_another_currency_or_a_bid_withdrawn_or_without_price_is_not_the_same_price(market, twin):
    process = _contest(market, 100, 120)
    market.bid(process, "Twin", **twin)

    assert _flagged(market, "R028") == []


def test_members_of_one_joint_bid_are_not_two_bidders(market):
    process = market.process()
    market.bid(process, "Alpha", "Beta", amount=100)
    market.bid(process, "Gamma", amount=120)

    assert _flagged(market, "R028") == []


def test_prices_that_the_buyer_fixed_are_left_out(market):
    _contest(market, 100, 100, award_criteria="qualityOnly")

    assert market.judged("R028") == []


# R030


def _timed(market, came, *, deadline="2020-06-15T12:00:00+00:00", bidder="Winner", **bid):
    process = market.process(tender_ends_at=deadline)
    market.bid(process, bidder, at=came, **bid)
    market.award(process, "Winner")
    return process


@pytest.mark.parametrize(
    ("came", "expected"),
    [
        ("2020-06-15T12:00:00+00:00", False),
        ("2020-06-15T12:00:01+00:00", True),
        ("2020-06-15T13:00:00+01:00", False),
    ],
)
def test_at_the_deadline_is_in_and_a_second_after_it_is_late(market, came, expected):
    _timed(market, came)

    (one,) = market.judged("R030")

    assert one.is_flagged is expected


def test_a_deadline_without_a_time_of_day_is_the_end_of_that_day(market):
    _timed(market, "2020-06-15T17:00:00+00:00", deadline="2020-06-15T00:00:00+00:00")
    _timed(market, "2020-06-16T00:00:00+00:00", deadline="2020-06-15T00:00:00+00:00")

    assert [one.is_flagged for one in market.judged("R030")] == [True, False]


def test_a_late_joint_bid_is_flagged_where_one_of_its_members_supplies(market):
    process = market.process(tender_ends_at="2020-06-15T12:00:00+00:00")
    market.bid(process, "Partner", "Winner", at="2020-07-01T00:00:00+00:00")
    market.award(process, "Winner")

    (one,) = _flagged(market, "R030")

    assert one.involves == ("Winner",)


def test_late_bids_that_lost_or_were_not_valid_are_not_flagged(market):
    _timed(market, "2020-07-01T00:00:00+00:00", bidder="Loser")
    _timed(market, "2020-07-01T00:00:00+00:00", status="disqualified")

    assert _flagged(market, "R030") == []


def test_an_award_that_is_not_active_has_no_winner(market):
    process = market.process(tender_ends_at="2020-06-15T12:00:00+00:00")
    market.bid(process, "Winner", at="2020-07-01T00:00:00+00:00")
    market.award(process, "Winner", status="cancelled")

    assert market.judged("R030") == []


# R035


def _survivor(market, *put_out, valid=("Winner",), award="active"):
    process = market.process()
    for name in valid:
        market.bid(process, name)
    for name in put_out:
        market.bid(process, name, status="disqualified")
    market.award(process, "Winner", status=award)
    return process


def test_a_winner_left_alone_by_disqualification_is_flagged(market):
    _survivor(market, "Alpha", "Beta", "Beta")

    (one,) = _flagged(market, "R035")

    assert (one.value, one.threshold, one.involves) == (2, 1, ("Winner",))


def test_how_many_must_be_disqualified_may_be_set(market):
    _survivor(market, "Alpha")

    assert len(_flagged(market, "R035")) == 1
    assert _flagged(market, "R035", assume_values={"disqualified": 2}) == []


def test_it_is_not_flagged_without_others_or_with_another_valid_bidder(market):
    _survivor(market)
    _survivor(market, "Winner")
    _survivor(market, "Alpha", valid=("Winner", "Beta"))

    assert [one.is_flagged for one in market.judged("R035")] == [False] * 3


def test_several_valid_bids_of_the_one_bidder_are_one_bidder(market):
    _survivor(market, "Alpha", valid=("Winner", "Winner"))

    assert len(_flagged(market, "R035")) == 1


def test_the_one_left_must_supply_every_active_award(market):
    process = _survivor(market, "Alpha")
    market.award(process, "Someone else")

    assert _flagged(market, "R035") == []


@pytest.mark.parametrize("status", ["pending", None, "cancelled"])
def test_awards_that_are_not_settled_or_not_active_are_left_out(market, status):
    _survivor(market, "Alpha", award=status)

    assert market.judged("R035") == []


# R036


def _put_out(market, price, *, lowest_valid=100, **values):
    process = _contest(market, lowest_valid, 150, **values)
    market.bid(process, "Put out", amount=price, status="disqualified")


def test_the_lowest_bid_disqualified_is_flagged_and_how_far_it_lay_below(market):
    _put_out(market, 80)
    _put_out(market, 100)
    _put_out(market, 120)

    judged = market.judged("R036")

    assert [one.is_flagged for one in judged] == [True, False, False]
    assert judged[0].value == pytest.approx(0.2)


def test_a_process_without_disqualified_bids_is_judged_and_not_flagged(market):
    _contest(market, 100, 150)

    assert [one.is_flagged for one in market.judged("R036")] == [False]


@pytest.mark.parametrize("criterion", ["ratedCriteria", "qualityOnly", "bestProposal"])
def test_where_more_than_price_was_judged_it_is_left_out(market, criterion):
    _put_out(market, 80, award_criteria=criterion)

    assert market.judged("R036") == []


@pytest.mark.parametrize("criterion", ["priceOnly", "lowestCost", None])
def test_price_or_an_unknown_criterion_is_judged(market, criterion):
    _put_out(market, 80, award_criteria=criterion)

    assert len(_flagged(market, "R036")) == 1


def test_without_an_active_award_or_a_priced_valid_bid_it_is_left_out(market):
    _put_out(market, 80, status="pending")
    process = market.process()
    market.bid(process, "Winner")
    market.bid(process, "Put out", amount=80, status="disqualified")
    market.award(process, "Winner")

    assert market.judged("R036") == []


# R038


def _ratios(market, *shares, of=100):
    """Make buyers that disqualify a share of their bids, each in two processes or more."""
    for number, share in enumerate(shares):
        put_out = round(share * of)
        for status, bids in (("disqualified", put_out), ("valid", of - put_out)):
            for half in (bids // 2, bids - bids // 2):
                process = market.process(buyer=f"Buyer {number}")
                for _ in range(half):
                    market.bid(process, f"Bidder {number}", status=status)


def test_quartiles_of_2_and_22_per_cent_give_an_upper_fence_of_52(market):
    _ratios(market, *[0.02] * 3, *[0.22] * 3, 0.52, of=50)

    flagged = _flagged(market, "excessive-disqualified-bids-by-buyer", assume_values={"fewest": 7})

    assert [one.organisation for one in flagged] == ["Buyer 6"]
    assert flagged[0].threshold == pytest.approx(0.52)


def test_buyers_with_one_process_are_left_out(market):
    process = market.process(buyer="Once")
    market.bid(process, "Alpha", status="disqualified")

    assert market.judged("excessive-disqualified-bids-by-buyer") == []


def test_bidders_with_one_bid_are_left_out(market):
    process = market.process()
    market.bid(process, "Once", status="disqualified")
    for status in ("valid", "disqualified"):
        market.bid(process, "Twice", status=status)

    (one,) = market.judged("excessive-disqualified-bids-by-bidder")

    assert (one.organisation, one.value, one.threshold) == ("Twice", 0.5, None)


def test_procuring_entities_are_parties_with_that_role(market):
    for _ in range(2):
        process = market.process()
        market.bid(process, "Alpha", status="disqualified")
        market.add(
            "parties",
            process_key=process,
            party_key=market.party("Runner"),
            name="Runner",
            roles=["procuringEntity"],
        )

    (one,) = market.judged("excessive-disqualified-bids-by-procuring-entity")

    assert (one.organisation, one.value) == ("Runner", 1.0)


# R048


def _supply(market, supplier, *codes, times=1, others=()):
    for _ in range(times):
        process = market.process()
        award = market.award(process, supplier, *others)
        for code in codes:
            market.add(
                "items",
                source="a",
                process_key=process,
                section="award",
                section_id=award,
                code=code,
            )


def test_the_fence_is_taken_over_suppliers_of_enough_processes(market):
    for number in range(4):
        _supply(market, f"One {number}", "10000000", times=20)
        _supply(market, f"Two {number}", "10000000", "45000000", times=20)
    _supply(market, "Many", *[f"{digits}000000" for digits in (10, 15, 18, 22)])
    _supply(market, "Few", "10000000", "10500000", "10600000", "10700000")

    judged = {one.organisation: one for one in market.judged("R048", assume_values={"fewest": 8})}

    assert judged["Many"].threshold == pytest.approx(3.5)
    assert judged["Many"].is_flagged
    assert (judged["Few"].value, judged["Few"].is_flagged) == (1, False)


def test_more_digits_part_trades_more_finely(market):
    _supply(market, "Alpha", "10000000", "10500000")

    (two,) = market.judged("R048")
    (three,) = market.judged("R048", assume_values={"digits": 3})

    assert (two.value, three.value) == (1, 2)


def test_items_of_an_award_to_several_are_nobodys_trade(market):
    _supply(market, "Alpha", "10000000", others=("Beta",))

    assert market.judged("R048") == []


# All of them


def test_a_flag_is_the_same_in_every_grouping(market):
    _gaps(market, 1, *QUARTERS_5_7, 2, 3)
    measure = "price-close-to-winning-bid"

    whole = market.one(measure)
    by_buyer = market.ask(measure, "buyer")

    assert [(row.value, row.count) for row in by_buyer] == [(whole.value, whole.count)]


def test_the_share_of_flags_rests_on_what_could_be_judged(market):
    _gaps(market, 1, *QUARTERS_5_7, 2, 3)
    for _ in range(21):
        market.process()

    row = market.one("price-close-to-winning-bid")

    assert (row.value, row.count, row.coverage) == (pytest.approx(2 / 21), 21, 0.5)
    assert row.wilson_low < row.value < row.wilson_high


def test_only_processes_in_scope_are_shown(market):
    _contest(market, 100, 100, on="2019-06-01")
    _contest(market, 100, 100, on="2020-06-01")

    everything = market.judged("R028")
    one_year = market.judged("R028", where={"from": "2020"})

    assert (len(everything), len(one_year)) == (2, 1)
