"""Small invented releases in several shapes, and reading them."""

from __future__ import annotations

import io
import json

from convener.data.ocds.shapes import iter_releases
from convener.data.report import ReadReport

RELEASE = {
    "ocid": "ocds-1",
    "id": "1",
    "date": "2024-01-01T00:00:00Z",
    "tag": ["tender"],
    "parties": [{"id": "b", "name": "Buyer", "roles": ["buyer"]}],
    "buyer": {"id": "b", "name": "Buyer"},
    "tender": {"id": "t", "title": 'A [bracket] and a "quote\\" in it}'},
}
OTHER = RELEASE | {"ocid": "ocds-2"}
ENVELOPE = {
    "uri": "https://example.org/p",
    "version": "1.1",
    "extensions": ["https://example.org/ocds_lots_extension/v1.1.5/extension.json"],
    "publisher": {"name": "Someone"},
    "license": "https://example.org/licence",
    "publishedDate": "2024-01-01T00:00:00Z",
}


def read(data, where="x.json"):
    """Return the releases in bytes, text or a JSON value, with their places, and the report."""
    if not isinstance(data, bytes):
        data = (data if isinstance(data, str) else json.dumps(data)).encode()
    report = ReadReport()
    return list(iter_releases(io.BytesIO(data), where=where, report=report)), report


def plain(data):
    found, report = read(data)
    assert report.places == []
    return [release for _place, release in found]


def lines(*values) -> str:
    return "\n".join(json.dumps(value) for value in values) + "\n"


def packed(*releases, **fields) -> dict:
    return ENVELOPE | {"releases": list(releases)} | fields


def recorded(*records, **fields) -> dict:
    return ENVELOPE | {"records": list(records)} | fields


COMPILED = RELEASE | {"tag": ["compiled"]}
RECORD = {
    "ocid": "ocds-1",
    "releases": [{"url": "https://example.org/1"}],
    "compiledRelease": COMPILED,
}


def draft(amendment="0", on="2012-07-20", amount="2176", **fields):
    return {
        "releaseTag": "contractAmendment",
        "releaseID": "",
        "ocid": "PW-1",
        "formation": {"method": "Traditional Non-Competitive", "methodJustification": "Urgency"},
        "buyer": {
            "id": {"name": "Public Works"},
            "address": {"country-name": "Canada", "region": "Ontario"},
        },
        "awards": [
            {
                "awardDate": on,
                "notice": {"id": "EJ196/001"},
                "itemsAwarded": [
                    {
                        "classificationScheme": "GSIN",
                        "classificationID": "5169C",
                        "classificationDescription": "Elevators",
                    }
                ],
                "suppliers": [
                    {
                        "id": {"name": "1110978 Ontario Inc.", "uid": "Complete Entry"},
                        "address": {"postal-code": "K1B3V9"},
                    }
                ],
            }
        ],
        "contracts": [
            {
                "id": {"name": "EJ196/001"},
                "awardNotice": {"id": "EJ196/001"},
                "isAmendment": amendment,
                "contractValue": {"amount": amount},
                "contractPeriod": {"endDate": "2012-11-30"},
            }
        ],
        **fields,
    }
