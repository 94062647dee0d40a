"""Load a source into the store: open → read → resolve → report → switch, or nothing at all."""

from __future__ import annotations

import errno
import json
import shutil
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from pathlib import Path
from typing import Any, BinaryIO

import duckdb

from convener.base.errors import BadInputError, ConvenerError, NotFoundError
from convener.data import quality
from convener.data.recognising import Recognised, recognise
from convener.data.report import ReadReport
from convener.data.sources.inputs import Input, Limits, open_inputs
from convener.data.sources.origins import Progress, hash_of, is_url, local_origin, source_name
from convener.data.store import Load, Manifest, Source, Store, add_views, engine
from convener.data.tables import DERIVED_TABLES


class NoSpaceError(ConvenerError):
    """The disk is full; the store is as it was before the load."""

    status = 507


@dataclass(frozen=True)
class Wanted:
    """What to load, and how: everything that the person who loads may choose."""

    origin: str
    name: str | None = None
    kind: str | None = None
    mapping: Path | None = None
    observed_on: date | None = None
    allow_private: bool = False
    limits: Limits = field(default_factory=Limits)


@dataclass(frozen=True)
class Loaded:
    """How one source ended: as it stands, whether anything changed, or why it was left out."""

    wanted: Wanted
    source: Source | None = None
    changed: bool = False
    report: dict[str, Any] = field(default_factory=dict)
    error: ConvenerError | None = None


# What the floor above does with a snapshot that is about to stand: it may write beside its parts,
# and add parts to it.
Finish = Callable[[Load, Manifest, Progress], Manifest]


def load(
    store: Store,
    wanted: Sequence[Wanted],
    *,
    at: datetime,
    stdin: BinaryIO | None = None,
    progress: Progress | None = None,
    finish: Finish | None = None,
) -> list[Loaded]:
    """Read sources into the store, and derive organisations and services anew, once.

    A source that cannot be read is left out with its error, and costs the others nothing.

    Raises
    ------
    StoreBusyError
        If another load is writing.
    NoSpaceError
        If the disk is full; then nothing is changed at all.
    """
    tell = progress or (lambda _stage, _done, _whole: None)
    with store.writing(at=at) as writing, _full_disk_said(store):
        done = [_load_one(writing, each, at=at, stdin=stdin, tell=tell) for each in wanted]
        if any(each.changed for each in done):
            _switch(writing, writing.manifest, tell, finish)
    return done


def remove(
    store: Store,
    name: str,
    *,
    at: datetime,
    progress: Progress | None = None,
    finish: Finish | None = None,
) -> Source:
    """Take a source out of the store, with every row that came from it.

    Raises
    ------
    NotFoundError
        If no source of that name is loaded.
    """
    tell = progress or (lambda _stage, _done, _whole: None)
    with store.writing(at=at) as writing, _full_disk_said(store):
        source = store.source(name)
        rest = {key: value for key, value in writing.manifest.sources.items() if key != name}
        manifest = replace(writing.manifest, sources=rest)
        _switch(writing, manifest, tell, finish)
    return source


def rederive(
    store: Store,
    *,
    at: datetime,
    progress: Progress | None = None,
    finish: Finish | None = None,
) -> None:
    """Say anew who is who in what is loaded, after people's decisions have changed.

    Raises
    ------
    StoreBusyError
        If a load is writing; it reads the decisions itself, last.
    """
    tell = progress or (lambda _stage, _done, _whole: None)
    with store.writing(at=at) as writing, _full_disk_said(store):
        _switch(writing, writing.manifest, tell, finish)


def read_report(store: Store, source: Source) -> dict[str, Any]:
    """Return the quality report that was written when a source was loaded.

    Raises
    ------
    NotFoundError
        If the report is no longer in the store.
    """
    path = store.folder / "parts" / source.load / "report.json"
    try:
        found: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError as error:
        message = f"the report of {source.name!r} is not in {path.parent}; load the source again"
        raise NotFoundError(message) from error
    return found


def _already(manifest: Manifest, sha256: str) -> Source | None:
    for source in manifest.sources.values():
        if source.sha256 == sha256:
            return source
    return None


def _load_one(
    writing: Load, wanted: Wanted, *, at: datetime, stdin: BinaryIO | None, tell: Progress
) -> Loaded:
    name = wanted.name or source_name(wanted.origin, writing.manifest.sources)
    standing = writing.manifest.sources.get(name)
    number = standing.number if standing else writing.manifest.next_number
    writing.begin(f"source-{number}")
    try:
        origin = local_origin(
            wanted.origin,
            writing,
            at=at,
            allow_private=wanted.allow_private,
            stdin=stdin,
            tell=tell,
        )
        sha256 = hash_of(origin, tell)
        if (same := _already(writing.manifest, sha256)) is not None:
            if is_url(wanted.origin):
                shutil.rmtree(origin)
            return Loaded(wanted, same, report=read_report(writing.store, same))
        inputs = list(open_inputs(str(origin), limits=wanted.limits))
        source, report = _read(writing, wanted, inputs, name, number, sha256, tell)
        if is_url(wanted.origin):
            # Kept with this load from now on, so that loading the address again fetches it anew.
            writing.raw_folder.parent.mkdir(parents=True, exist_ok=True)
            origin.rename(writing.raw_folder)
    except ConvenerError as error:
        writing.drop_section()
        return Loaded(wanted, error=error)
    return Loaded(wanted, source, changed=True, report=report)


