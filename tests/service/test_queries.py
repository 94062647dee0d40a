"""No page takes more queries when it has more rows."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta
from decimal import Decimal

import pytest

from convener.rules.access import Role
from convener.rules.clocks import ClockName
from convener.service.actions.access import add_user, give_role
from convener.service.actions.clocks import start_clock
from convener.service.actions.registry import register_organisation
from convener.service.models import (
    ApiToken,
    Correction,
    Document,
    Holding,
    Identifier,
    Interest,
    Invitation,
    Membership,
    Note,
    Notice,
    Organisation,
    OrganisationKind,
    OwnerExposure,
    OwnerWarning,
    RecordClaim,
    User,
    Watch,
    YearlyAccounts,
)
from service.counting import grown
from service.furniture import AT, BODY, furnish, make_user
from service.registry_furniture import RECORD

FAR = AT + timedelta(3650)


def someone(number: int) -> User:
    return User.objects.create(email=f"someone{number}-{User.objects.count()}@example.org")


def a_body(number: int) -> Organisation:
    return Organisation.objects.create(name=f"Body {number}", registered_at=AT)


def a_kind_and_a_number(number: int) -> None:
    common = {"organisation_id": RECORD, "entered_at": AT}
    OrganisationKind.objects.create(
        **common, kind="charity", source=f"Register {number}", from_on=date(2000 + number, 1, 1)
    )
    Identifier.objects.create(**common, scheme="GB-CHC", identifier=f"10000{number}")


def a_holding(number: int) -> None:
    Holding.objects.create(
        organisation_id=RECORD,
        owner=a_body(number),
        share=Decimal("0.01"),
        from_on=date(2025, 1, 1),
        source="The register",
        entered_at=AT,
    )


def a_claim(number: int) -> None:
    RecordClaim.objects.create(
        pk=1000 + number,
        organisation=a_body(number),
        user=someone(number),
        evidence="I am its secretary",
        step="waiting",
        claimed_at=AT,
    )


def a_correction(number: int) -> None:
    Correction.objects.create(
        pk=1000 + number,
        **BODY,
        kind="kind",
        subject={"key": 1000 + number},
        old_value="Private",
        new_value="Charity",
        value="charity",
        reason="The register has it",
        made_at=AT,
        made_by=someone(number),
        made_as="analyst",
    )


def a_note(number: int, sort: str = "note") -> Note:
    return Note.objects.create(
        pk=1000 + number,
        **BODY,
        sort=sort,
        text=f"Words {number}",
        posted_at=AT,
        posted_by=someone(number),
    )


def a_request(number: int) -> None:
    start_clock(name=ClockName.REQUEST_ANSWER, subject=a_note(number, "request"), at=AT)


def a_member_and_a_guest(number: int) -> None:
    Membership.objects.create(
        user=someone(number), organisation_id=RECORD, role=Role.OFFICER, from_at=AT
    )
    Invitation.objects.create(
        organisation_id=RECORD,
        email=f"guest{number}@example.org",
        role=Role.OFFICER,
        token_digest=f"digest {number}",
        invited_at=AT,
        expires_at=FAR,
    )


def an_act(number: int) -> None:
    body = register_organisation(name=f"Told {number}", at=AT)
    user = add_user(email=f"told{number}@example.org", password=None, at=AT)
    give_role(user_id=user.pk, role=Role.OFFICER, organisation=body, at=AT)
    give_role(
        user_id=user.pk,
        role=Role.FINANCE,
        organisation=Organisation.objects.get(pk=RECORD),
        at=AT,
    )


def an_interest(number: int) -> None:
    Interest.objects.create(
        organisation=a_body(number),
        user=User.objects.get(email="administrator@example.org"),
        nature="other",
        from_on=date(2025, 1, 1),
        declared_at=AT,
    )


def accounts(number: int) -> None:
    ends = date(2000 + number, 12, 31)
    YearlyAccounts.objects.create(
        organisation_id=RECORD,
        starts_on=ends.replace(month=1, day=1),
        ends_on=ends,
        revenue=number,
        entered_at=AT,
    )


def a_document(number: int) -> None:
    known = Document.objects.get(pk=RECORD)
    known.pk, known.title = RECORD + 100 + number, f"Paper {number}"
    known.save(force_insert=True)


def a_notice(number: int) -> None:
    user = User.objects.get(email="administrator@example.org")
    Notice.objects.create(**BODY, user=user, made_at=AT, sort="late", text=f"Notice {number}")


def an_owner(number: int) -> None:
    body = BODY | {"organisation_key": 5000 + number, "organisation_name": f"Owner {number}"}
    user = User.objects.get(email="administrator@example.org")
    Watch.objects.create(**body, user=user, since=AT)
    OwnerExposure.objects.create(**body, taken_at=AT, facts=OwnerExposure.objects.first().facts)


def a_warning(number: int) -> None:
    OwnerWarning.objects.create(
        **BODY,
        on=date(2026, 3, 1),
        text=f"Warned {number}",
        source="A notice",
        entered_at=AT,
        entered_by=someone(number),
    )


def a_token(number: int) -> None:
    ApiToken.objects.create(
        membership=Membership.objects.get(user__email="administrator@example.org"),
        label=f"Program {number}",
        acts=["SEE_MARKET"],
        digest=f"digest {number}",
        made_at=AT,
        expires_at=FAR,
    )


type Add = Callable[[int], object]
PAGES: dict[str, tuple[Add, Role]] = {
    "/organisations/": (a_body, Role.ADMINISTRATOR),
    f"/organisations/{RECORD}/": (a_kind_and_a_number, Role.ADMINISTRATOR),
    f"/organisations/{RECORD}/ownership/": (a_holding, Role.ADMINISTRATOR),
    f"/organisations/{RECORD}/accounts/": (accounts, Role.PROVIDER),
    f"/organisations/{RECORD}/answers/": (a_document, Role.PROVIDER),
    f"/organisations/{RECORD}/history/": (an_act, Role.ADMINISTRATOR),
    "/organisations/claims/": (a_claim, Role.ADMINISTRATOR),
    "/market/organisations/1/": (a_note, Role.ADMINISTRATOR),
    "/corrections/": (a_correction, Role.ADMINISTRATOR),
    "/corrections/requests/": (a_request, Role.ADMINISTRATOR),
    "/deadlines/": (a_request, Role.ADMINISTRATOR),
    "/history/": (an_act, Role.ADMINISTRATOR),
    "/interests/": (an_interest, Role.ADMINISTRATOR),
    "/notices/": (a_notice, Role.ADMINISTRATOR),
    f"/people/?organisation={RECORD}": (a_member_and_a_guest, Role.ADMINISTRATOR),
    "/account/tokens/": (a_token, Role.ADMINISTRATOR),
    "/watch/": (an_owner, Role.ADMINISTRATOR),
    "/watch/1/": (a_warning, Role.ADMINISTRATOR),
}


@pytest.mark.parametrize("address", PAGES)
def test_a_page_takes_no_more_queries_when_it_has_more_rows(loaded, db, client, address):
    add, role = PAGES[address]
    furnish()
    client.force_login(make_user(role))

    assert grown(client, address, add) == ""


def test_a_page_that_asks_for_each_row_would_be_found(db, client, monkeypatch):
    """The counting itself: a query for each row that is shown is seen and named."""
    from convener.service.views import notices

    furnish()
    client.force_login(make_user(Role.ADMINISTRATOR))
    shown = notices.render

    def asking(request, template, context, **more):
        for _ in Notice.objects.filter(user=request.user):
            User.objects.filter(pk=request.user.pk).exists()
        return shown(request, template, context, **more)

    monkeypatch.setattr(notices, "render", asking)

    assert grown(client, "/notices/", a_notice).startswith("/notices/: ")
