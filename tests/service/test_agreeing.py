"""List, count, search, export and detail say the same to a role, on pages and through the API."""

import csv
import io
import re
from datetime import date, timedelta

import pytest
from django.test import Client

from convener.rules.access import CLOCK, SIGN_IN_ROLES, Act, Role, may
from convener.rules.registry import SCHEMES
from convener.service.actions.interests import Tie, declare_interest
from convener.service.actions.journal import change
from convener.service.actions.notices import Message, tell
from convener.service.actions.registry import register_organisation, write_number
from convener.service.models import Notice, Organisation, OrganisationKind, User, Watch
from convener.service.models.members import InterestNature
from service.calling import Program, unbound
from service.furniture import AT, BODY, actor, furnish, make_user
from service.registry_furniture import RECORD, TWICE

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("loaded")]
ROLES = (Role.VISITOR, *SIGN_IN_ROLES)
QUERIES = ("", "q=care", "q=1012345", "kind=charity", "q=home&kind=unknown", "q=nothing+such")


@pytest.fixture
def asked(db):
    """Give a browser and a program of whoever has a role, among records and notices of all."""

    def enter(role: Role) -> tuple[Client, Program]:
        furnish()
        register_some()
        browser, program = Client(), Program()
        others = [make_user(Role.OFFICER, "another@example.org")]
        if role is not Role.VISITOR:
            user = make_user(role, "me@example.org")
            browser.force_login(user)
            program = Program(unbound(user))
            others.append(user)
        for number in range(4):
            for user in others:
                told = Message("answered", f"Told {user.email} of {number}", "/notices/")
                tell([user.pk], [told], at=AT + timedelta(number))
        return browser, program

    return enter


def register_some() -> None:
    """Register records, of which one was merged into another."""
    made = [
        register_organisation(name=name, at=AT)
        for name in ("Riverside Care", "Care of Homes", "Homes & <Sons>", "=cmd()", "Merged Care")
    ]
    assert "GB-CHC" in SCHEMES
    write_number(made[0], ("GB-CHC", "1012345"), by=CLOCK, at=AT)
    OrganisationKind.objects.create(
        organisation=made[1], kind="charity", source="Its register", entered_at=AT
    )
    change(made[4], {"merged_into": made[0]}, at=AT, by=CLOCK, kind="organisation-merged")


def parts(program_or_client, path: str, query: str) -> list[dict]:
    """Return every row of a list of the API, page by page, once it counts what it lists."""
    rows, where = [], f"{path}?limit=2&{query}"
    while where:
        answer = program_or_client(where)
        assert answer.status_code == 200, answer.content
        part = answer.json()
        rows += part["rows"]
        where = part["next"]
    assert part["total"] == len(rows)
    return rows


@pytest.mark.parametrize("role", ROLES)
def test_every_way_to_the_register_leads_a_role_to_the_same(asked, role):
    browser, program = asked(role)
    if not may(role, Act.SEE_REGISTRY):
        assert browser.get("/organisations/").status_code == 403
        assert browser.get("/organisations/all.csv").status_code == 403
        refused = [ask("/api/registry").status_code for ask in (browser.get, program.read)]
        assert refused == [401, 401]
        return

    met = set()
    for query in QUERIES:
        page = browser.get(f"/organisations/?{query}").content.decode().split("<main")[1]
        listed = re.findall(r'href="/organisations/(\d+)/"', page)
        [count] = re.findall(r">(\d+) records?<", page) or ["0"]
        exported = browser.get(f"/organisations/all.json?{query}").json()
        sheet = list(csv.DictReader(io.StringIO(text_of(browser, query))))
        by_token = parts(program.read, "/api/registry", query)

        assert [row["number"] for row in by_token] == listed
        assert parts(browser.get, "/api/registry", query) == by_token
        assert [str(row["number"]) for row in exported] == listed
        assert [row["number"] for row in sheet] == listed
        assert [row["name"] for row in exported] == [row["name"] for row in by_token]
        assert int(count) == len(listed)
        met |= set(listed)
    for number in Organisation.objects.values_list("pk", flat=True):
        detail = program.read(f"/api/registry/{number}")
        assert detail.status_code == 200
        is_merged = detail.json()["merged_into"] is not None
        page = browser.get(f"/organisations/{number}/")
        assert page.status_code == (302 if is_merged else 200)  # it leads to the one that stands
        assert (str(number) in met) is not is_merged
    assert program.read("/api/registry/999999999").status_code == 404


def text_of(browser: Client, query: str) -> str:
    return browser.get(f"/organisations/all.csv?{query}").content.decode()


