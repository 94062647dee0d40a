"""Every answer carries the headers that bound what a browser does with it."""

from __future__ import annotations

import re
from collections.abc import Iterator

import pytest
from django.test import Client

from convener.rules.access import Role
from service.filling import is_page
from service.furniture import furnish, make_user
from service.routes import CHANGING, ROUTES, address

WANTED = {
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=(), payment=(), usb=()",
}
POLICY = {
    "default-src": "'none'",
    "base-uri": "'none'",
    "connect-src": "'self'",
    "font-src": "'self'",
    "form-action": "'self'",
    "frame-ancestors": "'none'",
    "img-src": "'self'",
    "style-src": "'self'",
}
NONCE = re.compile(r"'nonce-([\w+/=-]{16,})'")
SCRIPT = re.compile(r"<script\b([^>]*)>")
HANDLER = re.compile(r"<[a-z][^>]*\s(on[a-z]+|style)=", re.IGNORECASE)  # the policy stops both


def policy_of(response) -> dict[str, str]:
    parts = response.headers.get("Content-Security-Policy", "").split(";")
    return dict(part.strip().partition(" ")[::2] for part in parts)


def faults(response) -> Iterator[str]:
    """Give what is wrong with the headers of an answer, and with what they say of its scripts."""
    for name, wanted in WANTED.items():
        if response.headers.get(name) != wanted:
            yield f"{name} is {response.headers.get(name)}"
    policy = policy_of(response)
    scripts = policy.pop("script-src", "")
    if policy != POLICY:
        yield f"the policy is {policy}"
    nonce = NONCE.search(scripts)
    if NONCE.sub("", scripts).split() != ["'self'"]:
        yield f"script-src is {scripts}"
    if is_page(response):
        yield from page_faults(response.content.decode(), nonce[1] if nonce else "")


def page_faults(page: str, nonce: str) -> Iterator[str]:
    for attributes in SCRIPT.findall(page):
        if not nonce or f'nonce="{nonce}"' not in attributes:
            yield f"a script without the nonce: {attributes[:60]}"
    for handler in HANDLER.findall(page):
        yield f"an attribute that the policy stops: {handler}"


def all_faults(answers) -> list[str]:
    return [f"{name}: {fault}" for name, response in answers for fault in faults(response)]


@pytest.mark.parametrize("role", [Role.VISITOR, Role.ADMINISTRATOR])
def test_every_answer_has_them(loaded, db, client, role):
    furnish()
    if role is not Role.VISITOR:
        client.force_login(make_user(role))

    answers = [(one.name, client.get(address(one))) for one in ROUTES]
    if role is Role.VISITOR:
        changing = [one for one in ROUTES if one.name in CHANGING]
        answers += [(f"{one.name} sent", client.post(address(one))) for one in changing]

    assert all_faults(answers) == []
    statuses = {response.status_code for _, response in answers}
    assert 200 in statuses
    assert role is Role.ADMINISTRATOR or {302, 400, 403} <= statuses


def test_refusals_and_files_have_them(workspace, db):
    client = Client(raise_request_exception=False, enforce_csrf_checks=True)
    (workspace / "manifest.json").write_text("not a manifest")

    answers = {
        404: client.get("/nowhere/"),
        403: client.post("/sign-in/"),
        405: Client().post("/health"),
        500: client.get("/market/"),
        301: client.get("/market"),
        200: client.get("/static/built/convener.css"),
    }
    answers[200].close()

    assert {wanted: answer.status_code for wanted, answer in answers.items()} == {
        wanted: wanted for wanted in answers
    }
    # A file that is the same for everyone runs nothing: it needs no policy.
    assert answers[200].headers["X-Content-Type-Options"] == "nosniff"
    assert all_faults((str(n), answer) for n, answer in answers.items() if n != 200) == []


def test_no_two_answers_have_one_nonce(workspace, db, client):
    nonces = [NONCE.search(policy_of(client.get("/"))["script-src"])[1] for _ in range(20)]

    assert len(set(nonces)) == 20


def test_cookies_are_closed_to_scripts_and_to_other_sites(workspace, db, client):
    user = make_user(Role.ANALYST, "ann@example.org", "a long one 4 ann")
    client.get("/sign-in/")

    client.post("/sign-in/", {"login": user.email, "password": "a long one 4 ann"})

    assert {"csrftoken", "sessionid", "last-here"} <= set(client.cookies)
    for cookie in client.cookies.values():
        assert (cookie["httponly"], cookie["samesite"]) == (True, "Lax")


def test_a_page_of_a_person_is_kept_by_nobody_else(loaded, db, client):
    """What is shown to one who signed in, a shared cache does not give to the next."""
    furnish()
    client.force_login(make_user(Role.ADMINISTRATOR))

    kept = {}
    for one in ROUTES:
        response = client.get(address(one))
        said = response.headers.get("Cache-Control", "")
        if is_page(response) and "Cookie" not in response.headers.get("Vary", ""):
            kept[one.name] = said

    assert {name: said for name, said in kept.items() if "no-store" not in said} == {}
