"""Numbers as a reader meets them: rounded on the page only, en dash for a range, true minus."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

from django.utils import timezone

type Number = float | int | Decimal

NO_FIGURE = "No figure"
_DASH = "\u2013"
_MINUS = "\u2212"
_POUNDS = "£"
_SYMBOLS = {"GBP": _POUNDS, "EUR": "€", "USD": "$", "": ""}
_SIZES = ((1_000_000_000, "bn"), (1_000_000, "m"), (1_000, "k"))

# Shares that a reader knows as words, with how far a figure may lie from each.
_NAMED_SHARES = (
    (1 / 5, "one in five"),
    (1 / 4, "one in four"),
    (1 / 3, "one in three"),
    (2 / 5, "two in five"),
    (1 / 2, "half"),
    (3 / 5, "three in five"),
    (2 / 3, "two in three"),
    (3 / 4, "three in four"),
    (4 / 5, "four in five"),
    (9 / 10, "nine in ten"),
)
_NEAR = 0.012
_CLOSE = 0.045


def number(value: Number | None, places: int = 0) -> str:
    """Return a number with thousands parted; the words for none where there is none."""
    if value is None:
        return NO_FIGURE
    rounded = Decimal(str(value)).quantize(Decimal(1).scaleb(-places), ROUND_HALF_UP)
    return f"{rounded or 0:,.{places}f}".replace("-", _MINUS)


def percent(value: Number | None, places: int = 0) -> str:
    """Return a share of one as a percentage; a share that rounds to none says so."""
    if value is None:
        return NO_FIGURE
    text = f"{number(Decimal(str(value)) * 100, places)}%"
    if value > 0 and not text.strip("0.%"):
        return f"under {10**-places:.{places}f}%"
    return text


def money(value: Number | None, currency: str | None = "GBP") -> str:
    """Return an amount in millions, thousands or units, with its currency."""
    if value is None:
        return NO_FIGURE
    symbol = _SYMBOLS.get(currency or "", f"{currency} ")
    sign = _MINUS if value < 0 else ""
    size = abs(float(value))
    for least, letter in _SIZES:
        if size >= least:
            scaled = size / least
            places = 0 if scaled >= 100 else 1  # noqa: PLR2004 -- three digits are enough
            return f"{sign}{symbol}{scaled:,.{places}f}{letter}"
    return f"{sign}{symbol}{size:,.0f}"


def span(
    low: Number | None, high: Number | None, write: Callable[[Number | None], str] = number
) -> str:
    """Return a range as the least and the greatest; one number where both read the same."""
    first, last = write(low), write(high)
    if low is None or high is None or first == last:
        return first if low is not None else last
    if first.startswith("under"):
        return f"{first} to {last}"
    if first.endswith("%") and last.endswith("%"):
        first = first.removesuffix("%")
    return f"{first}{_DASH}{last}"


def share_in_words(value: float) -> str:
    """Return a share as a fraction that a reader says, where one is near: "nearly half"."""
    if value in {0, 1}:
        return "all" if value else "none"
    for share, words in _NAMED_SHARES:
        if abs(value - share) <= _NEAR:
            return words
    for share, words in _NAMED_SHARES:
        if -_CLOSE <= value - share < 0:
            return f"nearly {words}"
    for share, words in reversed(_NAMED_SHARES):
        if 0 < value - share <= _CLOSE:
            return f"just over {words}"
    return percent(value)


def counted(value: int, one: str, many: str | None = None) -> str:
    """Return a count with its noun: "1 area", "3 areas"."""
    return f"{number(value)} {one if value == 1 else many or one + 's'}"


def sentence(text: object) -> str:
    """Return words as a sentence: a capital first, unless it is a file's name, and a stop last."""
    words = str(text).strip()
    if not words:
        return ""
    first = words if _is_file(words.split(maxsplit=1)[0]) else words[0].upper() + words[1:]
    return first + ("" if words[-1] in ".?!" else ".")


def capital(text: object) -> str:
    """Return words with a capital first, as they head a section or a row."""
    words = str(text).strip()
    return words[:1].upper() + words[1:]


def _is_file(word: str) -> bool:
    """Say whether a word is written as names of files and fields are, so that letters matter."""
    return any(sign in word.rstrip(".,:;") for sign in "._/")


def day(value: date | str | None) -> str:
    """Return a date as it is said: 31 March 2022."""
    if not value:
        return ""
    moment = datetime.fromisoformat(value) if isinstance(value, str) else value
    return f"{moment.day} {moment:%B %Y}"


def short_day(value: date | None) -> str:
    """Return a date as a table has room for it: 31 Mar 2022; nothing for none."""
    return f"{value.day} {value:%b %Y}" if value else ""


def moment(value: datetime | None) -> str:
    """Return a time as it is said where the service stands: 14:05 on 31 March 2022."""
    return (
        f"{timezone.localtime(value):%H:%M} on {day(timezone.localtime(value))}" if value else ""
    )


_SOURCE_KINDS = {
    "ocds": "open contracting data",
    "notices": "notices",
    "payments": "payments",
    "provision": "lists of provision",
    "register": "registers",
    "ownership": "ownership",
}


def source_kind(kind: str) -> str:
    """Return what a source holds, in words: several kinds are joined by a plus."""
    return ", ".join(_SOURCE_KINDS.get(part, part) for part in kind.split("+"))


FILTERS: dict[str, Callable[..., Any]] = {
    "capital": capital,
    "counted": counted,
    "day": day,
    "source_kind": source_kind,
    "moment": moment,
    "money": money,
    "number": number,
    "percent": percent,
    "sentence": sentence,
    "short_day": short_day,
}
