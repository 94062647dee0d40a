"""Every chart of the pages: a Vega-Lite specification as a plain dictionary, drawn to SVG here.

The renderer is a JavaScript engine inside the process. A fork after its first chart hangs, so it
starts once a worker, after the worker has started. A drawing is kept by the digest of its figures.
Each chart is drawn twice, for wide and for narrow screens, because shrinking one would shrink its
words; and the page that shows it puts the same figures into a table beside it.
"""

from __future__ import annotations

import hashlib
import json
import re
import textwrap
import threading
from collections import OrderedDict
from collections.abc import Sequence
from dataclasses import dataclass
from html import escape
from typing import Any

from markupsafe import Markup

from convener.base.kinds import Kind
from convener.service.words import counted, number, percent

SCHEMA = "https://vega.github.io/schema/vega-lite/v6.json"
TYPEFACE = "Atkinson Hyperlegible Next, Atkinson Hyperlegible, arial, sans-serif"
INK, MUTED, RULE, AXIS, OUTLINE = "#16232b", "#4d5a61", "#dfe5e5", "#7d8c92", "#5b6b73"
ACCENT = "#b3401a"
SMALLEST = 14  # px; no label is smaller
WIDE, NARROW = 791, 328  # px; as wide as the evidence column, and as a phone of 360 px leaves
KEPT = 512  # drawings a worker holds
LEFT, TOTAL = 184, 76  # px of names beside bars, and of totals
NAME = 21  # px of a row that its name takes, where it stands above
LINE, BAR = 18, 22  # px from line to line of a name, and of a bar
LETTER = 7.4  # px that a letter of a name takes, all letters together
DIGIT = 9  # px that a sign on a bar takes, and what is left before and after

# As frontend/_tokens.scss has them. Unknown is hatched; the page holds the pattern.
COLOURS = {
    Kind.IN_HOUSE: "#06363f",
    Kind.PUBLIC_BODY: "#005a52",
    Kind.PRIVATE: "#3573b1",
    Kind.CHARITY: "#c8629b",
    Kind.SOCIAL_ENTERPRISE: "#c8952b",
    Kind.MUTUAL: "#97c281",
    Kind.JOINT_VENTURE: "#e3bddc",
    Kind.INDIVIDUAL: "#e0d9cd",
    Kind.UNKNOWN: "url(#hatch)",
}
LIGHT_ON = frozenset({Kind.IN_HOUSE, Kind.PUBLIC_BODY, Kind.PRIVATE})  # carry white words
OUTLINED = frozenset(
    {Kind.SOCIAL_ENTERPRISE, Kind.MUTUAL, Kind.JOINT_VENTURE, Kind.INDIVIDUAL, Kind.UNKNOWN}
)


@dataclass(frozen=True)
class Chart:
    """One chart in its two widths, ready for a page."""

    wide: Markup
    narrow: Markup


@dataclass(frozen=True)
class MixRow:
    """One bar: whose mix it is, the share of each kind, and what all of it comes to."""

    label: str
    shares: dict[Kind, float]
    total: str = ""


@dataclass(frozen=True)
class Dot:
    """One area: in which row it stands, the largest owner's share there and that owner's kind."""

    row: str
    label: str
    share: float
    kind: Kind


_lock = threading.Lock()
_drawn: OrderedDict[str, str] = OrderedDict()


def start() -> None:
    """Start this worker's renderer, so that the first page need not wait for it."""
    draw({"$schema": SCHEMA, "data": {"values": [{}]}, "mark": "point"}, says="")


def mix_chart(rows: Sequence[MixRow]) -> Chart:
    """Return a bar a row, cut by kind in the fixed order; all else is in the table beside."""
    says = "; ".join(_mix_in_words(row) for row in rows)
    return Chart(draw(_mix(rows, WIDE), says=says), draw(_mix(rows, NARROW), says=says))


def dots_chart(dots: Sequence[Dot], *, threshold: float) -> Chart:
    """Return a dot an area by the share of its largest owner, a row a region."""
    over = sum(dot.share >= threshold - 1e-9 for dot in dots)
    says = f"In {over} of {len(dots)} areas the largest holds {percent(threshold)} or more"
    return Chart(
        draw(_dots(dots, threshold, WIDE), says=says),
        draw(_dots(dots, threshold, NARROW), says=says),
    )


def draw(specification: dict[str, Any], *, says: str) -> Markup:
    """Return a specification drawn as SVG, with what it says for whoever does not see it."""
    text = json.dumps(specification, sort_keys=True)
    digest = hashlib.sha256(text.encode()).hexdigest()
    with _lock:
        if digest not in _drawn:
            _drawn[digest] = _render(text, digest[:8])
            while len(_drawn) > KEPT:
                _drawn.popitem(last=False)
        _drawn.move_to_end(digest)
        svg = _drawn[digest]
    label = escape(says, quote=True)
    return Markup(svg.replace("<svg ", f'<svg role="img" aria-label="{label}" ', 1))  # noqa: S704 -- drawn here, escaped above


