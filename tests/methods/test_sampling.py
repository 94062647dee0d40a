"""Drawing claims to verify: fair, repeatable, and committed to."""

from __future__ import annotations

import hashlib
import hmac
from collections import Counter

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import chisquare

from convener.base.errors import BadInputError, NotAllowedError
from convener.methods.claims.sampling import (
    Findings,
    RiskSample,
    check_seed,
    choose_by_risk,
    commit,
    draw,
    findings,
    frame_digest,
)

SEED = bytes(range(32))
FRAME = {f"claim {at:03}": "large" if at % 4 else "small" for at in range(100)}
frames = st.dictionaries(st.text(max_size=6), st.sampled_from("abc"), max_size=30)


def test_a_revealed_seed_is_checked_against_its_commitment():
    check_seed(SEED, commit(SEED))

    with pytest.raises(NotAllowedError, match="not the one that was committed to"):
        check_seed(SEED[::-1], commit(SEED))


def test_a_commitment_does_not_show_how_the_seed_draws():
    assert commit(SEED) != hashlib.sha256(SEED).hexdigest()
    assert commit(SEED) == hashlib.sha256(b"convener sample 1 commitment" + SEED).hexdigest()


@pytest.mark.parametrize("commitment", ["", "abc", "g" * 64, "A" * 64])
def test_what_is_no_commitment_is_refused(commitment):
    with pytest.raises(BadInputError, match="64 hexadecimal digits"):
        check_seed(SEED, commitment)


def test_a_seed_that_can_be_guessed_is_refused():
    with pytest.raises(BadInputError, match="seed of 15 bytes; wanted 16"):
        commit(bytes(15))
    with pytest.raises(BadInputError, match="seed of 2 bytes"):
        draw({}, {}, seed=b"42")


def test_anyone_can_draw_again_with_a_hash_and_nothing_else():
    sample = draw(FRAME, {"small": 5, "large": 7}, seed=SEED)

    listed = b"".join(
        len(text.encode()).to_bytes(8, "big") + text.encode()
        for pair in sorted(FRAME.items())
        for text in pair
    )
    digest = hashlib.sha256(b"convener sample 1 frame" + listed).hexdigest()
    key = hmac.new(SEED, b"convener sample 1 draw" + digest.encode(), "sha256").digest()
    small = sorted(
        (name for name in FRAME if FRAME[name] == "small"),
        key=lambda name: hmac.new(key, name.encode(), "sha256").digest(),
    )
    assert sample.frame == digest
    assert sample.drawn["small"] == tuple(small[:5])


@given(frames, st.data())
def test_a_draw_is_without_replacement_and_as_allocated(frame, data):
    sizes = Counter(frame.values())
    allocation = {name: data.draw(st.integers(0, sizes[name])) for name in "abc"}

    sample = draw(frame, allocation, seed=SEED)

    for name in "abc":
        drawn = sample.drawn[name]
        assert len(set(drawn)) == len(drawn) == allocation[name]
        assert all(frame[claim] == name for claim in drawn)
        assert sample.sizes[name] == sizes[name]


@given(frames, st.data())
def test_the_order_of_the_claims_changes_nothing(frame, data):
    sizes = Counter(frame.values())
    allocation = {name: data.draw(st.integers(0, sizes[name])) for name in sorted(sizes)}

    turned = draw(dict(reversed(frame.items())), allocation, seed=SEED)

    assert turned == draw(frame, allocation, seed=SEED)


@given(frames, st.data())
def test_a_larger_sample_holds_the_smaller_one(frame, data):
    sizes = Counter(frame.values())
    few = {name: data.draw(st.integers(0, sizes[name])) for name in sorted(sizes)}

    small, full = draw(frame, few, seed=SEED), draw(frame, sizes, seed=SEED)

    for name in few:
        assert full.drawn[name][: few[name]] == small.drawn[name]


def test_every_claim_is_as_likely_and_every_pair_too():
    frame = {f"{at}": "all" for at in range(6)}
    singles, pairs = Counter(), Counter()

    for at in range(3000):
        drawn = draw(frame, {"all": 2}, seed=at.to_bytes(16)).drawn["all"]
        singles.update(drawn)
        pairs.update([tuple(sorted(drawn))])

    assert chisquare(list(singles.values())).pvalue > 0.001
    assert len(pairs) == 15
    assert chisquare(list(pairs.values())).pvalue > 0.001


