"""Correcting the record, and undoing it."""

import shutil
import threading
from datetime import UTC, datetime, timedelta

import duckdb
import pytest

from convener.base.errors import WrongStepError
from convener.data.loading import rederive
from convener.data.store import Store
from convener.rules.access import Role
from convener.rules.corrections import ContradictedError, Correctable, CorrectionRefusedError
from convener.service.actions.corrections import (
    apply_corrections,
    make_correction,
    undo_correction,
)
from convener.service.models import Correction
from convener.service.proposing import Wanted
from service.furniture import actor, make_user
from service.small_store import build_store

pytestmark = pytest.mark.django_db
AT = datetime(2026, 6, 1, 10, tzinfo=UTC)
WHY = "The charity register has had it since 2019"


@pytest.fixture(scope="module")
def derived(tmp_path_factory):
    """Give a store whose organisations are derived as a load derives them."""
    made = build_store(tmp_path_factory.mktemp("derived"))
    rederive(made, at=AT - timedelta(days=1))
    return made


@pytest.fixture
def own(settings, tmp_path, derived):
    """Give a copy of one's own."""
    settings.WORKSPACE = tmp_path / "own"
    shutil.copytree(derived.folder, settings.WORKSPACE)
    return Store(settings.WORKSPACE)


@pytest.fixture
def ann(db):
    return make_user(Role.ANALYST, "ann@example.org")


def key_of(store, name):
    with store.connect() as connection:
        return connection.execute(
            "select organisation_key from identities where name = ?", [name]
        ).fetchone()[0]


def row_of(store, name):
    with store.connect() as connection:
        return connection.execute(
            """select o.name, o.kind, o.kind_because, o.owner_name from organisations o
               join identities i using (organisation_key) where i.name = ?""",
            [name],
        ).fetchone()


def correct(store, what, name, ann, *, at=AT, reason=WHY, other=None, **more):
    wanted = Wanted(
        what, key_of(store, name), other_key=key_of(store, other) if other else None, **more
    )
    return make_correction(wanted=wanted, reason=reason, by=actor(ann), at=at)


def test_a_kind_is_corrected_and_the_reason_stands_beside_it_by_role(own, ann):
    made = correct(own, Correctable.KIND, "Unplaced House", ann, value="charity")

    _, kind, because, _ = row_of(own, "Unplaced House")
    assert kind == "charity"
    assert because == f"{WHY} (decided by an analyst, 01 June 2026)"
    assert (made.old_value, made.new_value) == ("Unknown", "Charity")
    assert not made.is_waiting


def test_an_owner_is_corrected_and_taken_away_again(own, ann):
    made = correct(own, Correctable.OWNER, "Unplaced House", ann, other="Rose Home Support")
    assert row_of(own, "Unplaced House")[3] == "Rose Home Support"

    later = AT + timedelta(hours=1)
    correct(own, Correctable.OWNER, "Unplaced House", ann, value="none", at=later)
    assert row_of(own, "Unplaced House")[3] == "Unplaced House"
    assert made.new_value == "Rose Home Support"


def test_a_name_is_corrected_and_no_markup_is_lost(own, ann):
    correct(own, Correctable.NAME, "=Formula & <b>Sons</b>", ann, value="Formula & Sons Limited")

    assert row_of(own, "=Formula & <b>Sons</b>")[0] == "Formula & Sons Limited"


def test_two_organisations_become_one_and_rows_that_point_to_either_follow(own, ann):
    first = correct(own, Correctable.KIND, "Rose Home Support", ann, value="mutual")
    correct(
        own,
        Correctable.SAME,
        "Rose Home Support",
        ann,
        other="Steady Care Limited",
        at=AT + timedelta(hours=1),
    )

    assert key_of(own, "Rose Home Support") == key_of(own, "Steady Care Limited")
    first.refresh_from_db()
    assert first.organisation_key == key_of(own, "Rose Home Support")


