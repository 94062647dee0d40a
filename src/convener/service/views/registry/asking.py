"""One form upon one record: ask it, do the act, and go back to the record."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django import forms
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse

from convener.base.errors import BadInputError, WrongStepError
from convener.service.models import Organisation
from convener.service.trail import trail
from convener.service.views.registry.forms import refuse


@dataclass(frozen=True)
class Asked:
    """A form, the page that shows it, the field that a refusal stands at, and the way back."""

    form: forms.Form
    template: str
    field: str
    back: str = "registry-one"


def answer(
    request: HttpRequest,
    body: Organisation,
    asked: Asked,
    do: Callable[[dict[str, Any]], object],
    **more: object,
) -> HttpResponse:
    """Ask a form; once it can be done, do it. What was typed is kept where it is refused."""
    form = asked.form
    if form.is_bound and form.is_valid():
        try:
            do(form.cleaned_data)
        except (BadInputError, WrongStepError) as error:
            refuse(form, asked.field, error)
        else:
            return HttpResponseRedirect(reverse(asked.back, args=[body.pk]))
    context = {
        "form": form,
        "body": body,
        "back": reverse(asked.back, args=[body.pk]),
        "trail": trail(("Organisations", "registry"), here=body.name),
        **more,
    }
    return render(request, asked.template, context, status=400 if form.errors else 200)


@dataclass(frozen=True)
class Sure:
    """What a page asks before something is done that no form says more of."""

    title: str
    words: str
    button: str
    back: str = "registry-one"


def confirm(
    request: HttpRequest, body: Organisation, sure: Sure, do: Callable[[], object]
) -> HttpResponse:
    """Ask whether something is to be done upon a record, and do it."""
    back = reverse(sure.back, args=[body.pk])
    if request.method == "POST":
        do()
        return HttpResponseRedirect(back)
    context = {
        "sure": sure,
        "body": body,
        "back": back,
        "trail": trail(("Organisations", "registry"), here=body.name),
    }
    return render(request, "registry/confirm.html", context)
