"""The Jinja2 environment of our pages, and what every page's frame needs."""

from __future__ import annotations

import hashlib
from functools import cache
from typing import Any

from django.conf import settings
from django.contrib.staticfiles import finders
from django.http import HttpRequest
from django.templatetags.static import static
from django.urls import reverse
from jinja2 import ChoiceLoader, Environment, PackageLoader, PrefixLoader

from convener.base.kinds import Kind
from convener.rules.access import Act, may
from convener.service import words
from convener.service.access import role_of
from convener.service.market.data import BrokenStoreError, market_data
from convener.service.market.tables import amount

NAVIGATION = (
    ("home", "Home", Act.SEE_HOME),
    ("markets", "Markets", Act.SEE_MARKET),
    ("compare", "Compare", Act.SEE_MARKET),
    ("search", "Search", Act.SEE_MARKET),
    ("registry", "Organisations", Act.SEE_REGISTRY),
    ("sources", "Sources", Act.SEE_SOURCE_QUALITY),
    ("measures", "Measures", Act.SEE_MEASURES),
    ("open", "Open data", Act.DOWNLOAD_FIGURES),
)


def environment(**options: Any) -> Environment:  # noqa: ANN401 -- Django's options
    """Return the environment: our templates, and GOV.UK Frontend's macros beside them.

    Undefined names stay Jinja's default, which the macros rely on.
    """
    made = Environment(**options)  # noqa: S701 -- Django passes autoescape=True
    ours = made.loader
    macros = PrefixLoader({"govuk_frontend_jinja": PackageLoader("govuk_frontend_jinja")})
    made.loader = ChoiceLoader([loader for loader in (ours, macros) if loader is not None])
    made.trim_blocks = made.lstrip_blocks = True
    made.globals.update(url=_url, static=_digested, kinds=tuple(Kind))
    made.filters.update(words.FILTERS, amount=amount)
    return made


def _url(name: str, *args: object, **kwargs: object) -> str:
    return reverse(name, args=args, kwargs=kwargs)


@cache
def _digest(path: str) -> str:
    found = finders.find(path)
    if not isinstance(found, str):
        return ""
    with open(found, "rb") as file:  # noqa: PTH123 -- hashlib wants the file itself
        return hashlib.file_digest(file, "sha256").hexdigest()[:12]


def _digested(path: str) -> str:
    """Return the address of a static file; it changes when the file does."""
    return f"{static(path)}?v={_digest(path)}"


def frame(request: HttpRequest) -> dict[str, Any]:
    """Return what the frame of every page shows: its navigation and its notice."""
    role = role_of(request)
    here = getattr(getattr(request, "resolver_match", None), "view_name", "")
    return {
        "navigation": [
            {"name": name, "label": label, "is_here": here.split("-")[0] == name}
            for name, label, act in NAVIGATION
            if may(role, act)
        ],
        "is_invented": settings.CONFIGURATION.is_demo or _is_invented(),
    }


def _is_invented() -> bool:
    """Say whether the loaded market is made up; a store that cannot be read shows no market."""
    try:
        return market_data().is_invented
    except BrokenStoreError:
        return False
