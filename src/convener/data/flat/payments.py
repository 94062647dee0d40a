"""Payments as councils and health bodies publish them, into the table of payments.

Negative lines (credits) stay, and so do equal lines: two equal payments can both be real, so they
are counted and said. A payee that is or may be a person is counted and summed, never named.
"""

from __future__ import annotations

from array import array
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from convener.base.identifiers import normalise
from convener.data.flat.bound import bound_rows, told
from convener.data.flat.mapping import Bound, Mapping
from convener.data.flat.parsing import (
    PLACES,
    UnreadableCellError,
    amount,
    day,
    is_blank,
    is_turned,
    places,
)
from convener.data.flat.parts import PartWriter
from convener.data.keys import party_key_sql
from convener.data.organisations.people import is_insurance_number, is_withheld, may_be_person
from convener.data.report import ReadReport
from convener.data.sources.inputs import Input
from convener.data.sources.origins import Progress
from convener.data.store import Load
from convener.data.tables import PAYMENTS

ESSENTIAL = ("payee_name", "amount")
KEYS = {
    "buyer_key": party_key_sql("null", "null", "buyer_name"),
    "payee_key": party_key_sql("payee_scheme", "payee_identifier", "payee_name"),
}


def read_payments(
    inputs: Iterable[Input],
    mapping: Mapping,
    load: Load,
    *,
    source: str,
    report: ReadReport,
    progress: Progress | None = None,
) -> dict[str, int]:
    """Read payments by a mapping into parts of their table; return how many rows were written."""
    seen = Repeats()
    report.notes.extend(note for note in mapping.notes if note not in report.notes)
    with PartWriter(PAYMENTS, load, source=source, computed=KEYS) as writer:
        for entry in inputs:
            with bound_rows(entry, mapping, ESSENTIAL, report) as (bound, rows):
                reader = _PaymentReader(bound, report)
                for line, row in told(rows, progress):
                    seen.add(row)
                    if (payment := reader.read(line, row)) is not None:
                        writer.add(payment)
                reader.close()
            seen.end_input()
    seen.tell(report)
    return {PAYMENTS.name: writer.written}


class Repeats:
    """Counts rows equal in every cell, in their own input and across inputs."""

    def __init__(self) -> None:
        self._hashes: array[int] = array("q")
        self._within = 0
        self._start = 0

    def add(self, row: Sequence[str]) -> None:
        """Take one row."""
        self._hashes.append(hash(tuple(row)))

    def end_input(self) -> None:
        """Close one input: rows from here on are of another."""
        mine = np.frombuffer(self._hashes[self._start :], dtype=np.int64)
        self._within += len(mine) - len(np.unique(mine))
        self._start = len(self._hashes)

    def tell(self, report: ReadReport) -> None:
        """Report what was equal. Nothing is dropped."""
        rows = np.frombuffer(self._hashes, dtype=np.int64)
        across = len(rows) - len(np.unique(rows)) - self._within
        report.duplicates += self._within + across
        if self._within:
            report.notes.append(
                f"{self._within:,} rows equal another row of their file in every cell; they are"
                " kept, because two equal payments can both be real"
            )
        if across:
            report.notes.append(
                f"{across:,} rows equal a row of another file in every cell; they are kept: if"
                " the files overlap in time, load one of them only"
            )


@dataclass
class _Counts:
    rounded: int = 0
    turned: int = 0
    withheld: int = 0
    rows: int = 0


class _PaymentReader:
    """Turns the cells of one input's rows into payments."""

    def __init__(self, bound: Bound, report: ReadReport) -> None:
        self._name = bound.name
        self._report = report
        self._mapping = bound.mapping
        self._cell = {name: bound.column(name) for name in PAYMENTS.column_names}
        self._counts = _Counts()
        self._area_is_buyers = bound.mapping.constants.get("area_is_buyers", "false") == "true"
        self._has_area = bound.reads("area")

    def read(self, line: int, row: Sequence[str]) -> tuple[Any, ...] | None:
        """Return one payment as the writer takes it, None where the row is refused."""
        text = {name: cell(row) or None for name, cell in self._cell.items()}
        payee, money = text["payee_name"], text["amount"]
        if payee is None and (money is None or is_blank(money)):
            self._report.refuse(self._name, line, "neither payee nor amount")
            return None
        paid_on = self._day(line, text["paid_on"])
        money = self._amount(line, money)
        scheme, identifier = self._identified(line, text["payee_identifier"])
        withheld = self._is_withheld(payee, identifier, text["payee_identifier"])
        self._counts.rows += 1
        self._counts.withheld += withheld
        if withheld:
            payee = scheme = identifier = text["purpose"] = None
        currency = text["currency"]
        return (
            line,
            paid_on,
            text["buyer_name"],
            payee,
            withheld,
            scheme,
            identifier,
            text["payee_kind"],
            text["payee_scale"],
            money,
            currency.upper() if currency and money is not None else None,
            text["vat"] or "unknown",
            text["department"],
            text["purpose"],
            text["service"],
            text["area"],
            self._area_is_buyers if text["area"] else None,
        )

    def close(self) -> None:
        """Report what was counted over the whole input."""
        counts = self._counts
        if counts.rounded:
            self._report.notes.append(
                f"{self._name}: {counts.rounded:,} amounts have more than {PLACES} decimal"
                " places and are rounded at the fourth"
            )
        if counts.turned:
            order = "month" if self._mapping.day_first else "day"
            self._report.notes.append(
                f"{self._name}: {counts.turned:,} dates can only be read {order} first, and are;"
                " dates of this file that fit either order may be wrong"
            )
        if counts.withheld:
            self._report.notes.append(
                f"{self._name}: {counts.withheld:,} of {counts.rows:,} payees are or may be"
                " people; they are counted and summed, never named"
            )

    def _day(self, line: int, text: str | None) -> str | None:
        if text is None:
            return None
        try:
            found = day(text, day_first=self._mapping.day_first)
        except UnreadableCellError as error:
            self._report.null(self._name, line, "paid_on", str(error), text)
            return None
        self._counts.turned += is_turned(text, day_first=self._mapping.day_first)
        return found

    def _amount(self, line: int, text: str | None) -> str | None:
        if text is None:
            self._report.null(self._name, line, "amount", "no amount")
            return None
        try:
            found = amount(text, decimal_mark=self._mapping.decimal_mark)
        except UnreadableCellError as error:
            self._report.null(self._name, line, "amount", str(error), text)
            return None
        if found is not None and places(text) > PLACES:
            self._counts.rounded += 1
        return found

    def _identified(self, line: int, text: str | None) -> tuple[str | None, str | None]:
        if text is None:
            return None, None
        found = normalise(None, text)
        if found is None:
            met = "" if is_insurance_number(_number_of(text)) else text
            self._report.null(
                self._name, line, "payee_identifier", "no identifier of its register", met
            )
            return None, None
        return found

    def _is_withheld(self, payee: str | None, identifier: str | None, given: str | None) -> bool:
        if payee is None:
            return False
        if is_withheld(payee) or (given is not None and is_insurance_number(_number_of(given))):
            return True
        return identifier is None and may_be_person(payee)


def _number_of(text: str) -> str:
    return text.split("-", 2)[-1]
