"""What one cell says: an amount, a date, a number, yes or no; or why it says nothing.

A blank cell, and the words for one, give None. A cell that says something unreadable raises, so
that the reader of the row can empty the field and report what was met.
"""

from __future__ import annotations

import re
from datetime import date, timedelta
from decimal import ROUND_HALF_EVEN, Decimal, InvalidOperation
from functools import lru_cache

from convener.base.errors import BadInputError

PLACES = 4  # of MONEY in the tables
LARGEST = Decimal(10) ** 14
FIRST_YEAR, LAST_YEAR = 1900, 2100
BLANK = frozenset(("", "-", "--", "na", "n/a", "null", "none", "nan", "#n/a", "not given", "."))

_PLAIN = re.compile(r"-?\d{1,13}(?:\.\d{1,4})?")
_GROUPED = re.compile(r"\d{1,3}(?:,\d{3})+(?:\.\d*)?")
_ANY_NUMBER = re.compile(r"(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d{1,5})?")
_DRESS = str.maketrans("", "", "£$€ \t\r\n\u00a0'")
_FOURTH = Decimal(1).scaleb(-PLACES)

_YEAR_FIRST = re.compile(r"(\d{4})[-/.](\d{1,2})[-/.](\d{1,2})(?:[T ].*)?")
_YEAR_LAST = re.compile(r"(\d{1,2})[-/. ](\d{1,2})[-/. ](\d{4}|\d{2})(?: .*)?")
_COMPACT = re.compile(r"((?:19|20)\d{2})(\d{2})(\d{2})")
_WORDED = re.compile(
    r"(?:[A-Za-z]{3,9},? )?(\d{1,2})(?:st|nd|rd|th)?[-/ ]([A-Za-z]{3,9})[-/ ,]+(\d{4}|\d{2})"
)
_SERIAL = re.compile(r"\d{5}(?:\.0+)?")
_SERIAL_ZERO = date(1899, 12, 30)  # day 0 of spreadsheets, whose 1900 has a day too many
_MONTHS = "jan feb mar apr may jun jul aug sep oct nov dec"
_MONTH_NUMBERS = {name: number for number, name in enumerate(_MONTHS.split(), start=1)}
MONTHS = 12
_CENTURY_TURNS = 70  # two digits from here on are of the last century

_YES = frozenset(("yes", "y", "true", "1", "t"))
_NO = frozenset(("no", "n", "false", "0", "f"))


class UnreadableCellError(BadInputError):
    """A cell says something that cannot be what its column holds."""


def is_blank(text: str) -> bool:
    """Say whether a cell holds nothing, or a word for nothing."""
    return text.strip().lower() in BLANK


def amount(text: str, *, decimal_mark: str = ".") -> str | None:
    """Return an amount as plain decimal text of at most four places, exact where it has no more.

    "£1,234.50", "(123.45)", "123.45-" and "123.45 CR" are read; brackets, a trailing minus and CR
    are below zero.

    Raises
    ------
    UnreadableCellError
        If the cell is no amount, or one too large to be money.
    """
    if _PLAIN.fullmatch(text):
        return text
    if is_blank(text):
        return None
    bare, is_negative = _undressed(text)
    if decimal_mark == ",":
        bare = bare.replace(".", "").replace(",", ".")
    if _GROUPED.fullmatch(bare):
        bare = bare.replace(",", "")
    if not _ANY_NUMBER.fullmatch(bare):
        raise UnreadableCellError("not an amount")
    value = _decimal(bare)
    return f"{-value if is_negative else value:f}"


def places(text: str) -> int:
    """Return how many decimal places a number is written with."""
    return len(text.partition(".")[2].rstrip())


def _undressed(text: str) -> tuple[str, bool]:
    bare = text.translate(_DRESS).upper().removeprefix("GBP").removesuffix("GBP")
    is_negative = False
    if bare.startswith("(") and bare.endswith(")"):
        bare, is_negative = bare[1:-1], True
    if bare.endswith("CR"):
        bare, is_negative = bare[:-2], True
    bare = bare.removesuffix("DR")
    if bare.endswith("-"):
        bare, is_negative = bare[:-1], not is_negative
    if bare.startswith(("-", "\u2212")):
        bare, is_negative = bare[1:], not is_negative
    return bare.removeprefix("+"), is_negative


def _decimal(bare: str) -> Decimal:
    try:
        value = Decimal(bare)
    except InvalidOperation as error:  # pragma: no cover - the pattern lets only numbers pass
        raise UnreadableCellError("not an amount") from error
    if value >= LARGEST:
        raise UnreadableCellError("too large to be an amount")
    return value.quantize(_FOURTH, rounding=ROUND_HALF_EVEN).normalize() + Decimal(0)


def number(text: str) -> str | None:
    """Return a number as text that SQL casts; "1,234" and "12%" are read, the sign % dropped.

    Raises
    ------
    UnreadableCellError
        If the cell is no number.
    """
    if is_blank(text):
        return None
    bare = text.strip().removesuffix("%").replace(",", "").strip()
    if not _ANY_NUMBER.fullmatch(bare.removeprefix("-")):
        raise UnreadableCellError("not a number")
    if abs(Decimal(bare)) >= LARGEST:
        raise UnreadableCellError("too large to be a quantity")
    return bare


def day(text: str, *, day_first: bool = True) -> str | None:
    """Return a date as ISO text; a time beside it is dropped.

    "11/30/2020" can only be the 30th of November, so it is read although days come first.

    Raises
    ------
    UnreadableCellError
        If the cell is no date, or one outside 1900 to 2100.
    """
    return None if is_blank(text) else _day(text.strip(), day_first=day_first).isoformat()


def is_turned(text: str, *, day_first: bool = True) -> bool:
    """Say whether a date could be read only with day and month in the other order."""
    match = _YEAR_LAST.fullmatch(text.strip())
    return match is not None and int(match[2 if day_first else 1]) > MONTHS


@lru_cache(maxsize=1 << 16)
def _day(text: str, *, day_first: bool) -> date:
    found = _year_month_day(text, day_first=day_first)
    if found is None:
        raise UnreadableCellError("not a date")
    try:
        value = date(*found)
    except ValueError as error:
        raise UnreadableCellError("an impossible date") from error
    if not FIRST_YEAR <= value.year <= LAST_YEAR:
        raise UnreadableCellError(f"a date outside {FIRST_YEAR} to {LAST_YEAR}")
    return value


def _year_month_day(bare: str, *, day_first: bool) -> tuple[int, int, int] | None:
    if match := _YEAR_FIRST.fullmatch(bare) or _COMPACT.fullmatch(bare):
        return int(match[1]), int(match[2]), int(match[3])
    if match := _YEAR_LAST.fullmatch(bare):
        day_, month = int(match[1]), int(match[2])
        if day_first == is_turned(bare, day_first=day_first):
            day_, month = month, day_
        return _year(match[3]), month, day_
    if match := _WORDED.match(bare):
        month = _MONTH_NUMBERS.get(match[2][:3].lower(), 0)
        return _year(match[3]), month, int(match[1])
    if _SERIAL.fullmatch(bare):
        value = _SERIAL_ZERO + timedelta(days=int(bare[:5]))
        return value.year, value.month, value.day
    return None


def _year(digits: str) -> int:
    year = int(digits)
    if len(digits) == len("1999"):
        return year
    return year + (1900 if year >= _CENTURY_TURNS else 2000)


def yes_or_no(text: str) -> bool | None:
    """Return what a yes-or-no cell says, None where it says neither."""
    bare = text.strip().lower()
    if bare in _YES:
        return True
    return False if bare in _NO else None
