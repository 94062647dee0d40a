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
    ANALYST = "analyst"
    ADMINISTRATOR = "administrator"

    @property
    def label(self) -> str:
        """Return the role as a reader meets it in a sentence."""
        return _LABELS[self]


_LABELS = {
    Role.VISITOR: "a visitor",
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
    SEE_INTEGRITY_FLAGS = "see the integrity flags of single processes"
    CORRECT_IDENTITY = "correct which organisation a name stands for"
    ADMINISTER = "administer the service"


class Scope(StrEnum):
    """How far an act reaches."""

    NONE = "nothing"
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
    }
)
_ANALYSTS = frozenset({Act.SEE_INTEGRITY_FLAGS, Act.CORRECT_IDENTITY})

SCOPES: MappingProxyType[Role, MappingProxyType[Act, Scope]] = MappingProxyType(
    {
        Role.VISITOR: MappingProxyType(dict.fromkeys(_PUBLIC, Scope.PUBLISHED)),
        Role.ANALYST: MappingProxyType(dict.fromkeys(_PUBLIC | _ANALYSTS, Scope.ALL)),
        Role.ADMINISTRATOR: MappingProxyType(dict.fromkeys(Act, Scope.ALL)),
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
