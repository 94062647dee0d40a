"""What outcomes earn: the Work Programme and Peterborough, and laws of caps and tapers."""

from __future__ import annotations

import json
from collections import defaultdict
from datetime import date, timedelta
from decimal import Decimal
from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from convener.base.errors import BadInputError
from convener.methods.money.outcome_payments import (
    Cap,
    Outcome,
    Price,
    Taper,
    Threshold,
    fall,
    meets_threshold,
    paid_by_date,
    pay_outcomes,
    price_of,
    sustained_periods,
)

START = date(2012, 1, 2)
PETERBOROUGH = Threshold(Decimal("0.10"), Decimal("0.075"))
# Work Programme, people aged 25 and over on Jobseeker's Allowance (2011): split not confirmed.
JOBSEEKER = [
    Price("attachment", date(2011, 6, 1), Decimal(400)),
    Price("job", date(2011, 6, 1), Decimal(1200)),
    Price("sustained", date(2011, 6, 1), Decimal(215)),
]
CAPS = [
    Cap("one attachment", ("person",), count=1, metric="attachment"),
    Cap("one job outcome", ("person",), count=1, metric="job"),
    Cap("thirteen sustainments", ("person",), count=13, metric="sustained"),
    Cap("most for a person", ("person",), amount=Decimal(4395)),
]


def outcome(key, metric="job", *, day=0, person="p1", cohort="c1", band="", start=START):
    return Outcome(str(key), person, metric, cohort, start, start + timedelta(days=day), band)


def weeks(claims):
    return [outcome(f"s{at:03}", "sustained", day=7 * int(at) + 100) for at in claims]


def total(payments):
    return sum((payment.paid for payment in payments), Decimal(0))


def test_a_jobseeker_with_five_sustainment_claims_earns_2675():
    claims = sustained_periods([True] * 20, 4)

    paid = pay_outcomes(
        [outcome("a", "attachment"), outcome("j", day=90), *weeks(claims)], JOBSEEKER, caps=CAPS
    )

    assert claims.tolist() == [3, 7, 11, 15, 19]
    assert total(paid) == Decimal(2675)


def test_one_week_on_benefit_refuses_the_sixth_claim():
    held = [True] * 24
    held[21] = False

    assert sustained_periods(held, 4).size == 5
    assert sustained_periods([*held, True, True], 4).tolist() == [3, 7, 11, 15, 19, 25]


def test_a_jobseeker_earns_4395_at_most():
    claims = sustained_periods([True] * 80, 4)

    paid = pay_outcomes(
        [outcome("a", "attachment"), outcome("j", day=90), *weeks(claims)], JOBSEEKER, caps=CAPS
    )

    assert claims.size == 20
    assert total(paid) == Decimal(4395)
    assert [payment.reductions[0].rule for payment in paid[-7:]] == ["thirteen sustainments"] * 7


