"""People to places, against Gale and Shapley's example, brute force, and as laws."""

from __future__ import annotations

import re
from itertools import permutations, product
from pathlib import Path

import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from convener.base.errors import BadInputError
from convener.methods.places.matching import (
    blocking_pairs,
    deferred_acceptance,
    draw_lots,
    strict_choices,
)

PAGE = Path(__file__).resolve().parents[2] / "docs" / "explanation" / "methods" / "matching.md"


def _padded(lists):
    longest = max(map(len, lists), default=0)
    table = [[*one, *[-1] * (longest - len(one))] for one in lists]
    return np.array(table, dtype=np.int64).reshape(len(lists), longest)


@st.composite
def markets(draw, most_people=5, most_places=3):
    """Draw a small market: lists of any length, classes with ties, and places that refuse."""
    people = draw(st.integers(0, most_people))
    places = draw(st.integers(1, most_places))
    order = st.permutations(range(places))
    lists = [draw(order)[: draw(st.integers(0, places))] for _ in range(people)]
    choices = _padded(lists)
    classes = draw(
        st.lists(st.integers(-1, 2), min_size=choices.size, max_size=choices.size).map(
            lambda flat: np.array(flat, dtype=np.int64).reshape(choices.shape)
        )
    )
    capacities = draw(st.lists(st.integers(0, 3), min_size=places, max_size=places))
    lots = draw(st.permutations(range(people)))
    return choices, capacities, np.array(lots, dtype=np.int64), classes


def _terms(market):
    """Return, for each person, the place and the line number there of each wish that counts."""
    choices, _, lots, classes = market
    return [
        {
            int(place): (wish, (int(classes[person, wish]), int(lots[person])))
            for wish, place in enumerate(choices[person])
            if place >= 0 and classes[person, wish] >= 0
        }
        for person in range(len(choices))
    ]


def _upsets(place_of, terms, capacities):
    """Find blocking pairs as the definition reads, one person and one place at a time."""
    found = set()
    for person, wishes in enumerate(terms):
        here = place_of[person]
        own = wishes[here][0] if here >= 0 else len(terms) + 99
        for place, (wish, line) in wishes.items():
            there = [other for other, given in enumerate(place_of) if given == place]
            has_room = len(there) < capacities[place]
            displaces = any(line < terms[other][place][1] for other in there)
            if wish < own and (has_room or displaces):
                found.add((person, place))
    return found


def _feasible(terms, capacities):
    for place_of in product(*[[-1, *wishes] for wishes in terms]):
        if all(place_of.count(place) <= room for place, room in enumerate(capacities)):
            yield place_of


def _match(market):
    choices, capacities, lots, classes = market
    return deferred_acceptance(choices, capacities, lots=lots, priorities=classes)


def test_the_example_of_gale_and_shapley_comes_out():
    # Gale and Shapley (1962), example 2: four of each, and one stable match only, in which no
    # man has his first choice: A-c, B-d, C-a, D-b.
    men = [[0, 1, 2, 3], [0, 3, 2, 1], [1, 0, 2, 3], [3, 1, 2, 0]]
    women = [[3, 2, 0, 1], [1, 3, 0, 2], [3, 0, 1, 2], [2, 1, 0, 3]]
    ranks = [[women[woman].index(man) for woman in men[man]] for man in range(4)]

    met = deferred_acceptance(men, [1] * 4, lots=range(4), priorities=ranks)

    assert met.place_of.tolist() == [2, 3, 0, 1]
    assert met.wish_of.tolist() == [2, 1, 1, 1]


def test_the_lot_decides_between_people_whom_a_place_holds_equal():
    choices = [[0], [0], [0]]

    met = deferred_acceptance(choices, [2], lots=[1, 2, 0])

    assert met.place_of.tolist() == [0, -1, 0]
    assert met.unplaced.tolist() == [1]


def test_a_class_goes_before_a_lot():
    met = deferred_acceptance([[0], [0]], [1], lots=[0, 1], priorities=[[1], [0]])

    assert met.place_of.tolist() == [-1, 0]


