"""Users' corrections: what a person decided about organisations, applied last at every load.

They lie in ``decisions.parquet`` in the workspace, written by the service on each change. A
decision is never deleted: undoing it sets ``undone_at``, and the next load is as if it had not
been made.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from enum import StrEnum
from pathlib import Path

import duckdb

from convener.base.errors import BadInputError
from convener.base.kinds import Kind

COLUMNS = (
    ("decision_id", "VARCHAR"),
    ("kind", "VARCHAR"),
    ("subject_key", "UBIGINT"),
    ("subject_name", "VARCHAR"),
    ("subject_scheme", "VARCHAR"),
    ("subject_identifier", "VARCHAR"),
    ("other_key", "UBIGINT"),
    ("other_name", "VARCHAR"),
    ("other_scheme", "VARCHAR"),
    ("other_identifier", "VARCHAR"),
    ("value", "VARCHAR"),
    ("reason", "VARCHAR"),
    ("decided_by", "VARCHAR"),
    ("decided_at", "TIMESTAMPTZ"),
    ("undone_at", "TIMESTAMPTZ"),
    ("from_on", "DATE"),
    ("to_on", "DATE"),
)
LATER = frozenset({"from_on", "to_on"})  # a file that was written before they were has neither


class DecisionsError(BadInputError):
    """The file of decisions cannot be read as one."""


class DecisionKind(StrEnum):
    """What a person may decide about an organisation."""

    SAME = "same"  # the subject and the other are one organisation
    DIFFERENT = "different"  # they are not, whatever links them
    KIND = "kind"  # the value is the subject's kind
    NAME = "name"  # the value is the name to show for it
    OWNER = "owner"  # the other owns the subject; the value is the share, all where blank


@dataclass(frozen=True)
class Subject:
    """An organisation as a decision points to it: by spelling, else identifier, else name.

    An owner that has a name and is in no source becomes an organisation of the store.
    """

    key: int | None = None
    name: str | None = None
    scheme: str | None = None
    identifier: str | None = None


@dataclass(frozen=True)
class Decision:
    """One correction, with who made it, when and why.

    The days are those of an owner: from which it is one, until which; without, always.
    """

    decision_id: str
    kind: DecisionKind
    subject: Subject
    reason: str
    by: str
    at: datetime
    other: Subject | None = None
    value: str | None = None
    undone_at: datetime | None = None
    from_on: date | None = None
    to_on: date | None = None

    @property
    def share(self) -> float:
        """Return the share that a decision on an owner gives; all where it names none."""
        return float(self.value) if self.value and self.kind is DecisionKind.OWNER else 1.0


def write(path: Path, decisions: Iterable[Decision]) -> None:
    """Write decisions as the file that loads read, replacing it in one step."""
    connection = duckdb.connect()
    ddl = ", ".join(f"{name} {type_}" for name, type_ in COLUMNS)
    connection.execute(f"create table decisions ({ddl})")
    rows = [_row(decision) for decision in decisions]
    if rows:
        marks = ", ".join("?" for _ in COLUMNS)
        connection.executemany(f"insert into decisions values ({marks})", rows)
    partial = path.with_name(f"{path.name}.partial")
    target = str(partial).replace("'", "''")
    connection.execute(f"copy decisions to '{target}' (format parquet)")
    connection.close()
    partial.rename(path)


def _row(decision: Decision) -> list[object]:
    other = decision.other or Subject()
    return [
        decision.decision_id,
        decision.kind.value,
        *(decision.subject.key, decision.subject.name),
        *(decision.subject.scheme, decision.subject.identifier),
        *(other.key, other.name, other.scheme, other.identifier),
        decision.value,
        decision.reason,
        decision.by,
        decision.at,
        decision.undone_at,
        decision.from_on,
        decision.to_on,
    ]


def read(path: Path | None) -> list[Decision]:
    """Return the decisions that stand, in the order in which they were made.

    Raises
    ------
    DecisionsError
        If the file is no Parquet, lacks a column, or holds a decision that says nothing.
    """
    if path is None:
        return []
    names = ", ".join(name for name, _type in COLUMNS)
    wanted = "* replace (epoch_us(decided_at) as decided_at, epoch_us(undone_at) as undone_at)"
    connection = duckdb.connect()
    try:
        told = {row[0] for row in connection.execute(_DESCRIBED, [str(path)]).fetchall()}
        present = ", ".join(
            name if name in told or name not in LATER else f"null::DATE as {name}"
            for name, _type in COLUMNS
        )
        rows = connection.execute(
            f"""select {wanted} from (select {present} from read_parquet(?))
                where undone_at is null order by decided_at, decision_id""",
            [str(path)],
        ).fetchall()
    except duckdb.Error as error:
        message = f"{path.name} is not a file of decisions with the columns {names}: {error}"
        raise DecisionsError(message) from error
    finally:
        connection.close()
    return [_decision(row) for row in rows]


_DESCRIBED = "select name from parquet_schema(?)"


def _decision(row: Sequence[object]) -> Decision:
    values = dict(zip((name for name, _type in COLUMNS), row, strict=True))
    other = _subject(values, "other")
    decision = Decision(
        decision_id=str(values["decision_id"]),
        kind=_known_kind(values),
        subject=_subject(values, "subject"),
        reason=str(values["reason"] or ""),
        by=str(values["decided_by"] or ""),
        at=_moment(values["decided_at"]),
        other=None if other == Subject() else other,
        value=None if values["value"] is None else str(values["value"]),
        from_on=_day(values["from_on"]),
        to_on=_day(values["to_on"]),
    )
    _check(decision)
    return decision


def _subject(values: dict[str, object], role: str) -> Subject:
    key = values[f"{role}_key"]
    name, scheme, identifier = (values[f"{role}_{c}"] for c in ("name", "scheme", "identifier"))
    return Subject(
        key=key if isinstance(key, int) else None,
        name=None if name is None else str(name),
        scheme=None if scheme is None else str(scheme),
        identifier=None if identifier is None else str(identifier),
    )


def _known_kind(values: dict[str, object]) -> DecisionKind:
    try:
        return DecisionKind(str(values["kind"]))
    except ValueError as error:
        known = ", ".join(DecisionKind)
        message = (
            f"decision {values['decision_id']} is a {values['kind']!r}; wanted one of {known}"
        )
        raise DecisionsError(message) from error


def _moment(value: object) -> datetime:
    if not isinstance(value, int):
        message = f"a decision has no moment at which it was made: met {value!r}"
        raise DecisionsError(message)
    return _EPOCH + timedelta(microseconds=value)


_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


def _day(value: object) -> date | None:
    return value if isinstance(value, date) else None


def _check(decision: Decision) -> None:
    """Refuse a decision that lacks what its kind needs."""
    wanted = ""
    if decision.subject == Subject():
        wanted = "a subject"
    elif decision.kind in (DecisionKind.SAME, DecisionKind.DIFFERENT, DecisionKind.OWNER):
        wanted = "" if decision.other else "another organisation"
    elif not decision.value:
        wanted = "a value"
    if decision.kind is DecisionKind.KIND and decision.value not in set(Kind):
        wanted = f"one of {', '.join(Kind)} for a kind, not {decision.value!r},"
    if decision.kind is DecisionKind.OWNER and not _is_share(decision.value):
        wanted = f"a share above 0 and at most 1, not {decision.value!r},"
    if decision.from_on and decision.to_on and decision.to_on <= decision.from_on:
        wanted = f"to end after {decision.from_on}, not on {decision.to_on},"
    if wanted:
        message = f"decision {decision.decision_id} ({decision.kind}) needs {wanted}"
        raise DecisionsError(message)


def _is_share(value: str | None) -> bool:
    try:
        return value is None or 0 < float(value) <= 1
    except ValueError:
        return False
