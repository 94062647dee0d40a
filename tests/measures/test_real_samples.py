"""What published samples say of contest, access and flags, and what docs/explanation quotes."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import pytest

from convener.data.loading import Wanted, load
from convener.data.store import Store
from convener.measures.flags import judge
from convener.measures.question import Question
from convener.measures.run import measure

MOMENT = datetime(2026, 1, 1, tzinfo=UTC)
PAGE = Path(__file__).parents[2] / "docs" / "explanation" / "honest-numbers.md"


@pytest.fixture(scope="module")
def sample(shared, tmp_path_factory):
    """Give a function that loads a published sample once and connects to it."""
    stores: dict[str, Store] = {}

    def loaded(name):
        if name not in stores:
            stores[name] = Store(tmp_path_factory.mktemp("samples"))
            load(stores[name], [Wanted(str(shared / "data" / name))], at=MOMENT)
        return stores[name].connect(threads=1, memory_limit="512MB")

    return loaded


def _one(connection, name, **choices):
    (row,) = measure(connection, Question((name,), (), **choices))
    return row


MOLDOVA = "ocds-sample-moldova/releases.jsonl.gz"
SCOTLAND = "uk-pcs-scotland-2019/releases.jsonl.gz"
FRAMEWORKS = "uk-contracts-finder-2016-2020/packages_raw.jsonl.gz"


def test_scotland_publishes_lots_and_no_bids(sample):
    connection = sample(SCOTLAND)

    divided = _one(connection, "share-with-lots")
    assert (divided.value, divided.count) == (pytest.approx(0.3), 90)
    assert _one(connection, "lots-per-tender").value == pytest.approx(341 / 90)
    assert _one(connection, "bids-per-tender").count == 0


def test_moldova_names_a_tenderer_on_every_tender_and_it_is_nobody(sample):
    connection = sample(MOLDOVA)

    row = _one(connection, "single-bid-share")

    assert (row.value, row.count, row.coverage) == (None, 0, 0.0)
    assert "nobody" in row.note


def test_moldova_gives_half_its_tenders_fewer_than_15_days(sample):
    connection = sample(MOLDOVA)

    row = _one(connection, "short-submission-period")
    judged = judge(connection, "R003")

    assert (row.value, row.count) == (pytest.approx(24 / 51), 51)
    assert (row.wilson_low, row.wilson_high) == (
        pytest.approx(0.3405, abs=1e-4),
        pytest.approx(0.6048, abs=1e-4),
    )
    assert (len(judged), sum(one.is_flagged for one in judged)) == (51, 24)


def test_contest_is_unknown_where_contracts_finder_repeats_the_suppliers(sample):
    row = _one(sample(FRAMEWORKS), "single-bid-share")

    assert (row.value, row.count, row.coverage) == (None, 0, 0.0)
    assert "only winners" in row.note


@pytest.mark.parametrize(
    ("framework", "hhi", "largest_four"),
    [("split", 160, 16), ("lead", 1401, 60), ("ceiling", 68, 8)],
)
def test_the_framework_rule_decides_how_concentrated_a_hundred_frameworks_are(
    sample, framework, hhi, largest_four
):
    connection = sample(FRAMEWORKS)

    index = _one(connection, "hhi", framework=framework)
    share = _one(connection, "cr4", framework=framework)

    assert round(index.value) == hhi
    assert round(share.value * 100) == largest_four
    assert (round(index.low), round(index.high)) == (68, 1401)
    assert f"| {framework} | {hhi:,} | {largest_four}% |" in PAGE.read_text(encoding="utf-8")


def test_a_third_of_those_awards_is_above_five_million_pounds(sample):
    row = _one(sample(FRAMEWORKS), "large-contract-share")

    assert (round(row.value, 3), row.count, row.coverage) == (0.362, 94, 0.94)
