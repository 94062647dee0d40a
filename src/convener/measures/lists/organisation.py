"""One organisation: who it is, what it provides and to whom, and what it buys.

Figures are those of the prepared views, so that they agree with the pages of markets: a body that
nobody else owns is read with all that it owns, by share and by day; a body that another owns is
read alone. A person has no page and is never named.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime, time
from typing import Any

import duckdb

from convener.base.errors import NotFoundError
from convener.base.kinds import Kind
from convener.data.keys import organisation_key
from convener.measures.lists.holders import NOT_NAMED
from convener.measures.lists.spellings import KEYS

RELATED_MAX = 100
SPELLINGS_MAX = 60


@dataclass(frozen=True)
class Related:
    """A body that owns another or is owned by it, how much, and from when until when.

    A person is named by nothing and has no number.
    """

    key: int | None
    name: str
    kind: Kind
    share: float
    from_on: date | None
    to_on: date | None


@dataclass(frozen=True)
class Written:
    """A way in which an organisation is written, and why it was put with the others."""

    name: str
    identifier: str
    because: str
    probability: float | None


@dataclass(frozen=True)
class Profile:
    """Who an organisation is, and why we think so."""

    key: int
    name: str
    kind: Kind
    kind_confidence: float | None
    kind_because: str
    identifiers: tuple[str, ...]
    also_known_as: tuple[str, ...]
    scale: str
    is_vcse: bool | None
    owner: Related | None
    owners: tuple[Related, ...]
    owned: tuple[Related, ...]
    owned_count: int
    written: tuple[Written, ...]

    @property
    def is_owned(self) -> bool:
        """Say whether others own all or part of it, or did once."""
        return self.owner is not None or bool(self.owners)

    @property
    def is_shared(self) -> bool:
        """Say whether several own it now, or one of them a part."""
        now = [one for one in self.owners if one.to_on is None]
        return len(now) > 1 or any(one.share < 1 for one in now)

    @property
    def entity(self) -> str:
        """Return what counts as one provider on its page."""
        return "organisation" if self.is_owned else "owner"


def read_profile(cursor: duckdb.DuckDBPyConnection, key: int) -> Profile:
    """Return who an organisation is.

    Raises
    ------
    NotFoundError
        If there is none of that key that may be named.
    """
    rows = _rows(cursor, _PROFILE, key) if 0 <= key < KEYS else []
    if not rows:
        raise NotFoundError(f"no organisation has the number {key}")
    row = rows[0]
    owners = tuple(_related(one) for one in _rows(cursor, _OWNERS, key))
    owned = tuple(_related(one) for one in _rows(cursor, _OWNED, key))
    return Profile(
        key=key,
        name=row["name"],
        kind=Kind(row["kind"]),
        kind_confidence=row["kind_confidence"],
        kind_because=row["kind_because"] or "",
        identifiers=tuple(row["identifiers"] or ()),
        also_known_as=tuple(row["also_known_as"] or ()),
        scale=row["scale"] or "",
        is_vcse=row["is_vcse"],
        owner=_owner(row, key),
        owners=owners,
        owned=owned[:RELATED_MAX],
        owned_count=len(owned),
        written=tuple(Written(**one) for one in _rows(cursor, _WRITTEN, key)),
    )


def spellings_behind(cursor: duckdb.DuckDBPyConnection, profile: Profile) -> list[int]:
    """Return the spellings under which an organisation, and what it owns, is met."""
    alone = profile.entity == "organisation"
    rows = cursor.execute(_SPELLINGS, {"key": profile.key, "with_owned": not alone}).fetchall()
    return [row[0] for row in rows]


def last_day(cursor: duckdb.DuckDBPyConnection, *, before: date) -> date | None:
    """Return the last day on which the data awards anything, from which ends are counted."""
    [(day,)] = cursor.execute(
        "select max(moment)::date from (select max(awarded_at) as moment from awards"
        " where awarded_at <= $last union all select max(released_at) from processes"
        " where released_at <= $last)",
        {"last": datetime.combine(before, time.max, UTC)},
    ).fetchall()
    return day if isinstance(day, date) else None


def successors_of(cursor: duckdb.DuckDBPyConnection, key: int) -> tuple[tuple[int, str], ...]:
    """Return the organisations that now hold what an organisation's number was once made from.

    Every number and spelling is tried, so this is for a number that leads nowhere.
    """
    found: dict[int, str] = {}
    for sql in _ORIGINS:
        rows = cursor.execute(sql)
        while some := rows.fetchmany(10_000):
            found |= {now: name for told, now, name in some if organisation_key(told) == key}
    return tuple(found.items())


def _owner(row: dict[str, Any], key: int) -> Related | None:
    if row["owner_key"] in (None, key):
        return None
    return _related(
        {
            "key": row["owner_key"],
            "name": row["owner_name"],
            "kind": row["owner_kind"],
            "share": 1.0,
            "from_on": None,
            "to_on": None,
        }
    )


def _related(row: dict[str, Any]) -> Related:
    kind = Kind(row["kind"] or Kind.UNKNOWN)
    if kind is Kind.INDIVIDUAL:
        row = {**row, "key": None, "name": NOT_NAMED}
    return Related(**{**row, "kind": kind, "name": row["name"] or "Not named"})


def _rows(cursor: duckdb.DuckDBPyConnection, sql: str, key: int) -> list[dict[str, Any]]:
    answer = cursor.execute(sql, {"key": key})
    names = [column[0] for column in answer.description or ()]
    return [dict(zip(names, row, strict=True)) for row in answer.fetchall()]


_PROFILE = """
    select o.name, o.kind, o.kind_confidence, o.kind_because, o.identifiers, o.also_known_as,
           o.scale, o.is_vcse, o.owner_key, o.owner_name, w.kind as owner_kind
    from organisations o
    left join organisations w on w.organisation_key = o.owner_key
    where o.organisation_key = $key and o.kind <> 'individual'
