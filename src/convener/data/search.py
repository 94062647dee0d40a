"""The search index: organisations by name and number, contracts by title, buyer and number.

It is built at the end of a load and lies beside the derived parts, in one SQLite file with a
full-text table for each sort. Rows go in by weight, the weightiest first, so that the first
matches met are the weightiest and nothing need be ranked; where few match, those that come
nearest to what was typed stand first. What a filter asks for is a word of the index too, made
with a character that nobody types. People are left out: whoever is one has no entry, and is
named in none.
"""

from __future__ import annotations

import re
import sqlite3
import unicodedata
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass
from enum import StrEnum
from itertools import batched
from pathlib import Path

import duckdb

from convener.base.errors import BadInputError
from convener.data.sources.origins import Progress
from convener.data.store import Load, Manifest, add_views, engine

FILE = "search.sqlite"
TYPED_MAX = 200  # characters that are looked at
WORDS_MAX = 12
PREFIX_MIN = 2  # letters of a last word that may go on
COUNTED_MAX = 1_000  # matches that are counted, and can be paged through
RANKED_MAX = 200  # matches that are few enough to be ranked by how near they come
PER_PAGE = 25
OTHER_NAMES_MAX = 30  # other spellings of one organisation
BATCH = 5_000
PART = 200_000  # contracts whose words are put in order together
_MARK = "\ue000"  # of private use: part of a word to the index, and dropped from what is typed
_WORD = re.compile(r"[^\W_]+")


class Sort(StrEnum):
    """What is looked for."""

    ORGANISATION = "organisation"
    CONTRACT = "contract"


@dataclass(frozen=True)
class Hit:
    """One match: an organisation by its key, or a process by its ocid."""

    key: str
    title: str
    detail: str
    facet: str
    amount: float | None
    currency: str


