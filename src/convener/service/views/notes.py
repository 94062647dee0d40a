"""Notes beside the figures: posting one, taking it back, and answering what was asked for."""

from __future__ import annotations

from django import forms
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_safe

from convener.base.errors import NotFoundError
from convener.rules.access import Act, check_reaches
from convener.service.access import actor_of, requires, role_of
from convener.service.actions.notes import answer_request, post_note, withdraw_note
from convener.service.market.data import market_data
from convener.service.market.notes import note_shown, notes_for
from convener.service.models import Note
from convener.service.models.market import TEXT_MAX, NoteSort
from convener.service.pointing import own_key, point_at
from convener.service.trail import trail

SHOWN = 50


class NoteForm(forms.Form):
    """A note, or a request for a correction."""

    sort = forms.ChoiceField(
        choices=NoteSort.choices,
        error_messages={"required": "Choose what you want to do"},
    )
    text = forms.CharField(
        max_length=TEXT_MAX, error_messages={"required": "Enter what you want to say"}
    )


class AnswerForm(forms.Form):
    """Whether a request is approved, and in which words."""

    decision = forms.ChoiceField(
        choices=[("approve", "Approve"), ("decline", "Decline")],
        error_messages={"required": "Choose whether it is approved"},
    )
    answer = forms.CharField(
        max_length=TEXT_MAX, error_messages={"required": "Enter the answer that stands beside it"}
    )


@requires(Act.POST_NOTES)
@require_http_methods(["GET", "HEAD", "POST"])
def post(request: HttpRequest, key: int) -> HttpResponse:
    """Ask what an organisation has to say about its own record, and put it beside the figures."""
    check_reaches(role_of(request), Act.POST_NOTES, own=own_key(actor_of(request)), asked=key)
    pointer = point_at(market_data(), key)
    form = NoteForm(request.POST if request.method == "POST" else None)
    if form.is_bound and form.is_valid():
        post_note(
            organisation_key=key,
            sort=NoteSort(form.cleaned_data["sort"]),
            text=form.cleaned_data["text"],
            by=actor_of(request),
            at=timezone.now(),
        )
        return HttpResponseRedirect(reverse("notes-post", args=[key]))
    context = {
        "form": form,
        "name": pointer.name,
        "key": key,
        "notes": notes_for([key]),
        "trail": trail(here="Post a note"),
    }
    return render(request, "notes/post.html", context, status=400 if form.errors else 200)


@requires(Act.WITHDRAW_NOTES)
@require_http_methods(["GET", "HEAD", "POST"])
def withdraw(request: HttpRequest, number: int) -> HttpResponse:
    """Ask whether a note is to be taken back, and take it back."""
    note = _find(number)
    check_reaches(
        role_of(request),
        Act.WITHDRAW_NOTES,
        own=own_key(actor_of(request)),
        asked=note.organisation_key,
    )
    if request.method == "POST":
        withdraw_note(note_id=number, by=actor_of(request), at=timezone.now())
        return HttpResponseRedirect(reverse("home"))
    context = {"note": note_shown(note), "trail": trail(here="Take a note back")}
    return render(request, "notes/withdraw.html", context)


@requires(Act.ANSWER_REQUESTS)
@require_safe
def requests(request: HttpRequest) -> HttpResponse:
    """List what organisations ask for: what waits first, then what was answered."""
    standing = Note.objects.standing().filter(sort=NoteSort.REQUEST)
    context = {
        "waiting": [note_shown(note) for note in Note.objects.waiting().reverse()[:SHOWN]],
        "answered": [note_shown(note) for note in standing.exclude(answered_at=None)[:SHOWN]],
        "trail": trail(("Corrections", "corrections"), here="Requests"),
    }
    return render(request, "notes/requests.html", context)


@requires(Act.ANSWER_REQUESTS)
@require_http_methods(["GET", "HEAD", "POST"])
def answer(request: HttpRequest, number: int) -> HttpResponse:
    """Ask whether a request is approved; lead on to the correction where it is."""
    note = _find(number)
    form = AnswerForm(request.POST if request.method == "POST" else None)
    if form.is_bound and form.is_valid():
        is_approved = form.cleaned_data["decision"] == "approve"
        answer_request(
            note_id=number,
            is_approved=is_approved,
            answer=form.cleaned_data["answer"],
            by=actor_of(request),
            at=timezone.now(),
        )
        make = reverse("corrections-make", args=[note.organisation_key])
        return HttpResponseRedirect(
            f"{make}?request={number}" if is_approved else reverse("requests")
        )
    context = {
        "form": form,
        "note": note_shown(note),
        "trail": trail(("Requests", "requests"), here="Answer"),
    }
    return render(request, "notes/answer.html", context, status=400 if form.errors else 200)


def _find(number: int) -> Note:
    found = Note.objects.standing().filter(pk=number).first() if number < 2**63 else None
    if found is None:
        raise NotFoundError(f"no note has the number {number}")
    return found
