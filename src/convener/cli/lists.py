"""What the store holds, as lists: ``convener sources`` and ``convener organisations``."""

from __future__ import annotations

import sys
from datetime import datetime
from typing import Any

from convener.base.errors import BadInputError
from convener.base.kinds import Kind
from convener.cli.output import Format, show
from convener.data.store import Source, Store

SOURCE_COLUMNS = (
    "source",
    "kind",
    "releases",
    "processes",
    "awards",
    "contracts",
    "organisations",
    "payments",
    "provision",
    "refused",
    "nulled",
    "coverage",
    "loaded_at",
    "origin",
)
ORGANISATION_COLUMNS = (
    "name",
    "kind",
    "kind_confidence",
    "kind_because",
    "identifiers",
    "also_known_as",
    "owner",
)
DAY = len("2026-04-01")
LISTED = tuple(kind for kind in Kind if kind is not Kind.INDIVIDUAL)


def show_sources(store: Store, form: Format) -> None:
    """List what is loaded, a row a source; a screen leaves out what is nought in all of them."""
    manifest = store.manifest()
    with store.connect(manifest) as connection:
        named = dict(connection.execute(_NAMED).fetchall())
    rows = [_source_row(one, named.get(one.name, 0)) for one in manifest.sources.values()]
    if form is Format.TABLE:
        rows = [row | {"loaded_at": row["loaded_at"][:DAY]} for row in rows]
        columns = [name for name in SOURCE_COLUMNS if any(row[name] for row in rows)]
        show(rows, form, title="Sources", columns=columns)
    else:
        show(rows, form, columns=SOURCE_COLUMNS)


def _source_row(source: Source, organisations: int) -> dict[str, Any]:
    found = {
        **source.rows,
        **source.report,
        "source": source.name,
        "kind": source.kind,
        "organisations": organisations,
        "loaded_at": datetime.fromisoformat(source.loaded_at).isoformat(timespec="seconds"),
        "origin": source.origin,
    }
    unknown = {"coverage": None}
    return {name: found.get(name, unknown.get(name, 0)) for name in SOURCE_COLUMNS}


def show_organisations(
    store: Store, form: Format, *, kind: str | None, search: str | None, limit: int
) -> None:
    """List resolved organisations, people left out, in the order of their names.

    Raises
    ------
    BadInputError
        If the kind is not one that is listed.
    """
    if kind is not None and kind not in LISTED:
        is_person = kind == Kind.INDIVIDUAL
        why = "people are counted, never listed" if is_person else f"{kind!r} is no kind"
        raise BadInputError(f"{why}; wanted one of {', '.join(LISTED)}")
    with store.connect() as connection:
        found = connection.execute(
            _ORGANISATIONS, {"kind": kind, "search": search, "limit": limit}
        )
        answers = found.fetchall()
    rows = [dict(zip(ORGANISATION_COLUMNS, answer[:-1], strict=True)) for answer in answers]
    show(rows, form, title="Organisations", columns=ORGANISATION_COLUMNS)
    if answers and answers[0][-1] > len(rows):
        sys.stderr.write(f"convener: {len(rows):,} of {answers[0][-1]:,} listed; see --limit\n")


_NAMED = """
    select source, count(distinct organisation_key)
    from (
        select source, party_key from parties
        union all select source, party_key from suppliers
        union all select source, party_key from tenderers
        union all select source, buyer_key from processes
        union all select source, payee_key from payments
        union all select source, buyer_key from payments
        union all select source, provider_key from provision
    ) join identities using (party_key)
    group by source
"""
_ORGANISATIONS = """
    select name, kind, kind_confidence, kind_because, identifiers, also_known_as, owner_name,
           count(*) over () as whole
    from organisations
    where kind != 'individual'
      and ($kind is null or kind = $kind)
      and ($search is null or contains(lower(name), lower($search))
           or len(list_filter(also_known_as, lambda other:
                  contains(lower(other), lower($search)))) > 0)
    order by name, organisation_key
    limit $limit
"""
