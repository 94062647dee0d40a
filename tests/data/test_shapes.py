"""Every shape of open contracting data gives the same plain releases, and bad data a reason."""

from __future__ import annotations

import copy
import gzip
import io
import json
import tracemalloc

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from convener.base.errors import BadInputError
from convener.data.ocds import shapes
from convener.data.ocds.envelopes import NEXT_PAGE_NOTE, extension_name
from convener.data.ocds.shapes import TIES_NOTE, WHOLE_BYTES, Form, iter_releases, sniff
from convener.data.report import ReadReport
from shape_samples import (
    COMPILED,
    ENVELOPE,
    OTHER,
    RECORD,
    RELEASE,
    draft,
    lines,
    packed,
    plain,
    read,
    recorded,
)

# Shapes


@pytest.mark.parametrize(
    "data",
    [
        pytest.param(packed(RELEASE, OTHER), id="a release package"),
        pytest.param(json.dumps(packed(RELEASE, OTHER), indent=2), id="a package on many lines"),
        pytest.param([RELEASE, OTHER], id="an array of releases"),
        pytest.param(json.dumps([RELEASE, OTHER], indent=0), id="an array on many lines"),
        pytest.param([packed(RELEASE), packed(OTHER)], id="an array of packages"),
        pytest.param(lines(RELEASE, OTHER), id="a release to each line"),
        pytest.param(lines(packed(RELEASE), packed(OTHER)), id="a package to each line"),
        pytest.param(lines(RELEASE, packed(OTHER)), id="mixed lines"),
        pytest.param(lines([RELEASE], [packed(OTHER)]), id="an array to each line"),
        pytest.param(f"\n\n{lines(RELEASE)}\r\n\n{json.dumps(OTHER)}", id="blank lines"),
        pytest.param(json.dumps(RELEASE) + json.dumps(OTHER), id="one after another"),
        pytest.param(
            json.dumps(packed(RELEASE)) + " " + json.dumps(OTHER), id="mixed, one after another"
        ),
        pytest.param(
            json.dumps(RELEASE, indent=1) + "\n" + json.dumps(OTHER, indent=1),
            id="on many lines each",
        ),
        pytest.param("\ufeff" + json.dumps([RELEASE, OTHER]), id="after a byte order mark"),
        pytest.param("\ufeff" + lines(RELEASE, OTHER), id="lines after a byte order mark"),
        pytest.param(
            {"releases": [RELEASE, OTHER], "publisher": {"name": "x"}}, id="releases come first"
        ),
        pytest.param(
            packed(RELEASE, records=[{"ocid": "ocds-2", "releases": [OTHER]}]), id="both"
        ),
    ],
)
def test_a_shape_gives_its_releases(data):
    found = plain(data)

    assert [release["ocid"] for release in found] == ["ocds-1", "ocds-2"]
    assert found[0] == RELEASE


@pytest.mark.parametrize(
    "data",
    [
        pytest.param(recorded(RECORD), id="in a package"),
        pytest.param(RECORD, id="bare"),
        pytest.param(lines(RECORD), id="on a line"),
        pytest.param([RECORD], id="in an array"),
        pytest.param(
            {key: RECORD[key] for key in ("releases", "compiledRelease")}, id="without ocid"
        ),
    ],
)
def test_a_record_gives_its_compiled_release(data):
    assert plain(data) == [COMPILED]


def test_a_record_without_a_compiled_release_is_compiled_from_the_releases_in_it():
    later = {
        "ocid": "ocds-1",
        "id": "2",
        "date": "2024-02-01T00:00:00Z",
        "tender": {"title": "New"},
    }

    (compiled,) = plain(recorded({"ocid": "ocds-1", "releases": [later, RELEASE]}))

    assert compiled["tender"] == {"id": "t", "title": "New"}
    assert compiled["tag"] == ["compiled"]
    assert compiled["date"] == "2024-02-01T00:00:00Z"


def test_a_tie_between_the_releases_of_a_record_is_noted():
    _found, report = read({"ocid": "ocds-1", "releases": [RELEASE, RELEASE | {"id": "2"}]})

    assert TIES_NOTE in report.notes


def history(value):
    keys = {"releaseID": "1", "releaseDate": "2024-01-01T00:00:00Z", "releaseTag": ["tender"]}
    return [{**keys, "value": value}]


VERSIONED = {
    "ocid": "ocds-1",
    "tender": {"id": "t", "title": history("A")},
    "language": history("en"),
}


