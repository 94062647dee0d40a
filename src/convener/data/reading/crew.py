"""Several engines at work on the blocks of one source, and one who cuts blocks for them."""

from __future__ import annotations

import os
from collections import deque
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager
from queue import Empty, SimpleQueue

from convener.data.reading.blocks import SHEET_BYTES, Block, Pool, pool_of
from convener.data.reading.filling import FLUSH_BYTES, Entry, Filler, Target
from convener.data.report import ReadReport

MOST_ENGINES = 4


class Crew:
    """Hands blocks to whichever engine is free. The first that fails stops all."""

    def __init__(
        self, pool: Pool, executor: ThreadPoolExecutor, make: Callable[[], Filler]
    ) -> None:
        self.pool = pool
        self._executor = executor
        self._make = make
        self._idle: SimpleQueue[Filler] = SimpleQueue()
        self._fillers: list[Filler] = []
        self._under_way: deque[Future[None]] = deque()

    def take(self, block: Block, entry: Entry) -> None:
        """Let an engine read a block, which then goes back to the pool."""
        self._check()
        self._under_way.append(self._executor.submit(self._fill, block, entry))

    def finish(self) -> list[ReadReport]:
        """Wait until all is written; return what each engine met."""
        while self._under_way:
            self._under_way.popleft().result()
        list(self._executor.map(Filler.flush, self._fillers))
        return [filler.report for filler in self._fillers]

    def close(self) -> None:
        """Give the engines' memory back."""
        for filler in self._fillers:
            filler.close()

    def _check(self) -> None:
        while self._under_way and self._under_way[0].done():
            self._under_way.popleft().result()

    def _fill(self, block: Block, entry: Entry) -> None:
        try:
            filler = self._free_filler()
            try:
                filler.take(block, entry)
            finally:
                self._idle.put(filler)
        finally:
            self.pool.give_back(block)

    def _free_filler(self) -> Filler:
        try:
            return self._idle.get_nowait()
        except Empty:
            filler = self._make()
            self._fillers.append(filler)
            return filler


@contextmanager
def crew_of(
    target: Target, *, sheet_bytes: int = SHEET_BYTES, flush_bytes: int = FLUSH_BYTES
) -> Iterator[Crew]:
    """Give a crew that ends with the context: one engine a core, up to a few."""
    count = min(MOST_ENGINES, os.cpu_count() or 1)
    with pool_of(count + 1, sheet_bytes) as pool:
        executor = ThreadPoolExecutor(count)
        crew = Crew(pool, executor, lambda: Filler(target, flush_bytes=flush_bytes))
        try:
            yield crew
        finally:
            executor.shutdown(cancel_futures=True)
            crew.close()
