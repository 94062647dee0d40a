"""The key of an organisation's spelling: one expression, so that every table agrees on it.

A ``party_key`` stands for one spelling, that is one scheme, identifier and name together. The
same spelling has the same key wherever it is met, in a release, a payment or a register.
"""

from __future__ import annotations

_SPACE = " \t\r\n\u00a0"


def clean_sql(expression: str) -> str:
    """Return SQL for a text trimmed of spaces, null where nothing is left."""
    return f"nullif(trim({expression}, '{_SPACE}'), '')"


def identifier_sql(scheme: str, identifier: str) -> str:
    """Return SQL for an identifier as the register writes it.

    Companies House numbers have eight characters; published ones often lost their leading zeros.
    """
    clean = clean_sql(identifier)
    return (
        f"case when {clean_sql(scheme)} = 'GB-COH' then"
        f" case when regexp_full_match({clean}, '[0-9]{{1,7}}')"
        f" then lpad({clean}, 8, '0') else upper({clean}) end"
        f" else {clean} end"
    )


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
    parts = (
        f"({clean_sql(scheme)})::varchar",
        f"({identifier_sql(scheme, identifier)})::varchar",
        f"({clean_sql(name)})::varchar",
    )
    return f"case when coalesce({', '.join(parts)}) is not null then hash({', '.join(parts)}) end"