@pytest.mark.parametrize("role", ROLES)
def test_every_way_to_what_one_was_told_leads_to_the_same(asked, role):
    browser, program = asked(role)
    if not may(role, Act.SEE_NOTICES):
        assert browser.get("/notices/").status_code == 403
        assert program.read("/api/notices").status_code == 401
        return
    mine = Notice.objects.filter(user__email="me@example.org")
    [read, *_] = mine
    browser.post("/notices/", {"number": read.pk})

    page = browser.get("/notices/").content.decode().split("<main")[1]
    listed = parts(program.read, "/api/notices", "")
    unread = parts(program.read, "/api/notices", "unread=true")

    assert [row["text"] for row in listed] == re.findall(r"Told \S+ of \d", visible(page))
    assert parts(browser.get, "/api/notices", "") == listed
    assert "<strong>3 notices</strong> new" in page
    assert unread == [row for row in listed if row["read_at"] is None]
    assert len(unread) == 3
    for number in Notice.objects.values_list("pk", flat=True):
        detail = program.read(f"/api/notices/{number}")
        found = [row for row in listed if row["number"] == str(number)]
        assert detail.status_code == (200 if found else 404)
        assert not found or detail.json() == found[0]


def visible(page: str) -> str:
    """Return a page without what is only read out."""
    return re.sub(r'<span class="govuk-visually-hidden">.*?</span>', "", page)


@pytest.mark.parametrize("role", ROLES)
def test_every_way_to_what_was_done_leads_a_role_to_the_same(asked, role):
    browser, program = asked(role)
    statuses = set()
    for number in Organisation.objects.values_list("pk", flat=True):
        page = browser.get(f"/organisations/{number}/history/")
        answer = program.read(f"/api/registry/{number}/history")
        wanted = {401: 403}.get(answer.status_code, answer.status_code)
        assert page.status_code == wanted
        statuses.add(wanted)
        if wanted == 200:
            told = parts(program.read, f"/api/registry/{number}/history", "")
            assert len({row["sequence"] for row in told}) == len(told)
            assert all(row["stream"] == f"organisation:{number}" for row in told)
    assert (200 in statuses) is may(role, Act.SEE_JOURNAL)


@pytest.mark.parametrize("role", [Role.CONVENER, Role.ADMINISTRATOR])
def test_what_waits_is_the_same_on_its_page_and_through_the_api(asked, role):
    browser, program = asked(role)

    listed = parts(program.read, "/api/claims", "")
    page = browser.get("/organisations/claims/").content.decode()
    due = parts(program.read, "/api/deadlines", "")
    late = browser.get("/deadlines/").content.decode()

    assert [row["number"] for row in listed] == re.findall(r"/organisations/claims/(\d+)/", page)
    assert all(row["link"] in late for row in due)


OWN = f"registry/{RECORD}"
# What is shown to some: its page, and where the API gives the same.
BESIDE = (
    (f"/organisations/{RECORD}/answers/", f"/api/{OWN}/answers"),
    (f"/organisations/{RECORD}/answers/insurance/", f"/api/{OWN}/answers/insurance"),
    (f"/organisations/{RECORD}/answers/", f"/api/{OWN}/documents"),
    (f"/organisations/{RECORD}/documents/{RECORD}/", f"/api/{OWN}/documents/{RECORD}"),
    (f"/organisations/{RECORD}/accounts/", f"/api/{OWN}/accounts"),
    (f"/organisations/{RECORD}/", f"/api/{OWN}/merges"),
    (f"/organisations/{RECORD}/merge/", f"/api/{OWN}/merging/{TWICE}"),
    ("/interests/", "/api/interests"),
    ("/interests/two-sides/", "/api/two-sides"),
    ("/watch/", "/api/watches"),
    ("/watch/1/", "/api/watches/1"),
    ("/market/processes/ocds-test-100/flags/", "/api/processes/ocds-test-100/flags"),
)


@pytest.mark.parametrize("role", ROLES)
def test_what_is_shown_to_some_is_shown_to_the_same_on_its_page_and_through_the_api(asked, role):
    browser, program = asked(role)
    for user in User.objects.filter(email__in=["me@example.org", "another@example.org"]):
        Watch.objects.create(**BODY, user=user, since=AT)
        tie = Tie(TWICE, InterestNature.PAID, date(2025, 1, 1), words=f"Paid {user.email}")
        declare_interest(tie=tie, by=actor(user), at=AT)

    pages, answers = {}, {}
    for address, of_api in BESIDE:
        pages[of_api], answers[of_api] = browser.get(address), program.read(of_api)
        status = answers[of_api].status_code
        assert pages[of_api].status_code == {401: 403}.get(status, status), of_api
        assert browser.get(of_api).content == answers[of_api].content, of_api
    shown = {of_api for of_api, answer in answers.items() if answer.status_code == 200}

    for of_api, found in (
        ("/api/watches", r'href="/watch/(\d+)/"'),
        (f"/api/{OWN}/answers", r'/answers/([\w-]+)/"'),
        (f"/api/{OWN}/documents", r'/documents/(\d+)/"'),
        (f"/api/{OWN}/merges", r">record (\d+), on"),
        ("/api/interests", r"Paid (\w+@\w+\.org)"),
    ):
        if of_api in shown:
            page = pages[of_api].content.decode().split("<main")[1]
            rows = parts(program.read, of_api, "")
            assert [named(row) for row in rows] == list(dict.fromkeys(re.findall(found, page)))


def named(row: dict) -> str:
    """Return what a page has of a row that the API gives."""
    if "words" in row:
        return row["words"].removeprefix("Paid ")
    names = ("owner", "question", "record", "number")
    return next(row[name] for name in names if name in row)
