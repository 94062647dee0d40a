"""Registered identifiers: which are real, which are the same, and which tell two bodies apart."""

from __future__ import annotations

import re
from collections.abc import Iterable

# Numbers that a platform or an inspector gives to an entry, a notice or a place. The same one
# means the same body; two different ones may well belong to one body, so they never part two.
NOT_PARTING = frozenset(
    {"GB-SRS", "GB-CFS", "GB-FTS", "GB-PPON", "GB-CQC", "GB-CCSCUST", "GB-GOVUK", "GB-SID"}
    | {"XI-SRS", "XI-PPON", "EU-TED", "DUNS", "US-DUN", "GB-VAT", "GB-UKPRN"}
)
_SCHEME = re.compile(r"[A-Z]{2,3}-[A-Z0-9_]+")
_COMPANY_NUMBER = re.compile(r"\d{1,7}")
_CHARITY_NUMBER = re.compile(r"0*(\d+)(?:-0)?")


def qualified(scheme: str | None, identifier: str | None) -> str | None:
    """Return "SCHEME-identifier" as registers write it, or ``None`` where it identifies nothing.

    Parameters
    ----------
    scheme, identifier : as published
        A placeholder (all one digit, 12345678, "N/A") identifies nothing.
    """
    if not scheme or not identifier:
        return None
    scheme = scheme.strip().upper()
    number = re.sub(r"\s+", "", identifier).upper().removeprefix(f"{scheme}-")
    if _is_placeholder(number):
        return None
    if scheme == "GB-COH" and _COMPANY_NUMBER.fullmatch(number):
        number = number.zfill(8)
    if scheme == "GB-CHC" and (met := _CHARITY_NUMBER.fullmatch(number)):
        number = met[1]
    return f"{scheme}-{number}"


def parsed(text: str) -> str | None:
    """Return the qualified identifier of a text "SCHEME-identifier", or ``None``."""
    met = re.match(r"\s*([A-Za-z]{2,3}-[A-Za-z0-9_]+)-(.+)", text)
    return qualified(met[1], met[2]) if met else None


def scheme_of(identifier: str) -> str:
    """Return the scheme of a qualified identifier."""
    met = _SCHEME.match(identifier)
    return met[0] if met else identifier.partition("-")[0]


def parting(identifiers: Iterable[str]) -> dict[str, str]:
    """Return the identifiers by scheme that part bodies: another number, another body."""
    return {s: i for i in identifiers if (s := scheme_of(i)) not in NOT_PARTING}


def same_by_rule(identifier: str) -> str | None:
    """Return the other number that an identifier carries in itself, or ``None``.

    The company number of a registered society is "IP" and its society number of six characters.
    """
    if met := re.fullmatch(r"GB-COH-IP0*([1-9]\d*[A-Z])", identifier):
        return f"GB-MPR-{met[1]}"
    if met := re.fullmatch(r"GB-MPR-(\d+[RC])", identifier):
        return f"GB-COH-IP{met[1].zfill(6)}"
    return None


_SAID_NOTHING = frozenset(
    {"NA", "NONE", "NULL", "TBC", "UNKNOWN", "EXEMPT", "NOTAPPLICABLE", "NOTPROVIDED"}
)
_RISING = re.compile(r"0?1234(?:5(?:6(?:7(?:89?)?)?)?)?")


def _is_placeholder(number: str) -> bool:
    letters = re.sub(r"[^A-Z0-9]", "", number)
    is_filler = len(set(letters)) <= 1 or _RISING.fullmatch(letters) is not None
    return is_filler or letters in _SAID_NOTHING
