"""Neutral order: chance alone decides within a band, and the seed can be checked."""

from __future__ import annotations

import re
from collections import Counter
from itertools import permutations
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import chi2

from convener.base.errors import BadInputError
from convener.methods.places.ordering import neutral_order

PAGE = Path(__file__).resolve().parents[2] / "docs" / "explanation" / "methods" / "matching.md"
NAN = float("nan")

providers = st.lists(
    st.tuples(st.text(max_size=4), st.one_of(st.just(NAN), st.floats(0, 40))),
    max_size=12,
    unique_by=lambda pair: pair[0],
)
rising = st.lists(st.floats(0.1, 30), max_size=4, unique=True).map(sorted)


def _shown(pairs, edges, seed):
    identifiers = [name for name, _ in pairs]
    met = neutral_order(
        identifiers,
        [away for _, away in pairs],
        edges=edges,
        rng=np.random.default_rng(seed),
    )
    return [identifiers[position] for position in met.order], met


def _odd(counts, expected):
    """Return whether counts are further from equal than chance makes them once in 10,000."""
    statistic = sum((count - expected) ** 2 / expected for count in counts)
    return statistic > chi2.ppf(0.9999, len(counts) - 1)


@given(providers, rising, st.integers(0, 2**32))
def test_nearer_bands_come_first_and_everyone_comes_once(pairs, edges, seed):
    names, met = _shown(pairs, edges, seed)

    assert sorted(names) == sorted(name for name, _ in pairs)
    assert met.bands.tolist() == sorted(met.bands.tolist())
    assert met.unknown_band == len(edges) + 1
    away = dict(pairs)
    for name, band in zip(names, met.bands, strict=True):
        if np.isnan(away[name]):
            assert band == met.unknown_band
        else:
            assert band == sum(edge < away[name] for edge in edges)


@given(providers, rising, st.integers(0, 2**32), st.randoms())
def test_the_same_seed_gives_the_same_order_however_they_were_read(pairs, edges, seed, random):
    mixed = list(pairs)
    random.shuffle(mixed)

    assert _shown(mixed, edges, seed)[0] == _shown(pairs, edges, seed)[0]


@given(providers, rising, st.integers(0, 2**32))
def test_the_distance_within_a_band_plays_no_part(pairs, edges, seed):
    far_ends = [*edges, 1000.0]
    blurred = [
        (name, away if np.isnan(away) else next(edge for edge in far_ends if away <= edge))
        for name, away in pairs
    ]

    assert _shown(blurred, edges, seed)[0] == _shown(pairs, edges, seed)[0]


def test_every_provider_of_a_band_is_first_equally_often():
    pairs = [(f"near-{n}", 0.1 * n) for n in range(7)] + [(f"far-{n}", 3.0) for n in range(4)]
    pairs += [(f"unknown-{n}", NAN) for n in range(3)]
    seeds = 6000
    first: dict[int, Counter[str]] = {0: Counter(), 1: Counter(), 2: Counter()}

    for seed in range(seeds):
        names, _ = _shown(pairs, [1.0], seed)
        for band, position in enumerate((0, 7, 11)):
            first[band][names[position]] += 1

    for band, size in enumerate((7, 4, 3)):
        assert len(first[band]) == size
        assert not _odd(first[band].values(), seeds / size)


def test_every_order_of_a_band_is_as_likely():
    seeds = 4800

    seen = Counter(
        tuple(_shown([("a", 1.0), ("b", 1.0), ("c", 0.2), ("d", 0.0)], [], seed)[0])
        for seed in range(seeds)
    )

    assert set(seen) == set(permutations("abcd"))
    assert not _odd(seen.values(), seeds / 24)


def test_the_check_of_chance_notices_a_provider_that_is_favoured():
    assert _odd([1120, 1000, 1000, 880], 1000)
    assert not _odd([1030, 1000, 1000, 970], 1000)


def test_a_distance_on_an_edge_is_in_the_nearer_band():
    _, met = _shown([("a", 5.0), ("b", 5.0001), ("c", 0.0), ("d", NAN)], [5], 1)

    assert met.bands.tolist() == [0, 0, 1, 2]
    assert met.order.tolist()[2:] == [1, 3]
    assert met.unknown_band == 2


def test_nobody_makes_an_empty_order():
    assert _shown([], [1, 2], 1)[0] == []


def test_without_edges_the_known_are_one_band():
    names, met = _shown([("a", NAN), ("b", 900.0), ("c", 0.0)], [], 3)

    assert met.bands.tolist() == [0, 0, 1]
    assert names[-1] == "a"


@pytest.mark.parametrize(
    ("changed", "message"),
    [
        ({"distances": [1.0]}, "met 1 distances of 2 providers; wanted one of each"),
        ({"identifiers": ["a", "a"]}, "an identifier comes twice; wanted each provider once"),
        ({"distances": [1.0, -0.1]}, "a distance is at least 0 and finite; NaN where"),
        ({"distances": [1.0, float("inf")]}, "a distance is at least 0 and finite"),
        ({"edges": [0, 1]}, "met the edges [0.0, 1.0]; wanted edges that rise from above 0"),
        ({"edges": [-1, 1]}, "wanted edges that rise"),
        ({"edges": [2, 2]}, "wanted edges that rise"),
        ({"edges": [1, NAN]}, "wanted edges that rise"),
        ({"edges": [1, float("inf")]}, "wanted edges that rise"),
    ],
)
def test_what_cannot_be_ordered_is_refused(changed, message):
    asked = {"identifiers": ["a", "b"], "distances": [1.0, 2.0], "edges": [1]} | changed

    with pytest.raises(BadInputError, match=re.escape(message)):
        neutral_order(**asked, rng=np.random.default_rng(1))


def test_the_page_tells_the_order_that_comes_out():
    text = PAGE.read_text(encoding="utf-8")
    table = re.findall(r"^\| (\w+) \| ([\d.]+ km|not known) \|$", text, re.MULTILINE)
    pairs = [(name, NAN if away == "not known" else float(away[:-3])) for name, away in table]

    names, _ = _shown(pairs, [2, 5], 2027)

    assert len(pairs) == 6
    assert f"Seed 2027 shows them as {', '.join(names[:-1])} and {names[-1]}." in text
