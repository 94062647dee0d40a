"""The owners of every organisation in the store, from lists of holdings and people's decisions.

A market is counted by ultimate owner, or an oligopoly hides behind its subsidiaries. How chains
are followed is in ``methods/ownership.py``.
"""

from __future__ import annotations

from datetime import date

import duckdb
import pyarrow as pa

from convener.data.keys import party_key_sql
from convener.methods.ownership import History, Holding


def look_through(connection: duckdb.DuckDBPyConnection, *, on: date) -> int:
    """Make the tables ``owner`` and ``owner_share`` of every organisation in ``member``.

    Parameters
    ----------
    connection : engine that holds ``member``, ``decided`` and the view ``ownership``
    on : the day that is now; the owner is the one of that day, shares are of all days before it

    Returns
    -------
    int
        How many circles of owners were met and cut.
    """
    history = History(_holdings(connection), until=on)
    owned = history.owned()
    shares = [
        (body, owner, share, spell.from_on, spell.to_on)
        for body in owned
        for spell in history.spells(body)
        for owner, share in spell.shares.items()
    ]
    arrived = pa.table(
        {
            "organisation_key": pa.array([row[0] for row in shares], pa.int64()),
            "owner_key": pa.array([row[1] for row in shares], pa.int64()),
            "share": pa.array([row[2] for row in shares], pa.float64()),
            "from_on": pa.array([row[3] for row in shares], pa.date32()),
            "to_on": pa.array([row[4] for row in shares], pa.date32()),
        }
    )
    today = history.today
    control = pa.table(
        {
            "organisation_key": pa.array(owned, pa.int64()),
            "owner_key": pa.array([today.controller(body) for body in owned], pa.int64()),
            "is_joint": pa.array([today.is_joint_venture(body) for body in owned], pa.bool_()),
        }
    )
    connection.register("arrived", arrived)
    connection.register("control", control)
    connection.execute("""
        create or replace table owner as
        select organisation_key, coalesce(owner_key, organisation_key) as owner_key,
               coalesce(is_joint, false) as is_joint
        from (select distinct organisation_key from member)
        left join control using (organisation_key)
    """)
    connection.execute("""
        create or replace table owner_share as
        select * from arrived
        union all
        select organisation_key, organisation_key, 1.0, null, null from owner
        where organisation_key not in (select organisation_key from arrived)
    """)
    connection.unregister("arrived")
    connection.unregister("control")
    return len(history.circles)


def _holdings(connection: duckdb.DuckDBPyConnection) -> list[Holding]:
    """Read the holdings of all days.

    A person's decision replaces what lists say of a body, from its first day on: where it has
    none, for good.
    """
    owner_key = party_key_sql("owner_scheme", "owner_identifier", "owner_name")
    owned_key = party_key_sql("owned_scheme", "owned_identifier", "owned_name")
    rows = connection.execute(
        f"""
        with key as (select distinct party_key, organisation_key from member),
        published as (
            select distinct o.organisation_key as owner, b.organisation_key as owned,
                   share, from_on, to_on
            from (
                select {owner_key} as owner_key, {owned_key} as owned_key,
                       coalesce(share, 1) as share, from_on, to_on
                from ownership
                where coalesce(from_on < to_on, true)
            )
            join key o on o.party_key = owner_key join key b on b.party_key = owned_key
        ), by_decision as (
            select other_key as owner, organisation_key as owned,
                   last(share order by place) as share, from_on, to_on
            from decided where kind = 'owner' and other_key is not null group by all
        ), decided_from as (
            select owned, min(coalesce(from_on, date '0001-01-01')) as first_on
            from by_decision group by all
        )
        select owner, owned, share, from_on, to_on from by_decision
        union all
        select owner, owned, share, from_on, least(to_on, first_on) as to_on
        from published left join decided_from using (owned)
        where coalesce(coalesce(from_on, date '0001-01-01') < first_on, true)
        order by all
        """
    ).fetchall()
    return [Holding(*row) for row in rows]
