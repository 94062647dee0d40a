"""What is read of one organisation, and that it agrees with what markets say of it."""

import pytest

from convener.base.errors import BadInputError, NotFoundError
from convener.base.kinds import Kind
from convener.data.keys import organisation_key
from convener.measures.lists.bought import read_bought
from convener.measures.lists.deals import PER_PAGE, Page, read_page
from convener.measures.lists.organisation import last_day, read_profile, successors_of
from convener.measures.lists.provided import read_provided
from convener.measures.lists.sizes import kept_sizes, made_sizes
from convener.measures.markets import known_markets
from convener.measures.sheet import Choices, read_sheet
from service.finding_store import AT, PERSON, finding_store, key_of

STEADY, ROSE = "Steady Care Limited", "Rose Home Support Limited"
LITTLE, JOINT = "Little Steady Limited", "Joint Care LLP"
ASHBY, BECKTON = "Ashby Borough Council", "Beckton Borough Council"


@pytest.fixture(scope="module")
def store(tmp_path_factory):
    return finding_store(tmp_path_factory)


@pytest.fixture
def cursor(store):
    with store.connect() as connection:
        yield connection.cursor()


def provided(store, cursor, name, *, basis="awards", page=None):
    profile = read_profile(cursor, key_of(store, name))
    day = last_day(cursor, before=AT.date())
    return read_provided(cursor, profile, basis=basis, day=day, page=page or Page())


def bought(store, cursor, name, *, page=None):
    day = last_day(cursor, before=AT.date())
    return read_bought(cursor, key_of(store, name), basis="", day=day, page=page or Page("ending"))


def test_an_owner_is_read_with_what_it_owns_by_share(store, cursor):
    steady = provided(store, cursor, STEADY)

    assert steady.totals.amount == pytest.approx(400_000 + 200_000 + 50_000 + 0.6 * 100_000)
    assert [(one.name, one.amount) for one in steady.through] == [
        (STEADY, 600_000),
        (JOINT, 60_000),
        (LITTLE, 50_000),
    ]


def test_what_another_owns_is_read_alone_and_says_to_whom_it_counts(store, cursor):
    profile = read_profile(cursor, key_of(store, JOINT))
    joint = provided(store, cursor, JOINT)

    assert profile.is_shared
    assert {one.name: one.share for one in profile.owners} == {STEADY: 0.6, ROSE: 0.4}
    assert joint.totals.amount == 100_000
    assert {one.name: one.amount for one in joint.owners} == {STEADY: 60_000, ROSE: 40_000}


@pytest.mark.parametrize("basis", ["awards", "provision"])
def test_shares_of_markets_are_those_of_the_markets_own_pages(store, cursor, basis):
    sizes = made_sizes(cursor)
    markets = [one for one in known_markets(cursor, store.folder) if basis in one.bases]
    judged = 0
    for market in (one for one in markets if one.level in {"bundle", "label"}):
        sheet = read_sheet(cursor, market, Choices(basis=basis))
        for row in sheet.tables.providers:
            profile = read_profile(cursor, row.organisation) if row.organisation else None
            if profile is None or profile.is_owned or row.share is None:
                continue
            whole = sizes.markets(basis)[market.service]
            held = provided(store, cursor, row.name, basis=basis)
            [spot] = [one for one in held.markets if one.service == market.service]
            assert spot.amount / whole.amount == pytest.approx(row.share)
            judged += 1
    assert judged >= 2


def test_sizes_that_were_kept_are_those_that_would_be_computed(store, cursor):
    kept, made = kept_sizes(store.folder, store.manifest()), made_sizes(cursor)

    for basis in ("awards", "provision", "payments"):
        assert kept.markets(basis) == made.markets(basis)
        services = list(made.markets(basis))
        assert kept.areas(basis, services) == made.areas(basis, services)
        for service, place in made.areas(basis, services):
            assert kept.holders(basis, service, place, without=()) == made.holders(
                basis, service, place, without=()
            )


def test_the_others_of_an_area_leave_out_who_is_asked_about(store, cursor):
    key = key_of(store, STEADY)
    others = made_sizes(cursor).holders("provision", "childrens-homes", "Ashby", without=[key])

    assert [(one.name, one.kind, one.amount) for one in others] == [
        ("Harbour Trust", Kind.CHARITY, 2.0)
    ]


