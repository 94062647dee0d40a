"""What an outcome contract is expected to bring in."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from convener.base.errors import BadInputError
from convener.methods.money.outcome_payments import Cap, Outcome, Price, Taper, pay_outcomes
from convener.methods.money.outcome_projection import project_income

PLAN = {"starts": [100, 50], "chance": [0.4], "delay": [[0.0, 0.5, 0.5]], "price": [1000.0]}


def test_cohorts_bring_income_as_their_outcomes_come():
    met = project_income(**PLAN)

    assert met.outcomes[:, 0].tolist() == [[0, 20, 20, 0], [0, 0, 10, 10]]
    assert met.paid.tolist() == [0, 20_000, 30_000, 10_000]
    assert met.over_cap == 0


def test_the_cap_ends_payment_and_shows_the_work_beyond_it():
    met = project_income(**PLAN, cap=45_000)

    assert met.paid.tolist() == [0, 20_000, 25_000, 0]
    assert met.over_cap == 15_000


def test_the_taper_goes_by_the_outcomes_of_each_cohort():
    met = project_income(**PLAN, taper=[[0, 0], [10, 1], [30, 0.5]])

    assert met.earned[:, 0].tolist() == [[0, 10_000, 15_000, 0], [0, 0, 0, 10_000]]


def test_a_tariff_belongs_to_its_cohort():
    met = project_income([10, 10], [[1.0], [0.5]], [[1.0]], [[100], [200]])

    assert met.paid.tolist() == [1000, 1000]


whole = st.integers(0, 6)


@given(
    st.lists(whole, min_size=1, max_size=4),
    st.integers(0, 3),
    st.integers(1, 6),
    st.integers(0, 4000),
)
def test_whole_outcomes_are_projected_as_they_are_paid(starts, baseline, width, cap):
    """The plan and the ledger agree where outcomes are whole and all come at one delay."""
    steps = ((0, Decimal(0)), (baseline + 1, Decimal(1)), (baseline + 1 + width, Decimal("0.5")))
    rows = [
        Outcome(
            f"{cohort}-{at:02}",
            f"{at}",
            "job",
            f"{cohort}",
            date(2020 + cohort, 1, 1),
            date(2021 + cohort, 1, 1),
        )
        for cohort, count in enumerate(starts)
        for at in range(count)
    ]

    ledger = pay_outcomes(
        rows,
        [Price("job", date(2020, 1, 1), Decimal(100))],
        tapers=[Taper("volume", "job", steps)],
        caps=[Cap("contract", (), amount=Decimal(cap))],
    )
    plan = project_income(
        starts, [1], [[0, 1]], [100], taper=[[at, float(share)] for at, share in steps], cap=cap
    )

    assert plan.paid.sum() == pytest.approx(float(sum(row.paid for row in ledger)))
    by_year = [
        float(sum(row.paid for row in ledger if row.outcome.achieved_on.year == 2020 + year))
        for year in range(len(starts) + 1)
    ]
    assert plan.paid == pytest.approx(by_year)


@given(st.lists(st.floats(0, 100), min_size=1, max_size=5), st.floats(0, 1e5))
def test_what_is_paid_is_never_over_the_cap_nor_below_zero(starts, cap):
    met = project_income(starts, [0.5, 0.2], [[0.2, 0.3], [0.0, 1.0]], [100, 900], cap=cap)

    assert met.paid.sum() <= cap * (1 + 1e-12) + 1e-9
    assert (met.paid >= 0).all()
    assert met.over_cap >= -1e-6
    assert met.outcomes[:, 0].sum() == pytest.approx(np.sum(starts) * 0.5 * 0.5)


@pytest.mark.parametrize(
    ("change", "wanted"),
    [
        ({"starts": []}, "starts of shape"),
        ({"starts": [-1]}, "one of the starts is missing or negative"),
        ({"starts": [float("nan")]}, "missing"),
        ({"chance": [0.1, 0.2]}, r"chances of shape \(2,\); wanted \(2, 1\) or \(1,\)"),
        ({"chance": [-0.1]}, "chances is missing or negative"),
        ({"price": [-1.0]}, "prices is missing or negative"),
        ({"price": [[1.0, 2.0]]}, "prices of shape"),
        ({"delay": [[0.6, 0.6]]}, "sums to more than 1"),
        ({"delay": [0.5]}, "delays of shape"),
        ({"cap": -1}, "cap of -1"),
        ({"cap": float("nan")}, "cap of nan"),
        ({"taper": [[1, 1]]}, "the first from 0"),
        ({"taper": [[0, 1, 2]]}, "pairs"),
        ({"taper": [[0, 1], [0, 1]]}, "rise"),
        ({"taper": [[0, 1.1]]}, "at most 1"),
    ],
)
def test_a_plan_that_cannot_be_is_refused(change, wanted):
    with pytest.raises(BadInputError, match=wanted):
        project_income(**{**PLAN, **change})
