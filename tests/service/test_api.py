"""The API: it gives what the pages give, refuses in words, and answers as its document says."""

import re
import threading
from pathlib import Path
from urllib.parse import urlsplit

import pytest
import schemathesis
from django.core.wsgi import get_wsgi_application
from hypothesis import HealthCheck, given, settings
from jsonschema import Draft202012Validator
from schemathesis.specs.openapi.checks import positive_data_acceptance

from convener.rules.access import Role, may
from convener.service.api import asking
from convener.service.api.document import document
from service.routes import COMMANDS, ROUTES, address
from service.small_store import CARE, HOMES

pytestmark = pytest.mark.django_db
OPERATIONS = [pattern for pattern in ROUTES if pattern.name.startswith("api-")]
OPEN = [pattern for pattern in OPERATIONS if may(Role.VISITOR, pattern.callback.act)]
# What is the same for all: `me` hangs on who asks.
KEPT = [pattern for pattern in OPEN if pattern.name != "api-me"]
PUBLISHED = [
    path
    for path, methods in document()["paths"].items()
    if "get" in methods and "security" not in methods["get"]
]
PROBLEM = "application/problem+json"
EXAMPLES = 10  # questions to each operation


def answer(client, path: str, **words):
    response = client.get(path, query_params=words)
    assert response.status_code == 200, response.content
    return response.json()


def problem(client, path: str, status: int, **words) -> str:
    response = client.get(path, query_params=words)
    assert response.status_code == status, response.content
    assert response["Content-Type"] == PROBLEM
    told = response.json()
    assert (told["type"], told["status"]) == ("about:blank", status)
    return told.get("detail", "")


# --- As the document says ----------------------------------------------------------------------


@pytest.fixture
def described(loaded):
    return schemathesis.openapi.from_wsgi("/api/openapi.json", get_wsgi_application())


@pytest.mark.parametrize("path", PUBLISHED)
def test_whatever_is_asked_is_answered_as_the_document_says(described, path):
    @given(described[path]["get"].as_strategy())
    @settings(max_examples=EXAMPLES, deadline=None, suppress_health_check=list(HealthCheck))
    def holds(case):
        # A question can be well formed and mean nothing here: an area that this market has not.
        case.call_and_validate(excluded_checks=[positive_data_acceptance])

    holds()


def test_the_document_is_openapi_of_version_3_1(loaded, client):
    found = answer(client, "/api/openapi.json")

    assert found["openapi"].startswith("3.1")
    addresses = {f"/{pattern.pattern}" for pattern in [*OPERATIONS, *COMMANDS]}
    assert addresses - {"/api/openapi.json"} == {
        path.replace("{", "<str:").replace("}", ">").replace("<str:ocid>", "<path:ocid>")
        for path in found["paths"]
    }
    for methods in found["paths"].values():
        [(method, operation)] = methods.items()
        assert operation["summary"]
        assert {"200", "400", "401", "404"} <= set(operation["responses"])
        assert "security" in operation or "304" in operation["responses"]
        assert (method == "post") is ("422" in operation["responses"])
        for parameter in operation["parameters"]:
            assert parameter["in"] == "path" or parameter["description"], parameter


@pytest.mark.parametrize("pattern", OPEN, ids=lambda pattern: pattern.name)
def test_an_answer_has_the_shape_that_the_document_gives_it(loaded, client, pattern):
    if pattern.name == "api-document":
        return
    found = document()
    operation = next(
        methods["get"]
        for methods in found["paths"].values()
        if "get" in methods and f"api-{methods['get']['operationId']}" == pattern.name
    )
    schema = operation["responses"]["200"]["content"]["application/json"]["schema"]

    told = client.get(address(pattern)).json()

    Draft202012Validator({**schema, "components": found["components"]}).validate(told)


# --- What it gives -----------------------------------------------------------------------------


def test_a_market_has_the_figures_of_its_page(loaded, client):
    sheet = answer(client, f"/api/markets/{HOMES}")
    page = {row["measure"]: row for row in client.get(f"/market/{HOMES}/figures.json").json()}

    given = {one["measure"]: one for side in sheet["readings"] for one in side["figures"]}
    for name in ("hhi", "cr1", "effective-number-of-kinds", "n-minus-1"):
        for word in ("value", "low", "high", "count", "coverage", "basis", "note"):
            assert given[name][word] == page[name][word], (name, word)
    assert [side["key"] for side in sheet["readings"]] == [
        *("mix", "concentration", "contest", "access", "fragility")
    ]
    assert sheet["areas"]


