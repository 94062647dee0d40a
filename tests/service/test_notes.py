"""Notes that organisations post beside their figures, and answers to what they ask for."""

from datetime import UTC, datetime, timedelta

import pytest

from convener.base.errors import BadInputError, WrongStepError
from convener.rules.access import Role, RoleNotAllowedError
from convener.service.actions.notes import (
    POSTED_A_DAY,
    TooManyNotesError,
    answer_request,
    post_note,
    withdraw_note,
)
from convener.service.market.notes import notes_for
from convener.service.models import Note
from convener.service.models.market import TEXT_MAX, NoteSort
from service.furniture import actor, make_user

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("loaded")]
AT = datetime(2026, 6, 1, 10, tzinfo=UTC)


@pytest.fixture
def provider():
    return make_user(Role.PROVIDER)


@pytest.fixture
def ann():
    return make_user(Role.ANALYST, "ann")


def post(by, *, key=1, sort=NoteSort.NOTE, text="We opened a home in May", at=AT):
    return post_note(organisation_key=key, sort=sort, text=text, by=actor(by), at=at)


def test_a_note_stands_beside_the_figures_of_its_organisation_alone(provider):
    post(provider)

    [shown] = notes_for([1])
    assert shown.text == "We opened a home in May"
    assert shown.organisation == "Brightside Homes Limited"
    assert notes_for([2]) == []
    assert notes_for([]) == []


def test_nobody_speaks_for_another_organisation(provider):
    with pytest.raises(RoleNotAllowedError, match="own one"):
        post(provider, key=2)

    assert not Note.objects.exists()


@pytest.mark.parametrize("text", ["", "  \n ", "x" * (TEXT_MAX + 1)])
def test_a_note_says_something_and_not_too_much(provider, text):
    with pytest.raises(BadInputError, match="a note"):
        post(provider, text=text)


def test_one_person_does_not_flood_a_page(provider):
    for _ in range(POSTED_A_DAY):
        post(provider)

    with pytest.raises(TooManyNotesError, match="more tomorrow"):
        post(provider)
    post(provider, at=AT + timedelta(days=1))


def test_what_is_asked_for_is_answered_once_in_words(provider, ann):
    note = post(provider, sort=NoteSort.REQUEST, text="We are a charity")
    assert list(Note.objects.waiting()) == [note]

    answer_request(
        note_id=note.pk, is_approved=False, answer="No register has it", by=actor(ann), at=AT
    )

    [shown] = notes_for([1])
    assert (shown.is_approved, shown.answer) == (False, "No register has it")
    assert not Note.objects.waiting()
    with pytest.raises(WrongStepError, match="answered or was taken back"):
        answer_request(note_id=note.pk, is_approved=True, answer="Yes", by=actor(ann), at=AT)


def test_a_note_that_asks_for_nothing_is_not_answered(provider, ann):
    note = post(provider)

    with pytest.raises(WrongStepError):
        answer_request(note_id=note.pk, is_approved=True, answer="Yes", by=actor(ann), at=AT)


@pytest.mark.parametrize("who", [Role.PROVIDER, Role.OFFICER, Role.ANALYST])
def test_a_note_is_taken_back_by_its_organisation_or_an_analyst_and_kept(provider, who):
    note = post(provider)

    withdraw_note(note_id=note.pk, by=actor(make_user(who, "other")), at=AT)

    assert notes_for([1]) == []
    assert Note.objects.get().text == "We opened a home in May"
    with pytest.raises(WrongStepError, match="already"):
        withdraw_note(note_id=note.pk, by=actor(provider), at=AT)


def test_another_organisation_takes_no_note_back(provider):
    note = post(provider)
    other = make_user(Role.PROVIDER, "other", key=2)

    with pytest.raises(RoleNotAllowedError):
        withdraw_note(note_id=note.pk, by=actor(other), at=AT)


# --- Pages ----------------------------------------------------------------------------------


def test_a_provider_posts_on_a_page_and_markup_is_text(client, provider):
    client.force_login(provider)
    address = "/market/organisations/1/note/"

    empty = client.post(address, {"sort": "", "text": "Kept as typed"})
    assert empty.status_code == 400
    assert "Kept as typed</textarea>" in empty.content.decode()
    assert client.post(address, {"sort": "note", "text": "<b>bold</b>"})["Location"] == address

    shown = client.get(address).content.decode()
    assert "&lt;b&gt;bold&lt;/b&gt;" in shown
    assert "<b>bold" not in shown
    assert client.get("/market/organisations/2/note/").status_code == 403


def test_a_request_that_is_approved_leads_to_the_correction_that_it_asks_for(
    client, provider, ann
):
    note = post(provider, sort=NoteSort.REQUEST, text="We are a charity")
    client.force_login(ann)
    assert "We are a charity" in client.get("/corrections/requests/").content.decode()

    address = f"/corrections/requests/{note.pk}/"
    assert client.post(address, {"decision": "approve", "answer": ""}).status_code == 400
    led = client.post(address, {"decision": "approve", "answer": "The register says so"})

    assert led["Location"] == f"/market/organisations/1/correct/?request={note.pk}"
    assert "asked: We are a charity" in client.get(led["Location"]).content.decode()


def test_a_request_that_is_declined_leads_back_to_the_list(client, provider, ann):
    note = post(provider, sort=NoteSort.REQUEST)
    client.force_login(ann)

    response = client.post(
        f"/corrections/requests/{note.pk}/", {"decision": "decline", "answer": "No source"}
    )

    assert response["Location"] == "/corrections/requests/"
    assert "declined by an analyst" in client.get("/corrections/requests/").content.decode()


@pytest.mark.parametrize("number", ["7", "9" * 30])
def test_a_note_that_is_not_there_is_not_found(client, ann, number):
    client.force_login(ann)

    assert client.get(f"/notes/{number}/take-back/").status_code == 404
    assert client.get(f"/corrections/requests/{number}/").status_code == 404
