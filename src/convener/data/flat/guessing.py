"""Payments from a body never met before: the columns are guessed by what their headings say.

Councils and health bodies publish what they pay under a few dozen headings, in every spelling.
A guess is never silent: the report says which heading was read as what.
"""

from __future__ import annotations

import re

from convener.data.flat.mapping import Mapping
from convener.data.flat.sheets import Head

# For each of our columns, the headings that mean it, best first, in plain words.
HEADINGS = {
    "payee_name": (
        "supplier name|supplier beneficiary name|beneficiary name|payee name|vendor name"
        "|merchant name|creditor name|supplier|beneficiary|payee|vendor|merchant|creditor"
        "|name of supplier|name of payee|name of beneficiary|paid to|recipient|recipient name"
        "|supplier name redacted|cleansed supplier name|trading name"
    ),
    "amount": (
        "net amount|amount net|total excludes vat|total excluding vat|amount excluding vat"
        "|amount exc vat|amount excl vat|amount ex vat|net value|net|amount excluding vat gbp"
        "|amount|amount paid|payment amount|invoice amount|transaction amount|line amount"
        "|amount gbp|amount in gbp|amount in sterling|value|total|total amount|total value|spend"
        "|invoice value|net invoice value|paid amount|distribution amount|amount including vat"
        "|amount inc vat|gross amount|gross|gross value"
    ),
    "paid_on": (
        "payment date|date paid|paid date|invoice payment date|date of payment|pay date"
        "|date payment made|cheque date|transaction date|date of transaction|effective date"
        "|posting date|gl date|accounting date|clearing date|date|invoice date|period"
    ),
    "buyer_name": (
        "body name|organisation name|organization name|entity|entity name|organisation"
        "|organization|council|council name|authority|authority name|body|public body"
        "|department family|ccg|trust name"
    ),
    "service": (
        "service area|service label|service|service description|service category|expense area"
        "|expenditure area|service area categorisation|service division|service division label"
        "|function|expense area description|cipfa service"
    ),
    "department": (
        "department|directorate|directorate name|division|department name|cost centre name"
        "|cost centre description|cost centre|responsible unit|team"
    ),
    "purpose": (
        "purpose of spend|purpose of expenditure|purpose|expense type|expenses type"
        "|expenditure type|expenditure category|expense description|description"
        "|item text|narrative|line description|subjective description|expense type description"
        "|merchant category|category"
    ),
}
IDENTIFIERS = {
    "GB-COH": "company number|supplier company number|supplier registered company number"
    "|company registration number|registered company number",
    "GB-CHC": "charity number|supplier registered charity number|registered charity number",
}
# Files that join two layouts fill one of these under one heading and the rest under another.
COALESCED = frozenset(("payee_name", "paid_on", "buyer_name", "purpose"))
NEEDED = ("payee_name", "amount")
_CAMEL = re.compile(r"(?<=[a-z])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])")
_NOT_WORDS = re.compile(r"[^a-z0-9]+")
_WITHOUT_VAT = re.compile(r"\bnet\b|\bex\w*( of)? vat")
_WITH_VAT = re.compile(r"\bgross\b|\binc\w*( of)? vat")


def guess_payments(head: Head) -> Mapping | None:
    """Return a mapping of payments for the row that most looks like their heading, or None.

    A payee and an amount must be among the headings; a date should.
    """
    guesses = [
        (len(found), -skip, found, row)
        for skip, row in enumerate(head.rows)
        if all(column in (found := _columns(row)) for column in NEEDED)
    ]
    if not guesses:
        return None
    _, skip, columns, row = max(guesses, key=lambda guess: guess[:2])
    return Mapping(
        name="guessed-payments",
        kind="payments",
        title="Payments, columns guessed by their headings",
        columns=columns | _identifier_columns(row),
        clean={"buyer_name": "^https?://.*"},
        constants={"currency": "GBP", "vat": vat_of(columns["amount"][0])},
        skip=-skip,
        form=head.form,
        path=head.path,
        notes=_notes(columns, row),
        is_guessed=True,
    )


def plain_words(heading: str) -> str:
    """Return a heading as words parted by single spaces: "SupplierName" is "supplier name"."""
    parted = _CAMEL.sub(" ", heading.replace("\ufeff", ""))
    return _NOT_WORDS.sub(" ", parted.lower()).strip()


def vat_of(heading: str) -> str:
    """Say whether an amount under this heading has VAT in it: in, out or unknown."""
    words = plain_words(heading)
    if _WITHOUT_VAT.search(words):
        return "out"
    return "in" if _WITH_VAT.search(words) else "unknown"


def _columns(row: tuple[str, ...]) -> dict[str, tuple[str, ...]]:
    words = _by_words(row)
    found: dict[str, tuple[str, ...]] = {}
    for column, meanings in HEADINGS.items():
        taken = {heading for headings in found.values() for heading in headings}
        headings = [
            words[meaning]
            for meaning in (_squeezed(each) for each in meanings.split("|"))
            if meaning in words and words[meaning] not in taken
        ]
        if headings:
            found[column] = tuple(headings) if column in COALESCED else (headings[0],)
    return found


def _by_words(row: tuple[str, ...]) -> dict[str, str]:
    """Return the headings by their words without spaces: "expensearea" is "Expense Area"."""
    return {
        _squeezed(plain_words(heading)): heading for heading in reversed(row) if heading.strip()
    }


def _squeezed(words: str) -> str:
    return words.replace(" ", "")


def _identifier_columns(row: tuple[str, ...]) -> dict[str, tuple[str, ...]]:
    words = _by_words(row)
    specs = tuple(
        f"{scheme}-{{{words[_squeezed(meaning)]}}}"
        for scheme, meanings in IDENTIFIERS.items()
        for meaning in meanings.split("|")
        if _squeezed(meaning) in words
    )
    return {"payee_identifier": specs} if specs else {}


def _notes(columns: dict[str, tuple[str, ...]], row: tuple[str, ...]) -> tuple[str, ...]:
    read = ", ".join(
        f"{' or '.join(map(repr, headings))} as {column}" for column, headings in columns.items()
    )
    taken = {heading for headings in columns.values() for heading in headings}
    unread = [heading for heading in row if heading.strip() and heading not in taken]
    notes = [f"columns guessed by their headings: {read}"]
    if unread:
        notes.append(f"columns not read: {', '.join(map(repr, unread))}")
    notes += [
        f"no heading says the {words}: it stays unknown"
        for column, words in (("paid_on", "payment date"), ("buyer_name", "paying body"))
        if column not in columns
    ]
    notes.append("the currency is not stated; pounds sterling are assumed")
    return tuple(notes)
