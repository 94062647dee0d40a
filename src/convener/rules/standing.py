"""Financial standing: bands and tiers as dated data, and what they say of a body's accounts.

Nothing here decides an award. Whoever is not low risk is asked to explain, and may go on with
mitigations; what is missing is not assessed, and never passes.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from enum import StrEnum
from types import MappingProxyType

from convener.base.errors import NotFoundError
from convener.methods.money.accounts import Accounts
from convener.methods.money.standing import (
    LOWER_IS_BETTER,
    Condition,
    Metric,
    Ratio,
    Trend,
    ratios,
    trend,
    unbroken,
)


class NoStandingRuleError(NotFoundError):
    """Nothing that tests standing was in force on the day."""


class Tier(StrEnum):
    """How much hangs on a contract: the tests are stricter the more it is."""

    BRONZE = "bronze"
    SILVER = "silver"
    GOLD = "gold"


class Risk(StrEnum):
    """What a ratio says, from the least worrying to the most."""

    LOW = "low risk"
    MEDIUM = "medium risk"
    NOT_ASSESSED = "not assessed"
    HIGH = "high risk"


WORRY = tuple(Risk)


class Status(StrEnum):
    """How far a figure can be relied on."""

    SEEN = "seen in an account of its source"
    UNCONFIRMED = "from general knowledge, to be confirmed against its source"
    OWN = "a choice of convener; no source gives the figure"


class Mitigation(StrEnum):
    """What makes a risk bearable. It is recorded beside the score and never changes it."""

    PARENT_GUARANTEE = "parent company guarantee"
    BOND = "bond"
    ESCROW = "escrow"
    PAYMENT_IN_ARREARS = "payment in arrears"


class NextStep(StrEnum):
    """What the buyer does next. No result excludes a bidder by itself."""

    GO_ON = "go on: low risk"
    ASK = "ask for an explanation and for mitigations"
    WEIGH = "weigh the explanation and the mitigations, and record the decision"


@dataclass(frozen=True)
class Limits:
    """Beyond ``low``, on the good side, is low risk; beyond ``high``, on the other, high.

    Both ends belong to medium. Where the two are one, there is no medium: all that is not low
    is high.
    """

    low: Decimal
    high: Decimal

    def risk(self, metric: Metric, value: Decimal) -> Risk:
        """Return what a number says."""
        sign = -1 if metric in LOWER_IS_BETTER else 1
        if sign * value > sign * self.low:
            return Risk.LOW
        is_high = self.low == self.high or sign * value < sign * self.high
        return Risk.HIGH if is_high else Risk.MEDIUM


@dataclass(frozen=True)
class Profile:
    """The tests of one tier, from the day they held to the day they stopped."""

    tier: Tier
    limits: Mapping[Metric, Limits]
    conditions: Mapping[Condition, Risk]
    shortest_days: int
    oldest_days: int
    year_count: int
    source: str
    status: Status
    in_force_from: date
    in_force_to: date | None = None

    def holds(self, tier: Tier, on: date) -> bool:
        """Return whether the profile is of a tier and in force on a day."""
        is_current = self.in_force_from <= on and (self.in_force_to or on) >= on
        return self.tier is tier and is_current


def _limits(low: str, high: str) -> Limits:
    return Limits(Decimal(low), Decimal(high))


# Example bands in common use, as they stand for bronze and silver, and which tier asks for which:
# from general knowledge. What the guidance is for, and its principles, were seen.
BANDS: Mapping[Metric, Limits] = MappingProxyType(
    {
        Metric.TURNOVER: _limits("2.0", "1.5"),
        Metric.MARGIN: _limits("0.10", "0.05"),
        Metric.CASH_FLOW_TO_DEBT: _limits("0.15", "0.05"),
        Metric.DEBT_TO_EARNINGS: _limits("3.5", "5"),
        Metric.DEBT_AND_PENSIONS: _limits("5", "7.5"),
        Metric.INTEREST_COVER: _limits("4.5", "3"),
        Metric.ACID_RATIO: _limits("1.0", "0.8"),
        Metric.NET_ASSETS: _limits("0", "0"),
        Metric.GROUP_EXPOSURE: _limits("0.25", "0.50"),
    }
)
_BRONZE = frozenset({Metric.TURNOVER, Metric.MARGIN, Metric.ACID_RATIO, Metric.NET_ASSETS})
_SILVER = frozenset(Metric) - {Metric.CASH_FLOW_TO_DEBT}
# An account of the guidance says that a higher tier has stricter tests. We found no figures: a
# fifth is our choice.
GOLD_STRICTER = Decimal("0.2")


def _stricter(metric: Metric, limits: Limits) -> Limits:
    factor = 1 - GOLD_STRICTER if metric in LOWER_IS_BETTER else 1 + GOLD_STRICTER
    return Limits(limits.low * factor, limits.high * factor)


CONDITIONS: Mapping[Condition, Risk] = MappingProxyType(
    {
        Condition.NET_CASH: Risk.LOW,
        Condition.NO_INTEREST: Risk.LOW,
        Condition.NOTHING_OWED: Risk.LOW,
        Condition.NO_EARNINGS: Risk.HIGH,
        Condition.NO_REVENUE: Risk.NOT_ASSESSED,
        Condition.NO_ASSETS: Risk.NOT_ASSESSED,
        Condition.MISSING: Risk.NOT_ASSESSED,
        Condition.SHORT_PERIOD: Risk.NOT_ASSESSED,
    }
)

# How a number is said: as a share in percent, an amount in the currency of the accounts, or times.
FORMATS: Mapping[Metric, str] = MappingProxyType(
    dict.fromkeys(Metric, ".2f")
    | dict.fromkeys((Metric.MARGIN, Metric.CASH_FLOW_TO_DEBT, Metric.GROUP_EXPOSURE), ".1%")
    | {Metric.NET_ASSETS: ",.0f"}
)

EFS = (
    "Cabinet Office, Assessing and monitoring the economic and financial standing of bidders and"
    " suppliers (first 2019, its day to be confirmed; May 2021; 23 April 2024)"
)


def _profile(tier: Tier, limits: Mapping[Metric, Limits], status: Status) -> Profile:
    return Profile(
        tier=tier,
        limits=MappingProxyType(dict(limits)),
        conditions=CONDITIONS,
        shortest_days=183,  # half a year; our choice, no source says how little stands for one
        oldest_days=670,  # a year and ten months, when the next charity accounts would be overdue
        year_count=3,
        source=EFS,
        status=status,
        in_force_from=date(2019, 1, 1),
    )


def _only(metrics: frozenset[Metric]) -> Mapping[Metric, Limits]:
    return {metric: limits for metric, limits in BANDS.items() if metric in metrics}


PROFILES = (
    _profile(Tier.BRONZE, _only(_BRONZE), Status.UNCONFIRMED),
    _profile(Tier.SILVER, _only(_SILVER), Status.UNCONFIRMED),
    _profile(
        Tier.GOLD,
        {metric: _stricter(metric, limits) for metric, limits in BANDS.items()},
        Status.OWN,
    ),
)


@dataclass(frozen=True)
class Reading:
    """One ratio of the latest accounts, and what it says.

    The risk is that of what is free; ``with_restricted`` is the ratio when restricted cash and
    funds count, where that makes a difference.
    """

    metric: Metric
    ratio: Ratio
    with_restricted: Ratio | None
    limits: Limits
    risk: Risk
    trend: Trend

    @property
    def because(self) -> str:
        """Return the reading in words, with the number that it rests on."""
        value = self.ratio.value
        met = self.ratio.condition if value is None else f"{value:{FORMATS[self.metric]}}"
        return f"{self.metric}: {met}, {self.risk}"


@dataclass(frozen=True)
class Standing:
    """What a body's accounts say under one profile, and what the buyer does next."""

    profile: Profile
    accounts_end_on: date | None
    readings: tuple[Reading, ...]
    risk: Risk
    next_step: NextStep
    mitigations: tuple[Mitigation, ...]
    reasons: tuple[str, ...]


