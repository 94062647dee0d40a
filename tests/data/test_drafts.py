"""Releases of the draft before version 1.0 keep what they say."""

from __future__ import annotations

import csv
import gzip
import io
import json

from convener.data.ocds.shapes import iter_releases
from convener.data.report import ReadReport
from shape_samples import draft, plain, read


def test_a_draft_release_keeps_all_that_it_says():
    package = {
        "publisher": {"name": "constant:Buyandsell.gc.ca"},
        "license": "constant:https://example.org/licence",
        "releases": [draft()],
    }

    found, report = read(package)

    assert report.notes == [
        "published by Buyandsell.gc.ca",
        "licence: https://example.org/licence",
    ]
    supplier = {"id": "EJ196/001-supplier-1", "name": "1110978 Ontario Inc."}
    value = {"amount": 2176, "currency": "CAD"}
    assert found == [
        (
            1,
            {
                "ocid": "PW-1",
                "id": "EJ196/001-000",
                "date": "2012-07-20T00:00:00Z",
                "tag": ["award", "contract"],
                "initiationType": "tender",
                "parties": [
                    {
                        "id": "buyer",
                        "name": "Public Works",
                        "roles": ["buyer"],
                        "address": {"region": "Ontario", "countryName": "Canada"},
                    },
                    {
                        **supplier,
                        "identifier": {"legalName": "1110978 Ontario Inc."},
                        "roles": ["supplier"],
                        "address": {"postalCode": "K1B3V9"},
                        "details": {"operatingName": "Complete Entry"},
                    },
                ],
                "buyer": {"id": "buyer", "name": "Public Works"},
                "tender": {
                    "id": "PW-1",
                    "procurementMethod": "direct",
                    "procurementMethodDetails": "Traditional Non-Competitive",
                    "procurementMethodRationale": "Urgency",
                },
                "awards": [
                    {
                        "id": "EJ196/001",
                        "date": "2012-07-20T00:00:00Z",
                        "status": "active",
                        "value": value,
                        "suppliers": [supplier],
                        "items": [
                            {
                                "id": "1",
                                "classification": {
                                    "scheme": "GSIN",
                                    "id": "5169C",
                                    "description": "Elevators",
                                },
                            }
                        ],
                    }
                ],
                "contracts": [
                    {
                        "id": "EJ196/001",
                        "awardID": "EJ196/001",
                        "value": value,
                        "period": {"endDate": "2012-11-30T00:00:00Z"},
                        "dateSigned": "2012-07-20T00:00:00Z",
                    }
                ],
            },
        )
    ]


def test_a_draft_amendment_changes_its_contract_and_keeps_the_date_of_the_award():
    first, second = draft(), draft("3", on="2013-01-05", amount="3000.50")
    second["awards"][0]["suppliers"][0]["id"]["name"] = "1110978 Ontario Incorporated"
    report = ReadReport()
    stream = io.BytesIO(json.dumps([first, second]).encode())
    releases = [release for _, release in iter_releases(stream, where="x", report=report)]

    (compiled,) = plain({"ocid": "PW-1", "releases": releases})

    assert releases[1]["tag"] == ["contractAmendment"]
    assert compiled["awards"][0]["date"] == "2012-07-20T00:00:00Z"
    assert compiled["awards"][0]["suppliers"] == [
        {"id": "EJ196/001-supplier-1", "name": "1110978 Ontario Incorporated"}
    ]
    assert compiled["contracts"][0]["value"]["amount"] == 3000.5
    assert compiled["contracts"][0]["amendments"] == [{"id": "3", "date": "2013-01-05T00:00:00Z"}]


def test_the_canadian_draft_agrees_with_its_flat_copy(shared):
    folder = shared / "data" / "ca-buyandsell-2009-2013"
    stream = io.BytesIO(
        gzip.decompress((folder / "contracts_release_package.json.gz").read_bytes())
    )
    releases = [one for _, one in iter_releases(stream, where="x", report=ReadReport())]
    with gzip.open(folder / "contracts.csv.gz", "rt", encoding="utf-8") as file:
        rows = list(csv.DictReader(file))

    def told(release):
        award, contract = release["awards"][0], release["contracts"][0]
        amendments = contract.get("amendments", [{"id": "0"}])
        supplier = release["parties"][1]
        return (
            release["ocid"],
            contract["id"],
            amendments[0]["id"],
            str(contract["value"]["amount"]),
            release["date"][:10],
            contract["period"]["endDate"][:10],
            release["tender"]["procurementMethodDetails"],
            release["tender"].get("procurementMethodRationale", ""),
            release["buyer"]["name"],
            supplier["name"],
            award["items"][0]["classification"]["id"],
        )

    columns = (
        *("ocid", "contract_id", "amendment", "amount_cad", "award_date", "end_date", "method"),
        *("justification", "buyer", "supplier", "class_id"),
    )
    assert sorted(map(told, releases)) == sorted(
        tuple(row[column].strip() for column in columns) for row in rows
    )
    assert {release["contracts"][0]["value"]["currency"] for release in releases} == {"CAD"}
