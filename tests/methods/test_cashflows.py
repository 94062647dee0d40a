"""Present values and rates of return, against published examples, a peer, and as laws."""

from __future__ import annotations

import csv
import json
from datetime import date, timedelta

import numpy as np
import pytest
import pyxirr
from hypothesis import assume, given
from hypothesis import strategies as st

from convener.base.errors import BadInputError, NoSolutionError
from convener.methods.money.cashflows import (
    RateNotUniqueError,
    funding_need,
    irr,
    mirr,
    multiple,
    npv,
    payback,
    xirr,
    xnpv,
)

TOLERANCE = 1e-8
PRINTED = 5.1e-7  # amounts that the oracle prints to six places

amounts = st.floats(-1e6, 1e6).filter(lambda amount: amount == 0 or abs(amount) > 0.01)
days = st.dates(date(2000, 1, 1), date(2040, 1, 1))


@pytest.fixture(scope="module")
def oracle(shared):
    return json.loads((shared / "oracles" / "finance.json").read_text(encoding="utf-8"))


def dated(case):
    return [amount for _, amount in case["flows"]], [
        date.fromisoformat(on) for on, _ in case["flows"]
    ]


@pytest.mark.parametrize("name", ["xirr_excel", "unordered_dates", "synthetic_bond"])
def test_the_oracles_dated_rates_come_out(oracle, name):
    met = xirr(*dated(oracle[name]))

    assert met.found == "one"
    assert met.rate == pytest.approx(oracle[name]["xirr"], abs=TOLERANCE)


@pytest.mark.parametrize(
    ("name", "key", "rate"),
    [
        ("xirr_excel", "xnpv_9pct", 0.09),
        ("unordered_dates", "xnpv_10pct", 0.10),
        ("synthetic_bond", "xnpv_3_5pct", 0.035),
    ],
)
def test_the_oracles_dated_values_come_out(oracle, name, key, rate):
    assert xnpv(rate, *dated(oracle[name])) == pytest.approx(oracle[name][key], abs=PRINTED)


def test_the_oracles_yearly_figures_come_out(oracle):
    case = oracle["irr_excel"]
    assert irr(case["flows"][:5]).rate == pytest.approx(case["irr_4_years"], abs=TOLERANCE)
    assert irr(case["flows"]).rate == pytest.approx(case["irr_5_years"], abs=TOLERANCE)
    case = oracle["npv_excel"]
    met = npv(case["rate"], case["flows_from_year_1"], first_year=1)
    assert met == pytest.approx(case["npv"], abs=1e-7)
    case = oracle["mirr_excel"]
    met = mirr(case["flows"], finance=case["finance"], reinvest=case["reinvest"])
    assert met == pytest.approx(case["mirr"], abs=TOLERANCE)


def test_flows_without_a_real_rate_are_said_to_have_none(oracle):
    met = irr(oracle["no_real_root"]["flows"])

    assert oracle["no_real_root"]["irr"] is None
    assert (met.found, met.rates, met.sign_changes) == ("none", (), 2)


def test_the_bonds_multiple_comes_out(oracle):
    case = oracle["synthetic_bond"]

    assert multiple(dated(case)[0]) == pytest.approx(case["multiple"], abs=TOLERANCE)


def test_a_thousand_dated_flows_have_the_rate_that_other_programs_find(shared):
    with (shared / "oracles" / "data_flows_single_redemption.csv").open(encoding="utf-8") as file:
        rows = [
            (float(row["amount"]), date.fromisoformat(row["date"])) for row in csv.DictReader(file)
        ]

    met = xirr(*zip(*rows, strict=True))

    # The public xirr package for Rust prints 0.1361695793742 in its tests of this file.
    assert met.rate == pytest.approx(0.1361695793742, abs=1e-10)
    assert xnpv(met.rate, *zip(*rows, strict=True)) == pytest.approx(0, abs=1e-3)


# Multiplied out from the rates: the product of (x - 1 - rate), with x one plus the rate.
@pytest.mark.parametrize(
    ("flows", "rates"),
    [
        ([-100, 230, -132], (0.1, 0.2)),
        ([-1000, 2500, -1540], (0.1, 0.4)),
        ([-1000, 2200, -1210], (0.1,)),
        ([-1, 3.6, -4.31, 1.716], (0.1, 0.2, 0.3)),
    ],
)
def test_every_rate_is_given_where_there_are_several(flows, rates):
    met = irr(flows)

    assert met.rates == pytest.approx(rates, abs=1e-7)
    assert met.found == ("several" if len(rates) > 1 else "one")


