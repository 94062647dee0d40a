"""Releases become the latest state of their process, by the standard's rules."""

from __future__ import annotations

import copy
import gzip
import itertools
import json
import warnings
from collections import defaultdict
from pathlib import Path

import ocdsmerge
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from ocdsmerge.rules import get_merge_rules

from convener.data.ocds.merge_facts import DROPPED, EXTENSIONS, WHOLE
from convener.data.ocds.merging import (
    has_equal_dates,
    in_order,
    is_history,
    known_extensions,
    latest_of_versioned,
    merge_releases,
)

SAMPLES = ("ocds-sample-*", "uk-contracts-finder-20*", "uk-pcs-scotland-2019")


def release(day: int, release_id: str = "", **fields):
    return {
        "ocid": "ocds-1",
        "id": release_id or f"r{day}",
        "date": f"2024-01-{day:02d}T00:00:00Z",
        "tag": ["tender"],
        **fields,
    }


def merged(*fields: dict, extensions=None) -> dict:
    """Merge releases with these fields, a day apart, and return the fields of the result."""
    releases = [release(day, **given) for day, given in enumerate(fields, start=1)]
    compiled = merge_releases(releases, extensions=extensions)
    return {key: compiled[key] for key in compiled if key not in ("ocid", "id", "date", "tag")}


# Labels and order


def test_a_compiled_release_bears_the_tag_the_latest_date_and_an_id_made_of_both():
    compiled = merge_releases([release(2), release(1)])

    assert compiled == {
        "ocid": "ocds-1",
        "id": "ocds-1-2024-01-02T00:00:00Z",
        "date": "2024-01-02T00:00:00Z",
        "tag": ["compiled"],
    }


def test_releases_are_taken_by_date_whatever_the_order_of_the_input():
    releases = [release(day, title=f"day {day}") for day in (3, 1, 2)]

    assert merge_releases(releases)["title"] == "day 3"


def test_dates_are_compared_as_moments_and_not_as_text():
    morning = release(1, title="later") | {"date": "2024-01-01T09:00:00Z"}
    earlier = release(1, title="earlier") | {"date": "2024-01-01T10:00:00+05:00"}

    compiled = merge_releases([morning, earlier])

    assert compiled["title"] == "later"
    assert compiled["date"] == "2024-01-01T09:00:00Z"


def test_equal_dates_are_taken_in_order_of_release_id():
    first, second = release(1, "a", title="a"), release(1, "b", title="b")

    assert merge_releases([second, first])["title"] == "b"
    assert merge_releases([first, second])["title"] == "b"
    assert has_equal_dates([first, second])
    assert not has_equal_dates([release(1), release(2)])


@pytest.mark.parametrize("date", [None, 20240101, "yesterday", "2024-02-31"])
def test_a_date_that_cannot_be_read_counts_as_the_earliest(date):
    undated = release(9, title="undated") | {"date": date}

    compiled = merge_releases([undated, release(1, title="dated")])

    assert compiled["title"] == "dated"
    assert compiled["date"] == "2024-01-01T00:00:00Z"


def test_a_process_without_any_date_is_compiled_all_the_same():
    compiled = merge_releases([{"ocid": "ocds-1", "title": "a"}])

    assert compiled == {"ocid": "ocds-1", "title": "a", "tag": ["compiled"], "id": "ocds-1"}


# Values, objects and lists: one case a rule or edge


