"""Areas: one label for one place, whatever code or spelling it came in."""

from __future__ import annotations

import pytest

from convener.data.areas import (
    SEVERAL,
    Place,
    area_key,
    find_place,
    label_areas,
    make_labels,
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


def test_the_city_of_london_is_not_its_region():
    assert area_key("City of London") != area_key("London")
    assert tidy("City of London") != tidy("London")


def test_spellings_of_one_council_are_one_place():
    written = ["WORCESTERSHIRE", "Worcestershire", "Worcestershire County Council"]

    found = label_areas(written, {}, {})

    assert {place.name for place in found.values()} == {"Worcestershire"}


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
