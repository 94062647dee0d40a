"""Areas: one label for one place, whatever code or spelling it came in."""

from __future__ import annotations

import pytest

from convener.data.scope.areas import (
    SEVERAL,
    Place,
    area_key,
    councils,
    find_place,
    label_areas,
    make_labels,
    plain_name,
    tidy,
)
from convener.data.store import engine
from convener.data.tables import TABLES


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("UKI", "London"),
        ("uki", "London"),
        ("E12000007", "London"),
        ("London Region", "London"),
        ("Yorkshire & Humber", "Yorkshire and The Humber"),
        ("Yorkshire and the Humber", "Yorkshire and The Humber"),
        ("EAST OF ENGLAND", "East of England"),
        ("W92000004", "Wales"),
        ("South East, London", SEVERAL),
        ("London, UKI", "London"),
        ("United Kingdom", "United Kingdom"),
    ],
)
def test_a_region_has_one_name(text, name):
    assert find_place(text).name == name


@pytest.mark.parametrize(
    ("text", "name", "region"),
    [
        ("UKI31", "UKI31", "London"),
        ("ukj4", "UKJ4", "South East"),
        ("S12000036", "S12000036", "Scotland"),
        ("E06000001", "E06000001", "unknown"),
        ("KENT COUNTY COUNCIL", "Kent", "unknown"),
        ("London Borough of Sutton", "Sutton", "unknown"),
        ("City of London Corporation", "City of London", "unknown"),
        ("Bristol, City of", "Bristol", "unknown"),
        ("Royal Borough of Kensington and Chelsea", "Kensington and Chelsea", "unknown"),
        ("STOKE-ON-TRENT", "Stoke-On-Trent", "unknown"),
        ("Ville de Paris", "Ville de Paris", "unknown"),
    ],
)
def test_a_place_that_is_no_region_keeps_its_name_without_style(text, name, region):
    assert find_place(text) == Place(name, region)


@pytest.mark.parametrize(
    ("written", "name"),
    [
        ("Greater London Authority", "Greater London"),
        ("Greater Manchester Combined Authority", "Greater Manchester"),
        ("LONDON BOROUGH OF BARKING AND DAGENHAM", "Barking and Dagenham"),
    ],
)
def test_an_authority_above_councils_is_named_by_its_place(written, name):
    assert plain_name(written) == name


def test_the_city_of_london_is_not_its_region():
    assert area_key("City of London") != area_key("London")
    assert tidy("City of London") != tidy("London")


def test_spellings_of_one_council_are_one_place():
    written = ["WORCESTERSHIRE", "Worcestershire", "Worcestershire County Council"]

    found = label_areas(written, {}, {})

    assert {place.name for place in found.values()} == {"Worcestershire"}


@pytest.fixture
def council_register():
    """Give an engine with a register of councils and a list of the names that they go by."""
    connection = engine(threads=1)
    for table in TABLES.values():
        connection.execute(f"create table {table.name} ({table.ddl})")
    connection.execute(
        "insert into register (register, scheme, name, identifier, other_identifiers, ends_on)"
        " values"
        " ('authorities', 'GB-LAE', 'London Borough of Hillingdon', 'HIL', ['LA-HIL'], null),"
        " ('authorities', 'GB-PLA', 'City and County of Swansea Council', 'SWA',"
        " ['LA-SWA', 'GSS-W06000011'], null),"
        " ('authorities', 'GB-LAE', 'Dorset County Council', 'DOR', ['LA-DOR'], '2019-03-31'),"
        " ('authorities', 'GB-LAE', 'Dorset Council', 'DST', ['LA-DST'], null)"
    )
    connection.executemany(
        "insert into register (register, scheme, name, identifier)"
        " values ('local-authority-names', 'LA', ?, ?)",
        [
            ("Hillingdon", "HIL"),
            ("hillingdon", "HIL"),
            ("hillingdon london boro", "HIL"),
            ("abertawe", "SWA"),
            ("dorset", "DST"),
            ("dorset county", "DOR"),
            ("Slough Borough Council", "SLG"),
            ("slough", "SLG"),
        ],
    )
    yield connection
    connection.close()


@pytest.mark.parametrize(
    ("written", "name"),
    [
        ("hillingdon", "Hillingdon"),
        ("HILLINGDON", "Hillingdon"),
        ("London Borough of Hillingdon", "Hillingdon"),
        ("hillingdon london boro", "Hillingdon"),
        ("Abertawe", "Swansea"),
        ("W06000011", "Swansea"),
        ("dorset", "Dorset"),
        ("slough", "Slough"),
    ],
)
def test_other_names_of_a_council_are_shown_as_the_register_of_councils_has_it(
    council_register, written, name
):
    found = label_areas([written], councils(council_register), {})

    assert found[written].name == name


def test_a_register_gives_names_to_codes_and_provision_gives_regions():
    connection = engine(threads=1)
    for table in TABLES.values():
        connection.execute(f"create table {table.name} ({table.ddl})")
    connection.execute(
        "insert into register (register, name, identifier, other_identifiers) values"
        " ('Local authorities', 'Kent County Council', 'KEN', ['GSS-E10000016'])"
    )
    connection.execute("insert into payments (area) values ('E10000016')")
    connection.execute(
        "insert into provision (area, region) values ('KENT', 'South East'), (null, 'Wales')"
    )

    make_labels(connection)

    labels = {
        raw: (place, region)
        for raw, place, region in connection.execute("from area_labels").fetchall()
    }
    connection.close()
    assert labels["KENT"] == ("Kent", "South East")
    assert labels["E10000016"][0] == "Kent"
    assert labels["Wales"] == ("Wales", "Wales")


@pytest.mark.parametrize("text", ["London, Paris", "Leeds, Bradford", "Leeds,"])
def test_a_list_of_which_not_all_are_regions_is_no_region(text):
    assert find_place(text).name not in {SEVERAL, "London"}


def test_a_place_whose_name_is_a_style_alone_keeps_it():
    assert area_key("County") == "county"
