"""Users' corrections are kept and read."""

from datetime import UTC, date, datetime, timedelta

import duckdb
import pytest

from convener.data.organisations.decisions import (
    Decision,
    DecisionKind,
    DecisionsError,
    Subject,
    read,
    write,
)

AT = datetime(2026, 3, 1, 12, tzinfo=UTC)
ACME, BOLT = Subject(name="Acme"), Subject(scheme="GB-COH", identifier="01234567")


def decision(number=1, kind=DecisionKind.SAME, **fields):
    given = {"subject": ACME, "other": BOLT, "reason": "seen", "by": "ann", "at": AT, **fields}
    return Decision(decision_id=f"d{number}", kind=kind, **given)


def test_what_is_written_is_read_back_in_the_order_it_was_decided(tmp_path):
    later = decision(1, DecisionKind.KIND, at=AT + timedelta(days=1), value="charity", other=None)
    earlier = decision(2, subject=Subject(key=2**63 + 5), value=None)

    write(tmp_path / "decisions.parquet", [later, earlier])

    assert read(tmp_path / "decisions.parquet") == [earlier, later]


def test_an_undone_decision_is_kept_and_not_applied(tmp_path):
    path = tmp_path / "decisions.parquet"

    write(path, [decision(undone_at=AT)])

    assert read(path) == []
    assert duckdb.sql(f"select count(*) from '{path}'").fetchall() == [(1,)]


def test_without_a_file_there_are_no_decisions():
    assert read(None) == []


@pytest.mark.parametrize(
    ("fields", "wanted"),
    [
        ({"other": None}, "another organisation"),
        ({"subject": Subject()}, "a subject"),
        ({"kind": DecisionKind.KIND, "value": "firm"}, "one of in-house"),
        ({"kind": DecisionKind.NAME, "value": None}, "a value"),
        ({"kind": DecisionKind.OWNER, "value": "1.5"}, "a share above 0 and at most 1"),
        ({"kind": DecisionKind.OWNER, "value": "half"}, "a share above 0 and at most 1"),
    ],
)
def test_a_decision_that_says_nothing_is_refused_with_what_it_lacks(tmp_path, fields, wanted):
    write(tmp_path / "d.parquet", [decision(**fields)])

    with pytest.raises(DecisionsError, match=wanted):
        read(tmp_path / "d.parquet")


def test_a_file_that_holds_no_decisions_is_refused(tmp_path):
    (tmp_path / "d.parquet").write_text("no parquet")

    with pytest.raises(DecisionsError, match=r"d.parquet is not a file of decisions"):
        read(tmp_path / "d.parquet")


def test_an_unknown_kind_of_decision_is_refused(tmp_path):
    path = tmp_path / "d.parquet"
    write(tmp_path / "whole.parquet", [decision()])
    duckdb.sql(
        f"copy (select * replace ('merge' as kind) from '{tmp_path}/whole.parquet') to '{path}'"
    )

    with pytest.raises(DecisionsError, match="wanted one of same, different"):
        read(path)


def test_a_file_from_before_owners_had_days_is_still_read(tmp_path):
    path = tmp_path / "old.parquet"
    write(tmp_path / "whole.parquet", [decision()])
    duckdb.sql(
        f"copy (select * exclude (from_on, to_on) from '{tmp_path}/whole.parquet') to '{path}'"
    )

    assert read(path) == [decision()]


def test_the_days_of_an_owner_are_read_back_and_must_follow(tmp_path):
    days = {"from_on": date(2025, 1, 1), "to_on": date(2026, 1, 1)}
    owner = decision(kind=DecisionKind.OWNER, value="0.51", **days)
    write(tmp_path / "d.parquet", [owner])
    assert read(tmp_path / "d.parquet") == [owner]

    write(
        tmp_path / "d.parquet",
        [decision(kind=DecisionKind.OWNER, to_on=date(2024, 1, 1), from_on=days["from_on"])],
    )
    with pytest.raises(DecisionsError, match="to end after 2025-01-01"):
        read(tmp_path / "d.parquet")
