"""Cut a stream of lines into blocks that lie in memory and that the engine reads as files.

A block holds whole lines, on a few sheets of memory that each have the name of a file: the engine
holds the values of a whole file at once, and is a quarter faster where those stay in the
processor's cache. The memory is used again for the next block, so a source of any size is read in
the memory of a few blocks.
"""

from __future__ import annotations

import mmap
import os
import queue
import tempfile
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO

MIB = 1 << 20
SHEET_BYTES = 2 * MIB
SHEETS = 8
LONGEST_LINE = 64 * MIB  # the largest record known has some 22 MB

Refuse = Callable[[int, str, str], None]


class Sheet:
    """Memory with the name of a file, holding the bytes of whole lines."""

    def __init__(self, size: int = SHEET_BYTES) -> None:
        self._file, self.name = _memory_file()
        self._usual_size = size
        self._size = 0
        self._memory = self._mapped(size)
        self.used = 0

    def end_file(self) -> None:
        """End the file where the bytes end."""
        os.ftruncate(self._file, self.used)

    def lines(self) -> list[bytes]:
        """Return the lines, without their line breaks."""
        return self._memory[: self.used].removesuffix(b"\n").split(b"\n") if self.used else []

    @property
    def text(self) -> bytes:
        """Return the bytes of all lines, with their line breaks."""
        return self._memory[: self.used]

    def has(self, sign: bytes) -> bool:
        """Say whether some bytes stand on the sheet."""
        return self._memory.find(sign, 0, self.used) >= 0

    def clear(self) -> None:
        """Hold nothing, in memory of the usual size."""
        self._resize(self._usual_size)
        self.used = 0

    def has_room(self, line: bytes) -> bool:
        """Say whether one more line fits; any line does on an empty sheet."""
        return not self.used or self.used + len(line) <= self._size

    def put(self, line: bytes) -> None:
        """Hold one more line, with its line break."""
        end = self.used + len(line)
        if end > self._size:
            self._resize(max(end, 2 * self._size))
        self._memory[self.used : end] = line
        self.used = end

    def fill(self, carry: bytes, stream: BinaryIO) -> bool:
        """Take over ``carry`` and read on until full; say whether the stream has ended."""
        self._resize(max(self._usual_size, 2 * len(carry)))
        self._memory[: len(carry)] = carry
        self.used = len(carry)
        return self._read_on(stream)

    def grow(self, stream: BinaryIO) -> bool:
        """Double the memory and read on, for a line longer than a sheet."""
        self._resize(2 * self._size)
        return self._read_on(stream)

    @property
    def has_break(self) -> bool:
        """Whether a line ends on the sheet."""
        return self._memory.rfind(b"\n", 0, self.used) >= 0

    def cut(self) -> bytes:
        """Keep whole lines only; return what comes after the last line break."""
        end = self._memory.rfind(b"\n", 0, self.used) + 1
        rest = self._memory[end : self.used]
        self.used = end
        return rest

    def count(self) -> int:
        """Return how many lines there are, with or without a line break after the last."""
        count = start = 0
        while start < self.used:
            count += 1
            start = (self._memory.find(b"\n", start, self.used) + 1) or self.used
        return count

    def close(self) -> None:
        """Give the memory back."""
        self._memory.close()
        os.close(self._file)
        if not self.name.startswith("/proc/"):
            Path(self.name).unlink()

    def _resize(self, size: int) -> None:
        if size != self._size:
            self._memory.close()
            self._memory = self._mapped(size)
        os.ftruncate(self._file, size)

    def _mapped(self, size: int) -> mmap.mmap:
        os.ftruncate(self._file, size)
        self._size = size
        return mmap.mmap(self._file, size)

    def _read_on(self, stream: BinaryIO) -> bool:
        with memoryview(self._memory) as memory:
            while self.used < self._size:
                with memory[self.used :] as free:
                    read = stream.readinto(free)  # type: ignore[attr-defined]  # raw or buffered
                if not read:
                    return True
                self.used += read
        return False


