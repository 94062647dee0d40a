"""Two bodies of one name keep a row each."""

from __future__ import annotations

from asking import asking, loaded

PAYMENTS = """date,buyer,supplier,supplier_id,amount,service
2025-04-01,Ashby Council,Zebrafish Services Ltd,GB-COH-01234567,60,Home care
2025-04-02,Ashby Council,Zebrafish Services Ltd,GB-COH-07654321,30,Home care
2025-04-03,Ashby Council,Quokka Ltd,,10,Home care
"""


def test_bodies_of_one_name_are_told_apart_by_their_numbers(tmp_path):
    file = tmp_path / "payments.csv"
    file.write_text(PAYMENTS, encoding="utf-8")

    rows = asking(loaded(tmp_path / "workspace", file))("largest-providers")

    assert [(row["provider_name"], row["value"]) for row in rows] == [
        ("Zebrafish Services Ltd (GB-COH-01234567)", 0.6),
        ("Zebrafish Services Ltd (GB-COH-07654321)", 0.3),
        ("Quokka Ltd", 0.1),
    ]
