"""Which organisations of the invented market the people of the demonstration act for."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import duckdb

from convener.base.errors import BadInputError
from convener.measures.lists.spellings import find_organisation, surest_spelling
from convener.rules.personas import Body
from convener.service.market.data import MarketData
from convener.service.pointing import Pointer
from convener.simulation.blueprint import AREAS
from convener.simulation.bodies import MAYOR

# The one venture of two owners, and of all that the larger owns alone the firm that wins most.
VENTURE = """
    select most.organisation_key, most.owner_key, least.owner_key
    from owner_shares most join owner_shares least using (organisation_key)
    where most.share > least.share and round(most.share + least.share, 6) = 1
    order by all limit 1
"""
LARGEST_OF = """
    select owner_shares.organisation_key from owner_shares
    left join identities using (organisation_key)
    left join suppliers using (party_key)
    where owner_key = $owner and share = 1 and owner_shares.organisation_key <> owner_key
    group by all order by count(suppliers.award_id) desc, organisation_key limit 1
"""
TEAM = """
    select organisation_key from organisations where kind = 'in-house' order by name limit 1
"""
NUMBERED = "select organisation_key from organisations where list_contains(identifiers, $number)"


class NoCastError(BadInputError):
    """The loaded market is not that of the demonstration."""


@dataclass(frozen=True)
class Cast:
    """The market's organisations, by their part; the fund is in no market."""

    bodies: Mapping[Body, Pointer]
    venture: Pointer
    owner: Pointer


def find_cast(data: MarketData) -> Cast:
    """Return who is who in the demonstration market.

    Raises
    ------
    NoCastError
        If another market is loaded, or none.
    """
    if data.is_empty:
        raise NoCastError("no market is loaded; the people of the demonstration act in its own")
    with data.cursor() as cursor:
        venture, owner, charity = _row(cursor, VENTURE)
        keys = {
            Body.COUNCIL: _one(cursor, NUMBERED, number=AREAS[0].buyer),
            Body.REGION: _one(cursor, NUMBERED, number=MAYOR),
            Body.FIRM: _one(cursor, LARGEST_OF, owner=owner),
            Body.CHARITY: charity,
            Body.TEAM: _one(cursor, TEAM),
        }
        bodies = {body: _point(cursor, key) for body, key in keys.items()}
        return Cast(bodies, _point(cursor, venture), _point(cursor, owner))


def _row(cursor: duckdb.DuckDBPyConnection, text: str, **given: object) -> tuple[int, ...]:
    found = cursor.execute(text, given).fetchone()
    if found is None:
        raise NoCastError("this is not the market of the demonstration; make that one first")
    return found


def _one(cursor: duckdb.DuckDBPyConnection, text: str, **given: object) -> int:
    [key] = _row(cursor, text, **given)
    return key


def _point(cursor: duckdb.DuckDBPyConnection, key: int) -> Pointer:
    return Pointer(key, find_organisation(cursor, key).name, surest_spelling(cursor, key).key)
