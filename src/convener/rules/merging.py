"""When two records are made one, what moves, and when that can be undone.

What is sealed for an organisation's people goes where its people go, and never to others: two
records that both have people are not merged until one side's have left it.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

from convener.base.errors import WrongStepError
from convener.rules.ownership import Held, SharesError, check_holdings


class MergeRefusedError(WrongStepError):
    """The two records cannot be made one as they stand."""


class UndoRefusedError(WrongStepError):
    """Something changed since the merge that undoing it could not give back."""


@dataclass(frozen=True)
class Stake:
    """One holding, and the organisation that is owned."""

    owned: int
    held: Held


@dataclass(frozen=True)
class Side:
    """One of two records, as far as a merge needs it."""

    number: int
    name: str
    is_merged: bool = False
    people: int = 0  # who act for it or are invited to
    sealed: int = 0  # accounts, answers and documents
    claims: int = 0  # that wait for a decision
    kinds: int = 0
    market_key: int | None = None

    @property
    def is_kept(self) -> bool:
        """Say whether somebody looks after it, or something is sealed for whoever did."""
        return self.people > 0 or self.sealed > 0


@dataclass(frozen=True)
class Plan:
    """What a merge does besides moving every row that it moves always."""

    moves_kinds: bool
    takes_match: bool


def decide_merge(
    kept: Side, merged: Side, stakes: Iterable[Stake], *, are_different: bool
) -> Plan:
    """Return what merging one record into another does.

    Parameters
    ----------
    kept, merged : the record that stays, and the one that leads to it from then on
    stakes : every holding in, or of, either of the two, and all other holdings in what they own
    are_different : whether an analyst said that the market's two organisations are not one

    Raises
    ------
    MergeRefusedError
        If they are one record, either was merged already, both have people or something sealed,
        a claim waits, an analyst said otherwise, or their holdings cannot all be true of one.
    """
    if kept.number == merged.number:
        raise MergeRefusedError("a record is not merged with itself; choose another")
    for side in (kept, merged):
        if side.is_merged:
            raise MergeRefusedError(f"{side.name} was merged into another record already")
    if merged.claims:
        raise MergeRefusedError(f"a claim to {merged.name} waits; decide on it before")
    if kept.is_kept and merged.is_kept:
        raise MergeRefusedError(
            "both records have people, or something that is sealed for them; each side would read"
            " what the other sealed. Let one side's roles, accounts, answers and documents end"
            " before"
        )
    if are_different:
        raise MergeRefusedError(
            "an analyst has said that the two are different organisations of the market; have that"
            " undone before"
        )
    check_stakes(kept.number, merged.number, stakes)
    return Plan(
        moves_kinds=kept.kinds == 0,
        takes_match=kept.market_key is None and merged.market_key is not None,
    )


def check_stakes(kept: int, merged: int, stakes: Iterable[Stake]) -> None:
    """Refuse holdings that cannot all be true once one record stands for both.

    Raises
    ------
    MergeRefusedError
        If one owns the other, or an organisation would be held twice by one owner or too much.
    """
    now = {merged: kept}
    owned: dict[int, list[Held]] = defaultdict(list)
    for one in stakes:
        owner = now.get(one.held.owner, one.held.owner)
        owned[now.get(one.owned, one.owned)].append(replace(one.held, owner=owner))
    for body, held in sorted(owned.items()):
        try:
            check_holdings(body, held)
        except SharesError as error:
            raise MergeRefusedError(
                f"their holdings cannot be those of one organisation: {error}. Take one back"
                " before"
            ) from error


def check_may_undo(
    *, is_undone: bool, kept_name: str, is_kept_merged: bool, changed: Sequence[str]
) -> None:
    """Refuse to undo a merge that cannot be undone as things stand.

    Parameters
    ----------
    is_undone : whether it was undone already
    kept_name, is_kept_merged : the record that stayed, and whether it was merged away since
    changed : in words, what was changed since and could not be given back

    Raises
    ------
    UndoRefusedError
        If so; the message names what stands in the way.
    """
    if is_undone:
        raise UndoRefusedError("this merge was undone already")
    if is_kept_merged:
        raise UndoRefusedError(f"{kept_name} was merged into another since; undo that before")
    if changed:
        raise UndoRefusedError(f"since the merge {'; '.join(changed)}: it cannot be given back")