def test_a_rate_that_is_not_unique_is_not_given_as_one():
    with pytest.raises(RateNotUniqueError, match=r"not unique: 10\.0000%, 20\.0000%"):
        _ = irr([-100, 230, -132]).rate
    with pytest.raises(RateNotUniqueError, match="no rate makes them worth 0"):
        _ = irr([-1000, 2500, -1600]).rate
    with pytest.raises(RateNotUniqueError, match="all flows go one way"):
        _ = irr([-1000, -1]).rate


@pytest.mark.parametrize("flows", [[], [0, 0], [5], [-1, -2, 0]])
def test_flows_of_one_way_have_no_rate(flows):
    assert irr(flows).found == "none"
    assert irr(flows).sign_changes == 0


def test_a_rate_below_zero_down_to_minus_one_counts():
    assert irr([-100, 1e-6]).rate == pytest.approx(-1, abs=1e-7)
    assert irr([-100, 50]).rate == pytest.approx(-0.5)


def test_nearly_all_lost_within_a_day_is_a_rate_of_minus_one():
    met = xirr([-100, 50], [date(2020, 1, 1), date(2020, 1, 2)])

    assert (met.found, met.rate) == ("one", -1)


def test_a_rate_of_the_peer_below_minus_one_is_not_taken(monkeypatch):
    """At -130% those flows are worth nothing too: 20 / -0.3 + 15 / 0.09 is 100."""
    monkeypatch.setattr("convener.methods.money.cashflows.pyxirr.irr", lambda _: -1.3)

    assert irr([-100, 20, 15]).rate == pytest.approx(-0.5)


def test_nothing_in_the_first_years_changes_no_rate():
    assert irr([0, 0, -100, 110]).rate == pytest.approx(0.1)


def test_a_rate_too_large_to_write_is_refused():
    with pytest.raises(NoSolutionError, match="too large to write"):
        xirr([-1, 10], [date(2020, 1, 1), date(2020, 1, 2)])


@given(st.lists(amounts, min_size=1, max_size=15))
def test_flows_are_worth_nothing_at_each_rate(flows):
    for rate in irr(flows).rates:
        assume(-0.999 < rate < 1e6)
        size = npv(rate, np.abs(flows))
        assert npv(rate, flows) == pytest.approx(0, abs=1e-9 * size)


@given(st.lists(st.tuples(amounts, days), min_size=2, max_size=15))
def test_the_order_of_dated_flows_changes_nothing(rows):
    flows, dates = zip(*rows, strict=True)
    backwards = xirr(flows[::-1], dates[::-1]) if _is_writable(flows, dates) else None

    if backwards is not None:
        assert backwards.rates == pytest.approx(xirr(flows, dates).rates, rel=1e-9, abs=1e-9)


def _is_writable(flows, dates):
    try:
        xirr(flows, dates)
    except NoSolutionError:
        return False
    return True


@given(
    st.lists(st.floats(1, 1e6), min_size=1, max_size=8),
    st.lists(st.floats(1, 1e6), min_size=1, max_size=8),
)
def test_money_in_before_money_out_has_one_rate_as_the_peer_finds_it(put_in, out):
    flows = [*(-amount for amount in put_in), *out]
    peer = pyxirr.irr(flows)
    assume(peer is not None and -0.99 < peer < 100)

    met = irr(flows)

    assert met.found == "one"
    assert met.rate == pytest.approx(peer, abs=1e-6)


@given(st.lists(amounts, min_size=1, max_size=10), st.floats(-0.5, 2))
def test_yearly_dates_are_worth_what_years_are(flows, rate):
    dates = [date(2000, 1, 1) + timedelta(days=365 * year) for year in range(len(flows))]
    assert xnpv(rate, flows, dates) == pytest.approx(npv(rate, flows), rel=1e-9, abs=1e-3)


def test_dated_flows_are_valued_on_the_earliest_day_whatever_the_order():
    dates = [date(2021, 1, 1), date(2020, 1, 2)]

    assert xnpv(0.1, [110, -100], dates) == pytest.approx(0)


def test_no_flows_are_worth_nothing():
    assert npv(0.1, []) == 0
    assert xnpv(0.1, [], []) == 0
    assert xirr([], []).found == "none"


def test_flows_of_one_day_are_netted():
    when = [date(2020, 1, 1), date(2020, 1, 1), date(2020, 12, 31)]

    assert xirr([-150, 50, 110], when).rate == pytest.approx(0.1)
    assert xirr([-150, 50, 110], when).sign_changes == 1


