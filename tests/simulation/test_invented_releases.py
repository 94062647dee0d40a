from __future__ import annotations

import csv
import json
from collections import Counter, defaultdict
from copy import deepcopy
from decimal import Decimal
from pathlib import Path

import jsonschema
import pytest

from convener.simulation.market import make_world
from convener.simulation.releases import write_world
from convener.simulation.world import NOTICE, World

EXTENSIONS = (
    "ocds_lots_extension",
    "ocds_bid_extension",
    "ocds_metrics_extension",
    "ocds_partyDetails_scale_extension",
    "ocds_organizationClassification_extension",
    "ocds_uk_extension",
)


def everything(folder: Path) -> dict[str, bytes]:
    files = sorted(path for path in folder.rglob("*") if path.is_file())
    return {str(path.relative_to(folder)): path.read_bytes() for path in files}


def read_packages(written: list[Path]) -> list[dict]:
    return [json.loads(path.read_bytes()) for path in sorted(written[0].iterdir())]


@pytest.fixture(scope="module")
def packages(written: list[Path]) -> list[dict]:
    return read_packages(written)


@pytest.fixture(scope="module")
def releases(packages: list[dict]) -> list[dict]:
    return [release for package in packages for release in package["releases"]]


def test_the_same_seed_writes_the_same_bytes(tmp_path: Path):
    for name in ("first", "second"):
        write_world(make_world(5, size=0.3), tmp_path / name)

    assert everything(tmp_path / "first") == everything(tmp_path / "second")


def test_another_seed_writes_other_bytes(tmp_path: Path):
    write_world(make_world(5, size=0.3), tmp_path / "first")
    write_world(make_world(6, size=0.3), tmp_path / "second")

    first, second = everything(tmp_path / "first"), everything(tmp_path / "second")

    assert first.keys() == second.keys()
    assert all(first[name] != second[name] for name in first)


def test_all_files_together_are_small(written: list[Path]):
    size = sum(len(held) for held in everything(written[0].parent).values())

    assert 1_000_000 < size < 15_000_000


def test_the_data_says_that_it_is_invented(packages, releases, written: list[Path]):
    titles = {release["tender"].get("title") for release in releases if "tender" in release}
    awards = {award["title"] for release in releases for award in release.get("awards", ())}

    assert {package["publisher"]["name"] for package in packages} == {NOTICE}
    assert all(NOTICE in title for title in (titles | awards) - {None})
    assert all(path.name.startswith("invented-") for path in written)


def patched_schema(folder: Path) -> dict:
    """Return the schema of packages, the extensions' fields in it, as one document."""
    release = json.loads((folder / "1.1.5/release-schema.json").read_bytes())
    for name in EXTENSIONS:
        path = folder / "extensions" / name / "release-schema.json"
        release = patch(release, json.loads(path.read_bytes()))
    package = json.loads((folder / "1.1.5/release-package-schema.json").read_bytes())
    package["properties"]["releases"]["items"] = {"$ref": "#/definitions/Release"}
    del release["id"]  # or its references would be sought in it alone
    package["definitions"] = release.pop("definitions") | {"Release": release}
    return package


def patch(target: object, change: object) -> object:
    """Apply a JSON merge patch (RFC 7396)."""
    if not isinstance(change, dict):
        return deepcopy(change)
    patched = dict(target) if isinstance(target, dict) else {}
    for key, value in change.items():
        if value is None:
            patched.pop(key, None)
        else:
            patched[key] = patch(patched.get(key), value)
    return patched


def test_each_package_keeps_to_the_official_schema_with_its_extensions(
    shared: Path, packages: list[dict]
):
    folder = shared / "reference" / "ocds-schema"
    if not folder.is_dir():
        pytest.skip(f"the official schema is not at {folder}")
    schema = patched_schema(folder)
    validator = jsonschema.Draft4Validator(schema, format_checker=jsonschema.FormatChecker())

    mistakes = [
        f"{'/'.join(map(str, error.absolute_path))}: {error.message[:200]}"
        for package in packages
        for error in validator.iter_errors(package)
    ]

    assert mistakes == []


def test_the_schema_check_would_see_a_mistake(shared: Path, packages: list[dict]):
    folder = shared / "reference" / "ocds-schema"
    if not folder.is_dir():
        pytest.skip(f"the official schema is not at {folder}")
    schema = patched_schema(folder)
    broken = deepcopy(packages[1])
    bid = next(
        bid for r in broken["releases"] for bid in r.get("bids", {}).get("details", ()) if bid
    )
    bid["status"] = "won"

    assert not jsonschema.Draft4Validator(schema).is_valid(broken)


