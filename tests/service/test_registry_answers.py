"""Answers and documents that an organisation gives once, and offers again with their age."""

from __future__ import annotations

import os
from datetime import timedelta

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from convener.rules.access import Role
from convener.rules.documents import BYTES_MAX
from convener.service.actions.documents import content_of
from convener.service.actions.verifying import verify_chains
from convener.service.models import Document, Event, StandingAnswer
from service.furniture import make_user

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("loaded")]
PAPER = b"%PDF-1.7\nour certificate\n%%EOF\n"
INSURED = "We hold £5 million of public liability"


@pytest.fixture
def lead():
    return make_user(Role.PROVIDER, "lead")


@pytest.fixture
def client(lead):
    client = Client()
    client.force_login(lead)
    return client


@pytest.fixture
def body(lead):
    return lead.memberships.get().organisation


def page(name, body, *more):
    return reverse(name, args=[body.pk, *more])


def give(client, body, text=INSURED, **more):
    return client.post(page("registry-answer", body, "insurance"), {"text": text, **more})


def send(client, body, content=PAPER, name="insurance.pdf", **more):
    file = SimpleUploadedFile(name, content, "application/pdf")
    return client.post(
        page("registry-document", body), {"title": "Certificate", "file": file, **more}
    )


def text_of(response):
    return response.content.decode()


def test_an_answer_is_given_once_replaced_and_ended_and_its_past_is_told(client, body):
    assert give(client, body).status_code == 302
    give(client, body, "We hold £10 million now")

    shown = text_of(client.get(page("registry-answer", body, "insurance")))
    assert "We hold £10 million now</textarea>" in shown
    assert INSURED in shown
    assert "Answer replaced." in shown
    assert "lead@example.org" in shown

    client.post(page("registry-answer-end", body, "insurance"))

    assert not StandingAnswer.objects.exists()
    kinds = Event.objects.filter(subject="standinganswer").values_list("kind", flat=True)
    assert sorted(kinds) == ["answer-ended", "answer-given", "answer-replaced"]
    shown = text_of(client.get(page("registry-answer", body, "insurance")))
    assert "Answer ended." in shown
    assert INSURED in shown


def test_an_answer_that_was_ended_is_not_ended_again(client, body):
    assert client.post(page("registry-answer-end", body, "insurance")).status_code == 409


def test_the_oldest_that_is_out_of_date_stands_first(client, body):
    now = timezone.now()
    for question, days in (("quality", 2), ("equality", 500), ("continuity", 800)):
        StandingAnswer.objects.create(
            organisation=body,
            question=question,
            text="So",
            given_at=now - timedelta(days=days),
        )

    shown = text_of(client.get(page("registry-answers", body)))

    places = [shown.index(page("registry-answer", body, q)) for q in ("continuity", "equality")]
    places.append(shown.index(page("registry-answer", body, "quality")))
    assert places == sorted(places)
    assert "Over a year old" in shown
    assert "26 months ago" in shown
    assert "9 questions without an answer" in shown


@pytest.mark.parametrize(
    ("given", "wanted"),
    [
        ({"text": ""}, "Enter an answer"),
        ({"text": "x" * 10_001}, "at most 10000"),
        ({"text": INSURED, "valid_until": "2020-01-01"}, "It would have run out on 2020-01-01"),
        ({"text": INSURED, "valid_until": "soon"}, "Enter a day"),
    ],
)
def test_an_answer_that_cannot_be_one_is_refused_and_kept_in_the_form(client, body, given, wanted):
    refused = client.post(page("registry-answer", body, "insurance"), given)

    assert refused.status_code == 400
    assert wanted in text_of(refused)
    assert given["text"][:30] in text_of(refused)
    assert not StandingAnswer.objects.exists()


def test_a_question_that_nobody_asks_has_no_page(client, body):
    assert client.get(page("registry-answer", body, "colour")).status_code == 404


