"""Bad input: what cannot be used is counted, with place and reason, and costs itself alone."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import orjson
import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from convener.data.reading import blocks, filling, reading
from convener.data.reading.nested import Nest
from convener.data.reading.spreads import release_nest
from reading_stand import lines, read, release

DATE = "not a date from 1900 to 2100"
MONEY = "not an amount of money"


@pytest.fixture(autouse=True)
def engine_reads_it(monkeypatch):
    """Let the engine read every input, as it reads one whose first bytes are clean."""
    monkeypatch.setattr(reading, "_is_fast", lambda _each: True)


def award(**changes: Any) -> dict[str, Any]:
    return release(2, awards=[{"id": "a", **changes}])


@pytest.mark.parametrize(
    ("broken", "reason"),
    [
        (b'{"ocid": "cut", "id": "1", "awards": [{"id"', "not JSON: unexpected end of data"),
        (b"<html><title>502</title></html>", "not JSON: unexpected character, expected a JSON"),
        (b'{"ocid": "a"} {"ocid": "b"}', "not JSON: unexpected content after document"),
        (b'"text"', "text where a release is due"),
        (b"17", "a plain value where a release is due"),
        (b"[]", "a list where a release is due"),
        (b"null", "no ocid: a release names the process that it belongs to"),
        (b'{"id": "nameless"}', "no ocid: a release names the process that it belongs to"),
    ],
)
def test_a_line_that_is_no_release_is_refused_with_its_number(tmp_path, broken, reason):
    outcome = read(tmp_path, lines(release(1), release(2), broken, release(4)))

    assert [row["line"] for row in outcome["releases"]] == [1, 2, 4]
    assert outcome.report.refused == 1
    assert outcome.report.read == 3
    ((line, _, met),) = outcome.faults
    assert line == 3
    assert met.startswith(reason)


def test_a_truncated_last_line_costs_itself_alone(tmp_path):
    outcome = read(tmp_path, lines(release(1), release(2))[:-30])

    assert outcome.rows["processes"] == 1
    assert outcome.faults == [(2, "", "not JSON: unexpected end of data")]


@pytest.mark.parametrize("blank", [b"", b"  ", b"\r"])
def test_blank_lines_are_passed_and_counted_as_lines(tmp_path, blank):
    outcome = read(tmp_path, lines(release(1), blank, blank, release(4, date="never")))

    assert outcome.faults == [(4, "date", DATE)]
    assert [row["line"] for row in outcome["releases"]] == [1, 4]


def test_bytes_of_windows_in_one_line_are_read_as_such(tmp_path):
    latin = orjson.dumps(release(2, tender={"title": "Café"})).replace(
        "é".encode(), "é".encode("cp1252")
    )

    outcome = read(tmp_path, lines(*(release(n) for n in range(3, 900)), latin))

    assert "Café" in {row["title"] for row in outcome["processes"]}
    assert outcome.report.refused == 0


@pytest.mark.parametrize(
    ("changes", "faults"),
    [
        ({"value": {"amount": " 000,"}}, [("awards.value.amount", MONEY, " 000,")]),
        ({"value": {"amount": "about ten"}}, [("awards.value.amount", MONEY, "about ten")]),
        ({"value": {"amount": 10**15}}, [("awards.value.amount", MONEY, "1" + "0" * 15)]),
        ({"value": {"amount": {"x": 1}}}, [("awards.value.amount", MONEY, '{"x":1}')]),
        ({"value": {"amount": "  "}}, []),
        ({"date": "2016-13-45"}, [("awards.date", DATE, "2016-13-45")]),
        ({"date": "0001-01-01T00:00:00Z"}, [("awards.date", DATE, "0001-01-01T00:00:00Z")]),
        ({"date": "20160-01-01"}, [("awards.date", DATE, "20160-01-01")]),
        ({"date": "2105-10-09"}, [("awards.date", DATE, "2105-10-09")]),
        ({"date": "infinity"}, [("awards.date", DATE, "infinity")]),
        ({"date": ""}, []),
        (
            {"title": {"en": "Care"}},
            [("awards.title", "an object or a list where text is due", '{"en":"Care"}')],
        ),
        ({"title": "[Closed] care"}, []),
        ({"value": [1]}, [("awards.value", "a list where an object is due", "[1]")]),
        (
            {"suppliers": {"name": "X"}},
            [("awards.suppliers", "an object where a list is due", '{"name":"X"}')],
        ),
        (
            {"suppliers": ["X", {"name": "Y", "id": "y"}]},
            [("awards.suppliers", "text where an object is due", '"X"')],
        ),
        ({"suppliers": {}, "value": [], "contractPeriod": ""}, []),
    ],
)
def test_a_value_that_cannot_be_used_is_emptied_and_reported(tmp_path, changes, faults):
    outcome = read(tmp_path, lines(release(1), award(**changes), release(3)))

    assert [(p.field, p.reason, p.met) for p in outcome.report.places] == faults
    assert outcome.report.nulled == len(faults)
    assert {place.line for place in outcome.report.places} <= {2}
    assert outcome.rows["awards"] == 1
    assert outcome.rows["processes"] == 3


def test_a_number_that_none_can_hold_is_emptied_and_the_line_kept(tmp_path):
    huge = orjson.dumps(award(value={"amount": 77})).replace(b"77", b"1e9999")

    outcome = read(tmp_path, lines(release(5), huge))

    assert [(p.line, p.field, p.met) for p in outcome.report.places] == [
        (2, "awards.value.amount", "1e9999")
    ]
    assert outcome["awards"][0]["amount"] is None


def test_negative_amounts_and_amounts_as_text_are_kept(tmp_path):
    awards = [{"id": n, "value": {"amount": amount}} for n, amount in enumerate((-5, "12.50", 0))]

    outcome = read(tmp_path, lines(release(awards=awards)))

    assert [row["amount"] for row in outcome["awards"]] == [Decimal(-5), Decimal("12.5"), 0]
    assert outcome.faults == []


def test_a_field_that_stands_twice_is_reported_and_the_last_kept(tmp_path):
    twice = orjson.dumps(release(2)).replace(b'"date":', b'"date":"2020-01-01","date":')

    outcome = read(tmp_path, lines(release(1), twice))

    assert outcome.faults == [
        (2, "date", "the field stands twice in one object; the last was kept")
    ]
    assert outcome["releases"][1]["released_at"] == "2025-04-01 00:00:00+00"


def test_the_position_of_a_supplier_outlives_an_unusable_one(tmp_path):
    outcome = read(tmp_path, lines(award(suppliers=["X", {"name": "Y", "id": "y"}])))

    assert [(row["position"], row["name"]) for row in outcome["suppliers"]] == [(2, "Y")]


@pytest.mark.parametrize(
    ("contract", "field"),
    [
        ({"implementation": ["done"]}, "contracts.implementation"),
        ({"implementation": {"milestones": {"id": 1}}}, "contracts.implementation.milestones"),
        ({"agreedMetrics": {"id": 1}}, "contracts.agreedMetrics"),
    ],
)
def test_a_rare_field_of_another_sort_is_reported(tmp_path, contract, field):
    outcome = read(tmp_path, lines(release(contracts=[{"id": "c", **contract}])))

    assert [(line, name) for line, name, _ in outcome.faults] == [(1, field)]


def test_a_record_of_twenty_megabytes_is_read(tmp_path):
    large = release(2, tender={"title": "Large", "description": "x" * 20_000_000})

    outcome = read(tmp_path, lines(release(1), large, release(3)))

    assert [row["line"] for row in outcome["releases"]] == [1, 2, 3]
    assert outcome["processes"][1]["title"] == "Large"


def test_a_line_beyond_all_bounds_is_refused_and_the_rest_read(tmp_path, monkeypatch):
    monkeypatch.setitem(blocks.Cutter.__init__.__kwdefaults__, "longest", 40_000_000)
    text = lines(release(1)) + b'{"ocid": "' + b"x" * 70_000_000 + b'"}\n' + lines(release(3))

    outcome = read(tmp_path, text)

    assert [row["line"] for row in outcome["releases"]] == [1, 3]
    assert outcome.faults == [(2, "", "the line is longer than 38 MiB")]


@pytest.mark.parametrize("depth", [300, 10_000])
def test_deep_nesting_neither_breaks_nor_hides_other_lines(tmp_path, depth):
    deep = orjson.dumps(release(2)).replace(
        b'"ocid"', b'"deep":' + b"[" * depth + b"]" * depth + b',"ocid"'
    )

    outcome = read(tmp_path, lines(release(1), deep, b"{", release(4)))

    assert [row["line"] for row in outcome["releases"]] == [1, 2, 4]


def test_what_a_publisher_calls_as_we_number_cannot_take_a_place(tmp_path):
    hostile = {"convenerPlace": 99, "convenerLine": 99, **release(2)}

    outcome = read(tmp_path, lines(release(1), hostile, b"{"))

    assert {row["line"] for row in outcome["releases"]} <= {1, 2}


def test_every_fault_is_counted_and_the_first_thousand_are_listed(tmp_path):
    outcome = read(tmp_path, lines(*(release(number, date="never") for number in range(1500))))

    assert outcome.report.nulled == 1500
    assert outcome.report.reasons["date", DATE] == 1500
    assert [place.line for place in outcome.report.places] == list(range(1, 1001))


# The careful path gives what the fast one gives.

TEXTS = st.text(st.characters(exclude_categories=["Cs"]), max_size=12) | st.sampled_from(
    ["", " ", "2025-01-31", "2025-13-31", "1899-01-01", "12.5", "-3", "x,1", "yes", "[1]", "{"]
)
LEAVES = (
    TEXTS
    | st.none()
    | st.booleans()
    | st.integers(-(2**63), 2**64 - 1)
    | st.floats(allow_nan=False, allow_infinity=False)
)


def values(nest: Nest, depth: int = 0) -> st.SearchStrategy[Any]:
    """Return values of the sort that stands here, some fields left out."""
    one: st.SearchStrategy[Any] = LEAVES
    if nest.fields:
        fields = {name: values(below, depth + 1) for name, below in nest.fields.items()}
        one = st.fixed_dictionaries({}, optional=fields)
    return st.lists(one | st.none(), max_size=2) if nest.is_list else one | st.none()


def wholes(nest: Nest) -> st.SearchStrategy[dict[str, Any]]:
    fields = {name: values(below) for name, below in nest.fields.items()}
    return st.fixed_dictionaries({}, optional=fields)


@settings(
    max_examples=8,
    phases=[Phase.explicit, Phase.generate],
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(found=st.lists(wholes(release_nest()), min_size=1, max_size=4))
def test_the_careful_path_gives_what_the_fast_one_gives(tmp_path_factory, monkeypatch, found):
    releases = [{**one, "ocid": f"o{place}"} for place, one in enumerate(found)]
    text = lines(*releases)
    fast = read(tmp_path_factory.mktemp("fast"), lines(release(99)) + text)

    with monkeypatch.context() as patch:
        patch.setattr(filling.Filler, "_insert", careful_only(filling.Filler._insert))
        patch.setattr(filling.Filler, "_is_known_unfit", lambda _self, _table: True)
        careful = read(tmp_path_factory.mktemp("careful"), lines(release(99)) + text)

    assert careful.tables == fast.tables
    assert careful.report.as_dict() == fast.report.as_dict()


def careful_only(insert):
    def refusing(self, block, entry):
        return entry.is_numbered and insert(self, block, entry)

    return refusing
