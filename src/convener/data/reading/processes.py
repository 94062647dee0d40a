"""The row of a process: the buyer and the region are found among parties and items."""

from __future__ import annotations

from convener.data import tables
from convener.data.keys import clean_sql
from convener.data.reading.casts import Cell, given
from convener.data.reading.parties import party_key_cell
from convener.data.reading.spread import (
    ITEM_PLACES,
    Spread,
    code_cell,
    direct_cells,
    field_at,
    inside_json,
    money_fields,
    region_sql,
    unnested,
)

DESCRIPTION_LENGTH = 2000


def process_spread() -> Spread:
    table = tables.PROCESSES
    cells = direct_cells(table, "", "")
    budget = money_fields("planning.budget.amount")
    least = money_fields("tender.minValue")
    subject = [field_at(f"tender.classification.{name}", "", "") for name in ("scheme", "id")]
    delivered = given(f"coalesce({region_sql('tender')}, item_region)")
    buyers = given(f"coalesce(buyer_region, {inside_json('buyer.address', 'region')})")
    return Spread(
        table,
        "",
        _process_rows(),
        {
            **cells,
            "description": Cell(
                f"case when strlen({{0}}) > {DESCRIPTION_LENGTH}"
                f" then left({{0}}, {DESCRIPTION_LENGTH}) else {{0}} end",
                cells["description"].fields,
            ),
            "buyer_name": Cell("{0}", [field_at("buyer.name", "", "", "name")]),
            "buyer_key": party_key_cell("buyer", "", ""),
            "estimate_amount": Cell("coalesce({0}, {1})", [budget[0], least[0]]),
            "estimate_currency": Cell(
                "upper(case when {0} is not null then {1} else {2} end)",
                [budget[0], budget[1], least[1]],
            ),
            "tenderer_count": Cell(
                "coalesce({0}, bid_count)",
                [field_at("tender.numberOfTenderers", "", "", "whole")],
            ),
            "code_scheme": Cell("{0}", subject[:1]),
            "code": code_cell(*subject),
            "region": Cell("coalesce({0}, {1})", [delivered, buyers]),
            "region_is_buyers": Cell(
                "case when {0} is not null then false when {1} is not null then true end",
                [delivered, buyers],
            ),
        },
    )


def _process_rows() -> str:
    """Return releases with what lies elsewhere in them: the buyer's party, items, bids."""
    places = " or ".join(f"item.{name} is not null" for name in ITEM_PLACES.split())
    items = unnested("tender.items", "item", kept="place")
    regions = f"select place, {region_sql('item')} as region from {items} where {places}"
    extra = (
        "select buyers.place, known.key as known_key, known.region as buyer_region, item_region,"
        f" bid_count from (select place, {clean_sql('buyer.id')} as id from raw) as buyers"
        " left join known on known.place = buyers.place and known.id = buyers.id"
        f" left join (select place, first(region) as item_region from ({regions})"
        " where region is not null group by place) as places on places.place = buyers.place"
        f" left join (select place, coalesce({_bid_statistics()}, {_tenderers_listed()})"
        " as bid_count from raw where tender.numberOfTenderers is null) as bidding"
        " on bidding.place = buyers.place"
    )
    return (
        f"(select raw.*, extra.* exclude (place) from raw join ({extra}) as extra using (place))"
    )


def _bid_statistics() -> str:
    """Return SQL for the count of bids from statistics: of all, else valid, else final ones."""
    counts = (
        "list_max(list_transform(list_filter(bids.statistics,"
        f" lambda known: known.measure = '{measure}'),"
        " lambda known: try_cast(known.value as integer)))"
        for measure in ("bids", "validBids", "finalStageBids")
    )
    return ", ".join(counts)


def _tenderers_listed() -> str:
    """Return SQL for the count of distinct tenderers, of bids or else of the tender."""
    named = "lambda who: coalesce(who.id, who.name)"
    of_bids = (
        "flatten(list_transform(bids.details,"
        f" lambda bid: list_transform(bid.tenderers, {named})))"
    )
    of_tender = f"list_transform(tender.tenderers, {named})"
    return ", ".join(f"nullif(list_unique({who}), 0)" for who in (of_bids, of_tender)) + (
        ", nullif(len(bids.details), 0)"
    )
