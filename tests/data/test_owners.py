"""Owners are followed to the end of every chain."""

from datetime import UTC, date, datetime, timedelta
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from convener.data.organisations.decisions import Decision, DecisionKind, Subject
from convener.methods.ownership import History, Holding, Ownership, Spell
from resolving import holding, resolve


def owned(*holdings):
    return Ownership(Holding(*each) for each in holdings)


def test_shares_are_multiplied_along_a_chain_and_the_rest_stays():
    ownership = owned((1, 2, 0.5), (2, 3, 0.5))

    assert ownership.ultimate(3) == pytest.approx({3: 0.5, 2: 0.25, 1: 0.25})
    assert ownership.ultimate(9) == {9: 1.0}


def test_a_joint_venture_is_split_by_share():
    ownership = owned((1, 3, 0.51), (2, 3, 0.49), (4, 1, 1.0))

    assert ownership.ultimate(3) == pytest.approx({4: 0.51, 2: 0.49})
    assert ownership.is_joint_venture(3)
    assert not owned((1, 3, 0.8), (2, 3, 0.2)).is_joint_venture(3)


def test_control_follows_majorities_to_the_top():
    ownership = owned((1, 2, 0.51), (2, 3, 0.51), (4, 3, 0.49), (5, 6, 0.5), (7, 6, 0.5))

    assert ownership.controller(3) == 1
    assert ownership.controller(6) == 6


def test_a_circle_is_cut_and_reported():
    ownership = owned((1, 2, 1.0), (2, 1, 0.3), (9, 1, 0.7))

    assert ownership.ultimate(2) == pytest.approx({9: 1.0})
    assert ownership.circles == {frozenset({1, 2})}


def test_a_closed_circle_has_one_of_its_members_for_owner():
    ownership = owned((1, 2, 1.0), (2, 1, 1.0))

    assert ownership.ultimate(1) == ownership.ultimate(2) == {1: 1.0}
    assert ownership.controller(1) == ownership.controller(2) == 1


def test_shares_that_sum_to_more_than_all_are_scaled_to_it():
    assert owned((1, 3, 0.9), (2, 3, 0.9)).ultimate(3) == pytest.approx({1: 0.5, 2: 0.5})


@given(
    st.lists(
        st.builds(
            Holding,
            st.integers(1, 6),
            st.integers(1, 6),
            st.floats(0.01, 1, allow_nan=False),
        ),
        max_size=12,
    )
)
def test_shares_always_sum_to_one(holdings):
    ownership = Ownership(holdings)

    for body in range(1, 7):
        shares = ownership.ultimate(body)
        assert sum(shares.values()) == pytest.approx(1)
        assert all(0 < share <= 1 + 1e-9 for share in shares.values())


SOLD, NOW = date(2022, 10, 1), date(2026, 1, 1)
DAYS = st.none() | st.integers(0, 6).map(lambda n: date(2020, 1, 1) + timedelta(days=n))


def test_a_body_that_was_sold_has_one_owner_before_and_another_after():
    history = History([Holding(1, 3, 1.0, None, SOLD), Holding(2, 3, 1.0, SOLD)], until=NOW)

    assert history.spells(3) == [Spell(None, SOLD, {1: 1.0}), Spell(SOLD, None, {2: 1.0})]
    assert history.today.controller(3) == 2


def test_a_sale_higher_up_the_chain_changes_the_owner_of_all_below():
    history = History([Holding(2, 3, 1.0), Holding(1, 2, 0.6, SOLD)], until=NOW)

    before, after = history.spells(3)

    assert before == Spell(None, SOLD, {2: 1.0})
    assert after.shares == pytest.approx({1: 0.6, 2: 0.4})


def test_a_body_that_nobody_held_for_a_while_stood_for_itself():
    back = date(2024, 1, 1)
    history = History([Holding(1, 3, 1.0, None, SOLD), Holding(1, 3, 1.0, back)], until=NOW)

    assert [dict(spell.shares) for spell in history.spells(3)] == [{1: 1.0}, {3: 1.0}, {1: 1.0}]


def test_holdings_that_overlap_are_scaled_and_repeated_ones_count_once():
    end = date(2023, 1, 1)
    history = History(
        [
            Holding(1, 3, 1.0, None, end),
            Holding(1, 3, 0.8, None, end),
            Holding(2, 3, 1.0, SOLD),
        ],
        until=NOW,
    )

    shares = [spell.shares for spell in history.spells(3)]

    assert shares == [{1: 1.0}, pytest.approx({1: 0.5, 2: 0.5}), {2: 1.0}]


def test_what_will_begin_or_end_later_is_not_known_yet():
    later = date(2027, 1, 1)
    history = History([Holding(1, 3, 1.0, None, later), Holding(2, 3, 1.0, later)], until=NOW)

    assert history.spells(3) == [Spell(None, None, {1: 1.0})]


def test_a_circle_that_stood_for_a_while_is_cut_then_only():
    history = History([Holding(1, 2, 1.0), Holding(2, 1, 1.0, SOLD)], until=NOW)

    assert [dict(s.shares) for s in history.spells(2)] == [{1: 1.0}]
    assert [dict(s.shares) for s in history.spells(1)] == [{1: 1.0}]
    assert history.circles == {frozenset({1, 2})}


