"""Who may do what: one table of role and act, and of the scope in which the act is allowed.

Every page names its act, so a page without an answer here cannot be built.
"""

from __future__ import annotations

from enum import StrEnum
from types import MappingProxyType

from convener.base.errors import NotAllowedError


class Role(StrEnum):
    """What a person is to the service. Whoever has not signed in is a visitor."""

    VISITOR = "visitor"
    PROVIDER = "provider"
    BUYER = "buyer"
    ANALYST = "analyst"
    ADMINISTRATOR = "administrator"

    @property
    def label(self) -> str:
        """Return the role as a reader meets it in a sentence."""
        return _LABELS[self]


_LABELS = {
    Role.VISITOR: "a visitor",
    Role.PROVIDER: "a provider",
    Role.BUYER: "a buyer",
    Role.ANALYST: "an analyst",
    Role.ADMINISTRATOR: "an administrator",
}


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

_OWN_NOTES = {"POST_NOTES": Scope.OWN, "WITHDRAW_NOTES": Scope.OWN}


def _scopes(acts: frozenset[Act], scope: Scope, **more: Scope) -> MappingProxyType[Act, Scope]:
    named = {Act[name]: reach for name, reach in more.items()}
    return MappingProxyType({**dict.fromkeys(acts, scope), **named})


SCOPES: MappingProxyType[Role, MappingProxyType[Act, Scope]] = MappingProxyType(
    {
        Role.VISITOR: _scopes(_PUBLIC, Scope.PUBLISHED),
        Role.PROVIDER: _scopes(_PUBLIC, Scope.PUBLISHED, **_OWN_NOTES),
        Role.BUYER: _scopes(_PUBLIC, Scope.PUBLISHED, **_OWN_NOTES, WATCH_OWNERS=Scope.PUBLISHED),
        Role.ANALYST: _scopes(_PUBLIC | _ANALYSTS, Scope.ALL),
        Role.ADMINISTRATOR: _scopes(frozenset(Act), Scope.ALL),
    }
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
