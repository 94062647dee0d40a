"""What holds of every page."""

import re

import pytest

from service.routes import IN_TURN, ROUTES, address

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("loaded")]
PAGES = [
    pattern
    for pattern in ROUTES
    if pattern.name not in IN_TURN  # out of turn they lead elsewhere
    and not re.search(r"form>|\.json$|^api/.|^health$|^ready$", str(pattern.pattern))
]
IDS = [pattern.name for pattern in PAGES]


@pytest.fixture(scope="module")
def asked():
    """Keep what addresses answer to a visitor, each asked once: no test here changes it."""
    answers = {}

    def ask(client, where: str):
        if where not in answers:
            answers[where] = client.get(where)
        return answers[where]

    return ask


@pytest.fixture(params=PAGES, ids=IDS)
def response(request, client, asked):
    return asked(client, address(request.param))


def test_a_page_has_one_title_one_heading_and_its_landmarks(response):
    shown = response.content.decode()

    assert len(re.findall(r"<h1", shown)) == 1
    assert re.search("<title>[^<]+ \u2013 convener</title>", shown)
    assert 'lang="en"' in shown
    for landmark in ("<header", "<main", "<footer", 'href="#main-content"', 'id="main-content"'):
        assert landmark in shown


def test_a_page_has_nothing_that_the_policy_blocks(response):
    shown = response.content.decode()
    policy = response["Content-Security-Policy"]
    nonce = re.search(r"'nonce-([^']+)'", policy)

    assert "unsafe" not in policy
    assert "default-src 'none'" in policy
    assert not re.search(r"\sstyle=|\son\w+=|<style", shown)
    for script in re.findall(r"<script[^>]*>", shown):
        assert nonce is not None
        assert f'nonce="{nonce[1]}"' in script


def test_two_answers_never_share_a_nonce(client):
    first, second = (client.get("/")["Content-Security-Policy"] for _ in range(2))

    assert first != second


def test_a_page_is_sent_with_the_headers_that_keep_it_apart(response):
    assert response["X-Frame-Options"] == "DENY"
    assert response["X-Content-Type-Options"] == "nosniff"
    assert response["Referrer-Policy"] == "same-origin"
    assert response["Cross-Origin-Opener-Policy"] == "same-origin"
    assert "camera=()" in response["Permissions-Policy"]


def test_a_page_sets_no_cookie_for_a_visitor_but_the_token_of_a_form(response):
    has_form = 'method="post"' in response.content.decode()

    assert set(response.cookies) <= ({"csrftoken"} if has_form else set())


def test_a_page_names_no_crown_and_no_typeface_of_another(response):
    shown = response.content.decode()

    assert "GDS" not in shown
    assert "GOV.UK" not in shown


def test_every_link_inside_leads_somewhere(response, client, asked):
    for link in sorted(set(re.findall(r'href="(/[^"#]*)', response.content.decode()))):
        if not link.startswith("/static/"):
            assert asked(client, link.replace("&amp;", "&")).status_code == 200, link


def test_health_and_readiness_are_told(client):
    assert client.get("/health").json() == {"status": "up"}
    ready = client.get("/ready").json()
    assert ready["status"] == "ready"
    assert {ready[part] for part in ("database", "market", "journal", "keys")} == {True}


def test_a_service_whose_store_is_broken_is_up_and_not_ready(client, settings, tmp_path):
    (tmp_path / "manifest.json").write_text("{", encoding="utf-8")
    settings.WORKSPACE = tmp_path

    response = client.get("/ready")

    assert client.get("/health").status_code == 200
    assert response.status_code == 503
    assert response.json()["market"] is False
