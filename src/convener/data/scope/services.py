"""Services: which procurement code or named bundle a process, a payment or a place belongs to.

A process belongs to the division, group and class (2, 3 and 4 digits of CPV) of every code that
it gives: its main code and the codes of its items. So a process of several codes stands in
several services, and services are never added to one another. Codes of another scheme keep its
name before their digits. A bundle is a service that its user names, by words and codes.
"""

from __future__ import annotations

import re
import tomllib
import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import duckdb

from convener.base.errors import BadInputError, NotFoundError
from convener.data.store import Load

PACKAGED = Path(__file__).parent / "bundles.toml"
LEVELS = {"division": 2, "group": 3, "class": 4}

_LISTS = ("words", "described", "codes", "suffice", "labels")
_RULE_LISTS = ("words", "codes", "unless")


class BundleError(BadInputError):
    """A file of bundles does not say what a bundle is."""


@dataclass(frozen=True)
class Rule:
    """What keeps a notice out of a bundle, and why."""

    reason: str
    words: tuple[str, ...] = ()
    codes: tuple[str, ...] = ()
    unless: tuple[str, ...] = ()


@dataclass(frozen=True)
class Bundle:
    """A service that a user names, by words and codes."""

    slug: str
    name: str
    about: str = ""
    words: tuple[str, ...] = ()
    described: tuple[str, ...] = ()
    codes: tuple[str, ...] = ()
    suffice: tuple[str, ...] = ()
    labels: tuple[str, ...] = ()
    without: tuple[Rule, ...] = ()


def bundles(workspace: Path | None = None) -> tuple[Bundle, ...]:
    """Return the bundles that come ready, with those of a workspace over them.

    Raises
    ------
    BundleError
        If a file cannot be read as bundles; the message says what was met.
    """
    found = dict(_packaged())
    own = workspace / "bundles.toml" if workspace else None
    if own is not None and own.exists():
        found |= _read_bundles(own)
    return tuple(found.values())


@cache
def _packaged() -> Mapping[str, Bundle]:
    return _read_bundles(PACKAGED)


def _read_bundles(path: Path) -> dict[str, Bundle]:
    try:
        raw = tomllib.loads(path.read_text(encoding="utf-8"))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise BundleError(f"{path} is not TOML: {error}") from error
    return {key: _bundle(path, key, value) for key, value in raw.items()}


def _bundle(path: Path, key: str, value: object) -> Bundle:
    if not isinstance(value, dict) or slug(key) != key:
        message = f"{path}: a bundle is a table under a slug such as [home-care]; met [{key}]"
        raise BundleError(message)
    known = {"name", "about", "without", *_LISTS}
    if strange := set(value) - known:
        message = f"{path}: [{key}] has {', '.join(sorted(strange))}; wanted {', '.join(known)}"
        raise BundleError(message)
    lists = {name: _texts(path, key, value.get(name, [])) for name in _LISTS}
    if not any(lists[name] for name in ("words", "described", "suffice", "labels")):
        raise BundleError(f"{path}: [{key}] needs words, described, suffice or labels")
    rules = value.get("without", [])
    if not isinstance(rules, list) or not all(isinstance(rule, dict) for rule in rules):
        raise BundleError(f"{path}: without of [{key}] is a list of tables: [[{key}.without]]")
    return Bundle(
        slug=key,
        name=str(value.get("name", key)),
        about=str(value.get("about", "")),
        without=tuple(_rule(path, key, rule) for rule in rules),
        **lists,
    )


def _rule(path: Path, key: str, value: Mapping[str, object]) -> Rule:
    reason = value.get("reason")
    if not isinstance(reason, str) or set(value) - {"reason", *_RULE_LISTS}:
        message = f"{path}: a rule of [{key}] has a reason, and words, codes or unless"
        raise BundleError(message)
    lists = {name: _texts(path, key, value.get(name, [])) for name in _RULE_LISTS}
    if not lists["words"] and not lists["codes"]:
        raise BundleError(f"{path}: the rule {reason!r} of [{key}] needs words or codes")
    return Rule(reason=reason, **lists)


