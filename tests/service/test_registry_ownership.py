"""Owners entered in the register reach the market's figures, and leave them again."""

from __future__ import annotations

import shutil
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

import pytest

from convener.data.loading import rederive
from convener.data.store import Store
from convener.rules.access import CLOCK, Role, RoleNotAllowedError
from convener.rules.corrections import Correctable
from convener.rules.merging import MergeRefusedError
from convener.rules.ownership import SharesError
from convener.service.actions.corrections import make_correction
from convener.service.actions.merging import merge_records, undo_merge
from convener.service.actions.ownership import (
    Terms,
    add_holdings,
    end_holding,
    take_holding_back,
)
from convener.service.actions.registry import organisation_at, register_organisation
from convener.service.market.data import market_data
from convener.service.models import Correction, Event, Holding
from convener.service.pointing import point_at
from convener.service.proposing import Wanted
from service.furniture import actor, make_user
from service.small_store import build_store

pytestmark = pytest.mark.django_db
AT = datetime(2026, 6, 1, 10, tzinfo=UTC)
TODAY = AT.date()
AGREED = "The joint venture agreement of March 2026"


@pytest.fixture(scope="module")
def derived(tmp_path_factory):
    made = build_store(tmp_path_factory.mktemp("derived"))
    rederive(made, at=AT - timedelta(days=1))
    return made


@pytest.fixture
def own(settings, tmp_path, derived):
    """Give a copy of one's own."""
    settings.WORKSPACE = tmp_path / "own"
    shutil.copytree(derived.folder, settings.WORKSPACE)
    return Store(settings.WORKSPACE)


def key_of(store, name):
    with store.connect() as engine:
        [(key,)] = engine.execute(
            "select distinct organisation_key from identities where name = ?", [name]
        ).fetchall()
    return key


def record(store, name):
    return organisation_at(point_at(market_data(), key_of(store, name)), at=AT)


def shares(store, name, on=TODAY):
    """Return the ultimate owners of one in the market on a day, as its figures have them."""
    with store.connect() as engine:
        rows = engine.execute(
            """select o.name, s.share from owner_shares s
               join identities i on i.organisation_key = s.organisation_key and i.name = $name
               join organisations o on o.organisation_key = s.owner_key
               where coalesce(s.from_on <= $on, true) and coalesce(s.to_on > $on, true)""",
            {"name": name, "on": on},
        ).fetchall()
    return {owner: round(share, 6) for owner, share in rows}


def enter(body, *terms, at=AT, by=None):
    admin = by or actor(make_user(Role.ADMINISTRATOR, f"admin{at.timestamp()}"))
    return add_holdings(organisation_id=body.pk, terms=terms, by=admin, at=at)


def terms(owner, share, **more):
    return Terms(owner.pk, Decimal(share), AGREED, **more)


def test_a_joint_venture_is_split_by_owner_in_the_market(own):
    venture = record(own, "Steady Care Limited")
    one, other = record(own, "Rose Home Support"), record(own, "Neighbours Charity")

    enter(venture, terms(one, "0.51", has_control=True), terms(other, "0.49"))

    assert shares(own, "Steady Care Limited") == {
        "Rose Home Support": 0.51,
        "Neighbours Charity": 0.49,
    }


def test_an_owner_that_the_market_did_not_know_is_counted_too(own):
    venture = record(own, "Steady Care Limited")
    parent = register_organisation(name="Far Parent Limited", at=AT)

    enter(venture, terms(parent, "1"))

    assert shares(own, "Steady Care Limited") == {"Far Parent Limited": 1.0}


def test_owners_count_between_their_days(own):
    venture, one = record(own, "Steady Care Limited"), record(own, "Rose Home Support")

    enter(venture, terms(one, "1", from_on=date(2025, 1, 1), to_on=date(2026, 1, 1)))

    assert shares(own, "Steady Care Limited", date(2024, 6, 1)) == {"Steady Care Limited": 1.0}
    assert shares(own, "Steady Care Limited", date(2025, 6, 1)) == {"Rose Home Support": 1.0}
    assert shares(own, "Steady Care Limited", date(2026, 2, 1)) == {"Steady Care Limited": 1.0}


