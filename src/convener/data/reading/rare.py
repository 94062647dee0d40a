"""What few contracts have: implementation and metrics, read as JSON text and looked into."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass

from convener.data import tables
from convener.data.reading.casts import Cell
from convener.data.reading.nested import nest_of
from convener.data.reading.spread import KEPT, Spread, field_at, row_of, unnested, valid_json

METRICS_AT = {"agreed": "agreedMetrics", "measured": "implementation.metrics"}


def implementation_spread(sort: str) -> Spread:
    base = f"contracts.implementation.{sort}s"

    def cell(name: str, kind: str = "text", template: str = "{0}") -> Cell:
        return Cell(template, [field_at(f"{base}.{name}", base, "done", kind)])

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
        row_of(f"found.{sort}s", "done", contracts, f"{KEPT}, contract"),
        {"contract_id": Cell("{0}", [field_at("contracts.id", "contracts", "contract")]), **cells},
    )


def _looked_into(path: str, cells: Mapping[str, Cell]) -> str:
    """Return contracts with what was found in a rare field of theirs, which is JSON text."""
    paths = [one.path for cell in cells.values() for one in cell.fields]
    structure = json.dumps(nest_of(paths, below=path).structure)
    text = path.replace("contracts", "contract", 1)
    return (
        f"(select {KEPT}, contract, from_json({valid_json(text)}, '{structure}') as found"
        f" from {unnested('contracts', 'contract')} where json_valid({text}))"
    )


def metric_spread(sort: str) -> Spread:
    base = f"contracts.{METRICS_AT[sort]}"
    below = f"{base}.observations"

    def seen(*paths: str, kind: str = "text") -> Cell:
        template = f"coalesce({', '.join('{}' for _ in paths)})"
        return Cell(template, [field_at(f"{below}.{path}", below, "seen", kind) for path in paths])

    cells = {
        "sort": Cell(f"'{sort}'"),
        "metric_id": Cell("{0}", [field_at(f"{base}.id", base, "metric")]),
        "title": Cell("{0}", [field_at(f"{base}.title", base, "metric")]),
        "observation_id": seen("id"),
        "observed_at": seen("period.endDate", kind="moment"),
        "measure": seen("measure", "value.amount"),
        "unit": seen("unit.name"),
        "rating": seen("measureClassification.id", "measureClassification.description"),
    }
    rare = base.removesuffix(".metrics")
    contracts = _looked_into(rare, cells)
    metrics = unnested(
        "found" if rare == base else "found.metrics", "metric", contracts, f"{KEPT}, contract"
    )
    return Spread(
        tables.METRICS,
        below,
        row_of("metric.observations", "seen", metrics, f"{KEPT}, contract, metric"),
        {"contract_id": Cell("{0}", [field_at("contracts.id", "contracts", "contract")]), **cells},
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
        kind = f"coalesce(json_type({valid_json(self.text)}), '')"
        return f"{self.text} not in ({nothing}) and {kind} <> '{self.wanted}'"


def misfits() -> list[Misfit]:
    """Return the rare fields of contracts that rows are made of."""
    contracts = unnested("contracts", "contract")
    whole = "contract.implementation"
    valid = valid_json(whole)
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
        f"select count(*) from {unnested('contracts', 'contract', kept='place')} where"
        " contract.implementation is not null or contract.agreedMetrics is not null"
    )


RARE_TABLES = frozenset({tables.IMPLEMENTATION, tables.METRICS})