def _read(
    writing: Load,
    wanted: Wanted,
    inputs: Sequence[Input],
    name: str,
    number: int,
    sha256: str,
    tell: Progress,
) -> tuple[Source, dict[str, Any]]:
    """Read the inputs of one source, and add it to the manifest that the load will switch to."""
    read = ReadReport()
    groups = _groups(inputs, wanted, read)
    rows: dict[str, int] = {}
    for recognised, members in groups:
        for table, count in recognised.read(
            members, writing, source=name, number=number, report=read, progress=tell
        ).items():
            rows[table] = rows.get(table, 0) + count
    if not any(rows.values()):
        raise BadInputError(_nothing_read(wanted.origin, read))
    source = Source(
        name=name,
        number=number,
        kind="+".join(sorted({recognised.kind for recognised, _ in groups})),
        origin=wanted.origin,
        sha256=sha256,
        loaded_at=writing.at.isoformat(),
        load=writing.section,
        parts=writing.parts_written(),
        rows=rows,
    )
    report = _report(writing, source, read, tell)
    source = replace(source, report=quality.summary(report))
    _add(writing, source)
    return source, report


def _report(writing: Load, source: Source, read: ReadReport, tell: Progress) -> dict[str, Any]:
    tell("report", 0, None)
    with engine() as connection:
        add_views(connection, writing.store.folder, Manifest(sources={source.name: source}))
        report = quality.assess(connection, source.name, read)
    (writing.folder / "report.json").write_text(json.dumps(report, indent=1), encoding="utf-8")
    return report


def _add(writing: Load, source: Source) -> None:
    before = writing.manifest
    writing.manifest = replace(
        before,
        sources={**before.sources, source.name: source},
        next_number=max(before.next_number, source.number + 1),
    )


def _switch(writing: Load, manifest: Manifest, tell: Progress, finish: Finish | None) -> None:
    """Derive what rests on all sources together, and make the store what it is then."""
    derived = _derive(writing, manifest, tell)
    writing.switch(finish(writing, derived, tell) if finish is not None else derived)


def _derive(writing: Load, manifest: Manifest, tell: Progress) -> Manifest:
    """Make the tables that rest on all sources together."""
    from convener.data.organisations import identity
    from convener.data.scope import services

    writing.begin("derived")
    folder = writing.store.folder
    manifest = replace(manifest, derived={})
    decisions = folder / "decisions.parquet"
    tell("identify", 0, None)
    with engine() as connection:
        add_views(connection, folder, manifest)
        identity.resolve(connection, writing, decisions=decisions if decisions.exists() else None)
        tell("classify", 0, None)
        services.assign(connection, writing, bundles=services.bundles(folder))
    names = {table.name for table in DERIVED_TABLES}
    written = writing.parts_written()
    return replace(
        manifest, derived={name: parts for name, parts in written.items() if name in names}
    )


def _groups(
    inputs: Sequence[Input], wanted: Wanted, read: ReadReport
) -> list[tuple[Recognised, list[Input]]]:
    """Put together the inputs that are read the same way; report those of no known kind."""
    groups: list[tuple[Recognised, list[Input]]] = []
    for entry in inputs:
        try:
            found = recognise(
                entry, kind=wanted.kind, mapping=wanted.mapping, observed_on=wanted.observed_on
            )
        except BadInputError as error:
            if len(inputs) == 1:
                raise
            read.refuse(entry.name, 0, f"file left out: {error}")
            continue
        for recognised, members in groups:
            if recognised == found:
                members.append(entry)
                break
        else:
            groups.append((found, [entry]))
    return groups


def _nothing_read(origin: str, read: ReadReport) -> str:
    reasons = "; ".join(
        f"{reason} ({count})" for (_, reason), count in read.reasons.most_common(3)
    )
    return f"nothing in {origin} could be read: {reasons or 'it holds no rows'}"


@contextmanager
def _full_disk_said(store: Store) -> Iterator[None]:
    try:
        yield
    except (OSError, duckdb.IOException) as error:
        is_full = getattr(error, "errno", None) == errno.ENOSPC or "No space left" in str(error)
        if not is_full:
            raise
        message = f"the disk that holds {store.folder} is full; the store is as it was"
        raise NoSpaceError(message) from error
