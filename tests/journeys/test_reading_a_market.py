"""A visitor reads a market: by mouse, by keyboard, without scripts, on a phone."""

import pytest

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


def focused(page) -> str:
    return page.evaluate("document.activeElement.textContent.trim()")


def tab_to(page, words: str, most: int = 40) -> None:
    for _ in range(most):
        page.keyboard.press("Tab")
        if focused(page) == words:
            return
    pytest.fail(f"{words!r} was not reached within {most} steps; at {focused(page)!r}")


def test_a_visitor_finds_a_market_and_reads_how_a_figure_is_computed(open_page):
    page = open_page("/")

    page.get_by_label("Find a market by service").fill("childrens home")
    page.get_by_role("button", name="Search").click()
    page.get_by_role("link", name="Children's homes").click()

    assert page.get_by_role("heading", level=1).inner_text() == "Children's homes"
    assert "one provider holds 30% or more" in page.locator(".cv-verdict").inner_text()

    page.get_by_role("link", name="How this is computed for concentration").click()

    assert page.get_by_role("heading", level=1).inner_text() == "hhi"
    assert "Merger Guidelines" in page.locator("main").inner_text()


def test_a_keyboard_reaches_the_content_the_navigation_and_a_switch(open_page):
    page = open_page("/market/home-care/")

    page.keyboard.press("Tab")
    assert focused(page) == "Skip to main content"
    page.keyboard.press("Enter")
    assert page.evaluate("location.hash") == "#main-content"

    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.closest('main') !== null")

    tab_to(page, "As named")
    page.keyboard.press("Enter")
    page.wait_for_url("**/?entity=name")
    assert page.locator("b[aria-current]").filter(has_text="As named").count() == 1

    page.keyboard.press("Tab")
    tab_to(page, "Sources")
    page.keyboard.press("Enter")
    page.wait_for_url("**/market/sources/")


def test_what_has_the_focus_is_seen(open_page):
    page = open_page("/market/home-care/")
    tab_to(page, "Sources")

    shown = page.evaluate("getComputedStyle(document.activeElement).backgroundColor")

    assert shown == "rgb(255, 221, 0)"


def test_a_visitor_without_scripts_finds_narrows_and_downloads(open_page):
    page = open_page("/market/", script=False)

    page.get_by_label("Service").fill("care")
    page.get_by_role("button", name="Show").click()
    page.get_by_role("link", name="Home care").click()
    page.get_by_role("link", name="All to each").click()
    with page.expect_download() as download:
        page.get_by_role("link", name="Download CSV of providers").click()

    text = download.value.path().read_text(encoding="utf-8")
    assert download.value.suggested_filename == "home-care-providers.csv"
    assert "Steady Care Limited,private," in text


def test_an_area_leads_to_the_market_there_and_back(open_page):
    page = open_page("/market/childrens-homes/")

    page.locator("#areas").get_by_role("link", name="Ashby", exact=True).click()
    assert "in Ashby" in page.locator(".cv-under").inner_text()

    page.get_by_role("link", name="All areas").click()
    assert "in Ashby" not in page.locator(".cv-under").inner_text()


@pytest.mark.parametrize(
    ("width", "shown", "hidden"), [(1280, "wide", "narrow"), (360, "narrow", "wide")]
)
def test_a_screen_shows_the_drawing_made_for_its_width(open_page, width, shown, hidden):
    page = open_page("/market/childrens-homes/", width=width)

    drawing = page.locator(f".cv-drawing.cv-only-{shown} svg").first
    assert drawing.is_visible()
    assert not page.locator(f".cv-drawing.cv-only-{hidden} svg").first.is_visible()
    assert drawing.bounding_box()["width"] == float(drawing.get_attribute("width"))


@pytest.mark.parametrize("width", [1280, 360])
def test_a_table_of_figures_keeps_its_headings_for_those_who_listen(open_page, width):
    page = open_page("/market/childrens-homes/", width=width)

    assert (
        page.get_by_role("table", name="Kinds of provider").get_by_role("columnheader").count()
        >= 4
    )
    assert page.get_by_role("rowheader", name="Private").first.is_visible()


def test_a_commissioner_sees_a_local_hold_and_opens_the_rows_behind_it(open_page):
    page = open_page("/market/childrens-homes/", script=False)

    page.get_by_role("link", name="Where one holds much").click()
    assert page.get_by_role("heading", name="Where one provider holds much").is_visible()

    page.get_by_role("link", name="area-dominance").first.click()
    page.go_back()
    page.locator("#figures tr", has_text="area-dominance").get_by_role("link", name="6").click()
    assert page.get_by_role("heading", level=1).inner_text() == "Rows behind area-dominance"

    page.get_by_role("link", name="Entries of the list").click()
    assert page.get_by_role("row").count() == 32
    with page.expect_download() as download:
        page.get_by_role("link", name="Download CSV").click()
    assert "Brightside Homes Limited" in download.value.path().read_text(encoding="utf-8")


def test_a_charity_finds_who_buys_in_its_area_and_sorts_what_they_bought(open_page):
    page = open_page("/market/home-care/")

    page.get_by_role("link", name="All contracts").click()
    page.get_by_label("Area", exact=True).select_option("Ashby")
    page.get_by_role("button", name="Show").click()
    assert page.get_by_role("row").count() == 5
    assert page.get_by_label("Area", exact=True).input_value() == "Ashby"

    page.get_by_role("columnheader", name="Awarded").get_by_role("link").click()
    heading = page.get_by_role("columnheader", name="Awarded")
    assert heading.get_attribute("aria-sort") == "descending"
    assert "1 May 2021" in page.get_by_role("row").nth(1).inner_text()


def test_a_market_is_narrowed_to_an_area_by_a_form_without_scripts(open_page):
    page = open_page("/market/childrens-homes/?entity=name", script=False)

    page.get_by_label("Area", exact=True).select_option("Ashby")
    page.get_by_role("button", name="Show").click()

    assert "in Ashby" in page.locator(".cv-under").inner_text()
    assert "entity=name" in page.url