@dataclass(frozen=True)
class Hits:
    """A page of matches; ``count`` stops one past :data:`COUNTED_MAX`."""

    rows: tuple[Hit, ...]
    count: int
    page: int

    @property
    def is_more(self) -> bool:
        """Say whether there are more than were counted."""
        return self.count > COUNTED_MAX

    @property
    def pages(self) -> int:
        """Return how many pages can be opened."""
        return max(1, -(-min(self.count, COUNTED_MAX) // PER_PAGE))


class Index:
    """The index of one snapshot, opened for each question."""

    def __init__(self, path: Path) -> None:
        self._address = f"{path.resolve().as_uri()}?mode=ro&immutable=1"

    def search(self, typed: str, sort: Sort, *, facet: str = "", page: int = 1) -> Hits:
        """Return a page of what matches every word; the last word may go on.

        Parameters
        ----------
        typed : any text
        sort : what is looked for
        facet : a kind of organisation, or the year of a contract's last release; "" for all
        page : from 1

        Raises
        ------
        BadInputError
            If there is no such page.
        """
        match = _match(typed, facet)
        if not match:
            return Hits((), 0, 1)
        with closing(sqlite3.connect(self._address, uri=True)) as index:
            count = _count(index, match, sort)
            found = Hits((), count, page)
            if not 1 <= page <= found.pages:
                raise BadInputError(f"there is no page {page}; the last is {found.pages}")
            return Hits(tuple(_page(index, typed, match, sort, found)), count, page)

    def counts(self, typed: str) -> dict[Sort, int]:
        """Return how many of each sort match, each counted to one past :data:`COUNTED_MAX`."""
        match = _match(typed, "")
        if not match:
            return dict.fromkeys(Sort, 0)
        with closing(sqlite3.connect(self._address, uri=True)) as index:
            return {sort: _count(index, match, sort) for sort in Sort}

    def facets(self, sort: Sort) -> tuple[tuple[str, int], ...]:
        """Return what a sort can be filtered by, with how many entries each has."""
        sql = "select facet, entries from facets where sort = ? order by facet"
        with closing(sqlite3.connect(self._address, uri=True)) as index:
            return tuple(index.execute(sql, [sort.value]).fetchall())


def index_of(folder: Path, manifest: Manifest) -> Index | None:
    """Return the index kept with a snapshot of the store in a folder, where it was."""
    path = manifest.beside(folder, FILE)
    return Index(path) if path is not None and path.is_file() else None


def words_of(typed: str) -> tuple[str, ...]:
    """Return the words of a text as the index has them: without case, accents and signs."""
    plain = unicodedata.normalize("NFKD", typed[:TYPED_MAX])
    kept = "".join(sign for sign in plain if not unicodedata.combining(sign) and sign != _MARK)
    return tuple(_WORD.findall(kept.lower()))[:WORDS_MAX]


def _match(typed: str, facet: str) -> str:
    """Return what SQLite is asked: each word in quotes, so that none is an order to it."""
    words = words_of(typed)
    if not words:
        return ""
    *whole, last = words
    goes_on = "*" if len(last) >= PREFIX_MIN else ""
    asked = [f'"{word}"' for word in whole] + [f'"{last}"{goes_on}']
    return " ".join([*asked, f'"{_facet_word(facet)}"'] if facet else asked)


def _facet_word(facet: str) -> str:
    return _MARK + "".join(_WORD.findall(facet.lower()))


def _count(index: sqlite3.Connection, match: str, sort: Sort) -> int:
    sql = f"""select count(*) from (
        select 1 from {sort.value}_words where {sort.value}_words match ?
        limit {COUNTED_MAX + 1})"""
    return int(index.execute(sql, [match]).fetchone()[0])


def _page(index: sqlite3.Connection, typed: str, match: str, sort: Sort, found: Hits) -> list[Hit]:
    """Return a page of entries: few are put in order by how near they come, many are in it."""
    name, start = f"{sort.value}_words", (found.page - 1) * PER_PAGE
    is_few = found.count <= RANKED_MAX
    # In the order of places the first matches are met without looking at the rest.
    rows = index.execute(
        f"""select e.key, e.title, coalesce(b.name, e.detail), e.facet, e.amount, e.currency
            from (select rowid as place from {name} where {name} match ?
                  order by place limit ? offset ?) m
            join {sort.value}s e on e.place = m.place
            left join buyers b on b.number = e.buyer
            order by e.place""",
        [match, *((RANKED_MAX, 0) if is_few else (PER_PAGE, start))],
    )
    hits = [Hit(*row) for row in rows]
    if not is_few:
        return hits
    words = words_of(typed)
    return sorted(hits, key=lambda hit: _farness(hit, words))[start : start + PER_PAGE]


def _farness(hit: Hit, words: tuple[str, ...]) -> int:
    """Return how far a title is from what was typed: the same, each word of it, or less."""
    met = words_of(hit.title)
    return 0 if met == words else 1 if set(words) <= set(met) else 2


# --- Building -------------------------------------------------------------------------------


def keep_index(writing: Load, manifest: Manifest, tell: Progress) -> None:
    """Build the index of a snapshot that a load is about to switch to, and keep it with it."""
    path = writing.folder / FILE
    with engine(threads=2, memory_limit="512MB") as connection:
        spill = str(writing.folder / "spill").replace("'", "''")
        connection.execute(f"set temp_directory = '{spill}'")
        add_views(connection, writing.store.folder, manifest)
        with closing(sqlite3.connect(path, isolation_level=None)) as index:
            _build(connection, index, tell)


def _build(
    connection: duckdb.DuckDBPyConnection, index: sqlite3.Connection, tell: Progress
) -> None:
    # The file is new and is read only after the manifest names its folder: nothing to undo.
    index.executescript("pragma journal_mode = off; pragma synchronous = off;" + _SCHEMA)
    index.execute("begin")
    index.executemany("insert into buyers values (?, ?)", _rows(connection, _BUYERS))
    done = 0
    for sort, found in (
        (Sort.ORGANISATION, _rows(connection, _ORGANISATIONS)),
        (Sort.CONTRACT, _contracts(connection)),
    ):
        entry = f"insert into {sort.value}s values (?, ?, ?, ?, ?, ?, ?, ?)"
        words = f"insert into {sort.value}_words (rowid, words) values (?, ?)"
        for rows in batched(enumerate(found, start=1), BATCH, strict=False):
            index.executemany(entry, ((place, *row[:-1]) for place, row in rows))
            index.executemany(
                words, ((place, f"{row[-1]} {_facet_word(str(row[4]))}") for place, row in rows)
            )
            done += len(rows)
            tell("index", done, None)
        index.execute(
            f"insert into facets select '{sort.value}', facet, count(*) from {sort.value}s"
            " where facet <> '' group by facet"
        )
    index.execute("commit")


def _contracts(connection: duckdb.DuckDBPyConnection) -> Iterator[tuple[object, ...]]:
    connection.execute(_RANKED)
    [(count,)] = connection.execute("select count(*) from ranked").fetchall()
    for first in range(1, count + 1, PART):
        yield from _rows(connection, _CONTRACTS.format(first=first, last=first + PART - 1))


def _rows(connection: duckdb.DuckDBPyConnection, sql: str) -> Iterator[tuple[object, ...]]:
    answer = connection.execute(sql)
    while some := answer.fetchmany(BATCH):
        yield from some


_WORDS = (
    "using fts5(words, content = '', detail = none, prefix = '2 3 4',"
    " tokenize = 'unicode61 remove_diacritics 2')"
)
_ENTRY = (
    "(place integer primary key, key text not null, title text not null, detail text not null,"
    " buyer integer, facet text not null, amount real, currency text not null)"
)
_SCHEMA = f"""
    create table buyers (number integer primary key, name text not null);
    create table facets (sort text not null, facet text not null, entries integer not null);
    create table organisations {_ENTRY};
    create table contracts {_ENTRY};
    create virtual table organisation_words {_WORDS};
    create virtual table contract_words {_WORDS};
"""
# Numbers of SQLite are signed: a hash keeps 62 of its bits.
_BUYERS = """
    select distinct hash(p.buyer_name) >> 2, p.buyer_name
    from processes p
    left join identities i on i.party_key = p.buyer_key
    left join organisations o on o.organisation_key = i.organisation_key
    where p.buyer_name is not null and coalesce(o.kind, '') <> 'individual'
"""
_ORGANISATIONS = f"""
    with spelt as (
        select party_key, any_value(organisation_key) as organisation_key
        from identities where party_key is not null group by party_key
    ),
    shared as (
        select process_key, award_id, count(*) as suppliers from suppliers group by all
    ),
    held as (
        select s.party_key, a.amount / h.suppliers as amount, 1 as things
        from suppliers s
        join shared h on h.process_key = s.process_key and h.award_id = s.award_id
        join awards a on a.process_key = s.process_key and a.award_id = s.award_id
        where coalesce(a.status, 'active') not in ('cancelled', 'unsuccessful', 'pending')
        union all
        select p.buyer_key, a.amount, 1
        from processes p join awards a on a.process_key = p.process_key
        where coalesce(a.status, 'active') not in ('cancelled', 'unsuccessful', 'pending')
        union all
        select payee_key, amount, 1 from payments where payee_key is not null
        union all
        select buyer_key, amount, 1 from payments where buyer_key is not null
        union all
        select provider_key, null, 1 from provision where provider_key is not null
    ),
    weighed as (
        select s.organisation_key, cast(sum(h.amount) as double) as amount, sum(things) as things
        from held h join spelt s on s.party_key = h.party_key
        group by s.organisation_key
    )
    select cast(o.organisation_key as varchar)                   as key,
           o.name                                                as title,
           coalesce(case when o.owner_key <> o.organisation_key and w2.kind <> 'individual'
                         then 'owned by ' || o.owner_name end,
                    list_extract(o.identifiers, 1), '')          as detail,
           null                                                  as buyer,
           o.kind                                                as facet,
           null                                                  as amount,
           ''                                                    as currency,
           concat_ws(' ', o.name, array_to_string(o.also_known_as[1:{OTHER_NAMES_MAX}], ' '),
                     array_to_string(o.identifiers, ' '))        as words
    from organisations o
    left join weighed w on w.organisation_key = o.organisation_key
    left join organisations w2 on w2.organisation_key = o.owner_key
    where o.kind <> 'individual' and o.name is not null
    order by coalesce(w.amount, 0) desc, coalesce(w.things, 0) desc, o.name, o.organisation_key
"""
# The order of the contracts is found from numbers alone; their words are then read in parts.
_RANKED = """
    create temp table ranked as
    with several as (
        select count(distinct source) > 1 as answer from processes
    ),
    repeated as (
        select ocid from processes where (select answer from several)
        group by ocid having count(*) > 1
    ),
    superseded as (
        select process_key from processes where ocid in (select ocid from repeated)
        qualify row_number() over (
            partition by ocid order by released_at desc nulls last, process_key) > 1
    ),
    won as (
        select process_key, cast(sum(amount) as double) as amount, min(currency) as currency
        from awards
        where coalesce(status, 'active') not in ('cancelled', 'unsuccessful', 'pending')
        group by process_key
    ),
    weighed as (
        select p.process_key,
               coalesce(nullif(w.amount, 0), cast(p.tender_amount as double)) as amount,
               case when coalesce(w.amount, 0) <> 0 then w.currency
                    else p.tender_currency end as currency
        from processes p
        left join won w on w.process_key = p.process_key
        where p.ocid is not null
          and p.process_key not in (select process_key from superseded)
    )
    select process_key, amount, currency,
           row_number() over (order by amount desc nulls last, process_key) as place
    from weighed
"""
_CONTRACTS = """
    with people as (
        select i.party_key from identities i
        join organisations o on o.organisation_key = i.organisation_key
        where o.kind = 'individual'
    )
    select p.ocid                                                as key,
           coalesce(p.title, 'No title')                         as title,
           ''                                                    as detail,
           case when n.party_key is null then hash(p.buyer_name) >> 2 end as buyer,
           coalesce(cast(year(p.released_at) as varchar), '')    as facet,
           r.amount,
           coalesce(r.currency, '')                              as currency,
           concat_ws(' ', p.title, case when n.party_key is null then p.buyer_name end, p.ocid)
                                                                 as words
    from ranked r
    join processes p on p.process_key = r.process_key
    left join people n on n.party_key = p.buyer_key
    where r.place between {first} and {last}
    order by r.place
"""
