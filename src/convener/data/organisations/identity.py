"""Which spellings are one organisation: registered identifiers, then names, then variants.

Steps, the surest first. What a person decided comes before anything else, so that nothing later
undoes it; registered identifiers join spellings, also through registers that give one body two
numbers; the same name joins where no number says otherwise; likely variants of a name come last.
People are never linked.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from itertools import pairwise
from pathlib import Path

import duckdb
import pyarrow as pa

from convener.data.keys import organisation_key
from convener.data.organisations import decisions as corrections
from convener.data.organisations import kinds, owners, spellings, variants
from convener.data.organisations.decisions import Decision, DecisionKind, Subject
from convener.data.organisations.identifiers import qualified
from convener.data.organisations.links import Groups, Link
from convener.data.organisations.names import own_initials, same_letters
from convener.data.organisations.spellings import Pool
from convener.data.store import Load

SAME_LETTERS, SAME_CORE, ONE_OF_SEVERAL, SHORT_FORM = 0.98, 0.95, 0.85, 0.9
INITIALS_MAX = 4  # letters of a name that many bodies may share
WITHHELD = "Name withheld: it may be a person's"


def resolve(
    connection: duckdb.DuckDBPyConnection, load: Load, *, decisions: Path | None
) -> dict[str, int]:
    """Write who stands behind every spelling, of what kind they are, and who owns them.

    Parameters
    ----------
    connection : engine with a view of every table, over all sources
    load : the load that the parts ``organisations``, ``identities``, ``owner_shares`` belong to
    decisions : file of users' corrections, if there is one

    Returns
    -------
    dict of counts
        Spellings, organisations, how they were linked, links refused, ownership in circles.

    Raises
    ------
    DecisionsError
        If the file of corrections cannot be read as one.
    """
    standing = corrections.read(decisions)
    spellings.gather(connection, named=_named_owners(standing))
    pool = spellings.read(connection)
    pointed = Pointed(pool)
    groups = Groups(pool.identifiers, apart=_apart(pointed, standing))
    link_all(connection, pool, groups, pointed, standing)
    keys = organisation_keys(pool, groups)
    _keep(connection, pool, groups, keys)
    _keep_decided(connection, keys, pointed, standing)
    circles = owners.look_through(connection, on=load.at.date())
    kinds.classify(connection)
    _write(connection, load)
    return {**_counts(connection), "refused": len(groups.refused), "circles": circles}


def link_all(
    connection: duckdb.DuckDBPyConnection,
    pool: Pool,
    groups: Groups,
    pointed: Pointed,
    standing: list[Decision],
) -> None:
    """Join spellings into groups, the surest links first."""
    for decision in standing:
        if decision.kind is DecisionKind.SAME and decision.other:
            for pair in pointed.pairs(decision.subject, decision.other):
                groups.join(Link(*pair, "decision", 1.0), is_decided=True)
    for link in _by_identifier(pool):
        groups.join(link)
    for link in _by_name(pool, groups):
        groups.join(link)
    for link in _by_short_form(pool):
        groups.join(link)
    variants.join(connection, pool, groups)


# --- What a person decided ------------------------------------------------------------------


def _named_owners(standing: list[Decision]) -> list[Subject]:
    """Return the owners that a decision names: they may be in no source at all."""
    owners = (one.other for one in standing if one.kind is DecisionKind.OWNER and one.other)
    return [owner for owner in owners if owner.key is None and owner.name]


class Pointed:
    """Finds the spellings that a decision points to."""

    def __init__(self, pool: Pool) -> None:
        self._pool = pool
        self._by: dict[str, dict[object, list[int]]] = {}

    def numbers(self, subject: Subject) -> list[int]:
        """Return the spellings: by key, else by identifier, else by name, mentioned first."""
        if subject.key is not None:
            return self._index("key").get(subject.key, [])
        if (wanted := qualified(subject.scheme, subject.identifier)) is not None:
            return self._index("identifier").get(wanted, [])
        return self._index("name").get(same_letters(subject.name or ""), [])

    def pairs(self, subject: Subject, other: Subject) -> Iterator[tuple[int, int]]:
        """Give pairs that tie every spelling of one to every spelling of the other."""
        yield from pairwise([*self.numbers(subject), *self.numbers(other)])

    def _index(self, by: str) -> dict[object, list[int]]:
        if by not in self._by:
            index: dict[object, list[int]] = defaultdict(list)
            for number in range(len(self._pool)):
                for told in self._told(by, number):
                    index[told].append(number)
            self._by[by] = index
        return self._by[by]

    def _told(self, by: str, number: int) -> tuple[object, ...]:
        if by == "key":
            return (self._pool.keys[number],)
        if by == "identifier":
            return self._pool.identifiers[number][:1]
        return (same_letters(self._pool.names[number]),)


def _apart(pointed: Pointed, standing: list[Decision]) -> list[tuple[int, int]]:
    return [
        (left, right)
        for decision in standing
        if decision.kind is DecisionKind.DIFFERENT and decision.other
        for left in pointed.numbers(decision.subject)
        for right in pointed.numbers(decision.other)
        if left != right
    ]


# --- Exact steps ----------------------------------------------------------------------------


def _by_identifier(pool: Pool) -> Iterator[Link]:
    """Give links between spellings that share an identifier, their own before others'."""
    for own in (True, False):
        first: dict[str, int] = {}
        for number, held in enumerate(pool.identifiers):
            for identifier in held[:1] if own else held:
                if identifier in first:
                    yield Link(first[identifier], number, "identifier", 1.0)
                else:
                    first[identifier] = number


