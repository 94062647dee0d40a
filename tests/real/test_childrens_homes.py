"""Children's homes in England: the register of each March, and homes that came and went."""

from __future__ import annotations

import pytest

from asking import asking

HOMES = "service=childrens-homes"
LAST = f"{HOMES} period=2022"


def by_period(rows):
    return {row["period"]: row for row in rows}


def test_homes_are_met_as_one_market(homes):
    listed = {row["service"]: row for row in homes("market", "--json").rows}

    assert listed["childrens-homes"]["provision"] == 15_195
    assert "childrens-home" not in listed
    assert {"secure-childrens-home", "residential-special-school"} <= set(listed)
    by_label, by_bundle = (
        asking(homes)("hhi", where=f"service={name} period=2022")[0]["value"]
        for name in ("childrens-home", "childrens-homes")
    )
    assert by_label == by_bundle


def test_sectors_of_march_2022_are_the_registers_own(homes):
    rows = asking(homes)("share-by-sector", where=LAST)

    found = {row["sector"]: (row["sites"], round(row["value"], 3)) for row in rows}
    assert found == {
        "Private": (2221, 0.794),
        "Local Authority": (415, 0.148),
        "Voluntary": (153, 0.055),
        "Health Authority": (9, 0.003),
    }
    assert {row["count"] for row in rows} == {2798}


def test_11_095_places_are_counted_by_kind_and_in_house_is_seen(homes):
    rows = asking(homes)("share-by-kind", where=LAST)

    places = {row["kind"]: row["held_value"] for row in rows}
    assert places == {"private": 8093, "in-house": 2088, "unknown": 861, "public-body": 53}
    assert sum(places.values()) == 11_095


def test_owners_are_many_in_the_nation_and_few_in_an_authority(homes):
    ask = asking(homes)

    [named] = ask("hhi", where=LAST, entity="name")
    [grouped] = ask("hhi", where=LAST, entity="organisation")
    local = [row["value"] for row in ask("hhi", where=LAST, by="area") if row["value"]]

    assert named["value"] == pytest.approx(60.18, abs=0.05)
    assert 1 < grouped["value"] / named["value"] < 1.1
    assert (named["low"], named["high"]) == pytest.approx((named["value"], grouped["value"]))
    assert named["count"] == 2786
    assert len(local) > 130
    assert sorted(local)[len(local) // 2] > 1800


def test_authorities_where_one_owner_holds_thirty_per_cent_are_listed(homes):
    ask = asking(homes)

    [share] = ask("area-dominance", where=LAST)
    held = ask("dominated-areas", where=LAST)

    places = {row["place"] for row in held}
    assert share["count"] == 136
    assert share["value"] == pytest.approx(len(places) / 136)
    assert 65 <= len(places) <= 80
    assert all(row["value"] >= 0.3 and row["count"] >= 3 for row in held)
    bristol = next(row for row in held if row["place"] == "Bristol")
    assert (bristol["provider_name"], bristol["count"]) == ("Bristol City Council", 9)


def test_the_local_hold_falls_year_by_year(homes):
    rows = by_period(asking(homes)("area-dominance", where=HOMES, by="period"))

    shares = [rows[str(year)]["value"] for year in range(2018, 2023)]
    assert shares == sorted(shares, reverse=True)
    assert shares[0] == pytest.approx(0.70, abs=0.02)
    assert shares[-1] == pytest.approx(0.53, abs=0.02)


def test_what_the_rest_could_not_take_up_is_told_for_the_nation_and_each_authority(homes):
    ask = asking(homes)

    [nation] = ask("n-minus-1", where=LAST)
    areas = {row["area"]: row for row in ask("n-minus-1", where=LAST, by="area")}
    [roomier] = ask("n-minus-1", where=LAST, assume="spare=0.5")

    assert nation["value"] == pytest.approx(0.0178, abs=0.0005)
    assert "assumes spare 0.1" in nation["note"]
    assert roomier["value"] < nation["value"]
    assert areas["Bristol"]["hardest_to_replace"] == "Bristol City Council"
    assert areas["Bristol"]["value"] == pytest.approx(0.906, abs=0.005)


def test_homes_that_joined_and_left_are_counted_by_year(homes):
    ask = asking(homes)

    opened = by_period(ask("places-opened", where=HOMES, by="period"))
    closed = by_period(ask("places-closed", where=HOMES, by="period"))

    joined = {year: (opened[year]["value"], opened[year]["size"]) for year in ("2017", "2022")}
    left = {year: (closed[year]["value"], closed[year]["size"]) for year in ("2017", "2022")}
    assert joined == {"2017": (223, 970), "2022": (341, 1157)}
    assert left == {"2017": (261, 673), "2022": (210, 681)}


def test_lists_of_several_years_are_never_added(homes):
    [whole] = asking(homes)("hhi", where=HOMES)

    assert whole["count"] == 2786
