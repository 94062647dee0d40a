"""Payments of several files in one source, whose lines have the same numbers."""

from datetime import UTC, datetime

import pytest

from convener.data.loading import Wanted, load
from convener.data.store import Store
from convener.measures.balance import bases_of
from convener.measures.markets import known_markets
from convener.measures.sheet import Choices, read_sheet

AT = datetime(2026, 4, 1, tzinfo=UTC)
HEADINGS = "Body Name,Service Area,Date,Supplier Name,Amount\n"
TOWNS = {"ashby": "Home Care", "beckton": "Highways"}


@pytest.fixture(scope="module")
def sheet(tmp_path_factory):
    folder = tmp_path_factory.mktemp("councils")
    (folder / "files").mkdir()
    for town, service in TOWNS.items():
        lines = (
            f"{town.title()} Council,{service},0{1 + number % 9}/05/2025,"
            f"{town.title()} Supplier {number % 3} Ltd,{100 + number}\n"
            for number in range(20)
        )
        text = HEADINGS + "".join(lines)
        (folder / "files" / f"{town}.csv").write_text(text, encoding="utf-8")
    store = Store(folder / "workspace")
    [done] = load(store, [Wanted(str(folder / "files"), kind="payments")], at=AT)
    assert done.error is None
    with store.connect() as connection:
        known = {market.service: market for market in known_markets(connection, folder)}
        yield read_sheet(connection, known["home-care"], Choices(basis="payments"))


def test_a_payment_is_of_the_services_that_its_own_words_name(sheet):
    assert {row.name for row in sheet.tables.buyers} == {"Ashby Council"}
    assert {row.name for row in sheet.tables.providers} == {
        f"Ashby Supplier {number} Ltd" for number in range(3)
    }
    assert sheet.tables.facts.total == sum(range(100, 120))


def test_each_payment_is_counted_once(sheet):
    assert sheet.tables.facts.things == 20
    assert [row.things for row in sheet.tables.buyers] == [20]
    assert sheet.tables.sources == (("files", 20),)


@pytest.mark.parametrize(
    ("counts", "order"),
    [
        ({"processes": 284, "payments": 2, "provision": 0}, ("awards", "payments")),
        ({"processes": 284, "payments": 10, "provision": 9}, ("payments", "awards", "provision")),
        ({"processes": 3, "payments": 2, "provision": 1}, ("provision", "payments", "awards")),
    ],
)
def test_a_market_is_not_read_first_on_a_handful_of_records(counts, order):
    assert bases_of(counts) == order
