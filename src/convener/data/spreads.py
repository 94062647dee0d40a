"""SQL that spreads nested releases over the tables of the store.

``raw`` is what was read: a row a release, with ``place`` (its number in the source), ``line`` and
``input`` (where a person finds it), ``party_ids`` and ``party_keys`` (its parties, for whoever is
referred to by id) and its nested fields. A column whose path in ``tables.py`` is one field of the
release is read from there; the others are written out here.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache

from convener.data import tables
from convener.data.casts import LENIENT, STRICT, Cell, Field, given, kind_of
from convener.data.keys import clean_sql, key_of_clean_sql, padded_sql
from convener.data.nested import Nest, nest_of
from convener.data.tables import Table

DESCRIPTION_LENGTH = 2000
# What a compile adds to contracts, because only their first releases tell it.
FIRST_AMOUNT = "convenerFirstAmount"
FIRST_END = "convenerFirstEnd"
TERMINATED = "convenerTerminated"
PROCESS_SHIFT = 40
KEPT = "place, line, input"
WITH_PARTIES = f"{KEPT}, party_ids, party_keys"

# Fields that cells reach inside lists, and so name themselves.
ALSO_READ = """
    tag parties.roles awards.relatedLots bids.details.relatedLots
    parties.additionalIdentifiers.scheme parties.additionalIdentifiers.id
    parties.details.classifications.scheme parties.details.classifications.id
    bids.statistics.measure bids.statistics.value
    tender.deliveryAddresses.region tender.deliveryAddress.region
    tender.deliveryLocation.description tender.deliveryLocation.gazetteer.identifiers
    buyer.identifier.scheme buyer.identifier.id buyer.address.region
    awards.suppliers.identifier.scheme awards.suppliers.identifier.id
    tender.tenderers.identifier.scheme tender.tenderers.identifier.id
    bids.details.tenderers.identifier.scheme bids.details.tenderers.identifier.id
"""
ITEM_PLACES = """
    deliveryAddresses.region deliveryAddress.region
    deliveryLocation.description deliveryLocation.gazetteer.identifiers
"""


@dataclass(frozen=True)
class Spread:
    """The rows of one table that one part of a release gives; ``base`` is the part's path."""

    table: Table
    base: str
    rows: str
    cells: Mapping[str, Cell]

    def select(self, source: str, number: int, *, strict: bool) -> str:
        """Return SQL for the rows of a source.

        In three steps, so that nothing is written or computed twice: the texts are reached, each
        becomes a value, and the cells put columns together from the values.
        """
        mode = STRICT if strict else LENIENT
        fields = list(enumerate(self.fields))
        texts = "".join(f", {one.raw} as text_{place}" for place, one in fields)
        values = "".join(
            f", {one.sql(f'text_{place}', mode)} as field_{place}" for place, one in fields
        )
        below = f"(select *{values} from (select *{texts} from {self.rows}))"
        names = {one: f"field_{place}" for place, one in fields}
        columns = {
            "source": "'" + source.replace("'", "''") + "'",
            "process_key": f"{number << PROCESS_SHIFT} + place",
            **{column: cell.sql(names) for column, cell in self.cells.items()},
        }
        listed = (f"({columns[c.name]})::{c.type} as {c.name}" for c in self.table.columns)
        return f"select {', '.join(listed)} from {below}"

    @property
    def fields(self) -> list[Field]:
        """Return the fields that the cells are made of, each once."""
        return list(dict.fromkeys(one for cell in self.cells.values() for one in cell.fields))

    @property
    def own_fields(self) -> list[Field]:
        """Return the fields of this part itself, which no other table counts again."""
        told = {"ocid", "date"} if self.table is tables.PROCESSES else set()  # by RELEASES
        return [
            one
            for one in self.fields
            if one.path and one.path.startswith(self.base) and one.path not in told
        ]


def _unnested(path: str, alias: str, rows: str = "raw", kept: str = KEPT) -> str:
    return f"(select {kept}, unnest({path}) as {alias} from {rows})"


def _row(path: str, alias: str, rows: str = "raw", kept: str = KEPT) -> str:
    return f"(select * from {_unnested(path, alias, rows, kept)} where {alias} is not null)"


def _direct(table: Table, base: str, alias: str) -> dict[str, Cell]:
    """Return a cell for each column whose path is one field under ``base``."""
    return {
        column.name: Cell("{0}", [_field(column.path, base, alias, kind_of(column))])
        for column in table.columns
        if column.path and column.path.startswith(base) and "|" not in column.path
    }


