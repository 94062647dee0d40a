"""Draw the picture of the page on league tables: the rank interval of each provider.

    python scripts/draw_league_tables.py [--check]

The figures are those of the page's worked example. Drawing twice changes nothing.
"""

from __future__ import annotations

import argparse
from pathlib import Path

import numpy as np

from convener.methods.leagues.ranking import RankTable, rank_table, ranks
from convener.methods.leagues.shrinkage import beta_binomial

PICTURE = (
    Path(__file__).resolve().parents[1] / "docs" / "explanation" / "methods" / "rank-intervals.svg"
)
TEAL, AMBER = "#17626b", "#b3540a"
LEFT_EDGE, STEP, TOP, ROW = 150, 56, 46, 30
TITLE = "Rank intervals: of ten providers only one stands apart, and none is surely first"

STARTED = [40, 60, 85, 120, 150, 210, 260, 320, 410, 520]
LEFT = [12, 9, 22, 19, 52, 38, 49, 77, 70, 98]


def table() -> RankTable:
    """Return the table of the page's example."""
    rng = np.random.default_rng(2026)
    drawn = beta_binomial(LEFT, STARTED).draws(20_000, rng=rng)
    return rank_table(ranks(drawn, best="low", rng=rng))


def picture() -> str:
    """Return the drawing: a bar from the first to the last rank of each, best first."""
    known = table()
    width, height = LEFT_EDGE + STEP * 10 + 10, TOP + ROW * 10 + 20
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}" role="img">',
        f"<title>{TITLE}</title>",
        '<g font-family="sans-serif" font-size="13" fill="#222">',
        f'<rect width="{width}" height="{height}" fill="#fff"/>',
        f'<text x="{LEFT_EDGE}" y="16">rank, 95% interval and middle; 1 is best</text>',
    ]
    for place in range(1, 11):
        across = LEFT_EDGE + STEP * (place - 0.5)
        parts.append(f'<text x="{across:g}" y="{TOP - 10}" text-anchor="middle">{place}</text>')
        parts.append(f'<path d="M{across:g} {TOP}V{TOP + ROW * 10}" stroke="#ddd"/>')
    for row, unit in enumerate(np.argsort(known.mean)):
        parts.append(bar(known, int(unit), TOP + ROW * (row + 0.5)))
    return "\n".join([*parts, "</g>", "</svg>", ""])


def bar(known: RankTable, unit: int, level: float) -> str:
    """Return one provider's row."""
    low, middle, high = (
        LEFT_EDGE + STEP * (float(rank[unit]) - 0.5)
        for rank in (known.low, known.median, known.high)
    )
    colour = AMBER if known.worst_quarter.value[unit] > 0.95 else TEAL  # noqa: PLR2004 -- nearly sure
    name = f"{'ABCDEFGHIJ'[unit]}, {LEFT[unit]} of {STARTED[unit]}"
    return (
        f'<text x="{LEFT_EDGE - 10}" y="{level + 4:g}" text-anchor="end">{name}</text>'
        f'<path d="M{low:g} {level:g}H{high:g}" stroke="{colour}" stroke-width="6"'
        ' stroke-linecap="round"/>'
        f'<circle cx="{middle:g}" cy="{level:g}" r="6" fill="#fff" stroke="{colour}"'
        ' stroke-width="3"/>'
    )


def main() -> None:
    """Write the picture, or check that it is as it would be written."""
    arguments = argparse.ArgumentParser(description=__doc__)
    arguments.add_argument("--check", action="store_true")
    drawn = picture()
    if not arguments.parse_args().check:
        PICTURE.write_text(drawn, encoding="utf-8")
    elif PICTURE.read_text(encoding="utf-8") != drawn:
        raise SystemExit("the picture is stale: run scripts/draw_league_tables.py")


if __name__ == "__main__":
    main()
