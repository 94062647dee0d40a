"""One engine that takes blocks of releases and writes them as parts of the store's tables."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from threading import Lock

import duckdb

from convener.data.reading.blocks import LONGEST_LINE, MIB, Block
from convener.data.reading.entities import open_entities
from convener.data.reading.lines import LINE, PLACE, Line, from_numbered
from convener.data.reading.nested import Nest
from convener.data.reading.parties import KNOWN_TABLE, known_parties
from convener.data.reading.rare import RARE_TABLES, misfits, rare_contracts
from convener.data.reading.repair import NO_OCID, Repair
from convener.data.reading.spread import Spread
from convener.data.reading.spreads import release_nest, spreads
from convener.data.report import MET_LENGTH, PLACES_KEPT, Place, ReadReport
from convener.data.store import engine
from convener.data.tables import RELEASES, Table

# Enough for parts of a good size, and little enough for two engines in half a gigabyte.
FLUSH_BYTES = 64 * MIB
ENGINE_LIMIT = 16 * MIB  # the longest line that the engine expects unless told
MEMORY_LIMIT = "1GB"
PARQUET = "format parquet, compression zstd, compression_level 1"
UNFIT = (duckdb.InvalidInputException, duckdb.ConversionException)


@dataclass(frozen=True)
class Entry:
    """One input being read: how its rows are told from those of others."""

    index: int
    name: str
    offset: int = 0
    is_numbered: bool = False


@dataclass
class Target:
    """Where parts go, and what was written there."""

    part_path: Callable[[str, int], Path]
    source: str
    number: int
    compiled: bool = False
    next_part: int = 0
    rows: dict[tuple[str, int], int] = field(default_factory=dict)
    _lock: Lock = field(default_factory=Lock)

    def take_number(self) -> int:
        """Return a number for the next parts."""
        with self._lock:
            self.next_part += 1
            return self.next_part - 1


class Filler:
    """Takes blocks, one at a time, into an engine of its own, and writes parts now and then."""

    def __init__(self, target: Target, *, flush_bytes: int = FLUSH_BYTES) -> None:
        self.report = ReadReport()
        self._target = target
        self._flush_bytes = flush_bytes
        self._nest = release_nest(compiled=target.compiled)
        self._engine = engine(threads=1, memory_limit=MEMORY_LIMIT)
        self._scratch: Block | None = None
        self._entries: dict[int, Entry] = {}
        self._held_bytes = 0
        self._unfit: set[Table] = set()
        self._prepared: dict[str, str] = {}
        # A block of more rows than a group is kept as it was read; of fewer, it is written twice.
        self._engine.execute("attach ':memory:' as held (row_group_size 2048); use held")
        for sql in _raw_table(self._nest):
            self._engine.execute(sql)
        self._engine.execute(KNOWN_TABLE)
        # What refers to a party is looked up among the parties, never the other way round.
        self._engine.execute("set disabled_optimizers = 'join_order,build_side_probe_side'")

    def take(self, block: Block, entry: Entry) -> None:
        """Read a block: strictly, or line by line where the engine refuses it as a whole."""
        self._entries[entry.index] = entry
        for sheet in block.sheets:
            open_entities(sheet)
        if not self._insert(block, entry):
            self._mend(block, entry)
        self._held_bytes += block.used
        if self._held_bytes >= self._flush_bytes:
            self.flush()

    def flush(self) -> None:
        """Write what was taken since the last time."""
        if not self._held_bytes:
            return
        self._refuse_nameless()
        self._run("known", f"insert into known {known_parties()}", [])
        has_rare = self._run("rare", rare_contracts(), []) > 0
        if has_rare:
            self._tell_misfits()
        part = self._target.take_number()
        for table, group in spreads(compiled=self._target.compiled).items():
            is_due = has_rare or table not in RARE_TABLES
            if is_due and not (self._target.compiled and table is RELEASES):
                self._write(table, group, part)
        self._engine.execute("truncate raw")
        self._engine.execute("truncate known")
        self._engine.execute("checkpoint")  # until then the memory of old rows is kept
        self._entries = {}
        self._held_bytes = 0

    def close(self) -> None:
        """Give the engine's memory back."""
        self._engine.close()
        if self._scratch is not None:
            self._scratch.close()

    def _insert(self, block: Block, entry: Entry) -> bool:
        """Read a block as a whole; say whether each line of it became a row."""
        names = block.as_files()
        limit = LONGEST_LINE if block.longest > ENGINE_LIMIT else ENGINE_LIMIT
        sql = _insert_sql(self._nest, names, limit, is_numbered=entry.is_numbered)
        given = (
            [entry.index] if entry.is_numbered else [entry.index, entry.offset, block.first_line]
        )
        try:
            inserted = self._run(f"{names[0]} {limit} {entry.is_numbered}", sql, given)
        except UNFIT:
            return False
        if entry.is_numbered or inserted == block.line_count:
            return True
        # Blank lines are no rows, so that the numbers of those after them would be wrong.
        first = entry.offset + block.first_line
        last = first + block.line_count
        self._engine.execute(
            f"delete from raw where input = {entry.index} and place >= {first} and place < {last}"
        )
        return False

    def _run(self, key: str, sql: str, given: Sequence[int | str]) -> int:
        """Run what is run for block after block, parsed once; return how many rows it took."""
        if key not in self._prepared:
            self._prepared[key] = f"prepared_{len(self._prepared)}"
            self._engine.execute(f"prepare {self._prepared[key]} as {sql}")
        call = f"execute {self._prepared[key]}"
        literals = ", ".join(str(one) for one in given)
        run = self._engine.execute(f"{call}({literals})" if given else call)
        return int(run.fetchall()[0][0])

    def _mend(self, block: Block, entry: Entry) -> None:
        repair = Repair(self._nest, self.report, entry.name, is_readable=self._is_readable)
        lines = list(repair.mended(_lines(block, entry)))
        if self._put(lines, entry):
            return
        lines = list(repair.rewritten(lines))
        if not self._put(lines, entry):
            self._put_each(lines, entry, repair)

    def _put(self, lines: Sequence[Line], entry: Entry) -> bool:
        """Read mended lines; say whether the engine took them."""
        if self._scratch is None:
            self._scratch = Block()
        self._scratch.put(line.numbered() for line in lines)
        numbered = Entry(entry.index, entry.name, is_numbered=True)
        return not lines or self._insert(self._scratch, numbered)

    def _put_each(self, lines: Sequence[Line], entry: Entry, repair: Repair) -> None:
        """Read what can be read of lines that the engine refuses together."""
        if len(lines) == 1:
            repair.refuse(lines[0], "the engine cannot read the line")
            return
        middle = len(lines) // 2
        for half in (lines[:middle], lines[middle:]):
            if not self._put(half, entry):
                self._put_each(half, entry, repair)

    def _is_readable(self, text: str) -> bool:
        found = self._engine.execute("select json_valid(?)", [text]).fetchall()
        return bool(found[0][0])

    def _refuse_nameless(self) -> None:
        nameless = "ocid is null or trim(ocid) = ''"
        found = self._engine.execute(
            f"select input, line, id from raw where {nameless} order by place"
        ).fetchall()
        for index, line, release_id in found:
            self.report.refuse(self._entries[index].name, line, NO_OCID, release_id or "")
        if found:
            self._engine.execute(f"delete from raw where {nameless}")

    def _write(self, table: Table, group: Sequence[Spread], part: int) -> None:
        """Write a table strictly, until a value is met that cannot be used."""
        path = self._target.part_path(table.name, part)
        if not self._is_known_unfit(table):
            try:
                self._copy(table, group, path, part, strict=True)
            except UNFIT:
                self._unfit.add(table)
            else:
                return
        for spread in group:
            self._tell_faults(spread)
        self._copy(table, group, path, part, strict=False)

    def _is_known_unfit(self, table: Table) -> bool:
        return table in self._unfit

    def _copy(
        self, table: Table, group: Sequence[Spread], path: Path, part: int, *, strict: bool
    ) -> None:
        selects = (
            spread.select(self._target.source, self._target.number, strict=strict)
            for spread in group
        )
        rows = " union all ".join(selects)
        count = self._run(
            f"{table.name} {strict}", f"copy ({rows}) to $1 ({PARQUET})", [_literal(str(path))]
        )
        if table is RELEASES:
            self.report.read += count
        if count:
            self._target.rows[table.name, part] = count
        else:
            path.unlink()

    def _tell_faults(self, spread: Spread) -> None:
        """Report every value of these rows that was written and cannot be used."""
        fields = spread.own_fields
        if not fields:
            return
        counts = ", ".join(f"count(*) filter ({field.fault})" for field in fields)
        found = self._engine.execute(f"select {counts} from {spread.rows}").fetchall()[0]
        for one, count in zip(fields, found, strict=True):
            if count:
                self._tell(spread.rows, one.fault, (one.path, one.reason, one.raw), count)

    def _tell_misfits(self) -> None:
        """Report the rare fields of contracts that are not what they should be."""
        for one in misfits():
            counted = f"select count(*) from {one.rows} where {one.fault}"
            count = self._run(f"misfits {one.path}", counted, [])
            if count:
                wanted = {"ARRAY": "a list", "OBJECT": "an object"}[one.wanted]
                reason = f"something else where {wanted} is due"
                self._tell(one.rows, one.fault, (one.path, reason, one.text), count)

    def _tell(self, rows: str, fault: str, what: tuple[str, str, str], count: int) -> None:
        """Report a fault that was met so many times, and as many places as are listed."""
        path, reason, text = what
        room = max(PLACES_KEPT - len(self.report.places), 0)
        found = self._engine.execute(
            f"select input, line, {text} from {rows} where {fault} order by place limit {room}"
        ).fetchall()
        self.report.nulled += count
        self.report.reasons[path, reason] += count
        self.report.places += [
            Place(self._entries[index].name, line, path, reason, met[:MET_LENGTH])
            for index, line, met in found
        ]


