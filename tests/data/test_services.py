"""Services: codes, bundles of words and codes, and what their rules leave out."""

from __future__ import annotations

import csv
import gzip
import io
from datetime import UTC, datetime

import pytest

from convener.base.errors import BadInputError, NotFoundError
from convener.data.scope.services import (
    assign,
    bundles,
    excluded,
    find_bundle,
    markets,
    phrases_pattern,
    slug,
    slug_sql,
)
from convener.data.store import Store, engine
from convener.data.tables import TABLES

TREATMENT = "drug-and-alcohol-treatment"


@pytest.fixture
def store(tmp_path):
    return Store(tmp_path / "workspace")


@pytest.fixture
def at():
    return datetime(2026, 1, 1, tzinfo=UTC)


@pytest.fixture
def connection():
    made = engine(threads=1)
    for table in TABLES.values():
        made.execute(f"create table {table.name} ({table.ddl})")
    yield made
    made.close()


def add_process(connection, key, *codes, title="", description="", scheme="CPV"):
    connection.execute(
        "insert into processes (source, process_key, ocid, title, description, code_scheme, code)"
        " values ('given', ?, ?, ?, ?, ?, ?)",
        [key, f"ocds-1-{key}", title, description, scheme, codes[0] if codes else None],
    )
    for code in codes[1:]:
        connection.execute(
            "insert into items (source, process_key, scheme, code) values ('given', ?, ?, ?)",
            [key, scheme, code],
        )


def assigned(connection, store, at, using=None):
    """Return (service, level) of each process, and the store as its readers see it."""
    with store.writing(at=at) as load:
        rows = assign(connection, load, bundles=bundles() if using is None else using)
        for table in ("process_services", "label_services"):
            path = load.part_path(table, 0)
            connection.execute(f"insert into {table} select * from read_parquet('{path}')")
    found = connection.execute("select process_key, service, level from process_services")
    return rows, set(found.fetchall())


def test_every_code_gives_its_division_group_and_class(connection, store, at):
    add_process(connection, 1, "85311000", "98000000")
    add_process(connection, 2, "85000000")

    rows, services = assigned(connection, store, at)

    assert services == {
        (1, "85", "division"),
        (1, "853", "group"),
        (1, "8531", "class"),
        (1, "98", "division"),
        (2, "85", "division"),
    }
    assert rows == {"process_services": 5, "label_services": 0}


def test_codes_of_another_scheme_keep_its_name(connection, store, at):
    add_process(connection, 1, "85101500", scheme="UNSPSC")

    _, services = assigned(connection, store, at)

    assert (1, "unspsc-85", "division") in services
    assert not any(service == "85" for _, service, _ in services)


@pytest.mark.parametrize(
    ("title", "is_in"),
    [
        ("Adult Substance Misuse (Integrated Treatment and Recovery) Service", True),
        ("Young Persons Drug & Alcohol Service", True),
        ("Alcohol and Drugs Service", True),
        ("Inpatient Detoxification", True),
        ("Community Pharmacy Needle Exchange", True),
        ("Substance misuse testing", False),
        ("Substance Misuse Point of Care Testing Devices", False),
        ("Minor alterations to Burton Addiction Centre", False),
        ("Substance Misuse Case Management System", False),
        ("Adult Drug and Alcohol Needs Assessment", False),
        ("Tobacco Addiction Treatment Service", False),
        ("Substance Misuse, Treatment and Recovery Service and Smoking Cessation", True),
        ("Drugstore fittings", False),
        ("Office furniture", False),
    ],
)
def test_treatment_is_told_from_what_only_speaks_of_it(connection, store, at, title, is_in):
    add_process(connection, 1, "85000000", title=title)

    _, services = assigned(connection, store, at)

    assert ((1, TREATMENT, "bundle") in services) is is_in


def test_a_description_counts_only_with_a_fitting_code(connection, store, at):
    text = "The provider will run the drug and alcohol treatment service"
    add_process(connection, 1, "85100000", title="Award notice", description=text)
    add_process(connection, 2, "45000000", title="Award notice", description=text)

    _, services = assigned(connection, store, at)

    assert (1, TREATMENT, "bundle") in services
    assert (2, TREATMENT, "bundle") not in services


def test_what_a_rule_leaves_out_is_listed_with_its_reason(connection):
    add_process(connection, 1, "85000000", title="Substance misuse testing")
    add_process(connection, 2, "85000000", title="Substance misuse service")

    [row] = excluded(connection, find_bundle(TREATMENT, bundles()))

    assert row["title"] == "Substance misuse testing"
    assert row["reason"] == "testing and laboratory supplies"
    assert row["because"] == "title says substance misuse"


@pytest.mark.parametrize(
    ("title", "service"),
    [
        ("Domiciliary Care Framework", "home-care"),
        ("Home care for older people", "home-care"),
        ("Care home placements", None),
        ("Work and Health Programme", "employment-support"),
        ("Supported Employment Service", "employment-support"),
        ("Employment law advice", None),
        ("Recruitment of temporary staff for the employment service", None),
    ],
)
def test_the_other_ready_bundles_know_their_services(connection, store, at, title, service):
    add_process(connection, 1, "85300000", title=title)

    _, services = assigned(connection, store, at)

    met = {name for _, name, level in services if level == "bundle"}
    assert met == ({service} if service else set())


