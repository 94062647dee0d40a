"""The files that an organisation gives once: checked by what they hold, and sealed."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.db import transaction

from convener.base.errors import NotFoundError, WrongStepError
from convener.rules.access import Act, Actor
from convener.rules.answers import check_last_day
from convener.rules.documents import TITLE_MAX, clean_file_name, sort_of
from convener.rules.registry import said
from convener.service.actions.journal import change, create, key_ring, remove
from convener.service.actions.registry import lock_body
from convener.service.models import Document

COUNT_MAX = 50  # documents of one organisation


class TooManyDocumentsError(WrongStepError):
    """The organisation offers as many documents as one may."""


@dataclass(frozen=True)
class Given:
    """A file as a person gave it, and what they say of it."""

    title: str
    file_name: str
    content: bytes
    valid_until: date | None = None


@transaction.atomic
def give_document(
    *, organisation_id: int, given: Given, by: Actor, at: datetime, replaces: int | None = None
) -> Document:
    """Keep a file under the organisation's key, in place of another where it names one.

    Of the file that was replaced the record keeps the digest, and nothing else.

    Raises
    ------
    DocumentRefusedError
        If the file is not one that is taken; the message says why.
    RecordRefusedError
        If it has no title, or one that is too long.
    PastDayError
        If it would have run out already.
    TooManyDocumentsError
        If there are as many as one organisation may offer.
    """
    body = lock_body(organisation_id, Act.KEEP_ANSWERS, by)
    values = _values(body.key_name, given, at)
    if replaces is not None:
        return change(_locked(body.pk, replaces), values, at=at, by=by, kind="document-replaced")
    if Document.objects.filter(organisation=body).count() >= COUNT_MAX:
        raise TooManyDocumentsError(f"there are {COUNT_MAX} documents; end one before")
    return create(Document, {**values, "organisation": body}, at=at, by=by, kind="document-given")


def _values(key_name: str, given: Given, at: datetime) -> dict[str, Any]:
    title = said(given.title, "a title", most=TITLE_MAX)
    name = clean_file_name(given.file_name)
    sort = sort_of(name, given.content)
    check_last_day(given.valid_until, at.date())
    return {
        "title": title,
        "file_name": name,
        "media_type": sort.media_type,
        "byte_count": len(given.content),
        **sealed(key_name, given.content),
        "given_at": at,
        "valid_until": given.valid_until,
    }


def sealed(key_name: str, content: bytes) -> dict[str, Any]:
    """Return the columns that hold a file under a key: its digest by it, and its envelope."""
    key = key_ring().key(key_name)
    digest = key.digest(content)
    return {"digest": digest, "envelope": key.seal(content, about=f"document {digest}")}


@transaction.atomic
def end_document(*, organisation_id: int, document_id: int, by: Actor, at: datetime) -> None:
    """Offer a file no more: it is deleted, and the record keeps that it was.

    Raises
    ------
    NotFoundError
        If the organisation has none of the number.
    """
    body = lock_body(organisation_id, Act.KEEP_ANSWERS, by)
    remove(_locked(body.pk, document_id), at=at, by=by, kind="document-ended")


def content_of(document: Document) -> bytes:
    """Return the file that was given.

    Raises
    ------
    KeyLostError, TamperedError
        If it cannot be opened, or is not the one that was sealed.
    """
    key = key_ring().found(document.key_name)
    return key.unseal(bytes(document.envelope), about=f"document {document.digest}")


def _locked(organisation_id: int, document_id: int) -> Document:
    rows = Document.objects.select_for_update().filter(organisation=organisation_id)
    found = rows.filter(pk=document_id).first()
    if found is None:
        raise NotFoundError(f"no document has the number {document_id}")
    return found
