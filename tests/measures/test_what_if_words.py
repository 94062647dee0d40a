"""What if: the words of an address in which steps are written."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from convener.measures.what_if.steps import (
    LOTS,
    NEW_KINDS,
    Move,
    MovePart,
    NewHolder,
    Part,
    Split,
    StepError,
    Stop,
    Thing,
    read_step,
)

numbers = st.text(st.characters(exclude_categories=["Cs"]), min_size=1, max_size=40)
things = st.one_of(st.builds(Thing, numbers, numbers), st.builds(Thing, st.just(""), numbers))
providers = st.one_of(
    st.integers(0, 2**63 - 1).map(str), st.integers(0, 2**63).map(lambda key: f"named-{key:x}")
)
new = st.builds(NewHolder, st.sampled_from(NEW_KINDS), st.integers(1, 99))
parts = st.one_of(
    st.integers(1, 100).map(lambda share: Part(share / 100, True)),
    st.integers(1, 10**9).map(lambda amount: Part(float(amount), False)),
)
steps = st.one_of(
    st.builds(Stop, providers),
    st.builds(Move, things, providers | new),
    st.builds(MovePart, providers, parts, providers | new),
    st.builds(Split, things, st.sampled_from(LOTS), st.none() | st.sampled_from(NEW_KINDS)),
)


@given(steps)
def test_a_step_that_is_written_is_read_as_the_same(step):
    if len(step.words) <= 400:
        assert read_step(step.words) == step


@given(
    st.text(max_size=500)
    | st.lists(
        st.sampled_from(
            [
                "stop",
                "move",
                "split",
                "award",
                "entry",
                "part",
                "to=",
                "as=",
                "%",
                "/",
                "1",
                "-1",
                "9" * 30,
                "nan",
                "25%",
                "new-",
            ]
        )
    ).map(":".join)
)
def test_whatever_is_typed_is_a_step_or_is_refused_with_what_was_wanted(text):
    try:
        step = read_step(text)
    except StepError as error:
        said = str(error)
    else:
        assert read_step(step.words) == step
        return
    assert "met" in said
    assert "wanted" in said


@pytest.mark.parametrize(
    "text",
    [
        "stop:",
        "stop:1:2",
        "stop:Mary Smith",
        "move:award:x:to=1",
        "move:award:a/b/c:to=1",
        "move:award:a/b:1",
        "move:part:1:0%:to=2",
        "move:part:1:101%:to=2",
        "move:part:1:-3:to=2",
        "move:part:1:nan:to=2",
        "move:part:1:1e3:to=2",
        "move:entry:x:to=new-individual",
        "move:entry:x:to=new-sharks",
        "split:entry:x:1",
        "split:entry:x:51",
        "split:entry:x:٣",
        "split:entry:x:4:charity",
        "split:entry::4",
        "close:1",
        "",
    ],
)
def test_a_step_that_means_nothing_is_refused(text):
    with pytest.raises(StepError, match=r"met.*wanted"):
        read_step(text)