def test_a_place_that_does_not_take_a_person_stays_empty():
    met = deferred_acceptance(
        [[0, 1], [0, -1]], [1, 1], lots=[0, 1], priorities=[[-1, 3], [-2, 0]]
    )

    assert met.place_of.tolist() == [1, -1]
    assert met.wish_of.tolist() == [1, -1]


def test_every_proposal_is_counted():
    met = deferred_acceptance([[0, 1], [0, -1], [0, 1]], [1, 1], lots=[2, 0, 1])

    assert met.place_of.tolist() == [-1, 0, 1]
    assert met.proposal_count == 5


def test_nobody_and_nowhere_are_matched_to_nothing():
    empty = np.empty((0, 3), dtype=np.int64)

    assert deferred_acceptance(empty, [1, 2], lots=[]).place_of.size == 0
    assert deferred_acceptance(np.empty((2, 0)), [], lots=[1, 0]).unplaced.tolist() == [0, 1]
    assert blocking_pairs(empty, [1], [], lots=[]).shape == (0, 2)
    assert blocking_pairs(np.empty((2, 0)), [], [-1, -1], lots=[1, 0]).shape == (0, 2)


@given(markets())
def test_no_person_and_place_would_both_rather(market):
    met = _match(market)

    assert not _upsets(met.place_of.tolist(), _terms(market), market[1])


@settings(max_examples=60)
@given(markets())
def test_nobody_does_better_in_any_stable_match(market):
    terms, capacities = _terms(market), market[1]
    met = _match(market)

    for other in _feasible(terms, capacities):
        if _upsets(other, terms, capacities):
            continue
        for person, wishes in enumerate(terms):
            mine, theirs = met.place_of[person], other[person]
            # The same people are placed in every stable match (Roth 1984).
            assert (mine == -1) == (theirs == -1)
            assert mine == -1 or wishes[mine][0] <= wishes[theirs][0]


@settings(max_examples=60)
@given(markets(), st.data())
def test_blocking_pairs_are_those_of_the_definition(market, data):
    choices, capacities, lots, classes = market
    terms = _terms(market)
    place_of = data.draw(st.sampled_from(list(_feasible(terms, capacities))))

    met = blocking_pairs(choices, capacities, place_of, lots=lots, priorities=classes)

    assert {tuple(pair) for pair in met.tolist()} == _upsets(place_of, terms, capacities)
    assert len(met) == len(_upsets(place_of, terms, capacities))


@settings(max_examples=40)
@given(markets(most_people=4))
def test_nobody_gains_by_another_list(market):
    choices, capacities, lots, classes = market
    assume(len(choices) > 0)
    place_class = {
        int(place): int(classes[0, wish]) for wish, place in enumerate(choices[0]) if place >= 0
    }
    truth = [place for place in choices[0].tolist() if place >= 0]
    honest = _match(market).wish_of[0]
    honest = len(truth) if honest < 0 else honest

    for size in range(len(truth) + 1):
        for lie in permutations(truth, size):
            told, line = choices.copy(), classes.copy()
            told[0] = -1
            told[0, :size] = lie
            line[0, :size] = [place_class[place] for place in lie]
            place = deferred_acceptance(told, capacities, lots=lots, priorities=line).place_of[0]
            assert place < 0 or truth.index(place) >= honest


