"""How each figure of a market's page is written: its number, its unit and what it means."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from convener.service.words import number, percent

Write = Callable[[Any], str]

HHI_SCALE = 2_500.0
HHI_GREATEST = 10_000.0


def one_place(value: Any) -> str:  # noqa: ANN401 -- any number
    """Return a number with one decimal."""
    return number(value, 1)


def one_place_percent(value: Any) -> str:  # noqa: ANN401 -- any number
    """Return a share as a percentage with one decimal."""
    return percent(value, 1)


@dataclass(frozen=True, kw_only=True)
class Spoken:
    """One measure in words.

    ``says`` may hold ``{share}``, a fraction in words, and ``{value}``, the number as written;
    ``unit`` may hold ``{whole}``, what the market's shares are shares of. ``short`` names the
    subject where the figure is missing.
    """

    short: str
    unit: str
    means: str = ""
    says: str = ""
    write: Write = percent
    bottom: float = 0.0
    top: float = 1.0


_HHI = Spoken(short="Concentration", unit="HHI", write=number, top=HHI_SCALE)
_KINDS = Spoken(
    short="Mix",
    unit="kinds",
    means="as if so many kinds had equal shares",
    write=one_place,
    bottom=1,
    top=8,
)

SPOKEN = {
    "effective-number-of-kinds": _KINDS,
    "hhi": _HHI,
    "hhi-by-count": _HHI,
    "single-bid-share": Spoken(
        short="Single bids",
        unit="of tenders",
        means="drew only one bid",
        says="{share} of the tenders drew one bid",
    ),
    "bids-per-tender": Spoken(
        short="Bids",
        unit="bids",
        means="on average to a competitive tender",
        says="a tender draws {value} bids",
        write=one_place,
        top=10,
    ),
    "new-entrants": Spoken(
        short="New entrants",
        unit="of winners",
        means="had won nothing here in the three years before",
        says="{share} of the winners are new",
    ),
    "incumbents-share": Spoken(
        short="Earlier winners",
        unit="of value",
        means="went to providers that had won here before",
        says="{share} of the value went to earlier winners",
    ),
    "switching": Spoken(
        short="Switching",
        unit="of ended contracts",
        means="were followed by one with none of the same providers",
        says="{share} of the ended contracts changed hands",
    ),
    "share-with-lots": Spoken(
        short="Lots",
        unit="of tenders",
        means="are divided into two lots or more",
        says="{share} of the tenders have lots",
    ),
    "lots-per-tender": Spoken(
        short="Lots",
        unit="lots",
        means="in a tender, on average",
        says="{value} lots in a tender",
        write=one_place,
        top=10,
    ),
    "bundling": Spoken(
        short="Size of contracts",
        unit="of contracts",
        means="are worth more than the middle provider wins here in a year",
        says="{share} of the contracts outsize the middle provider",
    ),
    "days-to-bid": Spoken(
        short="Days to bid",
        unit="days",
        means="to bid in the middle tender",
        says="the middle tender is open {value} days",
        write=number,
        top=90,
    ),
    "sme-share": Spoken(
        short="Small providers",
        unit="of {whole}",
        means="with small and medium providers, where size is known",
        says="{share} is with small and medium providers",
    ),
    "vcse-share": Spoken(
        short="Charities and social enterprises",
        unit="of {whole}",
        means="with charities, social enterprises and mutuals, where the kind is known",
        says="{share} is with charities, social enterprises and mutuals",
    ),
    "n-minus-1": Spoken(
        short="What would stop",
        unit="of {whole}",
        means="left without a provider if the one hardest to replace stopped, and each other "
        "could grow by a tenth in its own areas",
        says="{share} would be left without a provider",
    ),
    "area-dominance": Spoken(
        short="Local holds",
        unit="of areas",
        means="have one owner with 30% or more",
        says="one owner holds 30% or more in {share} of areas",
    ),
}
