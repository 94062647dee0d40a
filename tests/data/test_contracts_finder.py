from __future__ import annotations

from decimal import Decimal

import pytest

from convener.data.flat.contracts_finder import (
    SUPPLIERS,
    Supplier,
    export_release,
    flat_release,
    method_of,
    packed_suppliers,
)
from convener.data.flat.flat_releases import Where
from convener.data.report import ReadReport

EXPORT = {
    "Notice Identifier": "AB 12/3",
    "Organisation Name": "Sometown Council",
    "Status": "Awarded",
    "Published Date": "2022-06-10T12:12:10+01:00",
    "Title": "Recovery service",
    "Description": "Drug &amp; alcohol",
    "Region": "North East,North West",
    "Postcode": "NE1 8QH",
    "Cpv Codes": "85000000 98000000-1 85000000",
    "Contact Town": "Sometown",
    "Start Date": "01/04/2022",
    "End Date": "31/03/2034",
    "Closing Date": "14/03/2022",
    "Closing Time": "12:00",
    "Suitable for SME": "Yes",
    "Suitable for VCO": "No",
    "OJEU Contract Type": "Products",
    "OJEU Procedure Type": "OpenOJEU ",
    "Value Low": "100",
    "Value High": "200.50",
    "Awarded Date": "01/03/2022",
    "Awarded Value": "0",
    SUPPLIERS: "[Acme Ltd|1 Road,\nTown\nNE1 1AA|COMPANIES_HOUSE|1234567|Yes|No]"
    "[Hope|2 Road|NONE||No|Yes]",
    "Contract start date": "01/04/2022",
    "Contract end date": "31/03/2025",
    "Parent Reference": "tender_1",
}


def release(make, cells, **changed):
    report = ReadReport()
    merged = {**cells, **changed}
    return make(lambda heading: merged.get(heading, ""), Where(report, "x.csv", 7)), report


def test_a_row_of_an_export_becomes_a_release():
    found, report = release(export_release, EXPORT)

    assert report.nulled == 0
    assert found["ocid"] == "contracts-finder-AB-12/3"
    assert found["date"] == "2022-06-10T12:12:10+01:00"
    assert found["tag"] == ["tender", "award"]
    assert found["buyer"] == {"id": "buyer", "name": "Sometown Council"}
    assert found["parties"][1] == {
        "id": "supplier-1",
        "name": "Acme Ltd",
        "roles": ["supplier"],
        "identifier": {"scheme": "GB-COH", "id": "01234567", "legalName": "Acme Ltd"},
        "address": {"postalCode": "NE1 1AA"},
        "details": {"scale": "sme", "vcse": False},
    }
    assert found["parties"][2]["details"] == {"scale": "large", "vcse": True}
    assert found["relatedProcesses"][0]["identifier"] == "tender_1"


def test_the_tender_carries_what_the_export_says_of_it():
    tender = release(export_release, EXPORT)[0]["tender"]

    assert tender["description"] == "Drug & alcohol"
    assert tender["status"] == "complete"
    assert tender["minValue"] == {"amount": Decimal(100), "currency": "GBP"}
    assert tender["value"] == {"amount": Decimal("200.50"), "currency": "GBP"}
    assert tender["procurementMethod"] == "open"
    assert tender["procurementMethodDetails"] == "OpenOJEU"
    assert tender["mainProcurementCategory"] == "goods"
    assert tender["tenderPeriod"] == {"endDate": "2022-03-14T12:00:00Z"}
    assert tender["suitability"] == {"sme": True, "vcse": False}
    assert tender["classification"] == {"scheme": "CPV", "id": "85000000"}
    assert [each["classification"]["id"] for each in tender["items"]] == ["85000000", "98000000"]
    assert tender["deliveryAddresses"] == [
        {"region": "North East", "postalCode": "NE1 8QH"},
        {"region": "North West"},
    ]
    assert "lots" not in tender