@pytest.mark.parametrize(
    ("first", "second", "result"),
    [
        pytest.param({"a": 1}, {"a": 2}, {"a": 2}, id="a plain value replaces"),
        pytest.param({"a": 1}, {}, {"a": 1}, id="what is not mentioned stays"),
        pytest.param({"a": 1}, {"a": None}, {}, id="a null removes a value"),
        pytest.param({"a": None}, {"a": 1}, {"a": 1}, id="a removed value may come back"),
        pytest.param({"a": {"b": 1}}, {"a": None}, {}, id="a null removes an object"),
        pytest.param({"a": [{"id": 1}]}, {"a": None}, {}, id="a null removes a list"),
        pytest.param(
            {"a": {"b": 1, "c": 1}}, {"a": {"c": 2}}, {"a": {"b": 1, "c": 2}}, id="objects merge"
        ),
        pytest.param({"a": {"b": 1}}, {"a": {"b": None}}, {"a": {}}, id="an emptied object stays"),
        pytest.param({"a": {"b": 1}}, {"a": {}}, {"a": {"b": 1}}, id="an empty object is silent"),
        pytest.param({}, {"a": {"b": {}}}, {}, id="empty objects are silent at any depth"),
        pytest.param({"a": [{"id": 1}]}, {"a": []}, {"a": [{"id": 1}]}, id="so is an empty list"),
        pytest.param(
            {"a": [{"id": 1, "b": 1}]},
            {"a": [{"id": 2}, {"id": 1, "c": 2}]},
            {"a": [{"id": 1, "b": 1, "c": 2}, {"id": 2}]},
            id="lists of objects merge by id, in order of first mention",
        ),
        pytest.param(
            {"a": [{"b": 1}]}, {"a": [{"b": 1}]}, {"a": [{"b": 1}, {"b": 1}]}, id="no id: pile up"
        ),
        pytest.param(
            {"a": [{"id": None, "b": 1}]},
            {"a": [{"id": None, "b": 1}]},
            {"a": [{"b": 1}, {"b": 1}]},
            id="a null is no id",
        ),
        pytest.param(
            {"a": [{"id": {"name": "x"}, "b": 1}]},
            {"a": [{"id": {"name": "x"}, "b": 1}]},
            {"a": [{"id": {"name": "x"}, "b": 1}] * 2},
            id="an object is no id",
        ),
        pytest.param(
            {"a": [{"id": 7, "b": 1}]},
            {"a": [{"id": "7", "c": 1}]},
            {"a": [{"id": "7", "b": 1, "c": 1}]},
            id="a number and its text are one id",
        ),
        pytest.param(
            {"a": [{"id": 1, "b": 1}, {"id": 1, "c": 1}]},
            {},
            {"a": [{"id": 1, "b": 1, "c": 1}]},
            id="one id twice in one release is one object",
        ),
        pytest.param(
            {"a": [{"id": 1, "b": [{"id": 1, "c": 1}]}, {"id": 2, "b": [{"id": 1, "c": 2}]}]},
            {"a": [{"id": 2, "b": [{"id": 1, "d": 3}]}]},
            {
                "a": [
                    {"id": 1, "b": [{"id": 1, "c": 1}]},
                    {"id": 2, "b": [{"id": 1, "c": 2, "d": 3}]},
                ]
            },
            id="nested ids count within their own object",
        ),
        pytest.param({"a": [1, 2]}, {"a": [3]}, {"a": [3]}, id="plain lists are replaced"),
        pytest.param(
            {"a": [[1], [2]]}, {"a": [[3]]}, {"a": [[3]]}, id="lists of lists are replaced"
        ),
        pytest.param(
            {"a": [{"id": 1}]},
            {"a": [{"id": 2}, 3]},
            {"a": [{"id": 2}, 3]},
            id="so are mixed ones",
        ),
        pytest.param({"a": [{"id": 1}]}, {"a": 5}, {"a": 5}, id="a value replaces a list"),
        pytest.param(
            {"a": 5}, {"a": [{"id": 1}]}, {"a": [{"id": 1}]}, id="a list replaces a value"
        ),
        pytest.param({"a": {"b": 1}}, {"a": 5}, {"a": 5}, id="a value replaces an object"),
        pytest.param({"a": 5}, {"a": {"b": 1}}, {"a": {"b": 1}}, id="an object replaces a value"),
        pytest.param(
            {"a": {"b": 1}}, {"a": [{"id": 1}]}, {"a": [{"id": 1}]}, id="a list replaces an object"
        ),
        pytest.param(
            {"a": [{"id": 1}]}, {"a": {"b": 1}}, {"a": {"b": 1}}, id="an object replaces a list"
        ),
        pytest.param(
            {"tender": {"submissionMethod": ["written"]}},
            {"tender": {"submissionMethod": []}},
            {"tender": {"submissionMethod": []}},
            id="a list marked whole may be emptied",
        ),
        pytest.param(
            {"parties": [{"id": 1, "additionalIdentifiers": [{"id": "x"}]}]},
            {"parties": [{"id": 1, "additionalIdentifiers": [{"id": "y"}]}]},
            {"parties": [{"id": 1, "additionalIdentifiers": [{"id": "y"}]}]},
            id="a list marked whole is replaced though its objects have ids",
        ),
        pytest.param(
            {"tender": {"amendment": {"changes": [{"property": "x"}]}}},
            {"tender": {"amendment": {"changes": [{"property": "y"}]}}},
            {"tender": {"amendment": {"changes": [{"property": "y"}]}}},
            id="a list marked whole does not pile up",
        ),
    ],
)
def test_a_later_release_changes_the_state(first, second, result):
    assert merged(first, second) == result


