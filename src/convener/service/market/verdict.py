"""The verdict: one or two sentences on how balanced a market is, and where it is not.

Each is forced by figures of the sheet. Where the data leaves a figure open, the range is said.
"""

from __future__ import annotations

from math import ceil

from convener.base.kinds import Kind
from convener.measures.lists.holders import NOT_NAMED, Area, Provider
from convener.measures.measure import find_measure
from convener.measures.run import Row
from convener.measures.sheet import Sheet
from convener.service.words import counted, number, percent, sentence, share_in_words, span

LOCAL = "area-dominance"
HOLD = 0.3  # the share of an area at which one owner is looked at, as that measure assumes it
HALF = 0.5
LEAST = 5  # things on which anything is said
FEW = 0.9  # two providers that hold so much together are named together
ABOUT_EQUAL = 0.02  # a range so narrow is said as one share
OFTEN = 0.1  # single bids are told from the lower edge of the band that a source gives them
WIDE = 0.2  # a range so wide leaves open what it is of

_WITH = {
    Kind.IN_HOUSE: "provided by public bodies themselves",
    Kind.PUBLIC_BODY: "with other public bodies",
    Kind.PRIVATE: "with private providers",
    Kind.CHARITY: "with charities",
    Kind.SOCIAL_ENTERPRISE: "with social enterprises",
    Kind.MUTUAL: "with mutuals",
    Kind.JOINT_VENTURE: "with joint ventures",
    Kind.INDIVIDUAL: "with single people",
}
_ONE = {
    Kind.IN_HOUSE: "public body itself",
    Kind.PUBLIC_BODY: "other public body",
    Kind.UNKNOWN: "provider",
}


def verdict(sheet: Sheet) -> list[str]:
    """Return the sentences that the figures force: of the whole, then of its parts."""
    facts = sheet.tables.facts
    if facts.things < LEAST:
        return [f"Too little is here to say how balanced this market is: {_things(sheet)}."]
    if facts.providers == 1 and facts.named == facts.records:
        said = [_held_by_one(sheet), _about_bids(sheet)]
    else:
        said = [_and(_about_mix(sheet), _about_largest(sheet)), _about_parts(sheet)]
    return [sentence(words) for words in said if words]


def _things(sheet: Sheet) -> str:
    facts = sheet.tables.facts
    nouns = {
        "awards": ("award", "awards"),
        "payments": ("payment", "payments"),
        "provision": ("entry", "entries"),
    }
    return counted(facts.things, *nouns[facts.basis])


def _and(first: str, second: str) -> str:
    return f"{first}, and {second}" if first and second else first or second


def _held_by_one(sheet: Sheet) -> str:
    [one] = sheet.tables.providers[:1]
    kind = _ONE.get(one.kind, f"{one.kind.label.lower()} provider")
    if one.kind is Kind.INDIVIDUAL:
        return f"one person holds {_all(sheet)}"
    return f"one {kind}, {one.name}, holds {_all(sheet)}"


def _all(sheet: Sheet) -> str:
    whole = whole_of(sheet)
    return whole if whole.startswith("all ") else f"all of {whole}"


# --- The whole ---------------------------------------------------------------------------------


def _about_mix(sheet: Sheet) -> str:
    known = known_kinds(sheet)
    unknown = sheet.shares.get(Kind.UNKNOWN)
    hidden = float(unknown.value or 0) if unknown is not None else 0.0
    if hidden >= HALF or not known:
        return _hidden(sheet, hidden if known else 1.0)
    largest = max(known, key=lambda kind: float(known[kind].value or 0))
    low, high = ends(known[largest])
    if low > HALF:
        return f"{_part(sheet, low, high)} {_WITH[largest]}"
    highest = max(ends(row)[1] for row in known.values())
    if highest <= HALF:
        return f"no kind of provider holds more than {_at_most(highest)} of {whole_of(sheet)}"
    return f"between {percent(low)} and {percent(high)} of {_is(sheet)} {_WITH[largest]}"


def _hidden(sheet: Sheet, share: float) -> str:
    if share >= 1:
        return "the kind of no provider is known"
    return f"the kind of provider is unknown for {share_in_words(share)} of {whole_of(sheet)}"


def known_kinds(sheet: Sheet) -> dict[Kind, Row]:
    """Return the mix without what is unknown."""
    return {k: row for k, row in sheet.shares.items() if row.value and k is not Kind.UNKNOWN}


def _part(sheet: Sheet, low: float, high: float) -> str:
    if high - low > ABOUT_EQUAL:
        return f"between {percent(low)} and {percent(high)} of {_is(sheet)}"
    share = share_in_words(low)
    return f"{_all(sheet)} {_verb(sheet)}" if share == "all" else f"{share} of {_is(sheet)}"


def _is(sheet: Sheet) -> str:
    return f"{whole_of(sheet)} {_verb(sheet)}"


