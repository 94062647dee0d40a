"""Of what kind an organisation is, with the evidence that says so and how far to trust it.

Evidence counts in this order: a person's decision; a register entry with the same number; the
scheme of a registered number; two owners or more; then, whichever is surest, a register entry of
the same name, what publishers say, and the form of the name. Nothing known is *unknown*, and never
private.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import duckdb
import pyarrow as pa

from convener.base.kinds import Kind
from convener.data.organisations import name_forms

CHUNK = 10_000
NAMES_READ = 20  # of one organisation, the most used first


@dataclass(frozen=True)
class Evidence:
    """What speaks for a kind, in words that a reader sees."""

    kind: Kind
    confidence: float
    because: str


@dataclass(frozen=True)
class Entry:
    """A register entry that an organisation is tied to, or shares its name with."""

    kind: str
    register: str
    link: str  # identifier, same name; namesake where it is tied to none


@dataclass(frozen=True)
class Facts:
    """Everything that the store holds on the kind of one organisation."""

    names: Sequence[str] = ()
    identifiers: Sequence[str] = ()
    entries: Sequence[Entry] = ()
    published: Mapping[str, str] = field(default_factory=dict)  # kind by who says so
    decided: tuple[str, str] | None = None  # kind, and reason with who and when
    is_vcse: bool = False
    is_mutual: bool = False
    is_buyer: bool = False
    is_joint: bool = False
    is_person: bool = False


def judge(facts: Facts) -> Evidence:
    """Return the kind that the best evidence gives, or unknown."""
    for found in (_decided(facts), _numbered(facts), _joint(facts)):
        if found is not None:
            return found
    return max(_telling(facts), key=lambda evidence: evidence.confidence, default=_UNKNOWN)


_UNKNOWN = Evidence(Kind.UNKNOWN, 0.0, "nothing in the data says")


def _decided(facts: Facts) -> Evidence | None:
    if facts.decided is not None:
        kind, reason = facts.decided
        return Evidence(Kind(kind), 1.0, reason)
    if facts.is_person:
        return Evidence(Kind.INDIVIDUAL, 0.8, "the name may be a person's")
    return None


# The schemes of registers that hold one kind of body. In order: a charity that is a company too
# is a charity, and a housing provider that is a registered society is no staff-owned mutual.
_SCHEMES = (
    (("GB-CHC-", "GB-SC-", "GB-NIC-"), Kind.CHARITY, 0.97, "a charity number"),
    (("GB-COH-CE", "GB-COH-CS"), Kind.CHARITY, 0.97, "number of a charitable incorporated body"),
    (
        ("GB-NHS-", "GB-GOR-", "GB-LAE-", "GB-LAS-", "GB-LANI-", "GB-PLA-", "GB-GOV-"),
        Kind.PUBLIC_BODY,
        0.95,
        "a number of a register of public bodies",
    ),
    (("GB-SHPE-",), Kind.SOCIAL_ENTERPRISE, 0.85, "a number of a social housing provider"),
    (
        ("GB-MPR-", "GB-COH-IP", "GB-COH-RS", "GB-COH-SP", "GB-COH-NP", "GB-COH-NO"),
        Kind.MUTUAL,
        0.9,
        "a number of a registered society",
    ),
    (("GB-COH-OC", "GB-COH-SO", "GB-COH-NC"), Kind.PRIVATE, 0.8, "number of a partnership (LLP)"),
)


def _numbered(facts: Facts) -> Evidence | None:
    """Return what registers say by number: an entry of the same number, or the scheme itself."""
    tied = [entry for entry in facts.entries if entry.link == "identifier"]
    by_entry = min(tied, key=lambda entry: _ORDER[entry.kind], default=None)
    by_scheme = _by_scheme(facts)
    if by_entry is None:
        return by_scheme
    if by_scheme is not None and _ORDER[by_scheme.kind] < _ORDER[by_entry.kind]:
        return by_scheme
    because = f"listed in the register {by_entry.register} under its number"
    return Evidence(Kind(by_entry.kind), 0.97, because)


_ORDER: dict[str, int] = {
    kind: place
    for place, kind in enumerate(
        (
            Kind.IN_HOUSE,
            Kind.CHARITY,
            Kind.PUBLIC_BODY,
            Kind.SOCIAL_ENTERPRISE,
            Kind.MUTUAL,
            Kind.JOINT_VENTURE,
            Kind.PRIVATE,
            Kind.INDIVIDUAL,
            Kind.UNKNOWN,
        )
    )
}


def _by_scheme(facts: Facts) -> Evidence | None:
    for prefixes, kind, confidence, words in _SCHEMES:
        for identifier in facts.identifiers:
            if not identifier.startswith(prefixes):
                continue
            if kind is Kind.MUTUAL and _is_housing(facts):
                break
            return Evidence(kind, confidence, f"{identifier} is {words}")
    return None


def _is_housing(facts: Facts) -> bool:
    """Say whether a registered society lets homes: not for profit, and no staff-owned mutual."""
    if any(number.startswith("GB-SHPE-") for number in facts.identifiers):
        return True
    return any(" hous" in f" {name.lower()}" or "homes" in name.lower() for name in facts.names)


def _joint(facts: Facts) -> Evidence | None:
    if not facts.is_joint:
        return None
    return Evidence(Kind.JOINT_VENTURE, 0.9, "two owners or more hold at least a quarter each")


_BY_LINK = {"same name": 0.92, "namesake": 0.86}


def _telling(facts: Facts) -> Iterator[Evidence]:
    """Give the evidence short of a number, publishers' own word before names."""
    yield from _published(facts)
    yield from _same_names(facts)
    for name in facts.names[:NAMES_READ]:
        form = name_forms.read(name)
        if form is not None:
            yield Evidence(form.kind, form.confidence, f"the name's form: {form.words}")
    if _is_housing(facts) and any(
        i.startswith(("GB-MPR-", "GB-COH-IP")) for i in facts.identifiers
    ):
        yield Evidence(Kind.SOCIAL_ENTERPRISE, 0.85, "a registered society that lets homes")


