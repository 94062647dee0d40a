"""Script, formulas and very long text, written into every field of every form that there is."""

from __future__ import annotations

import csv
import io

import pytest
from django.core.management.color import no_style
from django.db import connection
from django.test import Client

from convener.rules.access import SIGN_IN_ROLES, Role, may
from convener.service.actions import corrections
from convener.service.fields import stored_models
from service import filling
from service.furniture import furnish, make_user
from service.routes import CHANGING, ROUTES, address
from service.small_store import build_store

HOSTILE = "=7+7\"'><script>alert(7)</script>"
RAW = ('=7+7"', "<script>alert(7)")  # no page holds either of these as they were typed
FORMULA = ("=", "+", "-", "@", "\t", "\r")
# These write no words, and work on in a thread, end the sign-in, or take a code alone.
LEFT_OUT = {"corrections-apply", "sign-out", "mfa_reauthenticate"}
# A form that takes words is on each of these at least: else the walk found no forms.
TAKE_WORDS = {
    *("corrections-make", "corrections-undo", "notes-post", "requests-answer", "watch-warn"),
    *("registry-register", "registry-name", "registry-kind", "registry-number"),
    *("registry-claim", "registry-decide", "registry-holding", "tokens-make"),
}
# Words that were taken into these are shown on some page afterwards.
SHOWN_AT = {"notes-post", "watch-warn", "registry-name", "registry-register", "tokens-make"}
LINES = "a line that someone pasted\n" * 10_000


class People:
    """One person a role, signed in anew whenever they are asked for."""

    def __init__(self) -> None:
        self.users = {role: make_user(role) for role in SIGN_IN_ROLES}

    def client(self, role: Role) -> Client:
        client = Client(raise_request_exception=True)
        if role is not Role.VISITOR:
            client.force_login(self.users[role])
        return client

    def who_may(self, act) -> Client:
        """Give a client of a role that may do an act, other than a visitor if there is one."""
        roles = (Role.ADMINISTRATOR, *SIGN_IN_ROLES, Role.VISITOR)
        return self.client(next(role for role in roles if may(role, act)))


@pytest.fixture
def people(db, settings, tmp_path, monkeypatch) -> People:
    settings.WORKSPACE = build_store(tmp_path).folder
    # The figures are not derived anew: the store's organisations stay those of the addresses.
    monkeypatch.setattr(corrections, "is_waiting", lambda store, seen: False)
    found = People()
    furnish()
    with connection.cursor() as cursor:  # the furniture chose its own numbers
        for line in connection.ops.sequence_reset_sql(no_style(), stored_models()):
            cursor.execute(line)
    return found


def forms_of_routes():
    return [one for one in ROUTES if one.name in CHANGING and one.name not in LEFT_OUT]


def raw_in(answer) -> bool:
    """Say whether a page holds what was typed, as it was typed."""
    if not filling.is_page(answer):
        return False
    page = answer.content.decode()
    return any(words in page for words in RAW)


def writers(texts: list[str]):
    """Give ways to fill a form: every field hostile at once, then each alone, the others fit."""
    yield lambda name: HOSTILE
    for field in texts:
        yield lambda name, field=field: HOSTILE if name == field else filling.sensible(name)


def test_script_and_formula_in_every_text_field_stay_words(people):
    faults, took, has_words = [], set(), set()
    for pattern in forms_of_routes():
        where = address(pattern)
        client = people.who_may(pattern.callback.act)
        for write in writers(filling.texts(client, where)):
            for form, answer in filling.send(client, where, write):
                if form.texts:
                    has_words.add(pattern.name)
                    took |= {pattern.name} if answer.status_code in (200, 302) else set()
                if answer.status_code not in (200, 302, 400, 409, 422):
                    faults.append(f"{pattern.name}: {answer.status_code}")
                if raw_in(answer):
                    faults.append(f"{pattern.name}: the answer holds it raw")

    assert not faults
    assert has_words >= TAKE_WORDS
    assert took >= SHOWN_AT
    check_shown(people)


def check_shown(people: People) -> None:
    """See every page and every file with what was stored: shown as words, and no formula."""
    faults, shown, defused = [], 0, 0
    for role in (Role.ADMINISTRATOR, Role.KEEPER, Role.VISITOR):
        client = people.client(role)
        for pattern in ROUTES:
            if not may(role, pattern.callback.act):
                continue
            answer = client.get(address(pattern))
            if raw_in(answer):
                faults.append(f"{pattern.name} as {role}: raw")
            elif filling.is_page(answer):
                shown += "=7+7&#34;" in answer.content.decode()
            elif answer.headers.get("Content-Type", "").startswith("text/csv"):
                cells = list(cells_of(answer))
                defused += any(cell.startswith("'=7+7") for cell in cells)
                faults += [f"{pattern.name}: {cell[:40]}" for cell in cells if starts(cell)]
    assert not faults
    assert shown >= 10
    assert defused >= 1


def cells_of(answer):
    text = b"".join(answer.streaming_content) if answer.streaming else answer.content
    for row in csv.reader(io.StringIO(text.decode())):
        yield from row


def starts(cell: str) -> bool:
    """Say whether a spreadsheet would run a cell."""
    if not cell.startswith(FORMULA):
        return False
    try:
        float(cell)
    except ValueError:
        return True
    return False


def test_ten_thousand_lines_pasted_into_every_field_are_refused_and_kept(people):
    faults, long, kept = [], 0, 0
    for pattern in forms_of_routes():
        where = address(pattern)
        client = people.who_may(pattern.callback.act)
        for field in filling.texts(client, where):

            def pasted(name, field=field):
                return LINES if name == field else filling.sensible(name)

            for form, answer in filling.send(client, where, pasted):
                if field not in form.texts:
                    continue
                long += 1
                if answer.status_code != 400:
                    faults.append(f"{pattern.name}, {field}: {answer.status_code}")
                else:
                    kept += answer.content.decode().count("someone pasted") >= 10_000
    assert not faults
    assert long >= len(TAKE_WORDS)
    assert kept >= long / 2  # a code or a number that was mistyped need not come back
