"""Asks `rules/access.py` before a view runs."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Concatenate, Protocol, cast
from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponseBase
from django.urls import resolve, reverse

from convener.rules.access import Act, Role, RoleNotAllowedError, check_may, may
from convener.service.models import User


class Guarded[**P](Protocol):
    """A view that names its act."""

    act: Act

    def __call__(
        self, request: HttpRequest, /, *args: P.args, **kwargs: P.kwargs
    ) -> HttpResponseBase: ...


def role_of(request: HttpRequest) -> Role:
    """Return the role of whoever sent a request."""
    user = getattr(request, "user", None)
    return Role(user.role) if isinstance(user, User) and user.is_active else Role.VISITOR


def user_of(request: HttpRequest) -> User:
    """Return whoever is signed in, in a view whose act is not a visitor's.

    Raises
    ------
    RoleNotAllowedError
        If nobody is.
    """
    user = getattr(request, "user", None)
    if not isinstance(user, User) or not user.is_active:
        raise RoleNotAllowedError(f"{Role.VISITOR.label} has no account; sign in first")
    return user


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