def test_processes_are_told_in_several_releases_of_many_tags(releases: list[dict]):
    tags = Counter(tag for release in releases for tag in release["tag"])
    told = Counter(release["ocid"] for release in releases)

    assert set(tags) == {
        "planning",
        "tender",
        "tenderUpdate",
        "tenderCancellation",
        "award",
        "contract",
        "contractAmendment",
        "contractTermination",
        "implementation",
        "implementationUpdate",
    }
    assert sum(told.values()) / len(told) > 3


def test_the_releases_of_a_process_have_their_own_ids_and_dates(releases: list[dict]):
    by_process = defaultdict(list)
    for release in releases:
        by_process[release["ocid"]].append(release)

    for held in by_process.values():
        assert len({release["id"] for release in held}) == len(held)
        assert len({release["date"] for release in held}) == len(held)


def test_every_organisation_named_is_a_party_of_its_process(releases: list[dict]):
    parties, named = defaultdict(set), defaultdict(set)
    for release in releases:
        ocid = release["ocid"]
        parties[ocid] |= {party["id"] for party in release.get("parties", ())}
        if "buyer" in release:
            named[ocid].add(release["buyer"]["id"])
        for bid in release.get("bids", {}).get("details", ()):
            named[ocid] |= {each["id"] for each in bid["tenderers"]}
        for award in release.get("awards", ()):
            named[ocid] |= {each["id"] for each in award["suppliers"]}

    assert all(named[ocid] <= parties[ocid] for ocid in named)


def test_contracts_link_to_awards_of_their_process(releases: list[dict]):
    awards, links = defaultdict(set), defaultdict(set)
    for release in releases:
        awards[release["ocid"]] |= {each["id"] for each in release.get("awards", ())}
        links[release["ocid"]] |= {each["awardID"] for each in release.get("contracts", ())}

    assert any(links.values())
    assert all(links[ocid] <= awards[ocid] for ocid in links)


def test_amounts_have_at_most_two_decimals_and_equal_the_worlds(world: World, written):
    found = [
        json.loads(path.read_bytes(), parse_float=Decimal) for path in sorted(written[0].iterdir())
    ]

    awarded = [
        Decimal(award["value"]["amount"])
        for package in found
        for release in package["releases"]
        for award in release.get("awards", ())
    ]
    expected = [award.amount for each in world.procurements for award in each.awards]

    assert all(amount == amount.quantize(Decimal("0.01")) for amount in awarded)
    assert sum(awarded) * 100 == sum(expected)


def test_some_suppliers_are_misspelt_and_some_lack_an_identifier(releases: list[dict]):
    parties = [
        party
        for release in releases
        for party in release.get("parties", ())
        if "buyer" not in party["roles"]
    ]
    unidentified = sum("identifier" not in party for party in parties) / len(parties)
    misspelt = sum(
        "identifier" in party and party["name"] != party["identifier"]["legalName"]
        for party in parties
    )

    assert 0.02 < unidentified < 0.25
    assert misspelt > 10


def rows(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def test_the_lists_carry_their_columns(written: list[Path]):
    register, ownership, provision, payments = (rows(path) for path in written[1:])

    assert list(register[0]) == ["scheme", "identifier", "name", "kind"]
    assert list(ownership[0]) == ["owner", "owned", "share", "from", "to", "source"]
    assert list(provision[0]) == [
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
    ]
    assert list(payments[0]) == ["date", "buyer", "supplier", "supplier_id", "amount", "service"]
    assert {row["source"] for row in ownership} == {NOTICE}


def test_payments_written_sum_to_the_worlds_to_the_penny(world: World, written: list[Path]):
    paid = sum(Decimal(row["amount"]) for row in rows(written[4]))

    assert paid * 100 == sum(line.amount for line in world.payments)


def test_no_person_is_named_in_the_payments(world: World, written: list[Path]):
    withheld = [row for row in rows(written[4]) if row["supplier"] == "REDACTED PERSONAL DATA"]

    assert len(withheld) == sum(line.payee is None for line in world.payments)
    assert all(row["supplier_id"] == "" for row in withheld)


def test_no_cell_starts_a_formula(written: list[Path]):
    for path in written[1:]:
        for row in rows(path):
            cells = {key: cell for key, cell in row.items() if key != "amount"}
            assert not any(cell.startswith(("=", "+", "-", "@")) for cell in cells.values())


def test_places_of_one_day_have_their_own_ids(world: World):
    seen = Counter((place.observed_on, place.id) for place in world.places)

    assert set(seen.values()) == {1}
