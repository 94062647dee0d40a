"""What each command of a program does, and what programs read of it afterwards."""

import shutil
from datetime import timedelta
from decimal import Decimal

import pytest
from django.utils import timezone

from convener.data.loading import rederive
from convener.data.store import Store
from convener.rules.access import Act, Role
from convener.rules.answers import QUESTIONS
from convener.rules.tokens import FOR_PROGRAMS
from convener.service.actions.accounts import keep_accounts
from convener.service.actions.documents import Given, give_document
from convener.service.models import (
    ApiToken,
    Correction,
    Note,
    Notice,
    Organisation,
    RecordClaim,
    Watch,
)
from service.calling import Program, refused, token_of
from service.furniture import AT, make_user
from service.routes import COMMANDS, ROUTES
from service.small_store import build_store

pytestmark = pytest.mark.django_db
RIVER = {"name": "Riverside Care", "kind": "mutual", "source": "Its rules"}
REASON = "The charity register says so"


@pytest.fixture
def lead(loaded):
    """Give a program of a provider's lead."""
    return Program(token_of(make_user(Role.PROVIDER, "lead@example.org")))


@pytest.fixture
def own_store(settings, tmp_path, tmp_path_factory):
    """Give a store of one's own, derived as a load derives it."""
    made = build_store(tmp_path_factory.mktemp("derived"))
    rederive(made, at=AT - timedelta(days=1))
    settings.WORKSPACE = tmp_path / "own"
    shutil.copytree(made.folder, settings.WORKSPACE)
    return Store(settings.WORKSPACE)


def test_a_record_is_kept_by_a_program_as_by_its_people(own_store, db):
    keeper = Program(token_of(make_user(Role.KEEPER)))
    [market] = keeper.read("/api/organisations", q="steady").json()["rows"]
    own = keeper.read("/api/me").json()["record"]
    owner = keeper.done("register-organisation", **RIVER)["number"]

    keeper.done("rename-record", record=own, name="Brighter Homes", reason=REASON)
    keeper.done("give-kind", record=own, kind="charity", source="The register")
    number = keeper.done("add-number", record=own, scheme="GB-CHC", number="1012345")
    holding = {"owner": owner, "share": "0.51", "source": "The agreement", "has_control": True}
    keeper.done("add-holdings", record=own, holdings=[holding])

    shown = keeper.read(f"/api/registry/{own}").json()
    assert (shown["name"], shown["kind"]) == ("Brighter Homes", "charity")
    assert shown["identifiers"] == ["GB-CHC-1012345"]
    [held] = shown["owners"]
    assert (held["owner"], held["share"], held["has_control"]) == (owner, "0.51", True)

    keeper.done("remove-number", record=own, row=number["number"])
    keeper.done("end-holding", record=own, row=held["row"], to_on="2026-05-01")
    keeper.done("take-holding-back", record=own, row=held["row"], reason=REASON)
    keeper.done("take-kind-back", record=own, row=shown["kinds"][0]["row"])
    keeper.done("end-match", record=own)
    keeper.done("match-record", record=own, organisation=market["number"])

    left = keeper.read(f"/api/registry/{own}").json()
    assert (left["kinds"], left["numbers"], left["owners"]) == ([], [], [])
    assert left["market_number"] == market["number"]


def test_a_claim_is_made_and_decided_by_programs(loaded, db):
    officer = Program(token_of(make_user(Role.OFFICER)))
    convener = Program(token_of(make_user(Role.CONVENER)))
    record = officer.done("register-organisation", **RIVER)["number"]
    officer.done("claim-record", record=record, evidence=REASON)
    officer.done("withdraw-claim", record=record)
    officer.done("claim-record", record=record, evidence=REASON)

    [waiting] = convener.read("/api/claims").json()["rows"]
    convener.done("decide-claim", claim=waiting["number"], is_approved=True, answer=REASON)

    assert RecordClaim.objects.filter(step="approved", organisation=record).count() == 1
    refused(officer.read("/api/claims"), 403)
    told = officer.read("/api/notices", unread="true").json()
    assert told["total"] == 1
    officer.done("read-notices")
    assert officer.read("/api/notices", unread="true").json()["total"] == 0


