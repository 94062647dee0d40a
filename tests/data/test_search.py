"""The search index: what it finds, in which order, and what it never holds."""

import sqlite3
import unicodedata

import duckdb
import pytest
from hypothesis import given
from hypothesis import strategies as st

from convener.base.errors import BadInputError
from convener.data import search
from convener.data.search import COUNTED_MAX, FILE, PER_PAGE, Index, Sort, index_of, words_of
from convener.data.store import engine
from convener.data.tables import TABLES
from service.finding_store import PERSON, finding_store

MANY = 3_000


@pytest.fixture(scope="module")
def store(tmp_path_factory):
    return finding_store(tmp_path_factory)


@pytest.fixture(scope="module")
def index(store) -> Index:
    return index_of(store.folder, store.manifest())


@pytest.fixture(scope="module")
def large(tmp_path_factory) -> Index:
    """Give an index of many contracts that all have a word, and of accented organisations."""
    connection = engine(threads=1)
    for table in TABLES.values():
        connection.execute(f"create table {table.name} ({table.ddl})")
    connection.execute(
        f"""insert into processes (source, process_key, ocid, title, buyer_name, buyer_key,
                                   tender_amount, tender_currency, released_at)
            select 's', i, 'ocds-' || i, 'Care number ' || i, 'Ashby Council', 1, i, 'GBP',
                   timestamptz '2020-06-01 00:00:00+00'
            from range({MANY}) t(i)"""
    )
    connection.execute(
        """insert into organisations (organisation_key, name, kind, also_known_as, identifiers,
                                      owner_key, owner_name)
           values (7, 'Crèche Ágnes Ltd', 'private', ['Creche Agnes'], ['GB-COH-00000007'], 7, ''),
                  (8, 'Brontë Trust', 'charity', [], [], 8, ''),
                  (9, 'Ann Person', 'individual', [], [], 9, '')"""
    )
    return _built(connection, tmp_path_factory.mktemp("large") / FILE)


def _built(connection: duckdb.DuckDBPyConnection, path) -> Index:
    with sqlite3.connect(path, isolation_level=None) as made:
        search._build(connection, made, lambda *_: None)
    made.close()
    return Index(path)


def titles(index: Index, typed: str, sort=Sort.ORGANISATION, **more) -> list[str]:
    return [hit.title for hit in index.search(typed, sort, **more).rows]


@pytest.mark.parametrize(
    "typed",
    ["steady care", "STEADY  CARE", "care stea", "GB-COH-01111111", "01111111", "stéady cáre"],
)
def test_an_organisation_is_found_by_words_numbers_and_beginnings(index, typed):
    assert "Steady Care Limited" in titles(index, typed)


def test_a_contract_is_found_by_title_buyer_and_number(index):
    for typed in ("home lot 3", "ocds-find01-3", "beckton lot 3"):
        assert "Home care in lot 3" in titles(index, typed, Sort.CONTRACT)


def test_every_word_must_be_there_and_only_the_last_may_go_on(index):
    assert titles(index, "steady nowhere") == []
    assert titles(index, "stead care") == []


def test_the_weightiest_come_first_where_many_match(large):
    hits = large.search("care", Sort.CONTRACT)

    assert hits.count == COUNTED_MAX + 1
    assert hits.is_more
    assert [hit.amount for hit in hits.rows] == [MANY - 1 - i for i in range(PER_PAGE)]
    second = large.search("care", Sort.CONTRACT, page=2)
    assert second.rows[0].amount == MANY - 1 - PER_PAGE


def test_where_few_match_the_nearest_comes_first(large):
    assert titles(large, "care 77", Sort.CONTRACT)[0] == "Care number 77"


def test_pages_end_where_counting_ends(large):
    last = large.search("care", Sort.CONTRACT).pages

    assert len(large.search("care", Sort.CONTRACT, page=last).rows) == PER_PAGE
    with pytest.raises(BadInputError, match=f"the last is {last}"):
        large.search("care", Sort.CONTRACT, page=last + 1)
    with pytest.raises(BadInputError, match="there is no page 0"):
        large.search("care", Sort.CONTRACT, page=0)


def test_a_filter_leaves_the_other_kinds_out(large):
    assert titles(large, "bron", facet="charity") == ["Brontë Trust"]
    assert titles(large, "bron", facet="private") == []
    assert large.facets(Sort.CONTRACT) == (("2020", MANY),)


def test_what_a_filter_is_made_of_cannot_be_typed(large):
    assert titles(large, "\ue000charity") == []


def test_accents_and_case_do_not_matter_either_way(large):
    for typed in ("creche agnes", "CRÈCHE", "agn", unicodedata.normalize("NFD", "crèche ág")):
        assert "Crèche Ágnes Ltd" in titles(large, typed)


def test_people_are_in_no_part_of_the_file(store, large):
    assert titles(large, "ann person") == []
    path = next((store.folder / "parts").glob(f"*/derived/{FILE}"))
    with sqlite3.connect(path) as kept:
        held = "\n".join(kept.iterdump())
    kept.close()
    for word in (PERSON, "Featherstone", "withheld", "example.org"):
        assert word not in held


HOSTILE = (
    '"',
    '" OR "',
    "NEAR(a b)",
    "care AND NOT care",
    "-care",
    "care*",
    "^care",
    "words:care",
    "(((",
    "'; drop table contracts; --",
    "\x00",
    "\ue000",
    "%",
    "_",
    "a" * 10_000,
    "care " * 2_000,
    "\U0001d4ec\U0001d4ea \ufdfd \U0001f642",
)


@pytest.mark.parametrize("typed", HOSTILE, ids=range(len(HOSTILE)))
@pytest.mark.parametrize("sort", Sort)
def test_hostile_text_is_only_text(large, typed, sort):
    assert large.search(typed, sort).count >= 0
    assert large.counts(typed)[sort] >= 0


@given(st.text(max_size=300))
def test_any_text_can_be_looked_for(large, typed):
    for sort in Sort:
        assert large.search(typed, sort).count == large.counts(typed)[sort]


@given(st.text(max_size=300))
def test_words_are_folded_once_and_for_all(typed):
    words = words_of(typed)

    assert words_of(" ".join(words))[: len(words)] == words or len(" ".join(words)) > 200


def test_a_store_without_an_index_has_none(tmp_path, store):
    assert index_of(tmp_path, store.manifest()) is None


def test_the_same_process_of_two_sources_is_found_once(tmp_path):
    connection = engine(threads=1)
    for table in TABLES.values():
        connection.execute(f"create table {table.name} ({table.ddl})")
    connection.execute(
        """insert into processes (source, process_key, ocid, title, released_at)
           values ('a', 1, 'ocds-1', 'Care as first said', timestamptz '2020-01-01 00:00:00+00'),
                  ('b', 2, 'ocds-1', 'Care as last said', timestamptz '2021-01-01 00:00:00+00')"""
    )

    assert titles(_built(connection, tmp_path / FILE), "care", Sort.CONTRACT) == [
        "Care as last said"
    ]
