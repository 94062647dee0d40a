"""What people at a keyboard do: go to something, press Enter, type, and go on with Tab."""

from __future__ import annotations

from playwright.sync_api import Page

from service.test_second_factor import code

PASSWORD = "a long and quiet river"


def press(page: Page, role: str, name: str, *, exact: bool = False) -> None:
    """Go to something that can be pressed, and press Enter."""
    page.get_by_role(role, name=name, exact=exact).first.focus()
    send(page)


def tick(page: Page, label: str) -> None:
    """Go to a choice, and take it."""
    page.get_by_label(label).focus()
    page.keyboard.press("Space")


def fill(page: Page, label: str, text: str) -> None:
    """Go to a field and type into it."""
    page.get_by_label(label).focus()
    page.keyboard.type(text)


def send(page: Page) -> None:
    """Press Enter in what was gone to."""
    with page.expect_navigation():
        page.keyboard.press("Enter")


def heading(page: Page) -> str:
    [found] = page.get_by_role("heading", level=1).all_inner_texts()
    return found


def said(page: Page) -> str:
    """Return what a page says, without its frame."""
    return page.locator("main").inner_text()


def come_in(page: Page, email: str, secret: str, *, steps: int = 0) -> None:
    """Sign in with a password, then with the code that an app shows."""
    press(page, "link", "Sign in")
    fill(page, "Email", email)
    fill(page, "Password", PASSWORD)
    send(page)
    assert heading(page) == "Enter your code"
    fill(page, "Code", code(secret, steps=steps))
    send(page)
