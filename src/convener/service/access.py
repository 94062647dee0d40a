"""Asks `rules/access.py` before a view runs."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Concatenate, Protocol, cast
from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponseBase
from django.urls import resolve, reverse
from django.utils import timezone

from convener.rules.access import (
    VISITING,
    Act,
    Actor,
    Role,
    RoleNotAllowedError,
    check_may,
    may,
)
from convener.service.models import Membership, User

ACTING_AS = "acting-as"  # where a session keeps the membership that was chosen


class Guarded[**P](Protocol):
    """A view that names its act."""

    act: Act

    def __call__(
        self, request: HttpRequest, /, *args: P.args, **kwargs: P.kwargs
    ) -> HttpResponseBase: ...


def membership_of(request: HttpRequest) -> Membership | None:
    """Return the membership in which whoever sent a request acts: the chosen one, or the first.

    It is read anew for each request, so that one that was ended lets nobody in any more.
    """
    if not hasattr(request, "_membership"):
        request._membership = _find(request)  # noqa: SLF001 -- asked for many times a page
    found: Membership | None = request._membership  # noqa: SLF001
    return found


def _find(request: HttpRequest) -> Membership | None:
    user = getattr(request, "user", None)
    if not isinstance(user, User) or not user.is_active:
        return None
    standing = (
        Membership.objects.standing(timezone.now())
        .filter(user=user)
        .select_related("organisation", "user")
    )
    chosen = request.session.get(ACTING_AS) if hasattr(request, "session") else None
    return min(standing, key=lambda one: (one.pk != chosen, one.pk), default=None)


def actor_of(request: HttpRequest) -> Actor:
    """Return whoever sent a request, as rules know them."""
    membership = membership_of(request)
    return VISITING if membership is None else membership.actor


def role_of(request: HttpRequest) -> Role:
    """Return the role of whoever sent a request."""
    return actor_of(request).role


def user_of(request: HttpRequest) -> User:
    """Return whoever is signed in, in a view whose act is not a visitor's.

    Raises
    ------
    RoleNotAllowedError
        If nobody is.
    """
    membership = membership_of(request)
    if membership is None:
        raise RoleNotAllowedError(f"{Role.VISITOR.label} has no account; sign in first")
    return membership.user


def requires[**P](
    act: Act,
) -> Callable[[Callable[Concatenate[HttpRequest, P], HttpResponseBase]], Guarded[P]]:
    """Name the act of a view; who may not do it gets the refusal as a page."""

    def guard(view: Callable[Concatenate[HttpRequest, P], HttpResponseBase]) -> Guarded[P]:
        @wraps(view)
        def guarded(request: HttpRequest, *args: P.args, **kwargs: P.kwargs) -> HttpResponseBase:
            check_may(role_of(request), act)
            return view(request, *args, **kwargs)

        named = cast("Guarded[P]", guarded)
        named.act = act
        return named

    return guard


def way_to(request: HttpRequest, name: str, *args: object) -> str:
    """Return the address of a page; where only others may see it, that of signing in for it."""
    address = reverse(name, args=args)
    view = resolve(address).func
    if may(role_of(request), cast("Guarded[...]", view).act):
        return address
    return f"{reverse('sign-in')}?{urlencode({'next': address})}"
