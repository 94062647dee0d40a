"""Claiming the record of one's own organisation, and deciding on that."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest

from convener.base.errors import WrongStepError
from convener.rules.access import ConflictingDutiesError, Role, RoleNotAllowedError
from convener.rules.registry import JudgedByOneselfError, RecordRefusedError
from convener.service.actions.access import give_role
from convener.service.actions.claims import (
    ClaimedAlreadyError,
    claim_record,
    decide_claim,
    withdraw_claim,
)
from convener.service.actions.registry import register_organisation
from convener.service.models import Clock, Event, Membership, Notice, RecordClaim
from service.furniture import actor, make_user

pytestmark = pytest.mark.django_db
AT = datetime(2026, 6, 1, 10, tzinfo=UTC)
LATER = AT + timedelta(days=1)
SHOWN = "I am its secretary; see the letter of our board"


@pytest.fixture
def body():
    return register_organisation(name="Harbour Trust", at=AT)


@pytest.fixture
def pat():
    return actor(make_user(Role.PERSON, "pat"))


@pytest.fixture
def con():
    return actor(make_user(Role.CONVENER, "con"))


def claim(body, by, **more):
    return claim_record(organisation_id=body.pk, **{"evidence": SHOWN, "at": AT} | more, by=by)


def decide(found, by, *, is_approved=True, answer="The board's letter was seen"):
    return decide_claim(claim_id=found.pk, is_approved=is_approved, answer=answer, by=by, at=LATER)


def roles(body):
    return set(Membership.objects.filter(organisation=body).values_list("role", flat=True))


def test_whoever_is_approved_looks_after_the_record_and_leads_what_it_offers(body, pat, con):
    decide(claim(body, pat), con)

    assert roles(body) == {"keeper", "provider"}
    found = RecordClaim.objects.get()
    assert (found.step, found.decided_by_id) == ("approved", con.user_id)


def test_whoever_is_refused_is_given_nothing_but_words(body, pat, con):
    decide(claim(body, pat), con, is_approved=False, answer="The letter names another trust")

    assert roles(body) == set()
    assert RecordClaim.objects.get().answer == "The letter names another trust"


def test_two_who_decide_have_one_winner(body, pat, con):
    found = claim(body, pat)
    decide(found, con, is_approved=False)

    with pytest.raises(WrongStepError, match="from refused to approved"):
        decide(found, actor(make_user(Role.CONVENER, "other")))
    assert roles(body) == set()
    assert Event.objects.filter(kind__startswith="claim-").count() == 1


def test_nobody_decides_upon_their_own_claim(body, con):
    with pytest.raises(JudgedByOneselfError):
        decide(claim(body, con), con)
    assert roles(body) == set()


def test_a_conflict_of_duties_keeps_the_claim_waiting(body, con):
    evaluator = make_user(Role.EVALUATOR, "eve")
    found = claim(body, actor(evaluator))

    with pytest.raises(ConflictingDutiesError):
        decide(found, con)

    found.refresh_from_db()
    assert found.step == "waiting"
    assert roles(body) == set()


def test_a_record_is_claimed_once_at_a_time_and_never_by_its_keeper(body, pat, con):
    claim(body, pat)
    with pytest.raises(ClaimedAlreadyError, match="a convener will decide"):
        claim(body, pat)

    withdraw_claim(organisation_id=body.pk, by=pat, at=LATER)
    with pytest.raises(WrongStepError, match="no claim of yours"):
        withdraw_claim(organisation_id=body.pk, by=pat, at=LATER)
    decide(claim(body, pat), con)
    with pytest.raises(ClaimedAlreadyError, match="look after this record already"):
        claim(body, pat, at=LATER)


def test_a_claim_shows_in_words_why_it_is_right(body, pat):
    with pytest.raises(RecordRefusedError, match="10 characters or more"):
        claim(body, pat, evidence="it is")


def test_only_whoever_decides_sees_the_claims_of_others(body, pat, con):
    claim(body, pat)
    other = actor(make_user(Role.PERSON, "other"))

    assert RecordClaim.objects.visible_to(pat).count() == 1
    assert RecordClaim.objects.visible_to(con).count() == 1
    assert not RecordClaim.objects.visible_to(other).exists()
    with pytest.raises(RoleNotAllowedError):
        decide(RecordClaim.objects.get(), other)


def test_no_event_holds_the_words_of_a_claim(body, pat, con):
    decide(claim(body, pat), con)
    give_role(user_id=pat.user_id, role=Role.PERSON, at=LATER)

    told = " ".join(Event.objects.values_list("contents", flat=True))
    assert "secretary" not in told
    assert "letter" not in told


def test_a_claim_is_due_in_ten_working_days_and_its_answer_is_told(body, pat, con):
    found = claim(body, pat)
    [clock] = Clock.objects.all()
    assert clock.due_at.date() == date(2026, 6, 15)

    decide(found, con)

    clock.refresh_from_db()
    assert clock.ended_at == LATER
    [notice] = Notice.objects.filter(user=pat.user_id)
    assert "The board's letter was seen" in notice.text
