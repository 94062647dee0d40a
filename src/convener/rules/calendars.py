"""Working days: which days count, how many lie between two, and when so many have passed.

A working day is one from Monday to Friday that is no bank holiday of the calendar. Days begin and
end in the United Kingdom's own time, so one that ends at midnight there ends an hour earlier by
UTC in summer. What is due by a day may be done until that day ends.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from types import MappingProxyType
from zoneinfo import ZoneInfo

from convener.base.errors import BadInputError, NoSolutionError
from convener.rules.bank_holidays import (
    ENGLAND_AND_WALES,
    NORTHERN_IRELAND,
    SCOTLAND,
    SETTLED_UNTIL,
    SOURCE,
)

LONDON = ZoneInfo("Europe/London")
MOST_DAYS = 1_000  # four years of them: more is a slip
WARNED_FROM = 10  # October: GOV.UK has the next year by then, and deadlines begin to reach it
_DAY = timedelta(days=1)
_SATURDAY = 5


class UnknownCalendarError(BadInputError):
    """No calendar has this name."""


class MissingYearError(NoSolutionError):
    """A calendar was asked about a year whose bank holidays it does not have."""


@dataclass(frozen=True)
class Calendar:
    """The bank holidays of one part of the country, for the years that are known."""

    name: str
    label: str
    holidays: Mapping[int, frozenset[date]]
    source: str = SOURCE

    @property
    def years(self) -> tuple[int, int]:
        """Return the first and the last year that it has."""
        return min(self.holidays), max(self.holidays)

    def is_settled(self, year: int) -> bool:
        """Say whether a year is past change: one to come may still be given another holiday."""
        return year <= SETTLED_UNTIL

    def is_working_day(self, day: date) -> bool:
        """Say whether a day counts.

        Raises
        ------
        MissingYearError
            If the bank holidays of its year are not here.
        """
        return day.weekday() < _SATURDAY and day not in self._of(day.year)

    def _of(self, year: int) -> frozenset[date]:
        try:
            return self.holidays[year]
        except KeyError:
            first, last = self.years
            raise MissingYearError(
                f"the bank holidays of {self.label} in {year} are not here;"
                f" the calendar has {first} to {last}"
            ) from None

    def working_days_from(self, day: date) -> Iterator[date]:
        """Give working days, the first of them on a day or after it."""
        while True:
            if self.is_working_day(day):
                yield day
            day += _DAY

    def after(self, day: date, count: int) -> date:
        """Return the working day that comes so many after a day, which itself does not count.

        Raises
        ------
        BadInputError
            If the count is not 1 to `MOST_DAYS`.
        MissingYearError
            If it reaches a year whose bank holidays are not here.
        """
        return self.beginning_with(day + _DAY, count)

    def beginning_with(self, day: date, count: int) -> date:
        """Return the last of so many working days that begin with a day: it is the first of them.

        Where the day is no working day, the next one is the first.

        Raises
        ------
        BadInputError, MissingYearError
            As `after`.
        """
        if not 1 <= count <= MOST_DAYS:
            raise BadInputError(f"{count} working days; wanted 1 to {MOST_DAYS:,}")
        for number, found in enumerate(self.working_days_from(day), 1):
            if number == count:
                return found
        raise AssertionError  # working days never end

    def between(self, first: date, last: date) -> int:
        """Return how many working days come after one day, up to and with another.

        Raises
        ------
        MissingYearError
            If a year between them is not here.
        """
        days = (last - first).days
        return sum(self.is_working_day(first + number * _DAY) for number in range(1, days + 1))


def _read(listed: Mapping[int, str]) -> Mapping[int, frozenset[date]]:
    return MappingProxyType(
        {
            year: frozenset(date.fromisoformat(f"{year}-{day}") for day in days.split())
            for year, days in listed.items()
        }
    )


def _in_any(*parts: Calendar) -> Mapping[int, frozenset[date]]:
    years = set.intersection(*(set(part.holidays) for part in parts))
    return MappingProxyType(
        {year: frozenset().union(*(part.holidays[year] for part in parts)) for year in years}
    )


_PARTS = (
    Calendar("england-and-wales", "England and Wales", _read(ENGLAND_AND_WALES)),
    Calendar("scotland", "Scotland", _read(SCOTLAND)),
    Calendar("northern-ireland", "Northern Ireland", _read(NORTHERN_IRELAND)),
)
# Some laws count a day out where it is a bank holiday in any part: so does section 10(6) of the
# Freedom of Information Act 2000.
CALENDARS: Mapping[str, Calendar] = MappingProxyType(
    {
        calendar.name: calendar
        for calendar in (
            *_PARTS,
            Calendar("united-kingdom", "any part of the United Kingdom", _in_any(*_PARTS)),
        )
    }
)
USUAL = "england-and-wales"


def find_calendar(name: str) -> Calendar:
    """Return the calendar of a name.

    Raises
    ------
    UnknownCalendarError
        If there is none.
    """
    if name not in CALENDARS:
        raise UnknownCalendarError(
            f"no calendar is called {name[:40]!r}; wanted one of {', '.join(CALENDARS)}"
        )
    return CALENDARS[name]


def day_of(at: datetime) -> date:
    """Return the day that a moment lies in, by the clocks of the United Kingdom."""
    return at.astimezone(LONDON).date()


def end_of(day: date) -> datetime:
    """Return the moment at which a day ends there: what is done before it is done in time."""
    return datetime.combine(day + _DAY, datetime.min.time(), tzinfo=LONDON).astimezone(UTC)


def last_day(ends_at: datetime) -> date:
    """Return the day that ends at a moment, as `end_of` gives it."""
    return day_of(ends_at - timedelta(microseconds=1))


def missing_years(at: datetime) -> tuple[tuple[Calendar, int], ...]:
    """Return the calendars that lack a year which is near, with the year.

    From October on that is the next year; a year that has begun is missing all through it.
    """
    day = day_of(at)
    wanted = day.year + (day.month >= WARNED_FROM)
    return tuple((one, wanted) for one in CALENDARS.values() if one.years[1] < wanted)


# --- Waiting before a contract is signed ------------------------------------------------------


def standstill_ends(calendar: Calendar, published: date) -> date:
    """Return the last day of the standstill that a contract award notice begins.

    Eight working days beginning with the day of publication: Procurement Act 2023, section 51(2).
    A contract may be signed on the day after.
    """
    return calendar.beginning_with(published, 8)


def provider_standstill_ends(calendar: Calendar, published: date) -> date:
    """Return the last day of the standstill after an intention to choose a health provider.

    Until midnight at the end of the eighth working day after publication: Health Care Services
    (Provider Selection Regime) Regulations 2023, SI 2023/1348, regulation 12. The award comes
    after it, unless representations arrive.
    """
    return calendar.after(published, 8)