def test_one_award_names_all_its_suppliers_and_a_zero_stays_a_zero():
    (award,) = release(export_release, EXPORT)[0]["awards"]

    assert award["value"] == {"amount": Decimal(0), "currency": "GBP"}
    assert award["suppliers"] == [
        {"id": "supplier-1", "name": "Acme Ltd"},
        {"id": "supplier-2", "name": "Hope"},
    ]
    assert award["contractPeriod"] == {
        "startDate": "2022-04-01T00:00:00Z",
        "endDate": "2025-03-31T00:00:00Z",
    }


def test_an_open_notice_has_no_award():
    found, _ = release(export_release, EXPORT, Status="Open")

    assert found["tag"] == ["tender"]
    assert "awards" not in found
    assert found["tender"]["status"] == "active"


def test_one_value_given_alone_is_the_tenders():
    changed = {"Value Low": "50000", "Value High": ""}

    tender = release(export_release, EXPORT, **changed)[0]["tender"]

    assert tender["value"]["amount"] == 50_000
    assert "minValue" not in tender


def test_a_least_value_above_the_greatest_is_left_out_and_said():
    found, report = release(export_release, EXPORT, **{"Value Low": "500"})

    assert "minValue" not in found["tender"]
    assert report.places[0].reason == "above the greatest value"


def test_impossible_cells_are_left_out_and_said():
    changed = {"End Date": "31/03/3034", "Awarded Value": "lots", "Awarded Date": "31/02/2022"}

    found, report = release(export_release, EXPORT, **changed)

    assert {each.field for each in report.places} == {
        "tender.contractPeriod.endDate", "awards.value", "awards.date",
    }  # fmt: skip
    assert all(each.line == 7 for each in report.places)
    assert not {"value", "date"} & set(found["awards"][0])


def test_a_row_without_a_number_is_no_notice():
    assert release(export_release, EXPORT, **{"Notice Identifier": ""})[0] is None


@pytest.mark.parametrize(
    ("packed", "expected"),
    [
        ("", []),
        (
            "[A Ltd|x|NONE||No|No]\n [B [UK] Ltd|y|CHARITY_COMMISSION|1196808|Yes|]",
            [
                Supplier("A Ltd", "", None, is_sme=False, is_vcse=False),
                Supplier("B [UK] Ltd", "", ("GB-CHC", "1196808"), is_sme=True, is_vcse=None),
            ],
        ),
        (
            "[RED|3RD FLOOR | 50 ST | EC1Y 8ST|NONE||Yes|No]",
            [Supplier("RED", "EC1Y 8ST", None, is_sme=True, is_vcse=False)],
        ),
    ],
)
def test_packed_suppliers_are_unpacked(packed, expected):
    assert packed_suppliers(packed, Where(ReadReport(), "x", 1)) == expected


@pytest.mark.parametrize(
    ("packed", "reason"),
    [
        ("[A Ltd|x|NONE]", "3 cells where 6 are due"),
        ("[|x|NONE||No|No]", "no name"),
        ("[A|x|COMPANIES_HOUSE|216961173|No|No]", "no identifier of its register"),
        ("[List of awarded suppliers included|x|||No|No]", "the suppliers are named elsewhere"),
        (
            "[Please see attached spreadsheet|N/A|NONE||Yes|No]",
            "the suppliers are named elsewhere",
        ),
        ("[Various as per the OJEU Notice|x|||No|No]", "the suppliers are named elsewhere"),
        ("[suppliers as listed on our website|x|||No|No]", "the suppliers are named elsewhere"),
        ("[N/A EVENT DAY|x|||No|No]", "the notice says that nobody was awarded"),
        ("[Not Applicable - Contract Not Awarded|x|||No|No]", "nobody was awarded"),
    ],
)
def test_a_faulty_supplier_is_said(packed, reason):
    report = ReadReport()

    packed_suppliers(packed, Where(report, "x", 1))

    [place] = report.places
    assert place.reason.endswith(reason)


@pytest.mark.parametrize(
    "name",
    ["Listening Ear", "Several Places Care", "See Saw Nursery", "Nautilus", "Multiple Choice"],
)
def test_a_supplier_of_an_odd_name_is_still_a_supplier(name):
    packed = f"[{name}|x|NONE||No|No]"

    [found] = packed_suppliers(packed, Where(ReadReport(), "x", 1))

    assert found.name == name


