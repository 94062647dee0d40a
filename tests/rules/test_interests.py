"""Who stands on two sides, by values alone."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from convener.base.kinds import Kind
from convener.methods.ownership import Holding
from convener.rules.access import Role
from convener.rules.interests import (
    InterestRefusedError,
    Side,
    Tie,
    check_interest,
    owners_on_two_sides,
    people_on_two_sides,
    sides_of,
)

TODAY = date(2026, 6, 1)
BUYS, PROVIDES = frozenset({Side.BUYER}), frozenset({Side.PROVIDER})
COUNCIL, FIRM, CHARITY, PARENT, OTHER = 1, 2, 3, 4, 5
SIDES = {COUNCIL: BUYS, FIRM: PROVIDES, CHARITY: PROVIDES}


def tie(person, organisation, from_on=None, to_on=None):
    return Tie(person, organisation, "declared", 1, from_on, to_on)


def people(*ties, on=TODAY, sides=SIDES):
    return [one.person for one in people_on_two_sides(ties, sides, on)]


def owners(*holdings, on=TODAY, sides=SIDES):
    return {one.owner: one for one in owners_on_two_sides(holdings, sides, on)}


def test_a_person_tied_to_a_buyer_and_a_provider_is_found_with_both():
    [found] = people_on_two_sides([tie(7, COUNCIL), tie(7, FIRM)], SIDES, TODAY)

    assert ([one.organisation for one in found.buying], found.providing[0].organisation) == (
        [COUNCIL],
        FIRM,
    )


def test_two_providers_are_one_side_and_two_people_are_two():
    assert people(tie(7, FIRM), tie(7, CHARITY)) == []
    assert people(tie(7, COUNCIL), tie(8, FIRM)) == []


def test_one_organisation_on_both_sides_is_no_finding_by_itself():
    both = {COUNCIL: BUYS | PROVIDES}

    assert people(tie(7, COUNCIL), sides=both) == []
    assert people(tie(7, COUNCIL), tie(7, FIRM), sides=both | {FIRM: PROVIDES}) == [7]


@pytest.mark.parametrize(
    ("on", "found"),
    [(date(2024, 12, 31), []), (date(2025, 1, 1), [7]), (date(2026, 1, 1), [])],
)
def test_ties_count_between_their_days(on, found):
    ended = tie(7, FIRM, date(2025, 1, 1), date(2026, 1, 1))

    assert people(tie(7, COUNCIL), ended, on=on) == found


def test_an_owner_at_the_end_of_chains_is_found_with_the_holdings_that_lead_there():
    up = Holding(PARENT, OTHER, 0.5)
    chain = [Holding(OTHER, FIRM, 0.5), up, Holding(PARENT, COUNCIL, 0.2)]

    found = owners(*chain, Holding(CHARITY, OTHER, 0.1))

    one = found[PARENT]
    assert [(owned.organisation, owned.share) for owned in one.buying] == [(COUNCIL, 0.2)]
    assert [owned.organisation for owned in one.providing] == [FIRM]
    assert one.providing[0].share == pytest.approx(0.25)
    assert set(one.providing[0].holdings) == {chain[0], up}


def test_a_buyer_that_owns_a_provider_is_on_both_sides_itself():
    assert set(owners(Holding(COUNCIL, FIRM, 0.3))) == {COUNCIL}
    assert owners(Holding(COUNCIL, FIRM, 0.3, to_on=date(2026, 1, 1))) == {}


def test_owners_of_one_side_are_no_finding():
    assert owners(Holding(PARENT, FIRM, 1.0), Holding(PARENT, CHARITY, 1.0)) == {}


@given(
    st.lists(
        st.tuples(st.integers(1, 5), st.integers(1, 5), st.sampled_from([0.2, 0.4, 1.0])),
        max_size=8,
    )
)
def test_circles_and_joint_ownership_always_end(rows):
    found = owners(*(Holding(*row) for row in rows))

    for one in found.values():
        assert all(0 < owned.share <= 1.0 + 1e-9 for owned in (*one.buying, *one.providing))


def test_what_the_market_shows_says_more_than_roles_and_roles_more_than_a_kind():
    both = sides_of(kind=Kind.CHARITY, roles=[Role.OFFICER], buys=True, provides=True)
    acting = sides_of(kind=Kind.CHARITY, roles=[Role.OFFICER], buys=False, provides=False)

    assert both == BUYS | PROVIDES
    assert acting == BUYS
    assert sides_of(kind=Kind.CHARITY, buys=False, provides=False) == PROVIDES
    assert sides_of(roles=[Role.KEEPER], buys=False, provides=False) == frozenset()


@pytest.mark.parametrize(
    ("days", "why"),
    [
        ({"from_on": date(2026, 6, 2)}, "between 1900 and today"),
        ({"from_on": date(1025, 1, 1)}, "between 1900 and today"),
        ({"to_on": date(2025, 1, 1)}, "ends after it begins"),
        ({"detail": "x" * 501}, "at most 500 characters; it has 501"),
    ],
)
def test_an_interest_that_cannot_be_one_is_refused(days, why):
    given = {"from_on": date(2025, 1, 1), "to_on": None, "detail": ""} | days

    with pytest.raises(InterestRefusedError, match=why):
        check_interest(**given, today=TODAY)
