"""Whoever counts through addresses does not learn which of them lead to something hidden."""

from __future__ import annotations

import re

import pytest
from django.urls import reverse

from convener.rules.access import SIGN_IN_ROLES, Role
from service.examples import EXAMPLES
from service.furniture import furnish, make_user
from service.routes import IN_TURN, ROUTES, address

# What is hidden stands under these; that an organisation is there (`key`, `body`) anyone may read.
COUNTED = ("number", "row", "document", "member", "invitation", "token")
ABSENT = {"token": "a-word-that-nobody-was-sent"}
OPEN = {"notes-withdraw"}  # a note stands on a public page
NOWHERE = 987_654_321
# What differs between any two answers: the form's token, the nonce, and the address itself.
CHANGES = re.compile(r'value="\w{64}"|nonce="[^"]*"|next=[^"]*|href="#[^"]*"')
ROLES = (Role.VISITOR, *SIGN_IN_ROLES)


def names_of(pattern) -> list[str]:
    return re.findall(r"<(?:\w+:)?(\w+)>", str(pattern.pattern))


def counted() -> list:
    hidden = [one for one in ROUTES if one.name not in IN_TURN | OPEN]
    return [one for one in hidden if set(names_of(one)) & set(COUNTED)]


def absent(pattern) -> list[str]:
    """Return addresses of a route that lead to nothing: each number of it changed in turn."""
    names = [name for name in names_of(pattern) if name in COUNTED]
    others = [{name: ABSENT.get(name, NOWHERE)} for name in names]
    kwargs = {name: EXAMPLES[name] for name in names_of(pattern)}
    return [reverse(pattern.name, kwargs=kwargs | other) for other in others]


def plain(response) -> tuple[int, str]:
    """Return an answer without what differs between any two."""
    # A message may say the number that was asked for.
    words = CHANGES.sub("", response.content.decode())
    words = words.replace(response.request["PATH_INFO"], "")
    for number in (NOWHERE, EXAMPLES["row"], EXAMPLES["member"]):
        words = words.replace(f"{number:,}", "").replace(str(number), "")
    return response.status_code, words


@pytest.mark.parametrize("role", ROLES)
def test_what_is_hidden_and_what_is_not_there_look_alike(loaded, db, client, role):
    """A stranger's organisation is another one than the rows' (see the key of the user)."""
    furnish()
    if role is not Role.VISITOR:
        client.force_login(make_user(role, key=77))

    told = []
    for one in counted():
        here = client.get(address(one))
        if here.status_code == 200 or here.streaming:
            continue
        nowhere = [client.get(where) for where in absent(one)]
        told += [
            f"{one.name}: {here.status_code} {other.status_code} {other.request['PATH_INFO']}"
            for other in nowhere
            if plain(other) != plain(here)
        ]

    assert told == []


def test_the_walk_asks_for_something():
    assert len(counted()) >= 15
    for one in counted():
        assert absent(one)
        assert address(one) not in absent(one)