def _lines(block: Block, entry: Entry) -> Iterable[Line]:
    for number, text in block.lines():
        yield (
            from_numbered(text) if entry.is_numbered else Line(entry.offset + number, number, text)
        )


def _types(nest: Nest) -> dict[str, str]:
    """Return the type of each column of ``raw``: objects have a named one.

    A name is looked up, where the words of a nested type are parsed again for each file.
    """
    return {
        name: f"type_{name}" if "(" in below.type else below.type
        for name, below in nest.fields.items()
    }


def _raw_table(nest: Nest) -> Iterator[str]:
    """Yield SQL that makes the types and the table of what is read."""
    types = _types(nest)
    for name, below in nest.fields.items():
        if types[name] != below.type:
            yield f"create type {types[name]} as {below.type}"
    columns = "".join(f', "{name}" {kind}' for name, kind in types.items())
    yield f"create table raw (place BIGINT, line BIGINT, input INTEGER{columns})"


def _insert_sql(nest: Nest, files: Sequence[str], limit: int, *, is_numbered: bool) -> str:
    """Return SQL that reads files into ``raw``, given their input, offset and first line."""
    types = _types(nest)
    numbers = "row_number() over () + ($3 - 1) + $2, row_number() over () + ($3 - 1)"
    if is_numbered:
        numbers = f"{PLACE}, {LINE}"
        types |= {PLACE: "BIGINT", LINE: "BIGINT"}
    columns = ", ".join(f"'{name}': '{kind}'" for name, kind in types.items())
    fields = ", ".join(f'"{name}"' for name in nest.fields)
    listed = ", ".join(map(_literal, files))
    return (
        f"insert into raw select {numbers}, $1, {fields}"
        f" from read_json([{listed}], format = 'newline_delimited', records = true,"
        f" maximum_object_size = {limit}, columns = {{{columns}}})"
    )


def _literal(text: str) -> str:
    return "'" + text.replace("'", "''") + "'"
