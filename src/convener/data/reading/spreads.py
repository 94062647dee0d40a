"""SQL that spreads nested releases over the tables of the store.

``raw`` is what was read: a row a release, with ``place`` (its number in the source), ``line`` and
``input`` (where a person finds it) and its nested fields; ``known`` is its parties, for all who
refer to them by id. A column whose path in ``tables.py`` is one field of the
release is read from there; the others are written out here.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache

from convener.data import tables
from convener.data.keys import clean_sql, key_of_clean_sql, padded_sql
from convener.data.reading.casts import LENIENT, STRICT, Cell, Field, given, kind_of
from convener.data.reading.nested import Nest, nest_of
from convener.data.tables import Table

DESCRIPTION_LENGTH = 2000
# What a compile adds to contracts, because only their first releases tell it.
FIRST_AMOUNT = "convenerFirstAmount"
FIRST_END = "convenerFirstEnd"
TERMINATED = "convenerTerminated"
PROCESS_SHIFT = 40
KEPT = "place, line, input"

# Fields that cells reach inside lists, and so name themselves.
ALSO_READ = """
    parties.additionalIdentifiers parties.details.classifications
    tag parties.roles awards.relatedLots bids.details.relatedLots
    bids.statistics.measure bids.statistics.value
    tender.deliveryAddresses tender.deliveryAddress tender.deliveryLocation
    buyer.identifier buyer.address awards.suppliers.identifier
    tender.tenderers.identifier bids.details.tenderers.identifier
"""
ITEM_PLACES = "deliveryAddresses deliveryAddress deliveryLocation"
METRICS_AT = {"agreed": "agreedMetrics", "measured": "implementation.metrics"}


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


def _pairs(text: str) -> Cell:
    """Return a cell for a list of scheme and id in JSON text, each pair as one text."""
    listed = f"""from_json({_valid(text)}, '[{{"scheme": "VARCHAR", "id": "VARCHAR"}}]')"""
    pair = f"concat_ws('-', {clean_sql('pair.scheme')}, {clean_sql('pair.id')})"
    pairs = f"list_transform({listed}, lambda pair: {pair})"
    sql = f"list_filter({pairs}, lambda it: it <> '')"
    return Cell(sql.replace("{", "{{").replace("}", "}}"))


def _valid(text: str) -> str:
    """Return SQL for a text where it is JSON, null where it is not: others raise on that."""
    return f"case when json_valid({text}) then {text} end"


def _inside(text: str, path: str) -> str:
    """Return SQL for what stands at a path in a rare field, which is JSON text."""
    found = f"json_extract_string({_valid(text)}, '$.{path}')"
    return f"nullif(trim({found}), '')"


def _code(scheme: Field, code: Field) -> Cell:
    """Return a cell for the code of a subject: of CPV the eight digits, else as written."""
    digits = "regexp_replace(split_part({1}, '-', 1), '[^0-9]', '', 'g')[:8]"
    return Cell(
        "case when {0} = 'CPV' and strlen({1}) <> 8 then " + digits + " else {1} end",
        [scheme, code],
    )


def _referred(rows: str, alias: str) -> str:
    """Return rows of references to parties, each with the key of the party, if there is one."""
    return (
        f"(select referring.*, known.key as known_key from {rows} as referring left join known"
        f" on known.place = referring.place and known.id = {clean_sql(f'{alias}.id')})"
    )


def _party_key(reference: str, base: str, alias: str) -> Cell:
    """Return a cell for the key of the party referred to, else of the reference itself."""
    name = _field(f"{reference}.name", base, alias, "name")
    identifier = f"{alias or reference}.identifier"
    own = key_of_clean_sql(_inside(identifier, "scheme"), _inside(identifier, "id"), "{0}")
    return Cell(f"coalesce(known_key, {own})", [name])


def _region(holder: str) -> str:
    """Return SQL for where something is delivered: the first region, else the place's name."""
    texts = [f"{holder}.{name}" for name in ITEM_PLACES.split()]
    many, one, location = texts
    regions = f"json_extract_string({_valid(many)}, '$[*].region')"
    found = (
        f"list_filter({regions}, lambda it: it <> '')[1]",
        _inside(one, "region"),
        _inside(location, "gazetteer.identifiers[0]"),
        _inside(location, "description"),
    )
    is_any = " or ".join(f"{text} is not null" for text in texts)
    return f"case when {is_any} then coalesce({', '.join(found)}) end"


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
        f" from {_unnested('parties', 'party', kept='place')}) where id is not null group by all"
    )


