"""Two records of one organisation made one, and given back exactly."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

import pytest
from django.db import transaction
from django.test import Client
from django.urls import reverse
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from convener.base.kinds import Kind
from convener.data.organisations.decisions import read as read_decisions
from convener.rules.access import Actor, Role, RoleNotAllowedError
from convener.rules.merging import MergeRefusedError, UndoRefusedError
from convener.rules.registry import RecordRefusedError
from convener.service.actions.access import add_user, give_role
from convener.service.actions.accounts import keep_accounts
from convener.service.actions.answers import give_answer
from convener.service.actions.claims import claim_record
from convener.service.actions.corrections import owners_wait
from convener.service.actions.documents import Given, content_of, give_document
from convener.service.actions.identifiers import add_number, remove_number
from convener.service.actions.interests import Tie, declare_interest, words_of_interest
from convener.service.actions.invitations import invite
from convener.service.actions.kinds import give_kind
from convener.service.actions.merging import merge_records, preview, undo_merge
from convener.service.actions.ownership import Terms, add_holdings
from convener.service.actions.private_boxes import read_box, write_box
from convener.service.actions.registry import register_organisation as register
from convener.service.actions.verifying import journalled_models, verify
from convener.service.models import (
    Document,
    Event,
    Holding,
    Identifier,
    Interest,
    Membership,
    Merge,
    Organisation,
    OrganisationKind,
    StandingAnswer,
)
from convener.service.models.members import InterestNature
from service.furniture import make_user

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("workspace", "own_keys")]
AT = datetime(2026, 6, 1, 10, tzinfo=UTC)
LATER = AT + timedelta(days=1)
WHY = "One trust, registered twice by two of its people"
PAPER = b"%PDF-1.7\nour certificate\n%%EOF\n"


@pytest.fixture
def own_keys(settings, tmp_path):
    settings.KEYS = tmp_path / "keys"


@pytest.fixture
def con(db):
    user = add_user(email="con@example.org", password=None, at=AT)
    return give_role(user_id=user.pk, role=Role.CONVENER, at=AT).actor


@pytest.fixture
def boss(db):
    user = add_user(email="boss@example.org", password=None, at=AT)
    return give_role(user_id=user.pk, role=Role.ADMINISTRATOR, at=AT).actor


@pytest.fixture
def pair(db):
    return register(name="Harbour Trust", at=AT), register(name="Harbour", at=AT)


def person_for(body, role=Role.KEEPER, name="kim") -> Actor:
    user = add_user(email=f"{name}@example.org", password=None, at=AT)
    return give_role(user_id=user.pk, role=role, organisation=body, at=AT).actor


def merge(pair, by, **more):
    kept, merged = pair
    given = {"kept_id": kept.pk, "merged_id": merged.pk, "reason": WHY, "at": AT} | more
    return merge_records(by=by, **given)


def undo(found, by, **more):
    return undo_merge(
        merge_id=found.pk, by=by, **{"reason": "They are two after all", "at": LATER} | more
    )


def holding(owned, owner, share, by, **more):
    terms = Terms(owner.pk, Decimal(share), "The agreement of March", **more)
    return add_holdings(organisation_id=owned.pk, terms=[terms], by=by, at=AT)[0]


def snapshot():
    """Return all that is told of every row but of merges, and what every document holds."""
    rows = {
        (model.__name__, row.pk): row.told_values()
        for model in journalled_models()
        if model is not Merge
        for row in model.objects.all()
    }
    return rows, {row.pk: content_of(row) for row in Document.objects.all()}


def furnish(body, boss):
    """Hang something of every sort that moves on a record, and return who looks after it."""
    kim, lead = person_for(body), person_for(body, Role.PROVIDER, "lee")
    add_number(organisation_id=body.pk, scheme="GB-COH", text="01234567", by=boss, at=AT)
    give_kind(
        organisation_id=body.pk, kind=Kind.CHARITY, from_on=None, source="Seen", by=kim, at=AT
    )
    owner, owned = register(name="Parent", at=AT), register(name="Child", at=AT)
    holding(body, owner, "0.51", boss)
    holding(owned, body, "0.25", boss)
    at = {"by": lead, "at": AT, "organisation_id": body.pk}
    give_answer(question="insurance", text="Insured", valid_until=None, **at)
    give_document(given=Given("Cover", "a.pdf", PAPER), **at)
    keep_accounts(
        starts_on=date(2025, 1, 1),
        ends_on=date(2025, 12, 31),
        lines={"revenue": Decimal(5)},
        **at,
    )
    tie = Tie(body.pk, InterestNature.PAID, date(2025, 1, 1), words="a fee")
    declare_interest(tie=tie, by=boss, at=AT)
    invite(
        email="una@example.org",
        role=Role.OFFICER,
        organisation=body,
        token="w",
        link="https://example.org/w",
        by=kim,
        at=AT,
    )
    return kim


def test_everything_moves_and_goes_back_exactly(pair, con, boss):
    kept, merged = pair
    kim = furnish(merged, boss)
    write_box(merged, b"private")
    before = snapshot()

    made = merge(pair, con)

    for model in (Identifier, StandingAnswer, Document, OrganisationKind, Interest):
        assert set(model.objects.values_list("organisation", flat=True)) == {kept.pk}
    assert set(Membership.objects.exclude(organisation=None).values_list("organisation")) == {
        (kept.pk,)
    }
    assert {(row.organisation_id, row.owner_id) for row in Holding.objects.all()} & {
        (merged.pk, merged.pk)
    } == set()
    paper = Document.objects.get()
    assert content_of(paper) == PAPER
    assert paper.key_name == kept.key_name
    assert words_of_interest(Interest.objects.get()) == "a fee"
    merged.refresh_from_db()
    assert merged.merged_into == kept
    verify()

    undo(made, con)

    assert snapshot() == before
    assert content_of(Document.objects.get()) == PAPER
    assert Membership.objects.get(user=kim.user_id).organisation_id == merged.pk
    assert (read_box(merged), read_box(kept)) == (b"private", b"")
    verify()


@settings(
    max_examples=12,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(st.data())
def test_a_merge_and_its_undoing_change_nothing(con, boss, data):
    with transaction.atomic():
        kept, merged, third = (register(name=name, at=AT) for name in ("A", "B", "C"))
        pick = data.draw
        for body, number in ((kept, "01234567"), (merged, "07654321")):
            if pick(st.booleans()):
                add_number(organisation_id=body.pk, scheme="GB-COH", text=number, by=boss, at=AT)
            if pick(st.booleans()):
                kind = pick(st.sampled_from([Kind.CHARITY, Kind.MUTUAL]))
                give_kind(
                    organisation_id=body.pk, kind=kind, from_on=None, source="S", by=boss, at=AT
                )
        if pick(st.booleans()):
            holding(third, pick(st.sampled_from([kept, merged])), "0.3", boss)
        if pick(st.booleans()):
            holding(pick(st.sampled_from([kept, merged])), third, "0.4", boss)
        looked_after = pick(st.sampled_from([None, kept, merged]))
        if looked_after is not None:
            kim = person_for(looked_after, Role.PROVIDER)
            give_document(
                organisation_id=looked_after.pk,
                given=Given("Cover", "a.pdf", PAPER),
                by=kim,
                at=AT,
            )
        before = snapshot()

        found = merge((kept, merged), con)
        undo(found, con)

        assert snapshot() == before
        verify()
        transaction.set_rollback(True)


def test_where_nothing_is_loaded_no_figures_are_derived_and_nothing_waits(pair, boss, workspace):
    holding(*pair, "0.51", boss)

    assert not (workspace / "manifest.json").exists()
    assert [one.value for one in read_decisions(workspace / "decisions.parquet")] == ["0.51"]
    assert not owners_wait()


def test_who_is_told_nothing_may_not_merge(pair):
    with pytest.raises(RoleNotAllowedError):
        merge(pair, person_for(pair[0]))
    with pytest.raises(RecordRefusedError, match="10 characters"):
        merge(pair, add_admin(), reason="so")


def add_admin():
    user = add_user(email="adm@example.org", password=None, at=AT)
    return give_role(user_id=user.pk, role=Role.ADMINISTRATOR, at=AT).actor


def test_what_is_sealed_for_one_is_never_read_by_the_other(pair, con):
    kept, merged = pair
    person_for(kept)
    lead = person_for(merged, Role.PROVIDER, "lee")
    give_answer(
        organisation_id=merged.pk,
        question="insurance",
        text="So",
        valid_until=None,
        by=lead,
        at=AT,
    )

    with pytest.raises(MergeRefusedError, match="both records have people"):
        merge(pair, con)
    Membership.objects.filter(organisation=merged).update(until_at=AT)
    with pytest.raises(MergeRefusedError, match="sealed"):
        merge(pair, con)


def test_a_claim_that_waits_is_decided_before(pair, con):
    user = add_user(email="pat@example.org", password=None, at=AT)
    pat = give_role(user_id=user.pk, role=Role.PERSON, at=AT).actor
    claim_record(organisation_id=pair[1].pk, evidence="I am its secretary", by=pat, at=AT)

    with pytest.raises(MergeRefusedError, match="a claim to Harbour waits"):
        merge(pair, con)


@pytest.mark.parametrize(
    ("shares", "why"),
    [
        ((("kept", "merged", "0.5"),), "does not own itself"),
        ((("third", "kept", "0.3"), ("third", "merged", "0.3")), "would hold two shares"),
        ((("kept", "third", "0.6"), ("merged", "fourth", "0.6")), "add up to 120%"),
    ],
)
def test_holdings_that_cannot_be_those_of_one_are_refused(pair, con, boss, shares, why):
    bodies = {
        "kept": pair[0],
        "merged": pair[1],
        "third": register(name="Third", at=AT),
        "fourth": register(name="Fourth", at=AT),
    }
    for owned, owner, share in shares:
        holding(bodies[owned], bodies[owner], share, boss)

    with pytest.raises(MergeRefusedError, match=why):
        merge(pair, con)
    assert not Merge.objects.exists()


def test_a_record_is_merged_once_and_undone_once_the_last_first(pair, con):
    kept, merged = pair
    other = register(name="Harbour Group", at=AT)
    with pytest.raises(MergeRefusedError, match="takes two records"):
        merge((kept, kept), con)
    first = merge(pair, con)
    with pytest.raises(MergeRefusedError, match="merged into another record already"):
        merge((other, merged), con)
    second = merge((other, kept), con)

    with pytest.raises(UndoRefusedError, match="Harbour Trust was merged into another since"):
        undo(first, con)
    undo(second, con)
    undo(first, con)
    with pytest.raises(UndoRefusedError, match="undone already"):
        undo(first, con)


def test_what_was_taken_back_since_cannot_be_given_back(pair, con, boss):
    number = add_number(
        organisation_id=pair[1].pk, scheme="GB-COH", text="01234567", by=boss, at=AT
    )
    found = merge(pair, con)
    remove_number(identifier_id=number.pk, by=boss, at=AT)

    with pytest.raises(UndoRefusedError, match=f"the identifier {number.pk} was taken back"):
        undo(found, con)


def test_a_kind_given_since_is_taken_back_before(pair, con, boss):
    given = {"organisation_id": pair[1].pk, "source": "Seen", "by": boss, "at": AT}
    give_kind(kind=Kind.CHARITY, from_on=None, **given)
    found = merge(pair, con)
    given["organisation_id"] = pair[0].pk
    give_kind(kind=Kind.MUTUAL, from_on=date(2026, 1, 1), **given)

    with pytest.raises(UndoRefusedError, match="said to be of another kind"):
        undo(found, con)


def test_what_was_done_to_the_survivor_since_stays(pair, con):
    found = merge(pair, con)
    lead = person_for(pair[0], Role.PROVIDER, "lee")
    give_answer(
        organisation_id=pair[0].pk,
        question="quality",
        text="Good",
        valid_until=None,
        by=lead,
        at=AT,
    )

    undo(found, con)

    assert StandingAnswer.objects.get().organisation == pair[0]


def test_nothing_changes_a_merged_record(pair, con, boss):
    merge(pair, con)
    user = add_user(email="pat@example.org", password=None, at=AT)
    pat = give_role(user_id=user.pk, role=Role.PERSON, at=AT).actor

    with pytest.raises(RecordRefusedError, match="merged into another record"):
        add_number(organisation_id=pair[1].pk, scheme="GB-COH", text="01234567", by=boss, at=AT)
    with pytest.raises(RecordRefusedError, match="claim that one"):
        claim_record(organisation_id=pair[1].pk, evidence="I am its secretary", by=pat, at=AT)


def test_the_address_of_a_merged_record_leads_to_the_survivor(pair, con):
    other = register(name="Harbour Group", at=AT)
    client = Client()
    client.force_login(make_user(Role.CONVENER, "walker"))
    page = reverse("registry-merge", args=[pair[0].pk])
    asked = {"other": str(pair[1].pk), "reason": WHY}

    shown = client.post(page, asked).content.decode()
    assert "Merge Harbour into Harbour Trust?" in shown
    assert not Merge.objects.exists()
    assert client.post(page, {**asked, "sure": "on"}).status_code == 302
    merge((other, pair[0]), con)

    answer = client.get(reverse("registry-one", args=[pair[1].pk]))
    assert answer["Location"] == reverse("registry-one", args=[other.pk])
    shown = client.get(answer["Location"]).content.decode()
    assert "Merged with it" in shown
    assert WHY in shown
    refused = client.post(page, asked)
    assert refused.status_code == 400
    assert "No record is called" in refused.content.decode()


def test_a_merge_is_undone_at_its_page(pair, con):
    found = merge(pair, con)
    client = Client()
    client.force_login(make_user(Role.CONVENER, "walker"))
    page = reverse("registry-merge-undo", args=[pair[0].pk, found.pk])

    refused = client.post(page, {"reason": "no"})
    assert refused.status_code == 400
    assert client.post(page, {"reason": "They are two after all"}).status_code == 302

    assert Organisation.objects.get(pk=pair[1].pk).merged_into is None
    assert preview(*pair, AT) == {}
    assert Event.objects.filter(kind="merge-undone").count() == 2
