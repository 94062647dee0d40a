from __future__ import annotations

from datetime import date
from functools import cache

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from convener.base.errors import BadInputError
from convener.base.kinds import Kind
from convener.simulation.blueprint import MILLION, SERVICE, SERVICES
from convener.simulation.market import make_world
from convener.simulation.world import BEGINS_ON, ENDS_ON, Reading, World
from world_figures import Figures, hhi, shares

any_seed = st.integers(0, 2**32 - 1)
seeds = st.integers(0, 7)  # worlds of full size, made once for all tests
some = settings(max_examples=8, deadline=None)
world_of = cache(make_world)
service_of = {service.reading: service.slug for service in SERVICES}


def test_one_seed_makes_one_world():
    assert make_world(7, size=0.4) == make_world(np.random.default_rng(7), size=0.4)


def test_another_seed_makes_another_world():
    assert make_world(7, size=0.4) != make_world(8, size=0.4)


def test_the_world_leaves_the_chance_of_others_alone():
    np.random.seed(1)  # noqa: NPY002 -- the global state is what is asked about
    expected = np.random.random()  # noqa: NPY002

    np.random.seed(1)  # noqa: NPY002
    make_world(7, size=0.4)

    assert np.random.random() == expected  # noqa: NPY002


@pytest.mark.parametrize(("seed", "size"), [(-1, 1.0), (1, 0.0), (1, -2.0), (1, float("nan"))])
def test_a_seed_or_size_that_means_nothing_is_refused(seed, size):
    with pytest.raises(BadInputError, match="was given"):
        make_world(seed, size=size)


def test_size_scales_providers_and_tenders():
    small, large = make_world(7, size=0.5), make_world(7, size=3)

    assert len(large.organisations) > 2 * len(small.organisations)
    assert len(large.procurements) > 4 * len(small.procurements)


def test_there_is_a_market_for_each_reading():
    assert {service.reading for service in SERVICES} == set(Reading)


def test_about_sixty_providers_of_every_kind(world: World):
    providers = {each for p in world.procurements for a in p.awards for each in a.suppliers}
    providers |= {place.provider for place in world.places}
    bidders = {each for p in world.procurements for bid in p.bids for each in bid.tenderers}

    kinds = {world.by_id[each].kind for each in providers}

    assert 55 <= len(providers | bidders) <= 65
    assert kinds == set(Kind) - {Kind.INDIVIDUAL, Kind.UNKNOWN}


def test_areas_carry_codes_that_no_register_uses(world: World):
    assert len(world.areas) == 6
    assert all(area.code.startswith("X") for area in world.areas)


@some
@given(seeds)
def test_home_care_is_balanced_between_kinds_and_providers(seed):
    figures = Figures(world_of(seed), service_of[Reading.BALANCED])

    by_kind = shares(figures.by_kind)

    assert hhi(figures.by_owner) < 1000
    assert shares(figures.by_owner)[0] < 20
    assert len(by_kind) >= 5
    assert by_kind[0] < 40
    assert by_kind[4] > 4
    assert figures.single_bid_share < 0.10


@some
@given(seeds)
def test_few_owners_hold_nearly_all_of_childrens_homes_behind_more_names(seed):
    figures = Figures(world_of(seed), service_of[Reading.OLIGOPOLY])

    by_owner = figures.by_owner

    assert sum(shares(by_owner)[:4]) > 80
    assert hhi(by_owner) > 1800
    assert hhi(figures.by_provider) < 1800


@some
@given(seeds)
def test_one_provider_of_supported_living_holds_most_across_the_boroughs(seed):
    world = world_of(seed)
    figures = Figures(world, service_of[Reading.TOO_BIG_TO_FAIL])

    largest, _ = figures.by_provider.most_common(1)[0]
    buyers = {p.buyer for p in figures.processes for a in p.awards if largest in a.suppliers}

    assert shares(figures.by_provider)[0] > 50
    assert len(buyers) >= len(world.areas) - 1


@some
@given(seeds)
def test_employment_support_is_bought_in_few_very_large_contracts(seed):
    world = world_of(seed)
    figures = Figures(world, service_of[Reading.BUNDLED])

    awards = [award for each in figures.processes for award in each.awards]
    others = [
        Figures(world, service.slug).median_award
        for service in SERVICES
        if service.slug != figures.service
    ]

    assert 10 <= len(awards) <= 14
    assert figures.median_award > 25 * MILLION
    assert figures.median_award > 3 * max(others)
    assert len(SERVICE[figures.service].further_codes) >= 2


@some
@given(seeds)
def test_most_drug_and_alcohol_tenders_draw_one_bid(seed):
    world = world_of(seed)

    single = {each.slug: Figures(world, each.slug).single_bid_share for each in SERVICES}
    uncontested = single.pop(service_of[Reading.UNCONTESTED])

    assert uncontested > 0.5
    assert max(single.values()) < 0.4


@some
@given(seeds)
def test_homelessness_support_is_mostly_in_house_and_only_provision_shows_it(seed):
    world = world_of(seed)
    figures = Figures(world, service_of[Reading.MOSTLY_IN_HOUSE])

    assert all(figures.in_house_share(year) > 0.6 for year in range(2022, 2027))
    assert Kind.IN_HOUSE.value not in figures.by_kind
    assert all(
        Figures(world, each.slug).in_house_share(2026) < 0.4
        for each in SERVICES
        if each.slug != figures.service and each.in_house
    )