def test_a_spelling_is_parted_from_the_rest(own, ann):
    with own.connect() as connection:
        spelling = connection.execute(
            "select max(party_key) from identities where name = 'Ashby Council'"
        ).fetchone()[0]

    correct(own, Correctable.DIFFERENT, "Ashby Council", ann, value=str(spelling))

    with own.connect() as connection:
        [(bodies,)] = connection.execute(
            "select count(distinct organisation_key) from identities where name = 'Ashby Council'"
        ).fetchall()
    assert bodies == 2


def test_what_one_correction_joined_another_does_not_part(own, ann):
    correct(own, Correctable.SAME, "Rose Home Support", ann, other="Steady Care Limited")
    with own.connect() as connection:
        spelling = connection.execute(
            "select party_key from identities where name = 'Rose Home Support'"
        ).fetchone()[0]

    with pytest.raises(ContradictedError, match="undo it first"):
        correct(own, Correctable.DIFFERENT, "Rose Home Support", ann, value=str(spelling))


def test_undoing_restores_what_was_and_keeps_what_was_said(own, ann):
    made = correct(own, Correctable.KIND, "Unplaced House", ann, value="charity")

    undone = undo_correction(
        correction_id=made.pk,
        reason="The register meant another",
        by=actor(ann),
        at=AT + timedelta(1),
    )

    assert row_of(own, "Unplaced House")[1] == "unknown"
    assert undone.reason == WHY
    assert not undone.is_waiting
    with pytest.raises(WrongStepError, match="undone already"):
        undo_correction(correction_id=made.pk, reason="The same again", by=actor(ann), at=AT)


def test_a_correction_outlives_a_load_and_the_removal_of_its_source(own, ann):
    correct(own, Correctable.KIND, "Unplaced House", ann, value="charity")

    rederive(own, at=AT + timedelta(days=2))

    assert row_of(own, "Unplaced House")[1] == "charity"


def test_while_a_load_runs_a_correction_is_saved_and_taken_up_later(own, ann):
    with own.writing(at=AT):
        made = correct(own, Correctable.KIND, "Unplaced House", ann, value="charity")
        assert made.is_waiting
        assert row_of(own, "Unplaced House")[1] == "unknown"

    assert apply_corrections(at=AT + timedelta(minutes=5))
    made.refresh_from_db()
    assert made.applied_at == AT + timedelta(minutes=5)
    assert row_of(own, "Unplaced House")[1] == "charity"


def test_a_load_that_ends_after_the_correction_has_it_by_itself(own, ann):
    with own.writing(at=AT):
        correct(own, Correctable.KIND, "Unplaced House", ann, value="charity")

    rederive(own, at=AT + timedelta(hours=2))  # a load of someone's who knows of no service

    assert row_of(own, "Unplaced House")[1] == "charity"


def test_what_was_undone_while_it_waited_never_comes_into_the_figures(own, ann):
    with own.writing(at=AT):
        made = correct(own, Correctable.KIND, "Unplaced House", ann, value="charity")
        undo_correction(correction_id=made.pk, reason="A slip of the hand", by=actor(ann), at=AT)

    apply_corrections(at=AT + timedelta(minutes=5))

    assert row_of(own, "Unplaced House")[1] == "unknown"
    assert not Correction.objects.waiting().exists()


def test_an_error_of_the_data_floor_loses_nothing(own, ann, monkeypatch, caplog):
    from convener.data.loading import NoSpaceError
    from convener.service.actions import corrections

    def full(*args, **kwargs):
        raise NoSpaceError("the disk is full")

    monkeypatch.setattr(corrections, "rederive", full)
    made = correct(own, Correctable.KIND, "Unplaced House", ann, value="charity")

    assert made.is_waiting
    assert "could not be put into the figures" in caplog.text


