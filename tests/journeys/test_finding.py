"""A charity finds who buys in its area and what ends soon, and follows it to its source."""

import pytest

from journeys.soundness import check_sound
from service.finding_store import finding_store

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@pytest.fixture(scope="session")
def market_store(tmp_path_factory):
    return finding_store(tmp_path_factory)


@pytest.mark.parametrize(("width", "script"), [(1280, True), (360, False)])
def test_a_charity_finds_a_buyer_and_what_ends_soon(open_page, width, script):
    page = open_page("/search/", width=width, script=script)

    page.get_by_label("Words, or the beginning of one").fill("ashby boro")
    page.get_by_role("button", name="Search").click()
    page.get_by_role("link", name="Ashby Borough Council").click()

    assert page.get_by_role("heading", level=1).inner_text() == "Ashby Borough Council"
    listed = page.locator("#bought table")
    assert listed.locator("tbody tr").first.inner_text().startswith("Home care 2")
    listed.get_by_role("link", name="Home care 2").click()
    assert "ocds-find01-2" in page.url
    page.get_by_role("link", name="contracts", exact=True).click()
    assert "/market/sources/contracts/" in page.url


def test_a_provider_is_found_by_keyboard_and_its_areas_looked_into(open_page):
    page = open_page("/search/")

    page.get_by_label("Words, or the beginning of one").focus()
    page.keyboard.type("steady care")
    page.keyboard.press("Enter")
    page.get_by_role("link", name="Steady Care Limited").focus()
    page.keyboard.press("Enter")

    page.get_by_role("heading", name="If this provider stops").wait_for()
    page.locator("#stop").get_by_role("link", name="Ashby").focus()
    page.keyboard.press("Enter")
    page.get_by_role("link", name="Harbour Trust").wait_for()


def test_contracts_are_put_in_another_order_without_scripts(open_page):
    page = open_page("/search/?q=steady+care", script=False)
    page.get_by_role("link", name="Steady Care Limited").click()
    page.get_by_role("link", name="Awards", exact=True).click()

    page.locator("#deals").get_by_role("link", name="Ending soonest").click()

    assert "order=ending" in page.url
    first = page.locator("#deals tbody tr").first.inner_text()
    assert first.startswith("Home care 7")


@pytest.mark.parametrize(
    "where",
    [
        "/search/?q=care",
        "/search/?q=home&sort=contract",
        "/search/?q=zzzz",
        "/market/measures/hhi/",
    ],
)
def test_what_is_found_is_sound(open_page, axe, where):
    check_sound(open_page(where), axe)


@pytest.mark.parametrize(
    "name", ["Steady Care Limited", "Beckton Borough Council", "Joint Care LLP"]
)
def test_pages_of_organisations_are_sound(open_page, axe, name):
    page = open_page(f"/search/?q={name}")
    page.get_by_role("link", name=name).click()

    check_sound(page, axe)