def _published(facts: Facts) -> Iterator[Evidence]:
    for who, kind in facts.published.items():
        yield Evidence(Kind(kind), 0.9, f"{who} says so")
    if facts.is_mutual:
        yield Evidence(Kind.MUTUAL, 0.85, "published as a public service mission organisation")
    if facts.is_vcse:
        yield Evidence(Kind.CHARITY, 0.68, "published as a voluntary or social enterprise")
    if facts.is_buyer:
        yield Evidence(Kind.PUBLIC_BODY, 0.7, "publishes as a buyer")


def _same_names(facts: Facts) -> Iterator[Evidence]:
    """Give what entries of the same name say, where all of them agree."""
    named = [entry for entry in facts.entries if entry.link != "identifier"]
    if len({entry.kind for entry in named}) == 1:
        best = max(named, key=lambda entry: _BY_LINK.get(entry.link, 0))
        because = f"the register {best.register} lists the name"
        kind = Kind(best.kind)
        if kind is Kind.MUTUAL and _is_housing(facts):
            kind, because = Kind.SOCIAL_ENTERPRISE, f"{because}, of a society that lets homes"
        yield Evidence(kind, _BY_LINK.get(best.link, 0.8), because)


# --- In the store ---------------------------------------------------------------------------


def classify(connection: duckdb.DuckDBPyConnection) -> None:
    """Make the table ``judged``: kind, confidence and evidence of every organisation.

    The connection holds ``member``, ``spelling``, ``entry``, ``decided`` and ``owner``.
    """
    connection.execute(
        "create or replace table judged"
        " (organisation_key BIGINT, kind VARCHAR, confidence DOUBLE, because VARCHAR)"
    )
    cursor = connection.cursor()
    cursor.execute(_FACTS)
    columns = [column[0] for column in cursor.description or ()]
    while rows := cursor.fetchmany(CHUNK):
        _write(connection, [dict(zip(columns, row, strict=True)) for row in rows])
    cursor.close()