@given(st.lists(st.booleans(), max_size=60), st.integers(1, 6))
def test_sustained_claims_are_whole_and_share_no_week(held, length):
    claims = sustained_periods(held, length)

    for at in claims:
        assert all(held[at - length + 1 : at + 1])
    assert (np.diff(claims) >= length).all()
    runs = "".join("x" if week else " " for week in held).split()
    assert claims.size == sum(len(run) // length for run in runs)


def test_a_claim_of_no_weeks_is_refused():
    with pytest.raises(BadInputError, match="1 or more"):
        sustained_periods([True], 0)


def test_the_price_is_that_of_the_start_and_not_of_the_claim():
    card = [
        Price("job", date(2011, 6, 1), Decimal(400)),
        Price("job", date(2012, 6, 1), Decimal(300)),
        Price("job", date(2012, 6, 1), Decimal(999), band="high"),
    ]

    assert price_of(outcome("a", day=300), card) == 400
    assert price_of(outcome("b", start=date(2012, 6, 1)), card) == 300
    assert price_of(outcome("c", start=date(2012, 6, 1), band="high"), card) == 999
    with pytest.raises(BadInputError, match="no price of 'job' in band 'high' on 2012-01-02"):
        price_of(outcome("d", band="high"), card)


def test_a_taper_pays_nothing_below_the_baseline_and_less_above_the_target():
    taper = Taper("volume", "job", ((0, Decimal(0)), (2, Decimal(1)), (4, Decimal("0.5"))))
    card = [Price("job", START, Decimal("10.01"))]

    paid = pay_outcomes([outcome(key, day=key) for key in range(6)], card, tapers=[taper])

    assert [str(row.paid) for row in paid] == ["0.00", "0.00", "10.01", "10.01", "5.01", "5.01"]
    assert paid[0].reductions[0].rule == "volume"
    assert paid[4].reductions[0].amount == Decimal("5.00")
    assert paid[2].reductions == ()


def test_a_taper_counts_each_cohort_and_metric_apart():
    taper = Taper("first only", "job", ((0, Decimal(1)), (1, Decimal(0))))
    card = [Price("job", START, Decimal(10)), Price("home", START, Decimal(5))]
    rows = [
        outcome("1"),
        outcome("2"),
        outcome("3", cohort="c2"),
        outcome("4", "home"),
        outcome("5", "home"),
    ]

    paid = pay_outcomes(rows, card, tapers=[taper])

    assert [row.paid for row in paid] == [10, 0, 10, 5, 5]


def test_an_outcome_that_meets_a_cap_is_paid_the_part_below_it():
    card = [Price("job", START, Decimal(100))]
    caps = [
        Cap("person", ("person",), amount=Decimal(150)),
        Cap("contract", (), amount=Decimal(320)),
    ]
    rows = [outcome(key, day=key, person=f"p{key // 2}") for key in range(6)]

    paid = pay_outcomes(rows, card, caps=caps)

    assert [row.paid for row in paid] == [100, 50, 100, 50, 20, 0]
    assert [[cut.rule for cut in row.reductions] for row in paid] == [
        [],
        ["person"],
        [],
        ["person"],
        ["contract"],
        ["contract"],
    ]


def test_the_budget_year_of_a_cap_turns_in_april():
    card = [Price("job", START, Decimal(100))]
    caps = [Cap("year", ("financial-year",), amount=Decimal(100))]
    march, april = (date(2013, 3, 31) - START).days, (date(2013, 4, 1) - START).days

    paid = pay_outcomes([outcome("a", day=march), outcome("b", day=april)], card, caps=caps)
    calendar = pay_outcomes(
        [outcome("a", day=march), outcome("b", day=april)],
        card,
        caps=[Cap("year", ("year",), amount=Decimal(100))],
    )

    assert [row.paid for row in paid] == [100, 100]
    assert [row.paid for row in calendar] == [100, 0]


outcomes = st.lists(
    st.tuples(
        st.sampled_from(["job", "home"]),
        st.integers(0, 900),
        st.sampled_from(["p1", "p2", "p3"]),
        st.sampled_from(["c1", "c2"]),
    ),
    max_size=30,
).map(
    lambda rows: [
        outcome(key, row[0], day=row[1], person=row[2], cohort=row[3])
        for key, row in enumerate(rows)
    ]
)
LAW_CARD = [Price("job", START, Decimal("99.99")), Price("home", START, Decimal("33.33"))]
LAW_TAPERS = [Taper("taper", "job", ((0, Decimal("0.9")), (3, Decimal("0.333")), (6, Decimal(0))))]
LAW_CAPS = [
    Cap("per person", ("person",), amount=Decimal(180)),
    Cap("two of a kind", ("person", "metric"), count=2),
    Cap("homes of a cohort", ("cohort",), amount=Decimal(70), metric="home"),
    Cap("a year", ("financial-year",), amount=Decimal(200)),
    Cap("contract", (), amount=Decimal("400.01")),
]


def law_pay(rows):
    return pay_outcomes(rows, LAW_CARD, tapers=LAW_TAPERS, caps=LAW_CAPS)


@given(outcomes)
def test_no_cap_is_exceeded_and_every_penny_is_explained(rows):
    paid = law_pay(rows)

    for cap in LAW_CAPS:
        used = defaultdict(Decimal)
        for row in paid:
            if cap.metric in {None, row.outcome.metric}:
                group = tuple(row.outcome.group(by) for by in cap.per)
                used[group] += row.paid if cap.count is None else row.paid > 0
        assert all(
            each <= (cap.amount if cap.count is None else cap.count) for each in used.values()
        )
    for row in paid:
        assert 0 <= row.paid <= row.price
        assert row.price - sum(cut.amount for cut in row.reductions) == row.paid
        assert all(cut.amount > 0 for cut in row.reductions)


@given(outcomes, st.randoms(use_true_random=False))
def test_the_order_of_arrival_changes_no_penny(rows, chance):
    shuffled = list(rows)
    chance.shuffle(shuffled)

    assert law_pay(shuffled) == law_pay(rows)


@given(outcomes, st.integers(0, 900))
def test_a_later_outcome_never_changes_what_an_earlier_one_earned(rows, day):
    early = [row for row in rows if row.achieved_on <= START + timedelta(days=day)]

    assert law_pay(rows)[: len(early)] == law_pay(early)


def test_payments_fall_on_their_days():
    card = [Price("job", START, Decimal(10))]
    paid = pay_outcomes(
        [outcome("a"), outcome("b"), outcome("c", day=5)],
        card,
        caps=[Cap("contract", (), amount=Decimal(20))],
    )

    assert paid_by_date(paid) == {START: Decimal(20)}
    assert paid_by_date(paid, lag_days=30) == {START + timedelta(days=30): Decimal(20)}


def test_no_outcomes_earn_nothing():
    assert pay_outcomes([], []) == []
    assert sustained_periods([], 4).size == 0


@pytest.mark.parametrize(
    ("rows", "card", "tapers", "wanted"),
    [
        ([outcome("a"), outcome("a")], JOBSEEKER, [], "given twice"),
        ([outcome("a", day=-1)], JOBSEEKER, [], "before its start"),
        ([outcome("a", "none")], JOBSEEKER, [], "no price of 'none' on"),
        ([outcome("a")], [Price("job", START, Decimal(-1))], [], "below zero"),
        ([outcome("a")], [Price("job", START, Decimal("0.001"))], [], "whole pence"),
        ([], [], [Taper("a", "job", ((0, Decimal(1)),))] * 2, "one at most"),
    ],
)
def test_outcomes_that_cannot_be_paid_are_refused(rows, card, tapers, wanted):
    with pytest.raises(BadInputError, match=wanted):
        pay_outcomes(rows, card, tapers=tapers)


@pytest.mark.parametrize("steps", [(), ((1, Decimal(1)),), ((0, Decimal(1)), (0, Decimal(0)))])
def test_a_taper_with_a_gap_is_refused(steps):
    with pytest.raises(BadInputError, match="then rising"):
        Taper("taper", "job", steps)


@pytest.mark.parametrize("share", [Decimal("1.1"), Decimal("-0.1")])
def test_a_taper_pays_a_share(share):
    with pytest.raises(BadInputError, match="between 0 and 1"):
        Taper("taper", "job", ((0, share),))


def test_a_cap_caps_one_thing():
    with pytest.raises(BadInputError, match="one of an amount and a count"):
        Cap("nothing", ())
    with pytest.raises(BadInputError, match="one of an amount and a count"):
        Cap("both", (), amount=Decimal(1), count=1)
    with pytest.raises(BadInputError, match="below zero"):
        Cap("less", (), count=-1)
    assert Cap("none at all", (), amount=Decimal(0)).limit == 0


def test_peterborough_pays_nothing_on_cohort_one_and_pays_at_the_end(shared):
    oracle = json.loads((shared / "oracles" / "finance.json").read_text(encoding="utf-8"))
    known = oracle["peterborough"]
    events = known["cohort1_reconvictions_per_100"]
    first = fall(events["treated"], events["control"])
    pooled = Decimal(str(known["overall_reduction"]))

    assert float(first) == pytest.approx(known["cohort1_reduction"], abs=5e-4)
    assert Decimal(str(known["payment_threshold_single_cohort"])) == PETERBOROUGH.one_cohort
    assert Decimal(str(known["threshold_all_cohorts"])) == PETERBOROUGH.all_cohorts
    assert meets_threshold([first], PETERBOROUGH).pays is known["payment_on_cohort1"]
    assert meets_threshold([first], PETERBOROUGH).at_end is None
    end = meets_threshold([first], PETERBOROUGH, pooled=pooled)
    assert (end.cohorts, end.at_end, end.pays) == ((False,), True, True)


def test_a_fall_of_just_the_threshold_pays():
    assert fall(90, 100) == Fraction(1, 10)
    assert meets_threshold([fall(90, 100)], PETERBOROUGH).pays
    assert not meets_threshold([Fraction(9, 100)], PETERBOROUGH, pooled=Decimal("0.0749")).pays
    assert meets_threshold([], PETERBOROUGH, pooled=Decimal("0.075")).pays


def test_the_end_pays_only_where_no_cohort_did():
    met = meets_threshold([Decimal("0.2"), Decimal("0.01")], PETERBOROUGH, pooled=Decimal("0.1"))

    assert (met.cohorts, met.at_end) == ((True, False), False)


@pytest.mark.parametrize("share", [0.1, Decimal("1.1")])
def test_a_fall_that_is_none_is_refused(share):
    with pytest.raises(BadInputError, match="exact share of at most 1"):
        meets_threshold([share], PETERBOROUGH)
    with pytest.raises(BadInputError, match="exact share of at most 1"):
        meets_threshold([], PETERBOROUGH, pooled=share)


def test_a_fall_from_nothing_is_refused():
    with pytest.raises(BadInputError, match="no events"):
        fall(1, 0)


def test_a_price_of_nothing_is_a_price_and_uses_up_no_count():
    card = [Price("job", START, Decimal(0)), Price("job", START + timedelta(days=1), Decimal(10))]
    rows = [outcome("a"), outcome("b", day=2, start=START + timedelta(days=1))]

    paid = pay_outcomes(rows, card, caps=[Cap("one", ("person",), count=1)])

    assert [row.paid for row in paid] == [0, 10]


def test_a_penny_uses_up_a_count():
    card = [Price("job", START, Decimal("0.01"))]

    paid = pay_outcomes(
        [outcome("a"), outcome("b", day=1)], card, caps=[Cap("one", ("person",), count=1)]
    )

    assert [row.paid for row in paid] == [Decimal("0.01"), 0]


def test_events_may_fall_to_nothing():
    assert fall(0, 1) == 1
    assert meets_threshold([fall(0, 1)], PETERBOROUGH).pays