class Block:
    """Some sheets that are read together."""

    def __init__(self, size: int = SHEET_BYTES, count: int = SHEETS) -> None:
        self.sheets = [Sheet(size) for _ in range(count)]
        self.first_line = 1
        self.line_count = 0

    @property
    def used(self) -> int:
        """Return how many bytes the block holds."""
        return sum(sheet.used for sheet in self.sheets)

    @property
    def longest(self) -> int:
        """Return a size that no line of the block passes."""
        return max(sheet.used for sheet in self.sheets)

    def as_files(self) -> list[str]:
        """End each file where its bytes end; return the names, in order of lines."""
        for sheet in self.sheets:
            sheet.end_file()
        return [sheet.name for sheet in self.sheets]

    def lines(self) -> Iterator[tuple[int, bytes]]:
        """Yield each line with its number, without the line break."""
        number = self.first_line
        for sheet in self.sheets:
            for line in sheet.lines():
                yield number, line
                number += 1

    def put(self, lines: Iterable[bytes]) -> None:
        """Hold these lines, each with its line break; the last sheet grows as it must."""
        self.clear()
        self.line_count = 0
        *first, last = self.sheets
        sheets = iter(first)
        sheet = next(sheets, last)
        for line in lines:
            if sheet is not last and not sheet.has_room(line):
                sheet = next(sheets, last)
            sheet.put(line)
            self.line_count += 1

    def clear(self) -> None:
        """Hold nothing."""
        for sheet in self.sheets:
            sheet.clear()

    def close(self) -> None:
        """Give the memory back."""
        for sheet in self.sheets:
            sheet.close()


class Pool:
    """A few blocks, handed out and taken back, so that reading waits for those who work."""

    def __init__(self, blocks: Iterable[Block]) -> None:
        self._blocks = list(blocks)
        self._free: queue.SimpleQueue[Block] = queue.SimpleQueue()
        for block in self._blocks:
            self._free.put(block)

    def take(self) -> Block:
        """Return a free block, waiting until there is one."""
        return self._free.get()

    def give_back(self, block: Block) -> None:
        """Take a block back."""
        self._free.put(block)

    def close(self) -> None:
        """Give the memory back."""
        for block in self._blocks:
            block.close()


@contextmanager
def pool_of(count: int, sheet_bytes: int = SHEET_BYTES) -> Iterator[Pool]:
    """Give a pool that ends with the context."""
    pool = Pool(Block(sheet_bytes) for _ in range(count))
    try:
        yield pool
    finally:
        pool.close()


class Cutter:
    """Cuts one stream into blocks; the taker gives each block back to the pool.

    ``refuse`` hears the number, the reason and the start of each line longer than ``longest``.
    """

    def __init__(
        self, stream: BinaryIO, pool: Pool, *, refuse: Refuse, longest: int = LONGEST_LINE
    ) -> None:
        self._stream = stream
        self._pool = pool
        self._refuse = refuse
        self._longest = longest
        self._carry = b""
        self._line = 1
        self._is_ended = False

    def blocks(self) -> Iterator[Block]:
        """Yield the lines of the stream, block by block."""
        while not self._is_ended:
            block = self._pool.take()
            block.clear()
            block.first_line = self._line
            for sheet in block.sheets:
                if not self._is_ended:
                    self._fill(sheet)
            block.line_count = self._line - block.first_line
            if block.used:
                yield block
            else:
                self._pool.give_back(block)

    def _fill(self, sheet: Sheet) -> None:
        self._is_ended = sheet.fill(self._carry, self._stream)
        while not self._is_ended and not sheet.has_break:
            if sheet.used < self._longest:
                self._is_ended = sheet.grow(self._stream)
            else:
                self._pass_line(sheet)
        self._carry = b"" if self._is_ended else sheet.cut()
        self._line += sheet.count()

    def _pass_line(self, sheet: Sheet) -> None:
        """Refuse the line that fills the sheet and more; a blank one keeps its number."""
        start = sheet.lines()[0][:100].decode("utf-8", "replace")
        self._refuse(self._line, f"the line is longer than {self._longest // MIB} MiB", start)
        self._is_ended = sheet.fill(b"\n" + _after_break(self._stream), self._stream)


def _after_break(stream: BinaryIO) -> bytes:
    """Pass the rest of a line; return what was read of the next."""
    while piece := stream.read(MIB):
        _, found, rest = piece.partition(b"\n")
        if found:
            return rest
    return b""


def _memory_file() -> tuple[int, str]:
    """Return a file that lies in memory, where the system has such files, and its name."""
    if hasattr(os, "memfd_create"):
        file = os.memfd_create("convener-block")
        return file, f"/proc/self/fd/{file}"
    return tempfile.mkstemp(prefix="convener-block-")
