"""A process has one row, from all its releases, however they are spread."""

from __future__ import annotations

from decimal import Decimal

import pytest

from convener.data.reading import compiling, reading
from reading_stand import lines, read, release


def at(day: int, number: int = 1, **changes):
    return release(
        number, id=f"{number}-{day}", date=f"2025-04-{day:02d}T00:00:00Z", tag=["award"], **changes
    )


def contract(amount: float | None, end: str | None, **changes):
    return [{"id": "c", "value": {"amount": amount}, "period": {"endDate": end}, **changes}]


@pytest.fixture(params=[True, False], ids=["fast", "any shape"])
def shape(request, monkeypatch):
    """Read plain lines as an engine does, and as every other shape is read."""
    monkeypatch.setattr(reading, "_is_fast", lambda _each: request.param)


@pytest.mark.usefixtures("shape")
def test_releases_of_one_process_become_one_row(tmp_path):
    first = at(1, tender={"title": "Old", "status": "planned"}, awards=[{"id": "a"}])
    other = at(2, number=2)
    second = at(3, tender={"title": "New"}, awards=[{"id": "b"}])

    outcome = read(tmp_path, lines(first, other, second))

    (one, two) = outcome["processes"]
    assert (one["title"], one["tender_status"]) == ("New", "planned")
    assert one["released_at"] == "2025-04-03 00:00:00+00"
    assert [award["award_id"] for award in outcome["awards"]] == ["a", "b"]
    assert {award["process_key"] for award in outcome["awards"]} == {one["process_key"]}
    assert one["process_key"] == (1 << 40) + 1
    assert outcome.rows["processes"] == 2
    assert two["ocid"] == other["ocid"]


@pytest.mark.usefixtures("shape")
def test_every_release_that_was_read_keeps_a_row_and_belongs_to_its_process(tmp_path):
    outcome = read(tmp_path, lines(at(1), at(2, number=2), at(3), at(4)))

    places = {row["line"]: row["process_key"] - (1 << 40) for row in outcome["releases"]}
    assert places == {1: 1, 2: 2, 3: 1, 4: 1}
    assert outcome.report.read == 4


@pytest.mark.usefixtures("shape")
def test_the_order_of_lines_does_not_matter(tmp_path):
    releases = [at(day, tender={"title": f"day {day}"}) for day in (3, 1, 2)]

    outcome = read(tmp_path, lines(*releases))

    assert [process["title"] for process in outcome["processes"]] == ["day 3"]


@pytest.mark.usefixtures("shape")
def test_the_same_release_twice_is_counted_once(tmp_path):
    outcome = read(tmp_path, lines(at(1), at(1), at(2, number=2)))

    assert outcome.rows["releases"] == 2
    assert outcome.rows["processes"] == 2
    assert outcome.report.duplicates == 1
    assert outcome.report.read == 2


@pytest.mark.usefixtures("shape")
def test_releases_of_one_process_are_found_over_several_inputs(tmp_path):
    outcome = read(
        tmp_path,
        lines(at(1, number=9), at(1, tender={"title": "Old"})),
        lines(at(1, number=8)),
        lines(at(2, tender={"title": "New"})),
    )

    assert sorted(str(process["title"]) for process in outcome["processes"]) == [
        "New",
        "None",
        "None",
    ]


@pytest.mark.usefixtures("shape")
def test_contracts_keep_their_first_amount_and_end(tmp_path):
    outcome = read(
        tmp_path,
        lines(
            at(1, contracts=contract(None, "2026-03-31")),
            at(2, contracts=contract(100, "2027-03-31")),
            at(3, contracts=contract(150, "2028-03-31")),
        ),
    )

    (one,) = outcome["contracts"]
    assert (one["first_amount"], one["amount"]) == (Decimal(100), Decimal(150))
    assert one["first_ends_at"] == "2026-03-31 00:00:00+00"
    assert one["ends_at"] == "2028-03-31 00:00:00+00"
    assert one["terminated"] is False


@pytest.mark.usefixtures("shape")
def test_a_termination_notice_ends_its_contract(tmp_path):
    ended = {**at(2, contracts=[{"id": "c"}]), "tag": ["contractTermination"]}

    outcome = read(tmp_path, lines(at(1, contracts=contract(5, None)), ended))

    assert [(row["terminated"], row["amount"]) for row in outcome["contracts"]] == [(True, 5)]


def test_a_single_release_has_its_own_amount_as_first(tmp_path):
    outcome = read(
        tmp_path, lines(at(1, contracts=contract(5, "2026-03-31", status="terminated")))
    )

    (one,) = outcome["contracts"]
    assert (one["first_amount"], one["first_ends_at"]) == (one["amount"], one["ends_at"])
    assert one["terminated"] is True


def test_faults_are_told_of_the_releases_and_not_again_of_what_they_compile_to(tmp_path):
    outcome = read(tmp_path, lines(at(1, awards=[{"id": "a", "date": "never"}]), at(2)))

    assert outcome.faults == [(1, "awards.date", "not a date from 1900 to 2100")]
    assert outcome.report.nulled == 1


def test_a_mended_release_is_compiled_as_mended(tmp_path):
    outcome = read(
        tmp_path, lines(at(1, awards={"id": "wrong"}, tender={"title": "T"}), b"{", at(2))
    )

    assert [process["title"] for process in outcome["processes"]] == ["T"]
    assert outcome.rows["awards"] == 0


def test_many_processes_are_compiled_in_bounded_memory(tmp_path, monkeypatch):
    monkeypatch.setattr(compiling, "HEAP_BYTES", 5_000)
    releases = [
        at(day, number=number, tender={"title": f"{number} on {day}"})
        for day in (1, 2)
        for number in range(80)
    ]

    outcome = read(tmp_path, lines(*releases))

    assert {p["ocid"].rsplit("-")[-1]: p["title"] for p in outcome["processes"]} == {
        str(number): f"{number} on 2" for number in range(80)
    }


def test_equal_dates_are_noted(tmp_path):
    outcome = read(tmp_path, lines(at(1), {**at(1), "id": "other"}))

    assert outcome.report.notes == [compiling.TIES_NOTE]
