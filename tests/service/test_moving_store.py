"""Every page while its store is empty, being loaded, or has lost what its address speaks of."""

from datetime import UTC, datetime

import pytest

from convener.rules.access import Role, may
from service.furniture import furnish, make_user
from service.routes import ROUTES, address
from service.small_store import build_store

AT = datetime(2026, 6, 1, tzinfo=UTC)
FOUND = {200, 302}
# An answer that says why: the address is of something that is not here (any more).
CLEAR = {*FOUND, 400, 404, 409}
# What is between an organisation and itself is nobody's else, whatever the store holds.
ASKED = [one for one in ROUTES if may(Role.ADMINISTRATOR, one.callback.act)]
ADDRESSES = [address(one) for one in ASKED]
# What another service sends people to is not there where none is named.
STEADY = [
    address(one)
    for one in ASKED
    if "openid_connect" not in one.name and one.name != "api-notices-one"
]


@pytest.fixture
def answer(client, db):
    """Give the answer to whoever may see the most, who knows every address from before."""
    furnish()
    client.force_login(make_user(Role.ADMINISTRATOR))

    def ask(where: str) -> tuple[int, str]:
        response = client.get(where)
        is_page = response.headers["Content-Type"].startswith("text/html")
        return response.status_code, response.content.decode() if is_page else ""

    return ask


def is_clear(status: int, text: str) -> bool:
    """Say whether a page has a heading and leads on, or a file was refused by its status."""
    return status in CLEAR and (not text or ("<h1" in text and 'href="/' in text))


# Each test asks for every address, and names each whose answer is not clear.
def test_a_store_where_nothing_was_loaded_answers_clearly(workspace, answer):
    assert ADDRESSES
    assert [where for where in ADDRESSES if not is_clear(*answer(where))] == []


def test_a_store_that_is_being_loaded_answers_as_before(loaded, answer):
    with loaded.writing(at=AT) as load:
        load.part_path("processes", 0).write_bytes(b"half a part")

        found = {where: answer(where) for where in STEADY}

    assert len(found) > 100
    assert {where: one[0] for where, one in found.items() if one[0] not in FOUND} == {}
    assert [where for where, one in found.items() if not is_clear(*one)] == []


@pytest.fixture
def emptied(tmp_path):
    """Give a store that had the sources that every address speaks of, and has none any more."""
    store = build_store(tmp_path)
    with store.writing(at=AT) as load:
        load.switch(type(load.manifest)())
    return store


def test_a_store_whose_sources_were_removed_answers_clearly(emptied, settings, answer):
    settings.WORKSPACE = emptied.folder

    assert [where for where in ADDRESSES if not is_clear(*answer(where))] == []
