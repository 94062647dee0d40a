"""Watching an owner, from the store to what a buyer is told."""

import csv
import json
import shutil
from datetime import UTC, date, datetime, timedelta

import pytest

from convener.base.errors import BadInputError, NotFoundError
from convener.data.loading import Wanted, load
from convener.data.store import Store
from convener.rules.access import Role
from convener.rules.corrections import Correctable
from convener.service.actions.corrections import after_load, make_correction
from convener.service.actions.watching import (
    mark_read,
    stop_watching,
    tell_watchers,
    warn_of_owner,
    watch_owner,
)
from convener.service.market.exposed import kept_exposure, marked, places, warnings_about
from convener.service.models import Notice, OwnerExposure, Watch
from convener.service.proposing import Wanted as Correcting
from service.furniture import actor, make_user

pytestmark = pytest.mark.django_db
HOLDER = "Southern Cross Healthcare"
# Made lists with the shares that were found: 9% of the nation, 30% of one region.
# House of Commons Public Accounts Committee, December 2011.
HEADINGS = (
    *("observed_on", "service", "area", "region", "place_id", "place_name", "provider"),
    *("sector", "kind", "places", "rating"),
)
REGIONS = {
    "North East": (30, 70),
    "North West": (8, 92),
    "Yorkshire and The Humber": (4, 96),
    "South East": (3, 97),
    "London": (0, 100),
}
NOTICE = ("NAO HC 1002 (2018)", "Profits are warned of and £845m is written off")
WARNED = date(2017, 7, 10)


def write_homes(path, regions=REGIONS):
    with path.open("w", encoding="utf-8", newline="") as file:
        out = csv.writer(file)
        out.writerow(HEADINGS)
        for region, (held, others) in regions.items():
            rows = [(HOLDER, held)] + [
                (f"Other {n} of {region} Ltd", others / 10) for n in range(10)
            ]
            for number, (provider, count) in enumerate(rows):
                if count:
                    place = f"{region} {number}"
                    row = ["2011-06-01", "Care homes", region, region, place, place, provider]
                    out.writerow([*row, "", "private", count, ""])
    return path


def release(
    number, buyer, title, awarded, ends, supplier="Carillion Services Limited", amount=1e6
):
    return {
        "ocid": f"ocds-213czf-{number}",
        "id": f"{number}-1",
        "date": f"{awarded}T00:00:00Z",
        "tag": ["award"],
        "initiationType": "tender",
        "language": "en",
        "buyer": {"id": buyer, "name": buyer},
        "parties": [
            {"id": buyer, "name": buyer, "roles": ["buyer"]},
            {"id": supplier, "name": supplier, "roles": ["supplier"]},
        ],
        "tender": {
            "id": f"{number}",
            "title": title,
            "classification": {"scheme": "CPV", "id": "79993100"},
        },
        "awards": [
            {
                "id": "1",
                "status": "active",
                "date": f"{awarded}T00:00:00Z",
                "value": {"amount": amount, "currency": "GBP"},
                "suppliers": [{"id": supplier, "name": supplier}],
                "contractPeriod": {
                    "startDate": f"{awarded}T00:00:00Z",
                    "endDate": f"{ends}T00:00:00Z",
                },
            }
        ],
    }


BEFORE = [
    release(1, "Ministry of Justice", "Prison upkeep", "2015-06-01", "2020-05-31"),
    release(2, "Oxfordshire County Council", "School upkeep", "2012-08-01", "2022-07-31"),
    release(
        3, "Network Rail", "Rail works", "2014-04-01", "2019-03-31", "Carillion Construction Ltd"
    ),
    release(4, "Ministry of Justice", "Kitchens", "2016-01-01", "2017-01-01"),  # over by then
    release(5, "Network Rail", "Other works", "2014-04-01", "2019-03-31", "Another Builder Ltd"),
]
AFTER = [
    release(6, "HS2 Ltd", "Tunnels", "2017-07-17", "2023-07-17", amount=4.5e8),
    release(7, "Ministry of Defence", "Catering", "2017-07-10", "2022-07-10"),  # the day itself
]


