"""How each table is filled from releases, and the nested types that are read for it."""

from __future__ import annotations

from functools import cache

from convener.data import tables
from convener.data.reading.casts import Cell
from convener.data.reading.nested import Nest, nest_of
from convener.data.reading.parties import party_spread, supplier_spread, tenderer_spread
from convener.data.reading.processes import process_spread
from convener.data.reading.rare import implementation_spread, metric_spread
from convener.data.reading.spread import (
    ITEM_PLACES,
    KEPT,
    Spread,
    code_cell,
    direct_cells,
    field_at,
    region_sql,
    row_of,
    texts_cell,
    unnested,
    upper_currencies,
)
from convener.data.tables import Table

# What a compile adds to contracts, because only their first releases tell it.
FIRST_AMOUNT = "convenerFirstAmount"
FIRST_END = "convenerFirstEnd"
TERMINATED = "convenerTerminated"
# Fields that cells reach inside lists, and so name themselves.
ALSO_READ = """
    parties.additionalIdentifiers parties.details.classifications
    tag parties.roles awards.relatedLots bids.details.relatedLots
    bids.statistics.measure bids.statistics.value
    tender.deliveryAddresses tender.deliveryAddress tender.deliveryLocation
    buyer.identifier buyer.address awards.suppliers.identifier
    tender.tenderers.identifier bids.details.tenderers.identifier
"""


def _releases() -> Spread:
    cells = direct_cells(tables.RELEASES, "", "")
    return Spread(
        tables.RELEASES, "", "raw", {**cells, "tags": texts_cell("tag"), "line": Cell("line")}
    )


def _lots() -> Spread:
    cells = upper_currencies(direct_cells(tables.LOTS, "tender.lots", "lot"))
    return Spread(tables.LOTS, "tender.lots", row_of("tender.lots", "lot"), cells)


def _items(section: str) -> Spread:
    holder, rows, section_id = {
        "tender": ("tender", "raw", Cell("null")),
        "award": ("awards", unnested("awards", "held"), None),
        "contract": ("contracts", unnested("contracts", "held"), None),
    }[section]
    base = f"{holder}.items"
    below = "tender.items" if section == "tender" else "held.items"
    kept = KEPT if section == "tender" else f"{KEPT}, held"
    subject = [
        field_at(f"{base}.classification.{name}", base, "item") for name in ("scheme", "id")
    ]
    return Spread(
        tables.ITEMS,
        base,
        row_of(below, "item", rows, kept),
        {
            "section": Cell(f"'{section}'"),
            "section_id": section_id or Cell("{0}", [field_at(f"{holder}.id", holder, "held")]),
            "item_id": Cell("{0}", [field_at(f"{base}.id", base, "item")]),
            "scheme": Cell("{0}", subject[:1]),
            "code": code_cell(*subject),
            "related_lot": Cell("{0}", [field_at(f"{base}.relatedLot", base, "item")]),
            "region": Cell(region_sql("item")),
        },
    )


def _bids() -> Spread:
    cells = upper_currencies(direct_cells(tables.BIDS, "bids.details", "bid"))
    cells["related_lots"] = texts_cell("bid.relatedLots")
    return Spread(tables.BIDS, "bids.details", row_of("bids.details", "bid"), cells)


def _awards() -> Spread:
    cells = upper_currencies(direct_cells(tables.AWARDS, "awards", "award"))
    cells["related_lots"] = texts_cell("award.relatedLots")
    return Spread(tables.AWARDS, "awards", row_of("awards", "award"), cells)


def _contracts(*, compiled: bool) -> Spread:
    cells = upper_currencies(direct_cells(tables.CONTRACTS, "contracts", "contract"))
    first = [
        field_at(f"contracts.{name}", "contracts", "contract", kind)
        for name, kind in ((FIRST_AMOUNT, "money"), (FIRST_END, "moment"), (TERMINATED, "flag"))
    ]
    ended = "contract.status = 'terminated' or list_contains(tag, 'contractTermination')"
    told = {
        "first_amount": Cell("coalesce({0}, {1})", [first[0], *cells["amount"].fields]),
        "first_ends_at": Cell("coalesce({0}, {1})", [first[1], *cells["ends_at"].fields]),
        "terminated": Cell(f"coalesce({{0}}, {ended}, false)", [first[2]]),
    }
    same = {
        "first_amount": cells["amount"],
        "first_ends_at": cells["ends_at"],
        "terminated": Cell(f"coalesce({ended}, false)"),
    }
    rows = row_of("contracts", "contract", kept=f"{KEPT}, tag")
    return Spread(tables.CONTRACTS, "contracts", rows, {**cells, **(told if compiled else same)})


@cache
def spreads(*, compiled: bool = False) -> dict[Table, tuple[Spread, ...]]:
    """Return how each table of processes is filled, from releases as read or compiled here."""
    sections = ("tender", "award", "contract")
    found = (
        (_releases(),),
        (process_spread(),),
        (party_spread(),),
        (_lots(),),
        tuple(_items(section) for section in sections),
        (_bids(),),
        (tenderer_spread("bid"), tenderer_spread("tender")),
        (_awards(),),
        (supplier_spread(),),
        (_contracts(compiled=compiled),),
        (implementation_spread("transaction"), implementation_spread("milestone")),
        (metric_spread("agreed"), metric_spread("measured")),
    )
    return {group[0].table: group for group in found}


@cache
def release_nest(*, compiled: bool = False) -> Nest:
    """Return the nested types of all fields that the tables are filled from."""
    groups = spreads(compiled=compiled).values()
    fields = [one for group in groups for each in group for one in each.fields]
    paths = [one.path for one in fields if one.path]
    items = [
        f"{holder}.items.{path}"
        for holder in ("tender", "awards", "contracts")
        for path in ITEM_PLACES.split()
    ]
    return nest_of([*paths, *ALSO_READ.split(), *items])