def _write(connection: duckdb.DuckDBPyConnection, rows: Iterable[dict[str, Any]]) -> None:
    judged = [(row["organisation_key"], judge(_facts(row))) for row in rows]
    arrived = pa.table(
        {
            "organisation_key": pa.array([key for key, _ in judged], pa.int64()),
            "kind": [str(evidence.kind) for _, evidence in judged],
            "confidence": [evidence.confidence for _, evidence in judged],
            "because": [evidence.because for _, evidence in judged],
        }
    )
    connection.register("arrived", arrived)
    connection.execute("insert into judged select * from arrived")
    connection.unregister("arrived")


def _facts(row: dict[str, Any]) -> Facts:
    return Facts(
        names=row["names"] or (),
        identifiers=row["identifiers"] or (),
        entries=[Entry(**entry) for entry in row["entries"] or ()],
        published={"the publisher": row["published"]} if row["published"] in _KINDS else {},
        decided=(row["decided"]["kind"], row["decided"]["because"]) if row["decided"] else None,
        **{flag: bool(row[flag]) for flag in _FLAGS},
    )


_KINDS = frozenset(str(kind) for kind in Kind) - {str(Kind.UNKNOWN)}
_FLAGS = ("is_vcse", "is_mutual", "is_buyer", "is_joint", "is_person")
_FACTS = """
    with told as (
        select m.organisation_key,
               list(m.name order by s.uses desc, m.name) filter (m.name <> '') as names,
               mode(s.kind order by s.kind) filter (s.kind is not null) as published,
               bool_or(s.is_vcse) as is_vcse, bool_or(s.is_mutual) as is_mutual,
               bool_or(s.is_buyer) as is_buyer, bool_and(m.is_person) as is_person
        from member m join spelling s using (party_key)
        where not m.is_entry
        group by all
    ), known as (
        select organisation_key, unnest(identifiers) as identifier from member where not is_entry
    ), entered as (
        select distinct m.organisation_key, m.party_key, m.core, unnest(m.identifiers) as number
        from member m where m.is_entry
    ), numbered as (
        select organisation_key, identifier from known
        union
        select e.organisation_key, e.number from entered e where (e.organisation_key, e.party_key)
        in (select (o.organisation_key, o.party_key) from entered o
            join known k on k.organisation_key = o.organisation_key and k.identifier = o.number)
    ), numbers as (
        select organisation_key, list_sort(list_distinct(list(identifier))) as identifiers
        from numbered group by all
    ), tied as (
        select m.organisation_key, e.kind, e.register,
               case when list_has_any(m.identifiers, list(n.identifier)) then 'identifier'
                    else 'same name' end as link
        from member m
        join entry e using (party_key)
        left join numbered n using (organisation_key)
        where m.is_entry and e.kind is not null
        group by m.organisation_key, m.party_key, m.identifiers, e.kind, e.register
    ), namesake as (
        select distinct m.organisation_key, e.kind, e.register, 'namesake' as link
        from member m join named n using (core) join entry e on e.party_key = n.party_key
        where n.is_entry and not m.is_entry and e.kind is not null
          and m.organisation_key not in (select organisation_key from tied)
          and len(m.identifiers) = 0
    ), listed as (
        select organisation_key,
               list(distinct {'kind': kind, 'register': register, 'link': link}) as entries
        from (select organisation_key, kind, register, link from tied
              union all select * from namesake)
        group by all
    ), by_decision as (
        select organisation_key, last({'kind': value, 'because': because} order by place)
               as decided
        from decided where kind = 'kind' group by all
    )
    select t.*, n.identifiers, l.entries, d.decided, o.is_joint
    from told t
    left join numbers n using (organisation_key)
    join owner o using (organisation_key)
    left join listed l using (organisation_key)
    left join by_decision d using (organisation_key)
    order by organisation_key
"""
