"""The invented world, read by the real loader and measured by the real measures."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from pathlib import Path

import duckdb
import pytest

from convener.base.kinds import Kind
from convener.data.loading import Wanted, load
from convener.data.store import Store
from convener.measures.run import Question, Row, measure
from convener.simulation.blueprint import SERVICES
from convener.simulation.world import ENDS_ON, Reading, World
from world_figures import Figures, hhi, shares

ROOT = Path(__file__).resolve().parents[2]
AT = datetime(2026, 4, 1, tzinfo=UTC)
SLUG = {service.reading: service.slug for service in SERVICES}


def asked(market: duckdb.DuckDBPyConnection, *names: str, reading: Reading, **how) -> list[Row]:
    question = Question(names, where={"service": SLUG[reading]}, at=ENDS_ON, **how)
    return measure(market, question)


def figure(market: duckdb.DuckDBPyConnection, name: str, reading: Reading, **how) -> float:
    (row,) = asked(market, name, reading=reading, **how)
    assert row.value is not None, row.note
    return float(row.value)


def counted(market: duckdb.DuckDBPyConnection, sql: str) -> int:
    (count,) = market.execute(sql).fetchone() or (0,)
    return int(count)


def test_every_process_contract_place_and_payment_arrives_once(market, world: World):
    contracts = sum(len(each.contracts) for each in world.procurements)

    assert counted(market, "select count(*) from processes") == len(world.procurements)
    assert counted(market, "select count(*) from contracts") == contracts
    assert counted(market, "select count(*) from provision") == len(world.places)
    assert counted(market, "select count(*) from payments") == len(world.payments)


def test_each_market_holds_the_processes_of_its_service(market, world: World):
    for service in SERVICES:
        found = counted(
            market,
            "select count(distinct process_key) from process_services"
            f" where service = '{service.slug}'",
        )

        assert found == sum(each.service == service.slug for each in world.procurements)


def test_changes_and_ends_of_contracts_survive_merging(market, world: World):
    lived = [each for p in world.procurements for each in p.contracts]
    grown = counted(market, "select count(*) from contracts where amount > first_amount")
    ended = counted(market, "select count(*) from contracts where terminated")

    assert grown == sum(bool(each.changes) for each in lived)
    assert ended == sum(each.terminated_on is not None for each in lived)


def test_organisations_are_resolved_one_to_one_with_their_kinds(market, world: World):
    met = {
        each
        for p in world.procurements
        for each in (p.buyer, *(member for bid in p.bids for member in bid.tenderers))
    }
    met |= {place.provider for place in world.places}
    met |= {each for holding in world.holdings for each in (holding.owner, holding.owned)}
    expected = sorted((world.by_id[each].name, world.by_id[each].kind.value) for each in met)

    found = market.execute("select name, kind from organisations order by name").fetchall()

    assert found == expected


@pytest.mark.parametrize("service", SERVICES, ids=lambda service: service.slug)
def test_concentration_by_provider_equals_the_worlds(market, world: World, service):
    expected = Figures(world, service.slug).by_provider

    found = figure(market, "hhi", service.reading)

    assert found == pytest.approx(hhi(expected), rel=1e-9)
    largest = figure(market, "cr1", service.reading)
    assert largest == pytest.approx(shares(expected)[0] / 100, rel=1e-9)


@pytest.mark.parametrize("service", SERVICES, ids=lambda service: service.slug)
def test_concentration_by_owner_equals_the_worlds_on_the_day_of_each_award(
    market, world: World, service
):
    expected = Figures(world, service.slug).by_owner

    found = figure(market, "hhi", service.reading, entity="owner")

    assert found == pytest.approx(hhi(expected), rel=1e-9)


@pytest.mark.parametrize("service", SERVICES, ids=lambda service: service.slug)
def test_the_single_bid_share_equals_the_worlds(market, world: World, service):
    (row,) = asked(market, "single-bid-share", reading=service.reading)

    assert float(row.value) == pytest.approx(Figures(world, service.slug).single_bid_share)


def test_home_care_reads_as_balanced(market):
    reading = Reading.BALANCED

    assert figure(market, "hhi", reading, entity="owner") < 1000
    assert figure(market, "effective-number-of-kinds", reading) > 4
    assert figure(market, "single-bid-share", reading) < 0.1


def test_childrens_homes_read_as_an_oligopoly_only_by_owner(market):
    reading = Reading.OLIGOPOLY

    assert figure(market, "cr4", reading, entity="owner") > 0.8
    assert figure(market, "hhi", reading, entity="owner") > 1800
    assert figure(market, "hhi", reading, entity="organisation") < 1800


def test_supported_living_reads_as_too_big_to_fail(market):
    reading = Reading.TOO_BIG_TO_FAIL
    dominated = asked(market, "dominated-areas", reading=reading, entity="owner")
    by_owner: dict[str, set[str]] = {}
    for row in dominated:
        by_owner.setdefault(str(row.group["provider_name"]), set()).add(str(row.group["place"]))

    assert figure(market, "cr1", reading) > 0.5
    assert max(len(places) for places in by_owner.values()) >= 5


def test_employment_support_reads_as_bundled(market):
    reading = Reading.BUNDLED
    others = [
        figure(market, "contract-size", other) for other in Reading if other is not Reading.BUNDLED
    ]

    assert figure(market, "contract-size", reading) > 25_000_000
    assert figure(market, "contract-size", reading) > 3 * max(others)
    assert figure(market, "large-contract-share", reading) == 1
    assert figure(market, "services-per-contract", reading) >= 3


def test_drug_and_alcohol_treatment_reads_as_uncontested(market):
    (row,) = asked(market, "single-bid-share", reading=Reading.UNCONTESTED)

    assert row.value > 0.5
    assert row.wilson_low > 0.2


def test_homelessness_support_reads_as_in_house_by_provision_and_as_unknown_by_awards(market):
    reading = Reading.MOSTLY_IN_HOUSE
    by_awards = asked(market, "share-by-kind", reading=reading, basis="awards")
    in_house = [row for row in by_awards if row.group["kind"] == Kind.IN_HOUSE]

    assert figure(market, "in-house-share", reading) > 0.6
    assert [row.value for row in in_house] == [None]


def page_table(path: Path) -> list[list[str]]:
    """Return the cells of the rows under the heading of a page's only figures."""
    lines = [line for line in path.read_text(encoding="utf-8").splitlines() if line[:1] == "|"]
    return [[cell.strip() for cell in line.strip("|").split("|")] for line in lines[2:]]


