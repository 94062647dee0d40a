"""What the invented people did before anyone tries the service as one of them.

Each step is the action that a page of the service makes too, at the time at which it is said to
have been done; nothing is written past the actions.
"""

from __future__ import annotations

import secrets
import threading
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from decimal import Decimal

from django.urls import reverse

from convener.base.errors import BadInputError
from convener.base.kinds import Kind
from convener.rules.access import Act, Actor, Role
from convener.rules.corrections import Correctable
from convener.rules.personas import BY_SLUG, PERSONAS, Body, Persona
from convener.service.actions.access import add_user, choose_emails, end_role, give_role
from convener.service.actions.accounts import keep_accounts
from convener.service.actions.answers import give_answer
from convener.service.actions.claims import claim_record, decide_claim
from convener.service.actions.corrections import save_correction, save_undoing
from convener.service.actions.documents import Given, give_document
from convener.service.actions.interests import Tie, declare_interest
from convener.service.actions.invitations import invite, take_up
from convener.service.actions.kinds import give_kind
from convener.service.actions.notes import answer_request, post_note
from convener.service.actions.ownership import Terms, add_holdings
from convener.service.actions.registry import Wanted as Registered
from convener.service.actions.registry import organisation_at, register_record
from convener.service.actions.ticking import tick
from convener.service.actions.tokens import make_token
from convener.service.actions.watching import warn_of_owner, watch_owner
from convener.service.demonstration import words
from convener.service.demonstration.cast import Cast, find_cast
from convener.service.market.data import market_data
from convener.service.models import Membership, Note, Organisation, User
from convener.service.models.access import Emails
from convener.service.models.market import NoteSort
from convener.service.models.members import InterestNature
from convener.service.proposing import Wanted

FUND = "Tarrowvale Outcomes Fund"
SOURCE = "Invented for the demonstration"
KINDS = {
    Body.COUNCIL: Kind.PUBLIC_BODY,
    Body.REGION: Kind.PUBLIC_BODY,
    Body.FIRM: Kind.PRIVATE,
    Body.CHARITY: Kind.CHARITY,
    Body.TEAM: Kind.IN_HOUSE,
}
INVITED = {  # who was invited by the administrator, and on which day before the present one
    "convener": 235,
    "analyst": 230,
    "officer": 225,
    "sponsor": 215,
    "large-firm": 200,
    "mutual-to-be": 150,
    "investor": 90,
    "person": 80,
}
BY_A_COLLEAGUE = {"evaluator": 210, "finance": 208, "approver": 205}
MARCH = 3


class PlayedAlreadyError(BadInputError):
    """The people of the demonstration are there: what was done as them since is kept."""


@dataclass
class Story:
    """One telling: whose market it is, which day it is now, and the records made so far."""

    cast: Cast
    now: datetime
    bodies: dict[Body, Organisation] = field(default_factory=dict)

    def at(self, days: int, *, hours: int = 0) -> datetime:
        """Return a moment so many days before the present one."""
        return self.now - timedelta(days=days) + timedelta(hours=hours)

    def actor(self, slug: str, role: Role | None = None) -> Actor:
        """Return a persona, in their own role or in another that they have."""
        return self._membership(slug, role).actor

    def _membership(self, slug: str, role: Role | None) -> Membership:
        persona = BY_SLUG[slug]
        wanted = {"user__email": persona.email, "role": role or persona.role, "until_at": None}
        return Membership.objects.get(**wanted)


def tell_story(*, at: datetime) -> int:
    """Have the invented people do what they did; return how many there are.

    Raises
    ------
    PlayedAlreadyError
        If they are there already.
    NoCastError
        If the loaded market is not that of the demonstration.
    """
    if User.objects.filter(email__in=[one.email for one in PERSONAS]).exists():
        raise PlayedAlreadyError("the people of the demonstration are there already")
    story = Story(find_cast(market_data()), at)
    for part in PARTS:
        part(story)
    _wait()
    tick(at=at)
    return len(PERSONAS)


def begin(story: Story) -> None:
    """Have the first administrator made, as the command does."""
    first, at = BY_SLUG["administrator"], story.at(240)
    user = add_user(email=first.email, password=_password(), at=at)
    give_role(user_id=user.pk, role=first.role, at=at)
    choose_emails(user_id=user.pk, emails=Emails.NEVER, at=at)


