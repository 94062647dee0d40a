"""The key of an organisation's spelling: one expression, so that every table agrees on it.

A ``party_key`` stands for one spelling, that is one scheme, identifier and name together. The
same spelling has the same key wherever it is met, in a release, a payment or a register.
"""

from __future__ import annotations

import hashlib

SPACE = " \t\r\n"


def clean_sql(expression: str) -> str:
    """Return SQL for a text trimmed of spaces, null where nothing is left."""
    trimmed = f"nullif(trim({expression}, '{SPACE}'), '')"
    return f"(case when {may_be_loose_sql(expression)} then {trimmed} else {expression} end)"


def may_be_loose_sql(expression: str) -> str:
    """Return SQL that is true of every text which trimming would change, and few others.

    Looking at both ends costs a tenth of trimming, and few texts need it.
    """
    return f"(({expression}) < '!' or ({expression})[-1] < '!')"


def identifier_sql(scheme: str, identifier: str) -> str:
    """Return SQL for an identifier as the register writes it, of texts with spaces round them."""
    return padded_sql(clean_sql(scheme), clean_sql(identifier))


def padded_sql(scheme: str, identifier: str) -> str:
    """Return SQL for an identifier as the register writes it.

    Companies House numbers have eight characters; published ones often lost their leading zeros.
    """
    is_short = f"strlen({identifier}) < 8 and regexp_full_match({identifier}, '[0-9]+')"
    padded = f"case when {is_short} then lpad({identifier}, 8, '0') else upper({identifier}) end"
    return f"case when {scheme} = 'GB-COH' then {padded} else {identifier} end"


def party_key_sql(scheme: str, identifier: str, name: str) -> str:
    """Return SQL for the ``party_key`` (UBIGINT) of a spelling, null where nothing is written.

    Parameters
    ----------
    scheme, identifier, name : SQL expressions of text, or ``null``
        As published: they are trimmed, and the identifier is padded, here.

    Returns
    -------
    SQL expression
        The same for the same three texts on every table, with blank and null alike.
    """
    return key_of_clean_sql(clean_sql(scheme), clean_sql(identifier), clean_sql(name))


def key_of_clean_sql(scheme: str, identifier: str, name: str) -> str:
    """Return SQL for the ``party_key`` of texts that are clean already."""
    parts = f"({scheme})::varchar, ({padded_sql(scheme, identifier)})::varchar, ({name})::varchar"
    return f"case when coalesce({scheme}, {identifier}, {name}) is not null then hash({parts}) end"


def organisation_key(told: str) -> int:
    """Return the ``organisation_key`` of what it is made from: a positive number of 62 bits."""
    return int.from_bytes(hashlib.blake2b(told.encode(), digest_size=8).digest()) >> 2