def write_releases(path, releases):
    path.write_text(json.dumps({"releases": releases}), encoding="utf-8")
    return path


def write_owners(path):
    path.write_text(
        "owner,owned,share,from,to,source\n"
        "Carillion plc,Carillion Services Limited,100,,,accounts\n"
        "Carillion plc,Carillion Construction Ltd,100,,,accounts\n",
        encoding="utf-8",
    )
    return path


def load_all(store, *wanted, at):
    done = load(store, [Wanted(origin=str(path), kind=kind) for path, kind in wanted], at=at)
    assert [each.error for each in done] == [None] * len(done)


def key_of(store, name):
    with store.connect() as connection:
        found = connection.execute(
            "select organisation_key from organisations where name = ?", [name]
        ).fetchone()
    assert found, name
    return found[0]


@pytest.fixture
def own(settings, tmp_path):
    settings.WORKSPACE = tmp_path / "ws"
    return Store(settings.WORKSPACE)


@pytest.fixture
def buyers(db):
    return [
        make_user(Role.OFFICER, f"{name}@example.org") for name in ("justice", "oxford", "other")
    ]


@pytest.fixture
def ann(db):
    return make_user(Role.ANALYST, "ann@example.org")


def test_southern_cross_is_flagged_in_the_north_east_and_nowhere_else(own, buyers, tmp_path):
    at = datetime(2011, 7, 1, tzinfo=UTC)
    load_all(own, (write_homes(tmp_path / "homes.csv"), "provision"), at=at)

    watch_owner(organisation_key=key_of(own, HOLDER), by=actor(buyers[0]), at=at)

    rows = places(kept_exposure(key_of(own, HOLDER)))
    nation = next(row for row in rows if row.place.is_nation)
    assert nation.share == pytest.approx(0.09)
    assert not nation.is_flagged
    assert [(row.where, round(row.share, 4)) for row in rows if row.is_flagged] == [
        ("North East", 0.3)
    ]


def test_coming_to_hold_a_region_reaches_every_buyer_that_watches(own, buyers, tmp_path):
    at = datetime(2011, 7, 1, tzinfo=UTC)
    before = REGIONS | {"North East": (25, 75)}
    load_all(own, (write_homes(tmp_path / "homes.csv", before), "provision"), at=at)
    key = key_of(own, HOLDER)
    for user in buyers[:2]:
        watch_owner(organisation_key=key, by=actor(user), at=at)

    later = at + timedelta(days=30)
    load_all(own, (write_homes(tmp_path / "homes.csv"), "provision"), at=later)
    assert after_load(at=later) == 2

    for user in buyers[:2]:
        [notice] = Notice.objects.filter(user=user)
        assert notice.text.endswith("now holds 30% of Care homes in North East.")
    assert not Notice.objects.filter(user=buyers[2]).exists()


@pytest.fixture(scope="module")
def eve_of_warning(tmp_path_factory):
    """Give a store of what hung on the owner on the eve of the warning."""
    folder = tmp_path_factory.mktemp("carillion")
    store = Store(folder / "ws")
    load_all(
        store,
        (write_releases(folder / "before.json", BEFORE), None),
        (write_owners(folder / "owners.csv"), "ownership"),
        at=datetime(2017, 7, 1, tzinfo=UTC),
    )
    return store


@pytest.fixture
def carillion(own, eve_of_warning):
    """Give the owner's key, in a store of one's own."""
    shutil.copytree(eve_of_warning.folder, own.folder)
    return key_of(own, "Carillion plc")


