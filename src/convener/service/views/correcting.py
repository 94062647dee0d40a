"""Correcting an organisation, one question at a time; what was answered is kept in the session."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_http_methods

from convener.base.errors import ConvenerError
from convener.measures.lists.spellings import (
    Organisation,
    find_organisation,
    organisations_like,
    spellings_of,
)
from convener.rules.access import Act
from convener.rules.corrections import REASON_MIN, Correctable, check_proposal
from convener.service.access import actor_of, requires
from convener.service.actions.corrections import make_correction
from convener.service.market.data import MarketData, market_data
from convener.service.models import Note
from convener.service.proposing import Wanted, describe
from convener.service.trail import trail
from convener.service.views.questions import FLOWS, QUESTIONS, Question, Step

KEPT = "correcting"  # in the session
GUESS = "x" * REASON_MIN  # stands for a reason while it has not been asked for


@requires(Act.CORRECT_IDENTITY)
@require_http_methods(["GET", "HEAD", "POST"])
def correct(request: HttpRequest, key: int) -> HttpResponse:
    """Ask the next question; after the last, save the correction and show what became of it."""
    data = market_data()
    with data.cursor() as cursor:
        body = find_organisation(cursor, key)
    answers = _answers(request, key)
    step = _step(request.GET.get("step", ""), answers)
    if step is Step.CHECK:
        return _check(request, data, body, answers)
    form = QUESTIONS[step](
        request.POST if request.method == "POST" else None,
        body=body,
        initial=answers,
        offered=_offered(data, body, step, answers),
    )
    if form.is_bound and form.is_valid():
        given = form.kept()
        try:
            _try(data, body, answers | given, step)
        except ConvenerError as error:
            form.refuse(str(error))
        else:
            return _next(request, body, answers | given, step)
    return _ask(request, body, form, step, answers)


def _answers(request: HttpRequest, key: int) -> dict[str, Any]:
    """Return what was answered so far about this organisation; another one begins anew."""
    kept: dict[str, Any] = request.session.get(KEPT, {})
    if kept.get("key") != key or "request" in request.GET:
        note = _note(request.GET.get("request", ""))
        kept = {"key": key, "request": note.pk if note else None}
        request.session[KEPT] = kept
    return kept


def _note(number: str) -> Note | None:
    """Return the request that led here, if one did."""
    is_number = number.isdigit() and len(number) < len(str(2**63))
    return Note.objects.filter(pk=int(number)).first() if is_number else None


def _step(asked: str, answers: dict[str, Any]) -> Step:
    """Return the step that was asked for, or the first one before it that has no answer."""
    flow = _flow(answers)
    wanted = flow.index(Step(asked)) if asked in set(flow) else 0
    open_ = [at for at, step in enumerate(flow) if not _is_answered(step, answers)]
    return flow[min([wanted, *open_])]


def _flow(answers: dict[str, Any]) -> tuple[Step, ...]:
    what = answers.get("what")
    rest = FLOWS[Correctable(what)] if what else ()
    if what == Correctable.OWNER and answers.get("has_owner") == "no":
        rest = tuple(step for step in rest if step not in (Step.FIND, Step.CHOOSE))
    return (Step.WHICH, *rest, Step.WHY, Step.CHECK)


def _is_answered(step: Step, answers: dict[str, Any]) -> bool:
    return step is Step.CHECK or bool(answers.get(QUESTIONS[step].field))


def _offered(
    data: MarketData, body: Organisation, step: Step, answers: dict[str, Any]
) -> list[tuple[str, str, str]]:
    """Return what can be chosen at a step: value, words, and a hint."""
    with data.cursor() as cursor:
        if step is Step.CHOOSE:
            found = organisations_like(cursor, answers["typed"])
            return [
                (str(one.key), one.name, ", ".join((one.kind.label, *one.identifiers[:3])))
                for one in found
                if one.key != body.key
            ]
        if step is Step.SPELLING:
            return [
                (str(one.key), one.name, _of_spelling(one.scheme, one.identifier, one.because))
                for one in spellings_of(cursor, body.key)
            ]
    return []


def _of_spelling(scheme: str | None, identifier: str | None, because: str) -> str:
    number = f"{scheme}-{identifier}; " if scheme and identifier else ""
    return f"{number}here because: {because}"


def _wanted(body: Organisation, answers: dict[str, Any]) -> Wanted:
    what = Correctable(answers["what"])
    other = answers.get("other") if what in (Correctable.SAME, Correctable.OWNER) else None
    if what is Correctable.OWNER and answers.get("has_owner") == "no":
        return Wanted(what, body.key, value="none")
    value = answers.get({"different": "spelling"}.get(what, what.value), "")
    return Wanted(what, body.key, value=str(value), other_key=int(other) if other else None)


def _try(data: MarketData, body: Organisation, answers: dict[str, Any], step: Step) -> None:
    """Judge a correction as soon as all but its reason is known, so that nobody writes in vain."""
    if step is Step.WHY or _flow(answers)[-3] is step:
        reason = answers.get("reason") if step is Step.WHY else GUESS
        check_proposal(describe(data, _wanted(body, answers)).proposal(reason or ""))


def _next(
    request: HttpRequest, body: Organisation, answers: dict[str, Any], step: Step
) -> HttpResponse:
    request.session[KEPT] = answers
    flow = _flow(answers)
    return HttpResponseRedirect(f"{_address(body)}?step={flow[flow.index(step) + 1]}")


def _address(body: Organisation) -> str:
    return reverse("corrections-make", args=[body.key])


def _ask(
    request: HttpRequest, body: Organisation, form: Question, step: Step, answers: dict[str, Any]
) -> HttpResponse:
    flow = _flow(answers)
    before = flow[flow.index(step) - 1] if flow.index(step) else None
    context = {
        "form": form,
        "body": body,
        "back": f"{_address(body)}?step={before}" if before else "",
        "address": f"{_address(body)}?step={step}",
        "request_note": _note(str(answers.get("request"))),
    }
    return render(request, "corrections/ask.html", context, status=400 if form.errors else 200)


def _check(
    request: HttpRequest, data: MarketData, body: Organisation, answers: dict[str, Any]
) -> HttpResponse:
    """Show what will be saved; save it when that is confirmed."""
    wanted = _wanted(body, answers)
    message, status = "", 200
    if request.method == "POST":
        try:
            made = make_correction(
                wanted=wanted,
                reason=answers["reason"],
                by=actor_of(request),
                at=timezone.now(),
                request_id=answers.get("request"),
            )
        except ConvenerError as error:
            message, status = str(error), error.status
        else:
            request.session.pop(KEPT, None)
            return HttpResponseRedirect(reverse("corrections-one", args=[made.pk]))
    draft = describe(data, wanted)
    flow = _flow(answers)
    context = {
        "body": body,
        "draft": draft,
        "reason": answers["reason"],
        "change": [(step, f"{_address(body)}?step={step}") for step in flow[:-1]],
        "address": f"{_address(body)}?step=check",
        "message": message,
        "trail": trail(("Corrections", "corrections"), here=body.name),
    }
    return render(request, "corrections/check.html", context, status=status)
