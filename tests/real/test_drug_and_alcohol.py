"""Drug and alcohol treatment, from 561 award notices: what they tell, and what they cannot."""

from __future__ import annotations

import csv
import re
from pathlib import Path

import pytest

from asking import asking
from commands import refused
from convener.data.store import Store
from convener.measures.bench import Bench
from convener.measures.question import Question

SERVICE = "drug-and-alcohol-treatment"
TREATMENT = f"service={SERVICE}"
HUGE = "contracts-finder-HARROW001-DN426038-46032033"
LABELS = Path(__file__).parents[2] / "benchmarks" / "labels" / "drug_and_alcohol_top30.csv"


def largest_thirty(folder: Path) -> dict[str, str]:
    """Return the kinds of the thirty largest providers by name, the largest first."""
    with Store(folder).connect() as connection:
        bench = Bench(connection, Question(("hhi",), (), {"service": SERVICE}, basis="awards"))
        found = bench.rows(
            "select n.provider_name as name, any_value(h.kind) as kind from holdings h"
            " join provider_names n on n.provider = h.provider"
            " group by 1 order by sum(h.value) desc nulls last, 1 limit 30"
        )
    return {row["name"]: row["kind"] for row in found}


def judged() -> list[dict[str, str]]:
    with LABELS.open(encoding="utf-8", newline="") as text:
        return list(csv.DictReader(text))


def test_561_awards_of_4_82bn_are_loaded(notices):
    [source] = notices("sources", "--json").rows

    report = notices("sources", "report", source["source"], "--json").out
    assert (source["releases"], source["awards"], source["refused"]) == (561, 561, 0)
    assert "4818871634.19" in report


def test_kinds_of_the_thirty_largest_are_as_a_person_judged_them(registered_folder):
    found = largest_thirty(registered_folder)

    rows = judged()
    assert list(found) == [row["name"] for row in rows]
    assert found == {row["name"]: row["given"] for row in rows}
    assert {row["name"] for row in rows if row["given"] not in {row["judged"], "unknown"}} == set()
    assert sum(row["given"] == "unknown" for row in rows) == 4


def test_without_registers_no_kind_is_wrong_but_a_housing_charity_s(notices_folder):
    found = largest_thirty(notices_folder)

    kinds = {row["name"]: row["judged"] for row in judged()}
    wrong = {
        name
        for name, kind in found.items()
        if kind != "unknown" and name in kinds and kind != kinds[name]
    }
    assert wrong <= {"Framework Housing Association"}


@pytest.mark.parametrize(
    ("framework", "hhi", "cr4"),
    [("split", 1342.7, 0.6133), ("lead", 1377.4, 0.6190), ("ceiling", 921.7, 0.5081)],
)
def test_the_framework_rule_moves_the_figure_within_one_range(registered, framework, hhi, cr4):
    by_value, four = asking(registered)("hhi", "cr4", where=TREATMENT, framework=framework)

    assert by_value["value"] == pytest.approx(hhi, abs=0.05)
    assert (by_value["low"], by_value["high"]) == pytest.approx((921.7, 1377.4), abs=0.05)
    assert four["value"] == pytest.approx(cr4, abs=5e-5)
    assert (by_value["count"], by_value["coverage"]) == (433, pytest.approx(0.7677, abs=5e-5))


def test_how_many_bid_is_not_in_this_data_and_others_stand_in(registered):
    asked = asking(registered)(
        "single-bid-share", "bids-per-tender", "new-entrants", "switching", where=TREATMENT
    )

    single, bids, new, switching = asked
    for row in (single, bids):
        assert (row["value"], row["count"], row["coverage"]) == (None, 0, 0)
        assert "how many bid is not in this data" in row["note"]
    assert (new["count"], new["value"]) == (142, pytest.approx(0.7465, abs=5e-5))
    assert (switching["count"], switching["value"]) == (41, pytest.approx(0.4146, abs=5e-5))
    assert switching["wilson_low"] < switching["value"] < switching["wilson_high"]


def test_in_house_treatment_is_not_in_awards(registered):
    rows = asking(registered)("share-by-kind", where=TREATMENT)

    in_house = next(row for row in rows if row["kind"] == "in-house")
    assert in_house["value"] is None
    assert "not in this data" in in_house["note"]


def test_regions_over_three_years_say_where_too_little_is_known(registered):
    rows = asking(registered)("hhi", by="area,period", where=TREATMENT, period="3-years")

    known = {(row["area"], row["period"]): row for row in rows}
    assert {period for _, period in known} == {"2013-2015", "2016-2018", "2019-2021", "2022-2024"}
    assert known["London", "2019-2021"]["value"] == pytest.approx(7465.7, abs=0.1)
    assert known["London", "2019-2021"]["count"] == 15
    thin = known["East of England", "2016-2018"]
    assert (thin["value"], thin["count"]) == (None, 1)
    assert "fewer than 2 records" in thin["note"]


def test_one_award_of_833_million_moves_the_balance(registered):
    ask = asking(registered)

    whole, share = ask("hhi", "cr1", where=TREATMENT)
    rest, share_of_rest = ask("hhi", "cr1", where=f"{TREATMENT} without={HUGE}")

    assert whole["count"] == rest["count"] + 1
    assert rest["value"] == pytest.approx(836.8, abs=0.1)
    assert share["value"] == pytest.approx(0.3035, abs=5e-5)
    assert share_of_rest["value"] == pytest.approx(0.1922, abs=5e-5)


def test_notices_that_are_no_treatment_are_left_out_by_rule_and_listed(notices):
    rows = notices("market", SERVICE, "--left-out", "--json").rows

    assert len(rows) == 96
    assert rows[0]["title"] == "Prison Healthcare Services"
    reasons = {row["reason"] for row in rows}
    assert {"testing and laboratory supplies", "software, systems and data"} <= reasons
    assert "buildings, works, furniture and security" in reasons
    assert all(row["because"] for row in rows)
    [market] = [row for row in notices("market", "--json").rows if row["service"] == SERVICE]
    assert market["processes"] == 283


def test_what_is_left_out_is_asked_of_a_named_service(notices):
    refused(notices("market", "--left-out"), "--left-out asks of one market")
    refused(notices("market", "85", "--left-out"), "no bundle is called '85'")


def test_words_in_place_of_a_name_are_no_provider(notices):
    named = {row["name"] for row in notices("organisations", "--json").rows}

    assert not {name for name in named if "attached" in name.lower() or "N/A" in name}


def test_bodies_of_one_name_are_told_apart_by_their_numbers(registered):
    rows = asking(registered)("largest-providers", where=TREATMENT)

    names = [row["provider_name"] for row in rows]
    assert len(names) == len(set(names)) == 20
    assert [row["place_in_line"] for row in rows] == list(range(1, 21))
    assert {
        "Change Grow Live Services Ltd (no number)",
        "Change Grow Live Services Ltd (GB-COH-06228752)",
    } <= set(names)


def test_a_balance_sheet_is_short_enough_to_read(registered):
    sheet = registered("market", SERVICE, "--entity", "organisation").out

    assert re.search(r"10 of 1\d\d rows of provider-dependence are shown", sheet)
    assert len(sheet.splitlines()) < 150
