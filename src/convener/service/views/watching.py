"""Owner watch: whom one watches, what hangs on them, what changed, and entering a warning."""

from __future__ import annotations

from django import forms
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_safe

from convener.base.errors import BadInputError, NotFoundError
from convener.rules.access import Act, may
from convener.rules.watching import LOCAL_HOLD
from convener.service import downloads
from convener.service.access import actor_of, requires, role_of, user_of
from convener.service.actions.watching import (
    mark_read,
    stop_watching,
    warn_of_owner,
    watch_owner,
)
from convener.service.market.data import market_data
from convener.service.market.exposed import (
    CONTRACT_COLUMNS,
    SHARE_COLUMNS,
    downloads_of,
    in_words,
    kept_exposure,
    kept_exposures,
    marked,
    places,
    warnings_about,
)
from convener.service.models import Notice, Watch
from convener.service.models.market import TEXT_MAX
from convener.service.models.watching import SOURCE_LENGTH
from convener.service.pointing import point_at, point_at_owner
from convener.service.trail import trail

NOTICES_SHOWN = 100


class WarningForm(forms.Form):
    """What was said of an owner, when and where."""

    on = forms.DateField(
        error_messages={
            "required": "Enter the day on which it was said",
            "invalid": "Enter a day such as 2017-07-10",
        }
    )
    text = forms.CharField(max_length=TEXT_MAX, error_messages={"required": "Enter what was said"})
    source = forms.CharField(
        max_length=SOURCE_LENGTH, error_messages={"required": "Enter where it can be read"}
    )


@requires(Act.WATCH_OWNERS)
@require_safe
def watch(request: HttpRequest) -> HttpResponse:
    """List whom one watches, and what one was told."""
    user = user_of(request)
    notices = Notice.objects.filter(user=user).exclude(organisation_key=None)
    unread = set(notices.filter(read_at=None).values_list("organisation_key", flat=True))
    rows = list(Watch.objects.visible_to(actor_of(request)))
    exposures = kept_exposures(row.organisation_key for row in rows)
    watched = []
    for row in rows:
        exposure = exposures.get(row.organisation_key)
        said = in_words(exposure) if exposure else ("Looked at after the next load.", "")
        watched.append({"watch": row, "said": said, "is_new": row.organisation_key in unread})
    context = {
        "watched": watched,
        "notices": notices[:NOTICES_SHOWN],
        "trail": trail(here="Watch"),
    }
    return render(request, "watching/list.html", context)


@requires(Act.WATCH_OWNERS)
@require_http_methods(["GET", "HEAD", "POST"])
def owner(request: HttpRequest, key: int) -> HttpResponse:
    """Show what hangs on one owner; the one button marks what is new as read."""
    pointer = point_at(market_data(), key)
    user = user_of(request)
    if request.method == "POST":
        mark_read(owner_key=key, by=actor_of(request), at=timezone.now())
        return HttpResponseRedirect(reverse("watch-one", args=[key]))
    exposure = kept_exposure(key)
    warnings = warnings_about(key)
    mine = Watch.objects.visible_to(actor_of(request))
    context = {
        "key": key,
        "name": pointer.name,
        "is_watched": mine.filter(organisation_key=key).exists(),
        "exposure": exposure,
        "said": in_words(exposure) if exposure else (),
        "contracts": marked(exposure, warnings) if exposure else [],
        "places": places(exposure) if exposure else [],
        "warnings": warnings,
        "notices": Notice.objects.filter(user=user, organisation_key=key)[:NOTICES_SHOWN],
        "threshold": LOCAL_HOLD,
        "may_warn": may(role_of(request), Act.WARN_OF_OWNERS),
        "trail": trail(("Watch", "watch"), here=pointer.name),
    }
    return render(request, "watching/one.html", context)


@requires(Act.WATCH_OWNERS)
@require_safe
def download(request: HttpRequest, key: int, exposed: str, form: str) -> HttpResponse:  # noqa: ARG001 -- Django's signature
    """Give the contracts or the shares that hang on an owner as a file."""
    pointer = point_at(market_data(), key)
    exposure = kept_exposure(key)
    if exposure is None:
        raise NotFoundError(f"nobody watches {pointer.name}, so nothing about it is kept")
    name = f"{pointer.name} {exposed}"
    tables = {
        "contracts": downloads.Table(
            name, CONTRACT_COLUMNS, downloads_of(marked(exposure, warnings_about(key)))
        ),
        "shares": downloads.Table(name, SHARE_COLUMNS, downloads_of(places(exposure))),
    }
    if exposed not in tables:
        raise NotFoundError(
            f"there is no table {exposed!r} here; there are {' and '.join(tables)}"
        )
    return downloads.answer(tables[exposed], form)


@requires(Act.WATCH_OWNERS)
@require_http_methods(["GET", "HEAD", "POST"])
def start(request: HttpRequest, key: int) -> HttpResponse:
    """Ask whether to watch the owner of an organisation, and watch it."""
    pointer = point_at_owner(market_data(), key)
    if request.method == "POST":
        watch_owner(organisation_key=key, by=actor_of(request), at=timezone.now())
        return HttpResponseRedirect(reverse("watch-one", args=[pointer.key]))
    context = {"key": key, "name": pointer.name, "trail": trail(("Watch", "watch"), here="New")}
    return render(request, "watching/start.html", context)


@requires(Act.WATCH_OWNERS)
@require_http_methods(["GET", "HEAD", "POST"])
def stop(request: HttpRequest, key: int) -> HttpResponse:
    """Ask whether to stop watching an owner, and stop."""
    pointer = point_at(market_data(), key)
    if request.method == "POST":
        stop_watching(owner_key=key, by=actor_of(request), at=timezone.now())
        return HttpResponseRedirect(reverse("watch"))
    context = {"key": key, "name": pointer.name, "trail": trail(("Watch", "watch"), here="Stop")}
    return render(request, "watching/stop.html", context)


@requires(Act.WARN_OF_OWNERS)
@require_http_methods(["GET", "HEAD", "POST"])
def warn(request: HttpRequest, key: int) -> HttpResponse:
    """Ask what was said of an owner, when and where; tell everyone who watches it."""
    pointer = point_at(market_data(), key)
    form = WarningForm(request.POST if request.method == "POST" else None)
    if form.is_bound and form.is_valid():
        try:
            warn_of_owner(
                owner_key=key, by=actor_of(request), at=timezone.now(), **form.cleaned_data
            )
        except BadInputError as error:
            form.add_error("on", str(error)[0].upper() + str(error)[1:])
        else:
            return HttpResponseRedirect(reverse("watch-one", args=[key]))
    context = {
        "form": form,
        "key": key,
        "name": pointer.name,
        "trail": trail(("Watch", "watch"), here="Warning"),
    }
    return render(request, "watching/warn.html", context, status=400 if form.errors else 200)
