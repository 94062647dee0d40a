import re
from pathlib import Path
from xml.etree import ElementTree as ET

import pytest
from hypothesis import given
from hypothesis import strategies as st

from convener.base.kinds import Kind
from convener.service import charts
from convener.service.charts import COLOURS, NARROW, OUTLINED, SMALLEST, WIDE, Dot, MixRow

ROOT = Path(__file__).resolve().parents[2]
MIX = {Kind.IN_HOUSE: 0.2, Kind.PRIVATE: 0.5, Kind.MUTUAL: 0.1, Kind.UNKNOWN: 0.2}
DOTS = [
    Dot("North East", "Ashby", 0.65, Kind.PRIVATE),
    Dot("North East", "Beckton", 0.12, Kind.CHARITY),
    Dot("South West", "Dunmoor", 0.3, Kind.IN_HOUSE),
]


def drawings():
    mix = charts.mix_chart([MixRow("All", MIX, "1,204"), MixRow("<North & West>", MIX)])
    dots = charts.dots_chart(DOTS, threshold=0.3)
    return [mix.wide, mix.narrow, dots.wide, dots.narrow]


@pytest.mark.parametrize("number", range(4))
def test_a_drawing_is_sound_svg_that_the_policy_lets_through(number):
    drawing = drawings()[number]

    ET.fromstring(drawing)
    assert "style=" not in drawing
    assert "<script" not in drawing
    assert 'role="img"' in drawing
    assert "aria-label=" in drawing


@pytest.mark.parametrize("number", range(4))
def test_no_label_of_a_drawing_is_smaller_than_the_smallest(number):
    sizes = [float(size) for size in re.findall(r'font-size="([\d.]+)px"', drawings()[number])]

    assert sizes
    assert min(sizes) >= SMALLEST


def test_a_drawing_is_as_wide_as_its_place_so_that_it_is_never_shrunk():
    wide, narrow, *_ = drawings()

    assert f'width="{WIDE}"' in wide
    assert f'width="{NARROW}"' in narrow


def test_a_mix_shows_its_kinds_in_the_fixed_order_and_colours():
    fills = re.findall(
        r'fill="(#[0-9a-f]{6}|url\(#hatch\))"', charts.mix_chart([MixRow("a", MIX)]).wide
    )

    shown = [fill for fill in fills if fill in set(COLOURS.values())]
    assert shown == [COLOURS[kind] for kind in Kind if kind in MIX]


@given(
    st.lists(st.floats(0, 1), min_size=len(Kind), max_size=len(Kind)).filter(lambda s: sum(s) > 0)
)
def test_the_parts_of_a_bar_lie_side_by_side_within_it(numbers):
    shares = {kind: n / sum(numbers) for kind, n in zip(Kind, numbers, strict=True)}

    parts = charts._parts(MixRow("a", shares), 0, 20, left=10, scale=500)

    assert all(part["x"] < part["x2"] for part in parts)
    starts = [part["x"] for part in parts]
    assert starts == sorted(starts)
    assert parts[-1]["x2"] <= 511.5


def test_a_light_fill_has_an_outline_and_carries_no_white_words():
    shares = {Kind.MUTUAL: 0.5, Kind.PRIVATE: 0.5}

    parts = charts._parts(MixRow("a", shares), 0, 20, left=0, scale=500)

    assert {part["says"] for part in parts} == {"", "50%"}
    assert all((part["stroke"] != "transparent") == (part["says"] == "") for part in parts)
    assert Kind.MUTUAL in OUTLINED


def test_an_area_at_the_threshold_is_counted_as_the_page_counts_it():
    assert (
        "In 2 of 3 areas the largest holds 30% or more"
        in charts.dots_chart(DOTS, threshold=0.3).wide
    )


def test_the_same_figures_are_drawn_once(monkeypatch):
    first = charts.mix_chart([MixRow("once", MIX)])
    monkeypatch.setattr(charts, "_render", lambda *_: pytest.fail("drawn again"))

    assert charts.mix_chart([MixRow("once", MIX)]) == first


def test_what_is_kept_is_bounded(monkeypatch):
    monkeypatch.setattr(charts, "KEPT", 2)
    monkeypatch.setattr(charts, "_render", lambda text, name: f"<svg >{name}</svg>")
    monkeypatch.setattr(charts, "_drawn", type(charts._drawn)())

    for number in range(5):
        charts.draw({"number": number}, says="")

    assert len(charts._drawn) == 2


def test_two_drawings_on_a_page_share_no_names():
    first, second = drawings()[:2]

    names = [set(re.findall(r'id="([^"]+)"', drawing)) for drawing in (first, second)]
    assert not names[0] & names[1]


def test_the_styles_and_the_charts_have_the_same_colours():
    tokens = (ROOT / "frontend" / "_tokens.scss").read_text(encoding="utf-8")

    for kind, colour in COLOURS.items():
        if kind is not Kind.UNKNOWN:
            assert f'"{kind.value}": {colour}' in tokens
