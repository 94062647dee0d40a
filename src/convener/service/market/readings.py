"""What figures say in words: the five readings of a market, and the sentences they force.

Nothing is said here that a figure does not force. Bands stand only where a source gives them.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from convener.base.kinds import Kind
from convener.measures.balance import READINGS, Reading
from convener.measures.bands import Scheme, band, schemes
from convener.measures.lists.holders import NOT_NAMED, Facts
from convener.measures.measure import find_measure
from convener.measures.run import Row
from convener.measures.sheet import Sheet, asked_of
from convener.service.market.spoken import HHI_GREATEST, SPOKEN, Spoken
from convener.service.words import (
    NO_FIGURE,
    counted,
    number,
    percent,
    sentence,
    share_in_words,
    span,
)

LOCAL = "area-dominance"
HOLD = 0.3  # the share of an area at which one owner is looked at, as that measure assumes it
HALF = 0.5
SHORT = 7  # letters of a unit that stand beside its number


@dataclass(frozen=True)
class Card:
    """One reading as the page shows it."""

    title: str
    asks: str
    says: str
    number: str
    unit: str
    means: str
    rests: str
    aside: str
    measure: str
    scale: Scale | None

    @property
    def has_figure(self) -> bool:
        return self.number != NO_FIGURE


@dataclass(frozen=True)
class Scale:
    """A range on the whole of what is possible, in per cent of its length."""

    start: float
    length: float
    ends: tuple[str, str]
    bands: tuple[float, ...]
    says: str


def cards(sheet: Sheet, *, on: date) -> list[Card]:
    """Return the five readings: the first figure of each that can be given.

    Bands are those in force on a day.
    """
    return [_card(sheet, reading, on) for reading in READINGS]


def bands_said(shown: Sequence[Card], *, on: date) -> str:
    """Return whose bands the dashed marks are, and how sure that is."""
    met = dict.fromkeys(
        f"{scheme.name} ({scheme.status})"
        for card in shown
        if card.scale
        for scheme in _schemes(card.measure, on)
    )
    return f"Dashed marks are edges of bands: {'; '.join(met)}." if met else ""


def rule_said(sheet: Sheet) -> str:
    """Return the rule by which awards to several suppliers were shared, where there are such."""
    rules = (rule_of(row) for rows in sheet.rows.values() for row in rows)
    return sentence(next((rule for rule in rules if rule), ""))


def _schemes(name: str, on: date) -> list[Scheme]:
    return [scheme for scheme in schemes() if scheme.holds(name, on)]


def _card(sheet: Sheet, reading: Reading, on: date) -> Card:
    asked = [name for name in asked_of(reading) if name in SPOKEN]
    for name in asked:
        row = sheet.one(name)
        if row is not None and row.value is not None:
            return _figure(sheet, reading, asked[0], row, on)
    return _no_figure(sheet, reading, asked[0])


def _figure(sheet: Sheet, reading: Reading, first: str, row: Row, on: date) -> Card:
    spoken = SPOKEN[row.measure]
    unit = spoken.unit.format(whole=whole_of(sheet))
    low, high = _ends(row)
    return Card(
        title=reading.title,
        asks=reading.asks,
        says=_says(sheet, row, on),
        number=span(low, high, spoken.write),
        unit=unit if len(unit) <= SHORT else "",
        means=_means(row, spoken) if len(unit) <= SHORT else f"{unit} {_means(row, spoken)}",
        rests=_rests(sheet, row),
        aside=_aside(row.measure, first),
        measure=row.measure,
        scale=_scale(row, spoken, on),
    )


def _aside(shown: str, first: str) -> str:
    """Say that the reading's first figure is missing, where another stands in."""
    if SPOKEN[shown].short == SPOKEN[first].short:
        return ""
    return f"{SPOKEN[first].short}: no figure from this data."


def _no_figure(sheet: Sheet, reading: Reading, first: str) -> Card:
    row = sheet.one(first)
    return Card(
        title=reading.title,
        asks=reading.asks,
        says="Cannot be said from this data",
        number=NO_FIGURE,
        unit="",
        means=sentence(find_measure(first).asks),
        rests=sentence(row.note) if row is not None else "",
        aside=_flow(sheet) if reading.key == "contest" else "",
        measure=first,
        scale=None,
    )


