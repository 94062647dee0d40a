"""A charity looks after its own record and checks its standing unseen; two firms form a third."""

from __future__ import annotations

import re
from datetime import UTC, datetime

import pytest
from playwright.sync_api import Page

from convener.methods.money.accounts import LINES
from convener.rules.access import Role
from convener.service.actions.registry import organisation_at
from convener.service.market.data import market_data
from convener.service.models import Organisation
from convener.service.pointing import point_at
from journeys.by_keyboard import fill, heading, press, said, tick
from service.examples import EXAMPLES
from service.routes import ROUTES, address

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
AT = datetime(2026, 6, 1, 10, tzinfo=UTC)
SHOWN = "I am its secretary; the board's letter of May says so"
AGREED = "The joint venture agreement of March 2026"
ACCOUNTS = {
    "revenue": "412345.67",
    "operating_profit": "-3070.21",
    "current_assets": "40777.31",
    "inventories": "1011.13",
    "cash": "15222.11",
    "restricted_cash": "5111.19",
    "current_liabilities": "20333.17",
    "total_assets": "90111.53",
    "total_liabilities": "30222.91",
}
WORTH = "731909.13"
# How pounds and pence could be written of what was typed.
TYPED = [
    written
    for amount in (*ACCOUNTS.values(), WORTH)
    for pounds in (abs(float(amount)),)
    for written in (f"{pounds:.2f}", f"{pounds:,.2f}", f"{pounds:,.0f}", f"{pounds * 100:.0f}")
]
# Where an administrator could look for it: the register, the record of acts, and what is told.
WATCHED = re.compile(
    r"registry(-one|-download|-claims|-ownership|-accounts|-match)?|(organisation-)?history.*"
    r"|people|interests.*|notices|deadlines|home|open-heads|api-(registry-.*|accounts|notices)"
)
ANEW = re.compile(r'(?:nonce|value)="[\w-]{16,}[="]*')  # made for each answer


def claim(page: Page, name: str) -> None:
    press(page, "link", "Claim this record")
    fill(page, "What shows that it is your organisation?", SHOWN)
    press(page, "button", "Claim it")
    assert f"{name}\n" in said(page)
    assert "A convener decides." in said(page)


def approve(page: Page, name: str) -> None:
    press(page, "link", "Claims to records")
    press(page, "link", name)
    assert SHOWN in said(page)
    tick(page, "Approve")
    fill(page, "What do you answer?", "The letter of the board was seen")
    press(page, "button", "Decide")
    assert f"{name}: approved" in said(page)


def act_for(page: Page, name: str) -> None:
    """Read that the claim was approved, and go on as the one who leads there."""
    press(page, "link", "Notices")
    assert "was approved" in said(page)
    press(page, "link", "Account", exact=True)
    press(page, "button", f"a provider's lead for {name}")
    press(page, "link", "Organisations")
    press(page, "link", name, exact=True)


def enter_accounts(page: Page) -> None:
    """Enter a year, from field to field as Tab leads."""
    press(page, "link", "Accounts")
    press(page, "link", "Enter a year")
    fill(page, "First day of the period", "2025-04-01")
    page.keyboard.press("Tab")
    page.keyboard.type("2026-03-31")
    for name in LINES:
        page.keyboard.press("Tab")
        page.keyboard.type(ACCOUNTS.get(name, ""))
    page.keyboard.press("Tab")
    with page.expect_navigation():
        page.keyboard.press("Enter")
    assert "1 April 2025 to 31 March 2026" in said(page)


def check_standing(page: Page) -> None:
    fill(page, "What would the contract pay in a year, in pounds?", WORTH)
    tick(page, "Bronze")
    tick(page, "Keep what I typed, sealed under our own key")
    press(page, "button", "Check", exact=True)
    told = page.get_by_role(
        "table", name=re.compile("Each ratio of the bronze tests")
    ).inner_text()
    assert re.search(r"Acid ratio\s+1\.70", told), told
    assert page.get_by_role("heading", level=2).first.inner_text() == "High risk"


