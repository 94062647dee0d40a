"""A record looked after: answers given once, an interest declared, a duplicate given back."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from convener.base.kinds import Kind
from convener.rules.access import CLOCK, Role
from convener.service.actions.access import give_role
from convener.service.actions.registry import Wanted, register_record
from convener.service.models import Document, Merge, Organisation
from journeys.by_keyboard import fill, heading, press, send
from journeys.soundness import check_sound

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
AT = datetime(2026, 6, 1, 10, tzinfo=UTC)


def registered(name, kind):
    wanted = Wanted(name, kind, "Its register")
    return register_record(wanted=wanted, by=CLOCK, at=AT)


def test_answers_and_documents_are_given_once_by_keyboard_without_scripts(enter, tmp_path):
    user, page = enter(Role.PROVIDER, "lead", "/organisations/", script=False)
    body = user.memberships.get().organisation
    page.goto(page.url.split("/organisations")[0] + f"/organisations/{body.pk}/answers/")

    press(page, "link", "What insurance do you hold?")
    fill(page, "Your answer", "Public liability of £5 million")
    fill(page, "Until which day does it hold?", "2020-01-01")
    send(page)
    assert "Something is to be mended" in page.content()
    assert "Public liability of £5 million" in page.content()
    page.get_by_label("Until which day does it hold?").fill("")
    press(page, "button", "Give the answer")
    assert page.get_by_role("row", name="What insurance do you hold?").is_visible()

    program = tmp_path / "policy.pdf"
    program.write_bytes(b"MZ\x90 a program")
    paper = tmp_path / "certificate.pdf"
    paper.write_bytes(b"%PDF-1.7\nours\n%%EOF\n")
    press(page, "link", "Give a document")
    fill(page, "What is it?", "Certificate")
    page.get_by_label("The file").set_input_files(program)
    press(page, "button", "Keep it")
    assert "a sort that is not taken" in page.content()
    page.get_by_label("The file").set_input_files(paper)
    press(page, "button", "Keep it")

    with page.expect_download() as kept:
        page.get_by_role("link", name="Certificate", exact=True).click()
    assert kept.value.suggested_filename == "certificate.pdf"
    assert kept.value.path().read_bytes() == paper.read_bytes()
    press(page, "link", "End Certificate")
    press(page, "button", "End it")
    assert not Document.objects.exists()


def test_a_tie_is_declared_and_found_beside_the_other_side(enter, axe):
    council = registered("Ashby Borough", Kind.PUBLIC_BODY)
    registered("Kind Care", Kind.CHARITY)
    user, page = enter(Role.PERSON, "pat", "/interests/")
    give_role(user_id=user.pk, role=Role.OFFICER, organisation=council, at=AT)
    check_sound(page, axe)

    press(page, "link", "Declare an interest")
    check_sound(page, axe)
    fill(page, "Which organisation?", "Kind Care")
    page.get_by_label("Employed by it").check()
    fill(page, "Since which day?", "2025-04-01")
    press(page, "button", "Declare it")
    assert "Employed by it" in page.locator("main").inner_text()
    check_sound(page, axe)

    _, steward = enter(Role.CONVENER, "con", "/interests/two-sides/")
    check_sound(steward, axe)
    shown = steward.locator("main").inner_text()
    assert "pat@example.org" in shown
    assert "Kind Care: declared: employed by it from 1 April 2025" in shown


def test_a_duplicate_is_merged_and_given_back(enter, axe):
    kept, twin = registered("Harbour Trust", Kind.CHARITY), registered("Harbour", Kind.CHARITY)
    _, page = enter(Role.CONVENER, "con", f"/organisations/{kept.pk}/")

    press(page, "link", "Merge another record into this one")
    check_sound(page, axe)
    fill(page, "Which other record?", str(twin.pk))
    fill(page, "How is it known that the two are one?", "Registered twice in one week")
    press(page, "button", "See what moves")
    assert heading(page) == "Merge Harbour into Harbour Trust?"
    check_sound(page, axe)
    assert not Merge.objects.exists()
    press(page, "button", "Merge the two")

    page.goto(page.url.replace(f"/{kept.pk}/", f"/{twin.pk}/"))
    assert heading(page) == "Harbour Trust"
    check_sound(page, axe)
    press(page, "link", "Undo the merge with Harbour")
    check_sound(page, axe)
    fill(page, "Why?", "They are two after all")
    press(page, "button", "Undo it")
    assert Organisation.objects.get(pk=twin.pk).merged_into is None
