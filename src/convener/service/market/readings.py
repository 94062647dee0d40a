"""The five readings of a market, side by side: a number, what it says, and what it rests on.

Nothing is said here that a figure does not force. Bands stand only where a source gives them.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from convener.measures.balance import READINGS, Reading
from convener.measures.bands import Scheme, band, schemes
from convener.measures.lists.holders import Facts
from convener.measures.measure import find_measure
from convener.measures.run import Row
from convener.measures.sheet import Sheet, asked_of
from convener.service.market.spoken import HHI_GREATEST, SPOKEN, Spoken
from convener.service.market.trend import Trend, left_out_said, list_breaks, trend_of
from convener.service.market.verdict import ABOUT_EQUAL, HALF, ends, known_kinds, whole_of
from convener.service.words import (
    NO_FIGURE,
    counted,
    number,
    percent,
    sentence,
    share_in_words,
    span,
)

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
    count: str
    rests: str
    aside: str
    measure: str
    scale: Scale | None
    trend: Trend | None

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


def key_said(sheet: Sheet, shown: Sequence[Card]) -> list[str]:
    """Return how the marks of the cards are read, where any card has them."""
    said = [rule_said(sheet)]
    if any(card.scale and card.scale.bands for card in shown):
        said.append("Dashed marks are edges of a published band.")
    if any(card.trend and card.trend.breaks for card in shown):
        said.append(_breaks_said(sheet))
    if any(card.trend for card in shown):
        said.append(left_out_said(sheet))
    return [words for words in said if words]


def _breaks_said(sheet: Sheet) -> str:
    met = list_breaks(sheet)
    if not met:
        return "A line breaks at a dotted mark where years have no figure."
    parts = [
        f"in {one.year} from {number(one.before)} to {number(one.records)} records" for one in met
    ]
    return (
        f"A line breaks at a dotted mark where the list changed: {'; '.join(parts)}. What moved "
        "there may be the list and not the market."
    )


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
    low, high = ends(row)
    return Card(
        title=reading.title,
        asks=reading.asks,
        says=_says(sheet, row, on),
        number=span(low, high, spoken.write),
        unit=unit if len(unit) <= SHORT else "",
        means=_means(row, spoken) if len(unit) <= SHORT else f"{unit} {_means(row, spoken)}",
        count=f"{number(row.count)} {find_measure(row.measure).minimum_of}",
        rests=_rests(sheet, row, on),
        aside=_aside(row.measure, first),
        measure=row.measure,
        scale=_scale(row, spoken, on),
        trend=trend_of(sheet, row.measure, spoken.write),
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
        count="",
        rests=sentence(row.note) if row is not None else "",
        aside=_flow(sheet) if reading.key == "contest" else "",
        measure=first,
        scale=None,
        trend=None,
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


def _says(sheet: Sheet, row: Row, on: date) -> str:
    if row.measure == "effective-number-of-kinds":
        return _mix_says(sheet)
    if row.measure.startswith("hhi"):
        return _hhi_says(row, on)
    spoken = SPOKEN[row.measure]
    low, high = ends(row)
    if spoken.top == 1 and high - low > HALF:
        return "The data leaves this open"
    said = spoken.says.format(share=_share_said(low, high), value=spoken.write(row.value))
    return sentence(said).removesuffix(".")


def _share_said(low: float, high: float) -> str:
    if high - low > ABOUT_EQUAL:
        return f"between {percent(low)} and {percent(high)}"
    words = share_in_words(low)
    return span(low, high, percent) if words == percent(low) else words


def _mix_says(sheet: Sheet) -> str:
    known = known_kinds(sheet)
    if not known:
        return "No kind is known"
    largest = max(known, key=lambda kind: float(known[kind].value or 0))
    low, _ = ends(known[largest])
    if low > HALF:
        return f"Mostly one kind: {largest.label.lower()}"
    return f"No kind has half; {largest.label.lower()} has most"


def _hhi_says(row: Row, on: date) -> str:
    low, high = (_band(row.measure, end, on) for end in ends(row))
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
    low, high = ends(row)
    if not low or not high:
        return ""
    return f"as {span(HHI_GREATEST / high, HHI_GREATEST / low, number)} providers of equal size"


def _rests(sheet: Sheet, row: Row, on: date) -> str:
    """Return what stands after the count that a figure rests on."""
    parts = [f", {percent(row.coverage)} of all." if row.coverage is not None else "."]
    if row.basis != sheet.choices.basis:
        parts.append(f"Counted by {row.basis}.")
    if row.wilson_low is not None and row.wilson_high is not None:
        parts.append(f"95% Wilson interval {span(row.wilson_low, row.wilson_high, percent)}.")
    parts += [sentence("; ".join(_own_notes(row))), _bands_named(row.measure, on)]
    return " ".join(part for part in parts if part)


def _bands_named(name: str, on: date) -> str:
    met = [f"{scheme.name}, {scheme.status}" for scheme in _schemes(name, on)]
    return f"Band: {'; '.join(met)}." if met else ""


def _own_notes(row: Row) -> list[str]:
    """Return what a row says of itself alone: the page says once what holds for all."""
    parts = row.note.split("; ") if row.note else []
    return [part for part in parts if part != rule_of(row) and not part.startswith("assumes ")]


def rule_of(row: Row) -> str:
    """Return the rule by which an award to several suppliers was shared, where a row has one."""
    parts = row.note.split("; ")
    return next((part for part in parts if part.startswith("an award to several")), "")


def _scale(row: Row, spoken: Spoken, on: date) -> Scale | None:
    low, high = ends(row)
    top = spoken.top if high <= spoken.top else (HHI_GREATEST if spoken.unit == "HHI" else high)
    length = top - spoken.bottom

    def place(value: float) -> float:
        return 100 * min(1.0, max(0.0, (value - spoken.bottom) / length))

    written = (spoken.write(spoken.bottom), spoken.write(top))
    return Scale(
        start=place(low),
        length=max(1.6, place(high) - place(low)),
        ends=written,
        bands=tuple(
            place(end)
            for scheme in _schemes(row.measure, on)
            for end in (edge.up_to if edge.below is None else edge.below for edge in scheme.bands)
            if end is not None
        ),
        says=f"{span(low, high, spoken.write)} on a scale from {written[0]} to {written[1]}",
    )


def rests_said(sheet: Sheet) -> str:
    """Return what the page rests on, and whether things are counted as no value is given."""
    facts = sheet.tables.facts
    if not facts.things or not sheet.is_by_count or facts.basis == "provision":
        return rests_on(facts)
    return f"{rests_on(facts)} No value is given, so {facts.basis} are counted."


def rests_on(facts: Facts) -> str:
    """Return what the page's tables rest on, and the caution that changes their reading."""
    thing = {"awards": "award", "payments": "payment", "provision": "entry"}[facts.basis]
    many = "entries" if thing == "entry" else f"{thing}s"
    where = f" in {counted(facts.areas, 'area')}" if facts.areas else ""
    said = [f"Rests on {counted(facts.things, thing, many)}{where}."]
    if facts.records:
        said.append(
            f"Provider known for {percent(facts.named / facts.records)}, "
            f"kind for {percent(facts.kind_known / facts.records)}, "
            f"size or value for {percent(facts.valued / facts.records)}."
        )
    if facts.basis != "provision":
        said.append("In-house delivery is not in this data.")
    return " ".join(said)
