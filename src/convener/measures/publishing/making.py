"""Makes the open files of a snapshot once, and keeps them beside its parts.

They are made at the end of a load, or of an older store by whoever asks first. Several who ask
at once each make their own, in a folder that nobody reads, and the first to have done puts its
folder in the place that all read.
"""

from __future__ import annotations

import hashlib
import json
import shutil
import tempfile
from dataclasses import asdict, dataclass, replace
from functools import cached_property
from pathlib import Path
from typing import Any

import duckdb

from convener.base.errors import NotFoundError
from convener.data.sources.origins import Progress
from convener.data.store import Load, Manifest, Store, add_views, engine
from convener.measures.publishing import package
from convener.measures.publishing.datasets import DATASETS, SOURCES, Snapshot
from convener.measures.publishing.files import write_table

FOLDER = "open"


@dataclass(frozen=True)
class OpenFiles:
    """The folder of a snapshot's open files, all of them written."""

    folder: Path

    @cached_property
    def package(self) -> dict[str, Any]:
        """Return what the files say of themselves."""
        found: dict[str, Any] = json.loads((self.folder / package.NAME).read_bytes())
        return found

    def path(self, name: str) -> Path:
        """Return where a file lies.

        Raises
        ------
        NotFoundError
            If there is none of that name.
        """
        known = (package.NAME, *(one["path"] for one in self.package["resources"]))
        if name not in known:
            raise NotFoundError(f"no open file is called {name!r}; there are {', '.join(known)}")
        return self.folder / name


def digest_of(manifest: Manifest) -> str:
    """Return what tells one snapshot from every other."""
    text = json.dumps(asdict(manifest), sort_keys=True)
    return hashlib.sha256(text.encode()).hexdigest()


def open_files(store: Store, manifest: Manifest, cursor: duckdb.DuckDBPyConnection) -> OpenFiles:
    """Return the open files of a snapshot, made now where nobody has made them yet.

    Raises
    ------
    NotFoundError
        If nothing is loaded.
    """
    place = manifest.beside(store.folder, FOLDER)
    if place is None or not manifest.sources:
        raise NotFoundError("nothing is loaded, so there is nothing to publish yet")
    if not (place / package.NAME).is_file():
        _make(Snapshot(store, manifest, cursor), place)
    return OpenFiles(place)


def keep_open_files(writing: Load, manifest: Manifest, tell: Progress) -> None:
    """Make the open files of a snapshot that a load is about to switch to."""
    if not manifest.sources:
        return
    tell("publish", 0, None)
    with engine() as connection:
        add_views(connection, writing.store.folder, manifest)
        taken = replace(manifest, replaced_at=writing.at.isoformat())  # as the switch will say
        open_files(writing.store, taken, connection)


def _make(snapshot: Snapshot, place: Path) -> None:
    making = Path(tempfile.mkdtemp(prefix=f"{FOLDER}-", dir=place.parent))
    try:
        _write(snapshot, making)
        making.chmod(0o755)
        try:
            making.rename(place)
        except OSError:  # another has put its folder there in the meantime
            if not (place / package.NAME).is_file():
                raise
    finally:
        shutil.rmtree(making, ignore_errors=True)


def _write(snapshot: Snapshot, folder: Path) -> None:
    tables = [
        (dataset, write_table(dataset, dataset.rows(snapshot), folder))
        for dataset in DATASETS.values()
    ]
    said = package.describe(
        tables,
        [dict(zip(SOURCES.names, row, strict=True)) for row in SOURCES.rows(snapshot)],
        moment=snapshot.manifest.replaced_at,
        digest=digest_of(snapshot.manifest),
    )
    text = json.dumps(said, indent=1, ensure_ascii=False) + "\n"
    (folder / package.NAME).write_text(text, encoding="utf-8")
