"""The integrity flags of one process as those who may see them are shown them."""

from __future__ import annotations

from dataclasses import dataclass

from convener.measures.lists.process_flags import FlagFound, Process, find_process, flags_of
from convener.service.market.data import MarketData
from convener.service.market.notes import NoteShown, notes_for


@dataclass(frozen=True)
class Looked:
    """One process, every rule upon it, and what its organisations say of themselves."""

    process: Process
    found: tuple[FlagFound, ...]
    notes: list[NoteShown]

    @property
    def flagged(self) -> int:
        """Return how many rules flag it."""
        return sum(one.is_flagged is True for one in self.found)

    @property
    def judged(self) -> int:
        """Return how many judgements could be made."""
        return sum(one.is_flagged is not None for one in self.found)


def look(data: MarketData, ocid: str) -> Looked:
    """Return the flags of one process, computed once a load.

    Raises
    ------
    NotFoundError
        If no process has the ocid.
    """
    with data.cursor() as cursor:
        process = find_process(cursor, ocid)
    found = data.kept(("flags", process.key), lambda: _flags(data, process))
    return Looked(process, found, notes_for(_parties(data, process.key)))


def _flags(data: MarketData, process: Process) -> tuple[FlagFound, ...]:
    with data.cursor() as cursor:
        return flags_of(cursor, process)


def _parties(data: MarketData, process: int) -> list[int]:
    """Return the organisations of a process, whose notes stand beside its flags."""
    with data.cursor() as cursor:
        rows = cursor.execute(
            """select distinct organisation_key from identities where party_key in (
                   select party_key from suppliers where process_key = $process
                   union all select party_key from tenderers where process_key = $process
                   union all select buyer_key from processes where process_key = $process
               )""",
            {"process": process},
        ).fetchall()
    return [row[0] for row in rows]
