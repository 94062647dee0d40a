"""Names and numbers of organisations that do not exist, drawn from a seeded generator.

A place is two invented halves, an organisation a place and words of its trade. Identifiers have
the form of their register, or no reader would take them, and a mark that none of it has reached:
they begin with 99, or ZZ where letters come first.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import count

import numpy as np

from convener.base.kinds import Kind

# fmt: off
_HEADS = (
    "Aver", "Brindel", "Corvan", "Dunmar", "Elstra", "Fenwar", "Garro", "Hathel", "Istle",
    "Kelver", "Lorri", "Merro", "Norvel", "Ormsa", "Pella", "Quenlo", "Rothma", "Sarro", "Tarna",
    "Ulve", "Verri", "Wythe", "Yarva", "Zenne",
)
_TAILS = (
    "ford", "mere", "stow", "combe", "thwick", "haugh", "minster", "holme", "bourne", "dene",
)
# fmt: on

_WORDS = {
    Kind.PRIVATE: ("Care", "Home Support", "Homecare", "Care Partners", "Care at Home"),
    Kind.CHARITY: ("Trust", "Fellowship", "Community Trust", "Foundation", "Aid", "Refuge"),
    Kind.SOCIAL_ENTERPRISE: ("Together", "Pathways", "Works", "Neighbours", "Futures"),
    Kind.MUTUAL: ("Staff Mutual", "Care Co-operative", "Community Benefit Society"),
    Kind.PUBLIC_BODY: ("Community NHS Trust",),
    Kind.JOINT_VENTURE: ("Alliance",),
}
_FORMS = {
    Kind.PRIVATE: " Limited",
    Kind.CHARITY: "",
    Kind.SOCIAL_ENTERPRISE: " CIC",
    Kind.MUTUAL: " Limited",
    Kind.PUBLIC_BODY: "",
    Kind.JOINT_VENTURE: " LLP",
}
_SCHEMES = {
    Kind.PRIVATE: "GB-COH",
    Kind.CHARITY: "GB-CHC",
    Kind.SOCIAL_ENTERPRISE: "GB-COH",
    Kind.MUTUAL: "GB-MPR",
    Kind.PUBLIC_BODY: "GB-NHS",
    Kind.JOINT_VENTURE: "GB-COH",
    Kind.IN_HOUSE: "XX-DEMO",
}
_NUMBERS = {
    "GB-COH": "99{:06d}",
    "GB-CHC": "99{:05d}",
    "GB-MPR": "99{:04d}",
    "GB-NHS": "ZZ{:04d}",
    "XX-DEMO": "{:04d}",
}


@dataclass
class Namer:
    """Gives each organisation a name and an identifier that no other one has."""

    rng: np.random.Generator
    _places: Iterator[str] = field(init=False)
    _taken: set[str] = field(default_factory=set)
    _numbered: int = 0

    def __post_init__(self) -> None:
        self._places = self._shuffled_places()

    def organisation(self, kind: Kind, words: str | None = None) -> str:
        """Return a new name that says the kind as such names do."""
        choices = _WORDS[kind]
        while True:
            word = words or choices[int(self.rng.integers(len(choices)))]
            name = f"{next(self._places)} {word}{_FORMS[kind]}"
            if name not in self._taken:
                self._taken.add(name)
                return name

    def identifier(self, kind: Kind, scheme: str | None = None) -> tuple[str, str]:
        """Return a new scheme and identifier, of the register that such a body stands in."""
        self._numbered += 1
        scheme = scheme or _SCHEMES[kind]
        return scheme, _NUMBERS[scheme].format(self._numbered)

    def place(self) -> str:
        """Return an invented place."""
        return next(self._places)

    def _shuffled_places(self) -> Iterator[str]:
        """Yield every place once, then in pairs that are new in every round."""
        places = [head + tail for head in _HEADS for tail in _TAILS]
        for apart in count():
            for at in self.rng.permutation(len(places)):
                place, other = places[int(at)], places[(int(at) + apart) % len(places)]
                yield place if place == other else f"{place} and {other}"


def other_spellings(name: str) -> tuple[str, ...]:
    """Return the ways in which a hurried notice writes a name, the name itself left out."""
    short = name.replace(" Limited", " Ltd").replace(" and ", " & ")
    spellings = dict.fromkeys((short, name.upper(), short.upper()))
    return tuple(spelling for spelling in spellings if spelling != name)