@given(
    st.lists(
        st.builds(
            Holding,
            st.integers(1, 5),
            st.integers(1, 5),
            st.sampled_from([0.3, 0.6, 1]),
            DAYS,
            DAYS,
        ),
        max_size=10,
    ),
    st.integers(-1, 7).map(lambda n: date(2020, 1, 1) + timedelta(days=n)),
)
def test_each_day_has_the_owners_of_the_holdings_that_stand_on_it(holdings, day):
    history = History(holdings, until=NOW)
    standing = {}
    for each in sorted((h for h in holdings if h.stands(day)), key=lambda each: each.share):
        standing[each.owner, each.owned] = Holding(each.owner, each.owned, each.share)

    for body in range(1, 6):
        spells = history.spells(body)
        edges = [(a.to_on, b.from_on) for a, b in pairwise(spells)]
        [met] = [s for s in spells if (s.from_on or date.min) <= day < (s.to_on or date.max)]
        assert spells[0].from_on is None
        assert spells[-1].to_on is None
        assert all(end == start for end, start in edges)
        assert met.shares == pytest.approx(Ownership(standing.values()).ultimate(body))


def test_the_store_says_who_owns_each_organisation(tmp_path):
    found = resolve(
        tmp_path,
        ["Zebrafish Care Ltd", "Plain Homes Ltd"],
        ownership=[
            holding("Quokka Holdings plc", "Zebrafish Care Ltd", 0.51),
            holding("Borchester Council", "Zebrafish Care Ltd", 0.49),
        ],
    )

    assert found.shares_of("Zebrafish Care Ltd") == {
        "Quokka Holdings plc": 0.51,
        "Borchester Council": 0.49,
    }
    assert found.of("Zebrafish Care Ltd")["owner_name"] == "Quokka Holdings plc"
    assert found.of("Zebrafish Care Ltd")["kind"] == "joint-venture"
    assert found.shares_of("Plain Homes Ltd") == {"Plain Homes Ltd": 1.0}
    assert found.of("Plain Homes Ltd")["owner_name"] == "Plain Homes Ltd"


def test_the_owner_is_today_s_and_shares_are_of_each_day(tmp_path):
    old = {"from_on": date(2010, 1, 1), "to_on": date(2020, 1, 1)}
    new = {"from_on": date(2020, 1, 1), "to_on": None}

    found = resolve(
        tmp_path,
        ["Zebrafish Care Ltd"],
        ownership=[
            holding("Old Owner Ltd", "Zebrafish Care Ltd", **old),
            holding("Quokka Ltd", "Zebrafish Care Ltd", **new),
        ],
    )

    assert found.of("Zebrafish Care Ltd")["owner_name"] == "Quokka Ltd"
    assert found.shares_of("Zebrafish Care Ltd") == {"Quokka Ltd": 1.0}
    assert found.shares_of("Zebrafish Care Ltd", date(2019, 12, 31)) == {"Old Owner Ltd": 1.0}
    assert found.shares_of("Zebrafish Care Ltd", date(2009, 12, 31)) == {"Zebrafish Care Ltd": 1.0}
    assert found.counts["circles"] == 0


def owner_decision(other, share, number=1, **days):
    return Decision(
        decision_id=f"holding-{number}",
        kind=DecisionKind.OWNER,
        subject=Subject(name="Venture Ltd"),
        other=other,
        value=share,
        reason="the agreement",
        by="the register",
        at=datetime(2025, 1, number, tzinfo=UTC),
        **days,
    )


def test_a_decided_owner_that_is_in_no_source_is_one_all_the_same(tmp_path):
    found = resolve(
        tmp_path,
        ["Venture Ltd", "Known Parent Ltd"],
        decisions=[
            owner_decision(Subject(name="Known Parent Ltd"), "0.51"),
            owner_decision(
                Subject(scheme="GB-COH", identifier="07654321", name="New Parent Ltd"), "0.49", 2
            ),
        ],
    )

    assert found.shares_of("Venture Ltd") == {"Known Parent Ltd": 0.51, "New Parent Ltd": 0.49}
    assert found.of("New Parent Ltd")["identifiers"] == ["GB-COH-07654321"]


def test_a_decided_owner_counts_from_its_day_and_lists_before_it(tmp_path):
    found = resolve(
        tmp_path,
        ["Venture Ltd", "Old Parent Ltd", "New Parent Ltd"],
        ownership=[holding("Old Parent Ltd", "Venture Ltd")],
        decisions=[
            owner_decision(
                Subject(name="New Parent Ltd"),
                "1",
                from_on=date(2024, 1, 1),
                to_on=date(2025, 7, 1),
            )
        ],
    )

    assert found.shares_of("Venture Ltd", date(2023, 12, 31)) == {"Old Parent Ltd": 1.0}
    assert found.shares_of("Venture Ltd", date(2024, 1, 1)) == {"New Parent Ltd": 1.0}
    assert found.shares_of("Venture Ltd", date(2025, 7, 1)) == {"Venture Ltd": 1.0}
