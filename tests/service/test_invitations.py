"""Inviting people, taking that up or back, ending roles, and choosing as whom one acts."""

import re
from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone

from convener.rules.access import Role
from convener.service.models import Event, Invitation, Membership, User
from service.furniture import make_user

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("loaded")]
PASSWORD = "a long and quiet river"
NEW = "una@example.org"


@pytest.fixture
def keeper(client):
    user = make_user(Role.KEEPER, "kay@example.org", PASSWORD)
    client.force_login(user)
    return user


@pytest.fixture
def invited(client, keeper, mailoutbox, django_capture_on_commit_callbacks):
    """Give a function that invites someone, and returns the link of the email."""

    def invite(email=NEW, role=Role.OFFICER):
        with django_capture_on_commit_callbacks(execute=True):
            response = client.post("/people/invite/", {"email": email, "role": role})
        assert response.status_code == 302, response.content.decode()
        return re.search(r"http://testserver(\S+)", mailoutbox[-1].body)[1]

    return invite


def test_an_invited_person_sets_a_password_and_acts(invited, mailoutbox):
    link = invited()
    assert mailoutbox[-1].to == [NEW]
    assert "officer" not in mailoutbox[-1].body + mailoutbox[-1].subject
    assert "Brightside" not in mailoutbox[-1].body + mailoutbox[-1].subject

    visitor = Client()
    assert b"Brightside Homes Limited" in visitor.get(link).content
    assert visitor.post(link, {"password": "short"}).status_code == 400
    assert visitor.post(link, {"password": PASSWORD}).status_code == 302

    [membership] = Membership.objects.filter(user__email=NEW)
    assert membership.role == Role.OFFICER
    assert b"Account" in visitor.get("/").content
    assert Event.objects.filter(kind="invitation-taken-up", actor=membership.user_id).exists()


def test_who_just_chose_a_password_is_not_asked_for_it_again(invited):
    visitor = Client()
    visitor.post(invited(role=Role.APPROVER), {"password": PASSWORD})

    page = visitor.get("/organisations/", follow=True).content.decode()

    assert '<h1 class="govuk-heading-l">Set up a second factor</h1>' in page


def test_a_link_works_once_and_only_its_digest_is_stored(invited):
    link = invited()
    token = link.strip("/").split("/")[-1]
    Client().post(link, {"password": PASSWORD})

    assert Client().get(link).status_code == 404
    assert Client().post(link, {"password": PASSWORD}).status_code == 404
    assert token not in str(list(Invitation.objects.values()))


def test_an_invitation_runs_out(invited):
    link = invited()
    assert Client().get(link).status_code == 200

    Invitation.objects.update(expires_at=timezone.now() - timedelta(seconds=1))

    assert Client().get(link).status_code == 404


def test_an_invitation_is_taken_back(client, invited):
    link = invited()
    [found] = Invitation.objects.all()

    assert client.post(f"/people/invitations/{found.pk}/").status_code == 302

    assert Client().post(link, {"password": PASSWORD}).status_code == 404
    assert client.post(f"/people/invitations/{found.pk}/").status_code == 409


def test_someone_we_know_signs_in_to_take_it_up(invited):
    user = make_user(Role.ANALYST, NEW, PASSWORD)
    link = invited()
    visitor = Client()

    assert f"/sign-in/?next={link}".encode() in visitor.get(link).content
    assert visitor.post(link, {"password": "another password"}).status_code == 200
    assert user.memberships.count() == 1
    visitor.force_login(user)
    assert visitor.post(link).status_code == 302

    assert {one.role for one in user.memberships.all()} == {Role.ANALYST, Role.OFFICER}


def test_another_person_who_is_signed_in_cannot_take_it_up(invited):
    make_user(Role.ANALYST, NEW, PASSWORD)
    link = invited()
    other = Client()
    other.force_login(make_user(Role.INVESTOR, "ivo@example.org"))

    assert b"ivo@example.org" in other.post(link).content
    assert not Membership.objects.filter(role=Role.OFFICER).exists()