def test_three_releases_keep_one_entry_for_each_id_after_a_null():
    result = merged({"a": [{"id": 1, "b": 1}]}, {"a": None}, {"a": [{"id": 1, "c": 1}]})

    assert result == {"a": [{"id": 1, "c": 1}]}


def test_the_list_of_an_undeclared_extension_merges_by_id():
    lots = [{"tender": {"sustainability": [{"goal": goal}]}} for goal in ("a", "b")]
    address = "https://example.org/ocds_sustainability_extension/master/extension.json"

    assert merged(*lots, extensions=[])["tender"]["sustainability"] == [
        {"goal": "a"},
        {"goal": "b"},
    ]
    assert merged(*lots, extensions=[address])["tender"]["sustainability"] == [{"goal": "b"}]
    assert merged(*lots)["tender"]["sustainability"] == [{"goal": "b"}]


def test_extensions_are_known_by_name_or_address():
    assert known_extensions(
        ["ocds_lots_extension", "https://x.org/ocds_bid_extension/v1/e.json"]
    ) == {
        "ocds_lots_extension",
        "ocds_bid_extension",
    }
    assert known_extensions(["https://x.org/another/extension.json"]) == frozenset()


def test_a_compiled_release_alone_is_returned_as_it_is():
    compiled = release(1, title="a", empty={}) | {"tag": ["compiled"]}

    assert merge_releases([compiled]) == compiled


# Laws

scalars = st.none() | st.integers(0, 3) | st.sampled_from(["x", "y"])
names = st.sampled_from(["a", "b", "c", "id"])
values = st.recursive(
    scalars,
    lambda below: st.lists(below, max_size=3) | st.dictionaries(names, below, max_size=3),
    max_leaves=12,
)
bodies = st.dictionaries(st.sampled_from(["tender", "awards", "x"]), values, max_size=3)


@settings(deadline=None)  # other work on the machine is no fault
@given(st.lists(bodies, min_size=1, max_size=4))
def test_merging_twice_changes_nothing(given_bodies):
    once = merge_releases([release(day, **body) for day, body in enumerate(given_bodies, 1)])

    assert merge_releases([once]) == once
    again = merge_releases([copy.deepcopy(once) | {"tag": ["tender"]}])
    assert without_empty(again) == without_empty(once)


@settings(deadline=None)  # other work on the machine is no fault
@given(st.lists(bodies, min_size=2, max_size=4), st.randoms(use_true_random=False))
def test_the_order_of_the_input_does_not_matter_when_dates_differ(given_bodies, random):
    releases = [release(day, **body) for day, body in enumerate(given_bodies, 1)]
    shuffled = random.sample(releases, len(releases))

    assert merge_releases(shuffled) == merge_releases(releases)


@settings(deadline=None)  # other work on the machine is no fault
@given(st.lists(bodies, min_size=1, max_size=4))
def test_merging_changes_no_release(given_bodies):
    releases = [release(day, **body) for day, body in enumerate(given_bodies, 1)]
    before = copy.deepcopy(releases)

    merge_releases(releases)

    assert releases == before


def without_empty(value):
    if isinstance(value, dict):
        kept = {key: without_empty(below) for key, below in value.items()}
        return {key: below for key, below in kept.items() if below not in ({}, [])}
    if isinstance(value, list):
        return [item for item in map(without_empty, value) if item not in ({}, [])]
    return value


# Versioned releases


def versions(*dated: tuple[int, object]) -> list[dict]:
    return [
        {
            "releaseID": f"r{day}",
            "releaseDate": f"2024-01-{day:02d}T00:00:00Z",
            "releaseTag": ["tender"],
            "value": value,
        }
        for day, value in dated
    ]


def test_the_latest_of_a_versioned_release_is_each_field_as_it_ended():
    versioned = {
        "ocid": "ocds-1",
        "tender": {
            "title": versions((2, "second"), (1, "first")),
            "status": versions((1, "active"), (3, None)),
            "methods": versions((1, ["a"]), (2, ["b"])),
            "items": [{"id": "1", "unit": {"name": versions((1, "place"))}}],
        },
    }

    assert is_history(versioned["tender"]["title"])
    assert latest_of_versioned(versioned) == {
        "ocid": "ocds-1",
        "id": "ocds-1-2024-01-03T00:00:00Z",
        "date": "2024-01-03T00:00:00Z",
        "tag": ["compiled"],
        "tender": {
            "title": "second",
            "methods": ["b"],
            "items": [{"id": "1", "unit": {"name": "place"}}],
        },
    }


