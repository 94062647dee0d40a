"""What every page must be, whoever looks at it: axe, reflow and the size of its words."""

from __future__ import annotations

from playwright.sync_api import Page

TAGS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
WIDTHS = (640, 320, 1280, 360)  # 320 is what 1280 becomes at 400% zoom
AXE_WIDTHS = (1280, 360)
TALL = 900
OPENED = "() => document.querySelectorAll('details').forEach(node => { node.open = true })"
SIDEWAYS = "document.documentElement.scrollWidth - innerWidth"
SMALL_TEXT = """() => [...document.querySelectorAll('body *')]
  .filter(e => [...e.childNodes].some(n => n.nodeType === 3 && n.textContent.trim()))
  .filter(e => e.checkVisibility() && !['SCRIPT', 'STYLE'].includes(e.tagName))
  .filter(e => parseFloat(getComputedStyle(e).fontSize) < 14)
  .map(e => e.outerHTML.slice(0, 120))"""


def check_sound(page: Page, axe: str) -> None:
    """Look at an open page at every width; fail with what is wrong and where."""
    page.evaluate(axe)
    page.evaluate(OPENED)
    for width in WIDTHS:
        page.set_viewport_size({"width": width, "height": TALL})
        assert page.evaluate(SIDEWAYS) <= 0, f"{page.url} scrolls sideways at {width}"
        small = page.evaluate(SMALL_TEXT)
        assert not small, f"{page.url} has small words at {width}: {small}"
        if width in AXE_WIDTHS:
            faults = _faults(page)
            assert not faults, f"{page.url} at {width}: {faults}"


def _faults(page: Page) -> list[str]:
    found = page.evaluate("tags => axe.run({runOnly: {type: 'tag', values: tags}})", TAGS)
    return [
        f"{fault['id']}: {fault['help']}: {node['html'][:200]}"
        for fault in found["violations"]
        for node in fault["nodes"]
    ]
