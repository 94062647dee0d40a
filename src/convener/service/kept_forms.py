"""What was typed into a form that could not be taken: kept until its page is opened again.

Whoever sent it was signed out meanwhile, or the form is older than the sign-in, so that its token
ran out. A signed cookie tells who was signed in here last; without it nothing is kept. What is
kept lies in the session of the browser, sealed under that person's key, so that nobody else who
signs in there sees it. Secrets and files are never kept.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import timedelta

from django.conf import settings
from django.contrib.auth.signals import user_logged_in, user_logged_out
from django.core.signing import BadSignature
from django.dispatch import receiver
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase

from convener.rules.access import Act, Role, may
from convener.service.access import role_of, signed_in
from convener.service.actions.journal import key_ring
from convener.service.keys import ErasedError, KeyLostError, TamperedError
from convener.service.refilling import refilled

COOKIE, SALT = "last-here", "convener.last-here"
KEPT, ABOUT = "typed", "what was typed"
LAST_FOR = timedelta(days=7)
MOST = 512 * 1024  # characters
PAD = 4_096  # characters: what is kept is so long, or a multiple, whatever the form
SECRET = ("password", "code", "token", "secret")
NOTICE = (
    '<div class="govuk-width-container"><div class="cv-told" role="status"><p><b>This was not sent'
    " yet.</b> What you typed is back; check it, and send it again.</p></div></div>"
)

PRIVATE_NOTICE = (
    '<div class="govuk-width-container"><div class="cv-told" role="status"><p><b>This was not sent'
    " yet.</b> What is typed in private is kept nowhere; type it again.</p></div></div>"
)
# What must not be kept, by route and by what the form does; that a form was kept looks alike.
PRIVATE = frozenset({("registry-accounts", "check")})

type Respond = Callable[[HttpRequest], HttpResponse]


@receiver(user_logged_in)
def remember(request: HttpRequest | None, user: object, **given: object) -> None:  # noqa: ARG001 -- a signal's signature
    """Have the answer's cookie say who signed in."""
    if request is not None:
        vars(request)[COOKIE] = str(getattr(user, "pk", ""))


@receiver(user_logged_out)
def forget(request: HttpRequest | None, **given: object) -> None:  # noqa: ARG001 -- as above
    """Have the answer drop the cookie, if it was the person who signed out."""
    if request is not None and request.method == "POST" and request.path == "/sign-out/":
        vars(request)[COOKIE] = ""


class KeptForms:
    """Keeps a form that came from someone who was signed out, and fills it when they are back."""

    def __init__(self, respond: Respond) -> None:
        self.respond = respond

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.respond(request)
        if request.method == "GET" and _fits(response):
            _fill(request, response)
        _set_cookie(request, response)
        return response

    def process_view(
        self,
        request: HttpRequest,
        view: object,
        args: object,  # noqa: ARG002 -- Django's signature
        kwargs: object,  # noqa: ARG002 -- as above
    ) -> HttpResponseBase | None:
        """Keep what a visitor sends to a page that takes a sign-in."""
        act = getattr(view, "act", None)
        if request.method != "POST" or not isinstance(act, Act):
            return None
        if role_of(request) is Role.VISITOR and not may(Role.VISITOR, act):
            keep(request)
        return None


def keep_old(request: HttpRequest) -> bool:
    """Keep a form of ours whose token ran out; say whether it was done.

    A form that another site sends in a person's name is not kept: it would come back as theirs.
    """
    found = request.resolver_match
    act = getattr(found.func, "act", None) if found is not None else None
    is_ours = request.headers.get("Origin") == f"{request.scheme}://{request.get_host()}"
    is_kept = is_ours and isinstance(act, Act) and not may(Role.VISITOR, act)
    return is_kept and keep(request)


def keep(request: HttpRequest) -> bool:
    """Keep the fields of a form for whoever was signed in here last; say whether it was done."""
    owner = _owner(request)
    fields = {
        name: values
        for name, values in request.POST.lists()
        if name != "csrfmiddlewaretoken" and not any(word in name.lower() for word in SECRET)
    }
    kept = {} if _is_private(request) else fields
    text = json.dumps({"path": request.get_full_path(), "fields": kept})
    if owner is None or not fields or len(text) > MOST:
        return False
    padded = text.ljust(-(-len(text) // PAD) * PAD).encode()
    try:
        envelope = key_ring().key(f"person:{owner}").seal(padded, about=ABOUT)
    except ErasedError:
        return False
    request.session[KEPT] = envelope.hex()
    vars(request)[KEPT] = bool(kept)
    return True


def _is_private(request: HttpRequest) -> bool:
    found = request.resolver_match
    return found is not None and (found.view_name, request.POST.get("do", "")) in PRIVATE


def _owner(request: HttpRequest) -> int | None:
    user = signed_in(request)
    if user is not None:
        return user.pk
    try:
        return int(request.get_signed_cookie(COOKIE, salt=SALT, max_age=LAST_FOR) or "")
    except (KeyError, ValueError, BadSignature):
        return None


def _fits(response: HttpResponse) -> bool:
    is_page = response.get("Content-Type", "").startswith("text/html")
    return response.status_code == 200 and is_page and not response.streaming  # noqa: PLR2004 -- HTTP


def _fill(request: HttpRequest, response: HttpResponse) -> None:
    """Fill the form of a page, if it is the one that was kept, for the person who typed."""
    user = signed_in(request) if KEPT in request.session else None
    if user is None:
        return
    try:
        key = key_ring().found(user.key_name)
        kept = json.loads(key.unseal(bytes.fromhex(request.session[KEPT]), about=ABOUT))
    except (KeyLostError, TamperedError):  # another person's, who was here before
        del request.session[KEPT]
        return
    if kept["path"] == request.get_full_path():
        page = response.content.decode()
        notice = NOTICE if kept["fields"] else PRIVATE_NOTICE
        response.content = refilled(page, kept["fields"], notice).encode()
        del request.session[KEPT]


def _set_cookie(request: HttpRequest, response: HttpResponse) -> None:
    owner = vars(request).get(COOKIE)
    if owner == "":
        response.delete_cookie(COOKIE, samesite="Lax")
    elif owner is not None:
        response.set_signed_cookie(
            COOKIE,
            owner,
            salt=SALT,
            max_age=LAST_FOR,
            httponly=True,
            samesite="Lax",
            secure=settings.SESSION_COOKIE_SECURE,
        )
