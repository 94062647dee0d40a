"""Every spelling of an organisation in the store, with what its rows say of it.

A spelling is one scheme, identifier and name together. Spellings that payments, processes,
provision or ownership mention become organisations; register entries are evidence about them,
and become organisations only where something mentions them.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

import duckdb
import pyarrow as pa

from convener.data.keys import clean_sql, party_key_sql
from convener.data.organisations.decisions import Subject
from convener.data.organisations.identifiers import parsed, qualified, same_by_rule
from convener.data.organisations.names import normalise
from convener.data.organisations.people import may_be_person

CHUNK = 20_000

_REGISTER_KEY = party_key_sql("scheme", "identifier", "name")

# One row a mention: key, name, scheme, identifier, other identifiers, postcode, and flags.
_MENTIONS = f"""
    select party_key, name, scheme, identifier, other_identifiers as others, postal_code,
           is_vcse, is_mutual, lower(scale) as scale, list_contains(roles, 'buyer') as is_buyer,
           null as kind, 1 as uses
    from parties
    union all by name
    select party_key, name, count(*) as uses from suppliers group by all
    union all by name
    select party_key, name, count(*) as uses from tenderers group by all
    union all by name
    select buyer_key as party_key, buyer_name as name, true as is_buyer, count(*) as uses
    from processes group by all
    union all by name
    select buyer_key as party_key, buyer_name as name, true as is_buyer, count(*) as uses
    from payments group by all
    union all by name
    select payee_key as party_key, payee_name as name, payee_scheme as scheme,
           payee_identifier as identifier, payee_kind as kind, lower(payee_scale) as scale,
           count(*) as uses
    from payments group by all
    union all by name
    select provider_key as party_key, provider_name as name, kind, count(*) as uses
    from provision group by all
    union all by name
    select {party_key_sql("owner_scheme", "owner_identifier", "owner_name")} as party_key,
           owner_name as name, owner_scheme as scheme, owner_identifier as identifier, 1 as uses
    from ownership
    union all by name
    select {party_key_sql("owned_scheme", "owned_identifier", "owned_name")} as party_key,
           owned_name as name, owned_scheme as scheme, owned_identifier as identifier, 1 as uses
    from ownership
    union all by name
    select {party_key_sql("scheme", "identifier", "name")} as party_key, name, scheme, identifier,
           0 as uses
    from named_owner
