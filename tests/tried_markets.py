"""Markets on which a what-if is tried, and its figures beside those of the measures."""

from __future__ import annotations

import numpy as np
import pytest

from convener.measures.question import Question
from convener.measures.run import measure
from convener.measures.what_if.figures import figures_of
from convener.measures.what_if.holdings import (
    read_holdings,
)
from convener.measures.what_if.things import find_thing
from convener.measures.what_if.trying import Taken, try_steps

SPARE = 0.1
FIGURES = ("hhi", "cr1", "area-dominance", "n-minus-1", "effective-number-of-kinds")


def close(value):
    return pytest.approx(value, rel=1e-6, abs=1e-9, nan_ok=True)


def numbers_of(values):
    """Return numbers; what has no figure is not a number."""
    return tuple(np.nan if value is None else float(value) for value in values)


def told(figures):
    """Return the figures in the order of their measures."""
    return numbers_of(
        (
            figures.hhi,
            figures.largest,
            figures.held_share,
            figures.left_over,
            figures.kinds.value,
        )
    )


def measured(connection, **choices):
    question = Question(FIGURES, **{"by": (), "entity": "owner", **choices})
    rows = {row.measure: row for row in measure(connection, question)}
    return tuple(None if rows[name].value is None else float(rows[name].value) for name in FIGURES)


def asked(connection, **choices):
    question = Question(("hhi",), **{"by": (), "entity": "owner", **choices})
    return read_holdings(connection, question)


def tried(connection, holdings, *steps, spare=SPARE):
    """Take steps, of which none may fail."""
    found = try_steps(
        holdings, steps, find=lambda thing: find_thing(connection, thing), spare=spare
    )
    assert all(isinstance(each, Taken) for each in found.outcomes), found.outcomes
    return figures_of(found.holdings, spare=spare), found


KINDS = ("private", "charity", "mutual", "in-house", "unknown")


def homes(rng, count=24):
    """Return places of provision of some owners in some areas, and who the owners are."""
    rows = [
        {
            "service": "Homes",
            "place_id": f"H:{number}/x",
            "place_name": f"House {number}",
            "provider_name": f"Owner {rng.integers(7)}",
            "quantity": int(rng.integers(1, 40)),
            "unit": "places",
            "area": f"Area {rng.integers(3)}",
            "observed_on": "2022-03-31",
        }
        for number in range(count)
    ]
    return rows, [{"name": f"Owner {at}", "kind": KINDS[at % len(KINDS)]} for at in range(7)]


def awards(rng, count=24):
    rows = []
    for _ in range(count):
        first, second = rng.choice(7, 2, replace=False)
        rows.append(
            {
                "providers": f"Firm {first}" + (f"+Firm {second}" if rng.random() < 0.3 else ""),
                "amount": int(rng.integers(0, 400)) * 1200 if rng.random() < 0.9 else None,
                "day": "2020-05-01",
                "area": f"Area {rng.integers(3)}",
            }
        )
    return rows, [{"name": f"Firm {at}", "kind": KINDS[at % len(KINDS)]} for at in range(7)]


def reference(holdings, name):
    return next(holder.reference for holder in holdings.holders if holder.name == name)
