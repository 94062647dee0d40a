"""The market store as one worker reads it: one snapshot, one engine, a cursor a request.

The engine opens on first use, so after the worker has started. When a load has switched the
manifest, the next request opens the new snapshot; requests under way keep the one they began with.
"""

from __future__ import annotations

import os
import threading
from collections import OrderedDict
from collections.abc import Callable
from functools import cached_property
from pathlib import Path
from typing import Any

import duckdb
from django.conf import settings

from convener.base.errors import BadInputError, ConvenerError
from convener.data.store import Manifest, Source, Store
from convener.measures.keeping import Figures, figures_of

DEMO_SOURCES = "demo-"  # what `convener demo` calls the sources that it loads
KEPT = 500  # answers that a worker holds of one snapshot
WORKERS = "CONVENER_WORKERS"  # set by the server, so that workers share the machine


class BrokenStoreError(ConvenerError):
    """The store cannot be read; whoever asked for a page can do nothing about it."""


class MarketData:
    """One snapshot of the store."""

    def __init__(self, store: Store, manifest: Manifest) -> None:
        self.store = store
        self.manifest = manifest
        self._kept: OrderedDict[object, Any] = OrderedDict()
        self._making: dict[object, threading.Lock] = {}
        self._lock = threading.Lock()

    @cached_property
    def _engine(self) -> duckdb.DuckDBPyConnection:
        with self._lock:
            workers = int(os.environ.get(WORKERS, "1"))
            threads = max(1, (os.cpu_count() or 1) // workers)
            return self.store.connect(self.manifest, threads=threads, memory_limit="1GB")

    @cached_property
    def figures(self) -> Figures:
        """Return the figures that were kept at the end of the load."""
        return figures_of(self.store.folder, self.manifest)

    def cursor(self) -> duckdb.DuckDBPyConnection:
        """Return a cursor of this snapshot's engine, for one request."""
        return self._engine.cursor()

    def kept[T](self, key: object, make: Callable[[], T]) -> T:
        """Return what was made for a key on this snapshot; who asks while it is made waits.

        What was longest unused goes when there is too much.
        """
        with self._lock:
            making = self._making.setdefault(key, threading.Lock())
        with making:
            with self._lock:
                if key in self._kept:
                    self._kept.move_to_end(key)
                    kept: T = self._kept[key]
                    return kept
            made = make()
            with self._lock:
                self._kept[key] = made
                while len(self._kept) > KEPT:
                    gone, _ = self._kept.popitem(last=False)
                    self._making.pop(gone, None)
            return made

    @property
    def is_empty(self) -> bool:
        """Say whether nothing was ever loaded."""
        return not self.manifest.sources

    @property
    def is_invented(self) -> bool:
        """Say whether any of the sources is of the demonstration market."""
        return any(name.startswith(DEMO_SOURCES) for name in self.manifest.sources)

    @property
    def sources(self) -> tuple[Source, ...]:
        """Return the loaded sources in the order of their names."""
        return tuple(self.manifest.sources[name] for name in sorted(self.manifest.sources))

    def quality(self, source: Source) -> dict[str, Any]:
        """Return the quality report of a source."""
        from convener.data.loading import read_report  # it brings every reader along

        return self.kept(("quality", source.name), lambda: read_report(self.store, source))


_opening = threading.Lock()
_opened: dict[Path, tuple[object, MarketData]] = {}


def market_data(workspace: Path | None = None) -> MarketData:
    """Return the store's present snapshot, opened once a worker and again after each load.

    Raises
    ------
    BrokenStoreError
        If the manifest cannot be read.
    """
    store = Store(workspace or settings.WORKSPACE)
    with _opening:
        stamp = _stamp(store.folder / "manifest.json")
        if store.folder not in _opened or _opened[store.folder][0] != stamp:
            _opened[store.folder] = (stamp, MarketData(store, _manifest(store)))
        return _opened[store.folder][1]


def _manifest(store: Store) -> Manifest:
    try:
        return store.manifest()
    except BadInputError as error:
        raise BrokenStoreError(str(error)) from error


def _stamp(path: Path) -> tuple[int, int, int] | None:
    """Return what changes when the manifest is replaced."""
    try:
        found = path.stat()
    except FileNotFoundError:
        return None
    return found.st_ino, found.st_mtime_ns, found.st_size
