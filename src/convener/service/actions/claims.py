"""Claiming the record of one's own organisation, and deciding on that."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction
from django.urls import reverse

from convener.base.errors import WrongStepError
from convener.rules.access import Act, Actor, Role, check_may
from convener.rules.clocks import ClockName
from convener.rules.notices import NoticeSort
from convener.rules.registry import CLAIM, REASON_MIN, ClaimStep, check_may_decide, said
from convener.service.actions.access import give_role
from convener.service.actions.clocks import end_clock, start_clock
from convener.service.actions.journal import change, create
from convener.service.actions.notices import Message, tell
from convener.service.actions.registry import MergedAwayError
from convener.service.models import Membership, Organisation, RecordClaim, User
from convener.service.models.market import TEXT_MAX

# What whoever claimed a record becomes: they look after it, and lead what it offers.
GIVEN = (Role.KEEPER, Role.PROVIDER)


class ClaimedAlreadyError(WrongStepError):
    """The person acts for the organisation, or has a claim to it that nobody decided yet."""


@transaction.atomic
def claim_record(*, organisation_id: int, evidence: str, by: Actor, at: datetime) -> RecordClaim:
    """Claim that a record is that of one's own organisation.

    Raises
    ------
    RecordRefusedError
        If there is no evidence in words, or the record was merged into another.
    ClaimedAlreadyError
        If it is claimed by the same person already, or they look after it.
    """
    check_may(by.role, Act.CLAIM_ORGANISATION)
    user = User.objects.select_for_update().get(pk=by.person)
    body = Organisation.objects.get(pk=organisation_id)
    if body.merged_into_id is not None:
        raise MergedAwayError(f"{body.name} was merged into another record; claim that one")
    words = said(evidence, "what shows that it is yours", least=REASON_MIN)
    if RecordClaim.objects.waiting().filter(organisation=body, user=user).exists():
        raise ClaimedAlreadyError("you have claimed this record; a convener will decide")
    standing = Membership.objects.standing(at).filter(user=user, organisation=body)
    if standing.filter(role=Role.KEEPER).exists():
        raise ClaimedAlreadyError("you look after this record already")
    claim = create(
        RecordClaim,
        {
            "organisation": body,
            "user": user,
            "evidence": words,
            "step": CLAIM.start.value,
            "claimed_at": at,
        },
        at=at,
        by=by,
        kind="record-claimed",
    )
    link = reverse("registry-decide", args=[claim.pk])
    start_clock(name=ClockName.CLAIM_DECISION, subject=claim, at=at, by=by, link=link)
    return claim


@transaction.atomic
def decide_claim(
    *, claim_id: int, is_approved: bool, answer: str, by: Actor, at: datetime
) -> RecordClaim:
    """Approve or refuse a claim; whoever claimed looks after the record from then on.

    Raises
    ------
    WrongStepError
        If another decided first, or it was withdrawn.
    JudgedByOneselfError
        If the claim is one's own.
    ConflictingDutiesError
        If the claimant would hold two duties that must lie with two.
    """
    check_may(by.role, Act.DECIDE_CLAIMS)
    claim = RecordClaim.objects.select_for_update().get(pk=claim_id)
    to = ClaimStep.APPROVED if is_approved else ClaimStep.REFUSED
    CLAIM.check_move(ClaimStep(claim.step), to)
    check_may_decide(claimant=claim.user_id, decider=by.user_id)
    words = said(answer, "an answer", least=REASON_MIN)
    change(
        claim,
        {"step": to.value, "decided_at": at, "decided_by_id": by.user_id, "answer": words},
        at=at,
        by=by,
        kind=f"claim-{to}",
    )
    end_clock(name=ClockName.CLAIM_DECISION, subject=claim, at=at, by=by)
    tell([claim.user_id], [_decided(claim)], at=at)
    for role in GIVEN if is_approved else ():
        give_role(user_id=claim.user_id, role=role, organisation=claim.organisation, at=at, by=by)
    return claim


@transaction.atomic
def withdraw_claim(*, organisation_id: int, by: Actor, at: datetime) -> RecordClaim:
    """Take one's own claim to a record back before it is decided.

    Raises
    ------
    WrongStepError
        If none waits: it was decided, or withdrawn already.
    """
    mine = RecordClaim.objects.select_for_update().waiting()
    claim = mine.filter(organisation=organisation_id, user=by.user_id).first()
    if claim is None:
        raise WrongStepError("no claim of yours to this record waits for a decision")
    CLAIM.check_move(ClaimStep(claim.step), ClaimStep.WITHDRAWN)
    end_clock(name=ClockName.CLAIM_DECISION, subject=claim, at=at, by=by)
    return change(claim, {"step": ClaimStep.WITHDRAWN.value}, at=at, by=by, kind="claim-withdrawn")


def _decided(claim: RecordClaim) -> Message:
    text = f"Your claim to a record was {claim.step}. A convener's answer: {claim.answer}"
    link = reverse("registry-one", args=[claim.organisation_id])
    about = f"claim:{claim.pk}:decided"
    return Message(NoticeSort.ANSWERED, text[:TEXT_MAX], link, about=about)
