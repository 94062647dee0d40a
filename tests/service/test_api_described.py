"""Whatever a program sends, with a token or without, is answered as the document says."""

import itertools

import pytest
import schemathesis
from django.core.signals import request_finished, request_started
from django.core.wsgi import get_wsgi_application
from django.db import close_old_connections
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from schemathesis import GenerationMode
from schemathesis.specs.openapi.checks import (
    positive_data_acceptance,
)

from convener.service.api.document import operations, told_of
from convener.service.api.routing import document  # with every operation
from service.calling import one_who_may, unbound
from service.furniture import furnish, make_user

pytestmark = pytest.mark.django_db
EXAMPLES = 6  # of each operation and each way
# What is sent is the same in each run: another run finds what this one found.
SAME = settings(derandomize=True, deadline=None, suppress_health_check=list(HealthCheck))
# What is behind a sign-in, by its heading; `test_api.py` asks what is published.
OWN: dict[str, list[tuple[str, str]]] = {}
for path, methods in document()["paths"].items():
    for method, operation in methods.items():
        if "security" in operation:
            OWN.setdefault(operation["tags"][0], []).append((path, method))
# A question can be well formed and mean nothing here: a record that there is not.
UNASKED = [positive_data_acceptance]


@pytest.fixture
def _one_connection():
    """Let each request leave the test's connection open, as Django's own client does."""
    for signal in (request_started, request_finished):
        signal.disconnect(close_old_connections)
    yield
    for signal in (request_started, request_finished):
        signal.connect(close_old_connections)


@pytest.fixture
def described(own_store, _one_connection):
    """Give the document of a service whose store is its own, since commands may change it."""
    furnish()
    found = schemathesis.openapi.from_wsgi("/api/openapi.json", get_wsgi_application())
    found.config.generation.with_security_parameters = False  # each test gives a token, or none
    return found


@pytest.fixture
def token_for(described):
    """Give a token of somebody who may do an act."""
    acts = {told_of(operation["operationId"]).act for _, _, operation in operations()}
    made = {role: unbound(make_user(role)) for role in {one_who_may(act) for act in acts}}
    return lambda act: made[one_who_may(act)]


# One test a heading, in one service: what a command changed, the next operation meets.
@pytest.mark.parametrize("heading", OWN)
def test_whatever_comes_with_a_token_is_answered_as_the_document_says(
    described, token_for, heading
):
    for path, method in OWN[heading]:
        act = told_of(document()["paths"][path][method]["operationId"]).act
        holds(described[path][method], {"Authorization": f"Bearer {token_for(act)}"})


def holds(operation, headers):
    """Check what an operation answers, to what fits its description and to what does not."""
    kinds = (GenerationMode.POSITIVE, GenerationMode.NEGATIVE)

    @given(st.one_of([operation.as_strategy(generation_mode=kind) for kind in kinds]))
    @settings(SAME, max_examples=EXAMPLES)
    def is_as_described(case):
        case.call_and_validate(headers=headers, excluded_checks=UNASKED)

    is_as_described()


def test_whatever_comes_without_a_token_is_refused_as_the_document_says(described):
    for path, method in itertools.chain(*OWN.values()):
        if path == "/api/me":  # it says to anyone whom the service takes them for
            continue

        @given(described[path][method].as_strategy())
        @settings(SAME, max_examples=2)
        def is_refused(case):
            answer = case.call_and_validate(excluded_checks=UNASKED)
            assert answer.status_code == 401

        is_refused()
