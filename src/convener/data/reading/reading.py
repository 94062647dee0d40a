"""Read open contracting data of any shape and size into parts of the store's tables.

Lines that each hold a plain release are cut into blocks that engines read on their own, as fast
as the machine allows; every other shape is turned into such lines first. Releases of one process
are then compiled, so that a process has one row.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence

from convener.data.ocds import shapes
from convener.data.reading.blocks import Cutter, Refuse
from convener.data.reading.compiling import compile_processes
from convener.data.reading.crew import Crew, crew_of
from convener.data.reading.filling import Entry, Target
from convener.data.reading.lines import batches
from convener.data.reading.releasing import opened, released
from convener.data.reading.spread import PROCESS_SHIFT
from convener.data.reading.spreads import spreads
from convener.data.report import PLACES_KEPT, ReadReport
from convener.data.sources.inputs import Input
from convener.data.store import Load, engine

HEAD_BYTES = 1 << 20

Progress = Callable[[int, int | None], None]


def read_releases(
    inputs: Iterable[Input],
    load: Load,
    *,
    source: str,
    number: int,
    report: ReadReport,
    progress: Progress | None = None,
) -> dict[str, int]:
    """Read all inputs into parts of the tables of processes; return the rows by table.

    Parameters
    ----------
    inputs : inputs that hold open contracting data, in any shape
    source, number : the name of the source, and its number, which keys of processes begin with
    report : told of every line refused and every value emptied, with place and reason
    progress : called with the bytes that were read, and all there are where that is known

    Raises
    ------
    BadInputError
        If an input is no open contracting data, or breaks off in what it is packed in.
    """
    listed = list(inputs)
    target = _target(load, source, number)
    reading = _Reading(report, progress)
    with crew_of(target) as crew:
        entries = reading.read_all(crew, listed, _places_used(load, number))
        _gather(report, crew.finish())
    compile_processes(list(zip(listed, entries, strict=True)), target, report, text=reading.done)
    rows = {table.name: 0 for table in spreads()}
    for (table, _), count in target.rows.items():
        rows[table] += count
    return rows


class _Reading:
    """The inputs of one source being read: what was said of them, and how far it got."""

    def __init__(self, report: ReadReport, progress: Progress | None) -> None:
        self._report = report
        self._progress = progress
        self.done = 0
        self._whole: int | None = None

    def read_all(self, crew: Crew, inputs: Sequence[Input], places_used: int) -> list[Entry]:
        """Hand all inputs to the crew; return how each was numbered."""
        sizes = [each.size for each in inputs]
        self._whole = None if None in sizes else sum(size or 0 for size in sizes)
        entries = []
        for index, each in enumerate(inputs):
            entry = Entry(index, each.name, places_used, is_numbered=not _is_fast(each))
            entries.append(entry)
            read = self._read_numbered if entry.is_numbered else self._read_blocks
            places_used += read(crew, each, entry)
        return entries

    def _read_blocks(self, crew: Crew, each: Input, entry: Entry) -> int:
        """Cut an input into blocks; return how many lines it has."""
        line_count = 0
        with opened(each) as stream:
            for block in Cutter(stream, crew.pool, refuse=self._refuse(entry)).blocks():
                line_count = block.first_line + block.line_count - 1
                size = block.used
                crew.take(block, entry)
                self._tell(size)
        return line_count

    def _read_numbered(self, crew: Crew, each: Input, entry: Entry) -> int:
        """Turn an input into lines of releases; return how many it has."""
        count = 0
        for lines in batches(released(each, entry, self._report)):
            block = crew.pool.take()
            block.put(line.numbered() for line in lines)
            size = block.used
            crew.take(block, entry)
            self._tell(size)
            count += len(lines)
        return count

    def _refuse(self, entry: Entry) -> Refuse:
        return lambda line, reason, met: self._report.refuse(entry.name, line, reason, met)

    def _tell(self, size: int) -> None:
        self.done += size
        if self._progress is not None:
            self._progress(self.done, self._whole)


def _is_fast(each: Input) -> bool:
    with each.open() as stream:
        return shapes.sniff(stream.read(HEAD_BYTES)).takes_fast_path


def _target(load: Load, source: str, number: int) -> Target:
    """Return where parts go: after those that this load has already."""
    taken = [int(path.stem.rsplit("-", 1)[1]) for path in load.folder.glob("*.parquet")]
    return Target(load.part_path, source, number, next_part=max(taken, default=-1) + 1)


def _places_used(load: Load, number: int) -> int:
    """Return the highest place that a process of this load has already."""
    parts = [str(path) for path in load.folder.glob("releases-*.parquet")]
    if not parts:
        return 0
    with engine(threads=1) as connection:
        found = connection.execute(
            "select max(process_key) from read_parquet($1)", [parts]
        ).fetchall()
    return int(found[0][0]) - (number << PROCESS_SHIFT)


def _gather(report: ReadReport, others: Sequence[ReadReport]) -> None:
    """Add what the engines met, places in order of line."""
    for other in others:
        report.places, places = [], report.places
        report.add(other)
        report.places = places + other.places
    report.places.sort(key=lambda place: (place.input, place.line, place.field))
    del report.places[PLACES_KEPT:]