def _by_name(pool: Pool, groups: Groups) -> Iterator[Link]:
    """Give links between spellings of one name, where numbers and legal forms let them be one."""
    named: dict[str, list[int]] = defaultdict(list)
    for number in range(pool.mentioned):
        if pool.cores[number]:
            named[pool.cores[number]].append(number)
    for number in range(pool.mentioned, len(pool)):
        if pool.cores[number] in named and len(pool.cores[number]) > INITIALS_MAX:
            named[pool.cores[number]].append(number)
    for numbers in named.values():
        if len(numbers) > 1:
            for bucket in _by_form(pool, numbers):
                yield from _in_bucket(pool, groups, bucket)


def _by_short_form(pool: Pool) -> Iterator[Link]:
    """Give links from bare initials to the one name in the data that declares them its own."""
    declared: dict[str, dict[str, int]] = defaultdict(dict)
    for number in range(pool.mentioned):
        if pool.cores[number] and (short := own_initials(pool.names[number])):
            declared[short].setdefault(pool.cores[number], number)
    for number in range(pool.mentioned):
        holders = declared.get(same_letters(pool.names[number]), {})
        if len(holders) == 1:
            [holder] = holders.values()
            yield Link(holder, number, "short form", SHORT_FORM)


def _by_form(pool: Pool, numbers: list[int]) -> list[list[int]]:
    """Part spellings of one name by legal form where they claim two: X Ltd is not X LLP."""
    buckets: dict[str, list[int]] = defaultdict(list)
    for number in numbers:
        buckets[pool.forms[number]].append(number)
    if len(buckets.keys() - {""}) <= 1:
        return [numbers]
    return list(buckets.values())


def _in_bucket(pool: Pool, groups: Groups, numbers: list[int]) -> Iterator[Link]:
    """Give links within one name and form; a number that two bodies claim is left to neither."""
    free = [n for n in numbers if not groups.anchors(n)]
    held = {groups.root(n): n for n in numbers if groups.anchors(n)}
    yield from (_same_name(pool, left, right) for left, right in pairwise(free))
    bodies = list(held.values())
    if _is_one_body(groups, bodies):
        yield from (_same_name(pool, left, right) for left, right in pairwise(bodies + free[:1]))
        return
    in_the_data = [
        n for n in bodies if any(map(pool.is_mentioned, groups.members(groups.root(n))))
    ]
    if len(in_the_data) == 1 and free:
        yield Link(in_the_data[0], free[0], "same name", ONE_OF_SEVERAL)


