"""A walk finds where values end, however the bytes come."""

from __future__ import annotations

import io
import json

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from convener.data.ocds.json_values import BrokenValueError
from convener.data.ocds.json_walk import CutValueError, Walk

json_values = st.recursive(
    st.none() | st.booleans() | st.integers(-(10**6), 10**6) | st.text(max_size=5),
    lambda below: (
        st.lists(below, max_size=3) | st.dictionaries(st.text(max_size=3), below, max_size=3)
    ),
    max_leaves=10,
)


class Dripping(io.BytesIO):
    """Gives at most ``most`` bytes a time."""

    most = 3

    def read(self, size=-1):
        return super().read(min(size, self.most) if size and size > 0 else size)


@settings(deadline=None)  # other work on the machine is no fault
@given(
    st.lists(json_values, min_size=1, max_size=4), st.sampled_from([None, 1]), st.integers(1, 9)
)
def test_a_walk_finds_where_each_value_ends(values, indent, most):
    stream = Dripping(" ".join(json.dumps(value, indent=indent) for value in values).encode())
    stream.most = most
    walk = Walk(stream)

    found = []
    while walk.peek():
        found.append(json.loads(walk.value()))

    assert found == values


@settings(deadline=None)  # other work on the machine is no fault
@given(st.dictionaries(st.text(max_size=3), json_values, max_size=4), st.integers(1, 9))
def test_a_walk_finds_the_members_of_an_object_and_the_items_of_a_list(value, most):
    stream = Dripping(json.dumps(value).encode())
    stream.most = most
    walk = Walk(stream)
    walk.peek()

    found = {}
    for name in walk.members():
        if walk.peek() == b"[":
            found[name] = [json.loads(walk.value()) for _ in walk.items()]
        else:
            found[name] = json.loads(walk.value())

    assert found == value
    assert walk.peek() == b""


def test_a_value_longer_than_the_limit_is_refused():
    walk = Walk(io.BytesIO(b'{"a": "' + b"x" * 3_000_000), limit=1 << 20)

    with pytest.raises(CutValueError, match="longer than 1 MiB"):
        walk.value()
    assert issubclass(CutValueError, BrokenValueError)
