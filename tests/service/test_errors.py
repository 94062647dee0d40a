import json

import pytest
from django.core.exceptions import PermissionDenied, SuspiciousOperation
from django.http import Http404
from django.test import Client, override_settings
from django.urls import path

from convener.base.errors import (
    BadInputError,
    ConvenerError,
    NoSolutionError,
    NotAllowedError,
    NotFoundError,
    WrongStepError,
)
from convener.service import urls

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("workspace")]

RAISED = {
    "bad-input": BadInputError("the area is 7; wanted a name"),
    "not-allowed": NotAllowedError("a visitor may not do it"),
    "not-found": NotFoundError("no market is called x"),
    "wrong-step": WrongStepError("a tender cannot go from closed to open"),
    "no-solution": NoSolutionError("no award meets every limit"),
    "unnamed": ConvenerError("something of ours, with /a/secret/path"),
    "django-400": SuspiciousOperation("too many fields"),
    "django-403": PermissionDenied("no"),
    "django-404": Http404("no"),
    "bug": ZeroDivisionError("with /a/secret/path"),
}


def _raise(request, name):
    raise RAISED[name]


urlpatterns = [
    *urls.urlpatterns,
    path("raise/<slug:name>", _raise),
    path("raise/<slug:name>.json", _raise),
]
handler400, handler403 = urls.handler400, urls.handler403
handler404, handler500 = urls.handler404, urls.handler500


@pytest.fixture
def client():
    with override_settings(ROOT_URLCONF=__name__):
        yield Client(raise_request_exception=False)


def words(response) -> str:
    return " ".join(response.content.decode().split())


PAGES = [
    ("bad-input", 400, "That request cannot be read", "The area is 7; wanted a name."),
    ("not-allowed", 403, "You may not do this", "A visitor may not do it."),
    ("not-found", 404, "There is no such page", "No market is called x."),
    ("wrong-step", 409, "This cannot be done at the moment", "from closed to open."),
    ("no-solution", 422, "No answer meets what you asked for", "No award meets every limit."),
    ("unnamed", 500, "Something broke on our side", ""),
    ("django-400", 400, "That request cannot be read", ""),
    ("django-403", 403, "You may not do this", ""),
    ("django-404", 404, "There is no such page", ""),
    ("bug", 500, "Something broke on our side", ""),
]


@pytest.mark.parametrize(("name", "status", "title", "said"), PAGES)
def test_each_error_has_a_page_that_says_what_happened(client, name, status, title, said):
    response = client.get(f"/raise/{name}")

    page = words(response)
    assert response.status_code == status
    assert f"{title} </h1>" in page
    assert "cv-page cv-page--error" in page
    assert f"<title>{title} \u2013 convener</title>" in page
    assert said in page
    assert "secret" not in page


@pytest.mark.parametrize(("name", "status", "title", "said"), PAGES)
def test_each_error_page_says_what_to_do_next(client, name, status, title, said):
    page = client.get(f"/raise/{name}").content.decode()

    main = page.split("<main", 1)[1].split("</main>", 1)[0]
    assert main.count("<p>") >= 2
    assert 'href="/"' in main


@pytest.mark.parametrize(("name", "status", "title", "said"), PAGES)
def test_a_program_gets_the_same_error_as_a_problem(client, name, status, title, said):
    response = client.get(f"/raise/{name}", headers={"accept": "application/json"})

    assert response.status_code == status
    assert response["Content-Type"] == "application/problem+json"
    assert json.loads(response.content)["status"] == status
    assert "secret" not in response.content.decode()


def test_an_address_that_ends_in_json_answers_in_json(client):
    assert client.get("/raise/not-found.json")["Content-Type"] == "application/problem+json"


def test_an_address_that_leads_nowhere_has_a_page(client):
    response = client.get("/no/such/place")

    assert response.status_code == 404
    assert "see every market" in response.content.decode().lower()


def test_a_host_that_is_not_ours_is_told_so(client):
    response = client.get("/", headers={"host": "evil.example.org"})

    assert response.status_code == 400
    assert "evil" not in response.content.decode()


def test_a_form_without_its_token_is_refused_with_a_page():
    with override_settings(ROOT_URLCONF=__name__):
        response = Client(enforce_csrf_checks=True).post("/raise/bad-input")

    assert response.status_code == 403
    assert "The form has run out" in response.content.decode()


def test_what_an_error_says_cannot_become_markup(client, monkeypatch):
    monkeypatch.setitem(RAISED, "not-found", NotFoundError("<script>alert(1)</script>"))

    page = client.get("/raise/not-found").content.decode()

    assert "<script>alert" not in page
    assert "&lt;script&gt;alert" in page


def test_the_error_page_of_a_broken_store_still_comes(client, workspace):
    (workspace / "manifest.json").write_text("not a manifest", encoding="utf-8")

    response = client.get("/")

    assert response.status_code == 500
    assert "Something broke on our side </h1>" in words(response)
    assert str(workspace) not in response.content.decode()
