"""The list of records, one record, and registering one."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_safe

from convener.base.errors import BadInputError
from convener.base.kinds import Kind
from convener.rules.access import Act, may
from convener.rules.registry import KINDS, SCHEMES, read_identifier
from convener.service import downloads
from convener.service.access import actor_of, requires, role_of
from convener.service.actions.registry import Wanted, register_record
from convener.service.market.data import market_data
from convener.service.market.paging import pages, whole_number
from convener.service.registry import listing
from convener.service.registry.record import find_record, head, overview, survivor_of
from convener.service.trail import trail
from convener.service.views.registry.forms import RecordForm, refuse

PAGES_MAX = 100_000


@requires(Act.SEE_REGISTRY)
@require_safe
def records(request: HttpRequest) -> HttpResponse:
    """List the records that were asked for, a page at a time."""
    choices = listing.read_choices(request.GET)
    found = listing.records(actor_of(request), choices, timezone.localdate())
    count = found.count()
    number = whole_number(request.GET, "page", least=1, most=PAGES_MAX) or 1
    first = (number - 1) * listing.SIZE
    context = {
        "rows": [
            {**row, "kind": Kind(row["kind"])}
            for row in listing.rows(found[first : first + listing.SIZE])
        ],
        "count": count,
        "choices": choices,
        "kinds": KINDS,
        "query": request.GET.urlencode(),
        "pages": pages(
            request.path, choices.chosen, number=number, count=count, size=listing.SIZE
        ),
        "may_search": may(role_of(request), Act.SEARCH_INTERESTS),
        "may_decide": may(role_of(request), Act.DECIDE_CLAIMS),
        "trail": trail(here="Organisations"),
    }
    return render(request, "registry/list.html", context)


@requires(Act.SEE_REGISTRY)
@require_safe
def download(request: HttpRequest, form: str) -> HttpResponse:
    """Give the records that were asked for as a file: the same that the list counts."""
    choices = listing.read_choices(request.GET)
    found = listing.records(actor_of(request), choices, timezone.localdate())
    table = downloads.Table("organisations", listing.COLUMNS, listing.rows(found))
    return downloads.answer(table, form)


@requires(Act.SEE_REGISTRY)
@require_safe
def record(request: HttpRequest, body: int) -> HttpResponse:
    """Show what a record holds, and what whoever reads it may do; a merged one leads on."""
    actor = actor_of(request)
    found = find_record(actor, body)
    survivor = survivor_of(found)
    if survivor != found:
        return HttpResponseRedirect(reverse("registry-one", args=[survivor.pk]))
    context = {
        **head(found, actor, "registry-one", timezone.localdate()),
        **overview(found, actor, market_data()),
        "trail": trail(("Organisations", "registry"), here=found.name),
    }
    return render(request, "registry/one.html", context)


@requires(Act.REGISTER_ORGANISATION)
@require_http_methods(["GET", "HEAD", "POST"])
def register(request: HttpRequest) -> HttpResponse:
    """Ask what an organisation is called, what it is, and its number; register it."""
    form = RecordForm(request.POST if request.method == "POST" else None)
    if form.is_bound and form.is_valid():
        given = form.cleaned_data
        try:
            number = read_identifier(given["scheme"], given["number"]) if given["number"] else None
            wanted = Wanted(given["name"], Kind(given["kind"]), given["source"], number)
            made = register_record(wanted=wanted, by=actor_of(request), at=timezone.now())
        except BadInputError as error:
            refuse(form, "number" if given["number"] else "name", error)
        else:
            return HttpResponseRedirect(reverse("registry-one", args=[made.pk]))
    context = {
        "form": form,
        "kinds": KINDS,
        "schemes": SCHEMES,
        "trail": trail(("Organisations", "registry"), here="Register"),
    }
    return render(request, "registry/register.html", context, status=400 if form.errors else 200)
