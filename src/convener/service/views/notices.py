"""What one was told, the newest first, and marking it as read; and what is late."""

from __future__ import annotations

from django import forms
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_safe

from convener.base.errors import BadInputError
from convener.rules.access import Act
from convener.service.access import actor_of, requires
from convener.service.actions.notices import read_notices
from convener.service.models import Clock, Notice
from convener.service.trail import trail

SHOWN = 50


class ReadForm(forms.Form):
    """Which notice was read; all of them where none is named."""

    number = forms.IntegerField(required=False, min_value=1, max_value=2**63 - 1)


@requires(Act.SEE_NOTICES)
@require_http_methods(["GET", "HEAD", "POST"])
def notices(request: HttpRequest) -> HttpResponse:
    """List what one was told; a button marks one of them, or all, as read."""
    if request.method == "POST":
        form = ReadForm(request.POST)
        if not form.is_valid():
            raise BadInputError("the number of a notice is a whole number")
        number = form.cleaned_data["number"]
        read_notices(by=actor_of(request), at=timezone.now(), notice_id=number)
        return HttpResponseRedirect(reverse("notices"))
    mine = Notice.objects.visible_to(actor_of(request))
    pages = Paginator(mine, SHOWN)
    asked = request.GET.get("page", "1")
    if not asked.isdigit() or not 1 <= int(asked[:9]) <= pages.num_pages:
        raise BadInputError(f"page is {asked[:20]!r}; it can be 1 to {pages.num_pages} here")
    context = {
        "page": pages.page(int(asked)),
        "unread": mine.unread().count(),
        "trail": trail(here="Notices"),
    }
    return render(request, "notices/list.html", context)


@requires(Act.SEE_NOTICES)
@require_safe
def late(request: HttpRequest) -> HttpResponse:
    """List what waits for those who may do it: what is late first, then what is due next."""
    at = timezone.now()
    seen = Clock.objects.visible_to(actor_of(request)).open()
    context = {
        "clocks": [(clock, clock.reading(at)) for clock in seen[:SHOWN]],
        "late": seen.late(at).count(),
        "count": seen.count(),
        "trail": trail(("Notices", "notices"), here="Deadlines"),
    }
    return render(request, "notices/late.html", context)
