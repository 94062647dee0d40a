"""The facts from which every demonstration market is drawn: areas, services, groups of providers.

A service says how it is bought; a group says who wins what share of it. Chance decides the rest.
The codes are real codes of the Common Procurement Vocabulary; the places are invented, and their
codes begin with an X, which no register of areas uses.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from convener.base.kinds import Kind
from convener.simulation.world import Area, Reading

POUND = 100
THOUSAND = 1000 * POUND
MILLION = 1000 * THOUSAND

REGION = "Tarrowvale"
MAYORAL = "X47000001"
AREAS = tuple(
    Area(code=f"X0900000{number}", name=name, region=REGION, buyer=f"GB-LAE-X{name[:3].upper()}")
    for number, name in enumerate(
        ("Arrowmere", "Brindelwick", "Calverstow", "Dunmarrow", "Elverhithe", "Fennimoor"), start=1
    )
)
ZONES = ("north", "south", "east", "west")


@dataclass(frozen=True)
class Service:
    """How a service is bought, in every area that buys it.

    ``months`` lie between a buyer's tenders; ``annual`` is the value of one lot for one year;
    ``bidders`` is how many bid where more than one does; ``yearly_cost`` is what one place costs.
    ``in_house`` is the share of places that the councils' own teams provide.
    """

    slug: str
    name: str
    reading: Reading
    code: str
    code_title: str
    months: int
    lots: tuple[int, int]
    annual: tuple[int, int]
    years: tuple[int, int]
    bidders: tuple[int, int]
    days_to_bid: tuple[int, int]
    yearly_cost: int
    indicators: tuple[str, str, str]
    single_bid: float = 0.04
    loyalty: float = 0.0
    growth: float = 0.2
    direct: float = 0.0
    framework: float = 0.0
    in_house: float = 0.0
    joint: bool = False
    further_codes: tuple[tuple[str, str], ...] = ()
    zones: tuple[str, ...] = ZONES


@dataclass(frozen=True)
class Group:
    """Providers of one sort: how many, and which share of a service they win together.

    A group with a ``role`` is one particular organisation, however large the world.
    """

    kind: Kind
    count: int
    wins: Mapping[str, float]
    scale: str = "small"
    role: str = ""
    words: str | None = None
    from_on: date | None = None
    to_on: date | None = None
    reach: int = 6
    scheme: str | None = None


SERVICES = (
    Service(
        slug="home-care",
        name="Home care",
        reading=Reading.BALANCED,
        code="85312400",
        code_title="Welfare services not delivered through residential institutions",
        months=8,
        lots=(1, 3),
        annual=(500 * THOUSAND, 1500 * THOUSAND),
        years=(2, 3),
        bidders=(4, 8),
        days_to_bid=(35, 60),
        yearly_cost=14 * THOUSAND,
        indicators=("Visits on time", "Visits by a known carer", "People who feel listened to"),
        framework=0.08,
        in_house=0.14,
    ),
    Service(
        slug="childrens-homes",
        name="Children's homes",
        reading=Reading.OLIGOPOLY,
        code="85311300",
        code_title="Welfare services for children and young people",
        months=9,
        lots=(1, 2),
        annual=(600 * THOUSAND, 2400 * THOUSAND),
        years=(3, 3),
        bidders=(2, 4),
        days_to_bid=(28, 40),
        yearly_cost=190 * THOUSAND,
        indicators=("Placements that lasted", "Children in education", "Visits by an advocate"),
        single_bid=0.12,
        growth=0.35,
        in_house=0.10,
    ),
    Service(
        slug="supported-living",
        name="Supported living",
        reading=Reading.TOO_BIG_TO_FAIL,
        code="85311200",
        code_title="Welfare services for the handicapped",
        months=10,
        lots=(1, 2),
        annual=(900 * THOUSAND, 3600 * THOUSAND),
        years=(3, 4),
        bidders=(2, 4),
        days_to_bid=(28, 42),
        yearly_cost=62 * THOUSAND,
        indicators=("Support hours delivered", "Staff who stayed", "Goals of tenants met"),
        single_bid=0.14,
        growth=0.4,
        direct=0.08,
        in_house=0.06,
    ),
    Service(
        slug="employment-support",
        name="Employment support",
        reading=Reading.BUNDLED,
        code="79611000",
        code_title="Job search services",
        months=24,
        lots=(1, 1),
        annual=(9 * MILLION, 16 * MILLION),
        years=(3, 4),
        bidders=(2, 3),
        days_to_bid=(24, 32),
        yearly_cost=2600 * POUND,
        indicators=(
            "People in work at six months",
            "First meeting within ten days",
            "People who stayed",
        ),
        single_bid=0.0,
        growth=0.6,
        joint=True,
        further_codes=(
            ("80530000", "Vocational training services"),
            ("85312510", "Vocational rehabilitation services"),
            ("85312310", "Guidance services"),
        ),
    ),
    Service(
        slug="drug-and-alcohol-treatment",
        name="Drug and alcohol treatment",
        reading=Reading.UNCONTESTED,
        code="85312500",
        code_title="Rehabilitation services",
        months=13,
        lots=(1, 1),
        annual=(800 * THOUSAND, 2600 * THOUSAND),
        years=(3, 3),
        bidders=(2, 3),
        days_to_bid=(25, 35),
        yearly_cost=2900 * POUND,
        indicators=("People who finished treatment", "Waits under three weeks", "Naloxone given"),
        single_bid=0.75,
        loyalty=0.85,
        in_house=0.04,
    ),
    Service(
        slug="homelessness-support",
        name="Homelessness support",
        reading=Reading.MOSTLY_IN_HOUSE,
        code="98341000",
        code_title="Accommodation services",
        months=17,
        lots=(1, 1),
        annual=(120 * THOUSAND, 360 * THOUSAND),
        years=(2, 3),
        bidders=(2, 4),
        days_to_bid=(30, 45),
        yearly_cost=11 * THOUSAND,
        indicators=(
            "Moves to a settled home",
            "Returns within six months",
            "Support plans agreed",
        ),
        in_house=0.78,
        further_codes=(("85311000", "Social work services with accommodation"),),
    ),
)
SERVICE = {service.slug: service for service in SERVICES}

SPUN_OUT_ON = date(2022, 4, 1)
BOUGHT_ON = date(2022, 10, 1)
FAILED_ON = date(2024, 6, 14)

GROUPS = (
    # Home care: every kind has a fair part, and none is large.
    Group(Kind.PRIVATE, 5, {"home-care": 0.23}, reach=4),
    Group(
        Kind.PRIVATE,
        1,
        {"home-care": 0.07},
        scale="medium",
        role="failing",
        words="Homecare",
        to_on=FAILED_ON,
    ),
    Group(Kind.CHARITY, 3, {"home-care": 0.18}, reach=4),
    Group(Kind.SOCIAL_ENTERPRISE, 3, {"home-care": 0.17}, reach=4),
    Group(Kind.MUTUAL, 1, {"home-care": 0.09}, words="Care Co-operative"),
    Group(
        Kind.MUTUAL,
        1,
        {"home-care": 0.09},
        role="spun-out",
        words="Staff Mutual",
        from_on=SPUN_OUT_ON,
    ),
    Group(
        Kind.PUBLIC_BODY,
        1,
        {"home-care": 0.08},
        scale="medium",
        role="council-company",
        words="Council Care Company Limited",
        scheme="GB-COH",
    ),
    Group(Kind.CHARITY, 1, {"home-care": 0.05, "supported-living": 0.06}, scale="medium"),
    Group(Kind.SOCIAL_ENTERPRISE, 1, {"home-care": 0.04, "supported-living": 0.04}),
    # Supported living: one provider has most of it, in every borough.
    Group(
        Kind.PRIVATE,
        1,
        {"supported-living": 0.64},
        scale="large",
        role="giant",
        words="Community Living",
    ),
    Group(Kind.PRIVATE, 4, {"supported-living": 0.16}, "medium", words="Supported Living"),
    Group(Kind.CHARITY, 2, {"supported-living": 0.10}, reach=4),
    # Children's homes: three brands of one owner and three others hold nearly all.
    Group(Kind.PRIVATE, 1, {"childrens-homes": 0.19}, "large", "brand-1", "Homes for Children"),
    Group(Kind.PRIVATE, 1, {"childrens-homes": 0.15}, "large", "brand-2", "Young Lives"),
    Group(Kind.PRIVATE, 1, {"childrens-homes": 0.12}, "large", "brand-3", "Childcare"),
    Group(Kind.PRIVATE, 1, {"childrens-homes": 0.20}, "large", "second", "Residential"),
    Group(Kind.PRIVATE, 1, {"childrens-homes": 0.15}, "large", "third", "Children's Services"),
    Group(Kind.PRIVATE, 1, {"childrens-homes": 0.12}, "large", "fourth", "Placements"),
    Group(Kind.PRIVATE, 2, {"childrens-homes": 0.02}, words="Children's Homes"),
    Group(Kind.CHARITY, 2, {"childrens-homes": 0.03}),
    Group(Kind.SOCIAL_ENTERPRISE, 1, {"childrens-homes": 0.02}),
    # Employment support: contracts that only the largest can carry.
    Group(Kind.PRIVATE, 2, {"employment-support": 0.46}, scale="large", words="Skills"),
    Group(Kind.PRIVATE, 1, {"employment-support": 0.24}, "large", "giants-arm", "Employment"),
    Group(
        Kind.JOINT_VENTURE,
        1,
        {"employment-support": 0.28},
        scale="large",
        role="joint-venture",
        words="Works Alliance",
    ),
    Group(Kind.CHARITY, 1, {"employment-support": 0.01}, scale="medium", role="joint-charity"),
    Group(Kind.SOCIAL_ENTERPRISE, 1, {"employment-support": 0.005}),
    Group(
        Kind.PUBLIC_BODY,
        1,
        {"employment-support": 0.005},
        scale="medium",
        words="Further Education College",
        scheme="XX-DEMO",
    ),
    # Drug and alcohol treatment: each borough has its provider, and few others come.
    Group(Kind.CHARITY, 3, {"drug-and-alcohol-treatment": 0.48}, scale="medium"),
    Group(
        Kind.PUBLIC_BODY,
        1,
        {"drug-and-alcohol-treatment": 0.16},
        scale="large",
        words="Community NHS Trust",
    ),
    Group(Kind.PRIVATE, 1, {"drug-and-alcohol-treatment": 0.08}, scale="medium", words="Recovery"),
    Group(Kind.MUTUAL, 1, {"drug-and-alcohol-treatment": 0.08}, words="Community Benefit Society"),
    Group(Kind.CHARITY, 2, {"drug-and-alcohol-treatment": 0.14, "homelessness-support": 0.4}),
    Group(
        Kind.SOCIAL_ENTERPRISE,
        1,
        {"drug-and-alcohol-treatment": 0.06, "homelessness-support": 0.1},
    ),
    # Homelessness support: what the councils do not do themselves.
    Group(Kind.CHARITY, 2, {"homelessness-support": 0.35}, reach=4),
    Group(Kind.MUTUAL, 1, {"homelessness-support": 0.15}, words="Housing Co-operative"),
)
