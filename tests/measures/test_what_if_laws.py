"""What if: what holds of any market and any steps."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from convener.base.kinds import Kind
from convener.measures.what_if.figures import DENSE, figures_of, grouped, local_of
from convener.measures.what_if.holdings import (
    NOBODY,
    TEN_THOUSANDTHS,
    Holder,
    Holdings,
    Sort,
)
from convener.measures.what_if.steps import (
    LOTS,
    NEW_KINDS,
    Move,
    MovePart,
    NewHolder,
    Part,
    Split,
    StepError,
    Stop,
    Thing,
)
from convener.measures.what_if.trying import Taken, try_steps
from convener.methods import concentration
from convener.methods.networks.stress import service_stress
from tried_markets import SPARE, close, told

SORTS = (
    Sort(Kind.PRIVATE, "", "no"),
    Sort(Kind.CHARITY, "sme", "yes"),
    Sort(Kind.UNKNOWN, "", ""),
)


@st.composite
def markets(draw, *, least=2):
    """Draw holdings: a row a thing, of five providers in three places."""
    count = draw(st.integers(least, 25))
    ints = st.integers
    rows = draw(
        st.lists(st.tuples(ints(0, 4), ints(0, 2), ints(1, 10**6)), min_size=count, max_size=count)
    )
    holder, place, amount = (
        np.array(column, dtype=np.int64) for column in zip(*rows, strict=True)
    )
    return Holdings(
        basis="provision",
        holder=holder,
        place=place,
        sort=holder % len(SORTS),
        thing=np.arange(count, dtype=np.uint64),
        amount=amount * TEN_THOUSANDTHS,
        has_amount=np.ones(count, dtype=np.bool_),
        is_valued=np.ones(count, dtype=np.bool_),
        items=np.ones(count),
        holders=tuple(Holder(str(at), f"Owner {at}", at) for at in range(5)),
        places=("North", "South", "unknown"),
        sorts=SORTS,
    )


def find(thing):
    return np.array([int(thing.number)], dtype=np.uint64)


def after(holdings, *steps, spare=SPARE):
    return try_steps(holdings, steps, find=find, spare=spare)


@given(markets())
def test_sizes_by_holder_give_the_indices_of_the_literature(holdings):
    figures = figures_of(holdings, spare=SPARE)

    sizes = np.bincount(holdings.holder, holdings.amount)
    sizes = sizes[sizes > 0]
    assert figures.hhi == close(concentration.hhi(sizes, rest="scale"))
    assert figures.largest == close(concentration.concentration_ratio(sizes, 1, rest="scale"))


@given(markets(), st.sampled_from([0.0, 0.05, 0.1, 0.5, 1.0]))
def test_what_is_left_unserved_is_what_the_method_of_stress_says(holdings, spare):
    served = np.zeros((5, 3))
    np.add.at(served, (holdings.holder, holdings.place), holdings.amount)
    served = served[served.any(axis=1)]

    figures = figures_of(holdings, spare=spare)

    unserved = service_stress(served, spare).unserved.sum(axis=1)
    assert figures.left_over == close(unserved.max() / served.sum())


@given(markets(), st.sampled_from([0.0, 0.1, 0.4]))
def test_stopping_the_hardest_to_replace_leaves_what_n_minus_1_said(holdings, spare):
    before = figures_of(holdings, spare=spare)

    [taken] = after(holdings, Stop(str(before.hardest)), spare=spare).taken

    assert taken.left_over / before.total == close(before.left_over)


@given(markets(), st.integers(0, 4), st.floats(0, 1), st.floats(0, 1))
def test_more_spare_capacity_never_leaves_more_unserved(holdings, who, one, other):
    less, more = sorted((one, other))
    if not (holdings.holder == who).any():
        return

    left = [
        after(holdings, Stop(str(who)), spare=spare).taken[0].left_over for spare in (less, more)
    ]

    assert left[1] <= left[0] + 1e-6


@given(markets(), st.integers(0, 4))
def test_what_stops_is_taken_up_or_left_and_nothing_else_is_lost(holdings, who):
    if not (holdings.holder == who).any():
        return

    found = after(holdings, Stop(str(who)))

    [taken] = found.taken
    lost = (holdings.amount.sum() - found.holdings.amount.sum()) / TEN_THOUSANDTHS
    assert lost == pytest.approx(taken.left_over, abs=0.01)
    assert not (found.holdings.holder == who).any()


@given(markets(), st.data(), st.sampled_from(NEW_KINDS))
def test_a_move_loses_nothing_and_there_and_back_is_where_one_began(holdings, data, kind):
    at = data.draw(st.integers(0, len(holdings) - 1))
    thing, home = Thing("", str(at)), str(holdings.holder[at])
    if (holdings.holder == int(home)).sum() == 1:
        return  # one who has nothing left cannot be given anything

    away = after(holdings, Move(thing, NewHolder(kind)))
    back = after(holdings, Move(thing, NewHolder(kind)), Move(thing, home))

    assert away.holdings.amount.sum() == holdings.amount.sum()
    assert away.holdings.places == holdings.places
    assert told(figures_of(back.holdings, spare=SPARE)) == close(
        told(figures_of(holdings, spare=SPARE))
    )


@given(markets(), st.data(), st.sampled_from([LOTS[0], 3, 7, LOTS[-1]]))
def test_a_split_loses_nothing_and_never_raises_concentration(holdings, data, lots):
    at = data.draw(st.integers(0, len(holdings) - 1))

    found = after(holdings, Split(Thing("", str(at)), lots))

    assert found.holdings.amount.sum() == holdings.amount.sum()
    before, now = (figures_of(each, spare=SPARE) for each in (holdings, found.holdings))
    assert now.hhi <= before.hhi * (1 + 1e-9)
    assert now.largest <= before.largest + 1e-9
    assert {kind: share.value for kind, share in now.mix.items()} == close(
        {kind: share.value for kind, share in before.mix.items()}
    )


@given(markets(), st.integers(0, 4), st.floats(0.01, 1))
def test_a_part_to_a_new_provider_is_the_part_that_was_asked_for(holdings, who, share):
    if not (holdings.holder == who).any():
        return
    step = MovePart(str(who), Part(share, True), NewHolder(Kind.MUTUAL))

    found = after(holdings, step)

    new = found.holdings.holder == len(holdings.holders)
    assert found.holdings.amount.sum() == holdings.amount.sum()
    owned = holdings.amount[holdings.holder == who].sum()
    assert found.holdings.amount[new].sum() == pytest.approx(owned * share, rel=1e-6, abs=30)
    assert found.holdings.items.sum() == pytest.approx(holdings.items.sum())


@given(markets(least=4), st.permutations(range(3)))
def test_the_order_of_moves_of_different_things_does_not_matter(holdings, order):
    steps = [Move(Thing("", str(at)), NewHolder(Kind.CHARITY, at + 1)) for at in range(3)]

    straight = after(holdings, *steps)
    mixed = after(holdings, *(steps[at] for at in order))

    assert told(figures_of(straight.holdings, spare=SPARE)) == close(
        told(figures_of(mixed.holdings, spare=SPARE))
    )


@given(markets(), st.integers(0, 4))
def test_a_step_that_cannot_be_taken_changes_nothing_and_the_rest_are_taken(holdings, who):
    if not (holdings.holder == who).any():
        return
    stale = (Stop("99"), Move(Thing("", "4000"), "1"), Split(Thing("", "4000"), 3))

    found = after(holdings, *stale, Stop(str(who)), Stop(str(who)))

    assert [isinstance(each, Taken) for each in found.outcomes] == [
        False,
        False,
        False,
        True,
        False,
    ]
    assert told(figures_of(found.holdings, spare=SPARE)) == close(
        told(figures_of(after(holdings, Stop(str(who))).holdings, spare=SPARE))
    )


@given(markets())
def test_local_sums_are_the_rows_and_nobody_has_no_row(holdings):
    nameless = replace(holdings, holder=np.where(holdings.thing == 0, NOBODY, holdings.holder))

    local = local_of(nameless)

    assert local.net.sum() * TEN_THOUSANDTHS == close(nameless.amount[1:].sum())
    assert local.of_row[0] == NOBODY
    assert local.records.sum() == len(nameless) - 1


def test_all_of_what_one_has_or_more_cannot_be_overdrawn():
    holdings = Holdings(
        basis="provision",
        holder=np.array([0, 1]),
        place=np.array([0, 0]),
        sort=np.array([0, 0]),
        thing=np.array([0, 1], dtype=np.uint64),
        amount=np.array([250_000, 10_000]),
        has_amount=np.ones(2, dtype=np.bool_),
        is_valued=np.ones(2, dtype=np.bool_),
        items=np.ones(2),
        holders=(Holder("1", "One", 1), Holder("2", "Two", 2)),
        places=("North",),
        sorts=SORTS,
    )

    over = after(holdings, MovePart("1", Part(26, False), "2"))
    whole = after(holdings, MovePart("1", Part(25, False), "2"), Stop("1"))

    [fault] = over.outcomes
    assert str(fault) == "26 of One cannot be moved; it has 25 in all"
    assert whole.taken[0].amount == 25
    assert isinstance(whole.outcomes[1], StepError)  # it has nothing left


@given(st.lists(st.integers(0, 60), max_size=40))
def test_rows_are_grouped_alike_with_a_table_and_by_sorting(keys):
    rows = np.array(keys, dtype=np.int64)

    dense, sorted_ = grouped(rows, 61), grouped(rows, DENSE + 1)

    for one, other in zip(dense, sorted_, strict=True):
        assert one.tolist() == other.tolist()
