"""The mix by place of a market's page is the mix that each place has when asked alone."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime

import pytest

from convener.data.loading import Wanted, load
from convener.data.store import Store
from convener.measures.markets import NAMED, Market, known_markets
from convener.measures.question import Question
from convener.measures.run import measure
from convener.measures.sheet import read_sheet, usual_choices
from convener.simulation.market import make_world
from convener.simulation.releases import write_world

AT = datetime(2026, 5, 4, tzinfo=UTC)


@pytest.fixture(scope="module")
def store(tmp_path_factory) -> Store:
    folder = tmp_path_factory.mktemp("places")
    files = write_world(make_world(7), folder / "files")
    store = Store(folder / "workspace")
    load(store, [Wanted(origin=str(path)) for path in files], at=AT)
    return store


@pytest.fixture
def cursor(store):
    with store.connect() as connection:
        yield connection


def asked_alone(cursor, market: Market, level: str, name: str) -> dict[tuple[str, str], float]:
    question = Question(
        (name,),
        by=("service", level),
        where={"service": market.service},
        level=market.level,
        entity="owner",
        basis=market.bases[0],
    )
    return {
        (str(row.group[level]), str(row.group["kind"])): float(row.value)
        for row in measure(cursor, question)
        if row.value
    }


def test_the_mix_of_each_place_is_that_which_it_has_when_asked_alone(cursor, store):
    named = [m for m in known_markets(cursor, store.folder) if m.level in NAMED and m.bases]
    levels = set()
    for market in named:
        sheet = read_sheet(cursor, market, usual_choices(market))
        mixes = sheet.tables.mixes
        level = "region" if mixes[0].by_region else "area"
        levels.add(level)
        name = "share-by-kind-by-count" if sheet.is_by_count else "share-by-kind"

        found: dict[tuple[str, str], float] = {}
        for held in mixes:
            size = (held.things if sheet.is_by_count else held.amount) or 0.0
            if size > 0:
                found[held.name, held.kind.value] = size
        whole = {place: 0.0 for place, _ in found}
        for (place, _), size in found.items():
            whole[place] += size
        shares = {key: size / whole[key[0]] for key, size in found.items()}

        assert shares == pytest.approx(asked_alone(cursor, market, level, name))
    assert levels


def test_a_market_narrowed_to_one_area_has_the_mix_of_that_area_alone(cursor, store):
    market = next(m for m in known_markets(cursor, store.folder) if m.level in NAMED and m.bases)
    sheet = read_sheet(cursor, market, usual_choices(market))
    area = sheet.tables.areas[0].name

    narrowed = read_sheet(cursor, market, replace(usual_choices(market), area=area))

    assert {held.name for held in narrowed.tables.mixes} == {area}
    assert not any(held.by_region for held in narrowed.tables.mixes)