def test_a_note_is_posted_answered_and_taken_back(loaded, db):
    lead = Program(token_of(make_user(Role.PROVIDER)))
    analyst = Program(token_of(make_user(Role.ANALYST)))
    note = lead.done("post-note", organisation="1", sort="request", text="We are a charity")

    [waiting] = analyst.read("/api/requests").json()["rows"]
    assert waiting["number"] == note["number"]
    analyst.done("answer-request", note=note["number"], is_approved=False, answer="We think not")
    lead.done("withdraw-note", note=note["number"])

    kept = Note.objects.get()
    assert (kept.answer, kept.is_approved) == ("We think not", False)
    assert kept.withdrawn_at is not None
    foreign = {"organisation": "2", "sort": "note", "text": "Hello"}
    refused(lead.send("post-note", foreign), 403)


def test_an_owner_is_watched_warned_of_and_let_go(loaded, db):
    officer = Program(token_of(make_user(Role.OFFICER)))
    analyst = Program(token_of(make_user(Role.ANALYST)))

    owner = officer.done("watch-owner", organisation="1")["number"]
    warned = {"owner": owner, "on": "2026-03-01", "text": "Profits fall", "source": "A notice"}
    analyst.done("warn-of-owner", **warned)

    assert Watch.objects.count() == 1
    told = officer.read("/api/notices").json()["rows"]
    assert any("warn" in one["sort"] for one in told)
    [watched] = officer.read("/api/watches").json()["rows"]
    assert (watched["owner"], watched["is_new"]) == (owner, True)
    hangs = officer.read(f"/api/watches/{owner}").json()
    assert [one["text"] for one in hangs["warnings"]] == ["Profits fall"]
    assert len(hangs["contracts"]) == watched["contract_count"]
    assert analyst.read("/api/watches").json()["rows"] == []
    assert not analyst.read(f"/api/watches/{owner}").json()["is_watched"]
    officer.done("stop-watching", owner=owner)
    assert not Watch.objects.exists()
    assert not Notice.objects.filter(organisation_key=owner).exists()
    refused(officer.send("stop-watching", {"owner": owner}), 404)


def test_a_correction_reaches_the_figures_and_is_undone(own_store, db):
    analyst = Program(token_of(make_user(Role.ANALYST)))
    [body] = analyst.read("/api/organisations", q="steady").json()["rows"]

    made = analyst.done(
        "make-correction",
        organisation=body["number"],
        what="kind",
        value="charity",
        reason=REASON,
    )

    correction = Correction.objects.get()
    assert str(correction.pk) == made["number"]
    assert not correction.is_waiting
    [after] = analyst.read("/api/organisations", q="steady").json()["rows"]
    assert (body["kind"] != "charity", after["kind"]) == (True, "charity")
    analyst.done("undo-correction", correction=made["number"], reason=REASON)
    [undone] = analyst.read("/api/organisations", q="steady").json()["rows"]
    assert undone["kind"] == body["kind"]


# --- What one keeps for oneself ------------------------------------------------------------------


def test_answers_and_documents_are_kept_by_a_program_of_their_own_organisation(loaded, lead):
    own = lead.read("/api/me").json()["record"]
    by = ApiToken.objects.get().membership.actor
    paper = Given("Our cover", "cover.pdf", b"%PDF-1.7\n%%EOF\n")
    document = give_document(organisation_id=int(own), given=paper, by=by, at=timezone.now())

    for text in ("We are insured", "We are insured for more"):
        lead.done("give-answer", record=own, question="insurance", text=text)
    listed = lead.read(f"/api/registry/{own}/answers").json()
    one = lead.read(f"/api/registry/{own}/answers/insurance").json()
    [file] = lead.read(f"/api/registry/{own}/documents").json()["rows"]

    assert [listed["rows"][0][name] for name in ("text", "state")] == [text, "current"]
    assert [row["text"] for row in listed["rows"][1:]] == [None] * (len(QUESTIONS) - 1)
    assert (one["text"], [past["text"] for past in one["past"]]) == (text, [text, text[:14]])
    assert (file["number"], file["title"]) == (str(document.pk), "Our cover")
    assert lead.read(f"/api/registry/{own}/documents/{document.pk}").json() == file

    lead.done("end-answer", record=own, question="insurance")
    lead.done("end-document", record=own, document=file["number"])
    refused(lead.send("end-answer", {"record": own, "question": "insurance"}), 409)
    refused(lead.send("give-answer", {"record": own, "question": "luck", "text": "Much"}), 404)
    refused(lead.read(f"/api/registry/{own}/documents/{document.pk}"), 404)
    assert lead.read(f"/api/registry/{own}/answers/insurance").json()["text"] is None
    another = Organisation.objects.create(name="Another's", registered_at=AT)
    for what in ("answers", "answers/insurance", "documents", "accounts"):
        refused(lead.read(f"/api/registry/{another.pk}/{what}"), 404)