def _texts(path: Path, key: str, value: object) -> tuple[str, ...]:
    if not isinstance(value, list) or not all(isinstance(text, str) and text for text in value):
        raise BundleError(f"{path}: [{key}] wants lists of texts; met {value!r}")
    return tuple(value)


def slug(name: str) -> str:
    """Return a name as it stands in an address: lower case, words parted by one hyphen."""
    plain = unicodedata.normalize("NFKD", name).encode("ascii", "ignore").decode()
    return re.sub(r"[^a-z0-9]+", "-", plain.lower().replace("'", "")).strip("-")


def slug_sql(text: str) -> str:
    """Return SQL for the same slug."""
    plain = rf"regexp_replace(strip_accents({text}), '[^\x00-\x7F]', '', 'g')"
    joined = f"regexp_replace(replace(lower({plain}), '''', ''), '[^a-z0-9]+', '-', 'g')"
    return f"trim({joined}, '-')"


def phrases_pattern(phrases: Iterable[str]) -> str:
    """Return a pattern that finds any of some phrases as whole words; never, where none."""
    patterns = [_phrase_pattern(phrase) for phrase in phrases]
    return r"\b(?:" + "|".join(patterns) + r")" if patterns else r"[^\s\S]"


def _phrase_pattern(phrase: str) -> str:
    words = [word for word in re.split(r"[^\w*&']+", phrase.lower()) if word]
    joined = ""
    for n, word in enumerate(words):
        if word in {"and", "&"}:
            joined += r"\s*(?:\band\b|\bor\b|&amp;|&|/|,|\+)\s*"
        else:
            before = r"\W{1,3}" if n and words[n - 1] not in {"and", "&"} else ""
            ends = r"\w*" if word.endswith("*") else r"\b"
            joined += before + re.escape(word.rstrip("*")).replace("'", ".{0,6}?") + ends
    return joined


def assign(
    connection: duckdb.DuckDBPyConnection, load: Load, *, bundles: Sequence[Bundle]
) -> dict[str, int]:
    """Write which services each process and label belongs to; return the rows of each table."""
    _make_codes(connection)
    _make_members(connection, bundles)
    _make_labels(connection, bundles)
    rows = {
        "process_services": _write(connection, load, "process_services", _PROCESS_SERVICES),
        "label_services": _write(connection, load, "label_services", "select * from labels_made"),
    }
    for table in ("process_codes", "members", "labels_made"):
        connection.execute(f"drop table temp.{table}")
    return rows


def excluded(
    connection: duckdb.DuckDBPyConnection, bundle: Bundle, *, sources: Sequence[str] = ()
) -> list[dict[str, Any]]:
    """Return the notices that a bundle's words take in and its rules keep out, with the reason."""
    _make_codes(connection)
    _make_members(connection, [bundle])
    answer = connection.execute(
        "select p.ocid, p.source, p.title, p.buyer_name as buyer, a.amount, m.reason, m.because"
        " from members m join processes p using (process_key)"
        " left join (select process_key, sum(amount) as amount from awards group by 1) a"
        " using (process_key)"
        " where m.reason is not null"
        " and (len($sources) = 0 or list_contains($sources, p.source))"
        " order by a.amount desc nulls last, p.ocid",
        {"sources": list(sources)},
    )
    names = [column[0] for column in answer.description or ()]
    return [dict(zip(names, row, strict=True)) for row in answer.fetchall()]


def find_bundle(name: str, bundles: Sequence[Bundle]) -> Bundle:
    """Return the bundle of that slug.

    Raises
    ------
    NotFoundError
        If there is none.
    """
    for bundle in bundles:
        if bundle.slug == name:
            return bundle
    known = ", ".join(bundle.slug for bundle in bundles)
    raise NotFoundError(f"no bundle is called {name!r}; there are {known}")


