"""Which files an organisation may give: told by what they hold, never by what they are called.

A file is not opened here, only recognised: whoever downloads one should treat it as any file of
another's. Bundles (the formats of offices) are unpacked as far as it takes to see that they are
what they say and that they do not unpack into something huge.
"""

from __future__ import annotations

import io
import zipfile
import zlib
from dataclasses import dataclass

from convener.base.errors import BadInputError

BYTES_MAX = 5_000_000
UNPACKED_MAX = 60_000_000  # bytes into which a bundle may unpack
PARTS_MAX = 2_000  # files within a bundle
CHUNK = 65_536
TITLE_MAX = 200
FILE_NAME_MAX = 200

_PDF, _PNG, _JPEG, _ZIP = b"%PDF-", b"\x89PNG\r\n\x1a\n", b"\xff\xd8\xff", b"PK\x03\x04"
_HEAD = 1024  # bytes within which a PDF begins
_CONTROLS = frozenset(range(32)) - {9, 10, 13}


@dataclass(frozen=True)
class Sort:
    """One sort of file: what it is called, its media type, and the endings its name may have."""

    label: str
    media_type: str
    endings: tuple[str, ...]


PDF = Sort("PDF", "application/pdf", ("pdf",))
PNG = Sort("PNG picture", "image/png", ("png",))
JPEG = Sort("JPEG picture", "image/jpeg", ("jpg", "jpeg"))
_OFFICE = "application/vnd.openxmlformats-officedocument"
DOCX = Sort("Word document", f"{_OFFICE}.wordprocessingml.document", ("docx",))
XLSX = Sort("Excel workbook", f"{_OFFICE}.spreadsheetml.sheet", ("xlsx",))
ODT = Sort("OpenDocument text", "application/vnd.oasis.opendocument.text", ("odt",))
ODS = Sort("OpenDocument sheet", "application/vnd.oasis.opendocument.spreadsheet", ("ods",))
CSV = Sort("CSV table", "text/csv; charset=utf-8", ("csv",))
SORTS = (PDF, PNG, JPEG, DOCX, XLSX, ODT, ODS, CSV)
WANTED = "wanted a PDF, a PNG or JPEG picture, a DOCX, XLSX, ODT or ODS file, or a CSV table"


class DocumentRefusedError(BadInputError):
    """The file is not one that an organisation may give here."""


def sort_of(name: str, content: bytes) -> Sort:
    """Return what sort of file something is.

    Parameters
    ----------
    name : as its owner calls it
    content : all of it

    Raises
    ------
    DocumentRefusedError
        If it is empty, too large, of no sort that is wanted, of another sort than its name says,
        locked, holds a program, or unpacks into too much.
    """
    if not content:
        raise DocumentRefusedError("the file is empty")
    if len(content) > BYTES_MAX:
        raise DocumentRefusedError(
            f"the file has {len(content) / 1e6:.1f} MB; at most {BYTES_MAX / 1e6:.0f} MB are taken"
        )
    found = _recognised(content)
    if found is None:
        raise DocumentRefusedError(f"the file is of a sort that is not taken; {WANTED}")
    ending = name.rpartition(".")[2].lower() if "." in name else ""
    if ending not in found.endings:
        raise DocumentRefusedError(
            f"the name ends in {'.' + ending[:20] if ending else 'nothing'} and the file holds a"
            f" {found.label}; name it .{found.endings[0]}"
        )
    return found


def _recognised(content: bytes) -> Sort | None:
    if _PDF in content[:_HEAD] and b"%%EOF" in content:
        return PDF
    if content.startswith(_PNG) and content[12:16] == b"IHDR":
        return PNG
    if content.startswith(_JPEG) and content.rstrip(b"\0\r\n ").endswith(b"\xff\xd9"):
        return JPEG
    if content.startswith(_ZIP):
        return _bundle(content)
    return CSV if _is_table(content) else None


def _bundle(content: bytes) -> Sort | None:
    """Return what sort of office file a bundle is, after unpacking it within limits."""
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as bundle:
            _check_parts(bundle)
            return _office_sort(bundle)
    except (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, RuntimeError) as error:
        raise DocumentRefusedError("the file is damaged: its parts cannot be read") from error


def _check_parts(bundle: zipfile.ZipFile) -> None:
    parts = bundle.infolist()
    if len(parts) > PARTS_MAX:
        raise DocumentRefusedError(f"the file holds {len(parts):,} parts; at most {PARTS_MAX:,}")
    if any(part.flag_bits & 1 for part in parts):
        raise DocumentRefusedError("the file is locked with a password; give it without one")
    if any(part.filename.lower().endswith("vbaproject.bin") for part in parts):
        raise DocumentRefusedError("the file holds a program (macros); give it without one")
    unpacked = 0
    for part in parts:
        with bundle.open(part) as opened:
            while chunk := opened.read(CHUNK):
                unpacked += len(chunk)
                if unpacked > UNPACKED_MAX:
                    raise DocumentRefusedError(
                        f"the file unpacks into more than {UNPACKED_MAX / 1e6:.0f} MB"
                    )


def _office_sort(bundle: zipfile.ZipFile) -> Sort | None:
    names = set(bundle.namelist())
    if "[Content_Types].xml" in names:
        if "word/document.xml" in names:
            return DOCX
        return XLSX if "xl/workbook.xml" in names else None
    if "mimetype" in names and "content.xml" in names:
        told = bundle.read("mimetype")[:200].decode("ascii", errors="replace").strip()
        return next((one for one in (ODT, ODS) if one.media_type == told), None)
    return None


def _is_table(content: bytes) -> bool:
    """Say whether it is text in lines of which the first has cells, and no program for a page."""
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError:
        return False
    if any(byte in _CONTROLS for byte in set(content)):
        return False
    first = text.lstrip().split("\n", 1)[0]
    return not first.startswith(("<", "#!", "{", "[")) and any(cell in first for cell in ",;\t")


def clean_file_name(name: str) -> str:
    """Return a file's name without its folders and without what no name should hold."""
    last = name.replace("\\", "/").rpartition("/")[2]
    kept = "".join(letter for letter in last if letter.isprintable() and letter not in '"<>|:*?')
    return kept.strip(" .")[-FILE_NAME_MAX:] or "document"
