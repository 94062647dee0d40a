"""The page of one organisation: what is read for it, and what it shows."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Any
from urllib.parse import urlencode

from django.urls import reverse

from convener.base.errors import BadInputError, NotFoundError
from convener.base.kinds import Kind
from convener.measures.lists.bought import Bought, read_bought
from convener.measures.lists.deals import Page, read_page
from convener.measures.lists.organisation import (
    Profile,
    last_day,
    read_profile,
    successors_of,
)
from convener.measures.lists.provided import BASES, Provided, Spot, read_provided
from convener.measures.lists.sizes import NONE, Holder, Size, Sizes, kept_sizes, made_sizes
from convener.service.market.data import MarketData
from convener.service.market.listing import MarketNotFoundError, Near, markets

WORDS_MAX = 200  # characters of a word of an address
STOPS_SHOWN = 12
BUYERS_SHOWN = 12
OWNED_SHOWN = 12
LARGEST, SOONEST = Page("value"), Page("ending")
MUCH = 0.25  # a share of an area that the page counts


@dataclass(frozen=True)
class Choices:
    """What an address of the page says: its basis, its lists, and the area looked into."""

    basis: str = ""
    deals: Page = LARGEST
    bought: Page = SOONEST
    service: str = ""
    area: str = ""


@dataclass(frozen=True)
class Stop:
    """What would stop in one area, and how much of it the others would have to take on."""

    spot: Spot
    label: str
    total: float | None
    others: int
    share: float | None

    @property
    def needed(self) -> float | None:
        """Return what is needed for every hundred that the others hold now."""
        if self.total is None or self.spot.amount is None:
            return None
        rest = self.total - self.spot.amount
        return 100 * self.spot.amount / rest if rest > 0 else None


@dataclass(frozen=True)
class Dependence:
    """One buyer: how much of the provider's income it is, and how much of its spend it holds."""

    buyer: Any
    share_of_buyer: float | None


@dataclass(frozen=True)
class Found:
    """All that is read for the page."""

    profile: Profile
    choices: Choices
    day: date | None
    provided: Provided | None
    bought: Bought | None
    stops: tuple[Stop, ...]
    markets: tuple[Stop, ...]
    buyers: tuple[Dependence, ...]
    others: tuple[Holder, ...]
    looked_into: Stop | None

    @property
    def buys_first(self) -> bool:
        """Say whether the page tells first what it buys: a public body's, where it buys."""
        is_public = self.profile.kind in {Kind.PUBLIC_BODY, Kind.IN_HOUSE}
        return self.bought is not None and (is_public or self.provided is None)


def read_choices(asked: Mapping[str, str]) -> Choices:
    """Return the choices that an address makes.

    Raises
    ------
    BadInputError
        If a word of it is not one that can be chosen.
    """
    basis = asked.get("basis", "")
    if basis and basis not in BASES:
        raise BadInputError(f"basis is {basis[:40]!r}; it can be {', '.join(BASES)}")
    service, area = (asked.get(word, "")[:WORDS_MAX] for word in ("service", "area"))
    return Choices(
        basis=basis,
        deals=read_page(asked.get("order", ""), asked.get("page", "")),
        bought=read_page(asked.get("bought", "") or "ending", asked.get("bought-page", "")),
        service=service,
        area=area,
    )


def read(data: MarketData, key: int, choices: Choices) -> Found:
    """Return what the page of an organisation shows; read once for each snapshot and choice.

    Raises
    ------
    MarketNotFoundError
        If there is none that may be named; it carries those that an old number leads to.
    """
    return data.kept(("organisation", key, choices), lambda: _read(data, key, choices))


def _read(data: MarketData, key: int, choices: Choices) -> Found:
    with data.cursor() as cursor:
        try:
            profile = read_profile(cursor, key)
        except NotFoundError as error:
            raise MarketNotFoundError(str(error), _now(data, key)) from error
        day = _day(data)
        provided = read_provided(cursor, profile, basis=choices.basis, day=day, page=choices.deals)
        bought = read_bought(cursor, key, basis=choices.basis, day=day, page=choices.bought)
    sizes = _sizes(data)
    stops = _stops(data, provided, sizes)
    into = _looked_into(stops, choices)
    return Found(
        profile=profile,
        choices=choices,
        day=day,
        provided=provided,
        bought=bought,
        stops=stops,
        markets=_markets(data, provided, sizes),
        buyers=_buyers(provided, sizes),
        others=_others(profile, provided, sizes, into),
        looked_into=into,
    )


