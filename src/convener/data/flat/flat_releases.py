"""The pieces of an OCDS release that flat notices are made into.

Amounts are exact decimals, dates are moments, codes keep their digits, and what is not given is
not there at all.
"""

from __future__ import annotations

import html
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from convener.data.flat.parsing import UnreadableCellError, amount, day
from convener.data.report import ReadReport

Release = dict[str, Any]
_CODE = re.compile(r"(\d{8})(?:-\d)?")
_TIME = re.compile(r"[T ](\d{2}:\d{2}(?::\d{2})?)(?:\.\d+)?(Z|[+-]\d{2}:?\d{2})?$")
_CLOCK = re.compile(r"(?:[01]\d|2[0-3]):[0-5]\d")
_UNSAFE = re.compile(r"[^A-Za-z0-9._/-]+")
# The region words that Contracts Finder itself joins by commas.
_BETWEEN_REGIONS = re.compile(r"\s*,\s*")


@dataclass(frozen=True)
class Where:
    """A row, and where to say what was wrong with it."""

    report: ReadReport
    name: str
    line: int

    def null(self, field: str, reason: str, met: str = "") -> None:
        """Report a field that is left out."""
        self.report.null(self.name, self.line, field, reason, met)


def compact(**fields: Any) -> Release:  # noqa: ANN401  # any JSON value
    """Return the fields that say something."""
    return {key: value for key, value in fields.items() if value not in (None, "", [], {})}


def plain(text: str) -> str:
    """Return a text without the HTML entities left in it, escaped once or twice."""
    for _ in range(3):
        if (opened := html.unescape(text)) == text:
            break
        text = opened
    return text.strip()


def local_id(text: str) -> str:
    """Return a notice's own number as part of an ocid."""
    return _UNSAFE.sub("-", text.strip()).strip("-")


def money(text: str, currency: str, where: Where, field: str) -> Release | None:
    """Return a value, None where the cell gives none."""
    try:
        found = amount(text)
    except UnreadableCellError as error:
        where.null(field, str(error), text)
        return None
    return None if found is None else {"amount": Decimal(found), "currency": currency.upper()}


def positive(value: Release | None) -> Release | None:
    """Return a value that is above zero: where a source writes 0 for "not given"."""
    return value if value is not None and value["amount"] > 0 else None


def moment(text: str, where: Where, field: str, *, clock: str = "") -> str | None:
    """Return a date, with its time where it has one, as OCDS writes moments."""
    try:
        found = day(text) if text else None
    except UnreadableCellError as error:
        where.null(field, str(error), text)
        return None
    if found is None:
        return None
    if match := _TIME.search(text):
        time = match[1] if match[1].count(":") > 1 else f"{match[1]}:00"
        return f"{found}T{time}{match[2] or 'Z'}"
    return f"{found}T{clock}:00Z" if _CLOCK.fullmatch(clock) else f"{found}T00:00:00Z"


def period(start: str | None, end: str | None) -> Release | None:
    """Return a period, None where neither end is known."""
    return compact(startDate=start, endDate=end) or None


def codes(text: str) -> list[str]:
    """Return the CPV codes of a cell, as eight digits each, in order and once."""
    return list(dict.fromkeys(match[1] for match in _CODE.finditer(text)))


def classification(code: str) -> Release:
    """Return a CPV code as a classification."""
    return {"scheme": "CPV", "id": code}


def items(found: Sequence[str], addresses: list[Release]) -> list[Release]:
    """Return one item a code, the main code first: a notice's codes are subjects of their own."""
    return [
        compact(id=str(number), classification=classification(code), deliveryAddresses=addresses)
        for number, code in enumerate(found, start=1)
    ]


def addresses(regions: str, postal_code: str = "") -> list[Release]:
    """Return where something is delivered: a region each, the postal code with the first."""
    named = [region for region in _BETWEEN_REGIONS.split(regions.strip()) if region]
    found = [compact(region=region) for region in named] or [{}]
    found[0].update(compact(postalCode=postal_code.strip()))
    return [address for address in found if address]


def party(role: str, number: int, name: str, **fields: Any) -> Release:  # noqa: ANN401  # any JSON value
    """Return an organisation of a release; ids are local to it."""
    own = role if number == 0 else f"{role}-{number}"
    return compact(id=own, name=name, roles=[role], **fields)


def identifier(found: tuple[str, str] | None, name: str) -> Release | None:
    """Return a registered identifier as OCDS writes it."""
    if found is None:
        return None
    return {"scheme": found[0], "id": found[1], "legalName": name}


def reference(organisation: Mapping[str, Any]) -> Release:
    """Return a reference to an organisation of the same release."""
    return compact(id=organisation["id"], name=organisation.get("name"))