def test_an_ended_holding_and_one_taken_back_leave_the_figures(own):
    admin = actor(make_user(Role.ADMINISTRATOR))
    venture, one = record(own, "Steady Care Limited"), record(own, "Rose Home Support")
    [row] = enter(venture, terms(one, "1", from_on=date(2020, 1, 1)), by=admin)

    end_holding(holding_id=row.pk, to_on=date(2026, 5, 1), by=admin, at=AT + timedelta(hours=1))
    assert shares(own, "Steady Care Limited") == {"Steady Care Limited": 1.0}
    assert shares(own, "Steady Care Limited", date(2026, 4, 1)) == {"Rose Home Support": 1.0}

    take_holding_back(
        holding_id=row.pk, reason="It was another company", by=admin, at=AT + timedelta(hours=2)
    )
    assert shares(own, "Steady Care Limited", date(2026, 4, 1)) == {"Steady Care Limited": 1.0}
    assert not Holding.objects.exists()
    assert Event.objects.filter(kind="holding-taken-back").count() == 1


def test_an_analysts_correction_of_the_owner_stands_over_the_register(own):
    ann = actor(make_user(Role.ANALYST))
    venture, one = record(own, "Steady Care Limited"), record(own, "Rose Home Support")
    wanted = Wanted(
        Correctable.OWNER,
        key_of(own, "Steady Care Limited"),
        other_key=key_of(own, "Neighbours Charity"),
    )
    make_correction(wanted=wanted, reason="The accounts of 2025 say so", by=ann, at=AT)

    enter(venture, terms(one, "1"), at=AT + timedelta(hours=1))

    assert shares(own, "Steady Care Limited") == {"Neighbours Charity": 1.0}


def test_more_than_all_is_refused_and_nothing_is_kept(own):
    venture = record(own, "Steady Care Limited")
    one, other = record(own, "Rose Home Support"), record(own, "Neighbours Charity")

    with pytest.raises(SharesError, match="add up to 101%"):
        enter(venture, terms(one, "0.51"), terms(other, "0.5"))

    assert not Holding.objects.exists()
    assert shares(own, "Steady Care Limited") == {"Steady Care Limited": 1.0}


def test_a_merge_of_records_is_one_of_the_market_and_its_owners_follow(own):
    con = actor(make_user(Role.CONVENER))
    venture, twin = record(own, "Steady Care Limited"), record(own, "Rose Home Support")
    owner = record(own, "Neighbours Charity")
    enter(twin, terms(owner, "0.4"))

    merged = merge_records(
        kept_id=venture.pk, merged_id=twin.pk, reason="The same company", by=con, at=AT
    )

    assert key_of(own, "Steady Care Limited") == key_of(own, "Rose Home Support")
    assert shares(own, "Rose Home Support")["Neighbours Charity"] == 0.4

    undo_merge(merge_id=merged.pk, reason="Two after all", by=con, at=AT + timedelta(hours=1))

    assert key_of(own, "Steady Care Limited") != key_of(own, "Rose Home Support")
    assert shares(own, "Rose Home Support")["Neighbours Charity"] == 0.4
    assert shares(own, "Steady Care Limited") == {"Steady Care Limited": 1.0}
    venture.refresh_from_db()
    twin.refresh_from_db()
    assert venture.organisation_key == key_of(own, "Steady Care Limited")
    assert twin.organisation_key == key_of(own, "Rose Home Support")


def test_records_that_an_analyst_parted_are_not_merged(own):
    ann = actor(make_user(Role.ANALYST))
    con = actor(make_user(Role.CONVENER))
    venture, twin = record(own, "Steady Care Limited"), record(own, "Rose Home Support")
    Correction.objects.create(
        organisation_key=venture.organisation_key,
        organisation_name="Steady Care Limited",
        spelling_key=venture.spelling_key,
        kind="different",
        subject={"key": int(venture.spelling_key)},
        other_key=twin.organisation_key,
        new_value="Apart",
        reason="They are two",
        made_at=AT,
        made_by_id=ann.user_id,
        made_as="analyst",
    )

    with pytest.raises(MergeRefusedError, match="an analyst has said"):
        merge_records(
            kept_id=venture.pk, merged_id=twin.pk, reason="The same company", by=con, at=AT
        )


def test_nobody_says_who_owns_another_organisation(own):
    provider = actor(make_user(Role.PROVIDER))
    venture, one = record(own, "Steady Care Limited"), record(own, "Rose Home Support")

    with pytest.raises(RoleNotAllowedError, match="own one"):
        enter(venture, terms(one, "1"), by=provider)
    with pytest.raises(RoleNotAllowedError):
        enter(venture, terms(one, "1"), by=CLOCK)
