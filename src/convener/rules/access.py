"""Who may do what: one table of role and act, and of the scope in which the act is allowed.

Every page names its act, so a page without an answer here cannot be built. Duties that would
make a person judge in their own matter are parted here too.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from types import MappingProxyType

from convener.base.errors import NotAllowedError, WrongStepError


class Role(StrEnum):
    """What a person is to the service, or to the organisation that they act for.

    Whoever has not signed in is a visitor; whoever has, and may act in no role yet, is signed in;
    ``clock`` is the service itself, when no person acts.
    """

    VISITOR = "visitor"
    SIGNED_IN = "signed-in"
    PERSON = "person"
    INVESTOR = "investor"
    CASEWORKER = "caseworker"
    PROVIDER = "provider"
    OFFICER = "officer"
    EVALUATOR = "evaluator"
    FINANCE = "finance"
    APPROVER = "approver"
    OPENER = "opener"
    VERIFIER = "verifier"
    SPONSOR = "sponsor"
    KEEPER = "keeper"
    ANALYST = "analyst"
    CONVENER = "convener"
    ADMINISTRATOR = "administrator"
    CLOCK = "clock"

    @property
    def label(self) -> str:
        """Return the role as a reader meets it in a sentence."""
        return _LABELS[self]


_LABELS = {
    Role.VISITOR: "a visitor",
    Role.SIGNED_IN: "someone without a role",
    Role.PERSON: "a person who uses services",
    Role.INVESTOR: "an investor",
    Role.CASEWORKER: "a caseworker",
    Role.PROVIDER: "a provider's lead",
    Role.OFFICER: "a commissioning officer",
    Role.EVALUATOR: "an evaluator of bids",
    Role.FINANCE: "a finance officer",
    Role.APPROVER: "an approver",
    Role.OPENER: "an opener of bids",
    Role.VERIFIER: "a verifier of outcomes",
    Role.SPONSOR: "a sponsor",
    Role.KEEPER: "an organisation's administrator",
    Role.ANALYST: "an analyst",
    Role.CONVENER: "a convener",
    Role.ADMINISTRATOR: "an administrator",
    Role.CLOCK: "the service itself",
}

# They look after the whole service, and act for no organisation.
OF_THE_SERVICE = frozenset({Role.PERSON, Role.ANALYST, Role.CONVENER, Role.ADMINISTRATOR})
# Nobody is stored as one of these.
NOBODY = frozenset({Role.VISITOR, Role.SIGNED_IN, Role.CLOCK})
SIGN_IN_ROLES = tuple(role for role in Role if role not in NOBODY)
OF_AN_ORGANISATION = frozenset(SIGN_IN_ROLES) - OF_THE_SERVICE
# A password alone does not let them in: what they do cannot be undone by another.
WITH_SECOND_FACTOR = frozenset({Role.APPROVER, Role.OPENER, Role.KEEPER, Role.ADMINISTRATOR})


@dataclass(frozen=True)
class Actor:
    """Whoever acts: a person in one role, for one organisation or for the service itself.

    ``command`` names what a program asked for in their name, so that it is not done twice.
    """

    user_id: int | None
    role: Role
    organisation_id: int | None = None
    on_behalf_of: int | None = None
    command: str = ""

    @property
    def person(self) -> int:
        """Return the number of the person who acts.

        Raises
        ------
        RoleNotAllowedError
            If no person does.
        """
        if self.user_id is None:
            raise RoleNotAllowedError(f"{self.role.label} is no person; sign in first")
        return self.user_id


VISITING = Actor(None, Role.VISITOR)
CLOCK = Actor(None, Role.CLOCK)  # acts when no person does


class Act(StrEnum):
    """What a person can do. The value is the sentence that a refusal ends with."""

    CHECK_HEALTH = "ask whether the service is up"
    SEE_HOME = "see the home page"
    SEE_MARKET = "see a market"
    DOWNLOAD_FIGURES = "download published figures"
    SEE_MEASURES = "see how figures are computed"
    SEE_SOURCE_QUALITY = "see the quality of a source"
    SIGN_IN = "sign in or out"
    SEE_CORRECTIONS = "see what was corrected"
    KEEP_ACCOUNT = "look after one's own account"
    SEE_NOTICES = "see what one was told, and what is due"
    SEE_REGISTRY = "see the registry of organisations"
    REGISTER_ORGANISATION = "register an organisation"
    CLAIM_ORGANISATION = "claim the record of an organisation"
    DECIDE_CLAIMS = "decide on a claim to a record"
    KEEP_ORGANISATION = "change the record of an organisation"
    KEEP_ACCOUNTS = "keep the yearly accounts of an organisation"
    KEEP_ANSWERS = "keep an organisation's standing answers and documents"
    CHECK_OWN_STANDING = "check the financial standing of one's own organisation in private"
    MERGE_ORGANISATIONS = "merge two records of one organisation"
    INVITE_MEMBERS = "invite people to act for an organisation, and end that"
    SEE_JOURNAL = "see what was done, when and by whom"
    DECLARE_INTERESTS = "declare one's own interests"
    SEARCH_INTERESTS = "search for people and owners on two sides"
    USE_API_TOKENS = "make and end tokens for programs"
    POST_NOTES = "post a note beside the figures of an organisation"
    WITHDRAW_NOTES = "take a note back"
    WATCH_OWNERS = "watch an owner"
    WARN_OF_OWNERS = "enter a warning about an owner"
    SEE_INTEGRITY_FLAGS = "see the integrity flags of single processes"
    CORRECT_IDENTITY = "correct which organisation a name stands for"
    ANSWER_REQUESTS = "answer a request for a correction"
    ADMINISTER = "administer the service"


class Scope(StrEnum):
    """How far an act reaches."""

    NONE = "nothing"
    OWN = "what is one's own organisation's"
    PUBLISHED = "what is published"
    ALL = "everything loaded"


_PUBLIC = frozenset(
    {
        Act.CHECK_HEALTH,
        Act.SEE_HOME,
        Act.SEE_MARKET,
        Act.DOWNLOAD_FIGURES,
        Act.SEE_MEASURES,
        Act.SEE_SOURCE_QUALITY,
        Act.SIGN_IN,
        Act.SEE_CORRECTIONS,
    }
)
# Everyone who has signed in, of and for themselves.
_SIGNED_IN = {
    Act.KEEP_ACCOUNT: Scope.OWN,
    Act.SEE_NOTICES: Scope.OWN,
    Act.SEE_REGISTRY: Scope.PUBLISHED,
    Act.REGISTER_ORGANISATION: Scope.PUBLISHED,
    Act.CLAIM_ORGANISATION: Scope.PUBLISHED,
    Act.DECLARE_INTERESTS: Scope.OWN,
}
# Whoever acts for an organisation sees what was done there.
_MEMBER = {**_SIGNED_IN, Act.SEE_JOURNAL: Scope.OWN}
_OWN_NOTES = {Act.POST_NOTES: Scope.OWN, Act.WITHDRAW_NOTES: Scope.OWN}
_OWN_RECORD = {Act.KEEP_ORGANISATION: Scope.OWN, Act.KEEP_ANSWERS: Scope.OWN}
_OWN_STANDING = {Act.CHECK_OWN_STANDING: Scope.OWN, Act.KEEP_ACCOUNTS: Scope.OWN}
_TOKENS = {Act.USE_API_TOKENS: Scope.OWN}
_WATCHING = {Act.WATCH_OWNERS: Scope.PUBLISHED}

_ANALYSTS = frozenset(
    {
        Act.WATCH_OWNERS,
        Act.WARN_OF_OWNERS,
        Act.SEE_INTEGRITY_FLAGS,
        Act.CORRECT_IDENTITY,
        Act.ANSWER_REQUESTS,
        Act.WITHDRAW_NOTES,
    }
)
_CONVENERS = frozenset(
    {
        Act.WATCH_OWNERS,
        Act.WARN_OF_OWNERS,
        Act.SEE_REGISTRY,
        Act.DECIDE_CLAIMS,
        Act.MERGE_ORGANISATIONS,
        Act.SEE_JOURNAL,
        Act.SEARCH_INTERESTS,
    }
)
# What is between an organisation and itself: no administrator sees it, or that it was done.
_PRIVATE = frozenset(
    {Act.CHECK_OWN_STANDING, Act.KEEP_ACCOUNTS, Act.KEEP_ANSWERS, Act.DECLARE_INTERESTS}
)


def _scopes(*given: Mapping[Act, Scope]) -> MappingProxyType[Act, Scope]:
    """Return what everyone may do, and what is given; of an act given twice, the last."""
    found = dict.fromkeys(_PUBLIC, Scope.PUBLISHED)
    for each in given:
        found.update(each)
    return MappingProxyType(found)


SCOPES: MappingProxyType[Role, MappingProxyType[Act, Scope]] = MappingProxyType(
    {
        Role.VISITOR: _scopes(),
        Role.SIGNED_IN: _scopes({Act.KEEP_ACCOUNT: Scope.OWN, Act.SEE_NOTICES: Scope.OWN}),
        Role.PERSON: _scopes(_SIGNED_IN),
        Role.INVESTOR: _scopes(_MEMBER),
        Role.CASEWORKER: _scopes(_MEMBER),
        Role.PROVIDER: _scopes(_MEMBER, _OWN_NOTES, _OWN_RECORD, _OWN_STANDING, _TOKENS),
        Role.OFFICER: _scopes(_MEMBER, _OWN_NOTES, _TOKENS, _WATCHING),
        Role.EVALUATOR: _scopes(_MEMBER),
        Role.FINANCE: _scopes(_MEMBER, _OWN_STANDING),
        Role.APPROVER: _scopes(_MEMBER),
        Role.OPENER: _scopes(_MEMBER),
        Role.VERIFIER: _scopes(_MEMBER),
        Role.SPONSOR: _scopes(_MEMBER, _WATCHING),
        Role.KEEPER: _scopes(_MEMBER, _OWN_RECORD, _TOKENS, {Act.INVITE_MEMBERS: Scope.OWN}),
        # Both do much that is alike, from lists of others. With a token their programs do it as
        # themselves and no wider, where they would else hold a password; none of it asks for a
        # second factor.
        Role.ANALYST: _scopes(_SIGNED_IN, _TOKENS, dict.fromkeys(_PUBLIC | _ANALYSTS, Scope.ALL)),
        Role.CONVENER: _scopes(
            _SIGNED_IN, _TOKENS, dict.fromkeys(_PUBLIC | _CONVENERS, Scope.ALL)
        ),
        Role.ADMINISTRATOR: _scopes(
            dict.fromkeys(frozenset(Act) - _PRIVATE, Scope.ALL),
            dict.fromkeys((Act.KEEP_ACCOUNT, Act.SEE_NOTICES, Act.DECLARE_INTERESTS), Scope.OWN),
        ),
        Role.CLOCK: _scopes(),
    }
)


class Duty(StrEnum):
    """What a person is trusted with, where another must not be trusted with it too."""

    BID = "bid"
    EVALUATE = "evaluate bids"
    OPEN = "open sealed bids"
    CLAIM = "claim outcomes"
    VERIFY = "verify outcomes"
    APPROVE = "approve awards and claims"
    PAY = "pay"


DUTIES: MappingProxyType[Role, frozenset[Duty]] = MappingProxyType(
    {
        Role.PROVIDER: frozenset({Duty.BID, Duty.CLAIM}),
        Role.CASEWORKER: frozenset({Duty.CLAIM}),
        Role.EVALUATOR: frozenset({Duty.EVALUATE}),
        Role.OPENER: frozenset({Duty.OPEN}),
        Role.VERIFIER: frozenset({Duty.VERIFY}),
        Role.APPROVER: frozenset({Duty.APPROVE}),
        Role.FINANCE: frozenset({Duty.PAY}),
    }
)

# No person has both at once, in whichever organisations: four eyes are those of four people.
# Section 83 of the Procurement Act 2023 (conflicts of interest) is the reason for the first three.
CONFLICTING = (
    (Duty.BID, Duty.EVALUATE),
    (Duty.BID, Duty.OPEN),
    (Duty.BID, Duty.APPROVE),
    (Duty.CLAIM, Duty.VERIFY),
    (Duty.CLAIM, Duty.APPROVE),
    (Duty.CLAIM, Duty.PAY),
    (Duty.VERIFY, Duty.APPROVE),
    (Duty.VERIFY, Duty.PAY),
    (Duty.APPROVE, Duty.PAY),
)


class ConflictingDutiesError(WrongStepError):
    """One person would hold two duties that must lie with two."""


def duties_of(roles: Iterable[Role]) -> frozenset[Duty]:
    """Return all that people in these roles are trusted with."""
    return frozenset().union(*(DUTIES.get(role, frozenset()) for role in roles))


def check_duties(held: Iterable[Role], given: Role) -> None:
    """Refuse a role that would make a person judge in their own matter.

    Parameters
    ----------
    held : roles that the person has now, in whichever organisations
    given : the role that they would have too

    Raises
    ------
    ConflictingDutiesError
        If a duty of the one conflicts with a duty of another; the message names both.
    """
    has, gets = duties_of(held), duties_of([given])
    for one, other in CONFLICTING:
        for mine, new in ((one, other), (other, one)):
            if mine in has and new in gets:
                raise ConflictingDutiesError(
                    f"one person may not both {mine} and {new}; end the first role before"
                )


class RoleNotAllowedError(NotAllowedError):
    """A role asked for an act that the table does not give it."""


def scope_of(role: Role, act: Act) -> Scope:
    """Return how far a role may carry an act."""
    return SCOPES[role].get(act, Scope.NONE)


def may(role: Role, act: Act) -> bool:
    """Say whether a role may do an act at all."""
    return scope_of(role, act) is not Scope.NONE


def roles_for(act: Act) -> tuple[Role, ...]:
    """Return the roles that may do an act, from the least to the most trusted."""
    return tuple(role for role in Role if may(role, act))


def check_may(role: Role, act: Act) -> None:
    """Refuse an act that the table does not give to a role.

    Raises
    ------
    RoleNotAllowedError
        If the role may not do it; the message names the roles that may.
    """
    if may(role, act):
        return
    wanted = " or ".join(allowed.label for allowed in roles_for(act))
    raise RoleNotAllowedError(f"{role.label} may not {act}; it takes {wanted}")


def check_reaches(role: Role, act: Act, *, own: int | None, asked: int) -> None:
    """Refuse an act upon an organisation that lies beyond the role's scope.

    Parameters
    ----------
    role, act : as in the table
    own, asked : keys of organisations
        The one that the person belongs to, if any, and the one that the act is upon.

    Raises
    ------
    RoleNotAllowedError
        If the role may not do the act at all, or not for this organisation.
    """
    check_may(role, act)
    if scope_of(role, act) is Scope.OWN and own != asked:
        raise RoleNotAllowedError(f"{role.label} may {act} only where it is the own one")