def _render(text: str, name: str) -> str:
    import vl_convert

    svg: str = vl_convert.vegalite_to_svg(text, allowed_base_urls=[])
    svg = re.sub(r' (?:role|aria-[a-z]+)="[^"]*"', "", svg)  # the whole drawing is one image
    # One page holds several drawings, so the names inside each must differ.
    svg = re.sub(r'(id="|url\(#)(clip\d+|gradient_?\d+)', rf"\g<1>{name}-\g<2>", svg)
    return svg.replace(' xmlns:xlink="http://www.w3.org/1999/xlink"', "")


def _mix_in_words(row: MixRow) -> str:
    parts = ", ".join(
        f"{kind.label} {percent(row.shares[kind])}" for kind in Kind if row.shares.get(kind)
    )
    return f"{row.label}: {parts}"


def _base(width: int, height: int) -> dict[str, Any]:
    return {
        "$schema": SCHEMA,
        "width": width,
        "height": height,
        "padding": 0,
        "autosize": {"type": "none"},
        "background": None,
        "config": {
            "aria": False,
            "font": TYPEFACE,
            "view": {"stroke": None},
            "text": {"fontSize": 15, "color": INK, "font": TYPEFACE},
        },
    }


def _mix(rows: Sequence[MixRow], width: int) -> dict[str, Any]:
    """Lay the bars out by hand: names to the left where they fit, else above; totals right."""
    is_beside = width == WIDE and max(len(row.label) for row in rows) * LETTER <= LEFT
    left, right = (LEFT, TOTAL) if is_beside else (0, 0)
    names, totals, bars = [], [], []
    y = 0.0
    for row in rows:
        lines = [row.label] if is_beside else _wrapped(row, width)
        top = 5.0 if is_beside else 6.0 + LINE * len(lines)
        first = y + (top + BAR / 2 if is_beside else 12.0)
        names += [
            {"x": 0, "y": first + LINE * place, "text": text} for place, text in enumerate(lines)
        ]
        totals.append({"x": width, "y": first, "text": row.total})
        bars += _parts(row, y + top, BAR, left=left, scale=width - left - right)
        y += top + BAR + (5 if is_beside else 8)
    on_bars = [part for part in bars if part["says"]]
    return {
        **_base(width, round(y)),
        "layer": [
            _rectangles(bars),
            _text([{**part, "x": part["x"] + 7, "y": part["middle"]} for part in on_bars], "#fff"),
            _text(names, INK),
            _text(totals, MUTED, align="right"),
        ],
    }


def _wrapped(row: MixRow, width: int) -> list[str]:
    """Return a name in lines that end before the total."""
    room = width - (TOTAL if row.total else 0)
    return textwrap.wrap(row.label, int(room / LETTER), break_long_words=False) or [""]


def _parts(
    row: MixRow, y: float, height: float, *, left: float, scale: float
) -> list[dict[str, Any]]:
    """Return the parts of one bar, parted by 2 px."""
    parts = []
    at = 0.0
    for kind in Kind:
        share = row.shares.get(kind, 0.0)
        if share <= 0:
            continue
        inset = 0.5 if kind in OUTLINED else 0.0  # an outline lies half outside its shape
        start, end = left + at * scale, left + (at + share) * scale
        text = percent(share) if kind in LIGHT_ON else ""
        is_named = end - start - 2 >= DIGIT * (len(text) + 1)
        parts.append(
            {
                "x": start + inset,
                "x2": max(start + inset + 0.5, end - 2 - inset),
                "y": y + inset,
                "y2": y + height - inset,
                "middle": y + height / 2 + 0.5,
                "fill": COLOURS[kind],
                "stroke": OUTLINE if kind in OUTLINED else "transparent",
                "says": text if is_named else "",
                "text": text if is_named else "",
            }
        )
        at += share
    return parts


def _raw(name: str, kind: str = "quantitative") -> dict[str, Any]:
    """Take a field as it is: a place in pixels or a colour, not a quantity to scale."""
    return {"field": name, "type": kind, "scale": None, "axis": None}


def _colour(name: str) -> dict[str, Any]:
    return {"field": name, "type": "nominal", "scale": None, "legend": None}


def _rectangles(values: list[dict[str, Any]]) -> dict[str, Any]:
    return {
        "data": {"values": values},
        "mark": {"type": "rect", "strokeWidth": 1},
        "encoding": {
            "x": _raw("x"),
            "x2": {"field": "x2"},
            "y": _raw("y"),
            "y2": {"field": "y2"},
            "fill": _colour("fill"),
            "stroke": _colour("stroke"),
        },
    }


