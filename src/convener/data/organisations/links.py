"""Groups of spellings, joined link by link, the surest first, each link with its evidence.

Two registered identifiers of one scheme are never chained into one group, and neither are two
spellings that a person has parted.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from convener.data.organisations.identifiers import parting


@dataclass(frozen=True)
class Link:
    """Why two spellings are one organisation, and how likely that is."""

    left: int
    right: int
    because: str
    probability: float


@dataclass
class Groups:
    """Spellings by number, and which of them are one organisation.

    Parameters
    ----------
    identifiers : sequence
        The qualified identifiers of each spelling, by its number.
    apart : pairs of spellings
        Parted by a person: no chain of links joins them.
    """

    identifiers: Sequence[Iterable[str]]
    apart: Sequence[tuple[int, int]] = ()
    refused: list[Link] = field(default_factory=list)

    def __post_init__(self) -> None:
        self._parent = list(range(len(self.identifiers)))
        self._anchors: dict[int, dict[str, str]] = {}
        for number, held in enumerate(self.identifiers):
            if anchors := parting(held):
                self._anchors[number] = anchors
        self._members: dict[int, list[int]] = {}
        self._because: dict[int, Link] = {}

    def root(self, number: int) -> int:
        """Return the spelling that stands for the group of this one."""
        parent = self._parent
        while parent[number] != number:
            parent[number] = parent[parent[number]]
            number = parent[number]
        return number

    def members(self, root: int) -> list[int]:
        """Return the spellings of a group."""
        return self._members.get(root, [root])

    def anchors(self, number: int) -> dict[str, str]:
        """Return the parting identifiers of a spelling's group by scheme."""
        return self._anchors.get(self.root(number), {})

    def because(self, number: int) -> Link | None:
        """Return the surest link that a spelling took part in."""
        return self._because.get(number)

    def may_join(self, left: int, right: int) -> bool:
        """Say whether no identifier and no person parts two groups."""
        left, right = self.root(left), self.root(right)
        return left == right or not (
            self._is_parted_by_number(left, right) or self._is_parted_by_person(left, right)
        )

    def join(self, link: Link, *, is_decided: bool = False) -> bool:
        """Make two groups one, unless something parts them; a decision overrides numbers."""
        left, right = self.root(link.left), self.root(link.right)
        if left != right:
            if self._is_parted_by_person(left, right) or (
                self._is_parted_by_number(left, right) and not is_decided
            ):
                self.refused.append(link)
                return False
            self._merge(left, right)
        for number in (link.left, link.right):
            self._because.setdefault(number, link)
        return True

    def _merge(self, left: int, right: int) -> None:
        if len(self.members(left)) < len(self.members(right)):
            left, right = right, left
        self._parent[right] = left
        self._members[left] = [
            *self._members.pop(left, [left]),
            *self._members.pop(right, [right]),
        ]
        if anchors := self._anchors.pop(right, None):
            self._anchors[left] = {**anchors, **self._anchors.get(left, {})}

    def _is_parted_by_number(self, left: int, right: int) -> bool:
        one, other = self._anchors.get(left), self._anchors.get(right)
        if not one or not other:
            return False
        return any(other.get(scheme, number) != number for scheme, number in one.items())

    def _is_parted_by_person(self, left: int, right: int) -> bool:
        roots = {left, right}
        return any({self.root(a), self.root(b)} == roots for a, b in self.apart)
