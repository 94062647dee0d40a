from __future__ import annotations

import io
import os
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from convener.data.reading.blocks import Block, Cutter, Sheet, pool_of

TEXTS = st.lists(st.binary(max_size=60).map(lambda one: one.replace(b"\n", b"")), max_size=40)


def walked(text: bytes, size: int, longest: int = 1 << 20) -> tuple[list, list]:
    """Return the numbered lines of a text read in blocks, and the lines refused."""
    refused: list[tuple[int, str, str]] = []
    found: list[tuple[int, bytes]] = []
    with pool_of(2, size) as pool:
        cutter = Cutter(
            io.BytesIO(text), pool, refuse=lambda *what: refused.append(what), longest=longest
        )
        for block in cutter.blocks():
            lines = list(block.lines())
            assert len(lines) == block.line_count
            files = b"".join(Path(name).read_bytes() for name in block.as_files())
            assert files.rstrip(b"\n") == b"\n".join(line for _, line in lines).rstrip(b"\n")
            found += lines
            pool.give_back(block)
    return found, refused


@settings(max_examples=60, deadline=None)
@given(lines=TEXTS, size=st.integers(1, 200), is_cut=st.booleans())
def test_blocks_of_any_size_hold_every_line_with_its_number(lines, size, is_cut):
    text = b"".join(line + b"\n" for line in lines)
    whole = text[:-1] if is_cut else text

    found, refused = walked(whole, size)

    wanted = whole.split(b"\n")
    if wanted[-1] == b"":
        wanted.pop()
    assert found == list(enumerate(wanted, start=1))
    assert refused == []


def test_a_line_longer_than_allowed_is_refused_by_number():
    text = b"one\n" + b"x" * 5000 + b"\nthree\n"

    found, refused = walked(text, 64, longest=1000)

    assert found == [(1, b"one"), (2, b""), (3, b"three")]
    assert [line for line, _, _ in refused] == [2]


def test_a_long_line_at_the_end_is_refused():
    found, refused = walked(b"one\n" + b"x" * 5000, 64, longest=1000)

    assert found == [(1, b"one"), (2, b"")]
    assert [line for line, _, _ in refused] == [2]


def test_a_sheet_that_grew_is_small_again_when_it_is_cleared():
    sheet = Sheet(100)
    sheet.fill(b"", io.BytesIO(b"x" * 500))
    sheet.grow(io.BytesIO(b"x" * 500))

    sheet.clear()
    sheet.put(b"short\n")
    sheet.end_file()

    assert Path(sheet.name).stat().st_size == len(b"short\n")
    assert sheet.lines() == [b"short"]
    sheet.close()


@given(lines=TEXTS.filter(len), size=st.integers(1, 200), count=st.integers(1, 4))
def test_lines_put_on_a_block_come_back_in_order(lines, size, count):
    block = Block(size, count)

    block.put(line + b"\n" for line in lines)

    assert [line for _, line in block.lines()] == lines
    assert block.line_count == len(lines)
    block.close()


def test_memory_without_a_name_is_replaced_by_a_file(monkeypatch):
    monkeypatch.delattr(os, "memfd_create", raising=False)
    block = Block(100, 1)

    block.put([b"one\n"])

    (name,) = block.as_files()
    assert Path(name).read_bytes() == b"one\n"
    block.close()
    assert not Path(name).exists()


@pytest.mark.parametrize("count", [1, 3])
def test_a_pool_gives_out_as_many_blocks_as_it_has(count):
    with pool_of(count, 10) as pool:
        taken = [pool.take() for _ in range(count)]

        pool.give_back(taken[0])

        assert pool.take() is taken[0]


def test_lines_fill_one_sheet_before_the_next():
    block = Block(10, 3)

    block.put([b"abcd\n", b"efgh\n", b"ijkl\n", b"a line longer than a sheet\n"])

    assert [sheet.used for sheet in block.sheets] == [10, 5, 27]
    block.close()
