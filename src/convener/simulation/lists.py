"""The lists beside the releases, as CSV: provision, payments, ownership and a register."""

from __future__ import annotations

import csv
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path

from convener.base.kinds import Kind
from convener.simulation.blueprint import SERVICE
from convener.simulation.notices import spelling
from convener.simulation.world import NOTICE, Payment, World

_SECTORS = {
    Kind.IN_HOUSE: "Local Authority",
    Kind.PUBLIC_BODY: "Health Authority",
    Kind.PRIVATE: "Private",
    Kind.CHARITY: "Voluntary",
    Kind.SOCIAL_ENTERPRISE: "Voluntary",
    Kind.MUTUAL: "Voluntary",
    Kind.JOINT_VENTURE: "Private",
}
PERSON = "REDACTED PERSONAL DATA"

Row = Sequence[object]


def write_lists(world: World, folder: Path) -> list[Path]:
    """Write the four lists into a folder and return where they lie."""
    return [
        _write(
            folder / "invented-register.csv",
            ("scheme", "identifier", "name", "kind"),
            _register(world),
        ),
        _write(
            folder / "invented-ownership.csv",
            ("owner", "owned", "share", "from", "to", "source"),
            _ownership(world),
        ),
        _write(folder / "invented-provision.csv", _PROVISION, _provision(world)),
        _write(
            folder / "invented-payments.csv",
            ("date", "buyer", "supplier", "supplier_id", "amount", "service"),
            (_payment(world, line) for line in world.payments),
        ),
    ]


_PROVISION = (
    "observed_on",
    "service",
    "area",
    "region",
    "place_id",
    "place_name",
    "provider",
    "sector",
    "kind",
    "places",
    "rating",
)


def _write(path: Path, heading: Row, rows: Iterable[Row]) -> Path:
    with path.open("w", encoding="utf-8", newline="") as out:
        writer = csv.writer(out, lineterminator="\n")
        writer.writerow(heading)
        writer.writerows(rows)
    return path


def _register(world: World) -> Iterator[Row]:
    for each in world.organisations:
        yield each.scheme, each.identifier, each.name, each.kind.value


def _ownership(world: World) -> Iterator[Row]:
    for each in world.holdings:
        yield (
            world.by_id[each.owner].name,
            world.by_id[each.owned].name,
            f"{each.hundredths // 100}.{each.hundredths % 100:02d}",
            each.from_on.isoformat(),
            each.to_on.isoformat() if each.to_on else "",
            NOTICE,
        )


def _provision(world: World) -> Iterator[Row]:
    areas = {area.code: area for area in world.areas}
    for each in world.places:
        provider = world.by_id[each.provider]
        area = areas[each.area]
        yield (
            each.observed_on.isoformat(),
            SERVICE[each.service].name,
            area.name,
            area.region,
            each.id,
            each.name,
            provider.name,
            _SECTORS[provider.kind],
            provider.kind.value,
            each.places,
            each.rating,
        )


def _payment(world: World, line: Payment) -> Row:
    sign, pence = "-" if line.amount < 0 else "", abs(line.amount)
    amount = f"{sign}{pence // 100}.{pence % 100:02d}"
    buyer = world.by_id[line.buyer].name
    if line.payee is None:
        return line.paid_on.isoformat(), buyer, PERSON, "", amount, line.service
    payee = world.by_id[line.payee]
    written = spelling(payee, f"{line.buyer} {line.paid_on.year}")
    identifier = payee.id if written.is_identified else ""
    return line.paid_on.isoformat(), buyer, written.name, identifier, amount, line.service