@pytest.mark.parametrize("data", [VERSIONED, {"ocid": "ocds-1", "versionedRelease": VERSIONED}])
def test_a_versioned_release_gives_its_latest(data):
    (release,) = plain(data)

    assert release == {
        "ocid": "ocds-1",
        "id": "ocds-1-2024-01-01T00:00:00Z",
        "date": "2024-01-01T00:00:00Z",
        "tag": ["compiled"],
        "tender": {"id": "t", "title": "A"},
        "language": "en",
    }


def test_a_record_that_only_links_to_its_releases_is_refused_with_the_reason():
    record = {
        "ocid": "ocds-9",
        "releases": [{"url": "https://example.org/1", "date": "2024-01-01"}],
    }

    found, report = read(recorded(RECORD, record))

    assert len(found) == 1
    assert report.refused == 1
    (place,) = report.places
    assert (place.line, place.met) == (2, "ocds-9")
    assert place.reason == "the record only links to its releases and holds none"


def test_the_place_is_the_line_where_there_are_lines_and_else_the_number_of_the_release():
    assert [place for place, _ in read("\n" + lines(packed(RELEASE, OTHER), RELEASE))[0]] == [
        2,
        2,
        3,
    ]
    assert [place for place, _ in read(packed(RELEASE, OTHER))[0]] == [1, 2]
    assert [place for place, _ in read([packed(RELEASE), {}, OTHER])[0]] == [1, 3]


def test_an_answer_without_releases_gives_none_and_refuses_none():
    assert plain({"uri": "x", "version": "1.1", "publishedDate": "2024-01-01"}) == []
    assert plain(packed()) == []


# What packages say of themselves


def test_the_envelope_is_noted_in_plain_words():
    other = "https://example.org/profiles/eu/master/en/extension.json"
    package = packed(
        RELEASE,
        extensions=[*ENVELOPE["extensions"], other],
        links={"next": "https://example.org/2"},
    )

    _found, report = read(package)

    assert report.notes == [
        "published by Someone",
        "licence: https://example.org/licence",
        "extensions declared: eu profile, ocds_lots_extension",
        (
            "extensions whose merge rules are not known here: eu profile;"
            " their lists merge by id, or whole where their values are plain"
        ),
        NEXT_PAGE_NOTE,
    ]


def test_many_publishers_are_told_in_one_note():
    packages = [packed(RELEASE, publisher={"name": f"P{number}"}) for number in range(5)]

    _found, report = read(lines(*packages))

    assert "published by P0, P1, P2 and 2 more" in report.notes


@pytest.mark.parametrize(
    ("address", "name"),
    [
        (
            "https://x.org/open-contracting/ocds_bid_extension/v1.1.5/extension.json",
            "ocds_bid_extension",
        ),
        ("https://x.org/o/ocds_lots_extension/master/extension.json", "ocds_lots_extension"),
        ("https://x.org/API/own-release-schema.json", "own-release-schema.json"),
        ("ocds_uk_extension", "ocds_uk_extension"),
    ],
)
def test_an_extension_has_the_name_that_people_call_it_by(address, name):
    assert extension_name(address) == name


# Telling shapes apart


@pytest.mark.parametrize(
    ("head", "form", "is_lines", "takes_fast_path"),
    [
        (lines(RELEASE, OTHER), Form.RELEASE, True, True),
        (lines(RELEASE) + '{"ocid": "ocds-3", "ten', Form.RELEASE, True, True),
        ('{"ocid": "ocds-0", "ten\n' + lines(RELEASE, OTHER), Form.RELEASE, True, True),
        (lines(COMPILED), Form.RELEASE, True, True),
        ("\ufeff" + lines(RELEASE), Form.RELEASE, True, False),
        (lines(RELEASE, packed(OTHER)), Form.RELEASE, True, False),
        (lines(RELEASE, {"ocid": "ocds-2", "buyer": {"name": "B"}}), Form.RELEASE, True, False),
        (lines(draft(), draft()), Form.DRAFT, True, False),
        (lines(VERSIONED), Form.VERSIONED, True, False),
        (lines(packed(RELEASE), packed(OTHER)), Form.RELEASE_PACKAGE, True, False),
        (lines(recorded(RECORD), recorded(RECORD)), Form.RECORD_PACKAGE, True, False),
        (lines(RECORD, RECORD), Form.RECORD, True, False),
        (lines(packed(RELEASE)), Form.RELEASE_PACKAGE, False, False),
        (json.dumps(packed(RELEASE), indent=2), Form.RELEASE_PACKAGE, False, False),
        (json.dumps(packed(RELEASE))[:-40], Form.RELEASE_PACKAGE, False, False),
        ('{"releases": [\n' + json.dumps(RELEASE) + "\n]}", Form.RELEASE_PACKAGE, False, False),
        (json.dumps([RELEASE, OTHER]), Form.RELEASE, False, False),
        (json.dumps([packed(RELEASE)], indent=0), Form.RELEASE_PACKAGE, False, False),
        ('{"ocid": "ocds-1", "versionedRelease": {"tender', Form.RECORD, False, False),
        ("[]", Form.ARRAY, False, False),
        ('[{"title": "a notice"}]', Form.OTHER, False, False),
        ("date,supplier,amount\n", Form.OTHER, False, False),
        (" \n", Form.EMPTY, False, False),
        ("", Form.EMPTY, False, False),
    ],
)
def test_a_shape_is_told_from_the_first_bytes(head, form, is_lines, takes_fast_path):
    shape = sniff(head.encode())

    assert (shape.form, shape.is_lines, shape.takes_fast_path) == (form, is_lines, takes_fast_path)
    assert shape.is_ocds is (form not in {Form.OTHER, Form.EMPTY, Form.ARRAY})


