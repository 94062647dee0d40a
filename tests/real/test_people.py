"""Five councils' payments, and awards whose descriptions hold contacts: no person comes out."""

from __future__ import annotations

import csv
import gzip
import re
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import quote

import pytest

from asking import loaded
from commands import Command
from convener.data.organisations.people import is_withheld, may_be_person
from convener.data.store import Store
from leaving import Names, sqlite_text, walked, words_of
from service.examples import EXAMPLES
from service.routes import ROUTES, address

pytestmark = pytest.mark.django_db
# The headings of payees, and of the register's numbers that say that one is a body.
PAYEES = {
    "calderdale_2019-04_2019-09": ("Supplier Name", "Supplier(Beneficiary) Name"),
    "hyndburn_all": ("supplier", "supplier_canonical"),
    "leeds_2013-01_2013-12": ("SupplierName",),
    "manchester_2019-01_2019-12": ("Supplier Name",),
    "newcastle_2019-04_2020-03": ("Supplier Name",),
}
NUMBERS = (
    "Supplier Registered Company Number",
    "Supplier Registered Charity Number",
    "supplier_company_number",
)
AWARDS = "uk-contracts-finder-csv/drug_alcohol_services_2021_2024.csv.gz"
EMAIL = re.compile(r"[\w.+-]+@[\w-]+\.[\w.-]*\w")
LEAST = 700  # people whose names stand in the five files
SERVICE = "adult-social-care"


def _rows(path: Path) -> Iterator[dict[str, str]]:
    with gzip.open(path, "rt", encoding="utf-8", errors="replace", newline="") as file:
        yield from csv.DictReader(file)


@pytest.fixture(scope="module")
def payees(shared) -> tuple[set[str], set[str]]:
    """Give the payees that may be people, and those that are bodies, as the files have them."""
    hidden, bodies = set(), set()
    for file, headings in PAYEES.items():
        for row in _rows(shared / "data/uk-council-spend" / f"{file}.csv.gz"):
            is_numbered = any((row.get(number) or "").strip() for number in NUMBERS)
            for name in filter(None, ((row.get(heading) or "").strip() for heading in headings)):
                if not is_withheld(name):
                    is_person = may_be_person(name) and not is_numbered
                    (hidden if is_person else bodies).add(name)
    return hidden - bodies, bodies


@pytest.fixture(scope="module")
def hidden(payees, shared) -> Names:
    people, bodies = payees
    told = (row["Description"] or "" for row in _rows(shared / "data" / AWARDS))
    emails = {email for text in told for email in EMAIL.findall(text)}
    assert len(people) > LEAST
    assert emails
    return Names(people | emails, shown=bodies)


@pytest.fixture(scope="module")
def councils(shared, tmp_path_factory) -> tuple[Path, Command]:
    folder = tmp_path_factory.mktemp("councils") / "workspace"
    files = [shared / "data/uk-council-spend" / f"{file}.csv.gz" for file in PAYEES]
    return folder, loaded(folder, *files, shared / "data" / AWARDS)


@pytest.fixture
def seeds(councils) -> list[str]:
    """Give an address of every route, at which this store has something."""
    folder, _ = councils
    with Store(folder).connect() as connection:
        [(key,)] = connection.execute(
            "select organisation_key from organisations where kind <> 'individual'"
            " order by len(also_known_as) desc, organisation_key limit 1"
        ).fetchall()
        [(ocid,)] = connection.execute("select ocid from processes limit 1").fetchall()
    example = EXAMPLES | {
        "service": SERVICE,
        "source": "leeds_2013-01_2013-12",
        "file": "organisations",
        "table": "providers",
        "measure": "largest-providers",
        "asked": f"&service={SERVICE}",
        "key": key,
        "number": key,
        "ocid": ocid,
    }
    return [address(pattern, example) for pattern in ROUTES]


def test_no_page_download_or_answer_names_a_person(councils, hidden, seeds, settings, client):
    settings.WORKSPACE, _ = councils
    whole = ("/open/organisations.csv", "/open/figures.json", f"/market/{SERVICE}/?entity=name")

    met = {}
    for where, text in walked(client, [*seeds, *whole]):
        if found := hidden.in_text(text):
            met[where] = found

    assert met == {}


def test_who_looks_for_a_person_is_told_of_none(councils, payees, hidden, settings, client):
    settings.WORKSPACE, _ = councils
    people = sorted(payees[0])[:: len(payees[0]) // 12]

    for name in people:
        for start in ("/api/search?q=", "/api/organisations?q="):
            rows = client.get(start + quote(name)).json()["rows"]
            assert hidden.in_text(str(rows)) == set(), (start, name)
        page = client.get("/search/?q=" + quote(name)).content.decode()
        typed = {" ".join(words_of(name))}
        assert hidden.in_text(page) <= typed, name


def test_no_file_that_pages_are_read_from_names_a_person(councils, hidden):
    folder, _ = councils
    kept = list(folder.glob("parts/*/derived/*.sqlite"))

    assert kept
    for path in kept:
        assert hidden.in_text(sqlite_text(path)) == set(), path.name
    for path in folder.glob("parts/*/*/report.json"):
        assert hidden.in_text(path.read_text(encoding="utf-8")) == set(), path.parent.name


@pytest.mark.parametrize(
    "words",
    [
        ("organisations", "--limit", "1000000"),
        ("market", SERVICE, "--entity", "name"),
        ("measure", "largest-providers", "--by", "service", "--entity", "name"),
    ],
)
def test_no_list_of_the_command_line_names_a_person(councils, hidden, words):
    _, run = councils

    answer = run(*words, "--format", "json")

    assert answer.code == 0, answer.err
    assert hidden.in_text(answer.out) == set()
