"""The nested types in which a release is read: the fields that the store keeps, and no others.

Contact points and all else that is not named here are never read. Every leaf is text; what it
means is decided by the cell that uses it.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

_LISTS = """
    tag parties parties.roles
    tender.items tender.lots tender.tenderers
    bids.statistics bids.details bids.details.tenderers bids.details.relatedLots
    awards awards.suppliers awards.relatedLots awards.items
    contracts contracts.items
    contracts.agreedMetrics contracts.agreedMetrics.observations
    contracts.implementation.transactions contracts.implementation.milestones
    contracts.implementation.metrics contracts.implementation.metrics.observations
"""
LISTS = frozenset(_LISTS.split())
# Kept as JSON text, and looked into only where it is there: most releases have none of it, and
# the columns of what lies within would cost a fifth of the whole reading.
_RARE = """
    tender.deliveryAddresses tender.deliveryAddress tender.deliveryLocation
    tender.items.deliveryAddresses tender.items.deliveryAddress tender.items.deliveryLocation
    awards.items.deliveryAddresses awards.items.deliveryAddress awards.items.deliveryLocation
    contracts.items.deliveryAddresses contracts.items.deliveryAddress
    contracts.items.deliveryLocation contracts.agreedMetrics contracts.implementation
    buyer.identifier buyer.address awards.suppliers.identifier
    tender.tenderers.identifier bids.details.tenderers.identifier
    parties.additionalIdentifiers parties.details.classifications
"""
RARE = frozenset(_RARE.split())


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

    @property
    def structure(self) -> Any:  # noqa: ANN401  # JSON
        """Return the type as the engine wants it for turning JSON text into values."""
        one: Any = {name: nest.structure for name, nest in self.fields.items()} or "VARCHAR"
        return [one] if self.is_list else one


def nest_of(paths: Iterable[str], *, below: str = "") -> Nest:
    """Return the nested types that hold the fields at these paths, in order of name.

    What is rare ends as text, unless the types ``below`` it are asked for.
    """
    top = Nest()
    for path in sorted(set(paths)):
        nest = top
        names = path.split(".")
        for depth, name in enumerate(names, start=1):
            so_far = ".".join(names[:depth])
            is_rare = so_far in RARE and so_far != below
            nest = nest.fields.setdefault(name, Nest(so_far in LISTS and not is_rare))
            if is_rare:
                break
    for name in below.split(".") if below else ():
        top = top.fields[name]
    return top