# Bad input


@pytest.mark.parametrize(
    ("data", "message"),
    [
        ("", "x.json is empty"),
        (" \n\t", "x.json is empty"),
        (
            "<!DOCTYPE html>\n<html><head><title>503 Service\n Unavailable</title>",
            'is an HTML page titled "503 Service Unavailable"',
        ),
        ("\n <HTML>", "is an HTML page; "),
        ('<?xml version="1.0"?>', "is XML"),
        ("supplier,amount\n", 'begins "supplier,amount", which is not JSON'),
    ],
)
def test_what_is_no_json_at_all_is_named(data, message):
    with pytest.raises(BadInputError, match=message):
        read(data)


@pytest.mark.parametrize(
    ("value", "reason"),
    [
        pytest.param("{}", "an object without an ocid", id="an empty object"),
        pytest.param('{"tag": ["tender"]}', "an object without an ocid", id="no ocid"),
        pytest.param('{"ocid": null}', "the ocid is empty or no text", id="a null ocid"),
        pytest.param('{"ocid": " "}', "the ocid is empty or no text", id="a blank ocid"),
        pytest.param('{"ocid": 7}', "the ocid is empty or no text", id="a number for an ocid"),
        pytest.param("[[]]", "a list without an ocid", id="a list in a list"),
        pytest.param('["x"]', "a text without an ocid", id="a text"),
        pytest.param("[null]", "a null without an ocid", id="a null"),
        pytest.param('{"ocid": "a", "x": tru}', "not JSON", id="a broken word"),
        pytest.param('{"ocid": "a", "x": 1,}', "not JSON", id="a comma too many"),
        pytest.param('{"ocid": "a" "x": 1}', "not JSON", id="a comma too few"),
        pytest.param('{"ocid": "a", "x": [1}', "not JSON", id="a bracket not closed"),
        pytest.param('{"ocid": "a", "x": "b', "not JSON", id="cut in a text"),
        pytest.param('{"ocid": "a", "x"', "not JSON", id="cut after a name"),
        pytest.param(
            '{"ocid":' + "[" * 10_000 + "]" * 10_000 + "}", "nested more than", id="deep"
        ),
        pytest.param(
            '{"ocid":' + '{"a":' * 300 + "1" + "}" * 301, "nested more than", id="deep objects"
        ),
    ],
)
@pytest.mark.parametrize("place", ["first", "middle", "last"])
def test_one_bad_line_is_refused_with_its_place_and_costs_itself_alone(value, reason, place):
    good = [json.dumps(RELEASE | {"ocid": f"ocds-{number}"}) for number in range(4)]
    at = {"first": 0, "middle": 2, "last": 4}[place]
    text = "\n".join([*good[:at], value, *good[at:]])

    found, report = read(text)

    assert [release["ocid"] for _, release in found] == ["ocds-0", "ocds-1", "ocds-2", "ocds-3"]
    assert report.refused == 1
    assert report.places[0].line == at + 1
    assert reason in report.places[0].reason