"""


def gather(connection: duckdb.DuckDBPyConnection, *, named: Sequence[Subject] = ()) -> None:
    """Make the tables ``spelling`` (what is mentioned) and ``entry`` (what registers list).

    Owners that people ``named`` are mentioned too: they may be in no source.

    ``spelling`` has one row a ``party_key``; ``entry`` one row a register entry. Where rows say
    different things as often, the first by the alphabet stands, so that every load says the same.
    """
    connection.execute("set enable_progress_bar = false")  # it would be drawn into our output
    _keep_named(connection, named)
    connection.execute(f"""
        create or replace table spelling as
        select party_key,
               min({clean_sql("name")}) as name,
               any_value({clean_sql("scheme")}) as scheme,
               any_value({clean_sql("identifier")}) as identifier,
               list_sort(list_distinct(flatten(list(others) filter (others is not null))))
                   as others,
               min(upper(replace(postal_code, ' ', ''))) as postcode,
               bool_or(is_vcse) as is_vcse,
               bool_or(is_mutual) as is_mutual,
               coalesce(bool_or(is_buyer), false) as is_buyer,
               mode(scale order by scale) filter (scale is not null) as scale,
               mode(kind order by kind) filter (kind is not null) as kind,
               sum(uses)::bigint as uses,
               0 as line
        from ({_MENTIONS})
        where party_key is not null
        group by party_key
    """)
    connection.execute(f"""
        create or replace table entry as
        select {_REGISTER_KEY} as party_key, {clean_sql("name")} as name, register, line,
               {clean_sql("scheme")} as scheme, {clean_sql("identifier")} as identifier,
               other_identifiers as others, kind, family, ends_on
        from register
    """)


def _keep_named(connection: duckdb.DuckDBPyConnection, named: Sequence[Subject]) -> None:
    connection.execute(
        "create or replace table named_owner (name VARCHAR, scheme VARCHAR, identifier VARCHAR)"
    )
    if rows := [[one.name, one.scheme, one.identifier] for one in named]:
        connection.executemany("insert into named_owner values (?, ?, ?)", rows)


@dataclass
class Pool:
    """All spellings by number: those that the data mentions first, register entries after.

    ``cores`` is empty where a name has no word of its own, and for people: such a name links
    nothing.
    """

    keys: list[int] = field(default_factory=list)
    names: list[str] = field(default_factory=list)
    cores: list[str] = field(default_factory=list)
    forms: list[str] = field(default_factory=list)
    identifiers: list[tuple[str, ...]] = field(default_factory=list)
    people: set[int] = field(default_factory=set)
    mentioned: int = 0

    def is_mentioned(self, number: int) -> bool:
        """Say whether the data, and not a register alone, holds this spelling."""
        return number < self.mentioned

    def __len__(self) -> int:
        return len(self.keys)


_TEXT: pa.DataType = pa.string()
_TEXTS: pa.DataType = pa.list_(_TEXT)
_COLUMNS: dict[str, pa.DataType] = {
    "number": pa.int32(),
    "party_key": pa.uint64(),
    "is_entry": pa.bool_(),
    **dict.fromkeys(("core", "squeezed", "form"), _TEXT),
    **dict.fromkeys(("specific", "places", "sorts"), _TEXTS),
    **dict.fromkeys(("family", "initials"), _TEXT),
}
_NAMED = pa.schema(_COLUMNS)
_WORDS = tuple(_NAMED.names[3:])


def read(connection: duckdb.DuckDBPyConnection) -> Pool:
    """Read every spelling, and keep the words of its name in the table ``named``.

    ``gather`` comes first. ``named`` has one row a number, without people and untelling names.
    """
    pool = Pool()
    arrived = _NAMED.empty_table()
    connection.register("arrived", arrived)
    connection.execute("create or replace table named as select * from arrived")
    for table in ("spelling", "entry"):
        cursor = connection.cursor()
        cursor.execute(
            f"""select party_key, coalesce(name, ''), scheme, identifier, others
                from {table} order by party_key, name, line"""
        )
        while rows := cursor.fetchmany(CHUNK):
            _take(connection, pool, rows, is_entry=table == "entry")
        cursor.close()
        if table == "spelling":
            pool.mentioned = len(pool)
    connection.unregister("arrived")
    return pool


def _take(
    connection: duckdb.DuckDBPyConnection,
    pool: Pool,
    rows: Sequence[tuple[Any, ...]],
    *,
    is_entry: bool,
) -> None:
    columns: dict[str, list[Any]] = {name: [] for name in _NAMED.names}
    for number, (key, name, scheme, identifier, others) in enumerate(rows, start=len(pool)):
        told = normalise(name, branches=not is_entry)
        held = _identifiers(scheme, identifier, others)
        is_person = not (held or is_entry or told.national) and may_be_person(name)
        links = told.is_telling and not is_person
        pool.keys.append(key)
        pool.names.append(name)
        pool.cores.append(told.core if links else "")
        pool.forms.append(told.form)
        pool.identifiers.append(held)
        if is_person:
            pool.people.add(number)
        if links:
            columns["number"].append(number)
            columns["party_key"].append(key)
            columns["is_entry"].append(is_entry)
            for word in _WORDS:
                columns[word].append(getattr(told, word))
    connection.register("arrived", pa.table(columns, schema=_NAMED))
    connection.execute("insert into named select * from arrived")


def _identifiers(
    scheme: str | None, identifier: str | None, others: list[str] | None
) -> tuple[str, ...]:
    """Return the qualified identifiers of a spelling, its own first."""
    found = [qualified(scheme, identifier), *(parsed(other) for other in others or ())]
    told = dict.fromkeys(each for each in found if each)
    told |= dict.fromkeys(twin for each in told if (twin := same_by_rule(each)))
    return tuple(told)
