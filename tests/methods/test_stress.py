"""Service stress, on markets small enough to follow by hand, and as laws."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from convener.base.errors import BadInputError
from convener.methods.networks.stress import STAYED, service_stress, stops_of, unserved_of

# Kent: A 60, B 40. Essex: A 10, C 90.
TWO_AREAS = np.array([[60, 10], [40, 0], [0, 90]])


def test_spare_places_take_up_what_they_can_in_each_area():
    met = service_stress(TWO_AREAS, 0.1)

    # Without A, Kent has B's 4 and Essex C's 9; without B, A's 6; without C, A's 1.
    assert met.displaced.tolist() == [[60, 10], [40, 0], [0, 90]]
    assert met.absorbed == pytest.approx(np.array([[4, 9], [6, 0], [0, 1]]))
    assert met.unserved == pytest.approx(np.array([[56, 1], [34, 0], [0, 89]]))
    assert met.path.tolist() == [pytest.approx([57, 34, 89])]
    assert list(met.followers) == [0, 0, 0]


def test_those_who_are_pressed_too_hard_stop_in_turn():
    # C stops in Essex: 89 press on A's 10 there, 89 of the 70 that A serves in all. A stops; in
    # Kent then 60 - 4 press on B's 40. B stops; all 200 are unserved.
    met = service_stress(TWO_AREAS, 0.1, [False, False, True], strain=0.5)

    assert met.stopped_in.tolist() == [[1, 2, 0]]
    assert met.path[:, 0] == pytest.approx([89, 156, 200])
    assert list(met.followers) == [2]


def test_rounds_may_be_cut_short():
    words = {"stops": [False, False, True], "strain": 0.5}

    none = service_stress(TWO_AREAS, 0.1, rounds=0, **words)
    one = service_stress(TWO_AREAS, 0.1, rounds=1, **words)

    assert none.unserved.sum() == pytest.approx(89)
    assert one.stopped_in.tolist() == [[1, STAYED, 0]]
    assert one.unserved.sum() == pytest.approx(156)


def test_a_provider_that_bears_just_so_much_goes_on():
    served = [[10], [10]]

    assert service_stress(served, 0.1, strain=0.9).followers.tolist() == [0, 0]
    assert service_stress(served, 0.1, strain=0.89).followers.tolist() == [1, 1]


def test_all_providers_of_an_owner_stop_at_once():
    stops = stops_of(["Acorn", "Birch", "Acorn"])
    served = np.array([[30.0], [50.0], [20.0]])

    met = service_stress(served, 0.2, stops)

    assert stops.tolist() == [[True, False, True], [False, True, False]]
    assert met.displaced[:, 0].tolist() == [50, 50]
    assert met.unserved[:, 0] == pytest.approx([40, 40])
    assert unserved_of(met, served) == pytest.approx(np.array([[24, 0, 16], [0, 40, 0]]))


def test_spare_places_may_lie_where_their_provider_serves_nobody_yet():
    met = service_stress([[10, 0], [0, 10]], [[0, 0], [4, 0]], [True, False])

    assert met.absorbed.tolist() == [[4, 0]]


def test_a_lone_provider_leaves_everyone():
    met = service_stress([[7]], 0.5, strain=0)

    assert met.unserved.tolist() == [[7]]


def test_a_provider_of_nobody_is_missed_by_nobody():
    met = service_stress([[0], [5]], 0.1, strain=0.0)

    assert met.unserved.tolist() == [[0], [5]]
    assert met.stopped_in.tolist() == [[0, STAYED], [STAYED, 0]]


sizes = st.one_of(st.just(0.0), st.floats(0.5, 100.0))


@st.composite
def markets(draw):
    shape = (draw(st.integers(1, 6)), draw(st.integers(1, 4)))
    served = draw(hnp.arrays(float, shape, elements=sizes))
    served[0, 0] += 1
    spare = draw(hnp.arrays(float, shape, elements=sizes)) * 0.3
    stops = draw(hnp.arrays(bool, shape[0]))
    return served, spare, stops


strains = st.sampled_from([0.0, 0.1, 0.5, 2.0, np.inf])


@given(markets(), st.floats(0, 5), strains)
def test_spare_capacity_never_raises_loss(market, more, strain):
    served, spare, stops = market

    met = service_stress(served, spare, stops, strain=strain)
    roomier = service_stress(served, spare * (1 + more) + more, stops, strain=strain)

    assert (roomier.unserved <= met.unserved + 1e-6).all()
    assert (roomier.followers <= met.followers).all()


@given(markets(), st.integers(0, 5), strains)
def test_a_bigger_stop_never_lowers_loss(market, another, strain):
    served, spare, stops = market
    bigger = stops.copy()
    bigger[another % len(stops)] = True

    met = service_stress(served, spare, np.stack([stops, bigger]), strain=strain)

    assert (met.unserved[1] >= met.unserved[0] - 1e-6).all()


@given(markets(), strains, st.floats(0, 3))
def test_bearing_more_never_raises_loss(market, strain, more):
    served, spare, stops = market

    met = service_stress(served, spare, stops, strain=strain)
    tougher = service_stress(served, spare, stops, strain=strain + more)

    assert (tougher.unserved <= met.unserved + 1e-6).all()


@given(markets(), strains, st.integers(0, 99))
def test_new_labels_change_nothing(market, strain, seed):
    served, spare, stops = market
    rng = np.random.default_rng(seed)
    rows, columns = (rng.permutation(size) for size in served.shape)
    square = np.ix_(rows, columns)

    met = service_stress(served[square], spare[square], stops[rows], strain=strain)

    expected = service_stress(served, spare, stops, strain=strain)
    assert met.unserved[0] == pytest.approx(expected.unserved[0][columns], abs=1e-6)
    assert (met.stopped_in[0] == expected.stopped_in[0][rows]).all()


@given(markets(), strains)
def test_everyone_displaced_is_absorbed_or_unserved(market, strain):
    served, spare, stops = market

    met = service_stress(served, spare, stops, strain=strain)

    has_stopped = met.stopped_in[0] != STAYED
    assert met.displaced[0] == pytest.approx(served[has_stopped].sum(axis=0))
    assert (met.absorbed >= 0).all()
    assert (met.absorbed[0] <= spare[~has_stopped].sum(axis=0) + 1e-6).all()
    assert unserved_of(met, served).sum() == pytest.approx(met.unserved.sum())
    assert (np.diff(met.path, axis=0) >= -1e-6).all()


@given(markets(), strains)
def test_a_batch_gives_what_a_plain_walk_of_each_stop_gives(market, strain):
    served, spare, _ = market
    count, areas = served.shape

    met = service_stress(served, spare, strain=strain)

    for first in range(count):
        gone = {first}
        while True:
            unserved, pressure = [0.0] * areas, [0.0] * count
            for area in range(areas):
                left = [one for one in range(count) if one not in gone]
                displaced = sum(served[one, area] for one in gone)
                unserved[area] = max(0.0, displaced - sum(spare[one, area] for one in left))
                staying = sum(served[one, area] for one in left)
                for one in left:
                    if served[one, area]:
                        part = served[one, area] / staying
                        pressure[one] += unserved[area] * part / served[one].sum()
            more = {one for one in range(count) if pressure[one] > strain + 1e-9} - gone
            if not more:
                break
            gone |= more
        assert met.unserved[first] == pytest.approx(unserved, abs=1e-6)


@pytest.mark.parametrize(
    ("words", "message"),
    [
        ({"served": [1, 2]}, "a row a provider, a column an area"),
        ({"served": [[1], [-1]]}, "finite and not negative"),
        ({"served": [[1], [np.nan]]}, "finite and not negative"),
        ({"served": [[0], [0]]}, "nobody is served"),
        ({"spare": [[1]]}, r"spare of shape \(1, 1\); wanted one share, or \(2, 1\)"),
        ({"spare": -0.1}, "spare capacity is finite and not negative"),
        ({"spare": np.inf}, "spare capacity is finite"),
        ({"stops": [True]}, "wanted 2 yes or no"),
        ({"stops": [1, 0]}, "stops of int64"),
        ({"strain": -1.0}, "strain -1"),
        ({"strain": np.nan}, "strain nan"),
        ({"rounds": -1}, "rounds -1"),
    ],
)
def test_markets_that_cannot_be_are_refused(words, message):
    with pytest.raises(BadInputError, match=message):
        service_stress(**{"served": [[1], [1]], "spare": 0.1, **words})


def test_people_of_another_market_are_refused():
    met = service_stress([[1], [1]], 0.1)

    with pytest.raises(BadInputError, match=r"served of shape \(1, 1\); wanted \(2, 1\)"):
        unserved_of(met, [[1]])


def test_owners_are_one_a_provider():
    with pytest.raises(BadInputError, match="one a provider"):
        stops_of([["a"]])
