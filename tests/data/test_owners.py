"""Owners are followed to the end of every chain."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from convener.data.owners import Holding, Ownership
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


def test_only_holdings_of_the_day_count(tmp_path):
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
    assert found.counts["circles"] == 0
