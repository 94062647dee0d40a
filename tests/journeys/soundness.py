"""What every page must be, whoever looks at it: axe, reflow and the size of its words."""

from __future__ import annotations

from playwright.sync_api import Page

TAGS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
WIDTHS = (640, 320, 1280, 360)  # 320 is what 1280 becomes at 400% zoom
AXE_WIDTHS = (1280, 360)
TALL = 900
# What is sound is not told: on a long page that takes longer than looking.
RUN = """tags => axe.run({runOnly: {type: 'tag', values: tags}, resultTypes: ['violations']})
  .then(found => found.violations)"""
OPENED = "() => document.querySelectorAll('details').forEach(node => { node.open = true })"
SIDEWAYS = "document.documentElement.scrollWidth - innerWidth"
SMALL_TEXT = """() => [...document.querySelectorAll('body *')]
  .filter(e => [...e.childNodes].some(n => n.nodeType === 3 && n.textContent.trim()))
  .filter(e => e.checkVisibility() && !['SCRIPT', 'STYLE'].includes(e.tagName))
  .filter(e => parseFloat(getComputedStyle(e).fontSize) < 14)
  .map(e => e.outerHTML.slice(0, 120))"""


def check_sound(page: Page, axe: str) -> None:
    """Look at an open page at every width; fail with what is wrong and where."""
    found = faults_of(page, axe)
    assert not found, "\n".join(found)


def faults_of(page: Page, axe: str) -> list[str]:
    """Return what is wrong with an open page, and at which width."""
    page.evaluate(axe)
    page.evaluate(OPENED)
    found = []
    for width in WIDTHS:
        page.set_viewport_size({"width": width, "height": TALL})
        if page.evaluate(SIDEWAYS) > 0:
            found.append(f"{page.url} scrolls sideways at {width}")
        small = page.evaluate(SMALL_TEXT)
        if small:
            found.append(f"{page.url} has small words at {width}: {small}")
        if width in AXE_WIDTHS:
            found += [f"{page.url} at {width}: {fault}" for fault in _faults(page)]
    return found


def _faults(page: Page) -> list[str]:
    return [
        f"{fault['id']}: {fault['help']}: {node['html'][:200]}"
        for fault in page.evaluate(RUN, TAGS)
        for node in fault["nodes"]
    ]
