from __future__ import annotations

from datetime import date

import pytest

from convener.base.errors import BadInputError
from convener.data.flat.mapping import parse_mapping
from table_reading import csv_file, read

PLACES = parse_mapping(
    """
kind = "provision"

[columns]
observed_on = "Day"
service = "Type"
area = "Area"
place_id = "URN"
place_name = "Name"
provider_name = ["Owner", "Name"]
sector = "Sector"
kind = "Sector"
quantity = "Places"
event = "Event"

[constants]
unit = "places"

[values.kind]
"Local Authority" = "in-house"
"Voluntary" = "unknown"
"*" = "private"
""",
    name="places",
)
HEADINGS = ["Day", "Type", "Area", "URN", "Name", "Owner", "Sector", "Places", "Event"]
PARTS = parse_mapping(
    """
kind = "provision"
[columns]
observed_on = "{year}-12-31"
area = "area"
[constants]
service = "NHS commissioning"
unit = "pounds"
[[parts]]
kind = "private"
quantity = "private"
[[parts]]
kind = "charity"
percent = "charity %"
of = "total"
[[parts]]
kind = "unknown"
rest = true
of = "total"
""",
    name="parts",
)


def provide(tmp_path, *rows, mapping=PLACES, headings=HEADINGS, **options):
    path = csv_file(tmp_path / "p.csv", [headings, *rows])
    return read(tmp_path, path, mapping=mapping, **options)


def test_a_place_is_read_with_its_owner_and_kind(tmp_path):
    found = provide(
        tmp_path,
        [
            "31/03/2022",
            "Children's home",
            "Leeds",
            "1",
            "Elms",
            "Acme Ltd",
            "Private",
            "4",
            "",
        ],
        [
            "31/03/2022",
            "Children's Home",
            "Leeds",
            "2",
            "Oaks",
            "",
            "Local Authority",
            "",
            "",
        ],
    )

    columns = (
        "observed_on::varchar", "service", "place_name", "provider_name", "sector", "kind",
        "quantity", "unit", "event",
    )  # fmt: skip
    assert found.rows(*columns) == [
        (
            "2022-03-31", "Children's home", "Elms", "Acme Ltd", "Private", "private", 4.0,
            "places", None,
        ),
        (
            "2022-03-31", "Children's home", "Oaks", "Oaks", "Local Authority",
            "in-house", None, "places", None,
        ),
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("written", "service"),
    [
        ("Children\u2019s  Home", "Children's home"),
        ("NHS Commissioning", "NHS commissioning"),
        ("CAFCASS", "CAFCASS"),
        ("HOME CARE", "Home care"),
    ],
)
def test_a_service_has_one_spelling(tmp_path, written, service):
    row = ["2022-03-31", written, "", "1", "A Home", "A Ltd", "Private", "1", ""]

    assert provide(tmp_path, row).rows("service") == [service]


def test_a_day_given_beside_the_file_is_the_day_of_all_rows(tmp_path):
    row = ["", "Home care", "", "1", "A Home", "A Ltd", "Private", "1", ""]

    assert provide(tmp_path, row, on=date(2020, 1, 2)).rows("observed_on::varchar") == [
        "2020-01-02"
    ]


def test_a_provider_that_may_be_a_person_is_counted_without_a_name(tmp_path):
    found = provide(
        tmp_path,
        ["2022-03-31", "Home", "", "1", "REDACTED", "Mr Jim Brown", "Private", "3", ""],
        ["2022-03-31", "Home", "", "2", "REDACTED", "", "Private", "2", ""],
    )

    assert found.rows("provider_name", "provider_key", "place_name", "quantity") == [
        (None, None, None, 3.0),
        (None, None, None, 2.0),
    ]
    assert "2 providers are or may be people" in found.report.notes[0]


def test_what_cannot_be_read_is_emptied_and_said(tmp_path):
    found = provide(
        tmp_path,
        ["soon", "Home", "", "1", "A", "B Ltd", "Private", "3", ""],
        ["2022-03-31", "", "", "2", "A", "B Ltd", "Private", "3", ""],
        ["2022-03-31", "Home", "", "3", "A", "B Ltd", "Private", "some", "opened"],
    )

    reasons = [(each.line, each.field, each.reason) for each in found.report.places]
    assert reasons == [
        (1, "observed_on", "not a date"),
        (1, "", "no day that it describes"),
        (2, "", "no service"),
        (3, "event", "no event of ours"),
        (3, "quantity", "not a number"),
    ]
    assert found.rows("line", "quantity", "event") == [(3, None, None)]


