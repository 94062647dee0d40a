"""Every route, at the widths of a desk and of a phone: axe, reflow, and a page without scripts."""

import re

import pytest

from journeys.soundness import check_sound
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


@pytest.fixture(params=ADDRESSES, ids=[name for name, _ in ADDRESSES])
def where(request):
    return request.param[1]


def test_a_page_is_sound_at_every_width(open_page, axe, where):
    check_sound(open_page(where), axe)


def test_a_page_without_scripts_shows_the_same_words(open_page, where):
    with_script = open_page(where).locator("main").inner_text()
    without = open_page(where, script=False).locator("main").inner_text()

    assert without == with_script