def profile_for(tier: Tier, began_on: date, profiles: Sequence[Profile] = PROFILES) -> Profile:
    """Return the tests that were in force when a procurement began.

    Raises
    ------
    NoStandingRuleError
        If none of the profiles held then.
    """
    for profile in profiles:
        if profile.holds(tier, began_on):
            return profile
    raise NoStandingRuleError(f"no {tier} bands of financial standing were in force on {began_on}")


def assess(
    accounts: Sequence[Accounts],
    annual_value: Decimal,
    *,
    profile: Profile,
    on: date,
    explanation: str = "",
    mitigations: Sequence[Mitigation] = (),
) -> Standing:
    """Read a body's accounts as they were known on a day.

    Periods that end on the day or later are not known yet. Where the latest is older than the
    profile allows, or there is none, nothing is assessed. The whole is as worrying as its most
    worrying ratio, and not assessed counts as worse than medium.

    Raises
    ------
    BadInputError
        If periods overlap, or the annual value is not a positive exact decimal.

    References
    ----------
    Cabinet Office, Assessing and monitoring the economic and financial standing of bidders and
    suppliers (23 April 2024).
    """
    known = unbroken([one for one in accounts if one.ends_on < on], profile.year_count)
    is_fresh = bool(known) and (on - known[-1].ends_on).days <= profile.oldest_days
    readings = _readings(known, annual_value, profile, is_fresh=is_fresh)
    risk = max((one.risk for one in readings), key=WORRY.index)
    return Standing(
        profile=profile,
        accounts_end_on=known[-1].ends_on if known else None,
        readings=readings,
        risk=risk,
        next_step=_next_step(risk, is_answered=bool(explanation.strip() or mitigations)),
        mitigations=tuple(mitigations),
        reasons=_reasons(known, readings, profile, is_fresh=is_fresh),
    )