def _flow(sheet: Sheet) -> str:
    """Say what a list of entries and exits shows in place of tenders."""
    opened, closed = sheet.one("places-opened"), sheet.one("places-closed")
    if opened is None or closed is None or opened.value is None or closed.value is None:
        return ""
    return (
        f"What it does show: {number(opened.value)} joined the list and "
        f"{number(closed.value)} left it."
    )


def _ends(row: Row) -> tuple[float | None, float | None]:
    low = row.value if row.low is None else row.low
    high = row.value if row.high is None else row.high
    return (None if low is None else float(low)), (None if high is None else float(high))


def _says(sheet: Sheet, row: Row, on: date) -> str:
    if row.measure == "effective-number-of-kinds":
        return _mix_says(sheet)
    if row.measure.startswith("hhi"):
        return _hhi_says(row, on)
    spoken = SPOKEN[row.measure]
    low, high = _ends(row)
    if spoken.top == 1 and low is not None and high is not None and high - low > HALF:
        return "The data leaves this open"
    words = share_in_words(float(row.value or 0)) if spoken.write is percent else ""
    return sentence(spoken.says.format(share=words, value=spoken.write(row.value))).removesuffix(
        "."
    )


def _mix_says(sheet: Sheet) -> str:
    known = {
        kind: row for kind, row in sheet.shares.items() if row.value and kind is not Kind.UNKNOWN
    }
    if not known:
        return "No kind is known"
    largest = max(known, key=lambda kind: float(known[kind].value or 0))
    low, _ = _ends(known[largest])
    if low is not None and low > HALF:
        return f"Mostly one kind: {largest.label.lower()}"
    return f"No kind has half; {largest.label.lower()} has most"


def _hhi_says(row: Row, on: date) -> str:
    low, high = (_band(row.measure, end or 0.0, on) for end in _ends(row))
    if low == high:
        return f"{low.capitalize()}, taken as a whole"
    return f"Between {low.removesuffix(' concentrated')} and {high}"


def _band(name: str, value: float, on: date) -> str:
    """Return what the first source that has bands in force calls a figure."""
    found = band(name, value, on)
    return found[0].name if found else "measured"


def _means(row: Row, spoken: Spoken) -> str:
    if not row.measure.startswith("hhi"):
        return spoken.means
    low, high = _ends(row)
    if not low or not high:
        return ""
    return f"as {span(HHI_GREATEST / high, HHI_GREATEST / low, number)} providers of equal size"


def _rests(sheet: Sheet, row: Row) -> str:
    noun = find_measure(row.measure).minimum_of
    known = f", {percent(row.coverage)} of all" if row.coverage is not None else ""
    interval = ""
    if row.wilson_low is not None and row.wilson_high is not None:
        interval = f" 95% Wilson interval {span(row.wilson_low, row.wilson_high, percent)}."
    note = sentence("; ".join(_own_notes(row)))
    basis = f" Counted by {row.basis}." if row.basis != sheet.choices.basis else ""
    return f"Rests on {number(row.count)} {noun}{known}.{basis}{interval} {note}".strip()


def _own_notes(row: Row) -> list[str]:
    """Return what a row says of itself alone: the page says once what holds for all."""
    parts = row.note.split("; ") if row.note else []
    return [part for part in parts if part != rule_of(row) and not part.startswith("assumes ")]


def rule_of(row: Row) -> str:
    """Return the rule by which an award to several suppliers was shared, where a row has one."""
    parts = row.note.split("; ")
    return next((part for part in parts if part.startswith("an award to several")), "")


def _scale(row: Row, spoken: Spoken, on: date) -> Scale | None:
    low, high = _ends(row)
    if low is None or high is None:
        return None
    top = spoken.top if high <= spoken.top else (HHI_GREATEST if spoken.unit == "HHI" else high)
    length = top - spoken.bottom

    def place(value: float) -> float:
        return 100 * min(1.0, max(0.0, (value - spoken.bottom) / length))

    ends = (spoken.write(spoken.bottom), spoken.write(top))
    return Scale(
        start=place(low),
        length=max(1.6, place(high) - place(low)),
        ends=ends,
        bands=tuple(
            place(end)
            for scheme in _schemes(row.measure, on)
            for end in (edge.up_to if edge.below is None else edge.below for edge in scheme.bands)
            if end is not None
        ),
        says=f"{span(low, high, spoken.write)} on a scale from {ends[0]} to {ends[1]}",
    )