# The facts, and the peer


@pytest.fixture(scope="module")
def schema(shared):
    """Give the official schema, and the patch of each extension."""
    folder = shared / "reference" / "ocds-schema"
    core = json.loads((folder / "1.1.5" / "release-schema.json").read_text(encoding="utf-8"))
    # The lots extension points at a definition of an extension that is not in the folder.
    core["definitions"]["SubmissionTerms"] = {"type": "object"}
    patches = {
        path.parent.name: json.loads(path.read_text(encoding="utf-8"))
        for path in sorted(folder.glob("extensions/*/release-schema.json"))
    }
    return core, patches


def patched(core, patches):
    for patch in patches:
        core = _patched(core, patch)
    return core


def _patched(target, patch):
    if not isinstance(patch, dict):
        return patch
    result = dict(target) if isinstance(target, dict) else {}
    for key, value in patch.items():
        if value is None:
            result.pop(key, None)
        else:
            result[key] = _patched(result.get(key), value)
    return result


def rules_of(core, patches, rule="wholeListMerge"):
    rules = get_merge_rules(patched(core, patches))
    return {"/".join(path) for path, value in rules.items() if value == rule}


def test_the_facts_are_what_the_official_schema_says(schema):
    core, patches = schema
    told = {(): rules_of(core, [])}
    for name, patch in patches.items():
        told[(name,)] = rules_of(core, [patch]) - told[()]
    for one, other in itertools.combinations(patches, 2):
        alone = told[()] | told[(one,)] | told[(other,)]
        told[(one, other)] = rules_of(core, [patches[one], patches[other]]) - alone

    assert {names: set(paths.split()) for names, paths in WHOLE.items()} == {
        names: paths for names, paths in told.items() if paths
    }
    assert set(DROPPED) == rules_of(core, patches.values(), "omitWhenMerged")
    assert rules_of(core, patches.values()) == set().union(*told.values())
    assert set(patches) >= EXTENSIONS


def samples(shared: Path):
    """Yield each sample file with its releases by ocid."""
    for pattern in SAMPLES:
        for path in sorted(shared.glob(f"data/{pattern}/*.gz")):
            text = gzip.decompress(path.read_bytes())
            lines = text.splitlines() if ".jsonl" in path.name else [text]
            by_ocid = defaultdict(list)
            for line in lines:
                for one in releases_in(json.loads(line)):
                    by_ocid[one["ocid"]].append(one)
            yield path, by_ocid


def releases_in(value):
    if "records" in value:
        for record in value["records"]:
            yield from releases_in(record)
    elif "releases" in value:
        yield from (one for one in value["releases"] if "url" not in one)
    else:
        yield value


@pytest.mark.parametrize("declared", ["none", "all"])
def test_every_sample_process_compiles_as_the_reference_library_compiles_it(
    shared, schema, declared
):
    core, patches = schema
    names = [] if declared == "none" else sorted(patches)
    peer = ocdsmerge.Merger(patched(core, [patches[name] for name in names]))
    equal, several = 0, 0

    for path, by_ocid in samples(shared):
        for ocid, releases in by_ocid.items():
            ordered = in_order(releases)  # the peer leaves equal dates as they come
            with warnings.catch_warnings():
                warnings.simplefilter("ignore", ocdsmerge.exceptions.DuplicateIdValueWarning)
                expected = peer.create_compiled_release(ordered)
            assert merge_releases(releases, extensions=names) == expected, (path, ocid)
            equal += 1
            several += len(releases) > 1

    assert equal == 1_073
    assert several == 42


def test_the_versioned_releases_of_the_samples_end_as_their_releases_compile(shared, schema):
    core, _patches = schema
    peer = ocdsmerge.Merger(core)
    count = 0

    for _path, by_ocid in samples(shared):
        for releases in by_ocid.values():
            with warnings.catch_warnings():
                warnings.simplefilter("ignore", ocdsmerge.exceptions.DuplicateIdValueWarning)
                versioned = peer.create_versioned_release(in_order(releases))
            latest = latest_of_versioned(versioned)
            expected = merge_releases(releases, extensions=[])
            assert without_empty(latest) == without_empty(expected)
            count += 1

    assert count == 1_073