def test_a_document_is_sealed_and_comes_back_as_a_file_to_keep(client, body):
    assert send(client, body, valid_until="2035-01-01").status_code == 302

    row = Document.objects.get()
    assert b"certificate" not in bytes(row.envelope)
    back = client.get(page("registry-document-file", body, row.pk))
    assert back.content == PAPER
    assert back.headers["Content-Disposition"] == 'attachment; filename="insurance.pdf"'
    assert back.headers["X-Content-Type-Options"] == "nosniff"
    assert "no-store" in back.headers["Cache-Control"]
    assert "sandbox" in back.headers["Content-Security-Policy"]
    told = " ".join(Event.objects.values_list("contents", flat=True))
    assert "insurance.pdf" not in told
    assert "Certificate" not in told


def test_a_document_is_replaced_and_the_old_file_is_gone(client, body):
    send(client, body)
    row = Document.objects.get()
    file = SimpleUploadedFile("new.csv", b"cover,until\n5m,2027\n")

    client.post(page("registry-document-replace", body, row.pk), {"title": "Cover", "file": file})

    row.refresh_from_db()
    assert (row.title, row.file_name, content_of(row)) == (
        "Cover",
        "new.csv",
        b"cover,until\n5m,2027\n",
    )
    client.post(page("registry-document-end", body, row.pk))
    assert not Document.objects.exists()
    kinds = Event.objects.filter(subject="document").values_list("kind", flat=True)
    assert sorted(kinds) == ["document-ended", "document-given", "document-replaced"]


@pytest.mark.parametrize(
    ("name", "content", "wanted"),
    [
        ("a.pdf", b"MZ\x90\0 a program", "of a sort that is not taken"),
        ("a.png", PAPER, "the file holds a PDF; name it .pdf"),
        ("a.pdf", b"", "The file is empty"),
        ("a.csv", b"<html><script>1</script>,", "of a sort that is not taken"),
    ],
)
def test_a_file_that_is_not_what_it_says_is_refused(client, body, name, content, wanted):
    refused = send(client, body, content, name)

    assert refused.status_code == 400
    assert wanted in text_of(refused)
    assert 'value="Certificate"' in text_of(refused)
    assert not Document.objects.exists()


def test_a_large_file_is_refused_and_never_lies_open_on_the_disk(client, body, monkeypatch):
    opened = []
    monkeypatch.setattr("tempfile.NamedTemporaryFile", lambda *a, **k: opened.append(a))
    monkeypatch.setattr("tempfile.mkstemp", lambda *a, **k: opened.append(a))

    refused = send(client, body, b"%PDF-" + os.urandom(BYTES_MAX + 2_000_000) + b"%%EOF")

    assert refused.status_code == 400
    assert "The file has 7.0 MB; at most 5 MB" in text_of(refused)
    assert not opened
    assert send(client, body, b"%PDF-" + b"x" * 4_900_000 + b"%%EOF").status_code == 302
    assert not opened


@pytest.mark.parametrize("role", [Role.ADMINISTRATOR, Role.CONVENER, Role.OFFICER, Role.FINANCE])
def test_nobody_else_reads_them(client, body, role):
    send(client, body)
    other = Client()
    other.force_login(make_user(role, "other"))

    row = Document.objects.get()
    for name, more in (("registry-answers", ()), ("registry-document-file", (row.pk,))):
        assert other.get(page(name, body, *more)).status_code == 403


def test_of_those_of_another_it_is_as_if_there_were_none(client, body):
    send(client, body)
    other = Client()
    stranger = make_user(Role.PROVIDER, "other", key=2)
    other.force_login(stranger)
    row = Document.objects.get()

    assert other.get(page("registry-answers", body)).status_code == 404
    assert other.get(page("registry-document-file", body, row.pk)).status_code == 404
    own = stranger.memberships.get().organisation
    assert other.get(page("registry-document-file", own, row.pk)).status_code == 404
    assert other.post(page("registry-document-end", own, row.pk)).status_code == 404
    assert Document.objects.exists()


def test_the_record_of_them_is_whole(client, body):
    give(client, body)
    give(client, body, "Anew")
    send(client, body)

    verify_chains()
    told = Event.objects.filter(stream__name=body.stream_name)
    assert told.filter(subject__in=("standinganswer", "document")).count() == 3
