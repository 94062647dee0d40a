"""What if: what an address asks of a market, and its readings before and after.

Nothing is stored: every step, range and choice stands in the address.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import partial
from urllib.parse import parse_qsl, quote, urlencode

from django.http import QueryDict

from convener.base.errors import BadInputError
from convener.base.kinds import Kind
from convener.measures.markets import ENTITY, Market
from convener.measures.measure import find_measure
from convener.measures.sheet import Choices, question_of, read_choices, usual_choices
from convener.measures.what_if.figures import Figures, figures_of
from convener.measures.what_if.holdings import Holdings, read_holdings
from convener.measures.what_if.steps import STEPS_MAX, Step, StepError, read_step
from convener.measures.what_if.things import Listed, find_thing, list_things
from convener.measures.what_if.trying import Taken, Tried, try_steps
from convener.service.market.data import MarketData
from convener.service.market.switches import query_of, sheet_of

_SPARE_MOST = 100.0  # per cent of a provider's own size


@dataclass(frozen=True)
class Bounds:
    """The range that a visitor set for a kind's share, in per cent; either end may be open."""

    least: float | None = None
    most: float | None = None


@dataclass(frozen=True)
class Asked:
    """What an address asks: the choices, the steps as written, the spare capacity, the ranges."""

    market: Market
    choices: Choices
    steps: tuple[str, ...]
    spare: float
    bounds: Mapping[Kind, Bounds]
    faults: tuple[str, ...]

    def query(self, *, steps: tuple[str, ...] | None = None, **change: str) -> str:
        """Return the address's query, perhaps with other steps or another choice."""
        chosen = query_of(self.market, self.choices, **change).removeprefix("?")
        other = self if steps is None else replace(self, steps=steps)
        parts = [part for part in (chosen, other.rest) if part]
        return f"?{'&'.join(parts)}" if parts else ""

    @property
    def rest(self) -> str:
        """Return what stands in the address beside the choices."""
        return urlencode(
            [*self.steps_asked, *self.spare_asked, *self.bounds_asked], safe=":/=", quote_via=quote
        )

    @property
    def choices_asked(self) -> list[tuple[str, str]]:
        """Return the choices as an address holds them; what is usual is left out."""
        return parse_qsl(query_of(self.market, self.choices).removeprefix("?"))

    @property
    def steps_asked(self) -> list[tuple[str, str]]:
        """Return the steps as an address holds them."""
        return [("step", step) for step in self.steps]

    @property
    def spare_asked(self) -> list[tuple[str, str]]:
        """Return the spare capacity as an address holds it; what is usual is left out."""
        return [] if self.spare == usual_spare() else [("spare", f"{100 * self.spare:.6g}")]

    @property
    def bounds_asked(self) -> list[tuple[str, str]]:
        """Return the ranges as an address holds them."""
        return [
            (f"{end}-{kind.value}", f"{value:.6g}")
            for kind, bound in self.bounds.items()
            for end, value in (("least", bound.least), ("most", bound.most))
            if value is not None
        ]


@dataclass(frozen=True)
class StepLine:
    """One step as the page lists it: what it did, or why it could not be taken."""

    words: str
    taken: Taken | None
    fault: str
    without: str


@dataclass(frozen=True)
class Trial:
    """A market before and after what an address asks."""

    asked: Asked
    before: Figures
    after: Figures
    holdings: Holdings
    tried: Tried
    lines: tuple[StepLine, ...]

    @property
    def is_changed(self) -> bool:
        """Say whether any step was taken."""
        return bool(self.tried.taken)


def usual_spare() -> float:
    """Return the spare capacity that the measure of what would stop assumes."""
    return float(find_measure("n-minus-1").assumes["spare"])


def read_asked(market: Market, address: QueryDict) -> Asked:
    """Return what an address asks; what cannot be read is named and left out."""
    faults: list[str] = []
    choices = _choices(market, address, faults)
    steps = address.getlist("step")
    if len(steps) > STEPS_MAX:
        faults.append(f"{len(steps)} steps were met; wanted at most {STEPS_MAX}")
    return Asked(
        market=market,
        choices=choices,
        steps=tuple(step[:500] for step in steps[:STEPS_MAX]),
        spare=_spare(address, faults),
        bounds=_bounds(address, faults),
        faults=tuple(faults),
    )