# National Audit Office, HC 1002 (June 2018): the first warning came on 10 July 2017.
def test_carillion_after_the_warning_every_contract_is_listed_and_new_awards_are_marked(
    own, carillion, buyers, ann, tmp_path
):
    eve = datetime(2017, 7, 9, 9, tzinfo=UTC)
    for user in buyers[:2]:
        watch_owner(
            organisation_key=key_of(own, "Carillion Services Limited"), by=actor(user), at=eve
        )
    exposed = kept_exposure(carillion)
    assert {(c.title, c.buyer) for c in exposed.contracts} == {
        ("Prison upkeep", "Ministry of Justice"),
        ("School upkeep", "Oxfordshire County Council"),
        ("Rail works", "Network Rail"),
    }

    warn_of_owner(
        owner_key=carillion,
        on=WARNED,
        text=NOTICE[1],
        source=NOTICE[0],
        by=actor(ann),
        at=datetime(2017, 7, 10, 18, tzinfo=UTC),
    )
    for user in buyers[:2]:
        [notice] = Notice.objects.filter(user=user)
        assert "10 July 2017" in notice.text
        assert "3 contracts of 3 buyers hang on it" in notice.text

    later = datetime(2017, 8, 1, tzinfo=UTC)
    load_all(own, (write_releases(tmp_path / "after.json", AFTER), None), at=later)
    after_load(at=later)

    rows = marked(kept_exposure(carillion), warnings_about(carillion))
    assert len(rows) == 5
    assert {row.contract.buyer for row in rows} == {
        "Ministry of Justice",
        "Oxfordshire County Council",
        "Network Rail",
        "HS2 Ltd",
        "Ministry of Defence",
    }
    assert [(row.contract.title, row.mark) for row in rows if row.mark] == [
        ("Tunnels", "Awarded after the warning of 10 July 2017")
    ]
    told = Notice.objects.filter(user=buyers[1], sort="award after a warning")
    assert [notice.text for notice in told] == [
        "Awarded after the warning of 10 July 2017: “Tunnels” of HS2 Ltd, awarded 17 July 2017."
    ]


def test_the_page_shows_contracts_warnings_marks_and_downloads(
    own, carillion, buyers, ann, tmp_path, client
):
    watch_owner(
        organisation_key=carillion, by=actor(buyers[0]), at=datetime(2017, 7, 9, tzinfo=UTC)
    )
    warn_of_owner(
        owner_key=carillion,
        on=WARNED,
        text="<b>Down</b>",
        source=NOTICE[0],
        by=actor(ann),
        at=datetime(2017, 7, 10, 18, tzinfo=UTC),
    )
    later = datetime(2017, 8, 1, tzinfo=UTC)
    load_all(own, (write_releases(tmp_path / "after.json", AFTER), None), at=later)
    after_load(at=later)
    client.force_login(buyers[0])

    shown = client.get(f"/watch/{carillion}/").content.decode()
    listed = client.get("/watch/").content.decode()
    rows = client.get(f"/watch/{carillion}/contracts.json").json()

    assert "5 contracts of 5 buyers hang on it." in shown
    assert "Awarded after the warning of 10 July 2017" in shown
    assert "&lt;b&gt;Down" in shown
    assert "Carillion plc" in listed
    assert "Notices (" in listed
    assert sum(row["marked"] != "" for row in rows) == 1
    assert client.get(f"/watch/{carillion}/nothing.csv").status_code == 404


def test_an_owner_that_is_corrected_is_told_of_without_waiting_for_a_load(
    own, carillion, buyers, ann, monkeypatch
):
    monkeypatch.setattr("convener.service.actions.corrections.beside", lambda work: work())
    eve = datetime(2017, 7, 9, 9, tzinfo=UTC)
    watch_owner(organisation_key=carillion, by=actor(buyers[0]), at=eve)
    wanted = Correcting(Correctable.OWNER, key_of(own, "Another Builder Ltd"), other_key=carillion)

    make_correction(
        wanted=wanted,
        reason="Its accounts name the new owner",
        by=actor(ann),
        at=eve + timedelta(hours=1),
    )

    assert len(kept_exposure(carillion).contracts) == 4
    assert Notice.objects.filter(user=buyers[0]).exists()