def test_a_modified_rate_is_one_where_the_internal_rate_is_not():
    assert mirr([-100, 230, -132], finance=0.1, reinvest=0.1) == pytest.approx(0.1)
    # 230 grows at 12% for a year; 132 costs 132 / 1.05 ** 2 today.
    expected = np.sqrt(230 * 1.12 / (100 + 132 / 1.05**2)) - 1
    assert mirr([-100, 230, -132], finance=0.05, reinvest=0.12) == pytest.approx(expected)


def test_flows_below_a_pound_are_flows():
    assert mirr([-0.5, 0.55], finance=0, reinvest=0) == pytest.approx(0.1)
    assert multiple([-0.5, 0.55]) == pytest.approx(1.1)
    assert multiple([-0.5, 0, -0.5, 0.55]) == pytest.approx(0.55)


@pytest.mark.parametrize("name", ["xirr_excel", "unordered_dates", "synthetic_bond"])
def test_where_signs_change_once_the_peer_is_asked_and_agrees(oracle, name, monkeypatch):
    quick = xirr(*dated(oracle[name])).rate
    asked = []
    monkeypatch.setattr(
        "convener.methods.money.cashflows.pyxirr.xirr", lambda *given: asked.append(given) or None
    )

    slow = xirr(*dated(oracle[name])).rate

    assert len(asked) == 1
    assert slow == pytest.approx(quick, rel=1e-12)


@pytest.mark.parametrize("wrong", [0.5, -1.5, float("inf"), float("nan")])
def test_a_rate_of_the_peer_that_leaves_money_over_is_not_taken(monkeypatch, wrong):
    monkeypatch.setattr("convener.methods.money.cashflows.pyxirr.irr", lambda _: wrong)

    assert irr([-100, 110]).rate == pytest.approx(0.1)


def test_a_rate_of_the_peer_that_leaves_nothing_over_is_taken(monkeypatch):
    monkeypatch.setattr("convener.methods.money.cashflows.ExponentialSum.of", None)

    assert irr([-100, 0, 121]).rate == pytest.approx(0.1)
    dates = [date(2020, 1, 1), date(2020, 12, 31), date(2022, 12, 31)]
    assert xirr([-100, 0, 133.1], dates).rate == pytest.approx(0.1, abs=1e-3)


@pytest.mark.parametrize("flows", [[1, 2], [-1, -2], [-1, 0], [0, 1], []])
def test_flows_of_one_way_have_no_modified_rate(flows):
    with pytest.raises(RateNotUniqueError, match="one way"):
        mirr(flows, finance=0.1, reinvest=0.1)


@pytest.mark.parametrize("rate", [-1, -2, float("nan"), float("inf")])
def test_a_rate_that_is_none_is_refused(rate):
    with pytest.raises(BadInputError, match="above -1"):
        npv(rate, [1, 2])
    with pytest.raises(BadInputError, match="above -1"):
        xnpv(rate, [1], [date(2020, 1, 1)])
    with pytest.raises(BadInputError, match="above -1"):
        mirr([-1, 2], finance=rate, reinvest=0)


def test_amounts_without_dates_and_tables_are_refused():
    with pytest.raises(BadInputError, match="2 amounts and 1 dates"):
        xirr([1, 2], [date(2020, 1, 1)])
    with pytest.raises(BadInputError, match="one row"):
        irr([[1, 2], [3, 4]])
    with pytest.raises(BadInputError, match="missing"):
        irr([1, float("nan")])


def test_a_multiple_of_nothing_is_refused():
    with pytest.raises(BadInputError, match="nothing is put in"):
        multiple([1, 2])
    assert multiple([-1, -1]) == 0


@pytest.mark.parametrize(
    ("flows", "year"),
    [
        ([-100, 60, 60], 2),
        ([-100, 100], 1),
        ([-100, 60], None),
        ([10, -50, 60], 2),
        ([10, -50, 20], None),
        ([10, 20], 0),
        ([], None),
    ],
)
def test_money_is_back_when_it_stays_back(flows, year):
    assert payback(flows) == year


def test_funding_is_put_in_as_late_and_as_little_as_possible():
    assert funding_need([-60, -40, 30, -50, 200]).tolist() == [60, 40, 0, 20, 0]
    assert funding_need([[5, -3], [-5, 3]]).tolist() == [[0, 0], [5, 0]]


@given(st.lists(amounts, min_size=1, max_size=20))
def test_funding_keeps_cash_in_hand_and_not_a_pound_more(flows):
    need = funding_need(flows)

    balance = np.cumsum(np.array(flows) + need)
    assert (need >= 0).all()
    assert balance.min() >= -1e-6
    assert need.sum() == pytest.approx(max(0.0, -np.cumsum(flows).min()))
