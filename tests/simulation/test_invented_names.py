from __future__ import annotations

import csv
import gzip
import json
from itertools import islice
from pathlib import Path
from typing import TextIO

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from convener.base.identifiers import normalise
from convener.base.kinds import Kind
from convener.simulation.names import Namer, other_spellings
from convener.simulation.world import World

kinds = st.sampled_from([kind for kind in Kind if kind not in {Kind.INDIVIDUAL, Kind.UNKNOWN}])


@given(st.integers(0, 1000), st.lists(kinds.filter(lambda kind: kind is not Kind.IN_HOUSE)))
def test_no_name_is_given_twice(seed, wanted):
    namer = Namer(np.random.default_rng(seed))

    names = [namer.organisation(kind) for kind in wanted]

    assert len(names) == len(set(names))


def test_names_do_not_run_out():
    namer = Namer(np.random.default_rng(1))

    names = {namer.organisation(Kind.CHARITY) for _ in range(3000)}

    assert len(names) == 3000


@given(st.integers(0, 1000), kinds)
def test_identifiers_carry_the_mark_of_invention(seed, kind):
    scheme, identifier = Namer(np.random.default_rng(seed)).identifier(kind)

    assert identifier.startswith(("ZZ", "99")) or scheme == "XX-DEMO"
    assert normalise(scheme, identifier) == (scheme, identifier)


def test_every_identifier_of_the_world_is_one_that_readers_take(world: World):
    for each in world.organisations:
        assert normalise(each.scheme, each.identifier) == (each.scheme, each.identifier)


def test_a_name_is_hurriedly_written_in_other_ways():
    assert other_spellings("Brindelmere Care and Living Limited") == (
        "Brindelmere Care & Living Ltd",
        "BRINDELMERE CARE AND LIVING LIMITED",
        "BRINDELMERE CARE & LIVING LTD",
    )


def open_text(path: Path) -> TextIO:
    opener = gzip.open if path.suffix == ".gz" else open
    return opener(path, "rt", encoding="utf-8", errors="replace", newline="")


def real_names(shared: Path) -> set[str]:
    """Return what may be a name in the real data, in lower case."""
    names: set[str] = set()
    for path in sorted(shared.glob("data/*/*.csv*")):
        with open_text(path) as file:
            for row in islice(csv.reader(file), 120_000):
                names.update(cell.strip().lower() for cell in row if 6 < len(cell) < 80)
    return names


def test_no_invented_name_is_found_in_the_real_data(shared: Path, world: World):
    if not (shared / "data").is_dir():
        pytest.skip(f"real data is not at {shared / 'data'}")
    csv.field_size_limit(1 << 24)
    real = real_names(shared)

    met = {each.name for each in world.organisations if each.name.lower() in real}

    assert len(real) > 100_000
    assert met == set()


def test_no_invented_identifier_is_found_in_a_real_release(shared: Path, world: World):
    path = shared / "data/uk-contracts-finder-2025/releases_2025-01_03.jsonl.gz"
    if not path.is_file():
        pytest.skip(f"real releases are not at {path}")
    with gzip.open(path, "rt", encoding="utf-8") as lines:
        real = {party["id"] for line in lines for party in json.loads(line).get("parties", ())}

    assert real.isdisjoint(world.by_id)