def register(story: Story) -> None:
    """Register whom people will act for; the fund is in no market yet."""
    by = story.actor("administrator")
    for body, pointer in story.cast.bodies.items():
        made = story.bodies[body] = organisation_at(pointer, at=story.at(239), by=by)
        give_kind(
            organisation_id=made.pk,
            kind=KINDS[body],
            from_on=None,
            source=SOURCE,
            by=by,
            at=story.at(239),
        )
    fund = Registered(name=FUND, kind=Kind.SOCIAL_ENTERPRISE, source=SOURCE)
    story.bodies[Body.FUND] = register_record(wanted=fund, by=by, at=story.at(100))


def gather(story: Story) -> None:
    """Invite people, who take that up; those of the council by one of their own."""
    for slug, days in INVITED.items():
        _invite(story, slug, "administrator", days)
    for slug, days in BY_A_COLLEAGUE.items():
        _invite(story, slug, "officer", days)


def claim_a_record(story: Story) -> None:
    """Have a charity's lead come as a person and claim its record, which a convener approves."""
    slug, body = "small-charity", story.bodies[Body.CHARITY]
    _invite(story, slug, "administrator", 185, role=Role.PERSON)
    person = story.actor(slug, Role.PERSON)
    claim = claim_record(
        organisation_id=body.pk,
        evidence="I have led it since 2019. Our annual report names me on its second page.",
        by=person,
        at=story.at(184),
    )
    decide_claim(
        claim_id=claim.pk,
        is_approved=True,
        answer="The charity's own page names you, and its office told me so on the telephone.",
        by=story.actor("convener"),
        at=story.at(182),
    )
    gone = Membership.objects.get(user_id=person.person, role=Role.PERSON)
    end_role(membership_id=gone.pk, at=story.at(181), by=story.actor("administrator"))
    _invite(story, "caseworker", slug, 120)


def enter_accounts(story: Story) -> None:
    """Enter two years of the charity's accounts, which nobody else reads."""
    last = story.now.year - (1 if story.now.month > MARCH else 2)
    for back, lines in enumerate(reversed(words.YEARS)):
        keep_accounts(
            organisation_id=story.bodies[Body.CHARITY].pk,
            starts_on=date(last - back, 4, 1),
            ends_on=date(last - back + 1, 3, 31),
            lines={name: Decimal(pounds) for name, pounds in lines.items()},
            by=story.actor("small-charity"),
            at=story.at(60),
        )


def offer_answers(story: Story) -> None:
    """Answer what every buyer asks, one answer of which has run out, and give a document."""
    body, by = story.bodies[Body.CHARITY].pk, story.actor("small-charity")
    for question, days, holds, text in words.ANSWERS:
        give_answer(
            organisation_id=body,
            question=question,
            text=text,
            valid_until=None if holds is None else story.at(days - holds).date(),
            by=by,
            at=story.at(days),
        )
    given = Given("Training in safeguarding", "training.csv", words.TRAINING.encode())
    give_document(organisation_id=body, given=given, by=by, at=story.at(55))


def declare_interests(story: Story) -> None:
    """Have an approver say on which other side he stands, and an evaluator where she stood."""
    for slug, tied, nature, since, until, text in (
        ("approver", Body.CHARITY, InterestNature.DIRECTOR, 1400, None, words.TRUSTEE),
        ("evaluator", Body.FIRM, InterestNature.EMPLOYED, 2900, 1100, words.ONCE_EMPLOYED),
    ):
        tie = Tie(
            organisation_id=story.bodies[tied].pk,
            nature=nature,
            from_on=story.at(since).date(),
            to_on=None if until is None else story.at(until).date(),
            words=text,
        )
        declare_interest(tie=tie, by=story.actor(slug), at=story.at(150))


def watch(story: Story) -> None:
    """Have two watch the large owner, an analyst enter a warning, and both be told."""
    for slug, days in (("officer", 140), ("sponsor", 130)):
        watch_owner(organisation_key=story.cast.owner.key, by=story.actor(slug), at=story.at(days))
    warn_of_owner(
        owner_key=story.cast.owner.key,
        on=story.at(22).date(),
        text="Said that its profit will be well below what was expected. All of this is invented.",
        source=SOURCE,
        by=story.actor("analyst"),
        at=story.at(21),
    )


def ask_and_answer(story: Story) -> None:
    """Post notes, and ask for corrections: one is answered, one waits, one is late."""
    charity = story.cast.bodies[Body.CHARITY].key
    first = _note(story, "small-charity", charity, 110, words.ASKED, sort=NoteSort.REQUEST)
    answer_request(
        note_id=first.pk,
        is_approved=True,
        answer="Thank you. The register of charities has it so, and the figures follow it now.",
        by=story.actor("analyst"),
        at=story.at(104),
    )
    _note(story, "small-charity", charity, 70, words.NOTED)
    _note(
        story,
        "large-firm",
        story.cast.bodies[Body.FIRM].key,
        45,
        words.LATE,
        sort=NoteSort.REQUEST,
    )
    _note(story, "small-charity", charity, 4, words.WAITING, sort=NoteSort.REQUEST)


