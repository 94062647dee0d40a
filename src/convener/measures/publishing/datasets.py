"""The three open tables: what each holds, column by column, and its rows, people left out."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass

import duckdb

from convener.base.errors import ConvenerError, NotFoundError
from convener.data.loading import read_report
from convener.data.sources.origins import web_address
from convener.data.store import Manifest, Source, Store
from convener.measures.keeping import figures_of
from convener.measures.markets import NAMED, Market, known_markets
from convener.measures.publishing.organisations import LISTED, Cells, every_organisation
from convener.measures.run import Row
from convener.measures.sheet import Sheet, read_sheet, usual_choices

NOT_STATED = "not stated by the source"
ALL = "all"


@dataclass(frozen=True)
class Column:
    """One column: its type is ``string``, ``number``, ``integer``, ``moment`` or ``list``."""

    name: str
    type: str
    says: str


@dataclass(frozen=True)
class Snapshot:
    """What the rows are read from: one moment of the store, and an engine over it."""

    store: Store
    manifest: Manifest
    cursor: duckdb.DuckDBPyConnection


@dataclass(frozen=True)
class Dataset:
    """One open table. ``known`` is the column whose filled share is the table's coverage."""

    name: str
    title: str
    says: str
    columns: tuple[Column, ...]
    known: str
    known_says: str
    rows: Callable[[Snapshot], Iterator[Cells]]

    @property
    def names(self) -> tuple[str, ...]:
        """Return the names of the columns in order."""
        return tuple(column.name for column in self.columns)


def find_dataset(name: str) -> Dataset:
    """Return the open table of a name.

    Raises
    ------
    NotFoundError
        If there is none.
    """
    if name not in DATASETS:
        raise NotFoundError(f"no open table is called {name!r}; there are {', '.join(DATASETS)}")
    return DATASETS[name]


# --- Figures ----------------------------------------------------------------------------------


def _figures(snapshot: Snapshot) -> Iterator[Cells]:
    """Give the figures of each named market under its usual choices, as its page shows them."""
    kept = figures_of(snapshot.store.folder, snapshot.manifest)
    for market in known_markets(snapshot.cursor, snapshot.store.folder):
        if market.level in NAMED and market.bases:
            sheet = kept.sheet(market) or _computed(snapshot, market)
            if sheet is not None:
                yield from _figures_of(sheet)


def _computed(snapshot: Snapshot, market: Market) -> Sheet | None:
    try:
        return read_sheet(snapshot.cursor, market, usual_choices(market))
    except ConvenerError:
        return None  # its page says what is refused, and why


def _figures_of(sheet: Sheet) -> Iterator[Cells]:
    for row in (*(row for rows in sheet.rows.values() for row in rows), *sheet.trend):
        if not {"provider_name", "buyer_name"} & row.group.keys():
            yield _figure(sheet.market, row)


def _figure(market: Market, row: Row) -> Cells:
    return (
        *(market.service, market.label, market.level),
        *(ALL, str(row.group.get("period", ALL)), row.measure, row.group.get("kind")),
        *(row.basis, row.value, row.low, row.high, row.wilson_low, row.wilson_high),
        *(row.unit, row.count, row.coverage, row.note),
    )


FIGURES = Dataset(
    "figures",
    "Figures of every named market",
    "One row a figure of a market under its usual choices: by ultimate owner where one is known,"
    " and an award to several suppliers split evenly between them. Rows that name a provider or a"
    " buyer are not here.",
    (
        Column("service", "string", "the service's address, as in /market/SERVICE/"),
        Column("market", "string", "the service's name"),
        Column("level", "string", "bundle, or label: a publisher's own name for a service"),
        Column("area", "string", "all: the whole of what is loaded"),
        Column("period", "string", "all, or a year"),
        Column("measure", "string", "the measure, as in /market/measures/MEASURE/"),
        Column("kind", "string", "the kind of provider that a share is of; else empty"),
        Column("basis", "string", "what is counted: awards, payments or provision"),
        Column("value", "number", "the figure; empty where there are too few to give one"),
        Column("low", "number", "the least value over the choices that the data leaves open"),
        Column("high", "number", "the greatest such value; a range, not a sampling error"),
        Column(
            "wilson_low", "number", "lower end of the 95% Wilson interval of a share of events"
        ),
        Column("wilson_high", "number", "its upper end"),
        Column("unit", "string", "the unit of value, low and high"),
        Column("count", "integer", "how many things the figure rests on"),
        Column("coverage", "number", "the share of records that could be used, 0 to 1"),
        Column("note", "string", "what must be known to read the figure"),
    ),
    known="value",
    known_says="rows that have a figure",
    rows=_figures,
)


