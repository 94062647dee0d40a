"""What was corrected, by role and with its reason; undoing it; putting it into the figures."""

from __future__ import annotations

from django import forms
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_safe

from convener.base.errors import BadInputError, NotFoundError
from convener.rules.access import Act, may
from convener.service import downloads
from convener.service.access import actor_of, requires, role_of
from convener.service.actions.corrections import apply_corrections, undo_correction
from convener.service.market.corrected import COLUMNS, shown
from convener.service.market.data import market_data
from convener.service.models import Correction, Stream
from convener.service.models.market import TEXT_MAX
from convener.service.trail import trail

SHOWN = 50
DOWNLOADED = 10_000


class ReasonForm(forms.Form):
    """Why a correction is undone."""

    reason = forms.CharField(
        max_length=TEXT_MAX, error_messages={"required": "Enter why it is undone"}
    )


@requires(Act.SEE_CORRECTIONS)
@require_safe
def corrections(request: HttpRequest) -> HttpResponse:
    """List what was corrected, the latest first."""
    asked = request.GET.get("page", "1")
    pages = Paginator(Correction.objects.all(), SHOWN)
    if not asked.isdigit() or not 1 <= int(asked[:9]) <= pages.num_pages:
        raise BadInputError(f"page is {asked[:20]!r}; it can be 1 to {pages.num_pages} here")
    page = pages.page(int(asked))
    context = {
        "rows": shown(market_data(), page.object_list),
        "page": page,
        "waiting": Correction.objects.waiting().count(),
        "may_apply": may(role_of(request), Act.CORRECT_IDENTITY),
        "trail": trail(here="Corrections"),
    }
    return render(request, "corrections/list.html", context)


@requires(Act.SEE_CORRECTIONS)
@require_safe
def download(request: HttpRequest, form: str) -> HttpResponse:  # noqa: ARG001 -- Django's signature
    """Give the corrections as a file."""
    rows = [one.row for one in shown(market_data(), Correction.objects.all()[:DOWNLOADED])]
    return downloads.answer(downloads.Table("corrections", COLUMNS, rows), form)


@requires(Act.SEE_CORRECTIONS)
@require_safe
def correction(request: HttpRequest, number: int) -> HttpResponse:
    """Show one correction: what, why, when, and whether the figures have it."""
    found, actor = _find(number), actor_of(request)
    [one] = shown(market_data(), [found])
    told = Stream.objects.visible_to(actor).filter(name=found.stream_name)
    context = {
        "one": one,
        "may_undo": may(actor.role, Act.CORRECT_IDENTITY) and not one.undone_at,
        "sees_history": told.exists(),
        "trail": trail(("Corrections", "corrections"), here=f"Correction {number}"),
    }
    return render(request, "corrections/one.html", context)


@requires(Act.CORRECT_IDENTITY)
@require_http_methods(["GET", "HEAD", "POST"])
def undo(request: HttpRequest, number: int) -> HttpResponse:
    """Ask why a correction is undone, and undo it."""
    found = _find(number)
    form = ReasonForm(request.POST if request.method == "POST" else None)
    if form.is_bound and form.is_valid():
        try:
            undo_correction(
                correction_id=found.pk,
                reason=form.cleaned_data["reason"],
                by=actor_of(request),
                at=timezone.now(),
            )
        except BadInputError as error:
            form.add_error("reason", str(error)[0].upper() + str(error)[1:])
        else:
            return HttpResponseRedirect(reverse("corrections-one", args=[number]))
    [one] = shown(market_data(), [found])
    context = {
        "form": form,
        "one": one,
        "trail": trail(("Corrections", "corrections"), here=f"Undo correction {number}"),
    }
    return render(request, "corrections/undo.html", context, status=400 if form.errors else 200)


@requires(Act.CORRECT_IDENTITY)
@require_http_methods(["GET", "HEAD", "POST"])
def apply(request: HttpRequest) -> HttpResponse:
    """Show what waits for the figures, and put it into them."""
    if request.method == "POST":
        apply_corrections(at=timezone.now())
        return HttpResponseRedirect(reverse("corrections"))
    waiting = Correction.objects.waiting()
    context = {
        "rows": shown(market_data(), waiting[:SHOWN]),
        "waiting": waiting.count(),
        "trail": trail(("Corrections", "corrections"), here="Put into the figures"),
    }
    return render(request, "corrections/apply.html", context)


def _find(number: int) -> Correction:
    found = Correction.objects.filter(pk=number).first() if number < 2**63 else None
    if found is None:
        raise NotFoundError(f"no correction has the number {number}")
    return found