def _is_one_body(groups: Groups, numbers: list[int]) -> bool:
    """Say whether no two of these have different numbers in one register."""
    seen: dict[str, str] = {}
    for number in numbers:
        for scheme, identifier in groups.anchors(number).items():
            if seen.setdefault(scheme, identifier) != identifier:
                return False
    return True


def _same_name(pool: Pool, left: int, right: int) -> Link:
    is_same = same_letters(pool.names[left]) == same_letters(pool.names[right])
    return Link(left, right, "same name", SAME_LETTERS if is_same else SAME_CORE)


# --- Organisations --------------------------------------------------------------------------


def organisation_keys(pool: Pool, groups: Groups) -> dict[int, int]:
    """Return the organisation of every spelling that is mentioned, or tied to one that is.

    A key is made from the first registered identifier, else from the least spelling, so that it
    stays the same from load to load while these do.
    """
    taken: set[int] = set()
    keys: dict[int, int] = {}
    for number in range(pool.mentioned):
        if number in keys:
            continue
        members = groups.members(groups.root(number))
        held = groups.anchors(number)
        told = min(held.values()) if held else f"spelling {min(pool.keys[m] for m in members)}"
        key = organisation_key(told)
        while key in taken:  # a person parted spellings of one identifier
            key = organisation_key(f"{told} {min(pool.keys[m] for m in members)} {key}")
        taken.add(key)
        keys.update(dict.fromkeys(members, key))
    return keys


def _keep(
    connection: duckdb.DuckDBPyConnection, pool: Pool, groups: Groups, keys: dict[int, int]
) -> None:
    """Make the tables ``member`` (spellings of organisations) and ``namesake`` (entries)."""
    because = {number: groups.because(number) for number in keys}
    arrived = pa.table(
        {
            "number": pa.array(list(keys), pa.int32()),
            "organisation_key": pa.array(list(keys.values()), pa.int64()),
            "party_key": pa.array([pool.keys[n] for n in keys], pa.uint64()),
            "name": [pool.names[n] for n in keys],
            "core": [pool.cores[n] for n in keys],
            "identifiers": [list(pool.identifiers[n]) for n in keys],
            "is_entry": [not pool.is_mentioned(n) for n in keys],
            "is_person": [n in pool.people for n in keys],
            "because": [link.because if link else "alone" for link in because.values()],
            "probability": [link.probability if link else 1.0 for link in because.values()],
        }
    )
    connection.register("arrived", arrived)
    connection.execute("create or replace table member as select * from arrived")
    connection.unregister("arrived")


def _keep_decided(
    connection: duckdb.DuckDBPyConnection,
    keys: dict[int, int],
    pointed: Pointed,
    standing: list[Decision],
) -> None:
    """Make the table ``decided``: kinds, names and owners by organisation, the latest last."""
    rows: list[tuple[object, ...]] = []
    for place, decision in enumerate(standing):
        subjects = {keys[n] for n in pointed.numbers(decision.subject) if n in keys}
        others = {keys[n] for n in pointed.numbers(decision.other or Subject()) if n in keys}
        for subject in sorted(subjects):
            rows.extend(
                (
                    place,
                    str(decision.kind),
                    subject,
                    other,
                    decision.value,
                    decision.share,
                    f"{decision.reason} (decided by {decision.by}, {decision.at:%d %B %Y})",
                    decision.from_on,
                    decision.to_on,
                )
                for other in (*sorted(others),) or (None,)
            )
    connection.execute(
        "create or replace table decided (place INTEGER, kind VARCHAR, organisation_key"
        " BIGINT, other_key BIGINT, value VARCHAR, share DOUBLE, because VARCHAR, from_on DATE,"
        " to_on DATE)"
    )
    if rows:
        connection.executemany("insert into decided values (?, ?, ?, ?, ?, ?, ?, ?, ?)", rows)