@settings(max_examples=25)
@given(st.integers(1, 2**32), st.integers(1, 120), st.integers(1, 9))
def test_large_matches_are_stable_too(seed, people, places):
    rng = np.random.default_rng(seed)
    choices = strict_choices(rng.integers(0, 4, (people, places)), rng)
    capacities = rng.integers(0, 1 + 2 * people // places, places)
    classes = rng.integers(-1, 3, choices.shape)
    lots = draw_lots(people, rng)

    met = deferred_acceptance(choices, capacities, lots=lots, priorities=classes)

    terms = _terms((choices, capacities, lots, classes))
    assert not _upsets(met.place_of.tolist(), terms, capacities)
    found = blocking_pairs(choices, capacities, met.place_of, lots=lots, priorities=classes)
    assert not found.size


@given(markets(), st.randoms())
def test_the_order_in_which_people_are_read_changes_nothing(market, random):
    choices, capacities, lots, classes = market
    order = list(range(len(choices)))
    random.shuffle(order)

    met = _match((choices[order], capacities, lots[order], classes[order]))

    assert met.place_of.tolist() == _match(market).place_of[order].tolist()


@given(markets())
def test_one_more_place_harms_nobody(market):
    choices, capacities, lots, classes = market
    before = _match(market).wish_of
    more = [capacities[0] + 1, *capacities[1:]]

    after = _match((choices, more, lots, classes)).wish_of

    worst = choices.shape[1]
    assert (np.where(after < 0, worst, after) <= np.where(before < 0, worst, before)).all()


def test_the_same_seed_draws_the_same_lots():
    lots = draw_lots(50, np.random.default_rng(4))

    assert lots.tolist() == draw_lots(50, np.random.default_rng(4)).tolist()
    assert lots.tolist() != draw_lots(50, np.random.default_rng(5)).tolist()
    assert sorted(lots) == list(range(50))
    assert draw_lots(0, np.random.default_rng(4)).size == 0


def test_equal_wishes_are_put_in_order_by_a_draw():
    ranks = [[2, 1, 2, 0], [0, 0, 7, 0], [0, 0, 0, 0]]

    seen = {
        tuple(map(tuple, strict_choices(ranks, np.random.default_rng(seed)).tolist()))
        for seed in range(40)
    }

    rest = ((2, -1, -1), (-1, -1, -1))
    assert seen == {((1, 0, 2), *rest), ((1, 2, 0), *rest)}


def test_each_order_of_equal_wishes_is_as_likely():
    rng = np.random.default_rng(11)

    met = strict_choices(np.ones((30_000, 3), dtype=np.int64), rng)

    counts = [int((met == order).all(axis=1).sum()) for order in permutations(range(3))]
    assert sum((count - 5000) ** 2 / 5000 for count in counts) < 20.5  # chi-squared(5), 0.999


def test_no_wishes_are_no_lists():
    rng = np.random.default_rng(1)

    assert strict_choices(np.zeros((2, 3), dtype=np.int64), rng).shape == (2, 0)
    assert strict_choices(np.empty((0, 3)), rng).shape == (0, 0)


@pytest.mark.parametrize(
    ("changed", "message"),
    [
        ({"choices": [0, 1]}, "choices are a table of whole numbers, not 1-dimensional int64"),
        ({"choices": [[0.5]]}, "choices are a table of whole numbers, not 2-dimensional float64"),
        ({"choices": [[2, -1], [0, 1]]}, "met place 2; wanted 0 to 1, or -1 after"),
        ({"choices": [[-2, -1], [0, 1]]}, "met place -2; wanted 0 to 1"),
        ({"choices": [[0, 1], [-1, 1]]}, "the list of person 1 goes on after its end"),
        ({"choices": [[0, 1], [1, 1]]}, "person 1 lists a place twice"),
        ({"choices": [[0, 1, -1], [0, -1, 1]]}, "the list of person 1 goes on after its end"),
        ({"choices": [[0, 1, -1], [1, 0, 1]]}, "person 1 lists a place twice"),
        ({"capacities": [[1, 1]]}, "capacities are a list of whole numbers"),
        ({"capacities": [1, -1]}, "met a capacity of -1; wanted none or more"),
        ({"lots": [0, 0]}, "lots are 0 to 1, each once, one for each person"),
        ({"lots": [0]}, "lots are 0 to 1"),
        ({"lots": [1, 2]}, "lots are 0 to 1"),
        ({"lots": [0.0, 1.0]}, "lots are a list of whole numbers"),
        ({"priorities": [[0], [0]]}, "priorities are (2, 1); wanted (2, 2), one for each wish"),
        ({"priorities": [0, 0]}, "priorities are a table of whole numbers"),
        ({"priorities": [[0, np.nan], [0, 0]]}, "priorities are a table of whole numbers"),
        (
            {"priorities": [[2**62, 0], [0, 0]]},
            "met the class 4611686018427387904; wanted classes",
        ),
    ],
)
def test_what_cannot_be_matched_is_refused(changed, message):
    asked = {"choices": [[0, 1], [1, 0]], "capacities": [1, 1], "lots": [0, 1]} | changed

    with pytest.raises(BadInputError, match=re.escape(message)):
        deferred_acceptance(**asked)


@pytest.mark.parametrize(
    ("place_of", "message"),
    [
        ([0, 0], "place 0 was given 2 people; it can take 1"),
        ([2, -1], "person 0 was given place 2, which they did not list"),
        ([1, -1], "person 0 was given place 1, which they did not list or which does not take"),
        ([0], "met 1 places given; wanted one for each person"),
        ([0.0, 1.0], "places given are a list of whole numbers"),
        ([-2, 0], "person 0 was given place -2"),
    ],
)
def test_a_match_that_could_not_be_is_refused(place_of, message):
    with pytest.raises(BadInputError, match=re.escape(message)):
        blocking_pairs(
            [[0, 1], [1, 0]], [1, 1], place_of, lots=[0, 1], priorities=[[0, -1], [0, 0]]
        )


def test_the_place_with_too_many_is_named():
    with pytest.raises(BadInputError, match="place 1 was given 2 people; it can take 1"):
        blocking_pairs([[0], [1], [1]], [1, 1], [0, 1, 1], lots=[0, 1, 2])


def test_classes_up_to_the_largest_that_can_be_counted_are_told_apart():
    top = np.iinfo(np.int64).max // 4

    met = deferred_acceptance([[0], [0]], [1], lots=[0, 1], priorities=[[top], [top - 1]])

    assert met.place_of.tolist() == [-1, 0]


def test_fewer_than_nobody_cannot_draw():
    with pytest.raises(BadInputError, match="met -1 people; wanted none or more"):
        draw_lots(-1, np.random.default_rng(1))


def test_a_rank_below_none_is_refused():
    with pytest.raises(BadInputError, match=re.escape("met the rank -1; wanted 1, 2")):
        strict_choices([[1, -1]], np.random.default_rng(1))
    with pytest.raises(BadInputError, match="ranks are a table"):
        strict_choices([1, 2], np.random.default_rng(1))


def test_an_unstable_match_names_who_would_move():
    # Person 1 goes first at place 0 and would rather be there; person 0 was put there.
    met = blocking_pairs([[0, 1], [0, 1]], [1, 1], [0, 1], lots=[1, 0])

    assert met.tolist() == [[1, 0]]


def test_a_stable_match_is_the_only_one_that_a_search_may_find():
    choices, capacities, lots = [[0, 1], [1, 0]], [1, 1], [0, 1]

    stable = [
        pair
        for pair in product([-1, 0, 1], repeat=2)
        if all(pair.count(place) <= 1 for place in (0, 1))
        and not blocking_pairs(choices, capacities, pair, lots=lots).size
    ]

    assert stable == [(0, 1)]


def test_the_page_tells_the_match_that_comes_out():
    text = PAGE.read_text(encoding="utf-8")
    table = re.findall(r"^\| (\w+) \| (\d) \| ([\w, ]+) \| (\w+|no place) \|$", text, re.MULTILINE)
    places = ["Elm", "Oak", "Ash"]
    choices = _padded(
        [[places.index(name) for name in wanted.split(", ")] for _, _, wanted, _ in table]
    )
    near = {("Bo", "Elm"), ("Cy", "Oak")}
    classes = [
        [0 if (name, places[place]) in near else 1 for place in row]
        for (name, *_), row in zip(table, choices, strict=True)
    ]
    lots = [int(lot) for _, lot, _, _ in table]

    met = deferred_acceptance(choices, [1, 2, 1], lots=lots, priorities=classes)

    told = [places.index(given) if given in places else -1 for *_, given in table]
    assert len(told) == 5
    assert met.place_of.tolist() == told
    assert f"{met.proposal_count} proposals" in text
