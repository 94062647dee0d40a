"""Published figures of real markets come out of the measures."""

from __future__ import annotations

from datetime import UTC, date, datetime

import pytest

from convener.data.loading import Wanted, load
from convener.data.store import Store
from convener.measures.run import Question, measure

FILES = {
    "gcloud": "data/uk-gcloud-sales-2012-2014/sales.csv.gz",
    "homes": "data/ofsted-childrens-social-care/providers_2022-03-31.csv.gz",
    "treatment": "data/uk-contracts-finder-csv/drug_alcohol_services_2021_2024.csv.gz",
}
HOMES = {"service": "childrens-home"}
TREATMENT = {"service": "drug-and-alcohol-treatment"}
HUGE = "contracts-finder-HARROW001-DN426038-46032033"


@pytest.fixture(scope="module")
def market(shared, tmp_path_factory):
    store = Store(tmp_path_factory.mktemp("workspace"))
    days = {"homes": date(2022, 3, 31)}
    wanted = [
        Wanted(origin=str(shared / path), name=name, observed_on=days.get(name))
        for name, path in FILES.items()
    ]
    load(store, wanted, at=datetime(2026, 1, 1, tzinfo=UTC))
    connection = store.connect(threads=2)
    yield connection
    connection.close()


def ask(connection, *names, **asked):
    asked.setdefault("by", ())
    return measure(connection, Question(names, **asked))


def test_g_cloud_concentration_is_as_computed_elsewhere(market):
    hhi, cr4 = ask(market, "hhi", "cr4", entity="name", sources=("gcloud",))

    assert hhi.value == pytest.approx(156.6, abs=0.05)
    assert cr4.value == pytest.approx(0.1561, abs=5e-5)
    assert hhi.basis == "payments"


def test_g_cloud_small_firms_sold_as_much_as_published(market):
    rows = ask(market, "sme-share", by=("period",), sources=("gcloud",))

    sold = {row.group["period"]: row for row in rows}
    assert sold["2013"].group["held_value"] / 1e6 == pytest.approx(42.33, abs=0.005)
    assert sold["2013"].group["known_value"] / 1e6 == pytest.approx(87.30, abs=0.005)
    shares = [sold[year].value for year in ("2012", "2013", "2014")]
    assert shares == pytest.approx([0.676, 0.485, 0.561], abs=5e-4)


def test_children_s_homes_are_of_the_sectors_that_the_register_counts(market):
    rows = ask(market, "share-by-sector", where=HOMES)

    shares = {row.group["sector"]: row.value for row in rows}
    assert shares["Private"] == pytest.approx(0.794, abs=5e-4)
    assert shares["Local Authority"] == pytest.approx(0.148, abs=5e-4)
    assert shares["Voluntary"] == pytest.approx(0.055, abs=5e-4)
    assert rows[0].count == 2798


def test_provision_shows_homes_that_councils_run_themselves(market):
    rows = ask(market, "share-by-kind-by-count", where=HOMES)

    in_house = next(row for row in rows if row.group["kind"] == "in-house")
    assert in_house.value == pytest.approx(0.148, abs=5e-4)


def test_a_market_that_is_open_nationally_is_held_locally(market):
    hhi, held = ask(market, "hhi", "area-dominance", where=HOMES)

    assert hhi.value < 100
    assert held.value > 0.4


def test_one_award_of_833_million_moves_the_balance(market):
    [whole] = ask(market, "hhi", where=TREATMENT)
    [rest] = ask(market, "hhi", where={**TREATMENT, "without": HUGE})

    assert whole.count == rest.count + 1
    assert whole.value > 1.3 * rest.value
    assert whole.low < whole.value < whole.high


def test_in_house_treatment_is_not_in_awards(market):
    rows = ask(market, "share-by-kind", where=TREATMENT)

    in_house = next(row for row in rows if row.group["kind"] == "in-house")
    assert in_house.value is None
    assert "not in this data" in in_house.note


def test_treatment_by_region_over_three_years(market):
    rows = ask(market, "hhi", by=("area", "period"), period="3-years", where=TREATMENT)

    periods = {row.group["period"] for row in rows}
    assert periods == {"2013-2015", "2016-2018", "2019-2021", "2022-2024"}
    assert {"London", "North West"} <= {row.group["area"] for row in rows}
