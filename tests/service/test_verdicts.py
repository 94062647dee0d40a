"""What the market's page says of twelve markets of known shape, word for word."""

import pytest

from convener.service.market.readings import rests_said
from convener.service.market.verdict import verdict
from service.made_market import Holds, awarded, provided

AREAS = ("Ashby", "Beckton", "Corley", "Dunmoor")


def one_private_monopoly():
    return provided(Holds("Solo Care Limited", "private", area, 30) for area in AREAS)


def many_equal_private():
    return provided(
        Holds(f"Firm {area} {number}", "private", area, 6) for area in AREAS for number in range(5)
    )


def council_in_house_everywhere():
    return provided(Holds(f"{area} Council", "in-house", area, 30) for area in AREAS)


def mixed_and_balanced():
    kinds = ("in-house", "private", "charity", "social-enterprise", "mutual")
    return provided(Holds(f"{kind} {area}", kind, area, 6) for area in AREAS for kind in kinds)


def two_owners_half_each():
    return provided(
        Holds(name, "private", area, 15) for area in AREAS for name in ("Left Ltd", "Right Ltd")
    )


def unknown_kinds_dominate():
    return provided(
        Holds(f"House {area} {number}", "private" if number == 0 else "unknown", area, 6)
        for area in AREAS
        for number in range(5)
    )


def one_area_held():
    held = Holds("Corner Care Limited", "private", "Corley", 24)
    others = [
        Holds(f"Firm {area} {number}", "private", area, 6)
        for area in AREAS
        for number in range(5)
        if area != "Corley" or number == 0
    ]
    return provided([held, *others])


def framework_ceilings_leave_it_open():
    others = ("B Ltd", "C Ltd", "D Ltd", "E Ltd")
    shared = [Holds("A Ltd", "private", area, 4_000_000, joint=others) for area in AREAS]
    own = [
        Holds(f"Firm {area} {number}", "private", area, 100_000)
        for area in AREAS
        for number in range(3)
    ]
    return awarded([*shared, *own])


def counts_and_no_values():
    return awarded(
        Holds(f"Charity {area} {number}", "charity" if number else "private", area, None, bids=1)
        for area in AREAS
        for number in range(4)
    )


def too_few_to_say():
    return awarded([Holds("A Ltd", "private", "Ashby", 1_000)] * 2)


def all_charities():
    return provided(
        Holds(f"Trust {area} {number}", "charity", area, 6)
        for area in AREAS
        for number in range(5)
    )


def a_joint_venture():
    rows = [Holds("Together JV", "joint-venture", area, 18) for area in AREAS]
    others = [Holds(f"{area} Council", "in-house", area, 12) for area in AREAS]
    return provided([*rows, *others])


SAID = {
    one_private_monopoly: [
        "One private provider, Solo Care Limited, holds all places.",
    ],
    many_equal_private: [
        "All places are with private providers, and none of 20 providers holds more than 5%.",
        "In none of the 4 areas that can be judged does one provider hold 30% or more.",
    ],
    council_in_house_everywhere: [
        (
            "All places are provided by public bodies themselves, and none of 4 providers holds "
            "more than 25%."
        ),
        (
            "Yet in each of the 4 areas that can be judged one provider holds 30% or more, a "
            "public body itself in every one."
        ),
    ],
    mixed_and_balanced: [
        (
            "No kind of provider holds more than 20% of all places, and none of 20 providers "
            "holds more than 5%."
        ),
        "In none of the 4 areas that can be judged does one provider hold 30% or more.",
    ],
    two_owners_half_each: [
        (
            "All places are with private providers, and two providers, Left Ltd and Right Ltd, "
            "hold all places between them."
        ),
        "In each of the 4 areas that can be judged one provider holds 30% or more.",
    ],
    unknown_kinds_dominate: [
        (
            "The kind of provider is unknown for four in five of all places, and none of 20 "
            "providers holds more than 5%."
        ),
        "In none of the 4 areas that can be judged does one provider hold 30% or more.",
    ],
    one_area_held: [
        (
            "All places are with private providers, and the largest of 17 providers, Corner Care "
            "Limited, holds 20%."
        ),
        "Yet in 1 of the 4 areas that can be judged one provider holds 30% or more.",
    ],
    framework_ceilings_leave_it_open: [
        (
            "All of the value awarded is with private providers, and the data leaves open how "
            "much the largest provider holds: between 19% and 93%."
        ),
        (
            "In 0 to 4 of the 4 areas that can be judged one provider holds 30% or more: the "
            "data leaves open which."
        ),
    ],
    counts_and_no_values: [
        (
            "Three in four of the awards are with charities, and none of 16 providers holds more "
            "than 6.3%."
        ),
        (
            "In none of the 4 areas that can be judged does one provider hold 30% or more, and "
            "all 16 tenders drew one bid."
        ),
    ],
    too_few_to_say: [
        "Too little is here to say how balanced this market is: 2 awards.",
    ],
    all_charities: [
        "All places are with charities, and none of 20 providers holds more than 5%.",
        "In none of the 4 areas that can be judged does one provider hold 30% or more.",
    ],
    a_joint_venture: [
        (
            "Three in five of all places are with joint ventures, and the largest of 5 "
            "providers, Together JV, holds 60%."
        ),
        "In each of the 4 areas that can be judged one provider holds 30% or more.",
    ],
}


@pytest.mark.parametrize("made", SAID, ids=lambda made: made.__name__)
def test_a_market_of_known_shape_is_told_in_these_words(made):
    assert verdict(made()) == SAID[made]


def test_a_market_without_values_says_that_things_are_counted():
    assert "No value is given, so awards are counted." in rests_said(counts_and_no_values())
