"""Finds the forms of a page and fills them in, as whoever reads the page would."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from html.parser import HTMLParser
from typing import Any
from urllib.parse import urlsplit

from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import transaction

NUMERIC = {"numeric", "decimal"}
TYPED = {"text", "search", "", "tel", "url"}
PLAIN = "Plain words"
FILE = "=1<script>alert(7)<script>.csv"
# What a field takes where not every text will do, by how its name begins.
SENSIBLE = {
    "from": "2025-03-02",
    "to": "2026-03-02",
    "valid": "2030-03-02",
    "on": "2026-03-02",
    "share": "10",
    "profit": "10",
    "annual": "100000",
    "number": "07654321",
    "email": "someone@example.org",
    "login": "someone@example.org",
    "code": "123456",
}
STEPS = 5  # of a form that asks one thing at a time


@dataclass
class Field:
    """One field: what it takes, and what it holds or may be given."""

    name: str
    sort: str  # the type of an input, or textarea or select
    value: str = ""
    is_numeric: bool = False
    is_checked: bool = False
    options: list[str] = field(default_factory=list)

    @property
    def is_text(self) -> bool:
        """Say whether a person writes words into it."""
        return (self.sort in TYPED and not self.is_numeric) or self.sort == "textarea"


@dataclass
class Form:
    """One form that is sent by POST."""

    action: str
    fields: list[Field] = field(default_factory=list)

    @property
    def texts(self) -> list[str]:
        """Return the names of the fields into which words are written."""
        return [one.name for one in self.fields if one.is_text]

    def filled(self, write: Callable[[str], str]) -> dict[str, Any]:
        """Return what is sent: each text as it is written, each choice the first there is."""
        sent: dict[str, Any] = {}
        for one in self.fields:
            if one.is_text:
                sent[one.name] = write(one.name)
            elif one.sort == "select":
                sent[one.name] = next((o for o in one.options if o), "")
            elif one.sort in ("radio", "checkbox"):
                if one.is_checked or one.name not in sent:
                    sent[one.name] = one.value or "on"
            elif one.sort == "hidden":
                sent[one.name] = one.value
            elif one.sort == "file":
                sent[one.name] = SimpleUploadedFile(FILE, b"day,rate\n=1,2\n")
            else:
                sent[one.name] = one.value or _typed(one)
        return sent


def sensible(name: str) -> str:
    """Return a text that a field of this name takes."""
    if name in ("profit_rule", "exit_terms"):
        return PLAIN
    return SENSIBLE.get(name.partition("_")[0], PLAIN)


def _typed(one: Field) -> str:
    if one.sort in ("email", "date"):
        return SENSIBLE["email"] if one.sort == "email" else "2026-03-02"
    return _number(one.name)


def _number(name: str) -> str:
    return {"year": "2025", "day": "2"}.get(name.rpartition("_")[2].rpartition("-")[2], "3")


class _Reader(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.forms: list[Form] = []
        self.form: Form | None = None

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {name: value or "" for name, value in attrs}
        if tag == "form":
            is_sent = given.get("method", "").lower() == "post"
            self.form = Form(given.get("action", "")) if is_sent else None
            if self.form is not None:
                self.forms.append(self.form)
        elif self.form is not None and tag in ("input", "textarea", "select", "button"):
            self._add(tag, given)
        elif self.form is not None and tag == "option":
            self.form.fields[-1].options.append(given.get("value", ""))

    def _add(self, tag: str, given: dict[str, str]) -> None:
        assert self.form is not None
        if "name" not in given or given.get("type") in ("submit", "password"):
            return
        if tag == "button":
            sort = "hidden"
        else:
            sort = given.get("type", "text") if tag == "input" else tag
        is_numeric = given.get("inputmode") in NUMERIC or given.get("type") == "number"
        self.form.fields.append(
            Field(given["name"], sort, given.get("value", ""), is_numeric, "checked" in given)
        )

    def handle_endtag(self, tag: str) -> None:
        if tag == "form":
            self.form = None


def forms(page: str) -> list[Form]:
    """Return the forms of a page that are sent by POST."""
    reader = _Reader()
    reader.feed(page)
    return reader.forms


def is_page(response) -> bool:
    return response.headers.get("Content-Type", "").startswith("text/html")


def send(client, address: str, write: Callable[[str], str]) -> Iterator[tuple[Form, Any]]:
    """Fill each form of a page and send it, step by step; give each form with its answer."""
    page = client.get(address)
    if page.status_code != 200 or not is_page(page):
        return
    for one in forms(page.content.decode()):
        yield from _send(client, address, one, write)


def _send(client, address: str, form: Form, write) -> Iterator[tuple[Form, Any]]:
    for _ in range(STEPS):
        answer = client.post(form.action or address, form.filled(write))
        yield form, answer
        if answer.status_code == 302:
            answer = _next_step(client, address, answer)
        if answer is None or answer.status_code != 200 or not is_page(answer):
            return
        following = forms(answer.content.decode())
        if not following:
            return
        form = following[-1]


def _next_step(client, address: str, answer: Any) -> Any:
    """Return the page of the next step, where a form leads on to one of its own."""
    leads_to = answer.headers["Location"]
    is_own = urlsplit(leads_to).path == urlsplit(address).path and "?" in leads_to
    return client.get(leads_to) if is_own else None


def texts(client, address: str) -> list[str]:
    """Return the fields of a page's forms, step by step, that take words; nothing is kept."""
    found: dict[str, None] = {}
    with transaction.atomic():
        for form, _ in send(client, address, sensible):
            found |= dict.fromkeys(form.texts)
        transaction.set_rollback(True)
    return list(found)
