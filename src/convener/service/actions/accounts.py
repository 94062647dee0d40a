"""The yearly accounts of an organisation, which it enters and nobody else reads."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime
from decimal import Decimal

from django.db import transaction

from convener.methods.money.accounts import LINES, Accounts
from convener.rules.access import Act, Actor
from convener.rules.registry import RecordRefusedError
from convener.service.actions.journal import change, create
from convener.service.actions.registry import lock_body
from convener.service.models import Organisation, YearlyAccounts

PENCE = 100
MOST = 10**15  # pence: more is a slip of the keyboard


def accounts_of(body: Organisation) -> list[Accounts]:
    """Return what an organisation entered, in pounds, the earliest period first."""
    rows = YearlyAccounts.objects.filter(organisation=body).order_by("ends_on")
    return [in_pounds(row) for row in rows]


def in_pounds(row: YearlyAccounts) -> Accounts:
    """Return one period of accounts as the methods read it; what is not given stays so."""
    lines = {name: getattr(row, name) for name in LINES}
    pounds = {
        name: None if pence is None else Decimal(pence) / PENCE for name, pence in lines.items()
    }
    return Accounts(starts_on=row.starts_on, ends_on=row.ends_on, **pounds)


@transaction.atomic
def keep_accounts(
    *,
    organisation_id: int,
    starts_on: date,
    ends_on: date,
    lines: Mapping[str, Decimal | None],
    by: Actor,
    at: datetime,
) -> YearlyAccounts:
    """Enter one period of accounts, or put right the one that ends on the same day.

    Raises
    ------
    AccountsError
        If no accounts can say this.
    RecordRefusedError
        If an amount is not in whole pence, or the period overlaps another.
    """
    body = lock_body(organisation_id, Act.KEEP_ACCOUNTS, by)
    Accounts(starts_on=starts_on, ends_on=ends_on, **{name: lines.get(name) for name in LINES})
    values = {
        "starts_on": starts_on,
        "ends_on": ends_on,
        **{name: _pence(name, lines.get(name)) for name in LINES},
        "entered_at": at,
    }
    own = YearlyAccounts.objects.select_for_update().filter(organisation=body)
    if own.filter(starts_on__lte=ends_on, ends_on__gte=starts_on).exclude(ends_on=ends_on):
        raise RecordRefusedError("the period overlaps that of accounts which are entered already")
    found = own.filter(ends_on=ends_on).first()
    if found is not None:
        return change(found, values, at=at, by=by, kind="accounts-put-right")
    return create(
        YearlyAccounts, {**values, "organisation": body}, at=at, by=by, kind="accounts-entered"
    )


def _pence(name: str, pounds: Decimal | None) -> int | None:
    if pounds is None:
        return None
    pence = pounds * PENCE
    if pence != pence.to_integral_value() or abs(pence) > MOST:
        raise RecordRefusedError(f"{name.replace('_', ' ')} is in pounds and whole pence")
    return int(pence)