def test_a_place_listed_twice_on_one_day_is_said(tmp_path):
    row = ["2022-03-31", "Home", "", "1", "A", "B Ltd", "Private", "3", ""]

    assert provide(tmp_path, row, row).report.duplicates == 1


def test_a_summary_becomes_its_parts_and_they_add_up(tmp_path):
    found = provide(
        tmp_path,
        ["2018", "E38000002", "1000", "125", "2.5"],
        mapping=PARTS,
        headings=["year", "area", "total", "private", "charity %"],
    )

    assert found.rows("kind", "quantity") == [
        ("private", 125.0),
        ("charity", 25.0),
        ("unknown", 850.0),
    ]


def test_parts_that_are_more_than_the_whole_are_refused(tmp_path):
    found = provide(
        tmp_path,
        ["2018", "a", "100", "125", "0"],
        ["2018", "b", "NA", "1", "0"],
        ["2018", "c", "100", "x", "0"],
        mapping=PARTS,
        headings=["year", "area", "total", "private", "charity %"],
    )

    assert found.counts == {"provision": 0}
    assert [each.reason for each in found.report.places] == [
        "the parts are more than the whole",
        "no figures",
        "not a number",
    ]


def test_a_list_that_does_not_say_its_day_is_refused(tmp_path):
    mapping = parse_mapping("kind='provision'\n[columns]\nservice='Type'\n", name="m")

    with pytest.raises(BadInputError, match="has nothing for observed_on"):
        provide(tmp_path, [""] * 9, mapping=mapping)


OFSTED = {
    2018: (2_797, 2_038),
    2019: (2_864, 2_112),
    2020: (2_971, 2_230),
    2021: (3_402, 2_624),
    2022: (3_576, 2_798),
}


def ofsted(shared, tmp_path, year):
    folder = shared / "data/ofsted-childrens-social-care"
    return read(tmp_path, folder / f"providers_{year}-03-31.csv.gz")


def test_the_register_of_march_2022_comes_to_the_published_figures(shared, tmp_path):
    found = ofsted(shared, tmp_path, 2022)

    homes = "from provision where service = 'Children''s home'"
    assert found.sql(f"select count(*), sum(quantity), count(distinct observed_on) {homes}") == [
        (2_798, 11_095.0, 1)
    ]
    assert found.sql(
        f"select sector, kind, round(100 * count(*) / 2798, 1) {homes}"
        " group by all order by 3 desc"
    ) == [
        ("Private", "private", 79.4),
        ("Local Authority", "in-house", 14.8),
        ("Voluntary", "unknown", 5.5),
        ("Health Authority", "public-body", 0.3),
    ]
    assert found.sql(f"select count(*) - count(provider_name) {homes}") == [(12,)]


@pytest.mark.parametrize("year", OFSTED)
def test_every_years_register_is_read_whole(shared, tmp_path, year):
    found = ofsted(shared, tmp_path, year)

    rows, homes = OFSTED[year]
    grades = 6 if year == 2018 else 4  # some ratings were still of two older grades
    assert found.report.refused == found.report.nulled == 0
    assert found.sql(
        "select count(*), count(*) filter (service = 'Children''s home'),"
        " min(observed_on)::varchar, count(distinct rating) from provision"
    ) == [(rows, homes, f"{year}-03-31", grades)]


def test_entries_and_exits_are_events(shared, tmp_path):
    path = shared / "data/ofsted-childrens-social-care/home_entry_exit.csv.gz"

    found = read(tmp_path, path)

    assert found.report.refused == 4  # four rows are NA throughout
    assert found.sql("select event, count(*) from provision group by all order by 1") == [
        ("join", 1_957),
        ("leave", 1_548),
    ]


def test_adult_care_adds_up_to_a_hundred_in_every_council_and_year(shared, tmp_path):
    found = read(tmp_path, shared / "data/adult-social-care-activity")

    assert found.sql(
        "select count(*), min(total), max(total) from (select round(sum(quantity), 6) as total"
        " from provision group by area, observed_on)"
    ) == [(3_289, 100.0, 100.0)]


def test_spend_by_kind_comes_to_the_panels_own_totals(shared, tmp_path):
    found = read(tmp_path, shared / "data/nhs-ccg-outsourcing/annual_ccg_panel.csv.gz")

    assert found.sql(
        "select kind, count(*), sum(quantity)::bigint from provision group by all order by 1"
    ) == [
        ("charity", 943, 2_473_077_114),
        ("private", 943, 11_478_596_555),
        ("unknown", 943, 189_733_902_197),
    ]
