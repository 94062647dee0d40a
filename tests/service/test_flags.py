"""The integrity flags of one process, for signed-in analysts alone."""

import json
from datetime import UTC, datetime
from types import SimpleNamespace

import pytest

from convener.data.loading import Wanted, load
from convener.data.store import Store
from convener.measures.flags import FLAGS, judge
from convener.measures.lists.process_flags import RULES, find_process, flags_of
from convener.rules.access import Act, Role
from convener.service.views.flags import _row
from service.calling import Program, token_of
from service.furniture import make_user

pytestmark = pytest.mark.django_db
AT = datetime(2026, 6, 1, 10, tzinfo=UTC)


def release(number, *, bidders, days, prices=()):
    parties = [{"id": name, "name": name, "roles": ["tenderer"]} for name in bidders]
    return {
        "ocid": f"ocds-test-{number}",
        "id": "1",
        "date": "2025-03-01T00:00:00Z",
        "tag": ["award"],
        "initiationType": "tender",
        "buyer": {"id": "b", "name": "Ashby Council"},
        "parties": [{"id": "b", "name": "Ashby Council", "roles": ["buyer"]}, *parties],
        "tender": {
            "id": "t",
            "title": f"Tender {number}",
            "procurementMethod": "open",
            "status": "complete",
            "numberOfTenderers": len(bidders),
            "tenderPeriod": {
                "startDate": "2025-01-01T00:00:00Z",
                "endDate": f"2025-01-{1 + days:02}T00:00:00Z",
            },
        },
        "bids": {
            "details": [
                {
                    "id": f"bid-{n}",
                    "status": "valid",
                    "value": {"amount": price, "currency": "GBP"},
                    "tenderers": [{"id": name, "name": name}],
                }
                for n, (name, price) in enumerate(zip(bidders, prices, strict=False))
            ]
        },
        "awards": [
            {
                "id": "a",
                "status": "active",
                "date": "2025-02-01T00:00:00Z",
                "suppliers": [{"id": bidders[0], "name": bidders[0]}],
            }
        ],
    }


@pytest.fixture(scope="module")
def flagged(tmp_path_factory):
    """Give one short tender with one bidder, and one long one whose bidders gave one price."""
    folder = tmp_path_factory.mktemp("flags")
    store = Store(folder / "ws")
    releases = [
        release(1, bidders=["Lone Care Ltd"], days=5, prices=[100]),
        release(2, bidders=["Acme Ltd", "Bolt Ltd"], days=20, prices=[70, 70]),
        # Under ten processes nobody can tell whether a source lists its losers.
        *(release(n, bidders=["Acme Ltd", "Crux Ltd"], days=20) for n in range(3, 15)),
    ]
    path = folder / "releases.json"
    path.write_text(json.dumps({"releases": releases}), encoding="utf-8")
    [done] = load(store, [Wanted(origin=str(path))], at=AT)
    assert done.error is None
    return store


@pytest.fixture
def own(settings, flagged):
    """Point the pages at it."""
    settings.WORKSPACE = flagged.folder
    return flagged


def found(store, ocid):
    with store.connect() as cursor:
        return {one.measure.name: one for one in flags_of(cursor, find_process(cursor, ocid))}


def test_every_rule_says_what_it_weighs():
    assert set(RULES) == {flag.measure for flag in FLAGS}


def test_a_short_tender_with_one_bidder_is_flagged_by_both_rules_with_its_inputs(own):
    rules = found(own, "ocds-test-1")

    short, single = rules["short-submission-period"], rules["single-bid"]
    assert (short.value, short.threshold, short.result) == (5, 15, "Flagged")
    assert (single.value, single.threshold, single.result) == (1, 1, "Flagged")


def test_a_rule_that_does_not_flag_or_cannot_judge_says_so(own):
    rules = found(own, "ocds-test-2")

    assert rules["short-submission-period"].result == "Not flagged"
    assert rules["identical-bid-prices"].result == "Flagged"
    assert rules["late-bid-won"].result == "Could not be judged"


@pytest.mark.parametrize("name", [flag.measure for flag in FLAGS if flag.subject is None])
def test_one_process_is_judged_as_all_of_them_are(own, name):
    with own.connect() as cursor:
        every = {one.process: one for one in judge(cursor, name)}

    for ocid in ("ocds-test-1", "ocds-test-2", "ocds-test-3"):
        one = found(own, ocid)[name]
        if ocid in every:
            assert (one.value, one.threshold) == (every[ocid].value, every[ocid].threshold)
            assert (one.is_flagged is True) == every[ocid].is_flagged
        else:
            assert one.value is None


def test_a_visitor_a_provider_and_a_buyer_get_nothing_of_it(own, client):
    for role in (None, Role.PROVIDER, Role.OFFICER):
        if role:
            client.force_login(make_user(role))
        response = client.get("/market/processes/ocds-test-1/flags/")

        assert response.status_code == 403
        assert "R018" not in response.content.decode()
        assert "Tender 1" not in response.content.decode()
        response = client.get("/api/processes/ocds-test-1/flags")
        assert response.status_code == (403 if role else 401)
        assert "R018" not in response.content.decode()


def test_an_analyst_sees_rule_input_limit_and_result_and_that_it_is_no_finding(own, client):
    client.force_login(make_user(Role.ANALYST))

    shown = client.get("/market/processes/ocds-test-1/flags/").content.decode()

    for words in ("R003", "R018", "flagged below the limit", "never a finding", "Flagged"):
        assert words in shown


def test_a_program_of_an_analyst_is_given_what_the_page_shows(own, client):
    user = make_user(Role.ANALYST)
    narrow, wide = Program(token_of(user, Act.SEE_NOTICES)), Program(token_of(user))

    told = wide.read("/api/processes/ocds-test-1/flags").json()

    rules = {one["measure"]: one for one in told["rules"]}
    names = ("code", "value", "limit", "compares", "is_flagged", "result")
    assert [rules["short-submission-period"][name] for name in names] == [
        *("R003", 5, 15, "flagged below the limit", True, "Flagged")
    ]
    for name, one in found(own, "ocds-test-1").items():
        assert rules[name]["inputs"] == [{"name": n, "value": v} for n, v in one.inputs]
        assert (rules[name]["value"], rules[name]["result"]) == (one.value, one.result)
    client.force_login(user)
    page = client.get("/market/processes/ocds-test-1/flags/").content.decode()
    assert f"{told['flagged']} rules flag</strong>" in page.replace(" this process.", "")
    assert narrow.read("/api/processes/ocds-test-1/flags").status_code == 403
    assert wide.read("/api/processes/nothing/flags").status_code == 404


def test_a_process_that_is_not_there_is_not_found(own, client):
    client.force_login(make_user(Role.ANALYST))

    assert client.get("/market/processes/nothing/flags/").status_code == 404
    assert client.get("/market/processes/' or 1=1 --/flags/").status_code == 404


@pytest.mark.parametrize(
    ("rule", "limit", "said"),
    [
        ("excessive-unsuccessful-bids", -0.61, "Below 0%: none reaches it"),
        ("excessive-unsuccessful-bids", 0.05, "5%"),
        ("excessive-disqualified-bids-by-buyer", 0.2, "20%"),
        ("short-submission-period", 15, "15"),
        ("single-bid", None, "None"),
    ],
)
def test_a_limit_that_no_share_reaches_says_so(rule, limit, said):
    weighs, compares = RULES[rule]
    found = SimpleNamespace(
        weighs=weighs, compares=compares, threshold=limit, value=0.5, inputs=()
    )

    assert _row(found)["threshold"] == said
