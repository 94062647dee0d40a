"""Every route, at the widths of a desk and of a phone: axe, reflow, and a page without scripts."""

import re
from concurrent.futures import ThreadPoolExecutor

import pytest
from django.conf import settings
from django.db import connection
from django.test import Client

from convener.rules.access import Role, may
from journeys.soundness import faults_of
from service.furniture import furnish, make_user
from service.routes import IN_TURN, ROUTES, address

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
PAGES = [
    pattern
    for pattern in ROUTES
    if not re.search(r"form>|\.json$|^api/.|^health$|^ready$", str(pattern.pattern))
    and pattern.name not in IN_TURN  # asked where they are met, in signing in
]
# Each page is asked as the first of these who may see it.
ROLES = (
    *(Role.VISITOR, Role.OFFICER, Role.PROVIDER, Role.ANALYST, Role.CONVENER),
    *(Role.KEEPER, Role.ADMINISTRATOR, Role.PERSON),
)
MORE = (
    "/market/home-care/",
    "/market/?q=zzzzzzzz",
    "/no/such/page",
    "/market/childrens-homes/?basis=votes",
    "/people/",  # refused
)
NOT_PAGES = {"open-heads", "registry-document-file"}  # files


def first(pattern) -> Role | None:
    return next((role for role in ROLES if may(role, pattern.callback.act)), None)


def asked(role: Role) -> list[str]:
    """Return the addresses at which a role is asked."""
    known = [one for one in PAGES if first(one) is role and one.name not in NOT_PAGES]
    return [address(one) for one in known] + list(MORE if role is Role.VISITOR else ())


def cookies(role: Role, base: str) -> list[dict[str, str]]:
    """Store what pages show, and sign someone in."""

    def work() -> str:
        furnish()
        client = Client()
        if role is not Role.VISITOR:
            client.force_login(make_user(role, "walker"))
        connection.close()
        return client.cookies[settings.SESSION_COOKIE_NAME].value if client.cookies else ""

    with ThreadPoolExecutor(max_workers=1) as pool:  # the browser's loop runs in this thread
        key = pool.submit(work).result()
    return [{"name": settings.SESSION_COOKIE_NAME, "value": key, "url": base}] if key else []


def test_somebody_is_asked_for_every_page():
    assert [one.name for one in PAGES if first(one) is None] == []


@pytest.mark.parametrize("role", ROLES)
def test_every_page_is_sound_and_says_the_same_without_scripts(open_page, base, axe, role):
    scripted, plain = open_page("/health"), open_page("/health", script=False)
    signed_in = cookies(role, base)
    for page in (scripted, plain) if signed_in else ():
        page.context.add_cookies(signed_in)
    found = []

    for where in asked(role):
        answer = scripted.goto(base + where)
        plain.goto(base + where)
        wanted = {200} if where not in MORE else {200, 400, 403, 404}
        if answer is None or answer.status not in wanted:
            found.append(f"{where}: {answer and answer.status}")
        if plain.locator("main").inner_text() != scripted.locator("main").inner_text():
            found.append(f"{where} says something else without scripts")
        found += faults_of(scripted, axe)
        scripted.set_viewport_size({"width": 1280, "height": 900})

    assert not found, "\n".join(found)
