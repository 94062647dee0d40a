"""Published counts of public service markets, typed into a file and asked of the program.

The markets are those of the Work Programme (2011), probation (2015), asylum housing (2012 and
2019), private prisons (2017) and Southern Cross (2011).
"""

from __future__ import annotations

import csv
from collections.abc import Iterable
from pathlib import Path

import pytest

from asking import asking, loaded
from commands import Command

HEADINGS = (
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
PRIMES = (
    ("Ingeus", "Seetec"),
    ("A4e", "Ingeus"),
    ("Ingeus", "Maximus", "Reed"),
    ("A4e", "CDG", "Seetec"),
    ("Avanta", "Ingeus"),
    ("A4e", "Ingeus"),
    ("Avanta", "G4S", "Seetec"),
    ("Ingeus", "Working Links"),
    ("A4e", "Maximus"),
    ("Avanta", "G4S"),
    ("Prospects", "Working Links"),
    ("JHP", "Rehab JobFit"),
    ("Rehab JobFit", "Working Links"),
    ("EOS", "NCG", "Pertemps"),
    ("ESG", "Serco"),
    ("BEST", "Ingeus"),
    ("A4e", "Serco"),
    ("G4S", "NCG"),
)
PROBATION = dict(
    zip(
        (
            "Sodexo",
            "Interserve",
            "Working Links",
            "MTCnovo",
            "Reducing Reoffending Partnership",
            "EOS",
            "ARCC",
            "Seetec",
        ),
        (6, 5, 3, 2, 2, 1, 1, 1),
        strict=True,
    )
)
ASYLUM = {
    "2012-03-31": {"G4S": 2, "Serco": 2, "Clearel": 2},
    "2019-09-30": {"Clearsprings": 3, "Mears": 2, "Serco": 2},
}
PRISONS = {"Operator One": 5, "Operator Two": 5, "Operator Three": 4}
Row = dict[str, object]


def contracts(service: str, held: dict[str, int], day: str) -> Iterable[Row]:
    """Give one row of one place a contract."""
    for provider, count in held.items():
        for _ in range(count):
            yield {"observed_on": day, "service": service, "provider": provider, "places": 1}


def southern_cross() -> Iterable[Row]:
    """Give places in which it holds 30% of the North East and 9% of the country."""
    for area, own, others in (("North East", 30, 70), ("South East", 60, 840)):
        firms = [("Southern Cross", own), *((f"{area} Home {n}", others // 10) for n in range(10))]
        for provider, places in firms:
            yield {
                "observed_on": "2011-03-31",
                "service": "Care home",
                "area": area,
                "provider": provider,
                "places": places,
            }


@pytest.fixture(scope="module")
def markets(tmp_path_factory: pytest.TempPathFactory) -> Command:
    """Give the program in a market of these small lists."""
    folder = tmp_path_factory.mktemp("vectors")
    rows = [
        {
            "observed_on": "2011-06-01",
            "service": "Work Programme",
            "area": f"Package {number}",
            "provider": prime,
            "places": 1,
        }
        for number, primes in enumerate(PRIMES, 1)
        for prime in primes
    ]
    rows += contracts("Probation", PROBATION, "2015-02-01")
    for day, held in ASYLUM.items():
        rows += contracts("Asylum housing", held, day)
    rows += contracts("Private prisons", PRISONS, "2017-01-01")
    rows += southern_cross()
    file = folder / "counts.csv"
    write(file, rows)
    return loaded(folder / "workspace", file)


def write(file: Path, rows: list[Row]) -> None:
    with file.open("w", encoding="utf-8", newline="") as text:
        writer = csv.DictWriter(text, HEADINGS)
        writer.writeheader()
        for number, row in enumerate(rows, 1):
            writer.writerow({"place_id": number, **row})


@pytest.mark.parametrize(
    ("service", "period", "hhi", "cr4"),
    [
        ("work-programme", "2011", 837.5, 0.45),
        ("probation", "2015", 1836.7, 0.762),
        ("asylum-housing", "2012", 3333.3, 1.0),
        ("asylum-housing", "2019", 3469.4, 1.0),
        ("private-prisons", "2017", 3367.3, 1.0),
    ],
)
def test_published_counts_give_the_published_concentration(markets, service, period, hhi, cr4):
    where = f"service={service} period={period}"

    by_count, four = asking(markets)("hhi-by-count", "cr4-by-count", where=where)

    assert by_count["value"] == pytest.approx(hhi, abs=0.05)
    assert four["value"] == pytest.approx(cr4, abs=5e-4)


def test_a_market_that_is_open_in_the_nation_is_two_or_three_firms_in_an_area(markets):
    rows = asking(markets)("hhi-by-count", by="area", where="service=work-programme")

    local = {row["area"]: row["value"] for row in rows}
    assert local["Package 1"] == pytest.approx(5000)
    assert local["Package 3"] == pytest.approx(10_000 / 3)
    assert min(local.values()) > 1800


def test_southern_cross_is_flagged_where_it_holds_thirty_per_cent_and_not_in_the_nation(markets):
    ask = asking(markets)

    [nation] = ask("cr1", where="service=care-home")
    held = ask("dominated-areas", where="service=care-home")

    assert nation["value"] == pytest.approx(0.09)
    assert [(row["place"], row["provider_name"]) for row in held] == [
        ("North East", "Southern Cross")
    ]
    assert held[0]["value"] == pytest.approx(0.3)


def test_owners_are_counted_once_however_many_companies_they_hold(markets, tmp_path):
    companies = {"Firm One": 2, "Firm Two": 2, "Firm Three": 2}
    homes, owners = tmp_path / "homes.csv", tmp_path / "owners.csv"
    write(homes, list(contracts("Supported living", companies, "2020-01-01")))
    owners.write_text(
        "owner,owned,share,from,to,source\nHolding,Firm One,1,,,accounts\n"
        "Holding,Firm Two,1,,,accounts\n",
        encoding="utf-8",
    )

    ask = asking(loaded(tmp_path / "workspace", homes, owners))

    [by_company] = ask("hhi", where="service=supported-living", entity="organisation")
    [by_owner] = ask("hhi", where="service=supported-living", entity="owner")
    assert by_company["value"] == pytest.approx(10_000 / 3)
    assert by_owner["value"] == pytest.approx((200 / 3) ** 2 + (100 / 3) ** 2)
    assert (by_company["low"], by_company["high"]) == pytest.approx(
        (by_company["value"], by_owner["value"])
    )
