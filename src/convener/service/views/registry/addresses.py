"""The addresses of the register of organisations."""

from __future__ import annotations

from collections.abc import Iterator

from django.urls import URLPattern, path

from convener.service.views.registry import (
    accounts,
    answers,
    claims,
    interests,
    keeping,
    merging,
    ownership,
    records,
)

ONE = "organisations/<int:body>/"


def routes() -> Iterator[URLPattern]:
    """Give the routes of the register."""
    yield path("organisations/", records.records, name="registry")
    yield path("organisations/all.<form:form>", records.download, name="registry-download")
    yield path("organisations/register/", records.register, name="registry-register")
    yield path("organisations/claims/", claims.claims, name="registry-claims")
    yield path("organisations/claims/<int:number>/", claims.decide, name="registry-decide")
    yield path(ONE, records.record, name="registry-one")
    yield path(f"{ONE}claim/", claims.claim, name="registry-claim")
    yield path(f"{ONE}claim/take-back/", claims.withdraw, name="registry-withdraw")
    yield path(f"{ONE}name/", keeping.name, name="registry-name")
    yield path(f"{ONE}kind/", keeping.kind, name="registry-kind")
    yield path(
        f"{ONE}kind/<int:row>/take-back/", keeping.take_back_kind, name="registry-kind-back"
    )
    yield path(f"{ONE}number/", keeping.number, name="registry-number")
    yield path(
        f"{ONE}number/<int:row>/remove/", keeping.take_back_number, name="registry-number-back"
    )
    yield path(f"{ONE}match/", keeping.match, name="registry-match")
    yield path(f"{ONE}match/end/", keeping.unmatch, name="registry-match-end")
    yield path(f"{ONE}accounts/", accounts.accounts, name="registry-accounts")
    yield path(f"{ONE}ownership/", ownership.owners, name="registry-ownership")
    yield path(f"{ONE}ownership/new/", ownership.add, name="registry-holding")
    yield path(f"{ONE}ownership/<int:row>/end/", ownership.end, name="registry-holding-end")
    yield path(
        f"{ONE}ownership/<int:row>/take-back/", ownership.take_back, name="registry-holding-back"
    )
    yield from _answers()
    yield path(f"{ONE}merge/", merging.merge, name="registry-merge")
    yield path(f"{ONE}merge/<int:row>/undo/", merging.undo, name="registry-merge-undo")
    yield path("interests/", interests.interests, name="interests")
    yield path("interests/declare/", interests.declare, name="interests-declare")
    yield path("interests/two-sides/", interests.two_sides, name="interests-two-sides")


def _answers() -> Iterator[URLPattern]:
    yield path(f"{ONE}answers/", answers.answers, name="registry-answers")
    yield path(f"{ONE}answers/<slug:question>/", answers.one, name="registry-answer")
    yield path(f"{ONE}answers/<slug:question>/end/", answers.end, name="registry-answer-end")
    yield path(f"{ONE}documents/new/", answers.add, name="registry-document")
    yield path(f"{ONE}documents/<int:row>/", answers.file, name="registry-document-file")
    yield path(
        f"{ONE}documents/<int:row>/replace/", answers.replace, name="registry-document-replace"
    )
    yield path(f"{ONE}documents/<int:row>/end/", answers.end_file, name="registry-document-end")