def _field(path: str, base: str, alias: str, kind: str = "text") -> Field:
    names = path.removeprefix(base).strip(".").split(".")
    return Field(path, ".".join([alias] * bool(alias) + [f'"{name}"' for name in names]), kind)


def _texts(sql: str) -> Cell:
    """Return a cell for a list of texts, kept as it is written."""
    return Cell(sql)


def _pairs(sql: str) -> Cell:
    """Return a cell for a list of scheme and id, each pair as one text."""
    return Cell(
        f"list_transform({sql}, lambda pair: concat_ws('-', {clean_sql('pair.scheme')},"
        f" {clean_sql('pair.id')}))"
    )


def _code(scheme: Field, code: Field) -> Cell:
    """Return a cell for the code of a subject: of CPV the eight digits, else as written."""
    digits = "regexp_replace(split_part({1}, '-', 1), '[^0-9]', '', 'g')[:8]"
    return Cell(
        "case when {0} = 'CPV' and strlen({1}) <> 8 then " + digits + " else {1} end",
        [scheme, code],
    )


def _party_key(reference: str, base: str, alias: str) -> Cell:
    """Return a cell for the key of the party referred to, else of the reference itself."""
    paths = (f"{base}.{name}" for name in ("id", "identifier.scheme", "identifier.id", "name"))
    known = "party_keys[list_position(party_ids, {0})]"
    return Cell(
        f"coalesce({known}, {key_of_clean_sql('{1}', '{2}', '{3}')})",
        [_field(path, reference, alias) for path in paths],
    )


def _first(sql: str) -> str:
    return f"list_filter({sql}, lambda found: found is not null)[1]"


def _region(holder: str) -> str:
    """Return SQL for where something is delivered: the first region, else the place's name."""
    addresses = f"list_transform({holder}.deliveryAddresses, lambda it: {clean_sql('it.region')})"
    location = f"{holder}.deliveryLocation"
    return (
        f"coalesce({_first(addresses)}, {clean_sql(f'{holder}.deliveryAddress.region')},"
        f" {location}.gazetteer.identifiers[1], {clean_sql(f'{location}.description')})"
    )


def party_columns() -> str:
    """Return SQL for the parties' ids and keys, computed once for all who refer to them."""
    texts = ", ".join(
        f"{name}: {clean_sql(f'party.{path}')}"
        for name, path in (("s", "identifier.scheme"), ("i", "identifier.id"), ("n", "name"))
    )
    clean = f"list_transform(parties, lambda party: {{{texts}}})"
    key = key_of_clean_sql("clean.s", "clean.i", "clean.n")
    return (
        f"list_transform(parties, lambda party: {clean_sql('party.id')}) as party_ids,"
        f" list_transform({clean}, lambda clean: {key}) as party_keys"
    )


def _releases() -> Spread:
    cells = _direct(tables.RELEASES, "", "")
    return Spread(
        tables.RELEASES, "", "raw", {**cells, "tags": _texts("tag"), "line": Cell("line")}
    )


def _processes() -> Spread:
    table = tables.PROCESSES
    cells = _direct(table, "", "")
    budget = _money_fields("planning.budget.amount")
    least = _money_fields("tender.minValue")
    subject = [_field(f"tender.classification.{name}", "", "") for name in ("scheme", "id")]
    delivered = given(f"coalesce({_region('tender')}, {_first(_item_regions('tender.items'))})")
    buyers = given(f"coalesce({_buyer_region()}, {clean_sql('buyer.address.region')})")
    return Spread(
        table,
        "",
        "raw",
        {
            **cells,
            "description": Cell(
                f"case when strlen({{0}}) > {DESCRIPTION_LENGTH}"
                f" then left({{0}}, {DESCRIPTION_LENGTH}) else {{0}} end",
                cells["description"].fields,
            ),
            "buyer_key": _party_key("", "buyer", ""),
            "estimate_amount": Cell("coalesce({0}, {1})", [budget[0], least[0]]),
            "estimate_currency": Cell(
                "upper(case when {0} is not null then {1} else {2} end)",
                [budget[0], budget[1], least[1]],
            ),
            "tenderer_count": Cell(
                f"coalesce({{0}}, {_bid_statistics()}, {_tenderers_listed()})",
                [_field("tender.numberOfTenderers", "", "", "whole")],
            ),
            "code_scheme": Cell("{0}", subject[:1]),
            "code": _code(*subject),
            "region": Cell("coalesce({0}, {1})", [delivered, buyers]),
            "region_is_buyers": Cell(
                "case when {0} is not null then false when {1} is not null then true end",
                [delivered, buyers],
            ),
        },
    )