def _readings(
    known: Sequence[Accounts], annual_value: Decimal, profile: Profile, *, is_fresh: bool
) -> tuple[Reading, ...]:
    free, whole = (
        [
            ratios(
                one, annual_value, shortest_days=profile.shortest_days, with_restricted=restricted
            )
            for one in known
        ]
        for restricted in (False, True)
    )
    missing = Ratio(None, Condition.MISSING)
    found = []
    for metric, limits in profile.limits.items():
        ratio = free[-1][metric] if is_fresh else missing
        other = whole[-1][metric] if is_fresh else missing
        path = [year[metric] for year in free]
        risk = _risk(profile, metric, ratio)
        with_restricted = other if other != ratio else None
        found.append(Reading(metric, ratio, with_restricted, limits, risk, trend(metric, path)))
    return tuple(found)


def _risk(profile: Profile, metric: Metric, ratio: Ratio) -> Risk:
    if ratio.value is None:
        return profile.conditions[ratio.condition]
    return profile.limits[metric].risk(metric, ratio.value)


def _next_step(risk: Risk, *, is_answered: bool) -> NextStep:
    if risk is Risk.LOW:
        return NextStep.GO_ON
    return NextStep.WEIGH if is_answered else NextStep.ASK


def _reasons(
    known: Sequence[Accounts], readings: Sequence[Reading], profile: Profile, *, is_fresh: bool
) -> tuple[str, ...]:
    if not known:
        return ("no accounts were known on the day",)
    if not is_fresh:
        ended = known[-1].ends_on
        return (f"the latest accounts ended on {ended}, over {profile.oldest_days} days before",)
    return tuple(one.because for one in readings if one.risk is not Risk.LOW)
