"""Where a page stands: the links above its title."""

from __future__ import annotations

from django.urls import reverse


def trail(*above: tuple[str, str], here: str) -> list[dict[str, str]]:
    """Return the breadcrumbs: home, the pages above by label and route name, and this page."""
    links = [("Home", "home"), *above]
    return [*({"text": label, "href": reverse(name)} for label, name in links), {"text": here}]
