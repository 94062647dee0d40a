"""A small store of invented rows, resolved: what tests of identity, kinds and owners share."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import pyarrow as pa

from convener.data.keys import party_key_sql
from convener.data.organisations import decisions as corrections
from convener.data.organisations import identity
from convener.data.organisations.decisions import Decision
from convener.data.store import Manifest, Store, add_views, engine

AT = datetime(2026, 1, 1, tzinfo=UTC)
Row = dict[str, Any]


@dataclass(frozen=True)
class Resolved:
    """Organisations by key, and the organisation and reason of every spelling by name."""

    organisations: dict[int, Row]
    spellings: dict[str, Row]
    shares: list[Row]
    counts: dict[str, int]

    def of(self, name: str) -> Row:
        return self.organisations[self.spellings[name]["organisation_key"]]

    def are_one(self, *names: str) -> bool:
        return len({self.spellings[name]["organisation_key"] for name in names}) == 1

    def shares_of(self, name: str, on: date | None = None) -> dict[str, float]:
        on = on or AT.date()
        key = self.spellings[name]["organisation_key"]
        return {
            self.organisations[row["owner_key"]]["name"]: round(row["share"], 6)
            for row in self.shares
            if row["organisation_key"] == key
            and (row["from_on"] or date.min) <= on < (row["to_on"] or date.max)
        }


def party(name: str, identifier: str | None = None, **columns: Any) -> Row:
    country, register, number = identifier.split("-", 2) if identifier else (None, None, None)
    scheme = f"{country}-{register}" if country else None
    return {"source": "s", "name": name, "scheme": scheme, "identifier": number, **columns}


def entry(name: str, identifier: str, kind: str | None = None, *others: str) -> Row:
    return party(name, identifier, register="a register", kind=kind, other_identifiers=[*others])


def holding(owner: str, owned: str, share: float | None = 1.0, **columns: Any) -> Row:
    return {"source": "s", "owner_name": owner, "owned_name": owned, "share": share, **columns}


def resolve(
    folder: Path,
    parties: Iterable[Row | str],
    *,
    register: Iterable[Row] = (),
    ownership: Iterable[Row] = (),
    payments: Iterable[Row] = (),
    decisions: Iterable[Decision] | None = None,
) -> Resolved:
    """Resolve rows as the end of a load does, and read back what it wrote."""
    store = Store(folder / "store")
    store.folder.mkdir(exist_ok=True)
    connection = engine(threads=1, memory_limit="500MB")
    add_views(connection, store.folder, Manifest())
    rows = [party(each) if isinstance(each, str) else each for each in parties]
    tables = {"parties": rows, "register": register, "ownership": ownership, "payments": payments}
    for table, given in tables.items():
        if given := list(given):
            columns = dict.fromkeys(column for row in given for column in row)
            whole = {column: [row.get(column) for row in given] for column in columns}
            connection.register("given", pa.table(whole))
            connection.execute(f"insert into {table} by name select * from given")
            connection.unregister("given")
    key = party_key_sql("scheme", "identifier", "name")
    connection.execute(f"update parties set party_key = {key}")
    payee = party_key_sql("payee_scheme", "payee_identifier", "payee_name")
    connection.execute(f"update payments set payee_key = {payee}")
    path = None
    if decisions is not None:
        path = store.folder / "decisions.parquet"
        corrections.write(path, decisions)
    with store.writing(at=AT) as load:
        counts = identity.resolve(connection, load, decisions=path)
        read = {
            table: connection.sql(
                f"select * from read_parquet('{load.part_path(table, 0)}')"
            ).to_arrow_table()
            for table in ("organisations", "identities", "owner_shares")
        }
    return Resolved(
        {row["organisation_key"]: row for row in read["organisations"].to_pylist()},
        {row["name"] or "": row for row in read["identities"].to_pylist()},
        read["owner_shares"].to_pylist(),
        counts,
    )
