"""Which organisations of the market a record might be."""

from __future__ import annotations

from collections.abc import Iterable

from convener.base.errors import NotFoundError
from convener.base.identifiers import org_id
from convener.measures.lists import spellings
from convener.measures.lists.spellings import find_organisation, organisations_like
from convener.rules.registry import Known, Match, decide_match
from convener.service.market.data import MarketData
from convener.service.models import Organisation

LEGAL_FORMS = frozenset({"limited", "ltd", "plc", "llp", "cic", "the", "uk"})


def match_for(data: MarketData, body: Organisation) -> Match:
    """Return whether a record is one of the market's organisations, and which might be it."""
    numbers = [org_id(each.scheme, each.identifier) for each in body.identifiers.all()]
    return decide_match(body.name, numbers, known_like(data, body.name, numbers))


def known_like(data: MarketData, name: str, numbers: Iterable[str]) -> tuple[Known, ...]:
    """Return the market's organisations that hold a number or are named like a name."""
    if data.is_empty:
        return ()
    found: dict[int, Known] = {}
    with data.cursor() as cursor:
        for text in (*numbers, name, _telling(name)):
            for one in organisations_like(cursor, text) if text else ():
                found.setdefault(one.key, Known(one.key, one.name, one.identifiers))
    return tuple(found.values())


def _telling(name: str) -> str:
    """Return a name without the words at its ends that tell nothing."""
    words = name.split()
    while words and words[-1].strip(".,()").lower() in LEGAL_FORMS:
        words.pop()
    while words and words[0].lower() in LEGAL_FORMS:
        words.pop(0)
    return " ".join(words)


def known_at(data: MarketData, key: int | None) -> spellings.Organisation | None:
    """Return the market's organisation of a key, where it is loaded and may be named."""
    if key is None or data.is_empty:
        return None
    try:
        with data.cursor() as cursor:
            return find_organisation(cursor, key)
    except NotFoundError:
        return None
