"""The quality report is held to small sources whose every row is known."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from convener.data.conclusions import conclusions
from convener.data.loading import Wanted, load
from convener.data.store import Store

AT = datetime(2026, 4, 1, tzinfo=UTC)
PAYMENTS = """\
Body Name,Payment Date,Supplier Name,Net Amount,Service Area
Ashby Council,01/04/2025,Good Care Ltd,100.50,Home care
Ashby Council,02/04/2025,Other Care Ltd,0,Home care
Ashby Council,31/02/2025,Third Care Ltd,-20.25,
Ashby Council,30/04/2025,REDACTED PERSONAL DATA,many,Home care
"""


@pytest.fixture(scope="module")
def report(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    folder: Path = tmp_path_factory.mktemp("quality")
    path = folder / "spend.csv"
    path.write_text(PAYMENTS, encoding="utf-8")
    (loaded,) = load(Store(folder / "workspace"), [Wanted(origin=str(path))], at=AT)
    return loaded.report


def share(report: dict[str, Any], field: str) -> float:
    return next(row["share"] for row in report["coverage"] if row["field"] == field)


def test_every_row_read_is_counted(report):
    assert report["rows"] == {"payments": 4}
    assert report["reading"]["read"] == 4


def test_coverage_is_the_share_of_rows_in_which_a_field_is_known(report):
    assert share(report, "payee") == 0.75
    assert share(report, "amount") == 0.75
    assert share(report, "payment date") == 0.75
    assert share(report, "service") == 0.75


def test_what_could_not_be_read_is_placed_with_its_reason(report):
    places = {(place["field"], place["line"]) for place in report["reading"]["places"]}

    assert ("paid_on", 3) in places
    assert ("amount", 4) in places


def test_amounts_say_their_total_and_how_many_are_zero_or_negative(report):
    (amounts,) = report["amounts"]

    assert (amounts["known"], amounts["zero"], amounts["negative"]) == (3, 1, 1)
    assert amounts["total"] == "80.2500"


def test_dates_say_their_first_and_last(report):
    assert report["dates"] == [
        {"table": "payments", "field": "paid_on", "first": "2025-04-01", "last": "2025-04-30"}
    ]


def test_it_is_said_that_payments_do_not_show_in_house_delivery(report):
    assert any("In-house delivery is not in this data" in said for said in report["conclusions"])


def field(table: str, name: str, known: float) -> dict[str, Any]:
    return {"table": table, "field": name, "share": known}


SHAPE = {
    "tenderers_listed": 0,
    "tenderers_named": 0,
    "tenderers_not_suppliers": 0,
    "awards_of_several_suppliers": None,
    "suppliers_with_identifier": None,
    "payees_withheld": None,
}


@pytest.mark.parametrize(
    ("known", "words"),
    [
        (0.0, "It cannot tell"),
        (0.19, "It cannot tell"),
        (0.5, "only partly"),
        (0.8, "It can tell"),
    ],
)
def test_what_can_be_told_depends_on_how_much_is_known(known, words):
    said = conclusions({"awards": 10}, [field("awards", "award date", known)], SHAPE)

    assert any(words in each and "when awards were made" in each for each in said)


def test_tenderers_that_only_repeat_suppliers_tell_nothing_of_contest():
    shape = SHAPE | {"tenderers_listed": 30, "tenderers_named": 30, "tenderers_not_suppliers": 0}
    numbers = [field("processes", "number of tenderers", 1.0)]

    said = conclusions({"processes": 30}, numbers, shape)

    assert any("only repeat the suppliers" in each for each in said)
    assert not any("how many bid" in each for each in said)


def test_tenderers_who_are_nobody_tell_nothing_of_contest():
    shape = SHAPE | {"tenderers_listed": 51}
    numbers = [field("processes", "number of tenderers", 1.0)]

    said = conclusions({"processes": 51}, numbers, shape)

    assert any("names none of them: contest by bids is not in this data" in each for each in said)
    assert not any("how many bid" in each for each in said)


def test_tenderers_who_lost_tell_of_contest():
    shape = SHAPE | {"tenderers_listed": 30, "tenderers_named": 30, "tenderers_not_suppliers": 3}
    numbers = [field("processes", "number of tenderers", 1.0)]

    said = conclusions({"processes": 30}, numbers, shape)

    assert not any("only repeat the suppliers" in each for each in said)
    assert "It can tell how many bid for each tender: known for 100% of processes." in said


@pytest.mark.parametrize(
    ("share", "words"),
    [(1.0, "Every supplier carries a registered identifier."), (0.3, "30% of suppliers carry")],
)
def test_it_is_said_how_many_suppliers_are_identified(share, words):
    said = conclusions({}, [], SHAPE | {"suppliers_with_identifier": share})

    assert said[0].startswith(words)


def test_a_source_without_awards_says_nothing_of_who_provides():
    said = conclusions({"processes": 90}, [], SHAPE)

    assert "There are no awards here: nothing can be said about who provides." in said


def test_a_source_that_supports_nothing_says_so():
    assert conclusions({}, [], SHAPE) == ["Nothing in this source can be measured."]
