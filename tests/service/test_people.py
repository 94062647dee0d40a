"""People are in the published data, and in nothing that leaves the service."""

import json

import pytest

from commands import command_in
from convener.rules.access import Role, may
from leaving import Names, sqlite_text, walked
from service.examples import EXAMPLES as SMALL
from service.furniture import make_user
from service.people_store import FIRMS, PEOPLE, people_store
from service.routes import ROUTES, address

pytestmark = pytest.mark.django_db
EXAMPLES = SMALL | {
    "service": "home-care",
    "source": "releases",
    "file": "organisations",
    "table": "providers",
    "measure": "largest-providers",
    "form": "json",
    "ocid": "ocds-people-4",
}
MORE = (
    *("/market/care-home/", "/search/?q=care", "/search/?q=care&sort=contract"),
    *("/market/home-care/?entity=name", "/market/home-care/?basis=awards&entity=name"),
    *("/open/figures.parquet", "/open/organisations.csv", "/open/sources.json"),
    *("/api/search?q=care&sort=contract", "/api/markets/care-home?entity=name"),
    "/api/figures?measure=largest-providers&measure=provider-dependence&entity=name",
    "/api/figures?measure=buyer-dependence&measure=n-minus-1&by=buyer&entity=name&basis=awards",
)
ACTS = [pattern.callback.act for pattern in ROUTES]
HIDDEN = Names(PEOPLE)


@pytest.fixture(scope="module")
def people(tmp_path_factory):
    return people_store(tmp_path_factory)


@pytest.fixture(scope="module")
def seeds(people) -> list[str]:
    """Give an address of every route, at which this store has something."""
    with people.connect() as connection:
        [(key,)] = connection.execute(
            "select organisation_key from organisations where name ilike 'Rose Home%'"
        ).fetchall()
    found = [address(pattern, EXAMPLES | {"key": key, "number": key}) for pattern in ROUTES]
    return [*found, *MORE]


@pytest.fixture
def shown(people, settings, client):
    """Give what leaves the service to whoever has a role, by address."""
    settings.WORKSPACE = people.folder

    def walk(role: Role, *seeds: str) -> dict[str, str]:
        if role is not Role.VISITOR:
            client.force_login(make_user(role, f"{role}@example.org"))
        return dict(walked(client, seeds))

    return walk


def test_no_page_download_or_answer_names_a_person(shown, seeds):
    texts = shown(Role.VISITOR, *seeds)

    assert {where: found for where, text in texts.items() if (found := HIDDEN.in_text(text))} == {}
    assert any(firm in text for firm in FIRMS for text in texts.values())
    assert len(texts) > len(seeds)


def test_no_page_of_an_analyst_names_a_person(shown, seeds):
    own = [where for where, act in zip(seeds, ACTS, strict=False) if not may(Role.VISITOR, act)]
    texts = shown(Role.ANALYST, *own)

    assert {where: found for where, text in texts.items() if (found := HIDDEN.in_text(text))} == {}


@pytest.mark.parametrize("name", PEOPLE)
def test_who_looks_for_a_person_is_told_of_none(people, settings, client, name):
    settings.WORKSPACE = people.folder

    def told(address: str, **words: str) -> str:
        return client.get(address, {"q": name, **words}).content.decode()

    assert json.loads(told("/api/search"))["count"] == 0
    assert json.loads(told("/api/search", sort="contract"))["count"] == 0
    assert json.loads(told("/api/organisations"))["total"] == 0
    assert "/market/organisations/" not in told("/search/")


def test_no_file_that_pages_are_read_from_names_a_person(people):
    kept = list(people.folder.glob("parts/*/derived/*.sqlite"))

    assert {path.name for path in kept} >= {"figures.sqlite", "search.sqlite"}
    assert {path.name: HIDDEN.in_text(sqlite_text(path)) for path in kept} == {
        path.name: set() for path in kept
    }
    for path in people.folder.glob("parts/*/*/report.json"):
        assert HIDDEN.in_text(path.read_text(encoding="utf-8")) == set(), path.parent.name


@pytest.mark.parametrize(
    "words",
    [
        ("organisations", "--limit", "100000"),
        ("sources",),
        ("market",),
        ("market", "home-care"),
        ("market", "home-care", "--entity", "name"),
        ("market", "home-care", "--basis", "awards"),
        ("market", "care-home"),
        ("measure", "all"),
        ("measure", "all", "--by", "buyer", "--entity", "name"),
    ],
)
def test_no_list_of_the_command_line_names_a_person(people, words):
    answer = command_in(people.folder)(*words, "--format", "json")

    assert answer.code == 0, answer.err
    assert HIDDEN.in_text(answer.out) == set()