def watched(page: Page, body: Organisation) -> dict[str, tuple[int, str]]:
    """Return what whoever is signed in can see of a record, and of all that was done."""
    examples = {**EXAMPLES, "body": body.pk, "record": body.pk}
    start = re.match(r"http://[^/]+", page.url)[0]
    found = {}
    for pattern in ROUTES:
        if WATCHED.fullmatch(pattern.name):
            where = address(pattern, examples)
            answer = page.request.get(start + where)
            found[where] = (answer.status, ANEW.sub("", answer.text()))
    return found


@pytest.mark.parametrize("script", [True, False])
def test_a_charity_claims_its_record_and_checks_its_standing_unseen(enter, script):
    name = "Neighbours Charity"
    charity = organisation_at(point_at(market_data(), 10), at=AT)
    _, pat = enter(Role.PERSON, "pat", "/market/organisations/10/", script=script)
    press(pat, "link", "Its record in the register")
    claim(pat, name)
    _, con = enter(Role.CONVENER, "con", "/organisations/", script=script)
    approve(con, name)
    act_for(pat, name)
    enter_accounts(pat)

    _, ada = enter(Role.ADMINISTRATOR, "ada", f"/organisations/{charity.pk}/", script=script)
    before = watched(ada, charity)
    check_standing(pat)
    after = watched(ada, charity)

    assert after == before
    assert f"/organisations/{charity.pk}/history/" in after
    shown = " ".join(text for _, text in after.values())
    assert [written for written in TYPED if written in shown] == []
    press(ada, "link", "History")
    told = said(ada)
    assert "Accounts entered" in told
    assert "Claim approved" in told
    assert "check" not in told.lower()
    ada.goto(ada.url.replace("/history/", "/accounts/"))
    assert heading(ada) == "You may not do this"


def owned(page: Page) -> dict[str, str]:
    """Return the owners of the market and the share of each, as its page has them."""
    rows = page.locator("#providers tbody tr").all()
    return {
        row.locator("th, td").first.inner_text().split("\n")[0]: row.locator(
            "td"
        ).last.inner_text()
        for row in rows
    }


def enter_owner(page: Page, name: str, share: str, control: str) -> None:
    press(page, "link", "Enter an owner")
    fill(page, "Who is the owner?", name)
    fill(page, "Which share does it hold, in percent?", share)
    tick(page, control)
    fill(page, "Where can this be seen?", AGREED)
    press(page, "button", "Enter it")


def test_two_firms_form_a_joint_venture_and_the_owners_of_the_market_follow(
    own, enter, open_page, key_of
):
    venture, one, other = "Steady Care Limited", "Rose Home Support", "Brightside Homes Limited"
    firms = [
        organisation_at(point_at(market_data(), key_of(name)), at=AT) for name in (one, other)
    ]
    public = open_page("/market/home-care/", script=False)
    assert owned(public) == {venture: "78.4%", one: "14.1%", "Neighbours Charity": "7.6%"}

    _, rosa = enter(Role.PROVIDER, "rosa", "/organisations/", body=firms[0], script=False)
    press(rosa, "link", "Register an organisation")
    fill(rosa, "What is it called?", venture)
    tick(rosa, "Private")
    fill(rosa, "Where can this be seen?", AGREED)
    press(rosa, "button", "Register it")
    claim(rosa, venture)
    _, con = enter(Role.CONVENER, "con", "/organisations/", script=False)
    approve(con, venture)
    act_for(rosa, venture)

    press(rosa, "link", "Look for it")
    tick(rosa, venture)
    press(rosa, "button", "This is it")
    press(rosa, "link", "Ownership")
    enter_owner(rosa, one, "51", "Yes")
    assert "the other 49.00% is not known" in said(rosa)
    enter_owner(rosa, other, "49", "No")
    assert "It is a joint venture" in said(rosa)

    _, bea = enter(
        Role.PROVIDER,
        "bea",
        f"/organisations/{firms[1].pk}/ownership/",
        body=firms[1],
        script=False,
    )
    assert f"{venture}\n49.00%" in said(bea)
    public.reload()
    assert owned(public) == {one: "54.0%", other: "38.4%", "Neighbours Charity": "7.6%"}
    public.goto(f"{public.url.split('/market/')[0]}/market/organisations/{key_of(venture)}/")
    assert "Several own it." in said(public)
    shares = public.locator("#owners").inner_text()
    assert re.search(rf"{one}.*51%.*{other}.*49%", shares, re.DOTALL), shares
