from __future__ import annotations

import time
import tracemalloc
from decimal import Decimal

import pytest

from convener.base.errors import BadInputError
from convener.data.flat import parts
from convener.data.flat.mapping import parse_mapping
from table_reading import csv_file, read

MAPPING = parse_mapping(
    """
kind = "payments"

[columns]
paid_on = "Date"
payee_name = ["Supplier", "Merchant"]
payee_identifier = "GB-COH-{Company Number}"
amount = "Amount"
purpose = "Purpose"
service = "Service"

[constants]
buyer_name = "A Council"
currency = "gbp"
vat = "out"
area = "E08000021"
area_is_buyers = true
""",
    name="small",
)
HEADINGS = ["Date", "Supplier", "Merchant", "Company Number", "Amount", "Purpose", "Service"]


def pay(tmp_path, *rows, mapping=MAPPING):
    return read(tmp_path, csv_file(tmp_path / "p.csv", [HEADINGS, *rows]), mapping=mapping)


def test_a_payment_is_read_with_what_holds_for_the_whole_file(tmp_path):
    found = pay(tmp_path, ["03/02/2021", "Acme Ltd", "", "1234567", "£1,000.50", "Care", "Adults"])

    columns = (
        "line", "paid_on::varchar", "buyer_name", "payee_name", "payee_scheme", "payee_identifier",
        "payee_withheld", "amount", "currency", "vat", "purpose", "service", "area",
        "area_is_buyers", "source",
    )  # fmt: skip
    assert found.rows(*columns) == [
        (
            1, "2021-02-03", "A Council", "Acme Ltd", "GB-COH", "01234567", False,
            Decimal("1000.5000"), "GBP", "out", "Care", "Adults", "E08000021", True, "test",
        )
    ]  # fmt: skip


def test_two_layouts_in_one_file_feed_one_column(tmp_path):
    found = pay(
        tmp_path,
        ["2021-01-01", "Acme Ltd", "", "", "1", "", ""],
        ["2021-01-01", "", "Corner Shop", "", "2", "", ""],
    )

    assert found.rows("payee_name") == ["Acme Ltd", "Corner Shop"]


def test_the_same_spelling_has_the_same_key_and_another_has_another(tmp_path):
    found = pay(
        tmp_path,
        ["", "Acme Ltd", "", "", "1", "", ""],
        ["", " Acme Ltd ", "", "", "2", "", ""],
        ["", "Acme Ltd", "", "01234567", "3", "", ""],
    )

    first, second, third = found.rows("payee_key")
    assert first == second != third


def test_a_person_is_counted_and_summed_and_never_named(tmp_path):
    found = pay(
        tmp_path,
        ["2021-01-01", "REDACTED PERSONAL DATA", "", "", "10", "Allowance for Ann Lee", "Care"],
        ["2021-01-01", "Mr J Smith", "", "", "20.5", "J Smith, carer", "Care"],
        ["2021-01-01", "Acme Care", "", "JN393272A", "1", "Wages", "Care"],
    )

    assert found.rows("payee_withheld") == [True, True, True]
    assert found.sql("select sum(amount), count(*) from payments") == [(Decimal("31.5"), 3)]
    nothing = "payee_name is null and payee_key is null and payee_identifier is null"
    assert found.sql(f"select bool_and({nothing} and purpose is null) from payments") == [(True,)]
    said = str(found.report.as_dict())
    assert not any(word in said for word in ("Smith", "Ann", "JN393272"))
    assert "3 of 3 payees are or may be people" in said


def test_a_registered_company_is_named_whatever_its_name_looks_like(tmp_path):
    found = pay(tmp_path, ["2021-01-01", "John Smith", "", "SC114142", "1", "", ""])

    assert found.rows("payee_name", "payee_identifier") == [("John Smith", "SC114142")]


def test_credits_stay_below_zero(tmp_path):
    rows = [["", "Acme Ltd", "", "", text, "", ""] for text in ("-5", "(6)", "7 CR")]

    assert pay(tmp_path, *rows).rows("amount") == [Decimal(-5), Decimal(-6), Decimal(-7)]


def test_what_cannot_be_read_is_emptied_and_said_with_its_line(tmp_path):
    found = pay(
        tmp_path,
        ["31/02/2021", "Acme Ltd", "", "", "1", "", ""],
        ["2021-01-01", "Acme Ltd", "", "", "lots", "", ""],
        ["2021-01-01", "Acme Ltd", "", "", "1e9999", "", ""],
        ["2021-01-01", "Acme Ltd", "", "see attached", "4", "", ""],
    )

    report = found.report
    assert found.rows("paid_on is null", "amount is null") == [
        (True, False), (False, True), (False, True), (False, False),
    ]  # fmt: skip
    assert (report.read, report.refused, report.nulled) == (4, 0, 4)
    assert [(each.line, each.field, each.reason) for each in report.places] == [
        (1, "paid_on", "an impossible date"),
        (2, "amount", "not an amount"),
        (3, "amount", "too large to be an amount"),
        (4, "payee_identifier", "no identifier of its register"),
    ]


def test_a_row_that_says_nothing_is_refused(tmp_path):
    found = pay(
        tmp_path, ["2021-01-01", "", "", "", "", "Total", ""], ["", "A Ltd", "", "", "1", "", ""]
    )

    assert found.rows("line") == [2]
    assert found.report.places[0].reason == "neither payee nor amount"