# --- Writing --------------------------------------------------------------------------------


def _write(connection: duckdb.DuckDBPyConnection, load: Load) -> None:
    """Write the parts of ``identities``, ``organisations`` and ``owner_shares``."""
    _name_organisations(connection)
    for table, query in (
        ("identities", _IDENTITIES),
        ("organisations", _ORGANISATIONS),
        (
            "owner_shares",
            (
                "select organisation_key, owner_key, share, from_on, to_on from owner_share"
                " order by all"
            ),
        ),
    ):
        target = str(load.part_path(table, 0)).replace("'", "''")
        connection.execute(f"copy ({query}) to '{target}' (format parquet, compression zstd)")


# The name most used where the data mentions it; a decided name outweighs all.
def _name_organisations(connection: duckdb.DuckDBPyConnection) -> None:
    connection.execute(f"""
        create or replace table called as
        with used as (
            select m.organisation_key, m.name, sum(coalesce(s.uses, 0)) as uses,
                   bool_or(m.is_person) as is_person, min(m.is_entry::int) as entry_only
            from member m left join spelling s using (party_key)
            where m.name <> '' group by all
        ), chosen as (
            select organisation_key, bool_and(is_person) as is_person,
                   first(name order by entry_only, uses desc, length(name) desc, name) as name,
                   list(name order by uses desc, name) as names
            from used group by all
        )
        select organisation_key, is_person,
               case when is_person then '{WITHHELD.replace("'", "''")}'
                    else coalesce(d.value, name) end as name,
               case when is_person then []::varchar[]
                    else list_filter(names, lambda x: x <> coalesce(d.value, name)) end as others
        from chosen left join (
            select organisation_key, last(value order by place) as value
            from decided where kind = 'name' group by all
        ) d using (organisation_key)
    """)


_IDENTITIES = """
    select party_key, organisation_key,
           case when not is_person then nullif(name, '') end as name,
           case when not is_person then scheme end as scheme,
           case when not is_person then identifier end as identifier,
           because, probability
    from (
        select m.*, coalesce(s.scheme, e.scheme) as scheme,
               coalesce(s.identifier, e.identifier) as identifier,
               row_number() over (partition by m.party_key order by m.is_entry, m.number) as place
        from member m
        left join spelling s using (party_key)
        left join (select distinct on (party_key) * from entry) e using (party_key)
    ) where place = 1 order by party_key
"""
_ORGANISATIONS = """
    with told as (
        select organisation_key,
               list_sort(list_distinct(flatten(list(identifiers)))) as identifiers
        from member group by all
    ), flags as (
        select organisation_key,
               mode(s.scale order by s.scale) filter (s.scale is not null) as scale,
               bool_or(s.is_vcse) as is_vcse
        from member join spelling s using (party_key) group by all
    )
    select o.organisation_key, c.name, k.kind, k.confidence as kind_confidence,
           k.because as kind_because, t.identifiers, c.others as also_known_as,
           o.owner_key, owner.name as owner_name, f.scale, f.is_vcse
    from told t
    join flags f using (organisation_key)
    join owner o using (organisation_key)
    join judged k using (organisation_key)
    left join called c using (organisation_key)
    left join called owner on owner.organisation_key = o.owner_key
    order by organisation_key
"""


def _counts(connection: duckdb.DuckDBPyConnection) -> dict[str, int]:
    rows = connection.execute(
        """select because, count(*) from member where not is_entry group by all order by all"""
    ).fetchall()
    [(spelt, organisations, people)] = connection.execute(
        """select count(*) filter (not is_entry), count(distinct organisation_key),
                  count(*) filter (is_person) from member"""
    ).fetchall()
    return {
        "spellings": spelt,
        "organisations": organisations,
        "people": people,
        **{str(because): count for because, count in rows},
    }
