"""Who gets in, asked of every route that there is."""

from datetime import timedelta

import pytest
from django.http import HttpResponse
from django.test import Client, RequestFactory
from django.urls import get_resolver

from convener.base.errors import NotAllowedError
from convener.rules.access import SIGN_IN_ROLES, Act, Role, may
from convener.service.access import requires
from convener.service.models import Correction, Note, Notice
from convener.service.sessions import BEGAN
from service.furniture import AT, furnish, make_user
from service.routes import CHANGING, IN_TURN, ROUTES, address

FILLED = {"reason": "The register says so", "text": "Hello", "sort": "note"}
# What anyone may see is asked by two: a page costs more than a refusal.
ASKED = [
    (pattern, role)
    for pattern in ROUTES
    for role in (Role.VISITOR, *SIGN_IN_ROLES)
    if role in (Role.VISITOR, Role.ADMINISTRATOR) or not may(Role.VISITOR, pattern.callback.act)
]
UNCHANGING = [pattern for pattern in ROUTES if pattern.name not in CHANGING]
SIGNED_IN = [
    pattern
    for pattern in ROUTES
    if pattern.name in CHANGING and not may(Role.VISITOR, pattern.callback.act)
]


@pytest.fixture
def client_as(db, client):
    """Give a client of whoever has a role."""

    def sign_in(role: Role):
        if role is not Role.VISITOR:
            client.force_login(make_user(role))
        return client

    return sign_in


@pytest.mark.parametrize("pattern", ROUTES, ids=lambda pattern: pattern.name)
def test_every_route_names_its_act(pattern):
    assert isinstance(getattr(pattern.callback, "act", None), Act), (
        f"the view of {pattern.name} has no @requires"
    )


def test_every_route_has_a_name():
    assert len(ROUTES) == len(get_resolver().url_patterns)


@pytest.mark.parametrize(("pattern", "role"), ASKED, ids=lambda one: getattr(one, "name", one))
def test_a_route_lets_in_the_roles_that_the_table_gives_it(loaded, client_as, pattern, role):
    furnish()

    response = client_as(role).get(address(pattern))

    wanted = {200, 302, 404} if pattern.name in IN_TURN else {200}
    assert response.status_code in (wanted if may(role, pattern.callback.act) else {403})


@pytest.mark.parametrize("pattern", UNCHANGING, ids=lambda pattern: pattern.name)
def test_a_route_that_changes_nothing_takes_no_change(loaded, client_as, pattern):
    assert client_as(Role.ADMINISTRATOR).post(address(pattern)).status_code == 405


@pytest.mark.parametrize("pattern", SIGNED_IN, ids=lambda pattern: pattern.name)
def test_a_change_is_taken_from_the_roles_of_its_act_alone(loaded, client_as, pattern):
    furnish()
    kept = [list(model.objects.values()) for model in (Correction, Note, Notice)]

    for role in (Role.VISITOR, *SIGN_IN_ROLES):
        if not may(role, pattern.callback.act):
            assert client_as(role).post(address(pattern), FILLED).status_code == 403
    assert kept == [list(model.objects.values()) for model in (Correction, Note, Notice)]


@pytest.mark.parametrize("name", CHANGING)
def test_every_change_takes_the_token_of_our_own_form(loaded, db, name):
    client = Client(enforce_csrf_checks=True)
    client.force_login(make_user(Role.ADMINISTRATOR))
    [pattern] = [pattern for pattern in ROUTES if pattern.name == name]

    assert client.post(address(pattern), FILLED).status_code == 403


@pytest.mark.parametrize("role", [Role.VISITOR, *SIGN_IN_ROLES])
def test_a_guarded_view_runs_for_the_roles_of_its_act_alone(db, role):
    request = RequestFactory().get("/")
    if role is not Role.VISITOR:
        request.user = make_user(role)
        request.session = {BEGAN: (AT + timedelta(1)).timestamp()}

    for act in Act:
        view = requires(act)(lambda request: HttpResponse("in"))
        if may(role, act):
            assert view(request).content == b"in"
        else:
            with pytest.raises(NotAllowedError):
                view(request)


def test_a_user_who_was_closed_is_a_visitor(db):
    view = requires(Act.SEE_INTEGRITY_FLAGS)(lambda request: HttpResponse("in"))
    request = RequestFactory().get("/")
    request.user = make_user(Role.ANALYST)
    request.user.is_active = False

    with pytest.raises(NotAllowedError):
        view(request)


def test_a_role_that_was_ended_lets_nobody_in(client, db, loaded):
    user = make_user(Role.ANALYST)
    client.force_login(user)
    assert client.get("/watch/").status_code == 200

    user.memberships.update(until_at=AT + timedelta(1))

    assert client.get("/watch/").status_code == 403