def test_looking_again_without_a_change_tells_and_keeps_nothing(own, carillion, buyers):
    at = datetime(2017, 7, 9, tzinfo=UTC)
    watch_owner(organisation_key=carillion, by=actor(buyers[0]), at=at)

    assert tell_watchers(at=at + timedelta(days=1)) == 0
    assert OwnerExposure.objects.count() == 1


def test_a_look_that_comes_late_does_not_undo_a_newer_one(own, carillion, buyers, tmp_path):
    watch_owner(
        organisation_key=carillion, by=actor(buyers[0]), at=datetime(2017, 8, 1, tzinfo=UTC)
    )
    load_all(
        own,
        (write_releases(tmp_path / "after.json", AFTER), None),
        at=datetime(2017, 7, 20, tzinfo=UTC),
    )

    assert tell_watchers(at=datetime(2017, 7, 20, tzinfo=UTC)) == 0


def test_watching_twice_is_watching_once_and_stopping_ends_it(own, carillion, buyers):
    at = datetime(2017, 7, 9, tzinfo=UTC)
    for _ in range(2):
        watch_owner(organisation_key=carillion, by=actor(buyers[0]), at=at)
    assert Watch.objects.count() == 1

    stop_watching(owner_key=carillion, by=actor(buyers[0]), at=at)
    assert not Watch.objects.exists()
    assert tell_watchers(at=at) == 0


def test_what_was_told_is_marked_as_read_by_the_one_who_read_it(own, carillion, buyers, ann):
    at = datetime(2017, 7, 10, 18, tzinfo=UTC)
    for user in buyers[:2]:
        watch_owner(organisation_key=carillion, by=actor(user), at=at)
    warn_of_owner(owner_key=carillion, on=WARNED, text="x", source="y", by=actor(ann), at=at)

    assert mark_read(owner_key=carillion, by=actor(buyers[0]), at=at) == 1
    assert Notice.objects.filter(read_at=None).count() == 1


@pytest.mark.parametrize(
    ("on", "text", "source", "said"),
    [
        (date(2017, 7, 11), "x", "y", "up to today"),
        (date(1217, 7, 10), "x", "y", "up to today"),
        (WARNED, " ", "y", "a warning is in words"),
        (WARNED, "x", "", "its source is in words"),
    ],
)
def test_a_warning_without_words_source_or_a_day_that_was_is_refused(
    own, carillion, ann, on, text, source, said
):
    with pytest.raises(BadInputError, match=said):
        warn_of_owner(
            owner_key=carillion,
            on=on,
            text=text,
            source=source,
            by=actor(ann),
            at=datetime(2017, 7, 10, 18, tzinfo=UTC),
        )


def test_nobody_watches_what_is_not_there(own, carillion, buyers):
    with pytest.raises(NotFoundError):
        watch_owner(organisation_key=12, by=actor(buyers[0]), at=datetime(2017, 7, 9, tzinfo=UTC))


def test_a_buyer_watches_and_stops_by_buttons(own, carillion, buyers, client):
    client.force_login(buyers[0])
    services = key_of(own, "Carillion Services Limited")

    started = client.post(f"/market/organisations/{services}/watch/")
    assert started["Location"] == f"/watch/{carillion}/"
    assert client.post(f"/watch/{carillion}/")["Location"] == f"/watch/{carillion}/"
    assert client.post(f"/watch/{carillion}/stop/")["Location"] == "/watch/"
    assert not Watch.objects.exists()


def test_an_analyst_enters_a_warning_on_a_page_and_a_mistake_keeps_what_was_typed(
    own, carillion, ann, client
):
    client.force_login(ann)
    address = f"/watch/{carillion}/warn/"

    wrong = client.post(address, {"on": "10th July", "text": "Down", "source": NOTICE[0]})
    assert wrong.status_code == 400
    assert "Enter a day such as 2017-07-10" in wrong.content.decode()
    assert "10th July" in wrong.content.decode()
    assert (
        client.post(address, {"on": "2017-07-10", "text": "Down", "source": NOTICE[0]})["Location"]
        == f"/watch/{carillion}/"
    )
    assert len(warnings_about(carillion)) == 1