KNOWN_TABLE = "create table known (place BIGINT, id VARCHAR, key UBIGINT, region VARCHAR)"


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
    delivered = given(f"coalesce({_region('tender')}, item_region)")
    buyers = given(f"coalesce(buyer_region, {_inside('buyer.address', 'region')})")
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
            "buyer_name": Cell("{0}", [_field("buyer.name", "", "", "name")]),
            "buyer_key": _party_key("buyer", "", ""),
            "estimate_amount": Cell("coalesce({0}, {1})", [budget[0], least[0]]),
            "estimate_currency": Cell(
                "upper(case when {0} is not null then {1} else {2} end)",
                [budget[0], budget[1], least[1]],
            ),
            "tenderer_count": Cell(
                "coalesce({0}, bid_count)",
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


def _process_rows() -> str:
    """Return releases with what lies elsewhere in them: the buyer's party, items, bids."""
    places = " or ".join(f"item.{name} is not null" for name in ITEM_PLACES.split())
    items = _unnested("tender.items", "item", kept="place")
    regions = f"select place, {_region('item')} as region from {items} where {places}"
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


def _parties() -> Spread:
    paths = ("id", "name", "identifier.scheme", "identifier.id")
    ids = [_field(f"parties.{path}", "parties", "party", "name") for path in paths]
    return Spread(
        tables.PARTIES,
        "parties",
        _row("parties", "party"),
        {
            **_direct(tables.PARTIES, "parties", "party"),
            "party_id": Cell("{0}", ids[:1]),
            "party_key": Cell(key_of_clean_sql("{1}", "{2}", "{0}"), ids[1:]),
            "name": Cell("{0}", ids[1:2]),
            "scheme": Cell("{0}", ids[2:3]),
            "identifier": Cell(padded_sql("{0}", "{1}"), ids[2:]),
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
    """Return the tenderers of bids, or of tenders whose bids are not published."""
    base = "tender.tenderers"
    without = "(select * from raw where coalesce(len(bids.details), 0) = 0)"
    rows, bid_id = _row(base, "tenderer", without), Cell("null")
    if of == "bid":
        base = "bids.details.tenderers"
        bids = _unnested("bids.details", "bid")
        rows = _row("bid.tenderers", "tenderer", bids, f"{KEPT}, bid")
        bid_id = Cell("{0}", [_field("bids.details.id", "bids.details", "bid")])
    return Spread(
        tables.TENDERERS,
        base,
        _referred(rows, "tenderer"),
        {"bid_id": bid_id, **_reference(base, "tenderer")},
    )


def _reference(base: str, alias: str) -> dict[str, Cell]:
    """Return the cells of a reference to a party."""
    return {
        "party_id": Cell("{0}", [_field(f"{base}.id", base, alias, "name")]),
        "party_key": _party_key(base, base, alias),
        "name": Cell("{0}", [_field(f"{base}.name", base, alias, "name")]),
    }


def _awards() -> Spread:
    cells = _upper(_direct(tables.AWARDS, "awards", "award"))
    cells["related_lots"] = _texts("award.relatedLots")
    return Spread(tables.AWARDS, "awards", _row("awards", "award"), cells)


def _suppliers() -> Spread:
    base = "awards.suppliers"
    awards = _unnested("awards", "award")
    numbered = (
        f"(select {KEPT}, award, unnest(award.suppliers) as supplier,"
        f" generate_subscripts(award.suppliers, 1) as position from {awards})"
    )
    return Spread(
        tables.SUPPLIERS,
        base,
        _referred(f"(select * from {numbered} where supplier is not null)", "supplier"),
        {
            "award_id": Cell("{0}", [_field("awards.id", "awards", "award")]),
            "position": Cell("position"),
            **_reference(base, "supplier"),
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

    def cell(name: str, kind: str = "text", template: str = "{0}") -> Cell:
        return Cell(template, [_field(f"{base}.{name}", base, "done", kind)])

    is_milestone = sort == "milestone"
    nothing = Cell("null")
    cells = {
        "sort": Cell(f"'{sort}'"),
        "record_id": cell("id"),
        "status": cell("status") if is_milestone else nothing,
        "due_at": cell("dueDate", "moment") if is_milestone else nothing,
        "happened_at": cell("dateMet" if is_milestone else "date", "moment"),
        "amount": cell("value.amount", "money"),
        "currency": cell("value.currency", template="upper({0})"),
    }
    contracts = _looked_into("contracts.implementation", cells)
    return Spread(
        tables.IMPLEMENTATION,
        base,
        _row(f"found.{sort}s", "done", contracts, f"{KEPT}, contract"),
        {"contract_id": Cell("{0}", [_field("contracts.id", "contracts", "contract")]), **cells},
    )


def _looked_into(path: str, cells: Mapping[str, Cell]) -> str:
    """Return contracts with what was found in a rare field of theirs, which is JSON text."""
    paths = [one.path for cell in cells.values() for one in cell.fields]
    structure = json.dumps(nest_of(paths, below=path).structure)
    text = path.replace("contracts", "contract", 1)
    return (
        f"(select {KEPT}, contract, from_json({_valid(text)}, '{structure}') as found"
        f" from {_unnested('contracts', 'contract')} where json_valid({text}))"
    )


def _metrics(sort: str) -> Spread:
    base = f"contracts.{METRICS_AT[sort]}"
    below = f"{base}.observations"

    def seen(*paths: str, kind: str = "text") -> Cell:
        template = f"coalesce({', '.join('{}' for _ in paths)})"
        return Cell(template, [_field(f"{below}.{path}", below, "seen", kind) for path in paths])

    cells = {
        "sort": Cell(f"'{sort}'"),
        "metric_id": Cell("{0}", [_field(f"{base}.id", base, "metric")]),
        "title": Cell("{0}", [_field(f"{base}.title", base, "metric")]),
        "observation_id": seen("id"),
        "observed_at": seen("period.endDate", kind="moment"),
        "measure": seen("measure", "value.amount"),
        "unit": seen("unit.name"),
        "rating": seen("measureClassification.id", "measureClassification.description"),
    }
    rare = base.removesuffix(".metrics")
    contracts = _looked_into(rare, cells)
    metrics = _unnested(
        "found" if rare == base else "found.metrics", "metric", contracts, f"{KEPT}, contract"
    )
    return Spread(
        tables.METRICS,
        below,
        _row("metric.observations", "seen", metrics, f"{KEPT}, contract, metric"),
        {"contract_id": Cell("{0}", [_field("contracts.id", "contracts", "contract")]), **cells},
    )


@dataclass(frozen=True)
class Misfit:
    """A rare field that may be something else than the list or object that it should be."""

    path: str
    rows: str
    text: str
    wanted: str

    @property
    def fault(self) -> str:
        """Return SQL that is true where it is there, and something else."""
        nothing = ", ".join(f"'{blank}'" for blank in ("", '""', "[]", "{}", "null"))
        kind = f"coalesce(json_type({_valid(self.text)}), '')"
        return f"{self.text} not in ({nothing}) and {kind} <> '{self.wanted}'"


def misfits() -> list[Misfit]:
    """Return the rare fields of contracts that rows are made of."""
    contracts = _unnested("contracts", "contract")
    whole = "contract.implementation"
    valid = _valid(whole)
    inner = [
        (f"implementation.{name}", f"cast(json_extract({valid}, '$.{name}') as varchar)", "ARRAY")
        for name in ("transactions", "milestones", "metrics")
    ]
    outer = [
        ("agreedMetrics", "contract.agreedMetrics", "ARRAY"),
        ("implementation", whole, "OBJECT"),
    ]
    return [
        Misfit(f"contracts.{path}", contracts, text, wanted)
        for path, text, wanted in (*outer, *inner)
    ]


def rare_contracts() -> str:
    """Return SQL that counts the contracts that have any of the rare fields."""
    return (
        f"select count(*) from {_unnested('contracts', 'contract', kept='place')} where"
        " contract.implementation is not null or contract.agreedMetrics is not null"
    )


RARE_TABLES = frozenset({tables.IMPLEMENTATION, tables.METRICS})


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
