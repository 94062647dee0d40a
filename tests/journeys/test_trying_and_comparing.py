"""A commissioner tries lots; a journalist compares two areas and cites the method."""

import re

import pytest

from journeys.soundness import check_sound
from service.small_store import CARE, HOMES

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
TRIED = (
    f"/market/{HOMES}/what-if/?step=stop:1&step=split:entry:SC20:4:as=charity&step=rubbish"
    "&least-charity=10&most-private=30"
)
COMPARED = f"/market/compare/?service={HOMES}&service={HOMES}&area=Ashby&area=Beckton"
MANY = "/market/compare/?" + "&".join(
    f"service={HOMES}&area={area}"
    for area in ("Ashby", "Beckton", "Corley", "Dunmoor", "Elmfield", "Farley")
)
MIXED = f"/market/compare/?service={HOMES}&service={CARE}&service=nowhere"


@pytest.mark.parametrize("script", [True, False])
def test_a_commissioner_tries_lots_and_takes_them_back(open_page, script):
    page = open_page(f"/market/{CARE}/what-if/", script=script)
    assert "Nothing is changed yet." in page.locator(".cv-verdict").inner_text()

    form = page.locator("form", has_text="Split one contract into lots")
    form.get_by_label("Contract").select_option(index=1)
    form.get_by_label("Lots, 2 to 50").fill("4")
    form.get_by_label("Held by new local providers that are").select_option("Charity")
    form.get_by_role("button", name="Split it").click()

    assert "After 1 change the largest provider holds 56.8% instead of 78.4%." in (
        page.locator(".cv-verdict").inner_text()
    )
    assert "step=split:award:ocds-test-100/1:4:as=charity" in page.url

    with page.expect_download() as download:
        page.get_by_role("link", name="Download CSV of readings before and after").click()
    assert "\nhhi," in download.value.path().read_text(encoding="utf-8")

    page.get_by_role("link", name="Remove change 1").click()
    assert "Nothing is changed yet." in page.locator(".cv-verdict").inner_text()


def test_an_address_that_is_shared_shows_the_same(open_page):
    shown = [open_page(TRIED).locator("main").inner_text() for _ in range(2)]

    assert shown[0] == shown[1]
    assert "Brightside Homes Limited stops" in shown[0]
    assert "Not taken." in shown[0]


def test_a_provider_is_stopped_by_keyboard_alone(open_page):
    page = open_page(f"/market/{HOMES}/what-if/")

    page.locator("#stop-provider").focus()
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Tab")
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.textContent.trim()") == "Stop it"
    page.keyboard.press("Enter")
    page.wait_for_url("**step=stop:1*")

    assert "33.3 places left unserved" in page.locator("#changes").inner_text()


def test_a_visitor_sets_a_range_for_the_mix(open_page):
    page = open_page(f"/market/{HOMES}/what-if/")

    page.get_by_text("Set ranges for the mix").click()
    page.get_by_label(re.compile("at least of Charity")).fill("30")
    page.get_by_role("button", name="Set ranges").click()

    assert "Below, by 6.0 points" in page.locator("#mix").inner_text()
    assert page.url.split("#")[0].endswith("?least-charity=30")


@pytest.mark.parametrize("script", [True, False])
def test_a_journalist_compares_two_areas_and_cites_the_method(open_page, script):
    page = open_page("/market/compare/", script=script)

    page.get_by_label("Service").select_option("Children's homes")
    page.get_by_role("button", name="Show").click()
    page.get_by_label("Area").first.select_option("Ashby")
    page.get_by_label("One more service").select_option("Children's homes")
    page.get_by_role("button", name="Show").click()
    page.get_by_label("Area").nth(1).select_option("Beckton")
    page.get_by_role("button", name="Show").click()

    readings = page.locator("#readings").inner_text()
    assert "A Children's homes, Ashby" in readings
    assert "B Children's homes, Beckton" in readings
    assert "64.5%" in readings
    cited = page.locator("#cite").inner_text()
    assert "A: Children's homes, Ashby; B: Children's homes, Beckton" in cited
    assert "Sources: homes-list" in cited

    page.get_by_role("link", name="How this is computed for Concentration, HHI").click()
    assert page.get_by_role("heading", level=1).inner_text() == "hhi"


@pytest.mark.parametrize("where", [TRIED, COMPARED, MANY, MIXED])
def test_a_filled_page_is_sound(open_page, axe, where):
    check_sound(open_page(where), axe)


@pytest.mark.parametrize(("width", "columns"), [(1280, 4), (360, 2)])
def test_markets_keep_their_headings_for_those_who_listen(open_page, width, columns):
    table = open_page(COMPARED, width=width).get_by_role("table", name="Readings of each market")

    assert table.get_by_role("columnheader").count() == columns
    assert table.get_by_role("rowheader", name="Concentration, HHI").is_visible()