def _text(
    values: list[dict[str, Any]], colour: str, *, align: str = "left", weight: int = 400
) -> dict[str, Any]:
    is_on_bar = colour == "#fff"
    return {
        "data": {"values": values},
        "mark": {
            "type": "text",
            "align": align,
            "baseline": "middle",
            "color": colour,
            "fontSize": SMALLEST if is_on_bar else 15,
            "fontWeight": 600 if is_on_bar else weight,
            "limit": 0,
        },
        "encoding": {
            "x": _raw("x"),
            "y": _raw("y"),
            "text": {"field": "text", "type": "nominal"},
        },
    }


def _dots(dots: Sequence[Dot], threshold: float, width: int) -> dict[str, Any]:
    is_wide = width == WIDE
    left, right, head, foot = (190, 12, 26, 28) if is_wide else (8, 12, 26, 28)
    step, line = (46, 20) if is_wide else (60, 42)
    rows = list(dict.fromkeys(dot.row for dot in dots))
    height = head + step * len(rows) + foot
    scale = width - left - right

    def x_of(share: float) -> float:
        return left + share * scale

    marks = [
        {
            "x": x_of(dot.share),
            "y": head + rows.index(dot.row) * step + line + _spread(index),
            "fill": COLOURS[dot.kind],
            "stroke": OUTLINE if dot.kind in OUTLINED else "#fff",
        }
        for index, dot in enumerate(dots)
    ]
    tops = [(row, head + index * step) for index, row in enumerate(rows)]
    names = [{"x": 0, "y": y + 12, "text": row} for row, y in tops]
    counts = [
        {
            "x": 0 if is_wide else width,
            "y": y + (31 if is_wide else 12),
            "text": _counted(row, dots, threshold),
        }
        for row, y in tops
    ]
    lines = [
        {"x": left, "x2": width - right, "y": head + index * step + line, "y2": 0}
        for index in range(len(rows))
    ]
    ticks = [{"x": x_of(tick / 4), "y": height - 12, "text": f"{tick * 25}%"} for tick in range(5)]
    at = x_of(threshold)
    return {
        **_base(width, height),
        "layer": [
            _rules(lines, RULE),
            *_threshold(at, [y for _, y in tops], (head, step, height - foot), is_wide=is_wide),
            _text([{"x": at, "y": 10, "text": percent(threshold)}], ACCENT, align="center"),
            _points(marks),
            _text(names, INK),
            _text(counts, MUTED, align="left" if is_wide else "right"),
            _text(ticks[:1], MUTED),
            _text(ticks[1:-1], MUTED, align="center"),
            _text(ticks[-1:], MUTED, align="right"),
        ],
    }


def _spread(index: int) -> float:
    """Move neighbours a little up or down, always in the same way, so that none hides another."""
    return (-6.0, 3.0, -3.0, 6.0, 0.0)[index % 5]


def _counted(row: str, dots: Sequence[Dot], threshold: float) -> str:
    members = [dot for dot in dots if dot.row == row]
    over = sum(dot.share >= threshold - 1e-9 for dot in members)
    return f"{number(over)} of {counted(len(members), 'area')}"


def _points(values: list[dict[str, Any]]) -> dict[str, Any]:
    return {
        "data": {"values": values},
        "mark": {"type": "point", "filled": True, "size": 64, "strokeWidth": 1, "opacity": 1},
        "encoding": {
            "x": _raw("x"),
            "y": _raw("y"),
            "fill": _colour("fill"),
            "stroke": _colour("stroke"),
        },
    }


def _rules(values: list[dict[str, Any]], colour: str) -> dict[str, Any]:
    return {
        "data": {"values": values},
        "mark": {"type": "rule", "color": colour, "strokeWidth": 1},
        "encoding": {"x": _raw("x"), "x2": {"field": "x2"}, "y": _raw("y")},
    }


def _threshold(
    x: float, tops: Sequence[float], sizes: tuple[float, float, float], *, is_wide: bool
) -> list[dict[str, Any]]:
    """Draw the threshold through all rows; on a phone below each row's name, not through it."""
    head, step, foot = sizes
    if is_wide:
        return [_upright(x, head - 8, foot + 4)]
    return [_upright(x, y + NAME, y + step) for y in tops]


def _upright(x: float, top: float, bottom: float) -> dict[str, Any]:
    return {
        "data": {"values": [{"x": x, "y": top, "y2": bottom}]},
        "mark": {"type": "rule", "color": ACCENT, "strokeWidth": 1.5},
        "encoding": {"x": _raw("x"), "y": _raw("y"), "y2": {"field": "y2"}},
    }
