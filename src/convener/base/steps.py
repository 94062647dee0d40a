"""A process as a table: the steps there are, and which may follow which."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

from convener.base.errors import WrongStepError


@dataclass(frozen=True)
class Process[Step: StrEnum]:
    """The steps of one sort of thing, and the moves between them.

    Parameters
    ----------
    name : what goes through the steps, as a sentence calls it
    start : the first step
    moves : for each step that can be left, those that may follow it
    """

    name: str
    start: Step
    moves: Mapping[Step, frozenset[Step]]

    def after(self, step: Step) -> frozenset[Step]:
        """Return the steps that may follow one; none where it is the end."""
        return self.moves.get(step, frozenset())

    def check_move(self, step: Step, to: Step) -> None:
        """Refuse a move that the table does not hold.

        Raises
        ------
        WrongStepError
            If it may not be made; the message names both steps.
        """
        if to not in self.after(step):
            raise WrongStepError(f"{self.name} cannot go from {step} to {to}")