def test_a_switch_moves_a_market_as_it_moves_its_page(loaded, client):
    words = {"entity": "name", "area": "Ashby"}

    sheet = answer(client, f"/api/markets/{HOMES}", **words)

    page = client.get(f"/market/{HOMES}/figures.json", query_params=words).json()
    [hhi] = [
        one for side in sheet["readings"] for one in side["figures"] if one["measure"] == "hhi"
    ]
    assert hhi["value"] == next(row["value"] for row in page if row["measure"] == "hhi")
    assert sheet["choices"]["area"] == "Ashby"


@pytest.mark.parametrize("table", ["kinds", "providers", "buyers", "areas", "figures"])
def test_a_table_of_a_market_is_that_of_its_page(loaded, client, table):
    page = client.get(f"/market/{CARE}/{table}.json").json()

    given = answer(client, f"/api/markets/{CARE}/{table}", limit="1000")["rows"]

    assert given == page


def test_a_measure_is_asked_as_on_the_command_line(loaded, client):
    from commands import command_in

    words = ("measure", "hhi", "share-by-kind", "--by", "service,period", "--entity", "name")
    told = command_in(loaded.folder)(*words, "--where", f"service={CARE}", "--json").rows

    given = answer(
        client,
        "/api/figures",
        measure=["hhi", "share-by-kind"],
        by=["service", "period"],
        entity="name",
        service=CARE,
        limit="1000",
    )["rows"]

    flat = [{**one.pop("group"), **one} for one in given]
    assert [{**row, "value": pytest.approx(row["value"])} for row in told] == [
        {name: one[name] for name in row} for row, one in zip(told, flat, strict=True)
    ]


def test_a_figure_of_everything_has_no_grouping(loaded, client):
    [one] = answer(client, "/api/figures", measure="hhi", by="all", level="label")["rows"]

    assert one["group"] == {}


def test_an_organisation_says_who_it_is_and_what_it_provides(loaded, client):
    listed = answer(client, "/api/organisations", q="steady")["rows"]
    found = answer(client, f"/api/organisations/{listed[0]['number']}")

    assert [one["name"] for one in listed] == ["Steady Care Limited"]
    assert {name: found[name] for name in listed[0]} == listed[0]
    assert found["provides"]["basis"] == "awards"
    assert found["provides"]["amount"] == 1_450_000
    contracts = answer(client, f"/api/organisations/{found['number']}/contracts")
    assert contracts["total"] == 6
    assert max(row["amount"] for row in contracts["rows"]) == 400_000


def test_a_process_says_who_bought_and_who_won(loaded, client):
    found = answer(client, "/api/processes/ocds-test-100")

    assert found["buyer"]["name"] == "Beckton Council"
    [award] = found["awards"]
    assert award["amount"] == 400_000
    assert [one["name"] for one in award["suppliers"]] == ["Steady Care Limited"]


def test_a_search_finds_what_the_search_page_finds(loaded, client):
    found = answer(client, "/api/search", q="steady")

    assert [one["title"] for one in found["rows"]] == ["Steady Care Limited"]
    assert found["rows"][0]["title"] in client.get("/search/?q=steady").content.decode()


def test_a_source_tells_what_was_read_of_it(loaded, client):
    found = {one["name"]: one for one in answer(client, "/api/sources")["rows"]}

    assert found["homes-list"]["read"] == 50
    assert found["homes-list"]["address"] is None
    assert found["care-awards"]["rows"]["awards"] == 13


# --- Pages of a list ---------------------------------------------------------------------------


@pytest.mark.parametrize("limit", [1, 3, 7, 1000])
def test_the_pages_of_a_list_are_the_list(loaded, client, limit):
    whole = answer(client, "/api/organisations", limit="1000")
    met, at = [], f"/api/organisations?limit={limit}"
    while at:
        part = answer(client, *_parted(at)[:1], **_parted(at)[1])
        met += part["rows"]
        assert part["total"] == whole["total"]
        assert len(part["rows"]) <= limit
        at = part["next"]

    assert met == whole["rows"]


