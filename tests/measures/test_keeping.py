"""Figures that were kept at the end of a load are those that a page would compute."""

from __future__ import annotations

import shutil
from dataclasses import is_dataclass, replace
from datetime import UTC, datetime
from itertools import product

import pytest

from convener.data.loading import Wanted, load, rederive, remove
from convener.data.store import Store
from convener.measures import keeping
from convener.measures.by_market import only
from convener.measures.keeping import figures_of, finish_load, read_listed
from convener.measures.markets import LEVELS, NAMED, known_markets
from convener.measures.measure import ENTITIES
from convener.measures.question import FRAMEWORKS
from convener.measures.sheet import Choices, read_sheet, read_sheets, usual_choices
from convener.simulation.market import make_world
from convener.simulation.releases import write_world

AT = datetime(2026, 5, 4, tzinfo=UTC)


@pytest.fixture(scope="module")
def store(tmp_path_factory) -> Store:
    folder = tmp_path_factory.mktemp("kept")
    files = write_world(make_world(7), folder / "files")
    store = Store(folder / "workspace")
    load(store, [Wanted(origin=str(path)) for path in files], at=AT, finish=finish_load)
    return store


@pytest.fixture
def figures(store):
    return figures_of(store.folder, store.manifest())


@pytest.fixture
def cursor(store):
    with store.connect() as connection:
        yield connection


@pytest.fixture
def markets(store, cursor):
    return known_markets(cursor, store.folder)


def rounded(found):
    """Return the same without the noise that the order of adding leaves."""
    if isinstance(found, float):
        return float(f"{found:.9g}")
    if isinstance(found, dict):
        return {key: rounded(value) for key, value in found.items()}
    if isinstance(found, list | tuple):
        return [rounded(value) for value in found]
    return rounded(vars(found)) if is_dataclass(found) else found


def test_the_sheet_of_every_named_market_is_kept_as_a_page_would_compute_it(
    cursor, figures, markets
):
    named = [market for market in markets if market.level in NAMED]
    assert len(named) >= 4
    for market in named:
        fresh = read_sheet(cursor, market, usual_choices(market))
        assert rounded(figures.sheet(market)) == rounded(fresh)


def test_the_sheet_of_a_code_is_not_kept(figures, markets):
    code = next(market for market in markets if market.level == "division")
    assert figures.sheet(code) is None


@pytest.fixture(scope="module")
def large(store, tmp_path_factory):
    """Return a store of the same sources with one named market and one code, both large."""
    copied = Store(tmp_path_factory.mktemp("large") / "workspace")
    shutil.copytree(store.folder, copied.folder)

    def two_markets(connection, folder):
        known = known_markets(connection, folder)
        return tuple(market for market in known if market.service in {"home-care", "85"})

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(keeping, "LARGE", 100)
        patch.setattr(keeping, "known_markets", two_markets)
        rederive(copied, at=AT.replace(hour=3), finish=finish_load)
    return copied


@pytest.fixture
def of_large(large):
    """Return what was kept of them, a cursor to compute it anew, and the two markets."""
    with large.connect() as cursor:
        known = {market.service: market for market in known_markets(cursor, large.folder)}
        kept = figures_of(large.folder, large.manifest())
        yield kept, cursor, known["home-care"], known["85"]


@pytest.mark.slow
def test_a_large_named_market_is_kept_under_every_choice_as_a_page_would_compute_it(of_large):
    figures, cursor, market, _ = of_large
    assert len(market.bases) == 3
    of_awards = list(product(["awards"], ENTITIES, FRAMEWORKS))
    computed = of_awards[:: len(FRAMEWORKS) + 1]  # each entity and each rule once
    others = list(product(market.bases, ["name"], ["split"]))
    for basis, entity, rule in (*of_awards, *others):
        choices = Choices(basis=basis, entity=entity, framework=rule)
        kept = figures.sheet(market, choices)
        assert kept.choices == choices
        if (basis, entity, rule) in (*computed, *others):
            assert rounded(kept) == rounded(read_sheet(cursor, market, choices))


@pytest.mark.slow
def test_a_large_code_is_kept_as_it_is_read_first_alone(of_large):
    figures, cursor, _, code = of_large
    usual = usual_choices(code)
    assert rounded(figures.sheet(code)) == rounded(read_sheet(cursor, code, usual))
    assert figures.sheet(code, replace(usual, entity="name")) is None


def test_a_market_read_alone_has_the_figures_that_it_has_among_all(cursor, markets):
    market = next(market for market in markets if market.service == "home-care")
    usual = replace(usual_choices(market), basis="awards")
    some = read_sheet(cursor, market, usual).tables.areas[0].name
    for area in ("", "unknown", some):
        choices = replace(usual, area=area)
        [plain] = read_sheets(cursor, [market], [choices])
        assert rounded(read_sheet(cursor, market, choices)) == rounded(plain)


def test_only_one_market_s_processes_are_seen_where_one_is_read(cursor, markets):
    market = next(market for market in markets if market.level in NAMED and market.processes)
    [(everything,)] = cursor.execute("select count(*) from processes").fetchall()
    with only(cursor, market.level, market.service):
        for name in ("processes", "kept_process_facts"):
            [(met,)] = cursor.execute(f"select count(*) from {name}").fetchall()
            assert 0 < met <= market.processes < everything
    assert cursor.execute("select count(*) from processes").fetchall() == [(everything,)]


@pytest.mark.parametrize("level", LEVELS)
def test_the_lists_of_markets_are_kept_as_a_page_would_compute_them(
    cursor, figures, markets, level
):
    members = [market for market in markets if market.level == level]
    assert rounded(figures.listed(level)) == rounded(read_listed(cursor, level, members))


def test_a_store_without_kept_figures_answers_none(tmp_path, markets):
    figures = figures_of(tmp_path, Store(tmp_path).manifest())
    assert figures.sheet(markets[0]) is None
    assert figures.listed("bundle") is None


def test_a_year_takes_what_is_followed_from_the_sheet_of_all_years(cursor, figures, markets):
    market = next(market for market in markets if market.level in NAMED)
    whole = figures.sheet(market)
    choices = replace(usual_choices(market), period=whole.periods[0])

    quick = read_sheet(cursor, market, choices, of_all_years=whole)

    assert rounded(quick) == rounded(read_sheet(cursor, market, choices))
    assert rounded(quick.rows) != rounded(whole.rows)


def test_figures_are_kept_anew_when_who_is_who_changes_and_when_a_source_goes(store):
    rederive(store, at=AT.replace(hour=1), finish=finish_load)
    again = figures_of(store.folder, store.manifest())
    assert again.listed("division")

    *others, last = store.manifest().sources
    for name in others:
        remove(store, name, at=AT.replace(hour=2))
    remove(store, last, at=AT.replace(hour=3), finish=finish_load)
    assert figures_of(store.folder, store.manifest()).listed("division") in (None, {})
