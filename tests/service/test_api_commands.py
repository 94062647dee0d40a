"""Commands of programs: who may send which, done once, refused in words, and on the record."""

from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone

from convener.rules.access import SIGN_IN_ROLES, Act, Role, may
from convener.rules.tokens import COMMANDS_A_MINUTE
from convener.service.actions.ticking import tick
from convener.service.api.document import document
from convener.service.models import (
    ApiToken,
    Event,
    Holding,
    IdempotentAnswer,
    Membership,
    Organisation,
)
from service.calling import Program, one_who_may, refused, token_of, unbound
from service.furniture import AT, furnish, give_second_factor, make_user
from service.registry_furniture import RECORD, TWICE
from service.routes import COMMANDS

pytestmark = pytest.mark.django_db
RIVER = {"name": "Riverside Care", "kind": "mutual", "source": "Its rules"}
REASON = "The charity register says so"


@pytest.fixture
def lead(loaded):
    """Give a program of a provider's lead."""
    return Program(token_of(make_user(Role.PROVIDER, "lead@example.org")))


# --- Who gets in ---------------------------------------------------------------------------------


@pytest.mark.parametrize("role", SIGN_IN_ROLES)
def test_every_command_is_for_the_roles_of_its_act_alone(workspace, db, role):
    program = Program(unbound(make_user(role)))

    statuses = {one.name: program.send(one.name[4:], {}).status_code for one in COMMANDS}

    # Whoever gets in is told that the body lacks words, or is done where none are needed.
    barred = {one.name for one in COMMANDS if not may(role, one.callback.act)}
    assert {name for name, status in statuses.items() if status == 403} == barred
    assert set(statuses.values()) <= {200, 400, 403}


def test_a_command_takes_a_token_and_is_only_sent(workspace, db):
    signed_in = {role: Client() for role in (Role.ADMINISTRATOR, Role.PROVIDER)}
    for role, client in signed_in.items():
        client.force_login(make_user(role))
    asked = {"content_type": "application/json", "headers": {"idempotency-key": "one"}}

    for one in COMMANDS:
        no_token = Program().send(one.name[4:], {})
        client = signed_in[one_who_may(one.callback.act)]
        by_cookie = client.post(f"/{one.pattern}", example_of(one.name[4:]), **asked)
        read = client.get(f"/{one.pattern}")

        assert "Authorization: Bearer" in refused(no_token, 401)
        assert no_token["WWW-Authenticate"].startswith("Bearer")
        assert "comes with a token" in refused(by_cookie, 401), one.name
        assert "sent by POST" in refused(read, 405)
        assert read["Allow"] == "POST, OPTIONS"


def test_a_token_does_what_was_chosen_for_it_and_no_more(loaded, db):
    user = make_user(Role.PROVIDER)
    narrow = Program(token_of(user, Act.SEE_REGISTRY))

    assert "was not made to register" in refused(narrow.send("register-organisation", RIVER), 403)
    assert narrow.read("/api/registry").status_code == 200
    assert "was not made to see what one was told" in refused(narrow.read("/api/notices"), 403)
    assert narrow.read("/api/markets").status_code == 200
    assert narrow.read("/api/me").json()["acts"] == ["See the registry of organisations"]


@pytest.mark.parametrize(
    ("header", "said"),
    [
        ("Bearer cv_nonsense", "no token of this service"),
        ("Bearer", "no token of this service"),
        ("Basic bGVhZDpsZWFk", "begins with 'Basic'"),
        ("cv_nonsense", "begins with 'cv_nonsense'"),
    ],
)
@pytest.mark.parametrize("path", ["/api/registry", "/api/markets", "/api/me"])
def test_what_is_no_token_lets_nobody_in_even_where_none_is_needed(loaded, header, said, path):
    answer = Client().get(path, headers={"authorization": header})

    assert said in refused(answer, 401)
    assert answer["WWW-Authenticate"] == 'Bearer realm="convener"'


def _end(token):
    token.update(ended_at=AT)


def _run_out(token):
    token.update(expires_at=AT)


def _end_role(token):
    Membership.objects.update(until_at=AT + timedelta(1))


def _close(token):
    token.get().membership.user.__class__.objects.update(is_active=False)


@pytest.mark.parametrize("change", [_end, _run_out, _end_role, _close])
def test_a_token_lets_nobody_in_once_it_or_its_maker_is_out(loaded, lead, change):
    assert lead.read("/api/registry").status_code == 200

    change(ApiToken.objects.all())

    refused(lead.read("/api/registry"), 401)
    refused(lead.send("register-organisation", RIVER), 401)


def test_a_token_of_a_role_with_two_factors_lasts_as_long_as_the_second_one(loaded, db):
    keeper = make_user(Role.KEEPER)
    program = Program(token_of(keeper))
    assert program.read("/api/registry").status_code == 200

    keeper.authenticator_set.all().delete()
    assert "second factor" in refused(program.read("/api/registry"), 401)
    give_second_factor(keeper)
    keeper.authenticator_set.update(created_at=timezone.now())
    assert "second factor" in refused(program.read("/api/registry"), 401)