def test_a_buyer_is_a_share_of_income_and_income_is_a_share_of_its_spend(store, cursor):
    steady = provided(store, cursor, STEADY)
    spend = made_sizes(cursor).buyers("awards", [key_of(store, ASHBY)])

    ashby, beckton = steady.buyers
    assert ashby.name == ASHBY
    assert ashby.amount == 460_000
    assert ashby.share == pytest.approx(460 / 710)
    assert beckton.share == pytest.approx(250 / 710)
    assert spend[key_of(store, ASHBY)].amount == 600_000


def test_contracts_stand_in_the_order_asked_for_and_on_the_day_of_the_data(store, cursor):
    largest = provided(store, cursor, STEADY).deals
    ending = provided(store, cursor, STEADY, page=Page("ending")).deals

    assert [one.amount for one in largest.rows] == [400_000, 200_000, 60_000, 50_000]
    assert largest.total == 4
    assert (largest.running, largest.ending, largest.ending_amount) == (3, 2, 250_000)
    assert [str(one.ends_on) for one in ending.rows] == ["2025-12-31", "2027-01-31", "2028-05-31"]


def test_provision_is_of_the_last_list_and_years_are_each_of_their_own(store, cursor):
    steady = provided(store, cursor, STEADY, basis="provision")

    assert (steady.totals.things, steady.totals.amount, steady.totals.unit) == (2, 10.0, "places")
    assert [(one.period, one.amount) for one in steady.years] == [("2024", 6.0), ("2025", 10.0)]
    assert {one.place: one.amount for one in steady.spots} == {"Ashby": 8.0, "Beckton": 2.0}


def test_a_buyer_shows_what_it_buys_and_from_whom(store, cursor):
    beckton = bought(store, cursor, BECKTON)

    assert beckton.spent.amount == 340_000
    [care] = [one for one in beckton.services if one.service == "home-care"]
    assert (care.largest, care.largest_share) == (STEADY, pytest.approx(250 / 340))
    assert [one.ocid for one in beckton.deals.rows] == [
        "ocds-find01-7",
        "ocds-find01-4",
        "ocds-find01-3",
    ]


def test_a_person_is_counted_and_never_named(store, cursor):
    beckton = bought(store, cursor, BECKTON)

    [person] = [one for one in beckton.providers if one.kind is Kind.INDIVIDUAL]
    assert person.organisation is None
    assert "withheld" not in person.name
    assert PERSON not in str(beckton)
    people = cursor.execute(
        "select organisation_key from organisations where kind = 'individual'"
    ).fetchall()
    for (key,) in people:
        with pytest.raises(NotFoundError, match="no organisation has the number"):
            read_profile(cursor, key)


@pytest.mark.parametrize("key", [-1, 0, 12, 2**63, 2**80])
def test_a_number_that_leads_nowhere_is_refused(cursor, key):
    with pytest.raises(NotFoundError, match="no organisation"):
        read_profile(cursor, key)


def test_a_number_made_from_what_another_now_holds_leads_to_that(store, cursor):
    key = key_of(store, STEADY)

    assert (key, STEADY) in successors_of(cursor, organisation_key("GB-COH-01111111"))
    spelling = cursor.execute(
        "select party_key from identities where name = ?", [STEADY]
    ).fetchone()[0]
    assert successors_of(cursor, organisation_key(f"spelling {spelling}")) == ((key, STEADY),)
    assert successors_of(cursor, 5) == ()


@pytest.mark.parametrize(
    ("order", "number"),
    [("size", ""), ("", "0"), ("", "x"), ("", "9" * 40), ("", "-1"), ("", "²")],
)
def test_an_order_or_a_page_that_is_none_is_refused(order, number):
    with pytest.raises(BadInputError, match=r"wanted|can be"):
        read_page(order, number)


def test_a_page_past_the_last_is_refused(store, cursor):
    with pytest.raises(BadInputError, match="the last is 1"):
        provided(store, cursor, STEADY, page=Page("value", 2))
    assert PER_PAGE > 4


def test_the_cursor_sees_the_whole_store_again_afterwards(store, cursor):
    before = cursor.execute("select count(*) from processes").fetchone()
    provided(store, cursor, STEADY)
    bought(store, cursor, BECKTON)

    assert cursor.execute("select count(*) from processes").fetchone() == before
