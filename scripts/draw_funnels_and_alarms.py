"""Draw the pictures of the pages on funnel plots and sequential alarms.

    python scripts/draw_funnels_and_alarms.py [--check]

The figures are those of the pages' worked examples, or seeded. Drawing twice changes nothing.
"""

from __future__ import annotations

import argparse
from collections.abc import Callable, Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from convener.methods.charts.cusum import risk_adjusted_cusum, vlad
from convener.methods.charts.funnel import proportion_funnel
from convener.methods.charts.funnel_limits import binomial_limits

PAGES = Path(__file__).resolve().parents[1] / "docs" / "explanation" / "methods"
WIDTH, HEIGHT, MARGIN = 720, 360, 52
TEAL, AMBER, GREY = "#17626b", "#b3540a", "#6b7378"
Floats = NDArray[np.float64]
Place = Callable[[float, float], tuple[float, float]]

STARTED = [40, 60, 85, 120, 150, 210, 260, 320, 410, 520]
LEFT = [12, 9, 22, 19, 52, 38, 49, 77, 70, 98]


def frame(title: str, across: Sequence[float], up: Sequence[float]) -> tuple[Place, list[str]]:
    """Return how figures lie on the drawing, and its axes with their marks."""

    def place(x: float, y: float) -> tuple[float, float]:
        right = (x - across[0]) / (across[-1] - across[0]) * (WIDTH - 2 * MARGIN)
        rise = (y - up[0]) / (up[-1] - up[0]) * (HEIGHT - 2 * MARGIN)
        return MARGIN + right, HEIGHT - MARGIN - rise

    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {HEIGHT}" role="img">',
        f"<title>{title}</title>",
        '<g font-family="sans-serif" font-size="13" fill="#222">',
        f'<rect width="{WIDTH}" height="{HEIGHT}" fill="#fff"/>',
    ]
    for x in across:
        left, bottom = place(x, up[0])
        parts.append(
            f'<text x="{left:.1f}" y="{bottom + 18:.1f}" text-anchor="middle">{x:g}</text>'
        )
    for y in up:
        left, level = place(across[0], y)
        parts.append(
            f'<path d="M{left:.1f} {level:.1f}H{WIDTH - MARGIN}" stroke="#ddd"/>'
            f'<text x="{left - 8:.1f}" y="{level + 4:.1f}" text-anchor="end">{y:g}</text>'
        )
    return place, parts


def curve(place: Place, x: Floats, y: Floats, look: str) -> str:
    """Return a line through figures."""
    points = " ".join("{:.1f},{:.1f}".format(*place(*pair)) for pair in zip(x, y, strict=True))
    return f'<polyline points="{points}" fill="none" {look}/>'


def words(x: float, y: float, text: str, colour: str = "#222", anchor: str = "start") -> str:
    """Return words at a place of the drawing."""
    return f'<text x="{x:.1f}" y="{y:.1f}" fill="{colour}" text-anchor="{anchor}">{text}</text>'


def funnel() -> str:
    """Return the funnel of the worked example."""
    shown = proportion_funnel(LEFT, STARTED)
    place, parts = frame(
        "Funnel plot: one of ten providers lies above the 99.8% limit",
        range(0, 601, 100),
        (0, 0.1, 0.2, 0.3, 0.4, 0.5),
    )
    sizes = np.arange(20, 601, 1.0)
    for level, dash in ((0.95, "5 4"), (0.998, "none")):
        for limit in binomial_limits(sizes, shown.target, level=level):
            look = f'stroke="{GREY}" stroke-dasharray="{dash}"'
            parts.append(curve(place, sizes, np.minimum(limit, 0.5), look))
    ends = np.array([0.0, 600.0])
    parts.append(curve(place, ends, ends * 0 + shown.target, f'stroke="{TEAL}"'))
    for size, value, out in zip(STARTED, shown.value, shown.outside(), strict=True):
        x, y = place(size, value)
        colour = AMBER if out else TEAL
        parts.append(f'<circle cx="{x:.1f}" cy="{y:.1f}" r="5" fill="{colour}"/>')
        if out:
            parts.append(words(x + 10, y + 4, "outside 99.8%", AMBER))
    parts.append(words(MARGIN, MARGIN - 20, "share who left early"))
    parts.append(words(WIDTH - MARGIN, HEIGHT - 8, "people who started", anchor="end"))
    x, y = place(600, binomial_limits([600], shown.target)[1][0])
    parts.append(words(x, y - 6, "99.8%", GREY, "end"))
    return "\n".join([*parts, "</g></svg>\n"])


def alarm() -> str:
    """Return a chart of evidence and one of expected less observed failures, on seeded cases."""
    rng = np.random.default_rng(20)
    risk = rng.beta(2, 20, 400)
    worse = np.repeat([1.0, 2.5], 200)
    failed = rng.random(400) < worse * risk / (1 + (worse - 1) * risk)
    limit = 4.5
    path = risk_adjusted_cusum(failed, risk, limit=limit).path
    place, parts = frame(
        "Two charts of the same 400 cases; the odds of failure rise after case 200",
        range(0, 401, 50),
        (-20, -10, 0, 10),
    )
    case = np.arange(1, 401)
    # The evidence is drawn at twice its size, so that both charts can share one scale.
    parts.append(curve(place, case, 2 * path, f'stroke="{AMBER}" stroke-width="1.5"'))
    parts.append(curve(place, case, vlad(failed, risk), f'stroke="{TEAL}" stroke-width="1.5"'))
    ends = np.array([0.0, 400.0])
    parts.append(
        curve(place, ends, ends * 0 + 2 * limit, f'stroke="{GREY}" stroke-dasharray="5 4"')
    )
    x, y = place(4, 2 * limit)
    parts.append(words(x, y - 6, "limit 4.5", GREY))
    parts.append(words(*place(4, -14), "VLAD: failures expected less observed", TEAL))
    parts.append(words(*place(4, -18), "CUSUM: evidence of doubled odds, times 2", AMBER))
    parts.append(words(WIDTH - MARGIN, HEIGHT - 8, "case", anchor="end"))
    return "\n".join([*parts, "</g></svg>\n"])


def main() -> None:
    """Write the pictures, or say which differ from what is drawn."""
    arguments = argparse.ArgumentParser(description=__doc__)
    arguments.add_argument("--check", action="store_true")
    check = arguments.parse_args().check
    for name, draw in (("funnel-plot.svg", funnel), ("sequential-alarm.svg", alarm)):
        path = PAGES / name
        if not check:
            path.write_text(draw(), encoding="utf-8")
        elif path.read_text(encoding="utf-8") != draw():
            raise SystemExit(f"{path.name} is not what is drawn now; run this script")


if __name__ == "__main__":
    main()
