"""Asks `rules/access.py` before a view runs."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Concatenate, Protocol, cast
from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponseBase, HttpResponseRedirect
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
from convener.service.second_factors import cleared, factor_of

type Pair = tuple[Membership | None, Membership | None]

ACTING_AS = "acting-as"  # where a session keeps the membership that was chosen
STANDING = "convener-standing"  # where a request keeps what was found


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
    return _standing(request)[0]


def awaiting(request: HttpRequest) -> Membership | None:
    """Return the membership that would act, had this sign-in given its second factor."""
    return _standing(request)[1]


def _standing(request: HttpRequest) -> Pair:
    kept = vars(request)  # asked for many times a page
    if STANDING not in kept:
        kept[STANDING] = _find(request)
    found: Pair = kept[STANDING]
    return found


def _find(request: HttpRequest) -> Pair:
    user = signed_in(request)
    if user is None:
        return None, None
    standing = list(
        Membership.objects.standing(timezone.now())
        .filter(user=user)
        .select_related("organisation", "user")
    )
    chosen = request.session.get(ACTING_AS) if hasattr(request, "session") else None
    standing.sort(key=lambda one: (one.pk != chosen, one.pk))
    ready = cleared(request, standing)
    acting = next((one for one in standing if one.pk in ready), None)
    waiting = next((one for one in standing if one.pk not in ready), None)
    return acting, waiting


def signed_in(request: HttpRequest) -> User | None:
    """Return whoever is signed in, in a role or in none."""
    user = getattr(request, "user", None)
    return user if isinstance(user, User) and user.is_active else None


def actor_of(request: HttpRequest) -> Actor:
    """Return whoever sent a request, as rules know them."""
    membership = membership_of(request)
    if membership is not None:
        return membership.actor
    user = signed_in(request)
    return VISITING if user is None else Actor(user.pk, Role.SIGNED_IN)


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
    user = signed_in(request)
    if user is None:
        raise RoleNotAllowedError(f"{Role.VISITOR.label} has no account; sign in first")
    return user


def requires[**P](
    act: Act,
) -> Callable[[Callable[Concatenate[HttpRequest, P], HttpResponseBase]], Guarded[P]]:
    """Name the act of a view; who may not do it gets the refusal as a page.

    Whoever lacks no more than a second factor is led to where it is given.
    """

    def guard(view: Callable[Concatenate[HttpRequest, P], HttpResponseBase]) -> Guarded[P]:
        @wraps(view)
        def guarded(request: HttpRequest, *args: P.args, **kwargs: P.kwargs) -> HttpResponseBase:
            role, waiting = role_of(request), awaiting(request)
            if waiting is not None and not may(role, act) and may(Role(waiting.role), act):
                return HttpResponseRedirect(way_to_second_factor(request))
            check_may(role, act)
            return view(request, *args, **kwargs)

        named = cast("Guarded[P]", guarded)
        named.act = act
        return named

    return guard


def way_to_second_factor(request: HttpRequest) -> str:
    """Return where a person gives the second factor, or sets it up, and then comes back."""
    name = "mfa_activate_totp" if factor_of(user_of(request).pk) is None else "mfa_reauthenticate"
    return f"{reverse(name)}?{urlencode({'next': request.get_full_path()})}"


def way_to(request: HttpRequest, name: str, *args: object) -> str:
    """Return the address of a page: for a visitor who may not see it, that of signing in for it.

    It is empty for whoever has signed in and may not: to sign in once more would not help.
    """
    address = reverse(name, args=args)
    view = resolve(address).func
    role = role_of(request)
    if may(role, cast("Guarded[...]", view).act):
        return address
    if role is not Role.VISITOR:
        return ""
    return f"{reverse('sign-in')}?{urlencode({'next': address})}"
