"""Compile the releases of every process that has several, once all of a source was read.

The first reading writes each release as if it were a process. Where a process has more than one,
its releases are found again by place, merged by the standard's rules and read as one; the rows of
the single releases go. A release met twice is counted once.
"""

from __future__ import annotations

import math
import tempfile
from collections.abc import Iterable, Iterator, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, replace
from typing import IO, Any

import duckdb
import orjson

from convener.data.keys import SPACE
from convener.data.ocds.merging import has_equal_dates, in_order, merge_releases
from convener.data.reading.blocks import MIB
from convener.data.reading.crew import crew_of
from convener.data.reading.filling import PARQUET, Entry, Target
from convener.data.reading.lines import Line, batches, line_of
from convener.data.reading.releasing import lines_of
from convener.data.reading.repair import Repair
from convener.data.reading.spread import PROCESS_SHIFT
from convener.data.reading.spreads import FIRST_AMOUNT, FIRST_END, TERMINATED, release_nest
from convener.data.report import ReadReport
from convener.data.sources.inputs import Input
from convener.data.store import engine
from convener.data.tables import RELEASES

HEAP_BYTES = 8 * MIB  # of text; as values it takes some ten times as much
MOST_HEAPS = 512
TIES_NOTE = "some releases of one process have the same date; they were taken in order of id"
LOST = "the line could be read, and not compiled with the others of its process"

Read = Sequence[tuple[Input, Entry]]
Release = dict[str, Any]

# The releases whose process has several; of a process, all but one may be the same release again.
_REPEATED = """
    create temp table repeated as
    select process_key, ocid,
           release_id is not null and row_number() over (
               partition by ocid, release_id, released_at order by process_key
           ) > 1 as is_duplicate,
           min(process_key) over (partition by ocid) as first_key
    from read_parquet($parts)
    where hash(ocid) in (
        select hash(ocid) from read_parquet($parts) group by all having count(*) > 1
    )
    qualify count(*) over (partition by ocid) > 1
"""
_COMPILED = """
    create temp table compiled as
    select ocid from repeated where not is_duplicate group by all having count(*) > 1
"""
_DROPPED = """
    create temp table dropped as
    select process_key from repeated
    where is_duplicate or ocid in (select ocid from compiled)
"""
_WANTED = """
    select process_key - $first, hash(ocid) % $heaps from repeated
    where not is_duplicate and ocid in (select ocid from compiled) order by process_key
"""


def compile_processes(inputs: Read, target: Target, report: ReadReport, *, text: int) -> None:
    """Give each process one row, from all its releases.

    Parameters
    ----------
    inputs : what was read, in order
    target : where its rows were written
    report : told of duplicates, and of ties of date
    text : bytes that were read, from which the room for a compile is reckoned
    """
    parts = [str(target.part_path(*key)) for key in target.rows if key[0] == RELEASES.name]
    if not parts:
        return
    with engine() as connection:
        connection.execute(_REPEATED, {"parts": parts})
        duplicates, count = connection.execute(
            "select count(*) filter (is_duplicate), count(*) from repeated"
        ).fetchall()[0]
        if not count:
            return
        report.duplicates += duplicates
        report.read -= duplicates
        connection.execute(_COMPILED)
        connection.execute(_DROPPED)
        share = count / sum(rows for key, rows in target.rows.items() if key[0] == RELEASES.name)
        heap_count = min(MOST_HEAPS, math.ceil(share * text / HEAP_BYTES) or 1)
        wanted = connection.execute(
            _WANTED, {"first": target.number << PROCESS_SHIFT, "heaps": heap_count}
        ).fetchall()
        _rewrite(connection, target, parts)
    if wanted:
        _compile(inputs, target, report, wanted, heap_count)


def _rewrite(connection: duckdb.DuckDBPyConnection, target: Target, parts: Sequence[str]) -> None:
    """Take the rows of single releases out of the parts that hold any."""
    touched = connection.execute(
        "select distinct filename from read_parquet($1, filename = true)"
        " semi join repeated using (process_key)",
        [parts],
    ).fetchall()
    numbers = {int(name.rsplit("-", 1)[1].removesuffix(".parquet")) for (name,) in touched}
    for key in [key for key in target.rows if key[1] in numbers]:
        kept = "select * from read_parquet($1) anti join dropped using (process_key)"
        if key[0] == RELEASES.name:
            kept = (
                "select part.* replace (coalesce(first_key, part.process_key) as process_key)"
                " from read_parquet($1) part left join repeated using (process_key)"
                " where not coalesce(is_duplicate, false)"
            )
        _rewrite_part(connection, target, key, kept)


