"""An organisation's standing answers and documents: offered with their age, given, ended."""

from __future__ import annotations

from typing import Any

from django import forms
from django.core.files.uploadedfile import UploadedFile
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.http import content_disposition_header
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from convener.base.errors import NotFoundError
from convener.rules.access import Act
from convener.rules.answers import TEXT_MAX, question_of
from convener.rules.documents import BYTES_MAX, TITLE_MAX, DocumentRefusedError
from convener.service.access import actor_of, requires
from convener.service.actions.answers import end_answer, give_answer
from convener.service.actions.documents import Given, content_of, end_document, give_document
from convener.service.models import Document, Organisation
from convener.service.registry.answers import answers_of, documents_of, past_of
from convener.service.registry.record import head, own_record
from convener.service.trail import trail
from convener.service.views.registry.asking import Asked, Sure, answer, confirm
from convener.service.views.registry.forms import day, words

PAGE = "registry-answers"


class GivenForm(forms.Form):
    """An answer, and until when it holds."""

    text = words("Enter an answer", most=TEXT_MAX)
    valid_until = day()


class DocumentForm(forms.Form):
    """A file, what it is, and until when it holds."""

    title = words("Enter what the document is", most=TITLE_MAX)
    file = forms.FileField(
        error_messages={
            "required": "Choose a file",
            "empty": "The file is empty",
            "missing": "Choose a file",
        },
    )
    valid_until = day()


@requires(Act.KEEP_ANSWERS)
@never_cache
@require_safe
def answers(request: HttpRequest, body: int) -> HttpResponse:
    """Show what an organisation offers again, first what should be given anew."""
    found, today = _own(request, body), timezone.localdate()
    given, left = answers_of(found, today)
    context = {
        **head(found, actor_of(request), PAGE, today),
        "answers": given,
        "left": left,
        "documents": documents_of(found, today),
        "trail": trail(("Organisations", "registry"), here=found.name),
    }
    return render(request, "registry/answers.html", context)


@requires(Act.KEEP_ANSWERS)
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def one(request: HttpRequest, body: int, question: str) -> HttpResponse:
    """Ask a standing question, with the answer that stands and what was answered before."""
    found, asked = _own(request, body), question_of(question)
    standing = found.standinganswers.filter(question=question).first()
    initial = {"text": standing.text, "valid_until": standing.valid_until} if standing else None
    form = GivenForm(request.POST if request.method == "POST" else None, initial=initial)
    return answer(
        request,
        found,
        Asked(form, "registry/answer.html", "text", PAGE),
        lambda given: give_answer(
            organisation_id=found.pk,
            question=asked.name,
            by=actor_of(request),
            at=timezone.now(),
            **given,
        ),
        question=asked,
        standing=standing,
        past=past_of(found, asked.name),
    )


@requires(Act.KEEP_ANSWERS)
@require_http_methods(["GET", "HEAD", "POST"])
def end(request: HttpRequest, body: int, question: str) -> HttpResponse:
    """Ask whether an answer is offered no more, and end it."""
    found, asked = _own(request, body), question_of(question)
    sure = Sure(
        "End this answer?",
        f"{asked.asks} It is offered to no buyer any more. What it said stays in your history.",
        "End it",
        PAGE,
    )
    return confirm(
        request,
        found,
        sure,
        lambda: end_answer(
            organisation_id=found.pk, question=asked.name, by=actor_of(request), at=timezone.now()
        ),
    )


@requires(Act.KEEP_ANSWERS)
@require_http_methods(["GET", "HEAD", "POST"])
def add(request: HttpRequest, body: int) -> HttpResponse:
    """Ask for a document, and keep it."""
    return _give(request, _own(request, body), None)


@requires(Act.KEEP_ANSWERS)
@require_http_methods(["GET", "HEAD", "POST"])
def replace(request: HttpRequest, body: int, row: int) -> HttpResponse:
    """Ask for a document in place of one that is offered."""
    found = _own(request, body)
    return _give(request, found, _document(request, found, row))


def _give(request: HttpRequest, found: Organisation, old: Document | None) -> HttpResponse:
    is_sent = request.method == "POST"
    form = DocumentForm(
        request.POST if is_sent else None,
        request.FILES if is_sent else None,
        initial={"title": old.title} if old else None,
    )

    def keep(given: dict[str, Any]) -> None:
        file: UploadedFile[bytes] = given["file"]
        if (file.size or 0) > BYTES_MAX:
            raise DocumentRefusedError(
                f"the file has {(file.size or 0) / 1e6:.1f} MB; at most {BYTES_MAX / 1e6:.0f} MB"
                " are taken"
            )
        give_document(
            organisation_id=found.pk,
            given=Given(given["title"], file.name or "", file.read(), given["valid_until"]),
            replaces=None if old is None else old.pk,
            by=actor_of(request),
            at=timezone.now(),
        )

    return answer(
        request, found, Asked(form, "registry/document.html", "file", PAGE), keep, old=old
    )


@requires(Act.KEEP_ANSWERS)
@require_http_methods(["GET", "HEAD", "POST"])
def end_file(request: HttpRequest, body: int, row: int) -> HttpResponse:
    """Ask whether a document is offered no more, and delete it."""
    found = _own(request, body)
    document = _document(request, found, row)
    sure = Sure(
        "End this document?",
        f"{document.title}: the file is deleted. Your history keeps that it was there.",
        "End it",
        PAGE,
    )
    return confirm(
        request,
        found,
        sure,
        lambda: end_document(
            organisation_id=found.pk,
            document_id=document.pk,
            by=actor_of(request),
            at=timezone.now(),
        ),
    )


@requires(Act.KEEP_ANSWERS)
@require_safe
def file(request: HttpRequest, body: int, row: int) -> HttpResponse:
    """Give a document back as a file to keep: no browser opens it as a page of ours."""
    document = _document(request, _own(request, body), row)
    response = HttpResponse(content_of(document), content_type=document.media_type)
    response.headers["Content-Disposition"] = str(
        content_disposition_header(as_attachment=True, filename=document.file_name)
    )
    response.headers["X-Content-Type-Options"] = "nosniff"
    response.headers["Content-Security-Policy"] = "default-src 'none'; sandbox"
    response.headers["Cache-Control"] = "no-store, private"
    return response


def _own(request: HttpRequest, number: int) -> Organisation:
    return own_record(actor_of(request), number, "answers")


def _document(request: HttpRequest, body: Organisation, row: int) -> Document:
    rows = Document.objects.within(actor_of(request), Act.KEEP_ANSWERS).filter(organisation=body)
    found = rows.filter(pk=row).first() if row < 2**63 else None
    if found is None:
        raise NotFoundError(f"no document has the number {row}")
    return found