@pytest.mark.parametrize(
    ("bad", "reason"),
    [
        ("{}", "without an ocid"),
        ("5", "a number without an ocid"),
        ('{"ocid": "a", "x": tru}', "not JSON"),
        ('{"ocid": "a", "x": 1,}', "not JSON"),
        ('{"ocid":' + "[" * 10_000 + "]" * 10_000 + "}", "nested more than"),
    ],
)
@pytest.mark.parametrize(
    "shape",
    ['{"version": "1.1", "releases": [%s, %s, %s]}', "[%s, %s, %s]"],
    ids=["package", "array"],
)
def test_one_bad_release_does_not_cost_the_others_around_it(bad, reason, shape):
    text = shape % (json.dumps(RELEASE), bad, json.dumps(OTHER))

    found, report = read(text)

    assert [release["ocid"] for _, release in found] == ["ocds-1", "ocds-2"]
    assert [place for place, _ in found] == [1, 3]
    assert [(place.line, reason in place.reason) for place in report.places] == [(2, True)]


def test_one_bad_release_does_not_cost_the_others_before_and_after_it():
    text = f'{json.dumps(RELEASE)} {{"ocid": "a", "x": tru}} {json.dumps(OTHER)}'

    found, report = read(text)

    assert [(place, release["ocid"]) for place, release in found] == [(1, "ocds-1"), (3, "ocds-2")]
    assert [place.line for place in report.places] == [2]


@pytest.mark.parametrize("indent", [None, 1])
def test_a_package_that_is_cut_gives_the_releases_before_the_cut(indent):
    text = json.dumps(packed(RELEASE, OTHER, RELEASE), indent=indent)

    found, report = read(text[: text.rindex("ocds-1") + 20])

    assert [release["ocid"] for _, release in found] == ["ocds-1", "ocds-2"]
    assert [(place.line, place.reason) for place in report.places] == [
        (3, "the text ends in the middle of a value")
    ]
    assert "published by Someone" in report.notes


def test_a_package_that_is_not_closed_is_told_of():
    found, report = read(json.dumps(packed(RELEASE))[:-2])

    assert len(found) == 1
    assert [place.reason for place in report.places] == ["a list is not closed"]


def test_text_between_values_is_refused_and_reading_goes_on_at_the_next_line():
    text = lines(RELEASE).rstrip() + " and so on }\n" + json.dumps(OTHER, indent=1)

    found, report = read(text)

    assert [release["ocid"] for _, release in found] == ["ocds-1", "ocds-2"]
    assert report.refused == 1


def test_an_object_where_a_list_was_due_stands_for_a_list_of_it():
    assert plain(ENVELOPE | {"releases": RELEASE}) == [RELEASE]
    assert plain(ENVELOPE | {"releases": None}) == []


WRONG = (None, {}, [], "x", 5, [None], [[]], {"id": {}}, [{"id": [1]}], {"name": ["x"]})
OLD = {
    "ocid": "ocds-1",
    "buyer": {"name": "B", "identifier": {"scheme": "x", "id": 1}},
    "parties": [{"id": 1, "roles": ["x"]}],
    "tender": {"procuringEntity": {"name": "B"}, "amendment": {"date": "2016"}},
    "bids": {"details": [{"tenderers": [{"name": "A"}]}]},
    "awards": [{"id": 1, "suppliers": [{"id": "z", "address": {"region": "Kent"}}]}],
    "contracts": [
        {
            "implementation": {
                "transactions": [{"amount": {}, "providerOrganization": {"name": "P"}}]
            }
        }
    ],
}


def places_in(value, path=()):
    yield path
    keys = (
        value if isinstance(value, dict) else range(len(value)) if isinstance(value, list) else ()
    )
    for key, item in [(key, value[key]) for key in keys]:
        yield from places_in(item, (*path, key))


def with_value_at(value, path, wrong):
    if not path:
        return wrong
    changed = copy.copy(value)
    changed[path[0]] = with_value_at(value[path[0]], path[1:], wrong)
    return changed


@pytest.mark.parametrize(
    "right",
    [
        pytest.param(packed(RELEASE, OLD), id="a release package"),
        pytest.param(
            recorded(RECORD, {"ocid": "ocds-1", "releases": [RELEASE, OLD]}), id="records"
        ),
        pytest.param({"ocid": "ocds-1", "versionedRelease": VERSIONED}, id="a versioned release"),
        pytest.param({"publisher": {"uri": "x"}, "releases": [draft()]}, id="a draft"),
    ],
)
def test_a_value_of_another_sort_breaks_the_reading_nowhere(right):
    for path in places_in(right):
        for wrong in WRONG:
            changed = with_value_at(right, path, wrong)
            try:
                found, _report = read(copy.deepcopy(changed))
            except BadInputError:
                assert path == ()
            else:
                assert all(isinstance(release["ocid"], str) for _place, release in found)