# --- Done once -----------------------------------------------------------------------------------


def test_a_command_sent_again_is_done_once_and_answered_the_same(lead):
    first = lead.send("register-organisation", RIVER, key="river-1")
    again = lead.send("register-organisation", dict(reversed(RIVER.items())), key="river-1")

    assert first.status_code == again.status_code == 200
    assert first.content == again.content
    assert "Idempotent-Replayed" not in first
    assert again["Idempotent-Replayed"] == "true"
    assert Organisation.objects.filter(name=RIVER["name"]).count() == 1


def test_a_key_stands_for_one_command(lead):
    lead.send("register-organisation", RIVER, key="river-1")

    other = lead.send("register-organisation", RIVER | {"name": "Another"}, key="river-1")
    elsewhere = lead.send("claim-record", {"record": "1", "evidence": REASON}, key="river-1")

    assert "choose a new one" in refused(other, 422)
    assert "choose a new one" in refused(elsewhere, 422)
    assert not Organisation.objects.filter(name="Another").exists()


def test_two_tokens_may_choose_the_same_key(lead):
    other = Program(token_of(make_user(Role.OFFICER, "other@example.org")))

    for program in (lead, other):
        assert program.send("register-organisation", RIVER, key="one").status_code == 200
    assert Organisation.objects.filter(name=RIVER["name"]).count() == 2
    kept = IdempotentAnswer.objects.values_list("request_digest", flat=True)
    assert len(set(kept)) == 2, "whoever knows the words could find them among the digests"


def test_a_refusal_is_an_answer_that_stays(lead):
    body = {"record": str(make_other().pk), "name": "Mine now", "reason": REASON}

    first = lead.send("rename-record", body, key="mine")
    again = lead.send("rename-record", body, key="mine")

    assert "only where it is the own one" in refused(first, 403)
    assert first.content == again.content


def make_other() -> Organisation:
    return Organisation.objects.create(name="Another's", registered_at=AT)


def test_nothing_of_a_refused_command_stands_but_the_refusal(lead):
    owner = make_other()
    own = lead.read("/api/me").json()["record"]
    half = [
        {"owner": str(owner.pk), "share": "0.6", "source": "The agreement"},
        {"owner": own, "share": "0.4", "source": "The agreement"},
    ]
    before = Event.objects.count()

    refused(lead.send("add-holdings", {"record": own, "holdings": half}), 400)

    assert not Holding.objects.exists()
    assert Event.objects.count() == before


def test_what_broke_on_our_side_is_not_an_answer(lead, monkeypatch):
    lead.client.raise_request_exception = False
    with monkeypatch.context() as broken:
        broken.setattr("convener.service.actions.registry.make_box", lambda body: 1 / 0)
        assert lead.send("register-organisation", RIVER, key="k").status_code == 500

    assert not IdempotentAnswer.objects.exists()
    assert not Organisation.objects.filter(name=RIVER["name"]).exists()
    assert lead.send("register-organisation", RIVER, key="k").status_code == 200


def test_the_record_says_through_which_command_it_was_told(lead):
    lead.send("register-organisation", RIVER | {"scheme": "GB-CHC", "number": "1012345"}, key="r")

    token = ApiToken.objects.get()
    name = f"token:{token.pk}:r"
    told = Event.objects.exclude(command="").order_by("pk")
    assert [event.command for event in told] == [name, f"{name}#2", f"{name}#3"]
    assert {event.actor for event in told} == {token.membership.user_id}


def test_answers_are_dropped_and_what_was_done_is_still_not_done_again(lead):
    lead.send("register-organisation", RIVER, key="old")
    IdempotentAnswer.objects.update(answered_at=timezone.now() - timedelta(days=8))

    tick(at=timezone.now())

    assert not IdempotentAnswer.objects.exists()
    assert "done already" in refused(lead.send("register-organisation", RIVER, key="old"), 409)
    assert Organisation.objects.filter(name=RIVER["name"]).count() == 1


def test_a_token_gives_so_many_commands_a_minute(lead):
    IdempotentAnswer.objects.bulk_create(
        IdempotentAnswer(
            token=ApiToken.objects.get(),
            key=f"k{number}",
            request_digest="",
            status=200,
            body={},
            answered_at=timezone.now(),
        )
        for number in range(COMMANDS_A_MINUTE)
    )

    answer = lead.send("register-organisation", RIVER, key="late")

    assert "ask again in a while" in refused(answer, 429)
    assert answer["Retry-After"] == "60"
    IdempotentAnswer.objects.update(answered_at=timezone.now() - timedelta(minutes=2))
    assert lead.send("register-organisation", RIVER, key="late").status_code == 200


def test_a_token_reads_so_often_a_minute(lead, settings):
    settings.API_READS_A_MINUTE = 3
    paths = ("/api/registry", "/api/markets", "/api/claims")
    assert [lead.read(path).status_code for path in paths] == [200, 200, 403]

    refusals = [lead.read(path) for path in paths]

    assert all("3 times a minute" in refused(answer, 429) for answer in refusals)
    assert all(1 <= int(answer["Retry-After"]) <= 60 for answer in refusals)
    assert Client().get("/api/markets").status_code == 200
    lead.done("register-organisation", **RIVER)
    ApiToken.objects.update(reads_since=timezone.now() - timedelta(minutes=1))
    assert lead.read("/api/registry").status_code == 200


