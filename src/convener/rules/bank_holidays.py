"""Bank holidays of the three parts of the United Kingdom, year by year, with their sources.

Only days from Monday to Friday are listed: a holiday that falls on a weekend is given on another
day, and that day stands here. A year is added when GOV.UK has published it; nothing is guessed.
"""

from __future__ import annotations

from dataclasses import dataclass
from types import MappingProxyType

ENGLAND_AND_WALES = MappingProxyType(
    {
        2019: "01-01 04-19 04-22 05-06 05-27 08-26 12-25 12-26",
        2020: "01-01 04-10 04-13 05-08 05-25 08-31 12-25 12-28",
        2021: "01-01 04-02 04-05 05-03 05-31 08-30 12-27 12-28",
        2022: "01-03 04-15 04-18 05-02 06-02 06-03 08-29 09-19 12-26 12-27",
        2023: "01-02 04-07 04-10 05-01 05-08 05-29 08-28 12-25 12-26",
        2024: "01-01 03-29 04-01 05-06 05-27 08-26 12-25 12-26",
        2025: "01-01 04-18 04-21 05-05 05-26 08-25 12-25 12-26",
        2026: "01-01 04-03 04-06 05-04 05-25 08-31 12-25 12-28",
        2027: "01-01 03-26 03-29 05-03 05-31 08-30 12-27 12-28",
        2028: "01-03 04-14 04-17 05-01 05-29 08-28 12-25 12-26",
    }
)
SCOTLAND = MappingProxyType(
    {
        2019: "01-01 01-02 04-19 05-06 05-27 08-05 12-02 12-25 12-26",
        2020: "01-01 01-02 04-10 05-08 05-25 08-03 11-30 12-25 12-28",
        2021: "01-01 01-04 04-02 05-03 05-31 08-02 11-30 12-27 12-28",
        2022: "01-03 01-04 04-15 05-02 06-02 06-03 08-01 09-19 11-30 12-26 12-27",
        2023: "01-02 01-03 04-07 05-01 05-08 05-29 08-07 11-30 12-25 12-26",
        2024: "01-01 01-02 03-29 05-06 05-27 08-05 12-02 12-25 12-26",
        2025: "01-01 01-02 04-18 05-05 05-26 08-04 12-01 12-25 12-26",
        2026: "01-01 01-02 04-03 05-04 05-25 06-15 08-03 11-30 12-25 12-28",
        2027: "01-01 01-04 03-26 05-03 05-31 08-02 11-30 12-27 12-28",
        2028: "01-03 01-04 04-14 05-01 05-29 08-07 11-30 12-25 12-26",
    }
)
NORTHERN_IRELAND = MappingProxyType(
    {
        2019: "01-01 03-18 04-19 04-22 05-06 05-27 07-12 08-26 12-25 12-26",
        2020: "01-01 03-17 04-10 04-13 05-08 05-25 07-13 08-31 12-25 12-28",
        2021: "01-01 03-17 04-02 04-05 05-03 05-31 07-12 08-30 12-27 12-28",
        2022: "01-03 03-17 04-15 04-18 05-02 06-02 06-03 07-12 08-29 09-19 12-26 12-27",
        2023: "01-02 03-17 04-07 04-10 05-01 05-08 05-29 07-12 08-28 12-25 12-26",
        2024: "01-01 03-18 03-29 04-01 05-06 05-27 07-12 08-26 12-25 12-26",
        2025: "01-01 03-17 04-18 04-21 05-05 05-26 07-14 08-25 12-25 12-26",
        2026: "01-01 03-17 04-03 04-06 05-04 05-25 07-13 08-31 12-25 12-28",
        2027: "01-01 03-17 03-26 03-29 05-03 05-31 07-12 08-30 12-27 12-28",
        2028: "01-03 03-17 04-14 04-17 05-01 05-29 07-12 08-28 12-25 12-26",
    }
)

SOURCE = (
    "GOV.UK, UK bank holidays (www.gov.uk/bank-holidays); Banking and Financial Dealings Act 1971,"
    " section 1 and schedule 1, and for Scotland the St Andrew's Day Bank Holiday (Scotland) Act"
    " 2007"
)
# Past years stand. Those to come follow from the Act and the calendar, and a proclamation may
# still add to them or move one.
SETTLED_UNTIL = 2026


@dataclass(frozen=True)
class Proclaimed:
    """A day that was made a bank holiday for one year, or moved to another day, and why."""

    day: str
    why: str
    where: tuple[str, ...] = ("england-and-wales", "scotland", "northern-ireland")
    instead_of: str = ""


PROCLAIMED = (
    Proclaimed("2020-05-08", "75 years since Victory in Europe Day", instead_of="2020-05-04"),
    Proclaimed("2022-06-02", "Platinum Jubilee: the spring holiday", instead_of="2022-05-30"),
    Proclaimed("2022-06-03", "Platinum Jubilee of Queen Elizabeth II"),
    Proclaimed("2022-09-19", "State funeral of Queen Elizabeth II"),
    Proclaimed("2023-05-08", "Coronation of King Charles III"),
    Proclaimed("2026-06-15", "Scotland at the men's football World Cup", where=("scotland",)),
)