def test_payments_and_provision_are_matched_by_their_labels(connection, store, at):
    connection.execute(
        "insert into payments (source, line, service, purpose) values"
        " ('p', 1, 'Adult Social Care', 'Home Care - block'), ('p', 2, 'Highways', 'Kerbs')"
    )
    connection.execute(
        "insert into provision (source, line, service) values ('q', 1, 'Writer''s Retreat')"
    )

    assigned(connection, store, at)

    labels = connection.execute("select label, service, level from label_services").fetchall()
    assert len(labels) == len(set(labels))
    assert set(labels) == {
        ("Adult Social Care", "adult-social-care", "label"),
        ("Highways", "highways", "label"),
        ("Writer's Retreat", "writers-retreat", "label"),
        ("Home Care - block", "home-care", "bundle"),
    }
    listed = {(row["service"], row["payments"], row["provision"]) for row in markets(connection)}
    assert listed == {
        ("home-care", 1, 0),
        ("adult-social-care", 1, 0),
        ("highways", 1, 0),
        ("writers-retreat", 0, 1),
    }


def test_homes_for_children_are_one_market_and_no_schools(connection, store, at):
    connection.execute(
        "insert into provision (source, line, service) values ('q', 1, 'Children''s Home'),"
        " ('q', 2, 'Children''s home'), ('q', 3, 'Secure children''s home'),"
        " ('q', 4, 'Residential special school (registered as a children''s home)')"
    )

    assigned(connection, store, at)

    listed = {row["service"]: row["provision"] for row in markets(connection)}
    assert listed == {
        "childrens-homes": 2,
        "secure-childrens-home": 1,
        "residential-special-school-registered-as-a-childrens-home": 1,
    }


def test_a_workspace_adds_and_replaces_bundles(tmp_path):
    (tmp_path / "bundles.toml").write_text(
        '[home-care]\nname = "Ours"\nwords = ["care calls"]\n[libraries]\nsuffice = ["9251"]\n'
    )

    found = {bundle.slug: bundle for bundle in bundles(tmp_path)}

    assert found["home-care"].words == ("care calls",)
    assert found["libraries"].name == "libraries"
    assert TREATMENT in found


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("[home care", "is not TOML"),
        ('["Home Care"]\nwords = ["x"]', "a slug such as"),
        ('[x]\nname = "X"', "needs words"),
        ('[x]\nwords = "care"', "wants lists of texts"),
        ("[x]\nwords = [1]", "wants lists of texts"),
        ('[x]\nwords = ["a"]\ncolour = "red"', "has colour"),
        ('[x]\nwords = ["a"]\n[[x.without]]\nwords = ["b"]', "has a reason"),
        ('[x]\nwords = ["a"]\n[[x.without]]\nreason = "r"', "needs words or codes"),
    ],
)
def test_a_file_of_bundles_that_cannot_be_read_says_why(tmp_path, text, message):
    (tmp_path / "bundles.toml").write_text(text)

    with pytest.raises(BadInputError, match=message):
        bundles(tmp_path)


def test_a_bundle_that_does_not_exist_is_named():
    with pytest.raises(NotFoundError, match="home-care"):
        find_bundle("homecare", bundles())


@pytest.mark.parametrize(
    "text", ["Home Care", "Children's Homes", "  Écoles, maternelles ", "A&E / 111", "x"]
)
def test_a_slug_is_the_same_in_sql(connection, text):
    [met] = connection.execute(f"select {slug_sql('$text')}", {"text": text}).fetchone()

    assert met == slug(text)


def test_no_phrases_find_nothing(connection):
    pattern = phrases_pattern([])

    assert connection.execute("select regexp_matches('any', $1)", [pattern]).fetchone() == (False,)


def test_real_notices_that_are_not_treatment_are_left_out_and_listed(
    connection, shared, store, at
):
    path = shared / "data/uk-contracts-finder-csv/drug_alcohol_services_2021_2024.csv.gz"
    with io.TextIOWrapper(gzip.open(path), encoding="utf-8", errors="replace") as stream:
        for key, row in enumerate(csv.DictReader(stream)):
            add_process(
                connection,
                key,
                *row["Cpv Codes"].split(),
                title=row["Title"],
                description=row["Description"],
            )

    _, services = assigned(connection, store, at)
    left_out = excluded(connection, find_bundle(TREATMENT, bundles()))

    taken = [key for key, service, _ in services if service == TREATMENT]
    assert 260 <= len(taken) <= 300
    titles = {row["title"] for row in left_out}
    assert "Minor alterations to Burton Addiction Centre" in titles
    assert "Drug Misuse Point Of Care IVD Drug Screening Devices" in titles
    assert len({row["reason"] for row in left_out}) >= 9
