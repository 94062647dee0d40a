"""Clearing payments, against published examples, and as laws."""

from __future__ import annotations

import json

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from convener.base.errors import BadInputError
from convener.methods.networks.clearing import clear


def test_the_oracles_agree_without_and_with_default_costs(shared):
    oracle = json.loads((shared / "oracles" / "contagion_small.json").read_text(encoding="utf-8"))
    case = oracle["eisenberg_noe"]
    system = (case["liabilities"], case["external_assets"])
    costly = case["with_default_costs"]

    plain = clear(*system, external_liabilities=case["external_liabilities"])
    dear = clear(
        *system,
        external_liabilities=case["external_liabilities"],
        alpha=costly["alpha"],
        beta=costly["beta"],
    )

    assert plain.payments == pytest.approx(case["clearing"], abs=1e-9)
    assert list(plain.has_defaulted) == case["defaults"]
    assert dear.payments == pytest.approx(costly["clearing"], abs=1e-6)
    assert list(dear.has_defaulted) == costly["defaults"]


amounts = st.one_of(st.just(0.0), st.floats(0.01, 5.0))
shares = st.sampled_from([0.0, 0.3, 0.8, 1.0])


@st.composite
def systems(draw):
    count = draw(st.integers(1, 6))
    debts = draw(hnp.arrays(float, (count, count), elements=amounts))
    np.fill_diagonal(debts, 0)
    beyond = draw(hnp.arrays(float, count, elements=amounts))
    assets = draw(hnp.arrays(float, count, elements=amounts))
    return debts, assets, beyond


def received_by(debts, beyond, payments):
    owed = debts.sum(axis=1) + beyond
    return np.where(owed > 0, payments / np.where(owed > 0, owed, 1), 0) @ debts


@given(systems(), shares, shares, st.booleans())
def test_payments_are_what_each_can_pay_when_the_others_pay_so(system, alpha, beta, least):
    debts, assets, beyond = system
    owed = debts.sum(axis=1) + beyond

    met = clear(debts, assets, external_liabilities=beyond, alpha=alpha, beta=beta, least=least)

    received = received_by(debts, beyond, met.payments)
    is_able = assets + received >= owed - 1e-8
    left = np.minimum(alpha * assets + beta * received, owed)
    is_right = np.isclose(met.payments, np.where(met.has_defaulted, left, owed), atol=1e-8)
    assert is_right.all()
    assert (met.has_defaulted | is_able).all()
    assert (~met.has_defaulted | (assets + received < owed + 1e-8)).all()


@given(systems(), shares, shares)
def test_no_one_pays_more_than_it_owes_nor_than_it_has(system, alpha, beta):
    debts, assets, beyond = system

    met = clear(debts, assets, external_liabilities=beyond, alpha=alpha, beta=beta)

    assert (met.payments >= 0).all()
    assert (met.payments <= debts.sum(axis=1) + beyond).all()
    assert (met.payments <= assets + received_by(debts, beyond, met.payments) + 1e-8).all()


@given(systems(), shares, shares, st.booleans())
def test_value_is_paid_out_left_or_lost_to_default_and_nothing_else(system, alpha, beta, least):
    debts, assets, beyond = system

    met = clear(debts, assets, external_liabilities=beyond, alpha=alpha, beta=beta, least=least)

    owed = debts.sum(axis=1) + beyond
    paid_out = np.where(owed > 0, met.payments * beyond / np.where(owed > 0, owed, 1), 0).sum()
    assert assets.sum() == pytest.approx(
        paid_out + met.equity.sum() + met.default_costs.sum(), abs=1e-7
    )
    if alpha == beta == 1:
        assert met.default_costs == pytest.approx(0, abs=1e-7)


@given(systems(), shares, shares, st.floats(0, 1))
def test_fewer_assets_never_raise_a_payment(system, alpha, beta, kept):
    debts, assets, beyond = system

    both = np.stack([assets, assets * kept])
    met = clear(debts, both, external_liabilities=beyond, alpha=alpha, beta=beta)

    assert (met.payments[1] <= met.payments[0] + 1e-8).all()


@given(systems(), shares, shares)
def test_the_least_payments_are_never_above_the_greatest(system, alpha, beta):
    debts, assets, beyond = system
    words = {"external_liabilities": beyond, "alpha": alpha, "beta": beta}

    greatest = clear(debts, assets, **words).payments
    least = clear(debts, assets, least=True, **words).payments

    assert (least <= greatest + 1e-8).all()


