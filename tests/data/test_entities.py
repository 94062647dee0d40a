from __future__ import annotations

import html
import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from convener.data.reading.blocks import Sheet
from convener.data.reading.entities import open_entities
from reading_stand import lines, read, release

LETTERS = st.text("ab \"'<>&;\\\n£é#x39", max_size=30)


def opened(text: bytes) -> bytes:
    sheet = Sheet(64)
    sheet.put(text)
    open_entities(sheet)
    found = sheet.text
    sheet.close()
    return found


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        ("Care &amp; Repair", "Care & Repair"),
        ("St James&#039; House", "St James' House"),
        ("St James&amp;#039; House", "St James' House"),
        ("&quot;Home&quot; care&#10;north", '"Home" care\nnorth'),
        ("&lt;p&gt;", "<p>"),
        ("&pound;5", "£5"),
        ("a & b; c", "a & b; c"),
        ("R&D;", "R&D;"),
        ("?a=1&b=2", "?a=1&b=2"),
    ],
)
def test_an_entity_is_the_letter_that_it_stands_for(written, meant):
    text = json.dumps({"name": written}).encode()

    assert json.loads(opened(text)) == {"name": meant}
    assert json.loads(opened(text.replace(b"&", rb"\u0026"))) == {"name": meant}


@given(name=LETTERS, times=st.integers(1, 3), is_ascii=st.booleans())
def test_a_name_escaped_any_number_of_times_is_the_name(name, times, is_ascii):
    written = name
    for _ in range(times):
        written = html.escape(written)
    plain = json.dumps([name], ensure_ascii=is_ascii).encode()
    text = json.dumps([written], ensure_ascii=is_ascii).encode()

    assert json.loads(opened(text)) == json.loads(opened(plain))


@given(text=LETTERS)
def test_a_backslash_before_an_entity_stays_a_backslash(text):
    written = json.dumps(["\\u0026amp;" + text]).encode()

    assert json.loads(opened(written))[0].startswith("\\u0026amp;")


def test_a_sheet_without_entities_is_left_as_it_is():
    text = b'{"ocid": "a", "title": "Care & repair"}\n'

    assert opened(text) == text


def test_one_organisation_written_in_two_ways_is_one(tmp_path):
    first = release(ocid="ocds-1", buyer={"name": "Smith &amp; Sons"})
    second = release(ocid="ocds-2", buyer={"name": "Smith & Sons"})

    outcome = read(tmp_path, lines(first, second))

    [one, other] = outcome["processes"]
    assert one["buyer_name"] == other["buyer_name"] == "Smith & Sons"
    assert one["buyer_key"] == other["buyer_key"]
    assert outcome.report.as_dict()["reasons"] == []


def test_what_is_mended_line_by_line_has_no_entities_either(tmp_path):
    whole = json.dumps(release(tender={"title": "Care &amp; repair"})).encode()

    outcome = read(tmp_path, whole + b"\n{not JSON\n")

    assert [process["title"] for process in outcome["processes"]] == ["Care & repair"]
