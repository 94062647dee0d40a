"""Addresses of signing in and of one's account.

The library finds its own pages by name: those of ours that stand in their place have its names.
"""

from __future__ import annotations

from collections.abc import Iterator

from django.conf import settings
from django.urls import URLPattern, path, re_path

from convener.service.views import (
    account,
    identity,
    invitations,
    passwords,
    people,
    personas,
    second_factor,
    sign_in,
)


def routes() -> Iterator[URLPattern]:
    """Give the routes of signing in and of one's account."""
    yield from _signing_in()
    yield from _people()
    yield from _account()
    if settings.CONFIGURATION.is_demo:
        yield from demo_routes()


def demo_routes() -> Iterator[URLPattern]:
    """Give the routes that there are in a demonstration alone."""
    yield path("demo/sign-in-as/", personas.personas, name="demo-sign-in-as")


def _signing_in() -> Iterator[URLPattern]:
    yield path("sign-in/", sign_in.sign_in, name="account_login")
    yield path("sign-in/closed/", sign_in.closed, name="account_inactive")
    yield path("sign-in/code/", second_factor.give, name="mfa_authenticate")
    yield path("sign-in/password/", passwords.forgotten, name="account_reset_password")
    yield path("sign-in/password/sent/", passwords.sent, name="account_reset_password_done")
    yield path(
        "sign-in/password/done/", passwords.set_anew, name="account_reset_password_from_key_done"
    )
    yield re_path(
        r"^sign-in/password/(?P<uidb36>[0-9A-Za-z]+)-(?P<key>[^/]+)/$",
        passwords.new_password,
        name="account_reset_password_from_key",
    )
    yield path("sign-in/with/no/", identity.refused, name="socialaccount_login_cancelled")
    yield path("sign-in/with/<slug:provider_id>/", identity.begin, name="openid_connect_login")
    yield path(
        "sign-in/with/<slug:provider_id>/back/", identity.back, name="openid_connect_callback"
    )

    yield path("invitations/<str:token>/", invitations.invitation, name="invitation")


def _people() -> Iterator[URLPattern]:
    yield path("people/", people.people, name="people")
    yield path("people/invite/", people.ask, name="people-invite")
    yield path("people/invitations/<int:invitation>/", people.withdraw, name="people-withdraw")
    yield path("people/<int:member>/end/", people.end, name="people-end")


def _account() -> Iterator[URLPattern]:
    yield path("account/", account.account, name="account")
    yield path("account/password/", passwords.change, name="account_change_password")
    yield path("account/password/first/", passwords.first, name="account_set_password")
    yield path("account/confirm/", passwords.confirm, name="account_reauthenticate")
    yield path("account/confirm/code/", second_factor.give_again, name="mfa_reauthenticate")
    yield path("account/second-factor/", second_factor.overview, name="mfa_index")
    yield path("account/second-factor/set-up/", second_factor.set_up, name="mfa_activate_totp")
    yield path("account/second-factor/off/", second_factor.take_off, name="mfa_deactivate_totp")
    yield path(
        "account/second-factor/codes/",
        second_factor.recovery_codes,
        name="mfa_view_recovery_codes",
    )
    yield path(
        "account/second-factor/codes/new/",
        second_factor.new_codes,
        name="mfa_generate_recovery_codes",
    )