def _money_fields(path: str, base: str = "", alias: str = "") -> tuple[Field, Field]:
    return (
        _field(f"{path}.amount", base, alias, "money"),
        _field(f"{path}.currency", base, alias),
    )


def _item_regions(items: str) -> str:
    return f"list_transform({items}, lambda item: {_region('item')})"


def _buyer_region() -> str:
    place = f"list_position(party_ids, {clean_sql('buyer.id')})"
    return clean_sql(f"parties[{place}].address.region")


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


def _parties() -> Spread:
    table = tables.PARTIES
    scheme, identifier = (
        _field(f"parties.identifier.{name}", "parties", "party") for name in ("scheme", "id")
    )
    rows = f"(select {KEPT}, unnest(parties) as party, unnest(party_keys) as party_key from raw)"
    return Spread(
        table,
        "parties",
        f"(select * from {rows} where party is not null)",
        {
            **_direct(table, "parties", "party"),
            "party_id": Cell("{0}", [_field("parties.id", "parties", "party")]),
            "party_key": Cell("party_key"),
            "identifier": Cell(padded_sql("{0}", "{1}"), [scheme, identifier]),
            "other_identifiers": _pairs("party.additionalIdentifiers"),
            "roles": _texts("party.roles"),
            "classifications": _pairs("party.details.classifications"),
        },
    )


def _lots() -> Spread:
    cells = _upper(_direct(tables.LOTS, "tender.lots", "lot"))
    return Spread(tables.LOTS, "tender.lots", _row("tender.lots", "lot"), cells)


def _upper(cells: dict[str, Cell]) -> dict[str, Cell]:
    """Return the cells with currencies in capitals."""
    return {
        name: Cell("upper({0})", cell.fields) if name.endswith("currency") else cell
        for name, cell in cells.items()
    }


def _items(section: str) -> Spread:
    holder, rows, section_id = {
        "tender": ("tender", "raw", Cell("null")),
        "award": ("awards", _unnested("awards", "held"), None),
        "contract": ("contracts", _unnested("contracts", "held"), None),
    }[section]
    base = f"{holder}.items"
    below = "tender.items" if section == "tender" else "held.items"
    kept = KEPT if section == "tender" else f"{KEPT}, held"
    subject = [_field(f"{base}.classification.{name}", base, "item") for name in ("scheme", "id")]
    return Spread(
        tables.ITEMS,
        base,
        _row(below, "item", rows, kept),
        {
            "section": Cell(f"'{section}'"),
            "section_id": section_id or Cell("{0}", [_field(f"{holder}.id", holder, "held")]),
            "item_id": Cell("{0}", [_field(f"{base}.id", base, "item")]),
            "scheme": Cell("{0}", subject[:1]),
            "code": _code(*subject),
            "related_lot": Cell("{0}", [_field(f"{base}.relatedLot", base, "item")]),
            "region": Cell(_region("item")),
        },
    )


def _bids() -> Spread:
    cells = _upper(_direct(tables.BIDS, "bids.details", "bid"))
    cells["related_lots"] = _texts("bid.relatedLots")
    return Spread(tables.BIDS, "bids.details", _row("bids.details", "bid"), cells)


def _tenderers(of: str) -> Spread:
    """Return the tenderers of bids, or of tenders whose bids name none."""
    bid_id = Cell("null")
    base = "tender.tenderers"
    rows = (
        "(select * from raw where not coalesce(list_bool_or(list_transform(bids.details,"
        " lambda bid: len(bid.tenderers) > 0)), false))"
    )
    kept = WITH_PARTIES
    path = base
    if of == "bid":
        base, path = "bids.details.tenderers", "bid.tenderers"
        rows, kept = _unnested("bids.details", "bid", kept=WITH_PARTIES), f"{WITH_PARTIES}, bid"
        bid_id = Cell("{0}", [_field("bids.details.id", "bids.details", "bid")])
    return Spread(
        tables.TENDERERS,
        base,
        _row(path, "tenderer", rows, kept),
        {
            "bid_id": bid_id,
            "party_id": Cell("{0}", [_field(f"{base}.id", base, "tenderer")]),
            "party_key": _party_key(base, base, "tenderer"),
            "name": Cell("{0}", [_field(f"{base}.name", base, "tenderer")]),
        },
    )


def _awards() -> Spread:
    cells = _upper(_direct(tables.AWARDS, "awards", "award"))
    cells["related_lots"] = _texts("award.relatedLots")
    return Spread(tables.AWARDS, "awards", _row("awards", "award"), cells)


