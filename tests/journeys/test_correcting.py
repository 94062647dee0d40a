"""An analyst puts an owner right and sees the figure move; a buyer watches an owner."""

from __future__ import annotations

import gc
from concurrent.futures import ThreadPoolExecutor

import pytest
from django.db import connection

from convener.rules.access import Role
from service.furniture import make_user

pytestmark = [
    pytest.mark.browser,
    pytest.mark.django_db(transaction=True),
    # Threads of the live server leave their connections to a database in memory open.
    pytest.mark.filterwarnings("ignore:unclosed database:ResourceWarning"),
    pytest.mark.filterwarnings(
        "ignore:Exception ignored in. <sqlite3:pytest.PytestUnraisableExceptionWarning"
    ),
]
PASSWORD = "a long and quiet river"
WHY = "The register of companies has it since March 2026"


@pytest.fixture(autouse=True)
def _collected():
    """Collect what a journey left, where its warnings are still let pass."""
    yield
    gc.collect()


def stored(work):
    """Do some work on the database in a thread of its own.

    The browser's driver keeps an event loop in this one, where Django would open a connection
    that nobody closes.
    """
    with ThreadPoolExecutor(max_workers=1) as pool:
        pool.submit(work).result()
        pool.submit(lambda: connection.connection and connection.connection.close()).result()


def sign_in(page, role):
    email = f"{role}@example.org"
    stored(lambda: make_user(role, email, PASSWORD))
    page.get_by_role("link", name="Sign in").click()
    page.get_by_label("Email").fill(email)
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Sign in").click()


def test_an_analyst_corrects_an_owner_and_the_figure_moves_and_the_reason_stands(
    own, key_of, open_page
):
    house = key_of("Brightside Homes Limited")
    page = open_page("/market/childrens-homes/?entity=owner", script=False)
    before = page.locator("main").inner_text()
    sign_in(page, Role.ANALYST)

    page.goto(f"{page.url.split('/market')[0]}/market/organisations/{house}/correct/")
    page.get_by_label("Its owner").check()
    page.get_by_role("button", name="Continue").click()
    page.get_by_label("Another organisation owns it").check()
    page.get_by_role("button", name="Continue").click()
    page.get_by_label("Find the other organisation").fill("harbour")
    page.get_by_role("button", name="Continue").click()
    page.get_by_label("Harbour Children's Trust").check()
    page.get_by_role("button", name="Continue").click()
    page.get_by_label("Why is this right?").fill(WHY)
    page.get_by_role("button", name="Continue").click()
    assert "Harbour Children's Trust" in page.locator("main").inner_text()
    page.get_by_role("button", name="Save the correction").click()

    assert "In the figures" in page.locator("main").inner_text()
    assert WHY in page.locator("main").inner_text()
    page.goto(page.url.split("/corrections")[0] + "/market/childrens-homes/?entity=owner")
    assert page.locator("main").inner_text() != before


def test_a_form_is_answered_by_keyboard_and_a_mistake_leads_to_its_field(own, key_of, open_page):
    house = key_of("Brightside Homes Limited")
    page = open_page()
    sign_in(page, Role.ANALYST)
    page.goto(f"{page.url}market/organisations/{house}/correct/")

    page.get_by_role("button", name="Continue").press("Enter")
    page.get_by_role("link", name="Choose what is to be corrected").press("Enter")
    page.keyboard.press("Tab")
    page.get_by_label("Its kind").press("Space")
    page.get_by_label("Its kind").press("Enter")

    page.wait_for_url("**/correct/?step=kind")


def test_a_buyer_watches_an_owner_and_stops(own, key_of, open_page):
    house = key_of("Brightside Homes Limited")
    page = open_page(script=False)
    sign_in(page, Role.OFFICER)
    page.goto(f"{page.url}market/organisations/{house}/watch/")

    page.get_by_role("button", name="Watch this owner").click()
    assert "You watch this owner" in page.locator("main").inner_text()
    page.get_by_role("link", name="Watch", exact=True).first.click()
    page.get_by_role("link", name="Brightside Homes Limited").click()
    page.get_by_role("link", name="Stop watching").click()
    page.get_by_role("button", name="Stop watching").click()

    assert "You watch no owner yet" in page.locator("main").inner_text()
