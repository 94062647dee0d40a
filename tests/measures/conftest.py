"""Small markets for measures: rows of the store written down, in an engine of their own."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any

import duckdb
import pytest

from convener.data.keys import party_key_sql
from convener.data.store import engine
from convener.data.tables import TABLES
from given_tenders import tender_rows

Given = Mapping[str, Sequence[Mapping[str, Any]]]
Connection = duckdb.DuckDBPyConnection

# A party is known by its name, where a row gives no key of its own.
_KEYS = (
    ("processes", "buyer_key", "buyer_name"),
    ("suppliers", "party_key", "name"),
    ("tenderers", "party_key", "name"),
    ("parties", "party_key", "name"),
    ("payments", "buyer_key", "buyer_name"),
    ("payments", "payee_key", "payee_name"),
    ("provision", "provider_key", "provider_name"),
)


@pytest.fixture
def market_of() -> Iterator[Callable[[Given], Connection]]:
    """Give a function that makes a store of the rows it is given, table by table.

    Beside the tables of the store it takes short forms. ``things`` are awards to one or
    several ``providers`` (parted by ``+``), with ``buyer``, ``amount``, ``day``, ``area``,
    ``service`` (a code), ``currency``, ``ends``, ``estimate`` and ``source``. ``who`` are
    organisations by ``name``, with ``kind``, ``scale``, ``is_vcse`` and ``owner`` (a name).
    ``tenders`` are told of in ``tests/given_tenders.py``.
    """
    opened: list[Connection] = []

    def make(given: Given) -> Connection:
        connection = engine(threads=2, memory_limit="512MB")
        opened.append(connection)
        for table in TABLES.values():
            connection.execute(f"create table {table.name} ({table.ddl})")
        for number, thing in enumerate(given.get("things", ()), 1):
            for table, row in _award(number, thing):
                _insert(connection, table, row)
        for table, row in tender_rows(given.get("tenders", ())):
            _insert(connection, table, row)
        for name, rows in given.items():
            for row in rows if name in TABLES else ():
                _insert(connection, name, {"source": "given", **row})
        for table, key, name in _KEYS:
            connection.execute(
                f"update {table} set {key} = {party_key_sql('null', 'null', name)}"
                f" where {key} is null"
            )
        _resolve(connection, given.get("who", ()))
        _label(connection)
        return connection

    yield make
    for connection in opened:
        connection.close()


def _award(number: int, thing: Mapping[str, Any]) -> Iterator[tuple[str, dict[str, Any]]]:
    common = {"source": thing.get("source", "given"), "process_key": number}
    code = thing.get("service")
    yield (
        "processes",
        {
            **common,
            "ocid": thing.get("ocid", f"ocds-213czf-{number}"),
            "released_at": thing.get("released"),
            "buyer_name": thing.get("buyer", "A Council"),
            "region": thing.get("area"),
            "region_is_buyers": thing.get("area_is_buyers", False),
            "estimate_amount": thing.get("estimate"),
            "estimate_currency": "GBP" if "estimate" in thing else None,
        },
    )
    if code:
        for digits, level in ((2, "division"), (3, "group"), (4, "class")):
            row = {"process_key": number, "service": code[:digits], "level": level}
            yield "process_services", row
    yield (
        "awards",
        {
            **common,
            "award_id": "1",
            "status": thing.get("status", "active"),
            "awarded_at": thing.get("day"),
            "amount": thing.get("amount"),
            "currency": thing.get("currency", "GBP"),
            "starts_at": thing.get("starts"),
            "ends_at": thing.get("ends"),
        },
    )
    providers = [name.strip() for name in thing.get("providers", "").split("+") if name.strip()]
    for position, name in enumerate(providers, 1):
        yield "suppliers", {**common, "award_id": "1", "position": position, "name": name}


def _insert(connection: Connection, table: str, row: Mapping[str, Any]) -> None:
    known = {name: value for name, value in row.items() if name in TABLES[table].column_names}
    strange = set(row) - set(known) - {"source"}
    assert not strange, f"{table} has no {strange}"
    connection.execute(
        f"insert into {table} ({', '.join(known)}) values ({', '.join('$' + n for n in known)})",
        known,
    )


def _resolve(connection: Connection, who: Sequence[Mapping[str, Any]]) -> None:
    """Make one organisation of each name that ``who`` describes, and of each owner."""
    names = dict.fromkeys(
        name for one in who for name in (one["name"], one.get("owner")) if name is not None
    )
    keys = {name: number for number, name in enumerate(names, 1)}
    described = {one["name"]: one for one in who}
    for name, number in keys.items():
        one = described.get(name, {})
        owner = one.get("owner", name)
        row = {
            "organisation_key": number,
            "name": name,
            "kind": one.get("kind", "unknown"),
            "owner_key": keys[owner],
            "owner_name": owner,
            "scale": one.get("scale"),
            "is_vcse": one.get("is_vcse"),
        }
        _insert(connection, "organisations", row)
        connection.execute(
            "insert into identities (party_key, organisation_key, name)"
            f" select {party_key_sql('null', 'null', '$name')}, $number, $name",
            {"name": name, "number": number},
        )


def _label(connection: Connection) -> None:
    connection.execute(
        "insert into label_services"
        " select distinct service, lower(replace(service, ' ', '-')), 'label', 'its own name'"
        " from (select service from payments union select service from provision)"
        " where service is not null"
    )
