"""Parties of a process, and those who refer to them: tenderers and suppliers.

``known`` is the parties of what was read, for all who refer to them by id.
"""

from __future__ import annotations

from convener.data import tables
from convener.data.keys import clean_sql, key_of_clean_sql, padded_sql
from convener.data.reading.casts import Cell
from convener.data.reading.spread import (
    KEPT,
    Spread,
    direct_cells,
    field_at,
    inside_json,
    pairs_cell,
    row_of,
    texts_cell,
    unnested,
)


def _referred(rows: str, alias: str) -> str:
    """Return rows of references to parties, each with the key of the party, if there is one."""
    return (
        f"(select referring.*, known.key as known_key from {rows} as referring left join known"
        f" on known.place = referring.place and known.id = {clean_sql(f'{alias}.id')})"
    )


def party_key_cell(reference: str, base: str, alias: str) -> Cell:
    """Return a cell for the key of the party referred to, else of the reference itself."""
    name = field_at(f"{reference}.name", base, alias, "name")
    identifier = f"{alias or reference}.identifier"
    own = key_of_clean_sql(inside_json(identifier, "scheme"), inside_json(identifier, "id"), "{0}")
    return Cell(f"coalesce(known_key, {own})", [name])


def known_parties() -> str:
    """Return SQL for the parties that others of a process refer to by id.

    Of several with one id the first counts.
    """
    names = {"id": "id", "scheme": "identifier.scheme", "number": "identifier.id", "name": "name"}
    clean = ", ".join(f"{clean_sql(f'party.{path}')} as {name}" for name, path in names.items())
    key = key_of_clean_sql("scheme", "number", "name")
    return (
        f"select place, id, first({key}), first({clean_sql('region')}) from"
        f" (select place, {clean}, party.address.region as region"
        f" from {unnested('parties', 'party', kept='place')}) where id is not null group by all"
    )


KNOWN_TABLE = "create table known (place BIGINT, id VARCHAR, key UBIGINT, region VARCHAR)"


def party_spread() -> Spread:
    paths = ("id", "name", "identifier.scheme", "identifier.id")
    ids = [field_at(f"parties.{path}", "parties", "party", "name") for path in paths]
    return Spread(
        tables.PARTIES,
        "parties",
        row_of("parties", "party"),
        {
            **direct_cells(tables.PARTIES, "parties", "party"),
            "party_id": Cell("{0}", ids[:1]),
            "party_key": Cell(key_of_clean_sql("{1}", "{2}", "{0}"), ids[1:]),
            "name": Cell("{0}", ids[1:2]),
            "scheme": Cell("{0}", ids[2:3]),
            "identifier": Cell(padded_sql("{0}", "{1}"), ids[2:]),
            "other_identifiers": pairs_cell("party.additionalIdentifiers"),
            "roles": texts_cell("party.roles"),
            "classifications": pairs_cell("party.details.classifications"),
        },
    )


def tenderer_spread(of: str) -> Spread:
    """Return the tenderers of bids, or of tenders whose bids are not published."""
    base = "tender.tenderers"
    without = "(select * from raw where coalesce(len(bids.details), 0) = 0)"
    rows, bid_id = row_of(base, "tenderer", without), Cell("null")
    if of == "bid":
        base = "bids.details.tenderers"
        bids = unnested("bids.details", "bid")
        rows = row_of("bid.tenderers", "tenderer", bids, f"{KEPT}, bid")
        bid_id = Cell("{0}", [field_at("bids.details.id", "bids.details", "bid")])
    return Spread(
        tables.TENDERERS,
        base,
        _referred(rows, "tenderer"),
        {"bid_id": bid_id, **_reference(base, "tenderer")},
    )


def _reference(base: str, alias: str) -> dict[str, Cell]:
    """Return the cells of a reference to a party."""
    return {
        "party_id": Cell("{0}", [field_at(f"{base}.id", base, alias, "name")]),
        "party_key": party_key_cell(base, base, alias),
        "name": Cell("{0}", [field_at(f"{base}.name", base, alias, "name")]),
    }


def supplier_spread() -> Spread:
    base = "awards.suppliers"
    awards = unnested("awards", "award")
    numbered = (
        f"(select {KEPT}, award, unnest(award.suppliers) as supplier,"
        f" generate_subscripts(award.suppliers, 1) as position from {awards})"
    )
    return Spread(
        tables.SUPPLIERS,
        base,
        _referred(f"(select * from {numbered} where supplier is not null)", "supplier"),
        {
            "award_id": Cell("{0}", [field_at("awards.id", "awards", "award")]),
            "position": Cell("position"),
            **_reference(base, "supplier"),
        },
    )
