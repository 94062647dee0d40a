"""Which changes are told to those who watch an owner: plain values in, changes out."""

from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from convener.rules.watching import (
    LOCAL_HOLD,
    ChangeSort,
    Contract,
    Exposure,
    Place,
    WarningGiven,
    decide_changes,
    flagged,
    warned,
    warned_before,
)

ON = date(2026, 5, 4)
CLEANING = Contract(
    "a/1", "Cleaning", "Ashby", Decimal(100), "GBP", date(2025, 1, 1), date(2027, 1, 1)
)
MEALS = Contract(
    "b/1", "Meals", "Beckton", Decimal(200), "GBP", date(2025, 6, 1), date(2026, 12, 1)
)
HOMES = Place("provision", "Homes", "North East")
NATION = Place("provision", "Homes")


def exposure(*contracts, on=ON, **shares):
    return Exposure("Acme", on, contracts, {HOMES: shares.get("local", 0.1), NATION: 0.05})


def sorts(changes):
    return [change.sort for change in changes]


def test_the_first_look_tells_nothing():
    assert decide_changes(None, exposure(CLEANING)) == ()


def test_what_is_as_it_was_tells_nothing():
    assert decide_changes(exposure(CLEANING), exposure(CLEANING, on=ON + timedelta(1))) == ()


def test_a_new_award_and_a_new_buyer_are_told():
    changes = decide_changes(exposure(CLEANING), exposure(CLEANING, MEALS))

    assert sorts(changes) == [ChangeSort.NEW_AWARD, ChangeSort.NEW_BUYER]
    assert changes[0].text == "New award: “Meals” of Beckton, awarded 1 June 2025."
    assert changes[1].text == "Beckton now has a contract with Acme."


def test_a_contract_that_ends_as_agreed_is_no_news_and_one_that_goes_early_is():
    later = replace(exposure(CLEANING), on=date(2026, 12, 1))

    assert decide_changes(exposure(CLEANING, MEALS), later) == ()
    early = decide_changes(exposure(CLEANING, MEALS), exposure(CLEANING))
    assert [change.text for change in early] == [
        "“Meals” of Beckton is no longer its contract; it was to end on 1 December 2026."
    ]


def test_a_moved_end_and_another_value_are_told_with_what_was_before():
    moved = replace(CLEANING, ends_on=None, amount=Decimal(150))

    texts = [c.text for c in decide_changes(exposure(CLEANING), exposure(moved))]

    assert texts == [
        "“Cleaning” of Ashby ends on no known day, before: 1 January 2027.",
        "“Cleaning” of Ashby is worth 150 GBP, before: 100 GBP.",
    ]


def test_coming_to_hold_a_region_is_told_and_so_is_holding_it_no_more():
    low, high = exposure(local=0.29), exposure(local=0.30)

    up, down = decide_changes(low, high), decide_changes(high, low)

    assert [c.text for c in up] == ["Acme now holds 30% of Homes in North East."]
    assert [c.text for c in down] == ["Acme holds 29% of Homes in North East, before: 30%."]


@pytest.mark.parametrize(
    ("awarded", "is_after"),
    [
        (date(2017, 7, 9), False),
        (date(2017, 7, 10), False),
        (date(2017, 7, 11), True),
        (None, False),
    ],
)
def test_an_award_is_after_a_warning_from_the_next_day_on(awarded, is_after):
    warning = WarningGiven(date(2017, 7, 10), "£845m written off", "stock exchange")

    found = warned_before(replace(CLEANING, awarded_on=awarded), [warning])

    assert (found is warning) is is_after


def test_a_warning_says_what_hangs_on_the_owner_across_buyers():
    warning = WarningGiven(date(2017, 7, 10), "£845m written off", "NAO HC 1002")

    told = warned("Acme", warning, exposure(CLEANING, MEALS))

    assert told.text == (
        "A warning about Acme, 10 July 2017: £845m written off (NAO HC 1002)."
        " 2 contracts of 2 buyers hang on it."
    )


# House of Commons Public Accounts Committee on Southern Cross, December 2011.
def test_southern_cross_is_flagged_in_the_region_alone():
    shares = {Place("provision", "Care homes"): 0.09}
    shares[Place("provision", "Care homes", "North East")] = 0.30

    assert flagged(shares) == (Place("provision", "Care homes", "North East"),)


DAYS = st.sampled_from([date(year, month, 1) for year in (2016, 2017, 2026) for month in (1, 7)])
CONTRACTS = st.builds(
    Contract,
    number=st.sampled_from("abcdef"),
    title=st.just("Care"),
    buyer=st.sampled_from(["Ashby", "Beckton", "Corley"]),
    amount=st.sampled_from([None, Decimal(0), Decimal("10.50")]),
    awarded_on=DAYS | st.none(),
    ends_on=DAYS | st.none(),
)
PLACES = st.builds(
    Place,
    basis=st.just("awards"),
    service=st.sampled_from(["Care", "Homes"]),
    region=st.sampled_from(["North", "South", "all"]),
)
EXPOSURES = st.builds(
    Exposure,
    owner=st.just("Acme"),
    on=DAYS,
    contracts=st.lists(CONTRACTS, max_size=6, unique_by=lambda c: c.number).map(tuple),
    shares=st.dictionaries(PLACES, st.sampled_from([0.0, 0.29, 0.3, 0.9]), max_size=4),
)
WARNINGS = st.lists(st.builds(WarningGiven, DAYS, st.just("x"), st.just("y")), max_size=3)


@given(EXPOSURES, WARNINGS)
def test_nothing_changed_is_nothing_told_whatever_the_warnings(seen, warnings):
    assert decide_changes(seen, seen, warnings) == ()


@given(EXPOSURES, EXPOSURES, WARNINGS)
def test_every_new_contract_is_told_once_and_marked_after_a_warning(before, now, warnings):
    changes = decide_changes(before, now, warnings)

    known = {contract.number for contract in before.contracts}
    new = [contract for contract in now.contracts if contract.number not in known]
    late = [
        contract
        for contract in new
        if any(contract.awarded_on and warning.on < contract.awarded_on for warning in warnings)
    ]
    found = sorts(changes)
    assert found.count(ChangeSort.NEW_AWARD) + found.count(ChangeSort.AFTER_WARNING) == len(new)
    assert found.count(ChangeSort.AFTER_WARNING) == len(late)


@given(EXPOSURES, EXPOSURES)
def test_what_is_told_one_way_of_places_is_told_back_the_other_way(before, now):
    there, back = decide_changes(before, now), decide_changes(now, before)

    assert sorts(there).count(ChangeSort.HOLDS) == sorts(back).count(ChangeSort.HOLDS_NO_MORE)


@given(st.dictionaries(PLACES, st.floats(0, 1)), st.floats(0.05, 1))
def test_a_place_is_flagged_from_the_threshold_on(shares, threshold):
    found = set(flagged(shares, threshold=threshold))

    assert all(shares[place] >= threshold - 1e-9 for place in found)
    assert all(shares[place] < threshold for place in set(shares) - found)
    assert LOCAL_HOLD == 0.30
