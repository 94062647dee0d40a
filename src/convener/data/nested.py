"""The nested types in which a release is read: the fields that the store keeps, and no others.

Contact points and all else that is not named here are never read. Every leaf is text; what it
means is decided by the cell that uses it.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from functools import cached_property

_LISTS = """
    tag parties parties.additionalIdentifiers parties.roles parties.details.classifications
    tender.items tender.items.deliveryAddresses tender.items.deliveryLocation.gazetteer.identifiers
    tender.deliveryAddresses tender.deliveryLocation.gazetteer.identifiers
    tender.lots tender.tenderers
    bids.statistics bids.details bids.details.tenderers bids.details.relatedLots
    awards awards.suppliers awards.relatedLots
    awards.items awards.items.deliveryAddresses awards.items.deliveryLocation.gazetteer.identifiers
    contracts contracts.implementation.transactions contracts.implementation.milestones
    contracts.items contracts.items.deliveryAddresses
    contracts.items.deliveryLocation.gazetteer.identifiers
    contracts.agreedMetrics contracts.agreedMetrics.observations
    contracts.implementation.metrics contracts.implementation.metrics.observations
"""
LISTS = frozenset(_LISTS.split())


@dataclass
class Nest:
    """One field of a release: text, or an object of further fields; alone or in a list."""

    is_list: bool = False
    fields: dict[str, Nest] = field(default_factory=dict)

    @cached_property
    def holders(self) -> list[tuple[str, Nest]]:
        """Return the fields that are objects or lists, by name."""
        return [(name, nest) for name, nest in self.fields.items() if nest.is_list or nest.fields]

    @property
    def type(self) -> str:
        """Return the type in the engine's words."""
        one = "VARCHAR"
        if self.fields:
            inner = ", ".join(f'"{name}" {nest.type}' for name, nest in self.fields.items())
            one = f"STRUCT({inner})"
        return f"{one}[]" if self.is_list else one

    @property
    def wanted(self) -> str:
        """Return in words what may stand here."""
        one = "an object" if self.fields else "text"
        return "a list" if self.is_list else one


def nest_of(paths: Iterable[str]) -> Nest:
    """Return the nested types that hold the fields at these paths, in order of name."""
    top = Nest()
    for path in sorted(set(paths)):
        nest = top
        names = path.split(".")
        for depth, name in enumerate(names, start=1):
            is_list = ".".join(names[:depth]) in LISTS
            nest = nest.fields.setdefault(name, Nest(is_list))
    return top