@given(systems(), shares, shares)
def test_plain_rounds_stay_between_the_two(system, alpha, beta):
    debts, assets, beyond = system
    owed = debts.sum(axis=1) + beyond
    words = {"external_liabilities": beyond, "alpha": alpha, "beta": beta}
    greatest = clear(debts, assets, **words).payments
    least = clear(debts, assets, least=True, **words).payments
    high, low = owed, np.zeros_like(owed)

    for _ in range(50):
        high, low = (
            np.where(
                assets + received_by(debts, beyond, now) >= owed - 1e-9,
                owed,
                np.minimum(owed, alpha * assets + beta * received_by(debts, beyond, now)),
            )
            for now in (high, low)
        )

    assert (high >= greatest - 1e-7).all()
    assert (low <= least + 1e-7).all()


@given(systems(), shares, shares, st.integers(0, 99))
def test_new_labels_change_nothing(system, alpha, beta, seed):
    debts, assets, beyond = system
    order = np.random.default_rng(seed).permutation(len(assets))
    words = {"alpha": alpha, "beta": beta}

    met = clear(
        debts[np.ix_(order, order)], assets[order], external_liabilities=beyond[order], **words
    )

    expected = clear(debts, assets, external_liabilities=beyond, **words).payments[order]
    assert met.payments == pytest.approx(expected, abs=1e-8)


@given(systems(), shares, shares, st.booleans())
def test_a_batch_gives_what_each_case_gives_alone(system, alpha, beta, least):
    debts, assets, beyond = system
    words = {"external_liabilities": beyond, "alpha": alpha, "beta": beta, "least": least}
    cases = np.where(np.eye(len(assets), dtype=bool), 0.0, assets)

    met = clear(debts, cases, **words)

    for number, case in enumerate(cases):
        alone = clear(debts, case, **words)
        assert met.payments[number] == pytest.approx(alone.payments, abs=1e-8)
        assert (met.has_defaulted[number] == alone.has_defaulted).all()


def test_default_costs_let_two_answers_stand():
    # Each can pay if the other does. If neither does, default costs keep both from it.
    ring = [[0, 10], [10, 0]]

    good = clear(ring, [2, 2], external_liabilities=[1, 1], alpha=0.5, beta=0.5)
    bad = clear(ring, [2, 2], external_liabilities=[1, 1], alpha=0.5, beta=0.5, least=True)

    assert good.payments == pytest.approx([11, 11])
    assert good.equity == pytest.approx([1, 1])
    # Half of its 2, and half of the ten elevenths that the other pays it.
    assert bad.payments == pytest.approx([11 / 6, 11 / 6])
    assert bad.has_defaulted.all()


def test_debts_in_a_ring_that_no_money_enters_are_paid_in_full_or_not_at_all():
    ring = [[0, 10], [10, 0]]

    assert clear(ring, [0, 0]).payments == pytest.approx([10, 10])
    assert clear(ring, [0, 0], least=True).payments == pytest.approx([0, 0])


def test_who_has_just_enough_has_not_defaulted():
    met = clear([[0, 0.3], [0, 0]], [0.1 + 0.2, 0])

    assert met.payments == pytest.approx([0.3, 0])
    assert not met.has_defaulted.any()


def test_one_default_may_bring_the_next():
    met = clear([[0, 10, 0], [0, 0, 10], [0, 0, 0]], [4, 3, 0])

    assert met.payments == pytest.approx([4, 7, 0])
    assert met.has_defaulted.tolist() == [True, True, False]
    assert met.equity == pytest.approx([0, 0, 7])


def test_who_owes_nothing_keeps_all():
    met = clear([[0]], [5])

    assert met.payments.tolist() == [0]
    assert met.equity.tolist() == [5]
    assert not met.has_defaulted.any()


@pytest.mark.parametrize(
    ("words", "message"),
    [
        ({"liabilities": [[0, 1]]}, "wanted one row and column a member"),
        ({"liabilities": [[0, -1], [0, 0]]}, "liability is finite and not negative"),
        ({"liabilities": [[0, np.nan], [0, 0]]}, "liability is finite"),
        ({"liabilities": [[1, 0], [0, 0]]}, "nobody owes itself"),
        ({"external_liabilities": [1]}, r"shape \(1,\); wanted 2"),
        ({"external_liabilities": [1, -1]}, "not negative"),
        ({"external_assets": [1]}, r"assets of shape \(1,\); wanted 2 in each row"),
        ({"external_assets": [1, -1]}, "assets are finite and not negative"),
        ({"external_assets": [1, np.inf]}, "assets are finite"),
        ({"alpha": 1.1}, "met alpha 1.1 and beta 1; wanted shares"),
        ({"beta": -0.1}, "beta -0.1"),
        ({"beta": 1.1}, "beta 1.1"),
    ],
)
def test_debts_that_cannot_be_are_refused(words, message):
    good = {"liabilities": [[0, 1], [0, 0]], "external_assets": [1, 1]}

    with pytest.raises(BadInputError, match=message):
        clear(**{**good, **words})
