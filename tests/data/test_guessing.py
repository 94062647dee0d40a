from __future__ import annotations

from decimal import Decimal

import pytest

from convener.data.flat.guessing import guess_payments, plain_words, vat_of
from convener.data.flat.sheets import Head
from table_reading import csv_file, read


def guess(*rows):
    return guess_payments(Head("csv", rows))


@pytest.mark.parametrize(
    ("headings", "expected"),
    [
        (
            ("Department family", "Entity", "Date", "Expense Type", "Supplier", "Amount"),
            {
                "payee_name": ("Supplier",),
                "amount": ("Amount",),
                "paid_on": ("Date",),
                "buyer_name": ("Entity", "Department family"),
                "purpose": ("Expense Type",),
            },
        ),
        (
            ("BodyName", "PaymentDate", "BeneficiaryName", "NetAmount", "ServiceArea"),
            {
                "payee_name": ("BeneficiaryName",),
                "amount": ("NetAmount",),
                "paid_on": ("PaymentDate",),
                "buyer_name": ("BodyName",),
                "service": ("ServiceArea",),
            },
        ),
    ],
)
def test_headings_tell_what_their_columns_are(headings, expected):
    assert guess(headings).columns == expected


def test_net_is_taken_before_gross():
    assert guess(("Supplier", "Gross Amount", "Net Amount")).columns["amount"] == ("Net Amount",)


def test_a_table_without_payee_or_amount_is_no_payments():
    assert guess(("Supplier", "Postcode")) is None
    assert guess(("Month", "Amount")) is None
    assert guess() is None


def test_the_guess_is_said():
    notes = " ".join(guess(("Supplier", "Amount", "Colour")).notes)

    assert "'Supplier' as payee_name" in notes
    assert "columns not read: 'Colour'" in notes
    assert "no heading says the payment date" in notes
    assert "no heading says the paying body" in notes


@pytest.mark.parametrize(
    ("heading", "vat"),
    [
        ("Net Amount", "out"),
        ("Total (excludes VAT)", "out"),
        ("Amount exc. VAT", "out"),
        ("Amount inc VAT", "in"),
        ("Gross", "in"),
        ("Amount", "unknown"),
    ],
)
def test_a_heading_says_whether_vat_is_in(heading, vat):
    assert vat_of(heading) == vat


def test_headings_run_together_are_parted():
    assert plain_words("SupplierName") == "supplier name"
    assert plain_words("VATAmount_£") == "vat amount"


def test_a_council_never_met_before_is_read(tmp_path):
    rows = [
        ["Spending over £500", "", "", "", ""],
        ["Organisation", "Payee", "Date Paid", "Amount (£)", "Narrative"],
        ["Sometown Council", "Acme Care Ltd", "03/02/2021", "£1,000.50", "Home care"],
        ["Sometown Council", "Redacted", "04/02/2021", "20", "Allowance for Mr X"],
    ]
    rows[1][3] = "Amount GBP"

    found = read(tmp_path, csv_file(tmp_path / "spend.csv", rows))

    assert found.mappings == ["guessed-payments"]
    assert found.rows("buyer_name", "payee_name", "paid_on::varchar", "amount", "purpose") == [
        ("Sometown Council", "Acme Care Ltd", "2021-02-03", Decimal("1000.5"), "Home care"),
        ("Sometown Council", None, "2021-02-04", Decimal(20), None),
    ]
    assert any("columns guessed" in note for note in found.report.notes)
