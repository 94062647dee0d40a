from __future__ import annotations

import pytest

from table_reading import csv_file, read

HEADINGS = ["owner", "owned", "share", "from", "to", "source", "owner_id", "owned_id"]


def own(tmp_path, *rows):
    return read(tmp_path, csv_file(tmp_path / "o.csv", [HEADINGS, *rows]))


def test_a_holding_is_read_with_its_evidence(tmp_path):
    found = own(
        tmp_path,
        ["Big Ltd", "Small Ltd", "60%", "01/02/2019", "", "accounts 2020", "1234567", "SC1234"],
    )

    columns = (
        "owner_name", "owner_scheme", "owner_identifier", "owned_name", "owned_identifier",
        "share", "from_on::varchar", "to_on", "evidence",
    )  # fmt: skip
    assert found.rows(*columns) == [
        (
            "Big Ltd", "GB-COH", "01234567", "Small Ltd", "SC001234", 0.6, "2019-02-01", None,
            "accounts 2020",
        )
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("written", "share"),
    [("60%", 0.6), ("0.6", 0.6), ("60", 0.6), ("1", 1.0), ("100", 1.0), ("1%", 0.01), ("", None)],
)
def test_a_share_is_read_however_it_is_written(tmp_path, written, share):
    assert own(tmp_path, ["A Ltd", "B Ltd", written, "", "", "", "", ""]).rows("share") == [share]


@pytest.mark.parametrize("written", ["250", "-1", "most"])
def test_what_is_no_share_is_emptied_and_said(tmp_path, written):
    found = own(tmp_path, ["A Ltd", "B Ltd", written, "", "", "", "", ""])

    assert found.rows("share") == [None]
    assert found.report.places[0].field == "share"


@pytest.mark.parametrize(
    ("row", "reason"),
    [
        (["", "B Ltd"], "no owner"),
        (["A Ltd", ""], "nothing owned"),
        (["A Ltd", "A Ltd"], "an organisation cannot own itself"),
        (["Jane Smith", "B Ltd"], "the owner may be a person"),
    ],
)
def test_what_is_no_holding_is_refused(tmp_path, row, reason):
    found = own(tmp_path, [*row, "1", "", "", "", "", ""])

    assert found.counts == {"ownership": 0}
    assert found.report.places[0].reason == reason
    assert "Jane" not in str(found.report.as_dict())


def test_a_holding_cannot_end_before_it_begins(tmp_path):
    found = own(tmp_path, ["A Ltd", "B Ltd", "1", "2020-01-01", "2019-01-01", "", "", ""])

    assert found.rows("from_on::varchar", "to_on") == [("2020-01-01", None)]
    assert found.report.places[0].reason == "ends before it begins"


def test_a_number_that_is_none_is_emptied_and_said(tmp_path):
    found = own(tmp_path, ["A Ltd", "B Ltd", "1", "soon", "", "", "TBC", ""])

    assert found.rows("owner_identifier", "from_on") == [(None, None)]
    assert {each.field for each in found.report.places} == {"owner_identifier", "from_on"}
