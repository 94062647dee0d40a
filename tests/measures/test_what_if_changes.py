"""What if: with steps the figures are those that the data gives once it is so changed."""

from __future__ import annotations

import numpy as np
import pytest

from convener.base.kinds import Kind
from convener.measures.question import FRAMEWORKS
from convener.measures.what_if.steps import (
    Move,
    MovePart,
    NewHolder,
    Part,
    Split,
    Stop,
    Thing,
    read_step,
)
from convener.measures.what_if.things import find_thing, list_things
from convener.measures.what_if.trying import try_steps
from tried_markets import SPARE, asked, awards, close, homes, measured, reference, told, tried


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