def test_a_role_that_conflicts_is_refused_with_words(invited):
    user = make_user(Role.PROVIDER, NEW)
    link = invited(role=Role.EVALUATOR)
    visitor = Client()
    visitor.force_login(user)

    response = visitor.post(link)

    assert response.status_code == 409
    assert b"One person may not both bid and evaluate bids" in response.content
    assert user.memberships.count() == 1


@pytest.mark.parametrize("role", [Role.ANALYST, Role.ADMINISTRATOR, "clock", ""])
def test_a_keeper_invites_to_roles_of_the_own_organisation_alone(client, keeper, role):
    response = client.post("/people/invite/", {"email": NEW, "role": role})

    assert response.status_code == 400
    assert not Invitation.objects.exists()


def test_a_keeper_sees_and_ends_nobody_elsewhere(client, keeper):
    other = make_user(Role.OFFICER, "olga@example.org", key=2).memberships.get()

    assert b"olga" not in client.get("/people/").content
    assert client.get(f"/people/?organisation={other.organisation_id}").status_code == 404
    assert client.post(f"/people/{other.pk}/end/").status_code == 404
    assert client.get("/people/?organisation=99999999999999999999").status_code == 404


def test_an_administrator_invites_for_the_service_and_for_any_organisation(client):
    client.force_login(make_user(Role.ADMINISTRATOR))
    place = make_user(Role.OFFICER, key=3).memberships.get().organisation_id

    client.post("/people/invite/", {"email": NEW, "role": Role.ANALYST})
    client.post(f"/people/invite/?organisation={place}", {"email": NEW, "role": Role.KEEPER})

    assert {(one.role, one.organisation_id) for one in Invitation.objects.all()} == {
        (Role.ANALYST, None),
        (Role.KEEPER, place),
    }
    assert NEW.encode() in client.get("/people/").content


def test_a_role_that_is_ended_is_out_with_the_next_page(client, keeper):
    user = make_user(Role.OFFICER, "olga@example.org")
    theirs = Client()
    theirs.force_login(user)
    assert theirs.get("/watch/").status_code == 200

    assert client.post(f"/people/{user.memberships.get().pk}/end/").status_code == 302

    assert theirs.get("/watch/").status_code == 403
    assert theirs.get("/account/").status_code == 200


def test_the_last_keeper_is_not_ended(client, keeper):
    response = client.post(f"/people/{keeper.memberships.get().pk}/end/")

    assert response.status_code == 409
    assert b"is the last" in response.content


def test_someone_invited_twice_to_one_thing_is_refused_and_the_form_keeps_what_was_typed(
    client, invited
):
    invited()

    response = client.post("/people/invite/", {"email": NEW, "role": Role.OFFICER})

    assert response.status_code == 400
    assert f'value="{NEW}"' in response.content.decode()


def test_a_person_of_several_roles_chooses_as_whom_to_act(client):
    user = make_user(Role.INVESTOR, "sam@example.org")
    other = Membership.objects.create(
        user=user,
        role=Role.ANALYST,
        from_at=user.memberships.get().from_at,
    )
    client.force_login(user)
    assert client.get("/watch/").status_code == 403

    client.post("/account/", {"acting_as": other.pk})

    assert client.get("/watch/").status_code == 200


def test_nobody_acts_as_someone_else(client):
    theirs = make_user(Role.ANALYST).memberships.get()
    client.force_login(make_user(Role.INVESTOR))

    client.post("/account/", {"acting_as": theirs.pk})

    assert client.get("/watch/").status_code == 403


def test_signing_out_everywhere_else_leaves_the_one_that_asked(client):
    user = make_user(Role.ANALYST)
    elsewhere = Client()
    elsewhere.force_login(user)
    client.force_login(user)
    assert client.get("/account/").content.decode().count("last seen") == 2

    client.post("/account/", {"sign_out": "elsewhere"})

    assert elsewhere.get("/watch/").status_code == 403
    assert client.get("/watch/").status_code == 200


def test_emails_are_chosen(client):
    user = make_user(Role.ANALYST)
    client.force_login(user)

    client.post("/account/", {"emails": "daily"})
    assert client.post("/account/", {"emails": "hourly"}).status_code == 400

    assert User.objects.get(pk=user.pk).emails == "daily"