@some
@given(any_seed, st.sampled_from([0.3, 1.0]))
def test_ids_are_unique_and_references_resolve(seed, size):
    world = make_world(seed, size=size)

    ocids = [process.ocid for process in world.procurements]
    names = [each.name for each in world.organisations]

    assert len(ocids) == len(set(ocids))
    assert len(world.by_id) == len(world.organisations)
    assert len(names) == len(set(names))
    assert {h.owner for h in world.holdings} | {h.owned for h in world.holdings} <= set(
        world.by_id
    )
    assert {place.provider for place in world.places} <= set(world.by_id)
    for process in world.procurements:
        awards = {award.id for award in process.awards}
        assert process.buyer in world.by_id
        assert set(process.areas) <= {area.code for area in world.areas}
        assert {award.lot for award in process.awards} <= {lot.id for lot in process.lots}
        assert {contract.award for contract in process.contracts} <= awards
        assert len({bid.id for bid in process.bids}) == len(process.bids)
        assert {each for bid in process.bids for each in bid.tenderers} <= set(world.by_id)


@some
@given(any_seed)
def test_every_supplier_of_an_award_made_a_valid_bid_for_its_lot(seed):
    for process in make_world(seed, size=0.5).procurements:
        bids = {bid.id: bid for bid in process.bids}
        for award in process.awards:
            won = [bids[each] for each in award.bids]
            assert {each for bid in won for each in bid.tenderers} == set(award.suppliers)
            assert all(bid.is_valid and bid.lot == award.lot for bid in won)


@some
@given(seeds)
def test_one_provider_makes_one_bid_for_a_lot(seed):
    for process in world_of(seed).procurements:
        members = [(bid.lot, each) for bid in process.bids for each in bid.tenderers]
        assert len(members) == len(set(members))


@some
@given(any_seed)
def test_dates_follow_one_another(seed):
    for process in make_world(seed, size=0.5).procurements:
        assert BEGINS_ON <= process.published_on < process.first_closes_on <= process.closes_on
        assert all(process.published_on < bid.bid_on <= process.closes_on for bid in process.bids)
        assert all(process.closes_on < award.awarded_on <= ENDS_ON for award in process.awards)
        for contract in process.contracts:
            assert process.awards_on < contract.signed_on < contract.starts_on < contract.ends_on
            assert contract.signed_on <= ENDS_ON
            days = [change.on for change in contract.changes]
            assert days == sorted(days)
            assert all(contract.starts_on < on <= ENDS_ON for on in days)
            assert contract.starts_on < contract.last_ends_on
            assert all(each.to_on <= contract.last_ends_on for each in contract.observations)


@some
@given(seeds)
def test_nobody_bids_before_it_begins_or_after_it_fails(seed):
    world = world_of(seed)

    for process in world.procurements:
        for bid in process.bids:
            for each in (world.by_id[member] for member in bid.tenderers):
                assert (each.from_on or BEGINS_ON) <= process.closes_on
                assert process.closes_on < (each.to_on or date.max)


@some
@given(any_seed, st.dates(BEGINS_ON, ENDS_ON))
def test_the_shares_of_an_organisation_never_pass_the_whole(seed, day):
    world = make_world(seed, size=0.3)

    for organisation in world.by_id:
        held = sum(
            each.hundredths
            for each in world.holdings
            if each.owned == organisation
            and each.from_on <= day
            and (each.to_on is None or day < each.to_on)
        )
        assert held <= 100
        assert sum(world.owner_of(organisation, day).values()) == pytest.approx(1)


def test_three_brands_have_one_owner_and_a_venture_has_two(world: World):
    children = Figures(world, service_of[Reading.OLIGOPOLY])
    owners = {
        provider: set(world.owner_of(provider, ENDS_ON)) for provider in children.by_provider
    }
    brands = [each for each, owned_by in owners.items() if owned_by != {each}]
    (venture,) = [each.id for each in world.organisations if each.kind is Kind.JOINT_VENTURE]

    assert len(brands) == 3
    assert len({frozenset(owners[each]) for each in brands}) == 1
    assert sorted(world.owner_of(venture, ENDS_ON).values()) == pytest.approx([0.49, 0.51])


def test_one_brand_changed_hands(world: World):
    sold = [each for each in world.holdings if each.to_on]

    (earlier,) = sold
    later = [each for each in world.holdings if each.owned == earlier.owned and not each.to_on]

    assert [each.from_on for each in later] == [earlier.to_on]


@some
@given(seeds)
def test_a_provider_fails_and_others_take_over_without_a_tender(seed):
    world = world_of(seed)
    (failing,) = [each for each in world.organisations if each.to_on]

    ended = [
        contract
        for process in world.procurements
        for contract in process.contracts
        if contract.terminated_on == failing.to_on
    ]
    interim = [
        process
        for process in world.procurements
        if process.method == "direct" and process.service == "home-care"
    ]

    assert ended
    assert len(interim) == len(ended)
    assert all(each.contracts[0].starts_on == date(2024, 8, 1) for each in interim)


@some
@given(any_seed)
def test_money_is_whole_pence(seed):
    world = make_world(seed, size=0.5)

    amounts = [line.amount for line in world.payments]
    amounts += [award.amount for each in world.procurements for award in each.awards]
    amounts += [each.last_amount for p in world.procurements for each in p.contracts]

    assert all(type(amount) is int for amount in amounts)
    assert any(line.amount < 0 for line in world.payments)


def test_payments_fall_within_their_contracts_and_the_world(world: World):
    served = {
        (process.buyer, supplier)
        for process in world.procurements
        for award in process.awards
        for supplier in award.suppliers
    }

    assert all(BEGINS_ON <= line.paid_on <= ENDS_ON for line in world.payments)
    assert {(each.buyer, each.payee) for each in world.payments if each.payee} <= served
