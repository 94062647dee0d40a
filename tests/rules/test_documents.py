"""Files that are what they say, and files that are not."""

from __future__ import annotations

import io
import zipfile

import pytest

from convener.rules.documents import (
    BYTES_MAX,
    CSV,
    DOCX,
    JPEG,
    ODT,
    PARTS_MAX,
    PDF,
    PNG,
    XLSX,
    DocumentRefusedError,
    clean_file_name,
    sort_of,
)

PICTURE = b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR" + b"\0" * 20
PAPER = b"%PDF-1.7\n1 0 obj\n<<>>\nendobj\ntrailer\n%%EOF\n"
PHOTO = b"\xff\xd8\xff\xe0\x00\x10JFIF" + b"\0" * 20 + b"\xff\xd9"


def bundle(parts: dict[str, bytes], packed: int = zipfile.ZIP_DEFLATED) -> bytes:
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w", packed) as file:
        for name, content in parts.items():
            file.writestr(name, content)
    return made.getvalue()


WORD = {"[Content_Types].xml": b"<Types/>", "word/document.xml": b"<document/>"}
SHEET = {"[Content_Types].xml": b"<Types/>", "xl/workbook.xml": b"<workbook/>"}
OPEN = {"mimetype": b"application/vnd.oasis.opendocument.text", "content.xml": b"<office/>"}


@pytest.mark.parametrize(
    ("name", "content", "sort"),
    [
        ("a.pdf", PAPER, PDF),
        ("A.PDF", PAPER, PDF),
        ("a.png", PICTURE, PNG),
        ("a.jpeg", PHOTO, JPEG),
        ("a.docx", bundle(WORD), DOCX),
        ("a.xlsx", bundle(SHEET), XLSX),
        ("a.odt", bundle(OPEN), ODT),
        ("a.csv", "name,share\nÉlan,51\n".encode(), CSV),
    ],
)
def test_a_file_is_known_by_what_it_holds(name, content, sort):
    assert sort_of(name, content) is sort


@pytest.mark.parametrize(
    ("name", "content", "why"),
    [
        ("a.pdf", b"", "is empty"),
        ("a.pdf", PICTURE, "holds a PNG picture; name it .png"),
        ("a", PAPER, "ends in nothing"),
        ("a.pdf.exe", PAPER, "ends in .exe"),
        ("a.pdf", b"MZ\x90\x00" + b"\0" * 100, "a sort that is not taken"),
        ("a.csv", b"<script>alert(1)</script>,x", "a sort that is not taken"),
        ("a.csv", b"#!/bin/sh\nrm -rf /,", "a sort that is not taken"),
        ("a.csv", b"a,b\0c", "a sort that is not taken"),
        ("a.svg", b"<svg onload='x()'/>", "a sort that is not taken"),
        ("a.pdf", b"%PDF-1.7 cut", "a sort that is not taken"),
        ("a.zip", bundle({"a.txt": b"x"}), "a sort that is not taken"),
        ("a.docx", bundle({"word/document.xml": b"x"}), "a sort that is not taken"),
        ("a.docx", bundle(WORD)[:-30], "damaged"),
        ("a.docx", bundle({**WORD, "word/vbaProject.bin": b"x"}), "holds a program"),
        ("a.pdf", b"%PDF-" + b"0" * BYTES_MAX, "at most 5 MB"),
    ],
)
def test_a_file_that_is_not_what_it_says_is_refused_with_the_reason(name, content, why):
    with pytest.raises(DocumentRefusedError, match=why):
        sort_of(name, content)


def test_a_bundle_that_unpacks_into_too_much_is_stopped_on_the_way():
    bomb = bundle({**WORD, "word/media/1.bin": b"\0" * 70_000_000})
    assert len(bomb) < 100_000

    with pytest.raises(DocumentRefusedError, match="unpacks into more than 60 MB"):
        sort_of("a.docx", bomb)


def test_a_bundle_that_lies_about_its_size_is_refused():
    honest = bundle({**WORD, "word/media/1.bin": b"\0" * 200_000})
    liar = honest.replace((200_000).to_bytes(4, "little"), (10).to_bytes(4, "little"))
    assert liar != honest

    with pytest.raises(DocumentRefusedError, match=r"damaged|unpacks"):
        sort_of("a.docx", liar)


def test_a_bundle_of_very_many_parts_is_refused():
    many = bundle({**WORD, **{f"{n}": b"" for n in range(PARTS_MAX)}}, zipfile.ZIP_STORED)

    with pytest.raises(DocumentRefusedError, match="parts; at most 2,000"):
        sort_of("a.docx", many)


@pytest.mark.parametrize(
    ("name", "clean"),
    [
        ("../../etc/passwd.pdf", "passwd.pdf"),
        ("C:\\papers\\a.pdf", "a.pdf"),
        ('a"\r\nSet-Cookie: x.pdf', "aSet-Cookie x.pdf"),
        ("\u202efdp.exe", "fdp.exe"),
        ("...", "document"),
    ],
)
def test_a_name_keeps_no_folder_and_no_trick(name, clean):
    assert clean_file_name(name) == clean