def markets(connection: duckdb.DuckDBPyConnection) -> list[dict[str, Any]]:
    """Return the services that the store knows, with how much of each basis they rest on."""
    answer = connection.execute(_MARKETS)
    names = [column[0] for column in answer.description or ()]
    return [dict(zip(names, row, strict=True)) for row in answer.fetchall()]


def _make_codes(connection: duckdb.DuckDBPyConnection) -> None:
    """Make one row a process and code, the main one first; other schemes keep their name."""
    connection.execute(
        "create or replace temp table process_codes as"
        " with written as ("
        " select process_key, code_scheme as scheme, code, true as is_main from processes"
        " where code is not null"
        " union all"
        " select process_key, scheme, code, false from items where code is not null)"
        " select process_key, code, bool_or(is_main) as is_main,"
        " case when upper(coalesce(scheme, 'CPV')) in ('CPV', 'CPVS', 'UK_CPV', 'MD-CPV') then ''"
        f" else {slug_sql('scheme')} || '-' end as prefix"
        " from written group by all"
    )


def _make_members(connection: duckdb.DuckDBPyConnection, bundles: Sequence[Bundle]) -> None:
    connection.execute(
        "create or replace temp table members ("
        "process_key bigint, service varchar, because varchar, reason varchar)"
    )
    for bundle in bundles:
        connection.execute(_MEMBERS, _bundle_values(bundle))


def _bundle_values(bundle: Bundle) -> dict[str, Any]:
    return {
        "slug": bundle.slug,
        "words": phrases_pattern(bundle.words),
        "described": phrases_pattern(bundle.described),
        "codes": _starts(bundle.codes) if bundle.codes else "",
        "suffice": _starts(bundle.suffice),
        "reasons": [rule.reason for rule in bundle.without],
        "rule_words": [phrases_pattern(rule.words) for rule in bundle.without],
        "rule_codes": [_starts(rule.codes) for rule in bundle.without],
        "rule_unless": [phrases_pattern(rule.unless) for rule in bundle.without],
    }


def _starts(codes: Sequence[str]) -> str:
    return "^(?:" + "|".join(map(re.escape, codes)) + ")" if codes else r"[^\s\S]"


def _make_labels(connection: duckdb.DuckDBPyConnection, bundles: Sequence[Bundle]) -> None:
    """Make one row a label and service; a bundle takes in the label of its own name.

    The words of its rules keep a label out as they keep out a notice.
    """
    connection.execute(
        "create or replace temp table written as"
        " select label, bool_or(is_service) as is_service from ("
        " select service as label, true as is_service from payments"
        " union all select service, true from provision"
        " union all select purpose, false from payments)"
        " where label is not null group by label"
    )
    connection.execute(
        "create or replace temp table labels_made as"
        f" select label, {slug_sql('label')} as service, 'label' as level,"
        " 'its own name' as because"
        f" from written where is_service and {slug_sql('label')} <> ''"
    )
    for bundle in bundles:
        connection.execute(
            "insert into labels_made"
            " select label, $slug, 'bundle', coalesce("
            " nullif(lower(regexp_extract(lower(label), $labels)), ''), 'its own name')"
            " from written where (regexp_matches(lower(label), $labels)"
            f" or (is_service and {slug_sql('label')} = $slug))"
            " and not list_bool_or(list_transform(range(1, len($rule_words) + 1), lambda n:"
            " regexp_matches(lower(label), list_extract($rule_words, n))"
            " and not regexp_matches(lower(label), list_extract($rule_unless, n))))",
            {
                "slug": bundle.slug,
                "labels": phrases_pattern(bundle.labels),
                "rule_words": [phrases_pattern(rule.words) for rule in bundle.without],
                "rule_unless": [phrases_pattern(rule.unless) for rule in bundle.without],
            },
        )
    connection.execute("drop table temp.written")


