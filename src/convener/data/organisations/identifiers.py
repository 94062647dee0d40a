"""Registered identifiers as one text: which are the same, and which tell two bodies apart."""

from __future__ import annotations

import re
from collections.abc import Iterable

from convener.base.identifiers import normalise, org_id

# Numbers that a platform, an inspector or a list gives to an entry, a notice or a place. The same
# one means the same body; two different ones may well belong to one body, so they part nothing.
NOT_PARTING = frozenset(
    {"GB-SRS", "GB-CFS", "GB-FTS", "GB-PPON", "GB-CQC", "GB-CCSCUST", "GB-GOVUK", "GB-UKPRN"}
    | {"GB-VAT", "XI-DUNS", "XI-PPON", "EU-TED", "GSS", "LIST"}
)
_LOOSE = re.compile(r"(GSS|LA|LIST)-(\S+)")  # joins registers; no code of org-id.guide
_SCHEME = re.compile(r"[A-Z]{2}-[A-Z0-9_]+|[A-Z]+")


def qualified(scheme: str | None, identifier: str | None) -> str | None:
    """Return "SCHEME-identifier" as registers write it, or ``None`` where it identifies nothing.

    Parameters
    ----------
    scheme, identifier : as published
        A placeholder ("N/A", all one digit) identifies nothing, nor does a number without scheme.
    """
    if found := normalise(scheme, identifier):
        return org_id(*found)
    loose = f"{scheme}-{identifier}"
    return loose if scheme and identifier and _LOOSE.fullmatch(loose) else None


def parsed(text: str) -> str | None:
    """Return the qualified identifier of a text "SCHEME-identifier", or ``None``."""
    if _LOOSE.fullmatch(text):
        return text
    found = normalise(None, text)
    return org_id(*found) if found else None


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