def _verb(sheet: Sheet) -> str:
    whole = whole_of(sheet)
    are_many = whole.startswith("all ") or whole in ("the awards", "the payments")
    return "are" if are_many else "is"


def whole_of(sheet: Sheet) -> str:
    """Return what all shares are shares of, in words."""
    facts = sheet.tables.facts
    if facts.basis == "provision":
        return f"all {facts.unit}" if facts.unit and not sheet.is_by_count else "what is listed"
    if sheet.is_by_count:
        return f"the {facts.basis}"
    return "the value awarded" if facts.basis == "awards" else "the money paid"


def _about_largest(sheet: Sheet) -> str:
    row = sheet.first("cr1", "cr1-by-count")
    if row is None:
        return ""
    low, high = ends(row)
    largest, second = (*sheet.tables.providers[:2], None, None)[:2]
    if second is not None and _together(largest, second) >= FEW and high - low <= ABOUT_EQUAL:
        return _two(sheet, largest, second)
    if high - low > WIDE:
        return (
            "the data leaves open how much the largest provider holds: "
            f"between {percent(low)} and {percent(high)}"
        )
    many = counted(sheet.tables.facts.providers, "provider")
    if second is not None and largest is not None and second.share == largest.share:
        return f"none of {many} holds more than {_at_most(high)}"
    return f"the largest of {many}{_name(largest)} holds {span(low, high, percent)}"


def _at_most(share: float) -> str:
    """Return a share that is not exceeded: rounding must not fall below it."""
    exact = percent(share)
    return exact if round(share, 2) >= share - 1e-9 else percent(ceil(share * 1000) / 1000, 1)


def _together(*providers: Provider | None) -> float:
    return sum((one.share or 0.0) for one in providers if one is not None)


def _two(sheet: Sheet, largest: Provider | None, second: Provider) -> str:
    both = " and ".join(one.name for one in (largest, second) if one is not None)
    share = percent(_together(largest, second))
    what = _all(sheet) if share == "100%" else f"{share} of {whole_of(sheet)}"
    named = "" if NOT_NAMED in both else f", {both},"
    return f"two providers{named} hold {what} between them"


def _name(provider: Provider | None) -> str:
    if provider is None or not provider.name or provider.kind is Kind.INDIVIDUAL:
        return ""
    return f", {provider.name},"


# --- Its parts ---------------------------------------------------------------------------------


def _about_parts(sheet: Sheet) -> str:
    return _and(_about_areas(sheet), _about_bids(sheet))


def _about_areas(sheet: Sheet) -> str:
    judged, held = judged_areas(sheet)
    if len(judged) < 2:  # noqa: PLR2004 -- of one area the market's own figures say it all
        return ""
    of = f"of the {counted(len(judged), 'area')} that can be judged"
    row = sheet.one(LOCAL)
    low, high = (round(end * row.count) for end in ends(row)) if row else (len(held),) * 2
    if low != high:
        many = f"{number(low)} to {number(high)} {of}"
        return f"in {many} one provider holds {percent(HOLD)} or more: the data leaves open which"
    if not held:
        return f"in none {of} does one provider hold {percent(HOLD)} or more"
    yet = "yet " if _is_spread(sheet) else ""
    where = f"each {of}" if len(held) == len(judged) else f"{number(len(held))} {of}"
    said = f"{yet}in {where} one provider holds {percent(HOLD)} or more"
    own = sum(area.kind is Kind.IN_HOUSE for area in held)
    if own == len(held):
        return f"{said}, a public body itself in every one"
    return f"{said}, a public body itself in {number(own)} of them" if own else said


def _is_spread(sheet: Sheet) -> bool:
    """Say whether no provider holds much of the market as a whole."""
    row = sheet.first("cr1", "cr1-by-count")
    return row is not None and ends(row)[1] < HOLD


def judged_areas(sheet: Sheet) -> tuple[list[Area], list[Area]]:
    """Return the areas large enough to judge, and those where one provider holds much."""
    least = int(find_measure(LOCAL).assumes["least"])
    judged = [a for a in sheet.tables.areas if a.things >= least and a.share is not None]
    return judged, [area for area in judged if is_held(area.share)]


def is_held(share: float | None) -> bool:
    """Say whether a share of an area is so large that one looks at it."""
    return share is not None and share >= HOLD - 1e-9


def _about_bids(sheet: Sheet) -> str:
    row = sheet.one("single-bid-share")
    if row is None or float(row.value or 0) < OFTEN:
        return ""
    share = share_in_words(float(row.value or 0))
    tenders = counted(row.count, "tender")
    return (
        f"all {tenders} drew one bid" if share == "all" else f"{share} of {tenders} drew one bid"
    )


def ends(row: Row) -> tuple[float, float]:
    """Return the least and the greatest value of a figure."""
    low = row.value if row.low is None else row.low
    high = row.value if row.high is None else row.high
    return float(low or 0), float(high or 0)
