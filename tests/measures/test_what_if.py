"""What if: without steps the figures are the measures' own; with steps, those of changed data."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from convener.base.kinds import Kind
from convener.data.loading import Wanted, load
from convener.data.store import Store
from convener.measures.markets import NAMED, known_markets
from convener.measures.question import FRAMEWORKS, Question
from convener.measures.run import measure
from convener.measures.sheet import Choices, question_of, read_sheet
from convener.measures.what_if.figures import DENSE, figures_of, grouped, local_of
from convener.measures.what_if.holdings import (
    NOBODY,
    TEN_THOUSANDTHS,
    Holder,
    Holdings,
    Sort,
    read_holdings,
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
    read_step,
)
from convener.measures.what_if.things import find_thing, list_things
from convener.measures.what_if.trying import Taken, try_steps
from convener.methods import concentration
from convener.methods.networks.stress import service_stress
from convener.simulation.market import make_world
from convener.simulation.releases import write_world

AT = datetime(2026, 4, 1, tzinfo=UTC)
SPARE = 0.1
FIGURES = ("hhi", "cr1", "area-dominance", "n-minus-1", "effective-number-of-kinds")


def close(value):
    return pytest.approx(value, rel=1e-6, abs=1e-9, nan_ok=True)


def numbers_of(values):
    """Return numbers; what has no figure is not a number."""
    return tuple(np.nan if value is None else float(value) for value in values)


def told(figures):
    """Return the figures in the order of their measures."""
    return numbers_of(
        (
            figures.hhi,
            figures.largest,
            figures.held_share,
            figures.left_over,
            figures.kinds.value,
        )
    )


def measured(connection, **choices):
    question = Question(FIGURES, **{"by": (), "entity": "owner", **choices})
    rows = {row.measure: row for row in measure(connection, question)}
    return tuple(None if rows[name].value is None else float(rows[name].value) for name in FIGURES)


def asked(connection, **choices):
    question = Question(("hhi",), **{"by": (), "entity": "owner", **choices})
    return read_holdings(connection, question)


def tried(connection, holdings, *steps, spare=SPARE):
    """Take steps, of which none may fail."""
    found = try_steps(
        holdings, steps, find=lambda thing: find_thing(connection, thing), spare=spare
    )
    assert all(isinstance(each, Taken) for each in found.outcomes), found.outcomes
    return figures_of(found.holdings, spare=spare), found


# --- Without steps -----------------------------------------------------------------------------


@pytest.fixture(scope="module")
def world(tmp_path_factory):
    folder = tmp_path_factory.mktemp("world")
    files = write_world(make_world(19, size=0.5), folder / "files")
    store = Store(folder / "workspace")
    load(store, [Wanted(origin=str(path)) for path in files], at=AT)
    with store.connect() as connection:
        yield connection, known_markets(connection, folder)


def choices_of(market, connection):
    """Return some choices of a market: every basis, then a rule, an area and a year."""
    for basis in market.bases:
        usual = Choices(basis=basis)
        yield usual
        if basis == "awards":
            yield from (Choices(basis=basis, framework=rule) for rule in FRAMEWORKS[1:])
    sheet = read_sheet(connection, market, usual)
    yield replace(usual, area=sheet.tables.areas[0].name)
    yield replace(usual, period=sheet.periods[0])


@pytest.mark.parametrize("at", range(3))
def test_without_steps_the_figures_are_those_of_the_sheet(world, at):
    connection, markets = world
    market = [one for one in markets if one.level in NAMED][at]

    for choices in choices_of(market, connection):
        sheet = read_sheet(connection, market, choices)
        figures = figures_of(
            read_holdings(connection, question_of([market], choices)), spare=SPARE
        )

        wanted = (
            sheet.first("hhi", "hhi-by-count"),
            sheet.first("cr1", "cr1-by-count"),
            sheet.one("area-dominance"),
            sheet.one("n-minus-1"),
            sheet.one("effective-number-of-kinds"),
        )
        values = numbers_of(None if row is None else row.value for row in wanted)
        assert told(figures) == close(values), choices
        for kind, row in sheet.shares.items():
            if row.value is not None:
                assert figures.mix[kind].value == close(row.value)
                assert figures.mix[kind].high <= row.high + 1e-9  # the sheet's is over rules too
        if choices.basis != "awards":
            kinds = wanted[-1]
            assert (figures.kinds.low, figures.kinds.high) == (close(kinds.low), close(kinds.high))
        assert figures.is_by_count == sheet.is_by_count
        judged = [a for a in sheet.tables.areas if a.things >= 3 and a.share is not None]
        assert figures.judged == len(judged)


KINDS = ("private", "charity", "mutual", "in-house", "unknown")


def homes(rng, count=24):
    """Return places of provision of some owners in some areas, and who the owners are."""
    rows = [
        {
            "service": "Homes",
            "place_id": f"H:{number}/x",
            "place_name": f"House {number}",
            "provider_name": f"Owner {rng.integers(7)}",
            "quantity": int(rng.integers(1, 40)),
            "unit": "places",
            "area": f"Area {rng.integers(3)}",
            "observed_on": "2022-03-31",
        }
        for number in range(count)
    ]
    return rows, [{"name": f"Owner {at}", "kind": KINDS[at % len(KINDS)]} for at in range(7)]


def awards(rng, count=24):
    rows = []
    for _ in range(count):
        first, second = rng.choice(7, 2, replace=False)
        rows.append(
            {
                "providers": f"Firm {first}" + (f"+Firm {second}" if rng.random() < 0.3 else ""),
                "amount": int(rng.integers(0, 400)) * 1200 if rng.random() < 0.9 else None,
                "day": "2020-05-01",
                "area": f"Area {rng.integers(3)}",
            }
        )
    return rows, [{"name": f"Firm {at}", "kind": KINDS[at % len(KINDS)]} for at in range(7)]


def reference(holdings, name):
    return next(holder.reference for holder in holdings.holders if holder.name == name)


@pytest.mark.parametrize("seed", range(4))
@pytest.mark.parametrize("rule", FRAMEWORKS)
def test_without_steps_the_figures_of_any_awards_are_the_measures_own(market_of, seed, rule):
    things, who = awards(np.random.default_rng(seed))
    connection = market_of({"things": things, "who": who})

    figures = figures_of(asked(connection, basis="awards", framework=rule), spare=SPARE)

    assert told(figures) == close(measured(connection, basis="awards", framework=rule))


def test_things_that_are_counted_and_not_valued_are_read_by_count(market_of):
    things = [{"providers": f"Firm {number % 3}", "day": "2020-05-01"} for number in range(8)]
    connection = market_of({"things": things})

    figures = figures_of(asked(connection, basis="awards"), spare=SPARE)

    rows = measure(connection, Question(("hhi-by-count", "cr1-by-count"), by=(), entity="owner"))
    assert (figures.hhi, figures.largest) == tuple(close(float(row.value)) for row in rows)
    assert figures.is_by_count
    assert figures.left_over is None


# --- A change in the data gives the figures of the what-if -------------------------------------


@pytest.mark.parametrize("seed", range(4))
def test_a_stop_is_as_if_its_places_were_gone_and_the_rest_had_grown(market_of, seed):
    rows, who = homes(np.random.default_rng(seed))
    connection = market_of({"provision": rows, "who": who})
    holdings = asked(connection, basis="provision")
    gone = "Owner 1"

    figures, found = tried(connection, holdings, Stop(reference(holdings, gone)))

    changed, unserved = [], 0.0
    for area in {row["area"] for row in rows}:
        there = [row for row in rows if row["area"] == area]
        lost = sum(row["quantity"] for row in there if row["provider_name"] == gone)
        rest = sum(row["quantity"] for row in there) - lost
        taken = min(lost, SPARE * rest)
        unserved += lost - taken
        changed += [
            {**row, "quantity": row["quantity"] * (1 + taken / rest)}
            for row in there
            if row["provider_name"] != gone
        ]
    after = market_of({"provision": changed, "who": who})
    assert told(figures) == pytest.approx(
        measured(after, basis="provision"), rel=1e-4, nan_ok=True
    )
    assert found.taken[0].left_over == pytest.approx(unserved, abs=1e-3)


@pytest.mark.parametrize("seed", range(4))
@pytest.mark.parametrize("rule", FRAMEWORKS)
def test_an_award_that_moves_is_as_if_it_had_gone_to_the_other(market_of, seed, rule):
    rng = np.random.default_rng(seed)
    things, who = awards(rng)
    number = next(
        at for at, thing in enumerate(things) if thing["amount"] and "+" not in thing["providers"]
    )
    connection = market_of({"things": things, "who": who})
    holdings = asked(connection, basis="awards", framework=rule)
    to = "Firm 3" if things[number]["providers"] != "Firm 3" else "Firm 4"
    thing = Thing(f"ocds-213czf-{number + 1}", award_number(connection, number + 1))

    figures, _ = tried(connection, holdings, Move(thing, reference(holdings, to)))

    changed = [*things]
    changed[number] = {**things[number], "providers": to}
    after = market_of({"things": changed, "who": who})
    assert told(figures) == close(measured(after, basis="awards", framework=rule))


def award_number(connection, process):
    [(number,)] = connection.execute(
        "select award_id from awards where process_key = ?", [process]
    ).fetchall()
    return number


@pytest.mark.parametrize("rule", FRAMEWORKS)
def test_a_contract_of_two_suppliers_that_is_split_is_as_many_awards(market_of, rule):
    things, who = awards(np.random.default_rng(5))
    things[0] = {**things[0], "providers": "Firm 1+Firm 2", "amount": 48_000}
    connection = market_of({"things": things, "who": who})
    holdings = asked(connection, basis="awards", framework=rule)
    thing = Thing("ocds-213czf-1", award_number(connection, 1))

    figures, _ = tried(connection, holdings, Split(thing, 4, Kind.CHARITY))

    lots = [{**things[0], "providers": f"New {lot}", "amount": 12_000} for lot in range(4)]
    new = [{"name": f"New {lot}", "kind": "charity"} for lot in range(4)]
    after = market_of({"things": [*things[1:], *lots], "who": [*who, *new]})
    assert told(figures) == close(measured(after, basis="awards", framework=rule))


def test_a_part_that_moves_is_as_if_each_place_were_two(market_of):
    rows, who = homes(np.random.default_rng(3))
    connection = market_of({"provision": rows, "who": who})
    holdings = asked(connection, basis="provision")

    step = MovePart(reference(holdings, "Owner 0"), Part(0.25, True), NewHolder(Kind.MUTUAL))
    figures, found = tried(connection, holdings, step)

    changed = []
    for row in rows:
        if row["provider_name"] == "Owner 0":
            changed.append({**row, "quantity": row["quantity"] * 0.75})
            changed.append(
                {
                    **row,
                    "quantity": row["quantity"] * 0.25,
                    "provider_name": "New",
                    "place_id": "n",
                }
            )
        else:
            changed.append(row)
    after = market_of({"provision": changed, "who": [*who, {"name": "New", "kind": "mutual"}]})
    assert told(figures) == close(measured(after, basis="provision"))
    owned = sum(row["quantity"] for row in rows if row["provider_name"] == "Owner 0")
    assert found.taken[0].amount == pytest.approx(owned / 4)


def test_every_thing_that_is_listed_can_be_moved_and_the_largest_stands_first(market_of):
    rows, who = homes(np.random.default_rng(8))
    connection = market_of({"provision": rows, "who": who})
    holdings = asked(connection, basis="provision")

    listed = list_things(connection, holdings)

    assert len(listed) == len(rows)
    assert [each.amount for each in listed] == sorted(
        (float(row["quantity"]) for row in rows), reverse=True
    )
    for each in listed:
        again = read_step(Move(each.thing, NewHolder(Kind.CHARITY)).words)
        tried(connection, holdings, again)


def test_a_thing_is_found_by_words_of_its_title(market_of):
    rows, who = homes(np.random.default_rng(8))
    connection = market_of({"provision": rows, "who": who})

    listed = list_things(connection, asked(connection, basis="provision"), like="house 2")

    assert {each.title for each in listed} == {"House 2", *(f"House 2{at}" for at in range(4))}


def test_a_person_cannot_be_stopped_found_or_given_anything(market_of):
    rows, who = homes(np.random.default_rng(1))
    who[2]["kind"] = "individual"
    connection = market_of({"provision": rows, "who": who})
    holdings = asked(connection, basis="provision")
    [(key,)] = connection.execute(
        "select organisation_key from organisations where name = 'Owner 2'"
    ).fetchall()
    home = next(row["place_id"] for row in rows if row["provider_name"] == "Owner 2")

    steps = (Stop(str(key)), Move(Thing("", home), NewHolder(Kind.CHARITY)))
    found = try_steps(
        holdings, steps, find=lambda thing: find_thing(connection, thing), spare=SPARE
    )

    assert not found.taken
    assert "Owner 2" not in {holder.name for holder in holdings.holders}
    assert all(each.holder != "Owner 2" for each in list_things(connection, holdings))
    assert len(list_things(connection, holdings)) == sum(
        row["provider_name"] != "Owner 2" for row in rows
    )


# --- Laws --------------------------------------------------------------------------------------

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


# --- Words of an address -----------------------------------------------------------------------

numbers = st.text(st.characters(exclude_categories=["Cs"]), min_size=1, max_size=40)
things = st.one_of(st.builds(Thing, numbers, numbers), st.builds(Thing, st.just(""), numbers))
providers = st.one_of(
    st.integers(0, 2**63 - 1).map(str), st.integers(0, 2**63).map(lambda key: f"named-{key:x}")
)
new = st.builds(NewHolder, st.sampled_from(NEW_KINDS), st.integers(1, 99))
parts = st.one_of(
    st.integers(1, 100).map(lambda share: Part(share / 100, True)),
    st.integers(1, 10**9).map(lambda amount: Part(float(amount), False)),
)
steps = st.one_of(
    st.builds(Stop, providers),
    st.builds(Move, things, providers | new),
    st.builds(MovePart, providers, parts, providers | new),
    st.builds(Split, things, st.sampled_from(LOTS), st.none() | st.sampled_from(NEW_KINDS)),
)


@given(steps)
def test_a_step_that_is_written_is_read_as_the_same(step):
    if len(step.words) <= 400:
        assert read_step(step.words) == step


@given(
    st.text(max_size=500)
    | st.lists(
        st.sampled_from(
            [
                "stop",
                "move",
                "split",
                "award",
                "entry",
                "part",
                "to=",
                "as=",
                "%",
                "/",
                "1",
                "-1",
                "9" * 30,
                "nan",
                "25%",
                "new-",
            ]
        )
    ).map(":".join)
)
def test_whatever_is_typed_is_a_step_or_is_refused_with_what_was_wanted(text):
    try:
        step = read_step(text)
    except StepError as error:
        said = str(error)
    else:
        assert read_step(step.words) == step
        return
    assert "met" in said
    assert "wanted" in said


@pytest.mark.parametrize(
    "text",
    [
        "stop:",
        "stop:1:2",
        "stop:Mary Smith",
        "move:award:x:to=1",
        "move:award:a/b/c:to=1",
        "move:award:a/b:1",
        "move:part:1:0%:to=2",
        "move:part:1:101%:to=2",
        "move:part:1:-3:to=2",
        "move:part:1:nan:to=2",
        "move:part:1:1e3:to=2",
        "move:entry:x:to=new-individual",
        "move:entry:x:to=new-sharks",
        "split:entry:x:1",
        "split:entry:x:51",
        "split:entry:x:٣",
        "split:entry:x:4:charity",
        "split:entry::4",
        "close:1",
        "",
    ],
)
def test_a_step_that_means_nothing_is_refused(text):
    with pytest.raises(StepError, match=r"met.*wanted"):
        read_step(text)


@given(st.lists(st.integers(0, 60), max_size=40))
def test_rows_are_grouped_alike_with_a_table_and_by_sorting(keys):
    rows = np.array(keys, dtype=np.int64)

    dense, sorted_ = grouped(rows, 61), grouped(rows, DENSE + 1)

    for one, other in zip(dense, sorted_, strict=True):
        assert one.tolist() == other.tolist()