def test_a_number_that_is_none_is_nulled_with_its_place():
    text = json.dumps(packed(RELEASE, OTHER)).replace('"id": "t"', '"value": {"amount": 1e9999}')

    found, report = read(text)

    assert [release["tender"]["value"] for _, release in found] == [{"amount": None}] * 2
    assert [(place.line, place.field, place.met) for place in report.places] == [
        (1, "tender.value.amount", "1e9999"),
        (2, "tender.value.amount", "1e9999"),
    ]
    assert report.nulled == 2
    assert report.refused == 0


# Large inputs


@settings(deadline=None)  # other work on the machine is no fault
@given(st.binary(max_size=60))
def test_no_bytes_break_the_reading(data):
    report = ReadReport()
    try:
        found = list(iter_releases(io.BytesIO(b"{" + data), where="x", report=report))
    except BadInputError:
        return
    assert found or report.refused or b"releases" in data or data.strip().startswith(b"}")


class Repeated(io.RawIOBase):
    """A package with one release very often, made as it is read."""

    def __init__(self, release: bytes, count: int) -> None:
        self.parts = iter(
            [b'{"version": "1.1", "releases": [', *[release + b","] * (count - 1), release, b"]}"]
        )
        self.rest = b""

    def read(self, size=-1):
        while len(self.rest) < size:
            part = next(self.parts, None)
            if part is None:
                break
            self.rest += part
        piece, self.rest = self.rest[:size], self.rest[size:]
        return piece


def test_a_package_larger_than_memory_should_hold_is_read_in_flat_memory():
    release = json.dumps(RELEASE | {"description": "x" * 50_000}).encode()
    count = 6 * WHOLE_BYTES // len(release)
    report = ReadReport()

    tracemalloc.start()
    found = sum(1 for _ in iter_releases(Repeated(release, count), where="x", report=report))
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()

    assert found == count
    assert peak < 5 * WHOLE_BYTES


def test_one_record_of_20_megabytes_is_read():
    record = copy.deepcopy(RECORD)
    record["compiledRelease"]["tender"]["description"] = "x" * 20_000_000

    assert len(plain(record)) == 1
    assert len(plain(lines(record, RECORD))) == 2


# Real data


def sample(shared, name):
    found = {}
    for path in sorted(shared.glob(f"data/{name}/*json*.gz")):
        report = ReadReport()
        stream = io.BytesIO(gzip.decompress(path.read_bytes()))
        releases = [one for _, one in iter_releases(stream, where=path.name, report=report)]
        processes = len({release["ocid"] for release in releases})
        found[path.name.partition(".")[0]] = (len(releases), processes, report.refused)
    return found


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("ca-buyandsell-2009-2013", {"contracts_release_package": (31_304, 15_398, 0)}),
        (
            "ocds-sample-australia-new-south-wales",
            {
                "records_bare": (11, 11, 0),
                "release_packages": (10, 10, 0),
                "releases": (22, 22, 0),
            },
        ),
        ("ocds-sample-canada-montreal", {"records_bare": (10, 10, 0), "releases": (20, 20, 0)}),
        ("ocds-sample-colombia", {"records_bare": (10, 10, 0), "releases": (21, 21, 0)}),
        (
            "ocds-sample-mexico-grupo-aeroportuario",
            {"records_bare": (10, 10, 0), "releases": (312, 292, 0)},
        ),
        ("ocds-sample-moldova", {"records_bare": (51, 51, 0), "releases": (51, 51, 0)}),
        (
            "ocds-sample-paraguay",
            {"records": (49, 39, 12), "release_packages": (20, 6, 0), "releases": (74, 12, 0)},
        ),
        (
            "uk-contracts-finder-2016-2020",
            {"packages_raw": (100, 100, 0), "packages_supplier_ids_matched": (73, 73, 0)},
        ),
        (
            "uk-contracts-finder-2025",
            {"release_package_2025-01-23": (100, 94, 0), "releases_2025-01_03": (201, 190, 0)},
        ),
        ("uk-pcs-scotland-2019", {"releases": (90, 90, 0)}),
    ],
)
def test_the_samples_give_their_releases(shared, name, expected):
    assert sample(shared, name) == expected


def test_a_line_beyond_all_bounds_costs_itself_alone(monkeypatch):
    monkeypatch.setattr(shapes, "VALUE_LIMIT", 4_096)
    long = json.dumps(RELEASE | {"title": "x" * 12_000})

    found, report = read("\n".join([json.dumps(RELEASE), long, json.dumps(OTHER)]))

    assert [(place, release["ocid"]) for place, release in found] == [(1, "ocds-1"), (3, "ocds-2")]
    assert [place.line for place in report.places] == [2]