def _suppliers() -> Spread:
    base = "awards.suppliers"
    awards = _unnested("awards", "award", kept=WITH_PARTIES)
    rows = (
        f"(select {WITH_PARTIES}, award, unnest(award.suppliers) as supplier,"
        f" generate_subscripts(award.suppliers, 1) as position from {awards})"
    )
    return Spread(
        tables.SUPPLIERS,
        base,
        f"(select * from {rows} where supplier is not null)",
        {
            "award_id": Cell("{0}", [_field("awards.id", "awards", "award")]),
            "position": Cell("position"),
            "party_id": Cell("{0}", [_field(f"{base}.id", base, "supplier")]),
            "party_key": _party_key(base, base, "supplier"),
            "name": Cell("{0}", [_field(f"{base}.name", base, "supplier")]),
        },
    )


def _contracts(*, compiled: bool) -> Spread:
    cells = _upper(_direct(tables.CONTRACTS, "contracts", "contract"))
    first = [
        _field(f"contracts.{name}", "contracts", "contract", kind)
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
    rows = _row("contracts", "contract", kept=f"{KEPT}, tag")
    return Spread(tables.CONTRACTS, "contracts", rows, {**cells, **(told if compiled else same)})


def _implementation(sort: str) -> Spread:
    base = f"contracts.implementation.{sort}s"
    contracts = _unnested("contracts", "contract")
    rows = _row(f"contract.implementation.{sort}s", "done", contracts, f"{KEPT}, contract")

    def cell(name: str, kind: str = "text", template: str = "{0}") -> Cell:
        return Cell(template, [_field(f"{base}.{name}", base, "done", kind)])

    is_milestone = sort == "milestone"
    nothing = Cell("null")
    return Spread(
        tables.IMPLEMENTATION,
        base,
        rows,
        {
            "contract_id": Cell("{0}", [_field("contracts.id", "contracts", "contract")]),
            "sort": Cell(f"'{sort}'"),
            "record_id": cell("id"),
            "status": cell("status") if is_milestone else nothing,
            "due_at": cell("dueDate", "moment") if is_milestone else nothing,
            "happened_at": cell("dateMet" if is_milestone else "date", "moment"),
            "amount": cell("value.amount", "money"),
            "currency": cell("value.currency", template="upper({0})"),
        },
    )


def _metrics(sort: str) -> Spread:
    path = {"agreed": "agreedMetrics", "measured": "implementation.metrics"}[sort]
    base = f"contracts.{path}"
    contracts = _unnested("contracts", "contract")
    metrics = _unnested(f"contract.{path}", "metric", contracts, f"{KEPT}, contract")
    rows = _row("metric.observations", "seen", metrics, f"{KEPT}, contract, metric")

    def cell(path: str, kind: str = "text") -> Cell:
        return Cell(
            "{0}", [_field(f"{base}.observations.{path}", f"{base}.observations", "seen", kind)]
        )

    return Spread(
        tables.METRICS,
        f"{base}.observations",
        rows,
        {
            "contract_id": Cell("{0}", [_field("contracts.id", "contracts", "contract")]),
            "sort": Cell(f"'{sort}'"),
            "metric_id": Cell("{0}", [_field(f"{base}.id", base, "metric")]),
            "title": Cell("{0}", [_field(f"{base}.title", base, "metric")]),
            "observation_id": cell("id"),
            "observed_at": cell("period.endDate", "moment"),
            "measure": Cell(
                "coalesce({0}, {1})", [*cell("measure").fields, *cell("value.amount").fields]
            ),
            "unit": cell("unit.name"),
            "rating": Cell(
                "coalesce({0}, {1})",
                [
                    *cell("measureClassification.id").fields,
                    *cell("measureClassification.description").fields,
                ],
            ),
        },
    )


@cache
def spreads(*, compiled: bool = False) -> dict[Table, tuple[Spread, ...]]:
    """Return how each table of processes is filled, from releases as read or compiled here."""
    sections = ("tender", "award", "contract")
    found = (
        (_releases(),),
        (_processes(),),
        (_parties(),),
        (_lots(),),
        tuple(_items(section) for section in sections),
        (_bids(),),
        (_tenderers("bid"), _tenderers("tender")),
        (_awards(),),
        (_suppliers(),),
        (_contracts(compiled=compiled),),
        (_implementation("transaction"), _implementation("milestone")),
        (_metrics("agreed"), _metrics("measured")),
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
