"""Inviting someone, coming in with two factors, being removed while at work, and what is told."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import datetime, timedelta

import pytest
from django.utils import timezone
from playwright.sync_api import Locator, Page

from convener.rules.access import Role
from convener.rules.personas import BY_SLUG
from journeys.by_keyboard import PASSWORD, come_in, fill, heading, press, send, tick
from journeys.soundness import check_sound
from journeys.test_correcting import stored
from service import demo_urls
from service.furniture import give_second_factor, make_user
from service.test_second_factor import SECRET, code

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
KAY, UNA = "kay@example.org", "una@example.org"
HOMES, CARE = "Brightside Homes Limited", "Brightside Care CIC"
LEFT, WHY = "She left in May", "The register of companies has it since May"
TOLD = {  # who, what it was and became, and why, of each act
    "Person invited": ("approver",),
    "Role ended": (UNA, LEFT),
    "Organisation renamed": (HOMES, CARE, WHY),
}


def make_keeper() -> None:
    user = make_user(Role.KEEPER, KAY, PASSWORD)
    user.authenticator_set.all().delete()
    give_second_factor(user, SECRET)


def set_up(page: Page) -> list[str]:
    """Set a second factor up with the key that the page shows; return the recovery codes."""
    assert heading(page) == "Set up a second factor"
    shown = page.get_by_text(re.compile("^Key: ")).inner_text()
    fill(page, "Code", code(shown.removeprefix("Key: ").replace(" ", "")))
    send(page)
    assert heading(page) == "Your recovery codes"
    return page.locator("li code").all_inner_texts()


def rename(page: Page) -> None:
    """Correct what the record is called, and say why."""
    page.get_by_label("Name").fill("")
    fill(page, "Name", CARE)
    fill(page, "Why", WHY)
    press(page, "button", "Save")


def timeline(page: Page, act: str) -> Locator:
    """Return what the record tells of the last act of a sort."""
    return page.locator(".cv-timeline > li").filter(has_text=act).first


@pytest.mark.parametrize("script", [True, False])
def test_someone_is_invited_comes_in_with_two_factors_and_is_removed_at_work(
    open_page, mailoutbox, script
):
    stored(make_keeper)
    keeper = open_page(script=script)
    start = keeper.url.rstrip("/")
    come_in(keeper, KAY, SECRET)

    press(keeper, "link", "People", exact=True)
    press(keeper, "button", "Invite someone")
    fill(keeper, "Their email", UNA)
    tick(keeper, "An approver")
    send(keeper)
    assert "1 invitation waits" in keeper.locator("main").inner_text()
    [link] = re.findall(r"http://\S+", mailoutbox[-1].body)

    una = open_page(link.removeprefix(start), script=script)
    assert "an approver for Brightside Homes Limited" in una.locator("main").inner_text()
    fill(una, "Choose a password", PASSWORD)
    send(una)
    una.goto(f"{start}/organisations/")
    assert len(set_up(una)) == 10
    press(una, "link", "Go on")
    assert heading(una) == "Organisations"

    press(keeper, "link", "People", exact=True)
    press(keeper, "link", f"End the role of {UNA} as an approver")
    fill(keeper, "Why?", LEFT)
    press(keeper, "button", "End it")
    una.reload()
    assert heading(una) == "You may not do this"
    una.goto(f"{start}/account/")
    assert "You have no role here" in una.locator("main").inner_text()

    press(keeper, "link", "Organisations")
    press(keeper, "link", HOMES)
    press(keeper, "link", "Its name")
    rename(keeper)
    press(keeper, "link", "History")
    for act, told in TOLD.items():
        entry = timeline(keeper, act)
        assert [words for words in (KAY, *told) if words not in entry.inner_text()] == [], act
        at = datetime.fromisoformat(entry.locator("time").get_attribute("datetime"))
        assert timezone.now() - timedelta(minutes=5) < at <= timezone.now(), act
    assert timeline(keeper, "Organisation renamed").locator("del").inner_text() == HOMES
    press(keeper, "link", "Account", exact=True)
    press(keeper, "link", "What was done, when and by whom")
    assert timeline(keeper, "Role ended").is_visible()


def test_a_recovery_code_lets_in_once_where_the_phone_is_lost(open_page):
    stored(lambda: make_user(Role.ADMINISTRATOR, KAY, PASSWORD).authenticator_set.all().delete())
    page = open_page(script=False)
    start = page.url.rstrip("/")
    press(page, "link", "Sign in")
    fill(page, "Email", KAY)
    fill(page, "Password", PASSWORD)
    send(page)
    page.goto(f"{start}/people/")
    first, *_ = set_up(page)

    for expected in ("People", "Enter your code"):
        other = open_page("/sign-in/?next=/people/", script=False)
        fill(other, "Email", KAY)
        fill(other, "Password", PASSWORD)
        send(other)
        fill(other, "Code", first)
        send(other)
        assert heading(other) == expected


@pytest.fixture
def demonstration(settings):
    """Have the pages be those of a demonstration."""
    settings.CONFIGURATION = replace(settings.CONFIGURATION, is_demo=True)
    settings.ROOT_URLCONF = demo_urls.__name__


def test_a_visitor_tries_a_demonstration_as_two_of_its_people(demonstration, open_page, axe):
    for slug in ("officer", "administrator"):
        persona = BY_SLUG[slug]
        stored(lambda persona=persona: make_user(persona.role, persona.email))
    page = open_page(script=False)
    press(page, "link", "Try it as one of its people")

    press(page, "button", "Be Ada Quill")
    assert "You try it as Ada Quill" in page.locator("header").inner_text()
    press(page, "link", "People", exact=True)
    assert heading(page) == "People"
    press(page, "link", "Be someone else")
    press(page, "button", "Be Odile Marsh")
    assert "You try it as Odile Marsh" in page.locator("header").inner_text()

    seen = open_page("/demo/sign-in-as/")
    check_sound(seen, axe)
    press(seen, "button", "Be Odile Marsh")
    press(seen, "link", "Be someone else")
    check_sound(seen, axe)


def test_the_pages_of_signing_in_are_sound(open_page, axe, mailoutbox):
    stored(make_keeper)
    page = open_page("/sign-in/?next=/people/invite/")
    start = page.url.split("/sign-in")[0]
    check_sound(page, axe)
    fill(page, "Email", KAY)
    fill(page, "Password", PASSWORD)
    send(page)
    check_sound(page, axe)
    fill(page, "Code", "000000")
    send(page)
    check_sound(page, axe)
    fill(page, "Code", code(SECRET))
    send(page)
    check_sound(page, axe)
    fill(page, "Their email", UNA)
    page.get_by_label("An approver").check()
    send(page)
    for where in ("/account/", "/account/second-factor/", "/account/password/", "/history/"):
        page.goto(start + where)
        check_sound(page, axe)

    [link] = re.findall(r"http://\S+", mailoutbox[-1].body)
    una = open_page(link.removeprefix(start))
    check_sound(una, axe)
    fill(una, "Choose a password", PASSWORD)
    send(una)
    una.goto(f"{start}/organisations/")
    check_sound(una, axe)
    set_up(una)
    check_sound(una, axe)
    for where in ("/account/second-factor/codes/", "/account/second-factor/codes/new/"):
        una.goto(start + where)
        check_sound(una, axe)
    una.goto(f"{start}/account/second-factor/off/")
    check_sound(una, axe)