@pytest.mark.parametrize(
    ("what", "more", "said"),
    [
        (Correctable.KIND, {"value": "unknown"}, "is Unknown already"),
        (Correctable.KIND, {"value": "firm"}, "a kind cannot be 'firm'"),
        (Correctable.NAME, {"value": "Unplaced House"}, "it is called Unplaced House already"),
        (Correctable.NAME, {"value": " "}, "cannot be empty"),
        (Correctable.OWNER, {"value": "none"}, "is itself already"),
        (Correctable.OWNER, {"other": "Unplaced House"}, "cannot own itself"),
        (Correctable.OWNER, {}, "neither was given"),
        (Correctable.SAME, {"other": "Unplaced House"}, "both are Unplaced House already"),
        (Correctable.SAME, {}, "the other was not given"),
        (Correctable.DIFFERENT, {}, "none was given"),
        (Correctable.DIFFERENT, {"value": "1006"}, "no other spelling"),
        (Correctable.KIND, {"value": "charity", "reason": "because"}, "10 characters or more"),
    ],
)
def test_a_correction_that_says_nothing_new_is_refused_and_not_saved(own, ann, what, more, said):
    with pytest.raises(CorrectionRefusedError, match=said):
        correct(own, what, "Unplaced House", ann, **more)

    assert not Correction.objects.exists()


def test_two_bodies_cannot_own_each_other(own, ann):
    correct(own, Correctable.OWNER, "Unplaced House", ann, other="Rose Home Support")

    with pytest.raises(CorrectionRefusedError, match="each would own the other"):
        correct(own, Correctable.OWNER, "Rose Home Support", ann, other="Unplaced House")


