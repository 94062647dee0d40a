"""An organisation's own accounts, and the check of its standing that nobody learns of."""

from __future__ import annotations

import logging
from decimal import Decimal

import pytest
from django.apps import apps
from django.test import Client
from django.urls import reverse

from convener.methods.money.accounts import Accounts
from convener.rules.access import Role
from convener.rules.standing import Tier, assess, profile_for
from convener.service.actions.private_boxes import read_box
from convener.service.models import Event, Organisation, Session, YearlyAccounts
from service.furniture import furnish, make_user
from service.registry_furniture import RECORD
from service.routes import ROUTES, address

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("loaded")]
YEAR = {
    "do": "year",
    "starts_on": "2025-10-01",
    "ends_on": "2026-09-30",
    "revenue": "125000.50",
    "operating_profit": "-3000",
    "current_assets": "40000",
    "inventories": "0",
    "current_liabilities": "20000",
    "total_assets": "90000",
    "total_liabilities": "30000",
}
CHECK = {"do": "check", "annual_value": "731909.13", "tier": "bronze", "mitigations": ["bond"]}
TYPED = ("731909", "731,909")  # what must be found nowhere


@pytest.fixture
def lead():
    furnish()
    client = Client()
    client.force_login(make_user(Role.PROVIDER, "lead"))
    return client


def send(client, given):
    return client.post(reverse("registry-accounts", args=[RECORD]), given)


def everything():
    """Return every field of every row as text, and raw where it is bytes."""
    rows = [
        (model.__name__, row)
        for model in apps.get_models()
        for row in model._base_manager.values()
    ]
    for _, row in rows:
        row.update({k: bytes(v) for k, v in row.items() if isinstance(v, memoryview)})
    return rows


def test_pounds_are_kept_as_pence_and_what_is_missing_stays_missing(lead):
    assert send(lead, YEAR).status_code == 302

    row = YearlyAccounts.objects.get()
    assert (row.revenue, row.operating_profit, row.borrowings) == (12_500_050, -300_000, None)
    told = Event.objects.get(kind="accounts-entered").contents
    assert "12500050" not in told


def test_accounts_that_end_on_the_same_day_are_put_right_and_others_do_not_overlap(lead):
    send(lead, YEAR)
    send(lead, {**YEAR, "revenue": "1"})
    refused = send(lead, {**YEAR, "ends_on": "2026-12-31"})

    assert YearlyAccounts.objects.get().revenue == 100
    assert refused.status_code == 400
    assert "overlaps" in refused.content.decode()


@pytest.mark.parametrize(
    ("line", "wanted"),
    [
        ({"revenue": "much"}, "such as 125000"),
        ({"cash": "-1"}, "cannot be below 0"),
        ({"ends_on": "2020-01-01"}, "does not end after it starts"),
    ],
)
def test_what_no_accounts_say_is_refused_and_kept_in_the_form(lead, line, wanted):
    refused = send(lead, YEAR | line)

    assert refused.status_code == 400
    assert wanted in refused.content.decode()
    assert 'value="90000"' in refused.content.decode()
    assert not YearlyAccounts.objects.exists()


def test_the_check_says_what_the_real_test_would(lead):
    send(lead, YEAR)
    body = Organisation.objects.get(pk=RECORD)
    row = body.yearlyaccountss.get()

    answer = send(lead, CHECK)

    same = assess(
        [
            Accounts(
                starts_on=row.starts_on,
                ends_on=row.ends_on,
                revenue=Decimal("125000.50"),
                operating_profit=Decimal(-3000),
                current_assets=Decimal(40000),
                inventories=Decimal(0),
                current_liabilities=Decimal(20000),
                total_assets=Decimal(90000),
                total_liabilities=Decimal(30000),
            )
        ],
        Decimal("731909.13"),
        profile=profile_for(Tier.BRONZE, row.ends_on),
        on=Event.objects.get(kind="accounts-entered").at.date(),
    )
    shown = answer.content.decode()
    assert same.risk.value.capitalize() in shown
    for one in same.readings:
        assert str(one.metric).capitalize() in shown
        assert str(one.risk) in shown
    assert "bond" in shown


def test_a_check_leaves_no_trace(lead, caplog):
    send(lead, YEAR)
    before = everything()
    caplog.set_level(logging.DEBUG)

    answer = send(lead, CHECK)
    refused = send(lead, {**CHECK, "tier": "", "annual_value": "731909.13"})

    assert answer.status_code == 200
    assert refused.status_code == 400
    assert "no-store" in answer.headers["Cache-Control"]
    untouched = [one for one in before if one[0] != Session.__name__]
    assert [one for one in everything() if one[0] != Session.__name__] == untouched
    said = " ".join(
        record.getMessage() for record in caplog.records if record.name != "django.db.backends"
    )
    assert "accounts" not in said
    assert not any(word in said for word in TYPED)


def test_what_is_kept_is_sealed_and_no_administrator_finds_it(lead):
    send(lead, YEAR)
    sizes = {len(bytes(row["envelope"])) for name, row in everything() if name == "PrivateBox"}

    send(lead, {**CHECK, "keep": "on"})

    body = Organisation.objects.get(pk=RECORD)
    assert b"731909.13" in read_box(body)
    assert (
        'value="731909.13"'
        in lead.get(reverse("registry-accounts", args=[RECORD])).content.decode()
    )
    rows = everything()
    assert {len(bytes(row["envelope"])) for name, row in rows if name == "PrivateBox"} == sizes
    assert not any(word in str(rows) for word in TYPED)
    admin = Client()
    admin.force_login(make_user(Role.ADMINISTRATOR, "admin"))
    for pattern in ROUTES:
        response = admin.get(address(pattern))
        text = b"".join(response.streaming_content if response.streaming else [response.content])
        assert not any(word.encode() in text for word in TYPED), pattern.name


@pytest.mark.parametrize("role", [Role.ADMINISTRATOR, Role.CONVENER, Role.OFFICER, Role.KEEPER])
def test_nobody_else_reads_the_accounts(lead, role):
    send(lead, YEAR)
    other = Client()
    other.force_login(make_user(role, "other"))

    assert other.get(reverse("registry-accounts", args=[RECORD])).status_code == 403
    assert send(other, CHECK).status_code == 403


def test_of_the_accounts_of_another_it_is_as_if_there_were_none(lead):
    other = Client()
    other.force_login(make_user(Role.PROVIDER, "other", key=2))

    assert other.get(reverse("registry-accounts", args=[RECORD])).status_code == 404
    assert send(other, CHECK).status_code == 404


def test_what_was_entered_comes_back_to_be_put_right(lead):
    send(lead, YEAR)
    row = YearlyAccounts.objects.get()

    shown = lead.get(reverse("registry-accounts", args=[RECORD]), {"enter": row.pk})

    assert 'value="125000.5"' in shown.content.decode()
    assert "no-store" in shown.headers["Cache-Control"]
