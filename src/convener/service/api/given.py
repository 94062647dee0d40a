"""What commands take: numbers that name a row, words, days and shares, each as it is sent."""

from __future__ import annotations

from datetime import date
from typing import Annotated

from pydantic import AfterValidator, BeforeValidator, Field, WithJsonSchema

from convener.base.errors import NotFoundError

NUMBER = r"^[1-9][0-9]{0,18}$"  # a number that names something is text, however long
NUMBER_MAX = 2**63
DIGITS = 19
NUL = "\0"


def no_nul(text: str) -> str:
    """Refuse words that hold a NUL, which no database keeps."""
    if NUL in text:
        raise ValueError("words hold no NUL")
    return text


def _day(value: object) -> object:
    if not isinstance(value, str):
        raise ValueError("a day is text such as 2026-03-31")  # noqa: TRY004 -- as pydantic asks
    return value


Number = Annotated[str, Field(pattern=NUMBER, description="its number, as text")]
Market = Annotated[
    str, Field(pattern=NUMBER, description="number of an organisation of the market, as text")
]
Day = Annotated[date, BeforeValidator(_day), WithJsonSchema({"type": "string", "format": "date"})]
Share = Annotated[
    str,
    Field(
        pattern=r"^(0|1|0\.[0-9]{1,6}|1\.0{1,6})$",
        description="from 0 to 1, as text, so that it is exact",
    ),
]
Name = Annotated[str, Field(min_length=1, max_length=300), AfterValidator(no_nul)]
Words = Annotated[str, Field(min_length=1, max_length=2000), AfterValidator(no_nul)]
FewWords = Annotated[str, Field(max_length=2000), AfterValidator(no_nul)]  # or none
Reason = Annotated[str, Field(min_length=10, max_length=2000), AfterValidator(no_nul)]
Source = Annotated[
    str,
    Field(min_length=1, max_length=300, description="where this can be seen"),
    AfterValidator(no_nul),
]


def numbered(text: str) -> int:
    """Return the number that a text names a row by.

    Raises
    ------
    NotFoundError
        If no row can have it.
    """
    is_number = text.isascii() and text.isdigit() and len(text) <= DIGITS
    number = int(text) if is_number else 0
    if not 0 < number < NUMBER_MAX:
        raise NotFoundError(f"nothing here has the number {text[:40]!r}")
    return number
