"""Releases of version 1.0 take the form of version 1.1."""

from __future__ import annotations

import copy

from convener.data.ocds.upgrading import upgraded
from shape_samples import RELEASE, plain


def test_organisations_of_version_1_0_become_parties_with_references():
    old = {
        "ocid": "ocds-1",
        "buyer": {
            "identifier": {"scheme": "GB-GOR", "id": "D2"},
            "name": "Cabinet Office",
            "contactPoint": {"email": "someone@example.org"},
        },
        "tender": {
            "procuringEntity": {
                "identifier": {"scheme": "GB-GOR", "id": "D2"},
                "name": "Cabinet Office",
            },
            "tenderers": [{"name": "A Ltd"}, {"name": "B Ltd"}],
            "amendment": {"date": "2016-01-01", "rationale": "more time"},
        },
        "awards": [{"id": "a", "suppliers": [{"name": "A Ltd", "address": {"region": "Kent"}}]}],
        "contracts": [
            {
                "id": "c",
                "implementation": {
                    "transactions": [
                        {
                            "id": "t",
                            "amount": {"amount": 5, "currency": "GBP"},
                            "providerOrganization": {"identifier": {"id": "9"}, "name": "Payer"},
                            "receiverOrganization": {"name": "A Ltd"},
                        }
                    ]
                },
            }
        ],
    }

    (release,) = plain(old)

    assert release["parties"] == [
        {
            "id": "GB-GOR-D2",
            "name": "Cabinet Office",
            "identifier": {"scheme": "GB-GOR", "id": "D2"},
            "roles": ["buyer", "procuringEntity"],
        },
        {
            "id": "A Ltd",
            "name": "A Ltd",
            "roles": ["tenderer", "supplier", "payee"],
            "address": {"region": "Kent"},
        },
        {"id": "B Ltd", "name": "B Ltd", "roles": ["tenderer"]},
        {"id": "9", "name": "Payer", "identifier": {"id": "9"}, "roles": ["payer"]},
    ]
    assert release["buyer"] == {"id": "GB-GOR-D2", "name": "Cabinet Office"}
    assert release["tender"]["amendments"] == [
        {"id": "2016-01-01", "date": "2016-01-01", "rationale": "more time"}
    ]
    assert release["awards"][0]["suppliers"] == [{"id": "A Ltd", "name": "A Ltd"}]
    assert release["contracts"][0]["implementation"]["transactions"] == [
        {
            "id": "t",
            "value": {"amount": 5, "currency": "GBP"},
            "payer": {"id": "9", "name": "Payer"},
            "payee": {"id": "A Ltd", "name": "A Ltd"},
        }
    ]


def test_a_release_of_version_1_1_is_left_alone():
    update = {"ocid": "ocds-1", "awards": [{"id": "a", "suppliers": [{"id": "s", "name": "S"}]}]}

    assert upgraded(copy.deepcopy(RELEASE)) == RELEASE
    assert upgraded(copy.deepcopy(update)) == update


def test_merging_old_releases_does_not_pile_up_their_suppliers():
    old = {"ocid": "ocds-1", "awards": [{"id": "a", "suppliers": [{"name": "A Ltd"}]}]}
    releases = [old | {"id": str(day), "date": f"2016-01-0{day}"} for day in (1, 2)]

    (release,) = plain({"ocid": "ocds-1", "releases": releases})

    assert release["awards"][0]["suppliers"] == [{"id": "A Ltd", "name": "A Ltd"}]