def _now(data: MarketData, key: int) -> tuple[Near, ...]:
    """Return the organisations into which one of an old number has gone."""

    def found() -> tuple[Near, ...]:
        with data.cursor() as cursor:
            met = successors_of(cursor, key)
        return tuple(Near(name, reverse("organisations-one", args=[now])) for now, name in met)

    return data.kept(("successors", key), found)


def _day(data: MarketData) -> date | None:
    """Return the day from which ends are counted: the last of the data, never one to come."""
    loaded = data.manifest.replaced_at
    before = datetime.fromisoformat(loaded).date() if loaded else date.max

    def found() -> date | None:
        with data.cursor() as cursor:
            return last_day(cursor, before=before)

    return data.kept("last-day", found)


def _sizes(data: MarketData) -> Sizes:
    """Return how large markets, areas and buyers are: as kept, else computed."""

    def made() -> Sizes:
        found = kept_sizes(data.store.folder, data.manifest)
        if found is not None:
            return found
        with data.cursor() as cursor:
            return made_sizes(cursor)

    return data.kept("sizes", made)


def _stops(data: MarketData, provided: Provided | None, sizes: Sizes) -> tuple[Stop, ...]:
    """Return what would stop by service and area, the largest share first."""
    if provided is None:
        return ()
    labels = labels_of(data)
    areas = sizes.areas(provided.basis, {one.service for one in provided.spots})
    found = [
        _stop(one, areas.get((one.service, one.place), NONE), labels) for one in provided.spots
    ]
    return tuple(sorted(found, key=lambda one: (-(one.share or 0.0), one.spot.place)))


def _markets(data: MarketData, provided: Provided | None, sizes: Sizes) -> tuple[Stop, ...]:
    if provided is None:
        return ()
    labels, whole = labels_of(data), sizes.markets(provided.basis)
    return tuple(_stop(one, whole.get(one.service, NONE), labels) for one in provided.markets)


def _stop(spot: Spot, size: Size, labels: Mapping[str, str]) -> Stop:
    return Stop(
        spot=spot,
        label=labels.get(spot.service, spot.service),
        total=size.amount,
        others=max(size.providers - 1, 0),
        share=_share(spot.amount, size.amount),
    )


def _others(
    profile: Profile, provided: Provided | None, sizes: Sizes, into: Stop | None
) -> tuple[Holder, ...]:
    """Return who else provides in the area looked into; its own owners are not others."""
    if provided is None or into is None:
        return ()
    own = {profile.key, *(one.key for one in profile.owners if one.key is not None)}
    own |= {profile.owner.key} if profile.owner and profile.owner.key is not None else set()
    return sizes.holders(provided.basis, into.spot.service, into.spot.place, without=own)


def labels_of(data: MarketData) -> Mapping[str, str]:
    """Return the name of every market by its service."""
    return {market.service: market.label for market in markets(data)}


def _buyers(provided: Provided | None, sizes: Sizes) -> tuple[Dependence, ...]:
    if provided is None:
        return ()
    keys = [one.organisation for one in provided.buyers if one.organisation is not None]
    whole = sizes.buyers(provided.basis, keys)
    return tuple(
        Dependence(one, _share(one.amount, whole.get(one.organisation or -1, NONE).amount))
        for one in provided.buyers
    )


def _share(part: float | None, whole: float | None) -> float | None:
    return min(part / whole, 1.0) if part and whole and part > 0 else None


def _looked_into(stops: tuple[Stop, ...], choices: Choices) -> Stop | None:
    """Return the area asked for; without one, that in which the share is the largest.

    Raises
    ------
    BadInputError
        If the organisation provides nothing there.
    """
    if not choices.service and not choices.area:
        held = [one for one in stops if one.share]
        return next(iter(held or stops), None)
    for one in stops:
        if (one.spot.service, one.spot.place) == (choices.service, choices.area):
            return one
    raise BadInputError(f"it provides nothing known of {choices.service!r} in {choices.area!r}")


def address_of(path: str, choices: Choices, **change: Any) -> str:  # noqa: ANN401 -- a choice
    """Return the page's address for some choices with a change; what is usual is left out."""
    made = replace(choices, **change)
    words = {
        "basis": made.basis,
        "order": made.deals.order if made.deals.order != "value" else "",
        "page": str(made.deals.number) if made.deals.number > 1 else "",
        "bought": made.bought.order if made.bought.order != "ending" else "",
        "bought-page": str(made.bought.number) if made.bought.number > 1 else "",
        "service": made.service,
        "area": made.area,
    }
    query = urlencode({word: value for word, value in words.items() if value})
    return f"{path}?{query}" if query else path
