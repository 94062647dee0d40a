"""The least turnover that a buyer may ask."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest

from convener.base.errors import BadInputError, NotFoundError
from convener.rules.standing import Status
from convener.rules.turnover import decide_minimum_turnover

TODAY = date(2026, 3, 2)


def _decide(asked, value, began_on=TODAY, **options):
    return decide_minimum_turnover(Decimal(asked), Decimal(value), began_on=began_on, **options)


def test_five_million_for_a_lot_of_two_needs_a_recorded_reason():
    # Vector 18.
    met = _decide(5_000_000, 2_000_000)

    assert met.multiple == Decimal("2.5")
    assert met.is_above
    assert not met.is_allowed
    assert met.because == (
        "2.5 times the value of the lot; 2 needs no reason; a reason has to be recorded"
    )


def test_a_reason_allows_what_is_above():
    met = _decide(5_000_000, 2_000_000, reason=" The provider pays people before it is paid. ")

    assert met.is_above
    assert met.is_allowed
    assert met.because.endswith("; The provider pays people before it is paid.")
    assert not _decide(5, 2, reason="  ").is_allowed


def test_twice_the_value_needs_no_reason():
    met = _decide(4_000_000, 2_000_000)

    assert met.is_allowed
    assert not met.is_above
    assert met.because == "2 times the value of the lot; 2 needs no reason"
    assert _decide(0, 1).is_allowed
    assert _decide("4000000.01", 2_000_000).is_above


@pytest.mark.parametrize(
    ("began_on", "source", "status"),
    [
        (date(2015, 2, 26), "Regulations 2015", Status.SEEN),
        (date(2025, 2, 23), "Regulations 2015", Status.SEEN),
        (date(2025, 2, 24), "Act 2023", Status.UNCONFIRMED),
    ],
)
def test_the_ceiling_is_that_of_the_day_the_procurement_began(began_on, source, status):
    met = _decide(5, 2, began_on)

    assert source in met.ceiling.source
    assert met.ceiling.status is status
    assert met.ceiling.multiple == 2


def test_before_any_ceiling_there_is_none():
    with pytest.raises(NotFoundError, match="no ceiling of turnover was in force on 2015-02-25"):
        _decide(5, 2, date(2015, 2, 25))


@pytest.mark.parametrize(("asked", "value"), [(-1, 2), (1, 0), (1, -2)])
def test_what_cannot_be_asked_is_refused(asked, value):
    with pytest.raises(BadInputError, match="wanted 0 or more, above 0"):
        _decide(asked, value)
