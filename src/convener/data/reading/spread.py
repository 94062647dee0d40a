"""The rows of one table that one part of a release gives, and the SQL that they are made of.

``raw`` is what was read: a row a release, with ``place`` (its number in the source), ``line`` and
``input`` (where a person finds it) and its nested fields. A column whose path in ``tables.py`` is
one field of the release is read from there; other cells are written out.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from convener.data import tables
from convener.data.keys import clean_sql
from convener.data.reading.casts import LENIENT, STRICT, Cell, Field, kind_of
from convener.data.tables import Table

PROCESS_SHIFT = 40
KEPT = "place, line, input"
ITEM_PLACES = "deliveryAddresses deliveryAddress deliveryLocation"


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


def unnested(path: str, alias: str, rows: str = "raw", kept: str = KEPT) -> str:
    return f"(select {kept}, unnest({path}) as {alias} from {rows})"


def row_of(path: str, alias: str, rows: str = "raw", kept: str = KEPT) -> str:
    return f"(select * from {unnested(path, alias, rows, kept)} where {alias} is not null)"


def direct_cells(table: Table, base: str, alias: str) -> dict[str, Cell]:
    """Return a cell for each column whose path is one field under ``base``."""
    return {
        column.name: Cell("{0}", [field_at(column.path, base, alias, kind_of(column))])
        for column in table.columns
        if column.path and column.path.startswith(base) and "|" not in column.path
    }


def field_at(path: str, base: str, alias: str, kind: str = "text") -> Field:
    names = path.removeprefix(base).strip(".").split(".")
    return Field(path, ".".join([alias] * bool(alias) + [f'"{name}"' for name in names]), kind)


def money_fields(path: str, base: str = "", alias: str = "") -> tuple[Field, Field]:
    return (
        field_at(f"{path}.amount", base, alias, "money"),
        field_at(f"{path}.currency", base, alias),
    )


def texts_cell(sql: str) -> Cell:
    """Return a cell for a list of texts, kept as it is written."""
    return Cell(sql)


def valid_json(text: str) -> str:
    """Return SQL for a text where it is JSON, null where it is not: others raise on that."""
    return f"case when json_valid({text}) then {text} end"


def inside_json(text: str, path: str) -> str:
    """Return SQL for what stands at a path in a rare field, which is JSON text."""
    found = f"json_extract_string({valid_json(text)}, '$.{path}')"
    return f"nullif(trim({found}), '')"


def pairs_cell(text: str) -> Cell:
    """Return a cell for a list of scheme and id in JSON text, each pair as one text."""
    listed = f"""from_json({valid_json(text)}, '[{{"scheme": "VARCHAR", "id": "VARCHAR"}}]')"""
    pair = f"concat_ws('-', {clean_sql('pair.scheme')}, {clean_sql('pair.id')})"
    pairs = f"list_transform({listed}, lambda pair: {pair})"
    sql = f"list_filter({pairs}, lambda it: it <> '')"
    return Cell(sql.replace("{", "{{").replace("}", "}}"))


def code_cell(scheme: Field, code: Field) -> Cell:
    """Return a cell for the code of a subject: of CPV the eight digits, else as written."""
    digits = "regexp_replace(split_part({1}, '-', 1), '[^0-9]', '', 'g')[:8]"
    return Cell(
        "case when {0} = 'CPV' and strlen({1}) <> 8 then " + digits + " else {1} end",
        [scheme, code],
    )


def upper_currencies(cells: dict[str, Cell]) -> dict[str, Cell]:
    """Return the cells with currencies in capitals."""
    return {
        name: Cell("upper({0})", cell.fields) if name.endswith("currency") else cell
        for name, cell in cells.items()
    }


def region_sql(holder: str) -> str:
    """Return SQL for where something is delivered: the first region, else the place's name."""
    texts = [f"{holder}.{name}" for name in ITEM_PLACES.split()]
    many, one, location = texts
    regions = f"json_extract_string({valid_json(many)}, '$[*].region')"
    found = (
        f"list_filter({regions}, lambda it: it <> '')[1]",
        inside_json(one, "region"),
        inside_json(location, "gazetteer.identifiers[0]"),
        inside_json(location, "description"),
    )
    is_any = " or ".join(f"{text} is not null" for text in texts)
    return f"case when {is_any} then coalesce({', '.join(found)}) end"