def _parted(at: str) -> tuple[str, dict[str, str]]:
    parts = urlsplit(at)
    return parts.path, dict(word.split("=") for word in parts.query.split("&"))


def test_a_page_leads_back(loaded, client):
    part = answer(client, "/api/organisations", limit="3", offset="5")

    assert _parted(part["previous"])[1] == {"limit": "3", "offset": "2"}
    assert answer(client, "/api/organisations", offset="900")["rows"] == []


# --- Refusals ----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("path", "words", "status", "said"),
    [
        ("/api/markets/no-such", {}, 404, "no market is called 'no-such'"),
        ("/api/markets/childrens-homes", {"basis": "votes"}, 400, "basis"),
        ("/api/markets/childrens-homes", {"basis": "awards"}, 400, "it can be provision here"),
        ("/api/markets/childrens-homes", {"area": "Atlantis"}, 400, "nothing in the area"),
        ("/api/markets/childrens-homes/secrets", {}, 404, "a market has no table 'secrets'"),
        ("/api/figures", {}, 400, "measure"),
        ("/api/figures", {"measure": "no-such"}, 404, "no measure is called 'no-such'"),
        ("/api/figures", {"measure": "hhi", "by": ["area", "moon"]}, 400, "by is 'moon'"),
        ("/api/figures", {"measure": "hhi", "by": ["area", "region"]}, 400, "not by both"),
        ("/api/figures", {"measure": "hhi", "from": "soon"}, 400, "from"),
        ("/api/figures", {"measure": "hhi", "window": "moons"}, 400, "moons"),
        ("/api/figures", {"measure": "hhi", "aera": "x"}, 400, "no word 'aera'; it has area"),
        ("/api/figures", {"measure": ["hhi"] * 11}, 400, "measure"),
        ("/api/figures", {"measure": "hhi", "service": "x" * 300}, 400, "service"),
        ("/api/figures", {"measure": "hhi", "source": "no-such"}, 404, "no source is called"),
        (
            "/api/organisations",
            {"kind": "individual"},
            400,
            "kind is 'individual': input should be",
        ),
        ("/api/organisations", {"limit": "0"}, 400, "limit"),
        ("/api/organisations", {"limit": "1001"}, 400, "limit"),
        ("/api/organisations", {"offset": "-1"}, 400, "offset"),
        ("/api/organisations/99999999999999999999", {}, 404, "no organisation has the number"),
        ("/api/organisations/x'; drop table organisations", {}, 404, "no organisation"),
        ("/api/organisations/1/secrets", {}, 404, "no table 'secrets'"),
        ("/api/processes/no/such", {}, 404, "no process has the number"),
        ("/api/search", {"q": "care", "page": "9"}, 400, "there is no page 9"),
        ("/api/search", {"q": "care", "sort": "moon"}, 400, "sort"),
        ("/api/measures/no-such", {}, 404, "no measure"),
        ("/api/no-such", {}, 404, ""),
    ],
)
def test_what_cannot_be_answered_is_a_problem_in_words(loaded, client, path, words, status, said):
    assert said in problem(client, path, status, **words)


def test_a_misspelt_market_is_told_what_lies_near(loaded, client):
    told = client.get("/api/markets/childrens-home").json()

    assert told["nearby"][0]["address"] == "/market/childrens-homes/"


@pytest.mark.parametrize("method", ["post", "put", "patch", "delete"])
def test_what_is_read_takes_no_change(loaded, client, method):
    response = getattr(client, method)("/api/markets")

    assert response.status_code == 405
    assert response["Content-Type"] == PROBLEM
    assert response["Allow"] == "GET, HEAD, OPTIONS"


def test_a_broken_store_is_told_without_its_place(workspace, client):
    client.raise_request_exception = False
    (workspace / "manifest.json").write_text("not a manifest", encoding="utf-8")

    response = client.get("/api/markets")

    assert response.status_code == 500
    assert response["Content-Type"] == PROBLEM
    assert str(workspace) not in response.content.decode()


@pytest.mark.parametrize("path", ["markets", "organisations", "sources", "measures"])
def test_an_empty_store_has_empty_lists(workspace, client, path):
    found = answer(client, f"/api/{path}")

    assert found["total"] == (len(found["rows"]) if path == "measures" else 0)


def test_an_empty_store_has_nothing_to_measure(workspace, client):
    assert "nothing is loaded" in problem(client, "/api/figures", 404, measure="hhi")


