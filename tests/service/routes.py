"""Every route of the service, with an address at which the small store has something."""

import re
from collections.abc import Mapping
from typing import Any

from django.urls import get_resolver, reverse

from service.examples import EXAMPLES

NAMED = [pattern for pattern in get_resolver().url_patterns if pattern.name]
# Commands of programs are sent and never read; `test_api_commands.py` asks each of them.
COMMANDS = [pattern for pattern in NAMED if str(pattern.pattern).startswith("api/commands/")]
ROUTES = [pattern for pattern in NAMED if pattern not in COMMANDS]
NAMES = {"sources": "source", "open": "file"}  # what the name in a route is of; else a measure
QUERIES = {"api-figures": "?measure={measure}{asked}", "api-search": "?q=care"}  # must be asked
# A page at which a change is sent: the acts that change something, and signing in.
CHANGING = (
    "sign-in",
    "sign-out",
    "account",
    "invitation",
    "people-invite",
    "people-withdraw",
    "people-end",
    "account_login",
    "account_reset_password",
    "account_reset_password_from_key",
    "account_change_password",
    "account_set_password",
    "account_reauthenticate",
    "mfa_authenticate",
    "mfa_reauthenticate",
    "mfa_activate_totp",
    "mfa_deactivate_totp",
    "mfa_generate_recovery_codes",
    "corrections-apply",
    "corrections-make",
    "corrections-undo",
    "notes-post",
    "notes-withdraw",
    "notices",
    "requests-answer",
    "registry-register",
    "registry-accounts",
    "registry-claim",
    "registry-decide",
    "registry-withdraw",
    "registry-name",
    "registry-kind",
    "registry-kind-back",
    "registry-number",
    "registry-number-back",
    "registry-match",
    "registry-match-end",
    "registry-holding",
    "registry-holding-end",
    "registry-holding-back",
    "registry-merge",
    "registry-merge-undo",
    "interests",
    "interests-declare",
    "registry-answer",
    "registry-answer-end",
    "registry-document",
    "registry-document-replace",
    "registry-document-end",
    "tokens",
    "tokens-make",
    "watch-one",
    "watch-start",
    "watch-stop",
    "watch-warn",
)
# What these show hangs on how far a sign-in is: out of turn they lead elsewhere, or are not there.
IN_TURN = frozenset(
    {
        "mfa_authenticate",
        "mfa_reauthenticate",
        "mfa_activate_totp",
        "mfa_deactivate_totp",
        "mfa_view_recovery_codes",
        "mfa_generate_recovery_codes",
        "account_change_password",
        "account_set_password",
        "account_reauthenticate",
        "openid_connect_login",
        "openid_connect_callback",
        "api-notices-one",  # one's own: what furniture told is another's
    }
)


def address(pattern, examples: Mapping[str, Any] = EXAMPLES) -> str:
    """Return an address of a route at which a store, the small one unless told, has something."""
    words = re.findall(r"<(?:\w+:)?(\w+)>", str(pattern.pattern))
    of = next((NAMES[word] for word in NAMES if word in pattern.name), "measure")
    table = "contracts" if "organisations" in pattern.name else examples["table"]
    known = {**examples, "name": examples[of], "table": table}
    found = reverse(pattern.name, kwargs={word: known[word] for word in words})
    return found + QUERIES.get(pattern.name, "").format_map(known)