def test_accounts_are_listed_without_their_amounts_and_the_check_is_nowhere(loaded, lead):
    own = lead.read("/api/me").json()["record"]
    keep_accounts(
        organisation_id=int(own),
        starts_on=AT.date() - timedelta(365),
        ends_on=AT.date(),
        lines={"revenue": Decimal("731909.13")},
        by=ApiToken.objects.get().membership.actor,
        at=timezone.now(),
    )

    answer = lead.read(f"/api/registry/{own}/accounts")

    [period] = answer.json()["rows"]
    assert (period["ends_on"], period["lines"]) == (str(AT.date()), ["revenue"])
    assert "731909" not in answer.content.decode()
    assert Act.CHECK_OWN_STANDING not in FOR_PROGRAMS
    told = {one.callback.act for one in [*COMMANDS, *ROUTES] if one.name.startswith("api-")}
    assert Act.CHECK_OWN_STANDING not in told
    # Were accounts entered here, what is sent to their page would tell of a check.
    assert Act.KEEP_ACCOUNTS not in {one.callback.act for one in COMMANDS}


def test_an_interest_is_declared_found_ended_and_taken_back(loaded, db):
    analyst = Program(token_of(make_user(Role.ANALYST)))
    convener = Program(token_of(make_user(Role.CONVENER)))
    council = RIVER | {"name": "Ashby Borough", "kind": "public-body"}
    records = [analyst.done("register-organisation", **one)["number"] for one in (council, RIVER)]
    said = {"nature": "related", "from_on": "2025-01-01", "words": "my sister keeps their books"}

    for record in records:
        made = analyst.done("declare-interest", record=record, **said)
    refused(
        analyst.send("declare-interest", {**said, "record": record, "from_on": "2999-01-01"}), 400
    )
    refused(convener.send("end-interest", {"interest": made["number"]}), 404)
    refused(analyst.read("/api/two-sides"), 403)
    found = convener.read("/api/two-sides")
    before = convener.read("/api/two-sides", on="2024-06-01").json()

    [person] = found.json()["people"]
    sides = [one["record"] for side in ("buying", "providing") for one in person[side]]
    assert (sides, person["record"]) == (records, None)
    assert "my sister" not in found.content.decode()
    assert (before["on"], before["people_count"]) == ("2024-06-01", 0)

    analyst.done("end-interest", interest=made["number"])
    rows = {row["number"]: row for row in analyst.read("/api/interests").json()["rows"]}
    ended = rows[made["number"]]
    assert (ended["words"], ended["to_on"]) == (said["words"], str(timezone.localdate()))
    assert convener.read("/api/interests").json()["rows"] == []
    analyst.done("take-interest-back", interest=made["number"])
    assert analyst.read("/api/interests").json()["total"] == 1


def test_two_records_of_one_are_merged_and_parted(own_store, db):
    convener = Program(token_of(make_user(Role.CONVENER)))
    kept = convener.done("register-organisation", **RIVER)["number"]
    number = {"scheme": "GB-CHC", "number": "1012345"}
    merged = convener.done("register-organisation", **RIVER, **number)["number"]

    would = convener.read(f"/api/registry/{kept}/merging/{merged}").json()
    made = convener.done("merge-records", kept=kept, merged=merged, reason=REASON)

    assert would["moves"] == [{"what": "identifier", "count": 1}]
    [row] = convener.read(f"/api/registry/{kept}/merges").json()["rows"]
    assert (row["number"], row["record"]) == (made["number"], merged)
    assert convener.read(f"/api/registry/{merged}").json()["merged_into"] == kept
    again = {"kept": kept, "merged": merged, "reason": REASON}
    refused(convener.send("merge-records", again), 409)
    refused(convener.read(f"/api/registry/{kept}/merging/{merged}"), 409)

    convener.done("undo-merge", merge=made["number"], reason=REASON)
    assert convener.read(f"/api/registry/{kept}/merges").json()["rows"] == []
    assert convener.read(f"/api/registry/{merged}").json()["identifiers"] == ["GB-CHC-1012345"]
    refused(convener.send("undo-merge", {"merge": made["number"], "reason": REASON}), 409)
