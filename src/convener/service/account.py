"""Who is signed in, and the links at the right of the bar that are theirs."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode

from django.conf import settings
from django.http import HttpRequest
from django.urls import reverse

from convener.rules.access import Act, Role, may
from convener.rules.personas import BY_EMAIL
from convener.service.access import role_of, user_of
from convener.service.models import Notice

# Route, label and act of what stands beside signing in and out.
ASIDE = (
    ("watch", "Watch", Act.WATCH_OWNERS),
    ("requests", "Requests", Act.ANSWER_REQUESTS),
    ("people", "People", Act.INVITE_MEMBERS),
    ("notices", "Notices", Act.SEE_NOTICES),
)


def account(request: HttpRequest) -> dict[str, Any]:
    """Return what the frame shows of the person; a visitor costs the database nothing."""
    here = getattr(getattr(request, "resolver_match", None), "view_name", "") or ""
    role = role_of(request)
    links = [
        _link(here, name, label, reverse(name)) for name, label, act in ASIDE if may(role, act)
    ]
    if role is Role.VISITOR:
        back = "" if request.path == "/" else f"?{urlencode({'next': request.path})}"
        address = reverse("sign-in") + ("" if here.startswith("sign-") else back)
        aside = [_link(here, "sign-in", "Sign in", address)]
        return {"aside": aside, "account": None, "trying": _trying("")}
    user = user_of(request)
    unread = Notice.objects.filter(user=user).unread().count()
    for link in links if unread else ():
        if link["href"] == reverse("notices"):
            link["label"] = f"Notices ({unread} new)"
    links.append(_link(here, "account", "Account", reverse("account")))
    links.append(_link(here, "sign-out", "Sign out", reverse("sign-out")))
    shown = {"email": user.email, "role": role.label}
    return {"aside": links, "account": shown, "trying": _trying(user.email)}


def _trying(email: str) -> dict[str, str] | None:
    """Return as whom a demonstration is tried; nothing of a name where it is as nobody."""
    if not settings.CONFIGURATION.is_demo:
        return None
    persona = BY_EMAIL.get(email)
    return {"name": persona.name, "says": persona.says} if persona else {"name": "", "says": ""}


def _link(here: str, name: str, label: str, href: str) -> dict[str, Any]:
    is_here = here == name or here.startswith(f"{name}-")
    return {"label": label, "href": href, "is_here": is_here}