def _choices(market: Market, address: QueryDict, faults: list[str]) -> Choices:
    """Return the choices of an address; who stops or receives is always an ultimate owner."""
    try:
        return replace(read_choices(market, address), entity=ENTITY)
    except BadInputError as error:
        faults.append(str(error))
        return usual_choices(market)


def _spare(address: QueryDict, faults: list[str]) -> float:
    word = address.get("spare", "").strip().removesuffix("%")
    if not word:
        return usual_spare()
    met = _number(word)
    if met is None or not 0 <= met <= _SPARE_MOST:
        faults.append(f"the spare capacity {word!r} was met; wanted 0 to 100 per cent")
        return usual_spare()
    return met / 100


def _bounds(address: QueryDict, faults: list[str]) -> dict[Kind, Bounds]:
    found = {}
    for kind in Kind:
        ends: dict[str, float | None] = {}
        for end in ("least", "most"):
            word = address.get(f"{end}-{kind.value}", "").strip().removesuffix("%")
            value = _number(word) if word else None
            if word and (value is None or not 0 <= value <= 100):  # noqa: PLR2004 -- per cent
                faults.append(
                    f"the {end} share of {kind.label.lower()} was {word!r}; wanted 0 to 100"
                )
                value = None
            ends[end] = value
        bound = Bounds(**ends)
        if bound.least is not None and bound.most is not None and bound.least > bound.most:
            faults.append(
                f"the least share of {kind.label.lower()}, {bound.least:g}, was above the most, "
                f"{bound.most:g}"
            )
            continue
        if bound != Bounds():
            found[kind] = bound
    return found


def _number(word: str) -> float | None:
    try:
        value = float(word)
    except ValueError:
        return None
    return value if abs(value) < float("inf") else None


def holdings_of(data: MarketData, asked: Asked) -> Holdings:
    """Return the holdings of a market under some choices, read once for each snapshot."""

    def made() -> Holdings:
        with data.cursor() as cursor:
            return read_holdings(cursor, question_of([asked.market], asked.choices))

    return data.kept(("what-if", asked.market.service, asked.choices), made)


def try_out(data: MarketData, asked: Asked) -> Trial:
    """Return a market before and after the steps of an address.

    Raises
    ------
    BadInputError
        If the market has nothing in the area or year that was chosen.
    """
    sheet_of(data, asked.market, asked.choices)
    holdings = holdings_of(data, asked)
    key = ("what-if figures", asked.market.service, asked.choices, asked.spare)
    before = data.kept(key, lambda: figures_of(holdings, spare=asked.spare))
    read = [_read(text) for text in asked.steps]
    steps = [step for step in read if not isinstance(step, StepError)]
    with data.cursor() as cursor:
        tried = try_steps(holdings, steps, find=partial(find_thing, cursor), spare=asked.spare)
    after = figures_of(tried.holdings, spare=asked.spare) if tried.taken else before
    return Trial(asked, before, after, holdings, tried, tuple(_lines(asked, read, tried)))


def _read(text: str) -> Step | StepError:
    try:
        return read_step(text)
    except StepError as error:
        return error


def _lines(asked: Asked, read: list[Step | StepError], tried: Tried) -> list[StepLine]:
    outcomes = iter(tried.outcomes)
    lines = []
    for position, (text, step) in enumerate(zip(asked.steps, read, strict=True)):
        outcome = step if isinstance(step, StepError) else next(outcomes)
        others = asked.steps[:position] + asked.steps[position + 1 :]
        is_taken = isinstance(outcome, Taken)
        lines.append(
            StepLine(
                words=text,
                taken=outcome if isinstance(outcome, Taken) else None,
                fault="" if is_taken else str(outcome),
                without=asked.query(steps=others) or "?",
            )
        )
    return lines


def things_of(data: MarketData, trial: Trial, like: str) -> tuple[Listed, ...]:
    """Return the contracts or places that a reader can choose, perhaps those like a text."""

    def made() -> tuple[Listed, ...]:
        with data.cursor() as cursor:
            return list_things(cursor, trial.holdings, like=like)

    if like:
        return made()
    return data.kept(("what-if things", trial.asked.market.service, trial.asked.choices), made)
