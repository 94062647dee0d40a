"""Tokens for programs: shown once, no wider than their maker, of no use once ended."""

import re
from datetime import UTC, datetime, timedelta

import pytest
from django.utils import timezone

from convener.base.errors import BadInputError, NotFoundError, WrongStepError
from convener.rules.access import SIGN_IN_ROLES, Act, Role, RoleNotAllowedError, may
from convener.rules.tokens import FOR_PROGRAMS, TokenRefusedError, TooManyReadsError
from convener.service.actions.tokens import count_read, end_token, find_token, make_token
from convener.service.models import ApiToken, Event, EventText
from service.furniture import actor, make_user

pytestmark = pytest.mark.django_db
AT = datetime(2026, 6, 1, 10, tzinfo=UTC)
MONTH = timedelta(days=30)


@pytest.fixture
def lead(db):
    return make_user(Role.PROVIDER, "lead@example.org")


def make(user, *, acts=(Act.POST_NOTES,), label="Our website", lasts=MONTH):
    return make_token(
        membership=user.memberships.get(),
        label=label,
        acts=acts,
        lasts=lasts,
        by=actor(user),
        at=AT,
    )


def test_a_token_lets_in_the_one_who_made_it_for_the_acts_that_were_chosen(lead):
    made = make(lead)

    found = find_token(made.text, at=AT + timedelta(1))

    assert found.membership.user == lead
    assert found.acts == ["POST_NOTES"]
    found.refresh_from_db()
    assert str(found.last_used_on) == "2026-06-02"


def test_its_text_is_nowhere_once_it_was_shown(lead):
    made = make(lead)

    stored = ApiToken.objects.values().get()
    told = [event.contents for event in Event.objects.all()]

    assert made.text not in f"{stored} {told} {made!r}"
    assert made.token.digest not in f"{told}"
    assert not EventText.objects.filter(envelope__contains=made.text.encode()).exists()


def test_two_tokens_are_never_alike(lead):
    assert len({make(lead).text for _ in range(10)}) == 10


@pytest.mark.parametrize(
    ("change", "error"),
    [
        ({"label": " "}, BadInputError),
        ({"label": "x" * 101}, BadInputError),
        ({"acts": ()}, BadInputError),
        ({"acts": (Act.KEEP_ACCOUNT,)}, BadInputError),
        ({"acts": (Act.CORRECT_IDENTITY,)}, RoleNotAllowedError),
        ({"lasts": timedelta(days=366)}, BadInputError),
        ({"lasts": timedelta(0)}, BadInputError),
    ],
)
def test_a_token_that_would_be_too_much_is_refused(lead, change, error):
    with pytest.raises(error):
        make(lead, **change)
    assert not ApiToken.objects.exists()


def test_a_token_ends_when_it_is_ended_and_only_by_its_maker(lead):
    made = make(lead)
    other = make_user(Role.PROVIDER, "other@example.org")
    with pytest.raises(NotFoundError):
        end_token(token_id=made.token.pk, by=actor(other), at=AT)

    end_token(token_id=made.token.pk, by=actor(lead), at=AT)

    with pytest.raises(TokenRefusedError, match="was ended"):
        find_token(made.text, at=AT)
    with pytest.raises(WrongStepError):
        end_token(token_id=made.token.pk, by=actor(lead), at=AT)


def test_a_token_runs_out(lead):
    made = make(lead)

    find_token(made.text, at=AT + MONTH - timedelta(seconds=1))
    with pytest.raises(TokenRefusedError, match="run out"):
        find_token(made.text, at=AT + MONTH)


def test_a_token_is_of_no_use_once_its_maker_acts_no_more(lead):
    made = make(lead)
    lead.memberships.update(until_at=AT + timedelta(1))

    with pytest.raises(TokenRefusedError, match="acts here no more"):
        find_token(made.text, at=AT + timedelta(1))


def test_a_token_reads_so_often_in_the_minute_that_its_first_reading_began(lead):
    token, other = make(lead).token, make(lead).token

    for second in (0, 20, 40):
        count_read(token, most=3, at=AT + timedelta(seconds=second))
    with pytest.raises(TooManyReadsError, match="3 times a minute; ask again in 15 s") as refused:
        count_read(token, most=3, at=AT + timedelta(seconds=45.5))
    count_read(other, most=3, at=AT + timedelta(seconds=45))

    assert refused.value.retry_after == 15
    for second in (60, 61, 62):
        count_read(token, most=3, at=AT + timedelta(seconds=second))
    with pytest.raises(TooManyReadsError, match="58 s"):
        count_read(token, most=3, at=AT + timedelta(seconds=62))


def test_a_clock_that_was_set_back_keeps_no_token_waiting(lead):
    token = make(lead).token
    count_read(token, most=1, at=AT + timedelta(days=1))

    count_read(token, most=1, at=AT)


@pytest.mark.parametrize("text", ["", "cv_", "x" * 500, "cv_\x00"])
def test_what_is_no_token_lets_nobody_in(lead, text):
    make(lead)

    with pytest.raises(TokenRefusedError, match="no token"):
        find_token(text, at=AT)


@pytest.mark.parametrize("act", FOR_PROGRAMS)
def test_somebody_may_give_each_act_to_a_program(act):
    assert any(may(role, act) and may(role, Act.USE_API_TOKENS) for role in SIGN_IN_ROLES)


def test_a_token_is_made_shown_once_and_ended_on_its_pages(loaded, client, lead):
    client.force_login(lead)
    asked = {"label": "Our <b>website</b>", "acts": ["POST_NOTES"], "days": "30"}

    made = client.post("/account/tokens/new/", asked)
    [text] = re.findall(r"cv_[\w-]+", made.content.decode().split("<main")[1])
    assert "no-store" in made["Cache-Control"]
    token = find_token(text, at=timezone.now())

    listed = client.get("/account/tokens/").content.decode()
    assert text not in listed
    assert "Our &lt;b&gt;website" in listed

    assert client.post("/account/tokens/", {"number": token.pk}).status_code == 302
    with pytest.raises(TokenRefusedError):
        find_token(text, at=timezone.now())
    assert client.post("/account/tokens/", {"number": "x"}).status_code == 400


def test_a_form_that_is_refused_keeps_what_was_chosen(loaded, client, lead):
    client.force_login(lead)

    refused = client.post("/account/tokens/new/", {"label": "", "acts": ["POST_NOTES"]})

    assert refused.status_code == 400
    shown = refused.content.decode()
    assert "Enter what the token is for" in shown
    assert re.search('value="POST_NOTES"[^>]*checked', shown)
    assert "CORRECT_IDENTITY" not in shown


def test_nobody_ends_the_token_of_another(loaded, client, lead):
    made = make(lead)
    client.force_login(make_user(Role.PROVIDER, "other@example.org"))

    assert client.post("/account/tokens/", {"number": made.token.pk}).status_code == 404
    assert "Our website" not in client.get("/account/tokens/").content.decode()
