"""Every route of the service, with an address at which the small store has something."""

import re

from django.urls import get_resolver, reverse

ROUTES = [pattern for pattern in get_resolver().url_patterns if pattern.name]
EXAMPLES = {
    "service": "childrens-homes",
    "table": "kinds",
    "measure": "hhi",
    "form": "csv",
    "key": 1,
    "number": 1,
    "ocid": "ocds-test-100",
    "exposed": "contracts",
}
NAMES = {"sources": "homes-list", "open": "figures"}  # what a route calls its name; else a measure
QUERIES = {"api-figures": "?measure=hhi", "api-search": "?q=care"}  # what must be asked
# A page at which a change is sent: the acts that change something, and signing in.
CHANGING = (
    "sign-in",
    "sign-out",
    "corrections-apply",
    "corrections-make",
    "corrections-undo",
    "notes-post",
    "notes-withdraw",
    "requests-answer",
    "watch-one",
    "watch-start",
    "watch-stop",
    "watch-warn",
)


def address(pattern) -> str:
    """Return an address of a route at which the small store has something."""
    names = re.findall(r"<(?:\w+:)?(\w+)>", str(pattern.pattern))
    name = next((NAMES[word] for word in NAMES if word in pattern.name), "hhi")
    table = "contracts" if "organisations" in pattern.name else EXAMPLES["table"]
    example = EXAMPLES | {"name": name, "table": table}
    found = reverse(pattern.name, kwargs={name: example[name] for name in names})
    return found + QUERIES.get(pattern.name, "")