def _write(connection: duckdb.DuckDBPyConnection, load: Load, table: str, sql: str) -> int:
    path = str(load.part_path(table, 0)).replace("'", "''")
    connection.execute(f"copy ({sql}) to '{path}' (format parquet, compression zstd)")
    found = connection.execute(f"select count(*) from read_parquet('{path}')").fetchone()
    return int(found[0]) if found else 0


# A code such as 85000000 is known to two digits only: its zeros say nothing about group or class.
_PROCESS_SERVICES = """
    with levelled as (
        select c.process_key,
               c.prefix || left(c.code, l.digits) as service,
               l.level,
               c.code,
               c.is_main
        from process_codes c
        cross join (values ('division', 2), ('group', 3), ('class', 4)) as l(level, digits)
        where length(c.code) >= l.digits
          and (l.digits = 2 or substr(c.code, l.digits, 1) <> '0' or c.prefix <> '')
    )
    select process_key, service, level,
           min(case when is_main then 'main code ' else 'code ' end || code) as because
    from levelled
    group by process_key, service, level
    union all
    select process_key, service, 'bundle', because from members where reason is null
    order by level, service, process_key
"""

_MEMBERS = r"""
    insert into members
    with coded as (
        select process_key,
               bool_or($codes = '' or (prefix = '' and regexp_matches(code, $codes))) as is_fit,
               bool_or(prefix = '' and regexp_matches(code, $suffice)) as suffices,
               max(case when is_main then code end) as main_code
        from process_codes
        group by process_key
    ),
    read as (
        select p.process_key,
               lower(p.title) as title,
               c.main_code,
               coalesce(c.suffices, false) as suffices,
               regexp_replace(regexp_extract(lower(p.title), $words), '\s+', ' ', 'g')
                   as by_title,
               case when coalesce(c.is_fit, false)
                    then regexp_replace(
                        regexp_extract(lower(p.description), $described), '\s+', ' ', 'g'
                    ) end as by_description
        from processes p
        left join coded c on c.process_key = p.process_key
    ),
    taken as (
        select * from read
        where by_title <> '' or by_description <> '' or suffices
    ),
    judged as (
        select t.process_key,
               min(r.n) as rule
        from taken t
        cross join (select unnest(range(1, len($reasons) + 1)) as n) r
        where (regexp_matches(coalesce(t.title, ''), list_extract($rule_words, r.n))
               or regexp_matches(coalesce(t.main_code, ''), list_extract($rule_codes, r.n)))
          and not regexp_matches(coalesce(t.title, ''), list_extract($rule_unless, r.n))
        group by t.process_key
    )
    select t.process_key,
           $slug,
           case when t.by_title <> '' then 'title says ' || t.by_title
                when t.suffices then 'main code ' || t.main_code
                else 'description says ' || t.by_description end,
           list_extract($reasons, j.rule)
    from taken t
    left join judged j on j.process_key = t.process_key
"""

# A label that is all that a bundle takes in is the same market, and listed once, as the bundle.
_MARKETS = """
    with made_of as (
        select service, level, list_sort(list(distinct label)) as labels
        from label_services group by all
    ),
    same as (
        select l.service from made_of l join made_of b using (labels)
        where l.level = 'label' and b.level = 'bundle'
    ),
    counted as (
        select service, level, count(*) as processes, 0 as payments, 0 as provision
        from process_services group by all
        union all
        select s.service, s.level, 0, count(*), 0
        from payments p join label_services s
          on s.label = p.service or (s.level = 'bundle' and s.label = p.purpose)
        group by all
        union all
        select s.service, s.level, 0, 0, count(*)
        from provision p join label_services s on s.label = p.service
        group by all
    )
    select service, level,
           cast(sum(processes) as bigint) as processes,
           cast(sum(payments) as bigint)  as payments,
           cast(sum(provision) as bigint) as provision
    from counted
    where level <> 'label' or service not in (select service from same)
    group by service, level
    order by list_position(['bundle', 'label', 'division', 'group', 'class'], level),
             sum(processes + payments + provision) desc, service
"""
