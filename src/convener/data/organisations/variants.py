"""Variants of a name joined into groups, unless what the groups hold parts them."""

from __future__ import annotations

from collections import defaultdict

import duckdb
import pyarrow as pa

from convener.data.organisations.likeness import clashing, likely
from convener.data.organisations.links import Groups, Link
from convener.data.organisations.spellings import Pool


def join(connection: duckdb.DuckDBPyConnection, pool: Pool, groups: Groups) -> None:
    """Join groups whose names are likely variants of one.

    A name that is likely two others which cannot be one body (Off the Record, of Bristol and of
    Southampton) joins neither.
    """
    _represent(connection, pool, groups)
    links = likely(connection, "comparable")
    if not links:
        return
    clashes = _clashes(connection, links)
    torn = _torn(links, clashes)
    for link in links:
        if link.left in torn or link.right in torn:
            continue
        left, right = (groups.members(groups.root(end)) for end in (link.left, link.right))
        if not any((a, b) in clashes for a in left for b in right):
            groups.join(link)


def _represent(connection: duckdb.DuckDBPyConnection, pool: Pool, groups: Groups) -> None:
    """Make the table ``comparable``: one spelling for each name that the data mentions.

    Register entries join by number or by the same name, never by likeness: among hundreds of
    thousands of entries likeness finds somebody for anybody.
    """
    chosen: dict[tuple[int, str], int] = {}
    for number in range(pool.mentioned):
        if pool.cores[number]:
            chosen.setdefault((groups.root(number), pool.cores[number]), number)
    roots = [root for root, _core in chosen]
    anchors = [list(groups.anchors(root)) for root in roots]
    arrived = pa.table(
        {
            "number": pa.array(chosen.values(), pa.int32()),
            "anchors": pa.array(anchors, pa.list_(pa.string())),
        }
    )
    connection.register("arrived", arrived)
    connection.execute("""
        create or replace table comparable as
        select number as unique_id, named.* exclude (number, party_key, is_entry), anchors
        from named join arrived using (number)
    """)
    connection.unregister("arrived")


def _clashes(connection: duckdb.DuckDBPyConnection, links: list[Link]) -> set[tuple[int, int]]:
    """Return the pairs, both ways round, of linked spellings that cannot be one body."""
    chained = _chained(links)
    arrived = pa.table(
        {
            "unique_id": pa.array(chained.keys(), pa.int32()),
            "chain": pa.array(chained.values(), pa.int32()),
        }
    )
    connection.register("arrived", arrived)
    found = clashing(connection, "arrived")
    connection.unregister("arrived")
    return found


def _chained(links: list[Link]) -> dict[int, int]:
    """Return the chain of each spelling that links tie to another, however many lie between."""
    ends = sorted({end for link in links for end in (link.left, link.right)})
    chains = Groups([()] * (ends[-1] + 1))
    for link in links:
        chains.join(link)
    return {end: chains.root(end) for end in ends}


def _torn(links: list[Link], clashes: set[tuple[int, int]]) -> set[int]:
    """Return the spellings that are likely two others which cannot be one."""
    partners: dict[int, list[int]] = defaultdict(list)
    for link in links:
        partners[link.left].append(link.right)
        partners[link.right].append(link.left)
    return {
        end
        for end, others in partners.items()
        if any((a, b) in clashes for a in others for b in others)
    }