@pytest.mark.django_db(transaction=True)
def test_two_who_correct_at_once_both_come_into_the_figures(own, ann):
    jobs = [
        (Correctable.KIND, "Unplaced House", {"value": "charity"}),
        (Correctable.KIND, "Rose Home Support", {"value": "mutual"}),
        (Correctable.NAME, "Steady Care Limited", {"value": "Steady Care"}),
    ]
    start, faults = threading.Barrier(len(jobs)), []

    def work(number, what, name, more):
        from django.db import connection

        try:
            start.wait()
            correct(own, what, name, ann, at=AT + timedelta(seconds=number), **more)
        except Exception as error:  # noqa: BLE001 -- told below
            faults.append(error)
        finally:
            connection.connection.close()  # Django leaves one that lies in memory open

    workers = [threading.Thread(target=work, args=(n, *job)) for n, job in enumerate(jobs)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()

    assert not faults
    assert not Correction.objects.waiting().exists()
    assert row_of(own, "Unplaced House")[1] == "charity"
    assert row_of(own, "Rose Home Support")[1] == "mutual"
    assert row_of(own, "Steady Care Limited")[0] == "Steady Care"


def test_the_file_of_decisions_names_no_person(own, ann):
    correct(own, Correctable.KIND, "Unplaced House", ann, value="charity")

    file = own.folder / "decisions.parquet"
    rows = duckdb.sql(f"select decided_by, reason, subject_key from '{file}'").fetchall()
    assert rows == [("an analyst", WHY, 1006)]


# --- Pages ----------------------------------------------------------------------------------


@pytest.fixture
def analyst(client, ann):
    client.force_login(ann)
    return client


def start(own, name="Unplaced House"):
    return f"/market/organisations/{key_of(own, name)}/correct/"


def answer(client, address, **given):
    response = client.post(address, given)
    assert response.status_code == 302, response.content.decode()[:3000]
    return response["Location"]


def test_an_analyst_answers_one_question_at_a_time_and_the_figure_moves(own, analyst):
    where = answer(analyst, start(own), what="owner")
    assert where.endswith("?step=owner")
    where = answer(analyst, where, has_owner="yes")
    where = answer(analyst, where, typed="rose home")
    shown = analyst.get(where).content.decode()
    assert "Rose Home Support" in shown
    where = answer(analyst, where, other=str(key_of(own, "Rose Home Support")))
    where = answer(analyst, where, reason=WHY)
    check = analyst.get(where).content.decode()
    assert WHY in check
    assert "No other owner" in check

    done = analyst.get(answer(analyst, where)).content.decode()

    assert "In the figures" in done
    assert row_of(own, "Unplaced House")[3] == "Rose Home Support"


def test_a_question_that_was_not_answered_is_asked_before_a_later_one(own, analyst):
    shown = analyst.get(start(own) + "?step=check").content.decode()

    assert "What is wrong about Unplaced House?" in shown


@pytest.mark.parametrize(
    ("step", "given", "said"),
    [
        ("which", {}, "Choose what is to be corrected"),
        ("which", {"what": "colour"}, "Choose what is to be corrected"),
        ("kind", {"kind": "unknown"}, "Unplaced House is Unknown already"),
        ("kind", {}, "Choose a kind"),
        ("why", {"reason": "because"}, "10 characters or more"),
    ],
)
def test_a_mistake_is_said_where_it_was_made_and_what_was_typed_is_kept(
    own, analyst, step, given, said
):
    answer(analyst, start(own), what="kind")
    if step == "why":
        answer(analyst, start(own) + "?step=kind", kind="charity")

    response = analyst.post(f"{start(own)}?step={step}", given)

    shown = response.content.decode()
    assert response.status_code == 400
    assert "Something is to be mended" in shown
    assert said in shown
    if step == "why":
        assert ">because</textarea>" in shown


def test_anyone_reads_what_was_corrected_by_role_and_not_by_name(own, ann, client):
    made = correct(own, Correctable.KIND, "Unplaced House", ann, value="charity")

    for address in ("/corrections/", f"/corrections/{made.pk}/", "/corrections/all.json"):
        shown = client.get(address).content.decode()
        assert WHY in shown
        assert "an analyst" in shown
        assert "ann@" not in shown


def test_an_organisation_that_is_found_to_be_a_person_is_named_nowhere(own, ann, client):
    correct(own, Correctable.NAME, "Unplaced House", ann, value="Ada Example House", reason=WHY)
    correct(
        own,
        Correctable.KIND,
        "Unplaced House",
        ann,
        value="individual",
        reason="Unplaced House is one Ada Example, a childminder",
        at=AT + timedelta(hours=1),
    )

    for address in ("/corrections/", "/corrections/1/", "/corrections/2/", "/corrections/all.csv"):
        shown = client.get(address).content.decode()
        assert "Unplaced" not in shown
        assert "Example" not in shown


def test_undoing_is_asked_for_a_reason_on_a_page(own, ann, analyst):
    made = correct(own, Correctable.KIND, "Unplaced House", ann, value="charity")
    address = f"/corrections/{made.pk}/undo/"

    assert analyst.post(address, {"reason": ""}).status_code == 400
    assert analyst.post(address, {"reason": "no"}).status_code == 400
    where = answer(analyst, address, reason="The register meant another")

    shown = analyst.get(where).content.decode()
    assert "Undone" in shown
    assert "The register meant another" in shown


def test_what_waits_is_said_and_put_into_the_figures_by_a_button(own, ann, analyst):
    with own.writing(at=AT):
        correct(own, Correctable.KIND, "Unplaced House", ann, value="charity")
    assert "1 change not in the figures yet" in analyst.get("/corrections/").content.decode()

    answer(analyst, "/corrections/apply/")

    assert "not in the figures yet" not in analyst.get("/corrections/").content.decode()
    assert row_of(own, "Unplaced House")[1] == "charity"


@pytest.mark.parametrize(
    "address",
    ["/corrections/99/", "/corrections/99999999999999999999/", "/corrections/99/undo/"],
)
def test_a_correction_that_is_not_there_is_not_found(own, analyst, address):
    assert analyst.get(address).status_code == 404


@pytest.mark.parametrize("page", ["0", "2", "x", "9" * 30, "-1"])
def test_a_page_that_is_not_there_is_refused(own, client, page):
    assert client.get("/corrections/", {"page": page}).status_code == 400


@pytest.mark.parametrize("key", ["1", "99999999999999999999"])
def test_an_organisation_that_is_not_there_cannot_be_corrected(own, analyst, key):
    assert analyst.get(f"/market/organisations/{key}/correct/").status_code == 404


def test_a_form_from_elsewhere_corrects_nothing(own, ann):
    from django.test import Client

    client = Client(enforce_csrf_checks=True)
    client.force_login(ann)

    assert client.post(start(own), {"what": "kind"}).status_code == 403


def test_what_is_corrected_is_what_the_data_floor_knows():
    from convener.data.organisations.decisions import DecisionKind

    assert {each.value for each in Correctable} == {each.value for each in DecisionKind}
