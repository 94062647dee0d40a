"""What figures say in words: the five readings of a market, and the sentences they force.

Nothing is said here that a figure does not force. Bands stand only where a source gives them.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from convener.base.kinds import Kind
from convener.measures.balance import READINGS, Reading
from convener.measures.bands import Scheme, band, schemes
from convener.measures.measure import find_measure
from convener.measures.run import Row
from convener.service.sheet import Sheet
from convener.service.tables import NOT_NAMED, Facts
from convener.service.words import (
    NO_FIGURE,
    counted,
    number,
    percent,
    sentence,
    share_in_words,
    span,
)

Write = Callable[[Any], str]

LOCAL = "area-dominance"
HOLD = 0.3  # the share of an area at which one owner is looked at, as that measure assumes it
HALF = 0.5
HHI_SCALE = 2_500.0


def _one_place(value: Any) -> str:  # noqa: ANN401 -- any number
    return number(value, 1)


@dataclass(frozen=True)
class Spoken:
    """How one measure is written: its number, the words after it, what it means, its scale."""

    write: Write
    unit: str
    means: str
    says: str
    top: float = 1.0
    bottom: float = 0.0


SPOKEN = {
    "effective-number-of-kinds": Spoken(
        _one_place, "kinds", "as if so many kinds had equal shares", "", top=8, bottom=1
    ),
    "hhi": Spoken(number, "HHI", "", "", top=HHI_SCALE),
    "single-bid-share": Spoken(
        percent, "of tenders", "drew only one bid", "{share} of tenders drew one bid"
    ),
    "bids-per-tender": Spoken(
        _one_place, "bids", "on average to a competitive tender", "A tender draws {value} bids", 10
    ),
    "new-entrants": Spoken(
        percent,
        "of winners",
        "had won nothing here in the three years before",
        "{share} of winners are new",
    ),
    "incumbents-share": Spoken(
        percent,
        "of value",
        "went to providers that had won here before",
        "{share} of value went to earlier winners",
    ),
    "switching": Spoken(
        percent,
        "of ended contracts",
        "were followed by one with none of the same providers",
        "{share} of ended contracts changed hands",
    ),
    "entry-rate": Spoken(
        percent, "of providers", "entered since the period before", "{share} of providers are new"
    ),
    "share-with-lots": Spoken(
        percent, "of tenders", "are divided into lots", "{share} of tenders have lots"
    ),
    "lots-per-tender": Spoken(_one_place, "lots", "in a tender, on average", "{value} lots", 10),
    "bundling": Spoken(
        percent,
        "of contracts",
        "are worth more than the middle provider wins in a year",
        "{share} of contracts outsize the middle provider",
    ),
    "days-to-bid": Spoken(
        number, "days", "to bid in the middle tender", "The middle tender is open {value} days", 90
    ),
    "sme-share": Spoken(
        percent,
        "of value",
        "goes to small and medium providers, where size is known",
        "{share} goes to small and medium providers",
    ),
    "vcse-share": Spoken(
        percent,
        "of value",
        "goes to charities, social enterprises and mutuals, where the kind is known",
        "{share} goes to charities, social enterprises and mutuals",
    ),
    "n-minus-1": Spoken(
        percent,
        "of the market",
        "could not be taken up if the provider hardest to replace stopped and each other "
        "could grow by a tenth in the same area",
        "{share} would be left without a provider",
    ),
    LOCAL: Spoken(
        percent,
        "of areas",
        "have one owner with 30% or more",
        "One owner holds 30% or more in {share} of areas",
    ),
}


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
        for scheme in _schemes(card.measure, on)
    )
    return f"Dashed marks are edges of bands: {'; '.join(met)}." if met else ""


def _schemes(name: str, on: date) -> list[Scheme]:
    return [scheme for scheme in schemes() if scheme.holds(name, on)]


def _card(sheet: Sheet, reading: Reading, on: date) -> Card:
    asked = [name for name in reading.measures if name in SPOKEN]
    for name in asked:
        row = sheet.one(name)
        if row is not None and row.value is not None:
            return _figure(sheet, reading, asked[0], row, on)
    return _no_figure(sheet, reading, asked[0])


def _figure(sheet: Sheet, reading: Reading, first: str, row: Row, on: date) -> Card:
    spoken = SPOKEN[row.measure]
    low, high = _ends(row)
    return Card(
        title=reading.title,
        asks=reading.asks,
        says=_says(sheet, row, on),
        number=span(low, high, spoken.write),
        unit=spoken.unit,
        means=_means(row, spoken),
        rests=_rests(row),
        aside="" if row.measure == first else _why_not(sheet, first),
        measure=row.measure,
        scale=_scale(row, spoken, on),
    )


def _no_figure(sheet: Sheet, reading: Reading, first: str) -> Card:
    return Card(
        title=reading.title,
        asks=reading.asks,
        says="Cannot be said from this data",
        number=NO_FIGURE,
        unit="",
        means=_why_not(sheet, first),
        rests="",
        aside="",
        measure=first,
        scale=None,
    )


def _why_not(sheet: Sheet, name: str) -> str:
    """Return why a measure gives no figure here."""
    row = sheet.one(name)
    asks = sentence(find_measure(name).asks)
    if row is not None and row.note:
        return f"{asks} {sentence(row.note)}"
    if row is not None:
        return f"{asks} The records that it needs have gaps."
    needs = " or ".join(find_measure(name).needs[:2])
    return f"{asks} The data of this market has no {needs}."


def _ends(row: Row) -> tuple[float | None, float | None]:
    low = row.value if row.low is None else row.low
    high = row.value if row.high is None else row.high
    return (None if low is None else float(low)), (None if high is None else float(high))


def _says(sheet: Sheet, row: Row, on: date) -> str:
    if row.measure == "effective-number-of-kinds":
        return _mix_says(sheet)
    if row.measure == "hhi":
        return _hhi_says(row, on)
    spoken = SPOKEN[row.measure]
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
    said = low if low == high else f"from {low} to {high}"
    return f"{said[0].upper()}{said[1:]}, taken as a whole"


def _band(name: str, value: float, on: date) -> str:
    """Return what the first source that has bands in force calls a figure."""
    found = band(name, value, on)
    return found[0].name if found else "measured"


def _means(row: Row, spoken: Spoken) -> str:
    if row.measure != "hhi":
        return spoken.means
    low, high = _ends(row)
    if not low or not high:
        return ""
    return f"as {span(10_000 / high, 10_000 / low, number)} providers of equal size"


def _rests(row: Row) -> str:
    noun = find_measure(row.measure).minimum_of
    known = f", {percent(row.coverage)} of those there are" if row.coverage is not None else ""
    interval = ""
    if row.wilson_low is not None and row.wilson_high is not None:
        interval = f" 95% Wilson interval {span(row.wilson_low, row.wilson_high, percent)}."
    note = f" {sentence(row.note)}" if row.note else ""
    return f"Rests on {number(row.count)} {noun}{known}.{interval}{note}"


def _scale(row: Row, spoken: Spoken, on: date) -> Scale | None:
    low, high = _ends(row)
    if low is None or high is None:
        return None
    top = spoken.top if high <= spoken.top else (10_000 if row.measure == "hhi" else high)
    length = top - spoken.bottom

    def place(value: float) -> float:
        return 100 * min(1.0, max(0.0, (value - spoken.bottom) / length))

    ends = (spoken.write(spoken.bottom), spoken.write(top))
    return Scale(
        start=place(low),
        length=max(1.6, place(high) - place(low)),
        ends=ends,
        bands=tuple(
            place(edge.below)
            for scheme in _schemes(row.measure, on)
            for edge in scheme.bands
            if edge.below is not None
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
    share = share_in_words(low or 0.0)
    least = "at least " if high and low and high - low > 0.02 else ""  # noqa: PLR2004 -- two points
    return sentence(f"{least}{share} of {whole_of(sheet)} {_WITH[largest]}")


_WITH = {
    Kind.IN_HOUSE: "is provided by public bodies themselves",
    Kind.PUBLIC_BODY: "is with other public bodies",
    Kind.PRIVATE: "is with private providers",
    Kind.CHARITY: "is with charities",
    Kind.SOCIAL_ENTERPRISE: "is with social enterprises",
    Kind.MUTUAL: "is with mutuals",
    Kind.JOINT_VENTURE: "is with joint ventures",
    Kind.INDIVIDUAL: "is with single people",
}


def whole_of(sheet: Sheet) -> str:
    """Return what all shares are shares of, in words."""
    facts = sheet.tables.facts
    if facts.basis == "provision":
        return f"all {facts.unit}" if facts.unit and not sheet.is_by_count else "what is listed"
    if sheet.is_by_count:
        return f"the {facts.basis}"
    return "the value awarded" if facts.basis == "awards" else "the money paid"


def _about_largest(sheet: Sheet) -> str:
    row = sheet.one("cr1")
    if row is None or row.value is None:
        return ""
    low, high = _ends(row)
    largest = sheet.tables.providers[0].name if sheet.tables.providers else ""
    named = "" if largest in ("", NOT_NAMED) else f", {largest},"
    return f"The largest provider{named} holds {span(low, high, percent)}."


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
    if facts.things:
        said.append(
            f"Provider known for {percent(facts.named / facts.things)}, "
            f"kind for {percent(facts.kind_known / facts.things)}, "
            f"size or value for {percent(facts.valued / facts.things)}."
        )
    if facts.basis != "provision":
        said.append("In-house delivery is not in this data.")
    return " ".join(said)