def test_another_seed_and_another_frame_draw_other_claims():
    one = draw(FRAME, {"small": 10, "large": 10}, seed=SEED)
    other = draw(FRAME, {"small": 10, "large": 10}, seed=SEED[::-1])
    grown = draw({**FRAME, "claim 100": "large"}, {"small": 10, "large": 10}, seed=SEED)

    assert one.drawn != other.drawn
    assert one.drawn["small"] != grown.drawn["small"]
    assert one.frame != grown.frame


def test_a_frame_cannot_be_written_another_way():
    assert frame_digest({"ab": "c"}) != frame_digest({"a": "bc"})
    assert frame_digest({}) != frame_digest({"": ""})


def test_an_empty_stratum_and_an_empty_frame_draw_nothing():
    assert draw({}, {"none": 0}, seed=SEED).drawn == {"none": ()}
    assert draw({}, {}, seed=SEED).drawn == {}


@pytest.mark.parametrize(
    ("allocation", "wanted"),
    [
        ({"small": 1}, "stratum large has claims and no allocation"),
        ({"small": 26, "large": 1}, "wanted 0 to its 25 claims"),
        ({"small": -1, "large": 1}, "wanted 0 to its 25 claims"),
        ({"small": 1, "large": 1, "none": 1}, "wanted 0 to its 0 claims"),
    ],
)
def test_an_allocation_that_does_not_fit_is_refused(allocation, wanted):
    with pytest.raises(BadInputError, match=wanted):
        draw(FRAME, allocation, seed=SEED)


def test_the_riskiest_that_chance_did_not_draw_are_chosen():
    drawn = draw({"a": "s", "b": "s", "c": "s", "d": "s"}, {"s": 1}, seed=SEED)
    (by_chance,) = drawn.drawn["s"]
    risk = {"a": 0.5, "b": 0.5, "c": 0.9, "d": 0.1}

    met = choose_by_risk(risk, 2, drawn=drawn)

    rest = [name for name in ("c", "a", "b", "d") if name != by_chance]
    assert met.chosen == tuple(rest[:2])
    assert choose_by_risk(risk, 99, drawn=drawn).chosen == tuple(rest)
    assert choose_by_risk({}, 2, drawn=drawn).chosen == ()


def test_a_risk_that_is_no_number_is_refused():
    drawn = draw({"a": "s"}, {"s": 0}, seed=SEED)

    with pytest.raises(BadInputError, match="risk of a is not finite"):
        choose_by_risk({"a": float("nan")}, 1, drawn=drawn)
    with pytest.raises(BadInputError, match="-1 claims"):
        choose_by_risk({"a": 1.0}, -1, drawn=drawn)


def test_what_was_chosen_by_risk_speaks_for_no_other_claim():
    with pytest.raises(BadInputError, match="chosen by risk"):
        findings(RiskSample(("claim 001",)), ["claim 001"])


def test_a_failure_that_chance_did_not_draw_is_refused():
    drawn = draw(FRAME, {"small": 5, "large": 5}, seed=SEED)
    stray = next(iter(FRAME.keys() - {*drawn.drawn["small"], *drawn.drawn["large"]}))

    with pytest.raises(BadInputError, match=f"{stray} was not drawn at random"):
        findings(drawn, [stray])


def test_failures_are_counted_by_stratum():
    drawn = draw({**FRAME}, {"small": 5, "large": 7, "none": 0}, seed=SEED)
    failed = [*drawn.drawn["small"], drawn.drawn["large"][0], drawn.drawn["large"][0]]

    assert findings(drawn, failed) == [
        Findings("large", 75, 7, 1),
        Findings("none", 0, 0, 0),
        Findings("small", 25, 5, 5),
    ]
    assert sum(row.failed for row in findings(drawn, [])) == 0


@pytest.mark.parametrize("counts", [(10, 5, 6), (10, 11, 0), (10, 5, -1)])
def test_counts_that_cannot_be_are_refused(counts):
    with pytest.raises(BadInputError, match="each within the next"):
        Findings("a", *counts)


def test_shares_of_repeated_draws_centre_on_the_truth():
    wrong = {f"claim {at:03}" for at in range(0, 100, 5)}
    shares = []

    for at in range(400):
        drawn = draw(FRAME, {"small": 10, "large": 30}, seed=at.to_bytes(16))
        found = findings(drawn, wrong & {c for claims in drawn.drawn.values() for c in claims})
        shares.append(sum(row.size * row.failed / row.checked for row in found) / 100)

    assert np.mean(shares) == pytest.approx(0.2, abs=0.01)


def test_none_may_be_chosen_by_risk():
    drawn = draw({"a": "s"}, {"s": 0}, seed=SEED)

    assert choose_by_risk({"a": 1.0}, 0, drawn=drawn).chosen == ()
