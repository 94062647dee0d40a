"""Cut a stream of lines into blocks that lie in memory and that the engine reads as a file.

A block holds whole lines. Its memory is used again for the next one, so a source of any size is
read in the memory of a few blocks.
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
BLOCK_BYTES = 16 * MIB
LONGEST_LINE = 64 * MIB  # the largest record known has some 22 MB
_COUNTED_AT_ONCE = 64 << 10  # stays in the processor's cache

Refuse = Callable[[int, str, str], None]


class Block:
    """Memory with the name of a file, holding the bytes of whole lines."""

    def __init__(self, size: int = BLOCK_BYTES) -> None:
        self._file, self._name = _memory_file()
        self._usual_size = size
        self._size = 0
        self._memory = self._mapped(size)
        self.used = 0
        self.first_line = 1
        self.line_count = 0

    def as_file(self) -> str:
        """End the file where the bytes end, and return its name."""
        os.ftruncate(self._file, self.used)
        return self._name

    def lines(self) -> Iterator[tuple[int, bytes]]:
        """Yield each line with its number, without the line break."""
        text = self._memory[: self.used].removesuffix(b"\n")
        yield from enumerate(text.split(b"\n"), start=self.first_line)

    def put(self, lines: Iterable[bytes]) -> None:
        """Hold these lines, each with its line break."""
        self._resize(self._usual_size)
        self.used = self.line_count = 0
        for line in lines:
            end = self.used + len(line)
            if end > self._size:
                self._resize(max(end, 2 * self._size))
            self._memory[self.used : end] = line
            self.used = end
            self.line_count += 1

    def fill(self, carry: bytes, stream: BinaryIO) -> bool:
        """Take over ``carry`` and read on until full; say whether the stream has ended."""
        self._resize(max(self._usual_size, 2 * len(carry)))
        self._memory[: len(carry)] = carry
        self.used = len(carry)
        return self._read_on(stream)

    def grow(self, stream: BinaryIO) -> bool:
        """Double the memory and read on, for a line longer than a block."""
        self._resize(2 * self._size)
        return self._read_on(stream)

    @property
    def has_break(self) -> bool:
        """Whether a line ends in the block."""
        return self._memory.rfind(b"\n", 0, self.used) >= 0

    def cut(self) -> bytes:
        """Keep whole lines only; return what comes after the last line break."""
        end = self._memory.rfind(b"\n", 0, self.used) + 1
        rest = self._memory[end : self.used]
        self.used = end
        return rest

    def number(self, first_line: int) -> int:
        """Give the lines their numbers, from ``first_line`` on; return the next."""
        self.first_line = first_line
        self.line_count = sum(
            self._memory[start : min(start + _COUNTED_AT_ONCE, self.used)].count(b"\n")
            for start in range(0, self.used, _COUNTED_AT_ONCE)
        )
        if self.used and self._memory[self.used - 1] != ord("\n"):
            self.line_count += 1
        return first_line + self.line_count

    def close(self) -> None:
        """Give the memory back."""
        self._memory.close()
        os.close(self._file)
        if not self._name.startswith("/proc/"):
            Path(self._name).unlink()

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


class Pool:
    """A few blocks, handed out and taken back, so that reading waits for those who work."""

    def __init__(self, count: int, size: int = BLOCK_BYTES) -> None:
        self._blocks = [Block(size) for _ in range(count)]
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
def pool_of(count: int, size: int = BLOCK_BYTES) -> Iterator[Pool]:
    """Give a pool that ends with the context."""
    pool = Pool(count, size)
    try:
        yield pool
    finally:
        pool.close()


def blocks_of(
    stream: BinaryIO, pool: Pool, *, refuse: Refuse, longest: int = LONGEST_LINE
) -> Iterator[Block]:
    """Yield the lines of a stream, block by block; the taker gives each block back.

    ``refuse`` hears the number, the reason and the start of each line longer than ``longest``.
    """
    carry, line, is_ended = b"", 1, False
    while not is_ended:
        block = pool.take()
        is_ended = block.fill(carry, stream)
        while not is_ended and not block.has_break:
            if block.used < longest:
                is_ended = block.grow(stream)
                continue
            start = next(block.lines())[1][:100].decode("utf-8", "replace")
            refuse(line, f"the line is longer than {longest // MIB} MiB", start)
            line += 1
            carry = _after_break(stream)
            is_ended = block.fill(carry, stream)
        carry = b"" if is_ended else block.cut()
        line = block.number(line)
        if block.used:
            yield block
        else:
            pool.give_back(block)


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
