"""The market store: a folder of immutable Parquet parts and one small manifest.

One writer, many readers. A load takes the lock file, writes new parts into a folder of its own
and switches the manifest last (write, fsync, rename), so a load that breaks leaves the store as it
was. Readers keep the snapshot that they opened; parts that no manifest names are swept by a later
load.

    workspace/
      manifest.json            which parts make the store now
      lock                     held by the one load that is writing
      parts/<load>/<section>/<table>-<n>.parquet
      raw/<load>/<section>/…   input that could not be read again from where it came
      decisions.parquet        users' corrections, published by the service
"""

from __future__ import annotations

import fcntl
import json
import os
import shutil
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field, replace
from datetime import datetime
from pathlib import Path
from typing import Any

import duckdb

from convener.base.errors import BadInputError, ConvenerError, NotFoundError, WrongStepError
from convener.data.tables import TABLES

FORMAT = 3  # raised whenever older parts, or figures kept with them, are no longer right
KEEP_READERS_S = 3600  # a snapshot stays this long after it was replaced


class DamagedPartError(ConvenerError):
    """A part of the store is absent or cannot be read."""


class StoreBusyError(WrongStepError):
    """Another load is writing to this store."""


@dataclass(frozen=True)
class Source:
    """What the manifest knows of one loaded source."""

    name: str
    number: int
    kind: str
    origin: str
    sha256: str
    loaded_at: str
    load: str
    parts: dict[str, list[str]] = field(default_factory=dict)
    rows: dict[str, int] = field(default_factory=dict)
    report: dict[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class Manifest:
    """The store at one moment: its sources and the parts derived from them together."""

    sources: dict[str, Source] = field(default_factory=dict)
    derived: dict[str, list[str]] = field(default_factory=dict)
    next_number: int = 1
    replaced_at: str = ""

    def parts(self, table: str) -> list[str]:
        """Return the parts of a table, of every source."""
        if table in self.derived:
            return list(self.derived[table])
        return [part for source in self.sources.values() for part in source.parts.get(table, [])]

    def beside(self, folder: Path, name: str) -> Path | None:
        """Return where something lies beside the derived parts, where there are such."""
        part = next((part for parts in self.derived.values() for part in parts), None)
        return (folder / part).parent / name if part is not None else None


class Store:
    """A workspace folder: read its manifest, open a snapshot of it, or write a load into it."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    @property
    def _manifest_path(self) -> Path:
        return self.folder / "manifest.json"

    def manifest(self) -> Manifest:
        """Return the store as it stands; an empty one where nothing was ever loaded.

        Raises
        ------
        BadInputError
            If the manifest cannot be read, or was written by a later convener.
        """
        try:
            text = self._manifest_path.read_text(encoding="utf-8")
        except FileNotFoundError:
            return Manifest()
        try:
            raw = json.loads(text)
            version = raw.pop("format")
            if version != FORMAT:
                message = (
                    f"the store has format {version}; this convener reads format {FORMAT}:"
                    " load its sources again into a new folder"
                )
                raise BadInputError(message)
            raw["sources"] = {name: Source(**source) for name, source in raw["sources"].items()}
            return Manifest(**raw)
        except (ValueError, KeyError, TypeError, AttributeError) as error:
            message = f"{self._manifest_path} is not a store manifest: {error}"
            raise BadInputError(message) from error

    def source(self, name: str) -> Source:
        """Return one loaded source.

        Raises
        ------
        NotFoundError
            If no source of that name is loaded.
        """
        sources = self.manifest().sources
        if name not in sources:
            known = ", ".join(sorted(sources)) or "none"
            message = f"no source is called {name!r}; loaded: {known}"
            raise NotFoundError(message)
        return sources[name]

    def connect(
        self,
        manifest: Manifest | None = None,
        *,
        threads: int | None = None,
        memory_limit: str = "2GB",
    ) -> duckdb.DuckDBPyConnection:
        """Open an in-memory engine with one view a table, over the parts of one snapshot.

        The connection keeps seeing that snapshot, whatever is loaded afterwards.
        """
        connection = engine(threads=threads, memory_limit=memory_limit)
        add_views(connection, self.folder, manifest or self.manifest())
        return connection

    @contextmanager
    def writing(self, *, at: datetime) -> Iterator[Load]:
        """Hold the lock for one load; sweep what it wrote unless it switched the manifest.

        Raises
        ------
        StoreBusyError
            If another load holds the lock.
        """
        self.folder.mkdir(parents=True, exist_ok=True)
        with (self.folder / "lock").open("a+", encoding="utf-8") as lock:
            try:
                fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError as error:
                message = f"another load is writing to {self.folder}; wait until it has ended"
                raise StoreBusyError(message) from error
            load = Load(self, at)
            try:
                yield load
            finally:
                load.sweep()

    def switch(self, manifest: Manifest) -> None:
        """Replace the manifest in one step that a crash cannot halve."""
        text = json.dumps({"format": FORMAT, **asdict(manifest)}, indent=1, sort_keys=True)
        partial = self.folder / "manifest.json.partial"
        with partial.open("w", encoding="utf-8") as out:
            out.write(text)
            out.flush()
            os.fsync(out.fileno())
        partial.rename(self._manifest_path)
        folder = os.open(self.folder, os.O_RDONLY)
        try:
            os.fsync(folder)
        finally:
            os.close(folder)


class Load:
    """One load in progress: folders of new parts, and the manifest that will name them."""

    def __init__(self, store: Store, at: datetime) -> None:
        self.store = store
        self.at = at
        self.manifest = store.manifest()
        self.name = self._free_name(at)
        self.section = ""
        self.begin("derived")
        self._is_switched = False

    def begin(self, section: str) -> None:
        """Give what is written from now on a folder of its own: one a source, one derived."""
        self.section = f"{self.name}/{section}"
        self.folder = self.store.folder / "parts" / self.section
        self.folder.mkdir(parents=True, exist_ok=True)
        self.raw_folder = self.store.folder / "raw" / self.section

    def drop_section(self) -> None:
        """Delete what the present section holds, because its source could not be read."""
        for folder in (self.folder, self.raw_folder):
            shutil.rmtree(folder, ignore_errors=True)

    def _free_name(self, at: datetime) -> str:
        stem = at.strftime("%Y%m%dT%H%M%S")
        count = 0
        while (self.store.folder / "parts" / f"{stem}-{count}").exists():
            count += 1
        return f"{stem}-{count}"

    def part_path(self, table: str, number: int | str) -> Path:
        """Return where to write the next part of a table."""
        return self.folder / f"{table}-{number}.parquet"

    def parts_written(self) -> dict[str, list[str]]:
        """Return the parts of the present section by table, as the manifest names them."""
        written: dict[str, list[str]] = {}
        for path in sorted(self.folder.glob("*.parquet")):
            table = path.name.rsplit("-", 1)[0]
            written.setdefault(table, []).append(str(path.relative_to(self.store.folder)))
        return written

    def switch(self, manifest: Manifest) -> None:
        """Make the store what ``manifest`` says."""
        self.store.switch(replace(manifest, replaced_at=self.at.isoformat()))
        self.manifest = manifest
        self._is_switched = True

    def sweep(self) -> None:
        """Delete the parts and raw input that no manifest names and no reader can still hold."""
        manifest = self.store.manifest()
        used = {Path(part).parts[1] for table in TABLES for part in manifest.parts(table)}
        used |= {source.load.split("/", 1)[0] for source in manifest.sources.values()}
        for kind in ("parts", "raw"):
            folder = self.store.folder / kind
            for path in folder.iterdir() if folder.is_dir() else ():
                if path.name in used:
                    continue
                is_ours = path.name == self.name and not self._is_switched
                age_s = self.at.timestamp() - path.stat().st_mtime
                if is_ours or age_s > KEEP_READERS_S:
                    shutil.rmtree(path, ignore_errors=True)


def engine(*, threads: int | None = None, memory_limit: str = "2GB") -> duckdb.DuckDBPyConnection:
    """Return an in-memory DuckDB that touches no network and installs nothing."""
    config: dict[str, Any] = {
        "memory_limit": memory_limit,
        "autoinstall_known_extensions": False,
        "autoload_known_extensions": False,
        "preserve_insertion_order": False,
    }
    if threads is not None:
        config["threads"] = threads
    connection = duckdb.connect(config=config)
    connection.execute("set TimeZone = 'UTC'; set enable_progress_bar = false")
    return connection


def add_views(connection: duckdb.DuckDBPyConnection, folder: Path, manifest: Manifest) -> None:
    """Make one view a table over its parts; a table without parts is empty, with its columns.

    Raises
    ------
    DamagedPartError
        If a part is absent or cannot be read; the message says how it is made anew.
    """
    tables = {table.name: manifest.parts(table.name) for table in TABLES.values()}
    prepared = {name: parts for name, parts in manifest.derived.items() if name not in TABLES}
    for name, parts in (tables | prepared).items():
        if not parts:
            connection.execute(f"create table {name} ({TABLES[name].ddl})")
            continue
        try:
            read = _read_sql(folder, parts)
            connection.execute(f"create view {name} as select * from {read}")
        except duckdb.Error as error:
            raise DamagedPartError(_damage(connection, folder, manifest, parts)) from error


def kept_name(name: str) -> str:
    """Return what a view is called that was built once and kept with the derived parts."""
    return f"kept_{name}"


def kept_names(connection: duckdb.DuckDBPyConnection) -> frozenset[str]:
    """Return the names of what was kept with the snapshot that a connection reads."""
    found = connection.execute(
        "select view_name from duckdb_views() where view_name like 'kept\\_%' escape '\\'"
    )
    return frozenset(name for (name,) in found.fetchall())


def _read_sql(folder: Path, parts: Sequence[str]) -> str:
    files = [str(folder / part).replace("'", "''") for part in parts]
    return "read_parquet([" + ", ".join(f"'{file}'" for file in files) + "])"


def _damage(
    connection: duckdb.DuckDBPyConnection, folder: Path, manifest: Manifest, parts: Sequence[str]
) -> str:
    """Return which of some parts is damaged, and how it is made whole."""
    for part in parts:
        try:
            connection.execute(f"select count(*) from {_read_sql(folder, [part])}")
        except duckdb.Error as error:
            said = f"the store's part {part} cannot be read ({str(error).partition('\n')[0]})"
            owner = next((s.name for s in manifest.sources.values() if s.load in part), None)
            if owner is None:
                return f"{said}; the next load, or the removal of a source, makes it anew"
            return (
                f"{said}; take its source out with `convener sources remove {owner}`"
                " and load it again"
            )
    return "the parts of a table do not fit together; load its sources again"