def verdict(sheet: Sheet) -> list[str]:
    """Return the sentences that the figures force, the weightiest first."""
    said = [_about_mix(sheet), _about_largest(sheet), _about_areas(sheet)]
    return [words for words in said if words]


def _about_mix(sheet: Sheet) -> str:
    known = {
        kind: row for kind, row in sheet.shares.items() if row.value and kind is not Kind.UNKNOWN
    }
    if not known:
        return ""
    largest = max(known, key=lambda kind: float(known[kind].value or 0))
    low, high = _ends(known[largest])
    if low is None or high is None:
        return ""
    whole = whole_of(sheet)
    verb = "is" if _it(sheet) == "it" else "are"
    share = share_in_words(low)
    if high - low > ABOUT_EQUAL:
        share = f"between {percent(low)} and {percent(high)}"
    part = f"all {whole}" if share == "all" else f"{share} of {whole}"
    return sentence(f"{part} {verb} {_WITH[largest]}")


ABOUT_EQUAL = 0.02  # a range so narrow is said as one share
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


def whole_of(sheet: Sheet) -> str:
    """Return what all shares are shares of, in words."""
    facts = sheet.tables.facts
    if facts.basis == "provision":
        return f"all {facts.unit}" if facts.unit and not sheet.is_by_count else "what is listed"
    if sheet.is_by_count:
        return f"the {facts.basis}"
    return "the value awarded" if facts.basis == "awards" else "the money paid"


def _it(sheet: Sheet) -> str:
    """Return the pronoun for what the shares are of."""
    whole = whole_of(sheet)
    return "them" if whole.startswith("all ") or whole in ("the awards", "the payments") else "it"


def _about_largest(sheet: Sheet) -> str:
    row = sheet.first("cr1", "cr1-by-count")
    if row is None:
        return ""
    low, high = _ends(row)
    largest = sheet.tables.providers[0].name if sheet.tables.providers else ""
    named = "" if largest in ("", NOT_NAMED) else f", {largest},"
    return f"The largest provider{named} holds {span(low, high, percent)} of {_it(sheet)}."


def _about_areas(sheet: Sheet) -> str:
    judged, over = local_count(sheet)
    if judged < 2:  # noqa: PLR2004 -- of one area the market's own figures say it all
        return ""
    return (
        f"In {number(over)} of the {counted(judged, 'area')} that can be judged, one provider "
        f"holds {percent(HOLD)} or more."
    )


def local_count(sheet: Sheet) -> tuple[int, int]:
    """Return how many areas are large enough to judge, and in how many one provider holds much."""
    least = int(find_measure(LOCAL).assumes["least"])
    judged = [
        area for area in sheet.tables.areas if area.things >= least and area.share is not None
    ]
    return len(judged), sum(is_held(area.share) for area in judged)


def is_held(share: float | None) -> bool:
    """Say whether a share of an area is so large that one looks at it."""
    return share is not None and share >= HOLD - 1e-9


def rests_on(facts: Facts) -> str:
    """Return what the page's tables rest on, and the caution that changes their reading."""
    thing = {"awards": "award", "payments": "payment", "provision": "entry"}[facts.basis]
    many = "entries" if thing == "entry" else f"{thing}s"
    said = [
        f"Rests on {counted(facts.things, thing, many)}"
        + (f" in {counted(facts.areas, 'area')}" if facts.areas else "")
        + "."
    ]
    if facts.records:
        said.append(
            f"Provider known for {percent(facts.named / facts.records)}, "
            f"kind for {percent(facts.kind_known / facts.records)}, "
            f"size or value for {percent(facts.valued / facts.records)}."
        )
    if facts.basis != "provision":
        said.append("In-house delivery is not in this data.")
    return " ".join(said)
