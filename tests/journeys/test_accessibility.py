"""Every route, at the widths of a desk and of a phone: axe, reflow, and a page without scripts."""

import re

import pytest

from service.routes import ROUTES, address

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
PAGES = [
    pattern
    for pattern in ROUTES
    if not re.search(r"form>|\.json$|^api/.|^health$|^ready$", str(pattern.pattern))
]
ADDRESSES = [(pattern.name, address(pattern)) for pattern in PAGES] + [
    ("awards", "/market/home-care/"),
    ("empty-search", "/market/?q=zzzzzzzz"),
    ("not-found", "/no/such/page"),
    ("bad-choice", "/market/childrens-homes/?basis=votes"),
]
TAGS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
SMALL_TEXT = """() => [...document.querySelectorAll('body *')]
  .filter(e => [...e.childNodes].some(n => n.nodeType === 3 && n.textContent.trim()))
  .filter(e => e.checkVisibility() && !['SCRIPT', 'STYLE'].includes(e.tagName))
  .filter(e => parseFloat(getComputedStyle(e).fontSize) < 14)
  .map(e => e.outerHTML.slice(0, 120))"""


@pytest.fixture(params=ADDRESSES, ids=[name for name, _ in ADDRESSES])
def where(request):
    return request.param[1]


@pytest.mark.parametrize("width", [1280, 360])
def test_axe_finds_nothing_wrong_with_a_page(open_page, axe, where, width):
    page = open_page(where, width=width)
    for details in page.locator("details").all():
        details.evaluate("node => node.open = true")

    page.evaluate(axe)
    found = page.evaluate("tags => axe.run({runOnly: {type: 'tag', values: tags}})", TAGS)[
        "violations"
    ]

    assert not [
        f"{fault['id']}: {fault['help']}: {node['html'][:200]}"
        for fault in found
        for node in fault["nodes"]
    ]


@pytest.mark.parametrize("width", [1280, 640, 360, 320])
def test_a_page_never_scrolls_sideways_and_no_text_is_small(open_page, where, width):
    """A width of 320 is what 1280 becomes at 400% zoom."""
    page = open_page(where, width=width)

    assert page.evaluate("document.documentElement.scrollWidth - innerWidth") <= 0
    assert page.evaluate(SMALL_TEXT) == []


def test_a_page_without_scripts_shows_the_same_words(open_page, where):
    with_script = open_page(where).locator("main").inner_text()
    without = open_page(where, script=False).locator("main").inner_text()

    assert without == with_script
