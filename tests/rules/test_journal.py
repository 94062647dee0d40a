from dataclasses import replace
from datetime import UTC, date, datetime, timedelta, timezone
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from convener.base.errors import BadInputError
from convener.rules.journal import (
    START,
    BrokenChainError,
    Head,
    Told,
    canonical,
    check_chain,
    check_heads,
    check_slug,
    digest_of,
    plain,
)

AT = datetime(2026, 5, 4, 12, tzinfo=UTC)


def told(stream: str, sequence: int, **given) -> Told:
    """Return an event, of which most does not matter."""
    usual = Told(
        stream=stream,
        sequence=sequence,
        at=AT,
        kind="note-posted",
        actor=7,
        role="provider",
        organisation=3,
        on_behalf_of=None,
        command="",
        schema_version=1,
        reason="",
        subject="note",
        subject_id=sequence,
        row_version=1,
        contents="{}",
    )
    return usual._replace(**given)


def chained(*events: Told) -> list[tuple[Told, str]]:
    """Return events with the digests that they get in this order."""
    rows, last = [], {}
    for event in events:
        digest = digest_of(event, last.get(event.stream, START))
        last[event.stream] = digest
        rows.append((event, digest))
    return rows


CHAIN = chained(*(told("a", n) for n in range(1, 6)), *(told("b", n) for n in range(1, 4)))


def test_a_whole_chain_gives_the_head_of_each_stream():
    heads = list(check_chain(CHAIN))

    assert heads == [Head("a", 5, CHAIN[4][1]), Head("b", 3, CHAIN[7][1])]
    assert list(check_chain([])) == []


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("at", AT + timedelta(microseconds=1)),
        ("kind", "note-withdrawn"),
        ("actor", 8),
        ("actor", None),
        ("role", "officer"),
        ("organisation", 4),
        ("on_behalf_of", 1),
        ("command", "again"),
        ("schema_version", 2),
        ("reason", "mistake"),
        ("subject", "watch"),
        ("subject_id", 99),
        ("row_version", 2),
        ("contents", '{"changed":{}}'),
    ],
)
def test_a_changed_event_is_named(name, value):
    rows = list(CHAIN)
    rows[2] = (rows[2][0]._replace(**{name: value}), rows[2][1])

    with pytest.raises(BrokenChainError, match=r"^a: event 3 \("):
        list(check_chain(rows))


def test_a_changed_event_whose_digest_was_made_anew_breaks_the_next_link():
    rows = list(CHAIN)
    changed = rows[2][0]._replace(reason="mistake")
    rows[2] = (changed, digest_of(changed, rows[1][1]))

    with pytest.raises(BrokenChainError, match=r"^a: event 4 \("):
        list(check_chain(rows))


@pytest.mark.parametrize("gone", [0, 1, 3, 5, 6])
def test_a_missing_event_is_named(gone):
    rows = CHAIN[:gone] + CHAIN[gone + 1 :]
    event = CHAIN[gone][0]

    with pytest.raises(BrokenChainError, match=f"^{event.stream}: event {event.sequence} is miss"):
        list(check_chain(rows))


def test_two_events_that_changed_places_are_noticed():
    rows = list(CHAIN)
    one, other = rows[1][0], rows[2][0]
    rows[1] = (other._replace(sequence=2), rows[2][1])
    rows[2] = (one._replace(sequence=3), rows[1][1])

    with pytest.raises(BrokenChainError, match=r"^a: event 2 "):
        list(check_chain(rows))


def test_a_stream_that_was_cut_off_no_longer_reaches_its_head():
    [_, *_, last] = CHAIN[:5]
    found = {head.stream: head for head in check_chain(CHAIN[:4] + CHAIN[5:])}

    with pytest.raises(BrokenChainError, match=r"^a: it ends at event 4; 5 were recorded"):
        check_heads(found, [Head("a", 5, last[1])])
    with pytest.raises(BrokenChainError, match=r"^c: it ends at event 0; 1 were"):
        check_heads(found, [Head("c", 1, last[1])])


def test_a_chain_that_was_written_anew_does_not_pass_the_head_that_was_kept():
    kept = [Head("a", 5, CHAIN[4][1])]
    anew = chained(*(told("a", n, reason="mistake") for n in range(1, 8)))

    list(check_chain(CHAIN, kept))
    with pytest.raises(BrokenChainError, match=r"^a: event 5 is not the one whose head was kept"):
        list(check_chain(anew, kept))
    with pytest.raises(BrokenChainError, match=r"^a: event 5 is not the head that was kept"):
        check_heads({"a": replace(kept[0], digest=START)}, kept)


@given(st.integers(0, 4), st.integers(0, 4))
def test_a_moment_is_the_same_wherever_its_clock_stands(hours, index):
    event = CHAIN[index][0]
    moved = event._replace(at=event.at.astimezone(timezone(timedelta(hours=hours))))

    assert digest_of(moved, START) == digest_of(event, START)


@pytest.mark.parametrize("text", ["", "Two Words", "a\nb", "x" * 101, "-first", "é"])
def test_what_could_be_taken_for_two_parts_of_an_event_is_refused(text):
    with pytest.raises(BadInputError, match="small letters"):
        check_slug(text, "the kind")


@pytest.mark.parametrize(
    ("value", "wanted"),
    [
        (None, "null"),
        (True, "true"),
        (12, "12"),
        ("a\nb", '"a\\nb"'),
        (Decimal("0.510000"), '"0.51"'),
        (Decimal(100), '"100"'),
        (date(2026, 5, 4), '"2026-05-04"'),
        (AT, '"2026-05-04T12:00:00.000000+00:00"'),
        ({"b": (1, 2), "a": "é"}, '{"a":"é","b":[1,2]}'),
    ],
)
def test_a_value_has_one_text(value, wanted):
    assert canonical(plain(value)) == wanted


@pytest.mark.parametrize("value", [1.5, b"bytes", {1, 2}, object()])
def test_a_value_that_has_no_one_text_is_refused(value):
    with pytest.raises(BadInputError, match="an event holds no"):
        plain(value)
