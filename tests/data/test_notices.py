from __future__ import annotations

import gzip
import json
from decimal import Decimal

import pytest

from convener.base.errors import BadInputError
from convener.data.flat.mapping import Mapping, recognise_input
from convener.data.flat.notices import iter_releases
from convener.data.report import ReadReport
from convener.data.sources.inputs import open_inputs
from table_reading import csv_file

OJEU = [
    "SUPPLIER_NAME", "SUPPLIER_ID", "SUPPLIER_POSTCODE", "SUPPLIER_COUNTRY", "NUM_SUPPLIERS",
    "CONTRACT_BUYER", "CONTRACT_BUYER_POSTCODE", "CONTRACT_TITLE", "CONTRACT_DATE",
    "CONTRACT_DESC", "CONTRACT_URL", "CONTRACT_VALUE", "CONTRACT_CURRENCY",
]  # fmt: skip
URL = "http://ted.europa.eu/udl?uri=TED:NOTICE:{}-2020:TEXT:EN:HTML"


def row(number, supplier, value="5000000", *, identifier="", currency="GBP"):
    return [
        supplier, identifier, "", "UK", "2", "A Trust", "SW1 1AA", "A title", "20200103",
        "Words", URL.format(number) if number else "", value, currency,
    ]  # fmt: skip


def releases(path):
    report = ReadReport()
    found = []
    for source in open_inputs(str(path)):
        mapping = recognise_input(source)
        if mapping is not None:
            found += iter_releases(source, mapping, report=report)
    return found, report


def ojeu(tmp_path, *rows):
    return releases(csv_file(tmp_path / "awards.csv", [OJEU, *rows]))


def test_rows_of_one_notice_are_one_award_that_carries_its_value_once(tmp_path):
    found, report = ojeu(
        tmp_path,
        row("000001", "Acme Ltd", identifier="06207784"),
        row("000001", "Beta Ltd", identifier="1044679"),
        row("000001", "ACME LTD", identifier="06207784"),
        row("000002", "Gamma Ltd", "1047971.50", currency="EUR"),
    )

    assert [line for line, _ in found] == [1, 4]
    (award,) = found[0][1]["awards"]
    assert award["value"] == {"amount": Decimal(5_000_000), "currency": "GBP"}
    assert [each["name"] for each in award["suppliers"]] == ["Acme Ltd", "Beta Ltd"]
    assert found[0][1]["ocid"] == "ojeu-000001-2020"
    assert found[0][1]["parties"][1]["identifier"]["id"] == "06207784"
    assert "identifier" not in found[0][1]["parties"][2]
    assert found[1][1]["awards"][0]["value"]["currency"] == "EUR"
    assert report.nulled == 1
    assert "4 rows make 2 notices" in report.notes[0]


def test_a_range_is_no_value(tmp_path):
    found, report = ojeu(tmp_path, row("1", "A Ltd", "1000000-4000000"), row("2", "A Ltd", "7-7"))

    ranged, single = (release["awards"][0] for _, release in found)
    assert "value" not in ranged
    assert (ranged["minValue"]["amount"], ranged["maxValue"]["amount"]) == (1_000_000, 4_000_000)
    assert single["value"]["amount"] == 7
    assert [each.reason for each in report.places] == [
        "a range, kept by its ends and not as a value"
    ]


def test_a_row_without_notice_or_supplier_is_said(tmp_path):
    found, report = ojeu(tmp_path, row("", "A Ltd"), row("1", ""))

    assert len(found) == 1
    assert "suppliers" not in found[0][1]["awards"][0]
    assert (report.read, report.refused, report.nulled) == (1, 1, 1)


def test_rows_are_not_counted_as_read_because_releases_will_be(tmp_path):
    _, report = ojeu(tmp_path, row("1", "A Ltd"), row("2", "A Ltd"))

    assert report.read == 0


def test_a_layout_that_there_is_not_is_refused(tmp_path):
    (source,) = open_inputs(str(csv_file(tmp_path / "a.csv", [["a"], ["1"]])))

    with pytest.raises(BadInputError, match="no layout 'x'; wanted: contracts-finder"):
        list(iter_releases(source, Mapping("m", "notices", layout="x"), report=ReadReport()))


def total(found):
    return sum(
        award["value"]["amount"]
        for _, release in found
        for award in release.get("awards", [])
        if "value" in award
    )


def suppliers(found):
    return [
        party
        for _, release in found
        for party in release["parties"]
        if "buyer" not in party["roles"]
    ]


def test_drug_and_alcohol_awards_come_to_what_their_notes_say(shared):
    path = shared / "data/uk-contracts-finder-csv/drug_alcohol_services_2021_2024.csv.gz"

    found, report = releases(path)

    named = suppliers(found)
    assert (len(found), report.refused) == (561, 0)
    assert len({release["buyer"]["name"] for _, release in found}) == 227
    assert len(named) == 974 - 7  # seven of the blocks name nobody: "See attached" and the like
    assert total(found) == Decimal("4818871634.19")
    zeros = [r for _, r in found if r["awards"][0]["value"]["amount"] == 0]
    assert len(zeros) == 34
    assert sum(each["details"].get("vcse", False) for each in named) == 112
    schemes = [each["identifier"]["scheme"] for each in named if "identifier" in each]
    assert (schemes.count("GB-COH") + schemes.count("GB-MPR"), schemes.count("GB-CHC")) == (99, 6)
    contacts = ("@", "Contact Name")
    assert not any(word in json.dumps(r["parties"]) for _, r in found for word in contacts)


def test_awards_of_mixed_kind_are_all_read(shared):
    found, report = releases(shared / "data/uk-contracts-finder-csv/awards_2020_q3.csv.gz")

    assert (len(found), report.refused) == (601, 0)
    assert len(suppliers(found)) == 1_561 - 3  # three of the blocks name nobody
    assert len({release["buyer"]["name"] for _, release in found}) == 239


def test_the_journals_awards_are_all_read(shared):
    found, report = releases(shared / "data/uk-ojeu-awards-2020_h1")

    assert (len(found), report.refused) == (2_029, 0)
    assert len({release["buyer"]["name"] for _, release in found}) == 895
    assert total(found) == Decimal("145262723775.85")


def test_flat_notices_come_to_their_publishers_own_totals(shared):
    folder = shared / "data/uk-lancashire-notices"
    stats = [
        json.loads(gzip.decompress(path.read_bytes()))["stats"]
        for path in sorted(folder.glob("*.gz"))
    ]

    found, _ = releases(folder)

    assert len(found) == 709
    awarded = [release for _, release in found if "award" in release["tag"]]
    assert len(awarded) == sum(each["awarded_count"] for each in stats) == 473
    published = sum(Decimal(str(each["total_awarded_value"])) for each in stats)
    assert total(found) == published