# --- What is not fit -----------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("body", "said"),
    [
        ({}, "name: field required"),
        (RIVER | {"naem": "x"}, "naem"),
        (RIVER | {"kind": "individual"}, "kind is 'individual'"),
        (RIVER | {"name": ""}, "name is ''"),
        (RIVER | {"name": 7}, "name"),
        (RIVER | {"name": "x\0y"}, "no NUL"),
        (RIVER | {"name": "x" * 301}, "name is 'xxx"),
        (RIVER | {"scheme": "GB-COH"}, "one of them lacks"),
        (RIVER | {"scheme": "GB-COH", "number": "x"}, "cannot be a number of"),
        (RIVER | {"source": "   "}, "where this can be seen"),
        ([], "the body"),
        ("words", "the body"),
    ],
)
def test_a_body_that_is_not_fit_is_refused_in_words(lead, body, said):
    assert said in refused(lead.send("register-organisation", body), 400)
    assert not Organisation.objects.filter(name=RIVER["name"]).exists()


@pytest.mark.parametrize(
    ("body", "status"),
    [
        ("{", 400),
        ("null", 400),
        (b"\xff\xfe", 400),
        ("[" * 100_000, 400),
        ('{"name": NaN}', 400),
        ('{"name": "\\ud800"}', 400),
        (" " * (512 * 1024 + 1), 413),
    ],
)
def test_what_is_no_json_is_refused(lead, body, status):
    refused(lead.send("register-organisation", body), status)


@pytest.mark.parametrize("kind", ["text/plain", "application/x-www-form-urlencoded"])
def test_another_sort_of_body_is_refused(lead, kind):
    answer = lead.send("register-organisation", "name=x", content_type=kind)

    assert "wanted application/json" in refused(answer, 415)


@pytest.mark.parametrize("key", ["", "two words", "x" * 101, "a#2"])
def test_a_command_has_a_key_of_plain_letters(lead, key):
    assert "Idempotency-Key" in refused(lead.send("register-organisation", RIVER, key=key), 400)


def test_a_command_without_a_key_is_refused(lead):
    answer = lead.client.post(
        "/api/commands/register-organisation",
        RIVER,
        content_type="application/json",
        headers=lead.headers,
    )

    assert "Idempotency-Key: field required" in refused(answer, 400)


@pytest.mark.parametrize("number", ["9", "9" * 19, "900001"])
@pytest.mark.parametrize(
    ("verb", "body"),
    [
        ("claim-record", {"record": "?", "evidence": REASON}),
        ("withdraw-note", {"note": "?"}),
        ("read-notices", {"notice": "?"}),
        ("post-note", {"organisation": "?", "sort": "note", "text": "x"}),
        ("add-number", {"record": "?", "scheme": "GB-COH", "number": "01234567"}),
        ("end-answer", {"record": "?", "question": "insurance"}),
        ("end-interest", {"interest": "?"}),
    ],
)
def test_what_is_not_there_is_not_done_to(lead, verb, body, number):
    asked = {name: number if value == "?" else value for name, value in body.items()}

    assert lead.send(verb, asked).status_code in {403, 404}


def test_any_command_is_answered_clearly_where_nothing_is_loaded(workspace, db):
    furnish()
    programs = {
        role: Program(unbound(make_user(role))) for role in (Role.ADMINISTRATOR, Role.PROVIDER)
    }

    for one in COMMANDS:
        program, verb = programs[one_who_may(one.callback.act)], one.name[4:]
        answer = program.send(verb, example_of(verb))
        assert answer.status_code in {200, 400, 403, 404, 409}, (verb, answer.content)


def example_of(verb: str) -> dict:
    """Return a body that the document allows, about what furniture stores."""
    found = document()
    content = found["paths"][f"/api/commands/{verb}"]["post"]["requestBody"]["content"]
    name = content["application/json"]["schema"]["$ref"].rpartition("/")[2]
    body = found["components"]["schemas"][name]
    numbers = {"record": str(RECORD), "row": str(RECORD), "owner": "1"}
    known = {**numbers, "kind": "charity", "what": "kind", "sort": "note", "on": "2026-01-01"}
    known |= {"to_on": "2026-01-01", "is_approved": True, "scheme": "GB-CHC", "holdings": []}
    holding = {"owner": str(RECORD + 1), "share": "0.1", "source": "The agreement"}
    known |= {"holdings": [holding], "number": "1012345", "question": "insurance"}
    known |= {"kept": str(RECORD), "merged": str(TWICE), "merge": str(RECORD)}
    known |= {"document": str(RECORD), "nature": "owns", "from_on": "2026-01-01"}
    known |= dict.fromkeys(("claim", "note", "organisation", "correction", "interest"), "1")
    return {word: known.get(word, REASON) for word in body.get("required", [])}