def _rewrite_part(
    connection: duckdb.DuckDBPyConnection, target: Target, key: tuple[str, int], kept: str
) -> None:
    path = target.part_path(*key)
    partial = path.with_suffix(".partial")
    place = str(partial).replace("'", "''")
    copied = connection.execute(f"copy ({kept}) to '{place}' ({PARQUET})", [str(path)])
    count = copied.fetchall()[0][0]
    if count:
        partial.replace(path)
        target.rows[key] = count
    else:
        partial.unlink()
        path.unlink()
        del target.rows[key]


def _compile(
    inputs: Read,
    target: Target,
    report: ReadReport,
    wanted: Sequence[tuple[int, int]],
    heap_count: int,
) -> None:
    """Find the wanted releases again, and write what they compile to."""
    again = replace(target, compiled=True)
    entry = Entry(0, "compiled", is_numbered=True)
    with ExitStack() as stack:
        folder = target.part_path(RELEASES.name, 0).parent
        heaps = [
            stack.enter_context(tempfile.TemporaryFile(dir=folder)) for _ in range(heap_count)
        ]
        _sort_out(inputs, wanted, heaps)
        crew = stack.enter_context(crew_of(again))
        for lines in batches(_compiled(inputs, heaps, report)):
            block = crew.pool.take()
            block.put(line.numbered() for line in lines)
            crew.take(block, entry)
        crew.finish()
    target.next_part = again.next_part


def _sort_out(inputs: Read, wanted: Sequence[tuple[int, int]], heaps: Sequence[IO[bytes]]) -> None:
    """Write each wanted release to the heap of its process, in one walk over the inputs."""
    left = iter(wanted)
    place, heap = next(left)
    for index, (each, entry) in enumerate(inputs):
        is_last = index + 1 == len(inputs)
        if not is_last and place > inputs[index + 1][1].offset:
            continue
        for line in lines_of(each, entry):
            if line.place < place:
                continue
            heaps[heap].write(b"%d\t%d\t%d\t" % (index, line.place, line.line))
            heaps[heap].write(line.text.strip() + b"\n")
            try:
                place, heap = next(left)
            except StopIteration:
                return


def _compiled(inputs: Read, heaps: Sequence[IO[bytes]], report: ReadReport) -> Iterator[Line]:
    """Yield what the processes of each heap compile to."""
    for heap in heaps:
        heap.seek(0)
        processes: dict[str, list[_Placed]] = {}
        for placed in _placed(inputs, heap, report):
            processes.setdefault(_ocid(placed.release), []).append(placed)
        for members in processes.values():
            releases = [placed.release for placed in members]
            if has_equal_dates(releases) and TIES_NOTE not in report.notes:
                report.notes.append(TIES_NOTE)
            first = members[0].line
            yield line_of(first.place, first.line, compiled_release(releases))


def compiled_release(releases: Sequence[Release]) -> Release:
    """Return what releases compile to, with what only the single ones tell of contracts."""
    compiled = dict(merge_releases(releases))
    ordered = in_order(releases)
    compiled["contracts"] = [
        contract | _firsts(contract, ordered) if isinstance(contract, dict) else contract
        for contract in compiled.get("contracts") or []
    ]
    return compiled


def _firsts(contract: Release, releases: Iterable[Release]) -> Release:
    """Return a contract's first amount and end, and whether a release has ended it."""
    told: Release = {}
    for release in releases:
        ends = "contractTermination" in (release.get("tag") or [])
        for found in release.get("contracts") or []:
            if not isinstance(found, dict) or str(found.get("id")) != str(contract.get("id")):
                continue
            told.setdefault(FIRST_AMOUNT, (found.get("value") or {}).get("amount"))
            told.setdefault(FIRST_END, (found.get("period") or {}).get("endDate"))
            if ends:
                told[TERMINATED] = True
            told = {name: value for name, value in told.items() if value is not None}
    return told


@dataclass(frozen=True)
class _Placed:
    line: Line
    release: Release


def _placed(inputs: Read, heap: IO[bytes], report: ReadReport) -> Iterator[_Placed]:
    """Yield the releases of a heap, mended as they were when first read."""
    nest = release_nest()
    for row in heap:
        index, place, number, text = row.rstrip(b"\n").split(b"\t", 3)
        line = Line(int(place), int(number), text)
        where = inputs[int(index)][1].name
        # What was taken out was told at the first reading.
        repair = Repair(nest, ReadReport(), where, is_readable=lambda _text: False)
        mended = list(repair.mended([line]))
        if not mended:
            report.refuse(where, line.line, LOST)
        for one in mended:
            yield _Placed(line, orjson.loads(one.text))


def _ocid(release: Release) -> str:
    return str(release.get("ocid")).strip(SPACE)