def _note(
    story: Story, slug: str, key: int, days: int, text: str, *, sort: NoteSort = NoteSort.NOTE
) -> Note:
    return post_note(
        organisation_key=key, sort=sort, text=text, by=story.actor(slug), at=story.at(days)
    )


def correct(story: Story) -> None:
    """Correct a kind by mistake, and undo that before it reaches a figure."""
    analyst = story.actor("analyst")
    wanted = Wanted(
        Correctable.KIND, story.cast.bodies[Body.CHARITY].key, Kind.SOCIAL_ENTERPRISE.value
    )
    made = save_correction(
        wanted=wanted, reason="Its name says that it trades", by=analyst, at=story.at(50)
    )
    save_undoing(
        correction_id=made.pk,
        reason="It is a registered charity, whatever its name says",
        by=analyst,
        at=story.at(50, hours=3),
    )


def make_a_program_ready(story: Story) -> None:
    """Make a token for a program of the large firm that reads the register."""
    maker = story.actor("large-firm")
    make_token(
        membership=Membership.objects.get(user=maker.user_id, role=maker.role),
        label="Our own record, read each night",
        acts=[Act.SEE_REGISTRY],
        lasts=timedelta(days=180),
        by=maker,
        at=story.at(30),
    )


def let_time_pass(story: Story) -> None:
    """Move what time alone moves: a request that nobody answered is late from here on."""
    tick(at=story.at(16))


def join_forces(story: Story) -> None:
    """Register a venture of two with what each holds; one of them claims its record."""
    by = story.actor("administrator")
    venture = organisation_at(story.cast.venture, at=story.at(20), by=by)
    larger = organisation_at(story.cast.owner, at=story.at(20), by=by)
    smaller = story.bodies[Body.CHARITY]
    shares: Mapping[int, tuple[str, bool]] = {
        larger.pk: ("0.51", True),
        smaller.pk: ("0.49", False),
    }
    terms = [
        Terms(
            owner_id=key,
            share=Decimal(share),
            from_on=date(2020, 4, 1),
            has_control=has_control,
            profit_share=Decimal("0.50"),
            profit_rule="Half of a year's surplus stays in the venture; the rest is halved.",
            exit_terms="Either may leave with twelve months' notice; the other may buy its share.",
            source=SOURCE,
        )
        for key, (share, has_control) in shares.items()
    ]
    add_holdings(organisation_id=venture.pk, terms=terms, by=by, at=story.at(19))
    claim_record(
        organisation_id=venture.pk,
        evidence="I chair its board for the larger of its two owners. Our agreement says so.",
        by=story.actor("large-firm"),
        at=story.at(3),
    )


PARTS: tuple[Callable[[Story], None], ...] = (
    begin,
    register,
    gather,
    claim_a_record,
    enter_accounts,
    offer_answers,
    declare_interests,
    watch,
    ask_and_answer,
    correct,
    make_a_program_ready,
    let_time_pass,
    join_forces,
)


def _invite(story: Story, slug: str, by: str, days: int, *, role: Role | None = None) -> None:
    """Invite a persona to each of their roles, and have them take that up an hour later."""
    persona = BY_SLUG[slug]
    inviter = story.actor(by, Role.ADMINISTRATOR if by == "administrator" else Role.KEEPER)
    for given in (role,) if role else (persona.role, *persona.also):
        user = _take_up(story, persona, given, inviter, days)
    choose_emails(user_id=user.pk, emails=Emails.NEVER, at=story.at(days, hours=2))


def _take_up(story: Story, persona: Persona, role: Role, inviter: Actor, days: int) -> User:
    token = secrets.token_urlsafe(32)
    is_of_the_service = persona.body is None or role is Role.PERSON
    invite(
        email=persona.email,
        role=role,
        organisation=None if is_of_the_service else story.bodies[_body(persona)],
        token=token,
        link=reverse("invitation", args=[token]),
        by=inviter,
        at=story.at(days),
    )
    return take_up(token=token, password=_password(), at=story.at(days, hours=1))


def _body(persona: Persona) -> Body:
    if persona.body is None:
        raise BadInputError(f"{persona.name} acts for no organisation")
    return persona.body


def _password() -> str:
    """Return a password that nobody knows: one signs in as these people by choosing them."""
    return secrets.token_urlsafe(32)


def _wait() -> None:
    """Wait for what the actions do beside: a command that ends would end it half done."""
    for thread in threading.enumerate():
        if thread.name == "corrections":
            thread.join()
