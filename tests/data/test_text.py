from __future__ import annotations

import codecs
import io

import pytest
from hypothesis import given
from hypothesis import strategies as st

from convener.data.sources.text import PIECE_BYTES, as_utf8, encoding_met, is_plain_utf8

WORDS = "Café, £1 and a €2, naïve\r\n"


@pytest.mark.parametrize(
    ("content", "encoding"),
    [
        (WORDS.encode(), "utf-8"),
        (codecs.BOM_UTF8 + WORDS.encode(), "utf-8-bom"),
        (codecs.BOM_UTF16_LE + WORDS.encode("utf-16-le"), "utf-16-le"),
        (codecs.BOM_UTF16_BE + WORDS.encode("utf-16-be"), "utf-16-be"),
        (WORDS.encode("utf-16-le"), "utf-16-le"),
        (WORDS.encode("utf-16-be"), "utf-16-be"),
        (codecs.BOM_UTF32_LE + WORDS.encode("utf-32-le"), "utf-32-le"),
        (WORDS.encode("cp1252"), "cp1252"),
    ],
)
def test_text_becomes_utf8_whatever_it_was(content, encoding):
    stream, met = as_utf8(io.BytesIO(content))

    assert stream.read().decode() == WORDS
    assert met == encoding
    assert encoding_met(stream) == encoding


def test_an_empty_stream_is_utf8():
    stream, met = as_utf8(io.BytesIO(b""))

    assert (stream.read(), met) == (b"", "utf-8")


def test_a_file_that_turns_cp1252_far_down_keeps_its_utf8_and_says_so():
    plain = "é" + "a" * PIECE_BYTES
    stream, met = as_utf8(io.BytesIO(plain.encode() + "\n£".encode("cp1252") + "\né".encode()))

    assert stream.read().decode() == plain + "\n£\né"
    assert met == "utf-8"
    assert encoding_met(stream) == "cp1252"


def test_a_byte_that_is_nothing_is_marked_and_not_lost():
    stream, _ = as_utf8(io.BytesIO(b"a\x81b"))

    assert stream.read().decode() == "a\ufffdb"


def test_a_character_cut_at_the_end_is_kept():
    stream, _ = as_utf8(io.BytesIO("aé".encode()[:-1]))

    assert stream.read().decode() == "aÃ"


def test_memory_stays_flat_while_a_long_stream_is_read():
    class Endless(io.RawIOBase):
        given = 0

        def readable(self):
            return True

        def readinto(self, buffer):
            piece = b"\xc3\xa9" * (len(buffer) // 2)
            buffer[: len(piece)] = piece
            Endless.given += len(piece)
            return len(piece)

    stream, _ = as_utf8(io.BufferedReader(Endless()))

    stream.read(10)

    assert Endless.given < 4 * PIECE_BYTES


def test_only_utf8_without_a_mark_is_plain():
    assert is_plain_utf8("é".encode())
    assert is_plain_utf8("aé".encode()[:-1])
    assert not is_plain_utf8(codecs.BOM_UTF8 + b"a")
    assert not is_plain_utf8(b"a\xe9b")


def test_a_stream_of_another_maker_is_not_asked_for_its_encoding():
    with pytest.raises(TypeError):
        encoding_met(io.BytesIO(b""))


@given(st.text(), st.integers(1, 7))
def test_utf8_is_never_changed(text, step):
    if text.startswith("\ufeff") or "\x00" in text:
        return
    stream, met = as_utf8(io.BytesIO(text.encode()))

    pieces = iter(lambda: stream.read(step), b"")

    assert (b"".join(pieces), met) == (text.encode(), "utf-8")


@given(st.binary())
def test_what_comes_out_is_always_utf8(content):
    stream, _ = as_utf8(io.BytesIO(content))

    stream.read().decode()


@pytest.mark.parametrize("stray", [b"\x00", b"\x00" * 40])
def test_a_few_nuls_do_not_make_utf_16_of_other_text(stray):
    content = "Supplier,Amount\nCafé Ltd,1\n".encode() * 20 + stray

    stream, encoding = as_utf8(io.BytesIO(content))

    assert encoding == "utf-8"
    assert stream.read() == content
