"""Figures that were kept at the end of a load are those that a page would compute."""

from __future__ import annotations

from dataclasses import is_dataclass, replace
from datetime import UTC, datetime

import pytest

from convener.data.loading import Wanted, load, rederive, remove
from convener.data.store import Store
from convener.measures.keeping import figures_of, finish_load, read_listed
from convener.measures.markets import LEVELS, NAMED, known_markets
from convener.measures.sheet import read_sheet, usual_choices
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

    for name in list(store.manifest().sources):
        remove(store, name, at=AT.replace(hour=2), finish=finish_load)
    assert figures_of(store.folder, store.manifest()).listed("division") in (None, {})