# --- What a question may cost ------------------------------------------------------------------


def test_a_question_that_takes_too_long_is_stopped(loaded):
    with (
        loaded.connect() as connection,
        pytest.raises(asking.TooCostlyError, match="longer than"),
        asking.bounded(connection, seconds=0.2) as cursor,
    ):
        cursor.execute("select sum(hash(a.i, b.i)) from range(1000000) a(i), range(1000000) b(i)")


def test_one_that_is_in_time_is_not(loaded):
    with loaded.connect() as connection, asking.bounded(connection, seconds=5) as cursor:
        assert cursor.execute("select 1").fetchall() == [(1,)]
    assert not [thread for thread in threading.enumerate() if "_interrupt" in thread.name]


def test_a_question_waits_for_others_and_then_is_told_to_ask_again(loaded, client, monkeypatch):
    monkeypatch.setattr(asking, "_places", threading.BoundedSemaphore(1))
    asking._places.acquire()
    with (
        loaded.connect() as connection,
        pytest.raises(asking.TooBusyError),
        asking.bounded(connection, seconds=0.05),
    ):
        pass
    asking._places.release()


def test_who_asks_while_it_is_busy_is_told_when_to_ask_again(loaded, client, monkeypatch):
    from convener.service.api import figures

    def busy(cursor):
        raise asking.TooBusyError("other questions are being answered; ask again in a while")

    monkeypatch.setattr(figures, "bounded", busy)

    response = client.get("/api/figures?measure=cr4&by=region")

    assert response.status_code == 503
    assert response["Retry-After"] == "10"
    assert "ask again" in response.json()["detail"]


def test_an_answer_of_too_many_rows_is_refused(loaded, client, monkeypatch):
    from convener.service.api import figures

    monkeypatch.setattr(figures, "ROWS_MAX", 3)

    said = problem(client, "/api/figures", 400, measure="share-by-kind", by=["service", "period"])

    assert "3 may be asked at once" in said


# --- How it is sent ----------------------------------------------------------------------------


@pytest.mark.parametrize("pattern", KEPT, ids=lambda pattern: pattern.name)
def test_any_site_may_read_it_and_who_has_it_gets_nothing_again(loaded, client, pattern):
    first = client.get(address(pattern), headers={"origin": "https://news.example"})
    again = client.get(address(pattern), headers={"if-none-match": first["ETag"]})
    looked = client.head(address(pattern))

    assert first["Access-Control-Allow-Origin"] == again["Access-Control-Allow-Origin"] == "*"
    assert "Access-Control-Allow-Credentials" not in first
    assert (again.status_code, again.content) == (304, b"")
    assert (looked.status_code, looked.content) == (200, b"")
    assert looked["ETag"] == first["ETag"] == again["ETag"]


def test_two_questions_never_share_a_tag(loaded, client):
    paths = ("/api/markets", "/api/markets?limit=1", "/api/markets/home-care", "/api/sources")

    assert len({client.get(path)["ETag"] for path in paths}) == len(paths)


def test_a_browser_that_asks_first_is_told_what_it_may(loaded, client):
    response = client.options(
        "/api/markets",
        headers={"origin": "https://news.example", "access-control-request-method": "GET"},
    )

    assert response.status_code == 204
    assert response["Access-Control-Allow-Methods"] == "GET, HEAD, OPTIONS"


def test_the_page_of_the_api_tells_every_operation_and_word(loaded, client):
    page = client.get("/api/").content.decode()

    for path, methods in document()["paths"].items():
        [(method, operation)] = methods.items()
        assert f"<code>{method.upper()} {path}</code>" in page
        for parameter in operation["parameters"]:
            assert f"<dt>{parameter['name']}" in page


def test_the_reference_page_has_every_operation():
    page = (Path(__file__).parents[2] / "docs/reference/api.md").read_text(encoding="utf-8")

    assert set(re.findall(r"^\| `(/api/[^`]*)`", page, re.MULTILINE)) == set(document()["paths"])


def test_every_question_of_the_reference_page_is_answered(loaded, client):
    page = (Path(__file__).parents[2] / "docs/reference/api.md").read_text(encoding="utf-8")
    asked = re.findall(r"`(/api/figures\?[^`]*)`", page)

    assert asked
    for path in asked:
        assert client.get(path).status_code == 200, path
