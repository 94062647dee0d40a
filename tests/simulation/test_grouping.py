"""A market asked among others has the figures that it has when asked alone."""

from __future__ import annotations

import pytest

from convener.measures.measure import catalogue
from convener.measures.run import Question, measure
from convener.simulation.blueprint import SERVICES
from convener.simulation.world import ENDS_ON

SHOWN = ("value", "low", "high", "count")
NONE = [None, None, None, 0]  # no row, or a row that says there is nothing
ONE = [service.slug for service in SERVICES][:2]


def figures(market, name, by, **where):
    rows = measure(market, Question((name,), by=by, level="bundle", where=where, at=ENDS_ON))
    return {
        tuple(sorted((key, str(value)) for key, value in row.group.items() if key in by)): [
            *[getattr(row, shown) for shown in SHOWN]
        ]
        for row in rows
    }


# These weigh one process against all that are asked about: a fence, or a bidder's other tenders.
AMONG_ALL = {measure.name for measure in catalogue().values() if measure.family == "integrity"}


@pytest.mark.parametrize("name", sorted(set(catalogue()) - AMONG_ALL))
def test_a_service_among_others_is_as_it_is_alone(market, name):
    together = figures(market, name, ("service",))

    for service in ONE:
        found = figures(market, name, ("service",), service=service)
        alone = {group: row for group, row in found.items() if row != NONE}
        assert alone == {
            group: row
            for group, row in together.items()
            if ("service", service) in group and row != NONE
        }
