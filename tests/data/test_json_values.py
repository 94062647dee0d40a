"""JSON values are kept exactly, or nulled and told of."""

from __future__ import annotations

import orjson
import pytest

from convener.data.ocds.json_values import decode, number


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("12.50", 12.5),
        ("0.1", 0.1),
        ("-7", -7),
        ("000", 0),
        ("-007.5", -7.5),
        ("[ 000, 010 ]", [0, 10]),
        ('"a 007"', "a 007"),
        ("9007199254740993", 9007199254740993),
        ("12345678901234567.89", "12345678901234567.89"),
        ("123456789012345678901", "123456789012345678901"),
        ('"a\nb\tc"', "a\nb\tc"),
        (r'"\ud83d\ude00"', "😀"),
    ],
)
def test_values_are_kept_exactly(text, value):
    assert decode(b'{"a":' + text.encode() + b"}", lambda *_met: None) == {"a": value}


@pytest.mark.parametrize("text", ["NaN", "Infinity", "-Infinity", "1e9999", "-1e400"])
def test_a_number_that_is_none_becomes_null(text):
    met = []

    assert decode(b"[1, {}]".replace(b"{}", text.encode()), lambda *told: met.append(told)) == [
        1,
        None,
    ]
    assert [told[2] for told in met] == [text]


def test_half_a_character_is_replaced_so_that_the_value_can_be_written_again():
    value = decode(rb'{"a\ud800": "\udfff b"}', lambda *_met: None)

    assert value == {"a\ufffd": "\ufffd b"}
    assert orjson.loads(orjson.dumps(value)) == value


@pytest.mark.parametrize(
    ("text", "value"),
    [
        *(
            ("2176", 2176),
            ("-3", -3),
            ("3000.50", 3000.5),
            ("x", "x"),
            (None, None),
            ("NaN", "NaN"),
        ),
        *(("1e9999", "1e9999"), ("12345678901234567.89", "12345678901234567.89")),
    ],
)
def test_a_number_written_as_text_is_read_where_it_can_be_held(text, value):
    assert number(text) == value
