"""The people of an organisation or of the service: inviting them, and ending what they may do."""

from __future__ import annotations

import secrets

from django import forms
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_safe

from convener.base.errors import BadInputError, NotFoundError
from convener.rules.access import Act, Role, Scope, scope_of
from convener.rules.invitations import roles_of_place
from convener.service.access import actor_of, requires, role_of
from convener.service.actions.access import end_role
from convener.service.actions.invitations import invite, withdraw_invitation
from convener.service.models import Invitation, Membership, Organisation
from convener.service.models.market import TEXT_MAX
from convener.service.trail import trail

SHOWN = 200
TOO_LARGE = 2**63  # for a key of any database
LONGEST_KEY = 18  # digits that any database holds


class InviteForm(forms.Form):
    """Whom to invite, to which role."""

    email = forms.CharField(
        max_length=254, error_messages={"required": "Enter the email to write to"}
    )
    role = forms.ChoiceField(error_messages={"required": "Choose what they will be"})

    def __init__(self, data: object, roles: tuple[Role, ...]) -> None:
        super().__init__(data)  # type: ignore[arg-type]  # what a request posted
        field = self.fields["role"]
        field.choices = [(role.value, role.label) for role in roles]  # type: ignore[attr-defined]


class EndForm(forms.Form):
    """Why a role is ended, where whoever ends it says so."""

    reason = forms.CharField(required=False, max_length=TEXT_MAX)


@requires(Act.INVITE_MEMBERS)
@require_safe
def people(request: HttpRequest) -> HttpResponse:
    """List who acts for an organisation or for the service, and who is invited to."""
    place, now = _place(request), timezone.now()
    members = Membership.objects.visible_to(actor_of(request)).standing(now)
    open_ones = Invitation.objects.visible_to(actor_of(request)).open_at(now)
    context = {
        "place": place,
        "members": [
            {"row": one, "label": Role(one.role).label}
            for one in members.filter(organisation=place).select_related("user")[:SHOWN]
        ],
        "invitations": [
            {"row": one, "label": Role(one.role).label}
            for one in open_ones.filter(organisation=place)[:SHOWN]
        ],
        "trail": trail(here="People"),
    }
    return render(request, "invitations/people.html", context)


@requires(Act.INVITE_MEMBERS)
@require_http_methods(["GET", "HEAD", "POST"])
def ask(request: HttpRequest) -> HttpResponse:
    """Ask whom to invite to what, and write to them."""
    place = _place(request)
    roles = roles_of_place(None if place is None else place.pk)
    form = InviteForm(request.POST if request.method == "POST" else None, roles)
    if form.is_bound and form.is_valid():
        token = secrets.token_urlsafe(32)
        try:
            invite(
                email=form.cleaned_data["email"],
                role=Role(form.cleaned_data["role"]),
                organisation=place,
                token=token,
                link=request.build_absolute_uri(reverse("invitation", args=[token])),
                by=actor_of(request),
                at=timezone.now(),
            )
        except BadInputError as error:
            form.add_error("email", str(error)[0].upper() + str(error)[1:])
        else:
            return HttpResponseRedirect(_address(place))
    context = {
        "form": form,
        "place": place,
        "roles": [{"value": role.value, "text": role.label.capitalize()} for role in roles],
        "trail": trail(("People", "people"), here="Invite"),
    }
    return render(request, "invitations/ask.html", context, status=400 if form.errors else 200)


@requires(Act.INVITE_MEMBERS)
@require_http_methods(["GET", "HEAD", "POST"])
def withdraw(request: HttpRequest, invitation: int) -> HttpResponse:
    """Ask whether an invitation is to be taken back, and take it back."""
    seen = Invitation.objects.visible_to(actor_of(request)).select_related("organisation")
    found = seen.filter(pk=invitation).first() if invitation < TOO_LARGE else None
    if found is None:
        raise _missing(invitation)
    if request.method == "POST":
        withdraw_invitation(invitation_id=found.pk, by=actor_of(request), at=timezone.now())
        return HttpResponseRedirect(_address(found.organisation))
    context = {
        "invitation": found,
        "label": Role(found.role).label,
        "back": _address(found.organisation),
    }
    return render(request, "invitations/withdraw.html", context)


@requires(Act.INVITE_MEMBERS)
@require_http_methods(["GET", "HEAD", "POST"])
def end(request: HttpRequest, member: int) -> HttpResponse:
    """Ask whether someone's role is to end, and end it."""
    seen = Membership.objects.visible_to(actor_of(request)).select_related("user", "organisation")
    found = seen.filter(pk=member).first() if member < TOO_LARGE else None
    if found is None:
        raise _missing(member)
    form = EndForm(request.POST if request.method == "POST" else None)
    if form.is_bound and form.is_valid():
        end_role(
            membership_id=found.pk, by=actor_of(request), at=timezone.now(), **form.cleaned_data
        )
        return HttpResponseRedirect(_address(found.organisation))
    context = {
        "form": form,
        "member": found,
        "label": Role(found.role).label,
        "back": _address(found.organisation),
    }
    return render(request, "invitations/end.html", context, status=400 if form.errors else 200)


def _missing(key: int) -> NotFoundError:
    return NotFoundError(f"there is nothing of the number {key} here")


def _place(request: HttpRequest) -> Organisation | None:
    """Return the organisation that is asked about, else one's own; none for the service."""
    actor = actor_of(request)
    asked = request.GET.get("organisation", "")
    if not asked:
        own = scope_of(role_of(request), Act.INVITE_MEMBERS) is Scope.OWN
        return Organisation.objects.filter(pk=actor.organisation_id or 0).get() if own else None
    within = Organisation.objects.within(actor, Act.INVITE_MEMBERS)
    is_key = asked.isdecimal() and len(asked) <= LONGEST_KEY
    found = within.filter(pk=int(asked)).first() if is_key else None
    if found is None:
        raise NotFoundError(f"no organisation of yours has the number {asked[:20]!r}")
    return found


def _address(place: Organisation | None) -> str:
    asked = "" if place is None else f"?organisation={place.pk}"
    return reverse("people") + asked