def test_an_award_to_nobody_was_not_successful():
    found, _ = release(export_release, EXPORT, **{SUPPLIERS: "[Contract not awarded|x|||No|No]"})

    [award] = found["awards"]
    assert award["status"] == "unsuccessful"
    assert "suppliers" not in award


@pytest.mark.parametrize(
    ("procedure", "method"),
    [
        ("Open ", "open"),
        ("OpenAcceleratedOJEU ", "open"),
        ("Restricted ", "selective"),
        ("CallOffFromFrameworkAgreement ", "selective"),
        ("CompetitiveDialogueOJEU ", "selective"),
        ("CompetitiveQuotationNonOJEU ", "limited"),
        ("NegotiatedProcedureWithoutPriorPublicationOJEU ", "limited"),
        ("NegotiatedWithoutCompetition ", "limited"),
        ("Negotiated ", "selective"),
        ("DirectAward ", "direct"),
        ("SingleTenderActionNonOJEU ", "direct"),
        ("Other Direct Award Below Threshold", "direct"),
        ("Other Further Competition via YPO&#039;s DPS 978", "selective"),
        ("Other ", None),
        ("NotSpecified ", None),
        ("", None),
    ],
)
def test_a_procedure_tells_its_method_where_it_tells_one(procedure, method):
    assert method_of(procedure) == method


FLAT = {
    "id": "8ebf71a6",
    "title": "Padiham Town Hall",
    "organisation": "Burnley Borough Council",
    "status": "awarded",
    "notice_type": "Contract",
    "published_date": "2025-12-19",
    "deadline_date": "2016-09-19",
    "awarded_date": "2017-02-23",
    "value_low": "300000",
    "value_high": "0",
    "awarded_value": "729152.35",
    "awarded_supplier": "B&amp;amp;E Boys Ltd",
    "awarded_to_sme": "true",
    "cpv_codes": "45000000",
    "region": "North West",
    "suitable_for_sme": "true",
}


def test_a_flat_notice_becomes_a_release():
    found, _ = release(flat_release, FLAT)

    assert found["ocid"] == "ocds-b5fd17-8ebf71a6"
    assert found["parties"][1]["name"] == "B&E Boys Ltd"
    assert found["parties"][1]["details"] == {"scale": "sme"}
    assert found["tender"]["value"]["amount"] == 300_000
    assert found["awards"][0]["value"]["amount"] == Decimal("729152.35")
    assert found["awards"][0]["date"] == "2017-02-23T00:00:00Z"


def test_a_zero_of_this_source_is_a_value_not_given():
    found, _ = release(flat_release, FLAT, awarded_value="0", value_low="0")

    assert "value" not in found["awards"][0]
    assert "value" not in found["tender"]


@pytest.mark.parametrize(
    ("supplier", "status", "reason"),
    [
        ("NOT AWARDED TO SUPPLIER", "unsuccessful", "the notice says that nobody was awarded"),
        ("n/a", "unsuccessful", "the notice says that nobody was awarded"),
        ("Name withheld (as individual)", "active", "the supplier is withheld"),
    ],
)
def test_what_names_no_supplier_is_no_supplier(supplier, status, reason):
    found, report = release(flat_release, FLAT, awarded_supplier=supplier)

    assert len(found["parties"]) == 1
    assert found["awards"][0]["status"] == status
    assert report.places[0].reason == reason


@pytest.mark.parametrize(
    ("status", "kind", "tag", "tender_status"),
    [
        ("closed", "Contract", ["tender"], "complete"),
        ("withdrawn", "Contract", ["tender"], "withdrawn"),
        ("open", "Contract", ["tender"], "active"),
        ("open", "PreProcurement", ["planning"], "planned"),
        ("closed", "Pipeline", ["planning"], "planned"),
    ],
)
def test_a_notice_without_award_is_a_tender_or_a_plan(status, kind, tag, tender_status):
    found, _ = release(flat_release, FLAT, status=status, notice_type=kind)

    assert (found["tag"], found["tender"]["status"]) == (tag, tender_status)
    assert "awards" not in found
