"""Every route of the service, with an address at which the small store has something."""

import re

from django.urls import get_resolver, reverse

ROUTES = [pattern for pattern in get_resolver().url_patterns if pattern.name]
EXAMPLES = {
    "service": "childrens-homes",
    "table": "kinds",
    "form": "csv",
}


def address(pattern) -> str:
    """Return an address of a route at which the small store has something."""
    names = re.findall(r"<(?:\w+:)?(\w+)>", str(pattern.pattern))
    example = EXAMPLES | {"name": "homes-list" if "sources" in pattern.name else "hhi"}
    return reverse(pattern.name, kwargs={name: example[name] for name in names})
