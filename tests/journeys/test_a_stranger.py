"""A stranger tries every door: each is open to all, leads to signing in, or is not there."""

from __future__ import annotations

import pytest

from convener.rules.access import Role, may
from convener.service.models import Event, Session
from journeys.by_keyboard import fill, heading, press, said, send
from service.examples import EXAMPLES
from service.furniture import furnish
from service.routes import CHANGING, COMMANDS, IN_TURN, ROUTES, address

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
GUESSED = {**EXAMPLES, "token": "a-guess"}
NOTHING = {**GUESSED, "body": 7, "row": 7, "record": 7, "member": 7, "invitation": 7, "notice": 7}
# What lies behind the doors: emails, and what only some may read.
KEPT = (
    *("furniture@example.org", "ben@example.org", "una@example.org"),
    *("I am its secretary", "We are insured", "rates.csv", "day,rate", "Half of it stays"),
    *("Far Parent", "Registered twice", "Profits are warned of", "More homes"),
)
TRIED = """async ([doors, kept]) => {
  const met = []
  for (const [name, address, sent] of doors) {
    const body = sent && new URLSearchParams(sent)
    const answer = await fetch(address, sent ? {method: 'POST', body} : {})
    const text = await answer.text()
    const page = new DOMParser().parseFromString(text, 'text/html')
    const links = [...page.querySelectorAll('main a')].map(a => a.getAttribute('href'))
    met.push({name, address, status: answer.status, sort: answer.headers.get('content-type'),
      said: page.querySelector('main')?.textContent ?? '',
      way: links.find(href => href.startsWith('/sign-in/')) ?? '',
      told: kept.filter(words => text.includes(words))})
  }
  return met
}"""


def tried(page, patterns, examples, sent=None):
    doors = [(one.name, address(one, examples), sent) for one in patterns]
    return page.evaluate(TRIED, [doors, KEPT])


def is_open(pattern) -> bool:
    return may(Role.VISITOR, pattern.callback.act)


def is_of_programs(met) -> bool:
    return met["sort"].startswith("application/problem+json")


def leads_to_signing_in(met) -> bool:
    return met["way"] == f"/sign-in/?next={met['address'].split('?')[0]}"


def test_a_stranger_tries_every_door(open_page):
    furnish()
    before = Event.objects.count()
    page = open_page()

    for one in tried(page, [one for one in ROUTES if is_open(one)], GUESSED):
        guarded = one["name"] in IN_TURN or one["name"] == "invitation"
        assert one["status"] in ({200, 404} if guarded else {200}), one
        assert one["told"] == [], one

    shut = [one for one in ROUTES if not is_open(one)]
    refused = tried(page, shut, GUESSED)
    for met in refused:
        assert met["status"] == (401 if met["name"].startswith("api-") else 403), met
        assert is_of_programs(met) or leads_to_signing_in(met), met
        assert met["told"] == [], met
    # A door says the same of what is there and of what is not.
    said_of = {met["name"]: (met["status"], met["said"]) for met in refused}
    numbered = [one for one in shut if "<" in str(one.pattern)]
    for met in tried(page, numbered, NOTHING):
        assert (met["status"], met["said"]) == said_of[met["name"]]

    changing = [one for one in ROUTES if one.name in CHANGING]
    sent = {"reason": "The register says so", "text": "Hello", "sort": "note"}
    for one in tried(page, changing, GUESSED, sent):
        assert (one["status"], one["told"]) == (403, []), one
    for one in tried(page, COMMANDS, GUESSED, sent):
        assert one["status"] == 401, one
        assert is_of_programs(one), one
    assert Event.objects.count() == before
    assert not Session.objects.exclude(user=None).exists()


def test_a_stranger_is_told_where_to_sign_in_and_never_who_may(open_page):
    furnish()
    page = open_page(script=False)
    start = page.url.rstrip("/")
    assert not page.get_by_role("link", name="Organisations").count()

    page.goto(f"{start}/people/")
    assert heading(page) == "You may not do this"
    page.get_by_role("main").get_by_role("link", name="Sign in").focus()
    send(page)
    answers = []
    for email in ("ben@example.org", "nobody@example.org"):
        page.get_by_label("Email").fill("")
        fill(page, "Email", email)
        fill(page, "Password", "a guess of a password")
        send(page)
        answers.append(said(page))
    assert answers[0] == answers[1]
    assert "/sign-in/" in page.url

    page.goto(f"{start}/no/such/door/")
    assert heading(page) == "There is no such page"
    press(page, "link", "Go to the home page")
    assert page.url == f"{start}/"
