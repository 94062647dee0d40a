"""Wilson's interval, against printed values and as laws."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from convener.base.errors import BadInputError
from convener.methods.intervals import wilson_interval


@pytest.mark.parametrize(
    ("events", "trials", "low", "high"),
    # Newcombe (1998), Statistics in Medicine 17, table I, method 3.
    [
        (81, 263, 0.2553, 0.3662),
        (15, 148, 0.0624, 0.1605),
        (0, 20, 0, 0.1611),
        (1, 29, 0.0061, 0.1718),
    ],
)
def test_printed_intervals_come_out(events, trials, low, high):
    met = wilson_interval(events, trials)

    assert met == pytest.approx((low, high), abs=5e-5)


@given(st.integers(1, 5000).flatmap(lambda n: st.tuples(st.integers(0, n), st.just(n))))
def test_the_interval_holds_the_proportion_and_mirrors(pair):
    events, trials = pair
    low, high = wilson_interval(events, trials)

    assert 0 <= low <= events / trials <= high <= 1
    mirrored = wilson_interval(trials - events, trials)
    assert mirrored == pytest.approx((1 - high, 1 - low), abs=1e-12)


def test_an_interval_so_near_to_all_that_it_rounds_above_is_held_at_all():
    assert wilson_interval(10**15 - 1, 10**15, z=10)[1] == 1


@pytest.mark.parametrize(("events", "trials"), [(0, 0), (3, 2), (-1, 5)])
def test_what_cannot_be_counted_is_refused(events, trials):
    with pytest.raises(BadInputError, match="wanted"):
        wilson_interval(events, trials)


@pytest.mark.parametrize("z", [0.0, -1.0])
def test_a_width_that_is_none_is_refused(z):
    with pytest.raises(BadInputError, match="wanted"):
        wilson_interval(1, 2, z=z)


def test_a_narrow_interval_is_allowed():
    low, high = wilson_interval(50, 100, z=0.5)

    assert (low, high) == pytest.approx((0.4751, 0.5249), abs=5e-4)
