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
from service.routes import CHANGING, COMMANDS, IN_TURN, ROUTES, address

FILLED = {"reason": "The register says so", "text": "Hello", "sort": "note"}
ROLES = (Role.VISITOR, *SIGN_IN_ROLES)
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


def asked_of(role: Role):
    """Return the routes to ask for in a role; of what anyone may see, two roles ask all."""
    is_whole = role in (Role.VISITOR, Role.ADMINISTRATOR)
    return [one for one in ROUTES if is_whole or not may(Role.VISITOR, one.callback.act)]


def one_who_may(act: Act) -> Role:
    """Return a role that may do an act."""
    return next(role for role in (Role.ADMINISTRATOR, *ROLES) if may(role, act))


def met(pattern, role: Role, status: int) -> str:
    """Say what is not as the table has it; nothing where all is."""
    in_turn = {200, 302, 404} if pattern.name in IN_TURN else {200}
    wanted = in_turn if may(role, pattern.callback.act) else {refusal_of(pattern, role)}
    return "" if status in wanted else f"{pattern.name}: {status}; wanted {sorted(wanted)}"


def refusal_of(pattern, role: Role) -> int:
    """Return how a role is refused: a program that says nobody sent it is asked who did."""
    return 401 if role is Role.VISITOR and pattern.name.startswith("api-") else 403


def test_every_route_names_its_act():
    every = [*ROUTES, *COMMANDS]
    nameless = [one.name for one in every if not isinstance(getattr(one.callback, "act", 0), Act)]

    assert not nameless, "a view has no @requires"


def test_every_route_has_a_name():
    assert len(ROUTES) + len(COMMANDS) == len(get_resolver().url_patterns)


# One test a role asks for every route, and names each that is not as the table has it.
@pytest.mark.parametrize("role", ROLES)
def test_every_route_lets_in_the_roles_that_the_table_gives_it(loaded, client_as, role):
    furnish()
    client = client_as(role)

    found = [met(one, role, client.get(address(one)).status_code) for one in asked_of(role)]

    assert found
    assert not [one for one in found if one]


def test_a_route_that_changes_nothing_takes_no_change(loaded, db):
    furnish()
    doer = {one.name: one_who_may(one.callback.act) for one in UNCHANGING}
    clients = {role: Client() for role in set(doer.values())}
    for role, client in clients.items():
        if role is not Role.VISITOR:
            client.force_login(make_user(role))

    statuses = {
        one.name: clients[doer[one.name]].post(address(one)).status_code for one in UNCHANGING
    }

    assert {name: status for name, status in statuses.items() if status != 405} == {}


@pytest.mark.parametrize("role", ROLES)
def test_a_change_is_taken_from_the_roles_of_its_act_alone(loaded, client_as, role):
    furnish()
    client = client_as(role)
    kept = [list(model.objects.values()) for model in (Correction, Note, Notice)]
    barred = [one for one in SIGNED_IN if not may(role, one.callback.act)]

    statuses = {one.name: client.post(address(one), FILLED).status_code for one in barred}

    assert {name: status for name, status in statuses.items() if status != 403} == {}
    assert kept == [list(model.objects.values()) for model in (Correction, Note, Notice)]


def test_every_change_takes_the_token_of_our_own_form(loaded, db):
    client = Client(enforce_csrf_checks=True)
    client.force_login(make_user(Role.ADMINISTRATOR))
    changing = [one for one in ROUTES if one.name in CHANGING]

    statuses = {one.name: client.post(address(one), FILLED).status_code for one in changing}

    assert len(statuses) == len(CHANGING)
    assert {name: status for name, status in statuses.items() if status != 403} == {}


@pytest.mark.parametrize("role", ROLES)
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


def test_a_membership_that_was_deleted_lets_nobody_in_at_once(client, db, loaded):
    """Not ended but gone: whatever the session remembers, the next request finds nothing."""
    furnish()
    user = make_user(Role.ANALYST)
    client.force_login(user)
    guarded = [
        one for one in SIGNED_IN if may(Role(user.memberships.get().role), one.callback.act)
    ]
    before = {one.name: client.get(address(one)).status_code for one in guarded}

    user.memberships.all().delete()

    after = {one.name: client.get(address(one)).status_code for one in guarded}
    left = [one.name for one in guarded if may(Role.SIGNED_IN, one.callback.act)]
    assert [name for name, status in before.items() if status == 403] == []
    assert [name for name, status in after.items() if status != 403 and name not in left] == []
