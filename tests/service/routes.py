"""Every route of the service, with an address at which the small store has something."""

import re
from collections.abc import Mapping
from typing import Any

from django.urls import get_resolver, reverse

ROUTES = [pattern for pattern in get_resolver().url_patterns if pattern.name]
EXAMPLES = {
    "service": "childrens-homes",
    "source": "homes-list",
    "file": "figures",
    "table": "kinds",
    "measure": "hhi",
    "asked": "",
    "form": "csv",
    "key": 1,
    "number": 1,
    "ocid": "ocds-test-100",
    "exposed": "contracts",
}
NAMES = {"sources": "source", "open": "file"}  # what the name in a route is of; else a measure
QUERIES = {"api-figures": "?measure={measure}{asked}", "api-search": "?q=care"}  # must be asked
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


def address(pattern, examples: Mapping[str, Any] = EXAMPLES) -> str:
    """Return an address of a route at which a store, the small one unless told, has something."""
    words = re.findall(r"<(?:\w+:)?(\w+)>", str(pattern.pattern))
    of = next((NAMES[word] for word in NAMES if word in pattern.name), "measure")
    table = "contracts" if "organisations" in pattern.name else examples["table"]
    known = {**examples, "name": examples[of], "table": table}
    found = reverse(pattern.name, kwargs={word: known[word] for word in words})
    return found + QUERIES.get(pattern.name, "").format_map(known)