"""
_OWNERS = """
    select s.owner_key as key, o.name, o.kind, s.share, s.from_on, s.to_on
    from owner_shares s
    left join organisations o on o.organisation_key = s.owner_key
    where s.organisation_key = $key and s.owner_key <> $key
    order by s.to_on desc nulls first, s.share desc, o.name
"""
_OWNED = """
    with owned as (
        select organisation_key, share, from_on, to_on from owner_shares
        where owner_key = $key and organisation_key <> $key
        union all
        select organisation_key, 1.0, null, null from organisations
        where owner_key = $key and organisation_key <> $key
          and organisation_key not in (select organisation_key from owner_shares)
    )
    select w.organisation_key as key, o.name, o.kind, w.share, w.from_on, w.to_on
    from owned w
    left join organisations o on o.organisation_key = w.organisation_key
    order by w.to_on desc nulls first, w.share desc, o.name
"""
_WRITTEN = f"""
    select name,
           case when identifier is not null then coalesce(scheme || ' ', '') || identifier
                else '' end as identifier,
           coalesce(min(because), '') as because,
           min(probability) as probability
    from identities
    where organisation_key = $key and name is not null
    group by name, 2
    order by name, 2
    limit {SPELLINGS_MAX}
"""
_ORIGINS = (
    """select 'spelling ' || i.party_key, o.organisation_key, o.name
       from identities i join organisations o on o.organisation_key = i.organisation_key
       where o.kind <> 'individual'""",
    """select unnest(identifiers), organisation_key, name
       from organisations where kind <> 'individual'""",
)
_SPELLINGS = """
    select distinct party_key from identities
    where party_key is not null and (
        organisation_key = $key
        or ($with_owned and organisation_key in (
            select organisation_key from owner_shares where owner_key = $key
            union
            select organisation_key from organisations where owner_key = $key)))
"""
