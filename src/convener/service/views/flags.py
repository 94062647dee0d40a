"""The integrity flags of one process, for signed-in analysts alone."""

from __future__ import annotations

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from convener.measures.lists.process_flags import AT_MOST, FlagFound
from convener.rules.access import Act
from convener.service.access import requires
from convener.service.market.data import market_data
from convener.service.market.flags import look
from convener.service.trail import trail
from convener.service.words import number, percent


@requires(Act.SEE_INTEGRITY_FLAGS)
@require_safe
def flags(request: HttpRequest, ocid: str) -> HttpResponse:
    """Show every rule upon one process: what it weighs, its limit, and what came of it."""
    looked = look(market_data(), ocid)
    context = {
        "process": looked.process,
        "rows": [_row(one) for one in looked.found],
        "flagged": looked.flagged,
        "judged": looked.judged,
        "notes": looked.notes,
        "trail": trail(here=f"Flags of {looked.process.ocid}"),
    }
    return render(request, "flags/one.html", context)


def _row(found: FlagFound) -> dict[str, object]:
    is_share = "hare" in found.weighs
    write = percent if is_share else _plain
    return {
        "found": found,
        "value": "Not known" if found.value is None else write(found.value),
        "threshold": _limit(found, write),
        "inputs": [f"{name} {number(value)}" for name, value in found.inputs],
    }


def _limit(found: FlagFound, write: Callable[[float], str]) -> str:
    """Return a limit; a fence below none is one that no share reaches."""
    if found.threshold is None:
        return "None"
    is_beyond = found.threshold < 0 and write is percent and AT_MOST in found.compares
    return "Below 0%: none reaches it" if is_beyond else write(found.threshold)


def _plain(value: float) -> str:
    return number(value, 0 if value == int(value) else 2)