# --- Organisations ----------------------------------------------------------------------------


def _organisations(snapshot: Snapshot) -> Iterator[Cells]:
    """Give resolved organisations in the order of their numbers."""
    return every_organisation(snapshot.cursor)


ORGANISATIONS = Dataset(
    "organisations",
    "Resolved organisations",
    "One row a body, however many ways it is written. People are counted in figures and are not"
    " listed here.",
    (
        Column("number", "string", "convener's number of the body; of up to 19 digits, so text"),
        Column("name", "string", "its name"),
        Column("kind", "string", f"one of {', '.join(LISTED)}"),
        Column("confidence", "number", "how sure the kind is, 0 to 1"),
        Column("kind_because", "string", "the evidence for the kind, with its source"),
        Column("identifiers", "list", "registered numbers, each after its org-id.guide scheme"),
        Column("also_known_as", "list", "other ways in which it is written"),
        Column("owner", "string", "the number of its ultimate owner; empty where none is known"),
        Column("owner_name", "string", "the owner's name; its own where none is known"),
    ),
    known="identifiers",
    known_says="bodies with a registered number",
    rows=_organisations,
)


# --- Sources ----------------------------------------------------------------------------------

_COUNTED = ("processes", "awards", "contracts", "payments", "provision", "register", "ownership")


def _sources(snapshot: Snapshot) -> Iterator[Cells]:
    """Give each loaded source in the order of their names."""
    for name in sorted(snapshot.manifest.sources):
        source = snapshot.manifest.sources[name]
        said = _said(snapshot.store, source)
        yield (
            *(name, source.kind, web_address(source.origin), source.loaded_at),
            *(source.sha256, said.get("published by"), said.get("licence")),
            *(source.report.get(key) for key in ("coverage", "read", "refused", "nulled")),
            *(source.rows.get(table, 0) for table in _COUNTED),
        )


def _said(store: Store, source: Source) -> dict[str, str]:
    """Return what the packages of a source say of themselves, from its quality report."""
    try:
        notes = read_report(store, source)["reading"]["notes"]
    except ConvenerError:
        return {}
    found = (_parted(note) for note in notes)
    return {word: rest for word, rest in found if rest}


def _parted(note: str) -> tuple[str, str]:
    for word, sign in (("published by", " "), ("licence", ": ")):
        if note.startswith(word + sign):
            return word, note.removeprefix(word + sign)
    return note, ""


SOURCES = Dataset(
    "sources",
    "Sources",
    "One row a source that is loaded: what it is, when it was read, and what was read of it.",
    (
        Column("name", "string", "the source's name, as in /market/sources/NAME/"),
        Column("kind", "string", "what sort of data it is"),
        Column("address", "string", "the address that it was read from, where it was one"),
        Column("loaded_at", "moment", "when it was loaded"),
        Column("sha256", "string", "digest of what was read"),
        Column("publisher", "string", "who published it, as its packages say"),
        Column("licence", "string", f"its licence, as its packages say; empty: {NOT_STATED}"),
        Column("coverage", "number", "the mean share filled of the fields that measures need"),
        Column("read", "integer", "rows read"),
        Column("refused", "integer", "rows left out, with the reason in its quality report"),
        Column("nulled", "integer", "single fields emptied"),
        *(Column(name, "integer", f"rows in the table {name}") for name in _COUNTED),
    ),
    known="licence",
    known_says="sources that state a licence",
    rows=_sources,
)

DATASETS = {dataset.name: dataset for dataset in (FIGURES, ORGANISATIONS, SOURCES)}
