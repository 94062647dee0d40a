"""Whatever a program sends, with a token or without, is answered as the document says."""

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

from convener.service.api.document import told_of
from convener.service.api.routing import document  # with every operation
from service.calling import one_who_may, unbound
from service.furniture import furnish, make_user

pytestmark = pytest.mark.django_db
EXAMPLES = 6  # of each operation and each way
# What is behind a sign-in; `test_api.py` asks what is published.
OWN = [
    (path, method)
    for path, methods in document()["paths"].items()
    for method, operation in methods.items()
    if "security" in operation
]
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
    return schemathesis.openapi.from_wsgi("/api/openapi.json", get_wsgi_application())


@pytest.mark.parametrize(("path", "method"), OWN)
def test_whatever_comes_with_a_token_is_answered_as_the_document_says(described, path, method):
    act = told_of(document()["paths"][path][method]["operationId"]).act
    token = unbound(make_user(one_who_may(act)))
    operation = described[path][method]
    kinds = (GenerationMode.POSITIVE, GenerationMode.NEGATIVE)
    ways = [operation.as_strategy(generation_mode=kind) for kind in kinds]

    @given(st.one_of(ways))
    @settings(max_examples=EXAMPLES, deadline=None, suppress_health_check=list(HealthCheck))
    def holds(case):
        headers = {"Authorization": f"Bearer {token}"}
        case.call_and_validate(headers=headers, excluded_checks=UNASKED)

    holds()


@pytest.mark.parametrize(("path", "method"), OWN)
def test_whatever_comes_without_a_token_is_refused_as_the_document_says(described, path, method):
    if path == "/api/me":  # it says to anyone whom the service takes them for
        return

    @given(described[path][method].as_strategy())
    @settings(max_examples=2, deadline=None, suppress_health_check=list(HealthCheck))
    def holds(case):
        answer = case.call_and_validate(excluded_checks=UNASKED)
        assert answer.status_code == 401

    holds()
