"""The tables of a what-if: the mix and its ranges, the areas, the choices, and the file."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.urls import reverse

from convener.base.kinds import Kind
from convener.measures.lists.holders import Facts
from convener.measures.sheet import Sheet
from convener.measures.what_if.figures import Figures, LocalHold, Share
from convener.service import charts
from convener.service.downloads import Table
from convener.service.market.spoken import (
    one_place_percent,
)
from convener.service.market.switches import Option, Switch, query_of, switches
from convener.service.market.tables import NOT_HERE
from convener.service.market.what_if import Asked, Bounds, Trial
from convener.service.market.what_if_cards import SMALL, amount_said, holder_name
from convener.service.words import NO_FIGURE, counted, number, percent, span

AREAS_SHOWN = 15


@dataclass(frozen=True)
class KindLine:
    """One kind before and after, and where its share lies in the visitor's range."""

    kind: Kind
    was: str
    now: str
    share: float
    range: str
    lies: str
    is_out: bool


@dataclass(frozen=True)
class RangeField:
    """The two ends of a kind's range, as typed."""

    kind: Kind
    least: str
    most: str


@dataclass(frozen=True)
class AreaLine:
    """One area whose largest holder or share changes."""

    place: str
    was: str
    was_holder: str
    now: str
    now_holder: str
    says: str


def mix(trial: Trial, facts: Facts) -> dict[str, Any]:
    """Return the mix before and after: the drawing, the table, and the visitor's ranges."""
    was, now = trial.before.mix, trial.after.mix
    met = [
        kind
        for kind in Kind
        if _value(was, kind) or _value(now, kind) or kind in trial.asked.bounds
    ]
    rows = [
        charts.MixRow(label, {kind: share.value for kind, share in shares.items()})
        for label, shares in (("As it is", was), ("After", now))[: 2 if trial.is_changed else 1]
        if any(share.value for share in shares.values())
    ]
    lines = [_kind_line(kind, trial, facts) for kind in met]
    return {
        "kind_lines": lines,
        "kinds_drawn": [kind for kind in met if _value(was, kind) or _value(now, kind)],
        "mix_chart": charts.mix_chart(rows) if rows else None,
        "ranges_said": _ranges_said(lines),
        "range_fields": [_range_field(kind, trial.asked) for kind in Kind],
    }


def _value(shares: dict[Kind, Share], kind: Kind) -> float:
    return shares[kind].value if kind in shares else 0.0


def _kind_line(kind: Kind, trial: Trial, facts: Facts) -> KindLine:
    bound = trial.asked.bounds.get(kind)
    now = trial.after.mix.get(kind)
    lies = _lies(now, bound) if bound and now else ""
    return KindLine(
        kind=kind,
        was=_share_said(trial.before.mix.get(kind), kind, facts),
        now=_share_said(now, kind, facts),
        share=now.value if now else 0.0,
        range=_bound_said(bound) if bound else "",
        lies=lies,
        is_out=lies.startswith(("Below", "Above")),
    )


def _share_said(share: Share | None, kind: Kind, facts: Facts) -> str:
    if share is None:
        return NO_FIGURE
    if kind is Kind.IN_HOUSE and not share.value and facts.basis != "provision":
        return NOT_HERE
    return span(share.value, share.high, one_place_percent)


def _bound_said(bound: Bounds) -> str:
    if bound.least is None:
        return f"at most {bound.most:g}%"
    if bound.most is None:
        return f"at least {bound.least:g}%"
    return f"{bound.least:g}–{bound.most:g}%"  # noqa: RUF001 -- a range


def _lies(share: Share, bound: Bounds) -> str:
    least, most = (bound.least or 0.0) / 100, (100.0 if bound.most is None else bound.most) / 100
    if share.high < least - SMALL:
        return f"Below, by {_points(least - share.high)}"
    if share.value > most + SMALL:
        return f"Above, by {_points(share.value - most)}"
    if share.value >= least - SMALL and share.high <= most + SMALL:
        return "Inside"
    return "Open: it hangs on what the unknown are"


def _points(difference: float) -> str:
    return f"{number(100 * difference, 1)} points"


def _ranges_said(lines: list[KindLine]) -> str:
    ranged = [line for line in lines if line.range]
    if not ranged:
        return ""
    inside = sum(line.lies == "Inside" for line in ranged)
    return f"{number(inside)} of {counted(len(ranged), 'kind')} with a range lie inside it."


def _range_field(kind: Kind, asked: Asked) -> RangeField:
    bound = asked.bounds.get(kind, Bounds())

    def said(end: float | None) -> str:
        return "" if end is None else f"{end:g}"

    return RangeField(kind, said(bound.least), said(bound.most))


