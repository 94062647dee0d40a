"""The readings of a what-if that move, and what it says of them in words."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from convener.measures.bands import band
from convener.measures.lists.holders import NOT_NAMED, Facts
from convener.measures.what_if.figures import Figures
from convener.measures.what_if.holdings import Holdings
from convener.measures.what_if.steps import Stop
from convener.service.market.spoken import (
    HHI_GREATEST,
    HHI_SCALE,
    Write,
    one_place,
    one_place_percent,
)
from convener.service.market.tables import amount
from convener.service.market.verdict import HOLD
from convener.service.market.what_if import Trial
from convener.service.words import NO_FIGURE, counted, number, percent, sentence, span

SMALL = 5e-7  # a difference that no page shows


@dataclass(frozen=True)
class Moved:
    """One reading before and after.

    ``was_at`` and ``is_at`` are places on the scale, in per cent of its length.
    """

    title: str
    measure: str
    says: str
    was: str
    now: str
    unit: str
    means: str
    aside: str
    was_at: float | None
    is_at: float | None
    ends: tuple[str, str]

    @property
    def has_figure(self) -> bool:
        """Say whether there is a number after the steps."""
        return self.now != NO_FIGURE

    @property
    def scale_says(self) -> str:
        """Return the drawing in words."""
        return f"{self.was} as it is, {self.now} after, from {self.ends[0]} to {self.ends[1]}"


def cards(trial: Trial, *, on: date) -> list[Moved]:
    """Return the five readings that move; band words are those in force on a day."""
    was, now = trial.before, trial.after
    names = trial.tried.holdings
    index = "hhi-by-count" if now.is_by_count else "hhi"
    top = HHI_SCALE if max(was.hhi or 0, now.hhi or 0) <= HHI_SCALE else HHI_GREATEST
    return [
        _moved(
            "Mix",
            "effective-number-of-kinds",
            (was.kinds.value, now.kinds.value),
            one_place,
            (1, 8),
            unit="kinds",
            means=f"as if so many had equal shares{_open_kinds(now)}",
        ),
        _moved(
            "Concentration",
            index,
            (was.hhi, now.hhi),
            number,
            (0, top),
            unit="HHI",
            means=_band_said(index, now.hhi, on),
        ),
        _moved(
            "Largest provider",
            "cr1-by-count" if now.is_by_count else "cr1",
            (was.largest, now.largest),
            one_place_percent,
            (0, 1),
            means=f"with {holder_name(names, now.largest_holder)}",
        ),
        _moved(
            "Local holds",
            "area-dominance",
            (was.held_share, now.held_share),
            percent,
            (0, 1),
            unit="of areas",
            means=f"{number(now.held)} of {counted(now.judged, 'area')} have one owner with "
            f"{percent(HOLD)} or more{_held_before(trial)}",
        ),
        _moved(
            "What would stop",
            "n-minus-1",
            (was.left_over, now.left_over),
            one_place_percent,
            (0, 1),
            means=f"left without a provider if {holder_name(names, now.hardest)} stopped, and "
            f"each other grew by {percent(trial.asked.spare)} where it is",
        ),
    ]


def _moved(
    title: str,
    measure: str,
    values: tuple[float | None, float | None],
    write: Write,
    ends: tuple[float, float],
    *,
    unit: str = "",
    means: str = "",
) -> Moved:
    was, now = values

    def place(value: float | None) -> float | None:
        if value is None:
            return None
        return 100 * min(1.0, max(0.0, (value - ends[0]) / (ends[1] - ends[0])))

    return Moved(
        title=title,
        measure=measure,
        says=_direction(was, now, write),
        was=write(was),
        now=write(now),
        unit=unit,
        means=sentence(means) if now is not None else "",
        aside="",
        was_at=place(was),
        is_at=place(now),
        ends=(write(ends[0]), write(ends[1])),
    )


def _direction(was: float | None, now: float | None, write: Write) -> str:
    if was is None or now is None:
        return "Cannot be said from this data" if was is now else "Said on one side only"
    if abs(now - was) <= SMALL * max(1.0, abs(was)):
        return "Does not move"
    if write(was) == write(now):
        return "Moves by less than is written"
    return f"{'Rises' if now > was else 'Falls'} from {write(was)}"


def _held_before(trial: Trial) -> str:
    was, now = trial.before, trial.after
    if (was.held, was.judged) == (now.held, now.judged):
        return ""
    return f"; as it is {number(was.held)} of {number(was.judged)}"


def _open_kinds(figures: Figures) -> str:
    low, high = figures.kinds.low, figures.kinds.high
    if low is None or high is None or one_place(low) == one_place(high):
        return ""
    return f"; {span(low, high, one_place)} over what unknown providers may be"


def _band_said(measure: str, value: float | None, on: date) -> str:
    found = band(measure, value, on) if value is not None else ()
    return f"{found[0].name}, by the {found[0].scheme}" if found else "sum of squared shares"


def holder_name(holdings: Holdings, position: int | None) -> str:
    """Return a holder's name; a person is not named."""
    if position is None:
        return "nobody"
    return holdings.holders[position].name or NOT_NAMED.lower()


def verdict(trial: Trial, facts: Facts) -> list[str]:
    """Return what the steps do, in the sentences that the figures force."""
    was, now = trial.before, trial.after
    taken = trial.tried.taken
    if not taken:
        return ["Nothing is changed yet.", "Add a change below, and the readings move."]
    said = [f"After {counted(len(taken), 'change')} {_concentration_said(was, now)}."]
    if was.judged and now.judged and was.held != now.held:
        said.append(
            f"One owner holds {percent(HOLD)} or more in {number(now.held)} of "
            f"{counted(now.judged, 'area')}; as it is, in {number(was.held)}."
        )
    lost = [step for step in taken if isinstance(step.step, Stop)]
    if lost and any(step.amount for step in lost):
        left, whole = sum(step.left_over for step in lost), sum(step.amount or 0 for step in lost)
        said.append(
            f"Of {amount_said(whole, facts)} that stop, {amount_said(left, facts)} find no other "
            "provider."
        )
    return said


def _concentration_said(was: Figures, now: Figures) -> str:
    if was.largest is None or now.largest is None:
        return "the largest share cannot be said"
    before, after = one_place_percent(was.largest), one_place_percent(now.largest)
    if before == after:
        return f"the largest provider holds {after}, as it does now"
    return f"the largest provider holds {after} instead of {before}"


def amount_said(value: float | None, facts: Facts) -> str:
    """Return an amount with its unit."""
    if facts.basis == "provision" and value is not None:
        return f"{number(value, 0 if float(value).is_integer() else 1)} {facts.unit or 'places'}"
    return amount(value, facts)
