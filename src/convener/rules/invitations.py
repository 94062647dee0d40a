"""Who may be invited, to which role."""

from __future__ import annotations

from convener.base.errors import NotAllowedError
from convener.rules.access import (
    OF_AN_ORGANISATION,
    OF_THE_SERVICE,
    SIGN_IN_ROLES,
    Act,
    Actor,
    Role,
    Scope,
    scope_of,
)


class NotYoursToGiveError(NotAllowedError):
    """A role was offered by someone who cannot give it."""


def roles_of_place(organisation_id: int | None) -> tuple[Role, ...]:
    """Return the roles that people can have for an organisation, or for the service itself."""
    there = OF_THE_SERVICE if organisation_id is None else OF_AN_ORGANISATION
    return tuple(role for role in SIGN_IN_ROLES if role in there)


def check_may_give(actor: Actor, role: Role, organisation_id: int | None) -> None:
    """Refuse a role that the actor cannot give there.

    Raises
    ------
    NotYoursToGiveError
        If the place is not the actor's, or has no such role.
    """
    scope = scope_of(actor.role, Act.INVITE_MEMBERS)
    is_own = organisation_id is not None and organisation_id == actor.organisation_id
    if scope is not Scope.ALL and not (scope is Scope.OWN and is_own):
        raise NotYoursToGiveError(f"{actor.role.label} invites people to the own organisation")
    if role not in roles_of_place(organisation_id):
        where = "the service itself" if organisation_id is None else "an organisation"
        raise NotYoursToGiveError(f"nobody is {role.label} for {where}")