def areas(trial: Trial, facts: Facts) -> dict[str, Any]:
    """Return the areas that change, and those where something finds no other provider."""
    was = {hold.place: hold for hold in trial.before.holds}
    now = {hold.place: hold for hold in trial.after.holds}
    changed = [
        place for place in was.keys() | now.keys() if _differ(was.get(place), now.get(place))
    ]
    changed.sort(key=lambda place: (-_difference(was.get(place), now.get(place)), place))
    lines = [_area_line(place, was.get(place), now.get(place), trial) for place in changed]
    unserved: dict[str, float] = {}
    for taken in trial.tried.taken:
        for place, left in taken.unserved:
            unserved[place] = unserved.get(place, 0.0) + left
    worst = sorted(unserved.items(), key=lambda each: (-each[1], each[0]))
    return {
        "area_lines": lines[:AREAS_SHOWN],
        "areas_changed": len(lines),
        "unserved": [
            (place if place != "unknown" else "Area not known", amount_said(left, facts), left)
            for place, left in worst[:AREAS_SHOWN]
        ],
        "unserved_most": worst[0][1] if worst else 0.0,
        "unserved_areas": len(worst),
    }


def _differ(was: LocalHold | None, now: LocalHold | None) -> bool:
    if was is None or now is None:
        return True
    return was.holder != now.holder or abs(was.share - now.share) > SMALL


def _difference(was: LocalHold | None, now: LocalHold | None) -> float:
    return abs((was.share if was else 0.0) - (now.share if now else 0.0))


def _area_line(place: str, was: LocalHold | None, now: LocalHold | None, trial: Trial) -> AreaLine:
    held = (bool(was and was.is_held), bool(now and now.is_held))
    says = {(True, False): "no longer held", (False, True): "now held", (True, True): "held still"}
    return AreaLine(
        place=place,
        was=percent(was.share) if was else "none",
        was_holder=holder_name(trial.holdings, was.holder) if was else "",
        now=percent(now.share) if now else "none",
        now_holder=holder_name(trial.tried.holdings, now.holder) if now else "nobody is left",
        says=says.get(held, ""),
    )


def choices_shown(trial: Trial, sheet: Sheet, path: str) -> list[Switch]:
    """Return the choices as links that keep the steps; a provider here is always an owner."""
    rest = trial.asked.rest
    made = []
    for switch in switches(sheet, path):
        if switch.title == "One provider is":
            continue
        options = tuple(
            Option(option.label, None if option.address is None else _joined(option.address, rest))
            for option in switch.options
        )
        made.append(Switch(switch.title, options))
    return made


def _joined(address: str, rest: str) -> str:
    if not rest:
        return address
    return f"{address}{'&' if '?' in address else '?'}{rest}"


_FILED: tuple[tuple[str, Callable[[Figures], float | None]], ...] = (
    ("effective-number-of-kinds", lambda found: found.kinds.value),
    ("hhi", lambda found: found.hhi),
    ("cr1", lambda found: found.largest),
    ("area-dominance", lambda found: found.held_share),
    ("n-minus-1", lambda found: found.left_over),
)


def file_of(trial: Trial) -> Table:
    """Return the readings before and after, and the mix, as a file gives them."""
    ending = "-by-count" if trial.after.is_by_count else ""
    counted_too = {"hhi", "cr1"}
    rows: list[dict[str, Any]] = [
        {
            "measure": name + (ending if name in counted_too else ""),
            "before": read(trial.before),
            "after": read(trial.after),
        }
        for name, read in _FILED
    ]
    for kind in Kind:
        was, now = trial.before.mix.get(kind), trial.after.mix.get(kind)
        bound = trial.asked.bounds.get(kind, Bounds())
        rows.append(
            {
                "measure": f"share-by-kind{ending}",
                "kind": kind.value,
                "before": was.value if was else None,
                "before_high": was.high if was else None,
                "after": now.value if now else None,
                "after_high": now.high if now else None,
                "least": None if bound.least is None else bound.least / 100,
                "most": None if bound.most is None else bound.most / 100,
            }
        )
    columns = ("measure", "kind", "before", "before_high", "after", "after_high", "least", "most")
    return Table(f"{trial.asked.market.service}-what-if", columns, rows)


def market_address(asked: Asked) -> str:
    """Return the address of the market's own page under the same choices."""
    return reverse("markets-one", args=[asked.market.service]) + query_of(
        asked.market, asked.choices
    )
