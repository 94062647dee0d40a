"""The tables of an organisation's page as files, whole."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import replace
from typing import Any

from convener.base.errors import NotFoundError
from convener.measures.lists.bought import Bought
from convener.measures.lists.deals import Deal, Page
from convener.measures.lists.provided import Provided
from convener.service.downloads import Table
from convener.service.market.data import MarketData
from convener.service.market.organisation import Choices, Found, Stop, read

type _File = tuple[tuple[str, ...], list[dict[str, Any]]]


def table(data: MarketData, found: Found, name: str) -> Table:
    """Return one table of an organisation's page, whole, as a file gives it.

    Raises
    ------
    NotFoundError
        If the page has no table of that name.
    """
    if name not in _FILES:
        message = f"an organisation has no table {name!r}; it has {', '.join(_FILES)}"
        raise NotFoundError(message)
    if name in {"contracts", "purchases"}:
        found = read(data, found.profile.key, _whole(found, name))
    columns, rows = _FILES[name](found)
    return Table(f"{found.profile.name}-{name}", columns, rows)


def _whole(found: Found, name: str) -> Choices:
    """Return the choices under which a list of contracts is read to its end."""
    choices = replace(found.choices, basis="awards")
    if name == "contracts":
        return replace(choices, deals=Page(choices.deals.order, 0))
    return replace(choices, bought=Page(choices.bought.order, 0))


def _file(columns: tuple[str, ...], rows: Iterable[Iterable[Any]]) -> _File:
    return columns, [dict(zip(columns, map(_plainly, row), strict=True)) for row in rows]


def _plainly(value: Any) -> Any:  # noqa: ANN401 -- a cell
    if hasattr(value, "isoformat"):
        return value.isoformat()
    return value.value if hasattr(value, "label") else value


def _deals_file(side: Provided | Bought | None, other: str) -> _File:
    columns = ("ocid", "title", other, "amount", "suppliers", "awarded_on")

    def row(one: Deal) -> tuple[Any, ...]:
        words = (one.ocid, one.title, one.other, one.amount, one.suppliers)
        return (*words, one.awarded_on, one.starts_on, one.ends_on, one.place, one.source)

    listed = side.deals.rows if side else ()
    return _file((*columns, "starts_on", "ends_on", "area", "source"), map(row, listed))


def _stops_file(stops: Iterable[Stop]) -> _File:
    columns = ("service", "label", "area", "things", "amount", "whole", "other_providers")
    return _file(
        (*columns, "share", "needed_per_100", "last_end"),
        (
            (
                one.spot.service,
                one.label,
                one.spot.place or "all",
                one.spot.things,
                one.spot.amount,
                one.total,
                one.others,
                one.share,
                one.needed,
                one.spot.last_end,
            )
            for one in stops
        ),
    )


def _buyers_file(found: Found) -> _File:
    columns = ("buyer", "things", "amount", "share_of_income", "share_of_its_spend")
    return _file(
        (*columns, "ending", "last_end"),
        (
            (
                one.buyer.name,
                one.buyer.things,
                one.buyer.amount,
                one.buyer.share,
                one.share_of_buyer,
                one.buyer.ending,
                one.buyer.last_end,
            )
            for one in found.buyers
        ),
    )


def _years_file(found: Found) -> _File:
    years = found.provided.years if found.provided else ()
    return _file(
        ("year", "things", "amount", "buyers"),
        ((one.period, one.things, one.amount, one.buyers) for one in years),
    )


def _related_file(found: Found) -> _File:
    profile = found.profile
    listed = [("owner", one) for one in profile.owners] + [("owned", one) for one in profile.owned]
    return _file(
        ("relation", "name", "kind", "share", "from", "to"),
        (
            (word, one.name, one.kind.value, one.share, one.from_on, one.to_on)
            for word, one in listed
        ),
    )


def _written_file(found: Found) -> _File:
    return _file(
        ("name", "identifier", "because", "probability"),
        (
            (one.name, one.identifier, one.because, one.probability)
            for one in found.profile.written
        ),
    )


def _providers_file(found: Found) -> _File:
    rows = found.bought.providers if found.bought else ()
    return _file(
        ("provider", "kind", "things", "amount", "share", "last_end"),
        (
            (one.name, one.kind.value, one.things, one.amount, one.share, one.last_end)
            for one in rows
        ),
    )


def _services_file(found: Found) -> _File:
    rows = found.bought.services if found.bought else ()
    columns = ("service", "things", "providers", "amount", "ending")
    return _file(
        (*columns, "largest", "largest_kind", "largest_share"),
        (
            (
                one.service,
                one.things,
                one.providers,
                one.amount,
                one.ending,
                one.largest,
                one.largest_kind.value,
                one.largest_share,
            )
            for one in rows
        ),
    )


def _others_file(found: Found) -> _File:
    return _file(
        ("provider", "kind", "things", "amount"),
        ((one.name, one.kind.value, one.things, one.amount) for one in found.others),
    )


_FILES: dict[str, Callable[[Found], _File]] = {
    "contracts": lambda found: _deals_file(found.provided, "buyer"),
    "purchases": lambda found: _deals_file(found.bought, "provider"),
    "areas": lambda found: _stops_file(found.stops),
    "markets": lambda found: _stops_file(found.markets),
    "buyers": _buyers_file,
    "years": _years_file,
    "related": _related_file,
    "written": _written_file,
    "providers": _providers_file,
    "services": _services_file,
    "others": _others_file,
}