def test_the_page_gives_the_figures_that_the_measures_give(market):
    expected = []
    for service in SERVICES:
        reading = service.reading
        name, size = service.name, figure(market, "contract-size", reading)
        expected.append(
            [
                name,
                reading.value,
                f"{figure(market, 'hhi', reading):,.0f}",
                f"{figure(market, 'hhi', reading, entity='owner'):,.0f}",
                f"{figure(market, 'cr1', reading, entity='owner'):.0%}",
                f"{figure(market, 'single-bid-share', reading):.0%}",
                f"£{size / 1_000_000:.1f}m",
                f"{figure(market, 'in-house-share', reading):.0%}",
            ]
        )

    assert page_table(ROOT / "docs/explanation/demo-market.md") == expected


def test_the_lists_have_the_headings_that_the_how_to_promises(written: list[Path]):
    page = (ROOT / "docs/how-to/load-your-own-data.md").read_text(encoding="utf-8")

    for path in written[1:]:
        name = path.stem.removeprefix("invented-")
        (line,) = [line for line in page.splitlines() if line.startswith(f"| {name} | `")]
        with path.open(encoding="utf-8") as file:
            headings = file.readline().strip().split(",")

        assert re.findall(r"`([a-z_]+)`", line) == headings


def test_the_mapping_file_in_the_how_to_reads_a_table(tmp_path: Path):
    page = (ROOT / "docs/how-to/load-your-own-data.md").read_text(encoding="utf-8")
    (mapping,) = re.findall(r"```toml\n(.+?)```", page, re.DOTALL)
    (tmp_path / "spend.toml").write_text(mapping, encoding="utf-8")
    spend = tmp_path / "spend.csv"
    spend.write_text("Pay Day,Paid To,Sum,Team\n01/04/2025,Acme Ltd,100.00,Home care\n")
    wanted = Wanted(origin=str(spend), mapping=tmp_path / "spend.toml")

    (loaded,) = load(Store(tmp_path / "workspace"), [wanted], at=AT)

    assert loaded.source.rows == {"payments": 1}
    assert loaded.report["reading"]["refused"] == 0
