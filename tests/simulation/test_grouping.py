"""A market asked among others has the figures that it has when asked alone."""

from __future__ import annotations

from convener.measures.measure import catalogue
from convener.measures.run import Question, measure
from convener.simulation.blueprint import SERVICES
from convener.simulation.world import ENDS_ON

SHOWN = ("value", "low", "high", "count")
NONE = [None, None, None, 0]  # no row, or a row that says there is nothing
ONE = [service.slug for service in SERVICES][:2]
# These weigh one process against all that are asked about: a fence, or a bidder's other tenders.
AMONG_ALL = {measure.name for measure in catalogue().values() if measure.family == "integrity"}
NAMES = tuple(sorted(set(catalogue()) - AMONG_ALL))


def figures(market, **where):
    """Return what is found of each measure and service, where there is something."""
    asked = Question(NAMES, by=("service",), level="bundle", where=where, at=ENDS_ON)
    found = {
        (row.measure, row.group["service"], *sorted(map(str, row.group.items()))): [
            *[getattr(row, shown) for shown in SHOWN]
        ]
        for row in measure(market, asked)
    }
    return {group: row for group, row in found.items() if row != NONE}


def test_a_service_among_others_is_as_it_is_alone(market):
    together = figures(market)

    assert len({name for name, *_ in together}) > len(NAMES) / 2
    for service in ONE:
        assert figures(market, service=service) == {
            group: row for group, row in together.items() if group[1] == service
        }