def test_equal_rows_are_kept_and_said(tmp_path):
    row = ["2021-01-01", "Acme Ltd", "", "", "1", "", ""]
    folder = tmp_path / "in"
    folder.mkdir()
    csv_file(folder / "a.csv", [HEADINGS, row, row])

    found = read(tmp_path, folder, mapping=MAPPING)

    assert found.counts == {"payments": 2}
    assert found.report.duplicates == 1
    assert "two equal payments can both be real" in found.report.notes[-1]


def test_amounts_of_many_places_are_rounded_and_counted(tmp_path):
    found = pay(tmp_path, ["", "Acme Ltd", "", "", "1.23456", "", ""])

    assert found.rows("amount") == [Decimal("1.2346")]
    assert "1 amounts have more than 4 decimal places" in found.report.notes[0]


def test_dates_in_the_other_order_are_said(tmp_path):
    found = pay(tmp_path, ["11/30/2020", "Acme Ltd", "", "", "1", "", ""])

    assert found.rows("paid_on::varchar") == ["2020-11-30"]
    assert "can only be read month first" in found.report.notes[0]


def test_a_file_without_the_essential_headings_is_refused(tmp_path):
    path = csv_file(tmp_path / "p.csv", [["Date", "Colour"], ["2021-01-01", "red"]])

    with pytest.raises(BadInputError, match="has nothing for payee_name, amount"):
        read(tmp_path, path, mapping=MAPPING)


def test_memory_stays_flat_over_many_rows(tmp_path, monkeypatch):
    monkeypatch.setattr(parts, "BATCH_ROWS", 2_000)

    def peak(count):
        folder = tmp_path / str(count)
        folder.mkdir()
        rows = [HEADINGS] + [
            ["2021-01-01", f"Acme {line % 97} Ltd", "", "", f"{line}", "", ""]
            for line in range(count)
        ]
        path = csv_file(folder / "p.csv", rows)
        del rows
        tracemalloc.start()
        read(folder, path, mapping=MAPPING)
        top = tracemalloc.get_traced_memory()[1]
        tracemalloc.stop()
        return top

    assert peak(24_000) < 1.4 * peak(8_000)


COUNCILS = {
    "calderdale_2019-04_2019-09": (20_170, "95418284.98", 2_254, 1_500),
    "hyndburn_all": (29_804, "211302698.81", 468, 0),
    "leeds_2013-01_2013-12": (114_585, "1041426798.11", 12_913, 0),
    "manchester_2019-01_2019-12": (39_493, "895169028.49", 2_465, 0),
    "newcastle_2019-04_2020-03": (70_217, "576528548.50", 24_428, 0),
}


def test_five_councils_are_read_whole_within_fifteen_seconds_of_work(shared, tmp_path):
    started = time.process_time()

    found = read(tmp_path, shared / "data/uk-council-spend")

    assert time.process_time() - started < 15
    assert (found.report.read, found.report.refused) == (274_269, 0)
    assert found.sql(
        "select count(*), count(paid_on), count(amount), count(buyer_key), count(area),"
        " sum(amount) from payments"
    ) == [(274_269,) * 5 + (sum(Decimal(each[1]) for each in COUNCILS.values()),)]


@pytest.mark.parametrize("file", COUNCILS)
def test_each_council_comes_out_as_published(shared, tmp_path, file):
    found = read(tmp_path, shared / "data/uk-council-spend" / f"{file}.csv.gz")

    assert found.sql(
        "select count(*), sum(amount)::decimal(18,2)::varchar, count(*) filter (payee_withheld),"
        " count(payee_identifier) from payments"
    ) == [COUNCILS[file]]


def test_payments_of_four_health_bodies_are_read(shared, tmp_path):
    found = read(tmp_path, shared / "data/nhs-payments-2020")

    assert found.report.refused == 0
    assert found.sql(
        "select buyer_name, count(*), count(paid_on), min(paid_on)::varchar from payments"
        " group by all order by 2 desc"
    ) == [
        ("NHS South East London CCG", 18_467, 18_467, "2020-04-30"),
        ("NHS Ealing CCG", 4_193, 4_193, "2020-04-30"),
        ("NHS Hillingdon CCG", 3_262, 3_262, "2020-03-31"),
        ("Royal Free London NHS Foundation Trust", 1_520, 1_520, "2020-04-03"),
    ]


def test_sales_through_g_cloud_come_to_the_published_figures(shared, tmp_path):
    found = read(tmp_path, shared / "data/uk-gcloud-sales-2012-2014")

    assert found.sql(
        "select sum(amount)::decimal(18,2)::varchar, count(distinct buyer_name),"
        " count(distinct payee_name), count(*) filter (amount < 0), count(*) filter (amount = 0),"
        " bool_or(payee_withheld) from payments"
    ) == [("217455674.39", 524, 343, 250, 239, False)]
    assert found.sql(
        "select year(paid_on), round(sum(amount) / 1e6, 2),"
        " round(sum(amount) filter (payee_scale = 'sme') / 1e6, 2) from payments"
        " where year(paid_on) < 2014 group by all order by 1"
    ) == [(2012, 7.10, 4.80), (2013, 87.30, 42.33)]
    assert found.sql("select distinct service from payments order by 1") == [
        (f"G-Cloud lot {lot}",) for lot in range(1, 5)
    ]


def test_a_payment_without_an_amount_has_no_currency(tmp_path):
    found = pay(tmp_path, ["03/02/2021", "Acme Ltd", "", "", "", "Care", "Adults"])

    assert found.rows("payee_name", "amount", "currency") == [("Acme Ltd", None, None)]
