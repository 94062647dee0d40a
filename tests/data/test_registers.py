from __future__ import annotations

import json

import pytest

from table_reading import csv_file, read

CHARITIES = [
    {
        "registered_charity_number": 1000001,
        "linked_charity_number": 0,
        "charity_name": "INVENTED CARE TRUST",
        "charity_registration_status": "Registered",
        "date_of_removal": None,
        "charity_company_registration_number": "1234567",
    },
    {
        "registered_charity_number": 1000001,
        "linked_charity_number": 2,
        "charity_name": "INVENTED CARE TRUST FUND",
        "charity_registration_status": "Removed",
        "date_of_removal": "2011-04-05T00:00:00",
        "charity_company_registration_number": None,
    },
]
COLUMNS = (
    "register", "scheme", "identifier", "name", "kind", "other_identifiers", "ends_on::varchar",
)  # fmt: skip
EXPECTED_CHARITIES = [
    (
        "charity-commission", "GB-CHC", "1000001", "INVENTED CARE TRUST", "charity",
        ["GB-COH-01234567"], None,
    ),
    (
        "charity-commission", "GB-CHC", "1000001-2", "INVENTED CARE TRUST FUND", "charity",
        None, "2011-04-05",
    ),
]  # fmt: skip


def test_a_full_charity_register_is_read_as_json(tmp_path):
    path = tmp_path / "publicextract.charity.json"
    path.write_bytes(b"\xef\xbb\xbf" + json.dumps(CHARITIES).encode())

    assert read(tmp_path, path).rows(*COLUMNS) == EXPECTED_CHARITIES


def test_a_full_charity_register_is_read_as_tabbed_text(tmp_path):
    lines = [list(CHARITIES[0]), *(list(map(str, each.values())) for each in CHARITIES)]
    text = "\n".join("\t".join(line).replace("None", "") for line in lines)
    path = tmp_path / "publicextract.charity.txt"
    path.write_text(text, encoding="utf-8")

    assert read(tmp_path, path).rows(*COLUMNS) == EXPECTED_CHARITIES


@pytest.mark.parametrize(
    ("headings", "row", "expected"),
    [
        (
            ["Charity Number", "Charity Name", "Registered Date", "Charity Status"],
            ["SC012345", "An Invented Trust", "01/02/2003", "Active"],
            ("GB-SC", "SC012345", "charity"),
        ),
        (
            ["Reg charity number", "Charity name", "Date registered", "Status"],
            ["100123", "An Invented Trust", "01/02/2003", "Up-to-date"],
            ("GB-NIC", "100123", "charity"),
        ),
    ],
)  # fmt: skip
def test_the_other_nations_charity_registers_are_known(tmp_path, headings, row, expected):
    found = read(tmp_path, csv_file(tmp_path / "r.csv", [headings, row]))

    assert found.rows("scheme", "identifier", "kind") == [expected]


def test_companies_are_read_as_companies_house_writes_them(tmp_path):
    headings = [
        "CompanyName", " CompanyNumber", "CompanyCategory", "CompanyStatus", "DissolutionDate",
        "IncorporationDate",
    ]  # fmt: skip
    rows = [
        ["AN INVENTED LTD", "01234568", "Private Limited Company", "Active", "", "01/02/2003"],
        ["AN INVENTED CIC", "01234569", "Community Interest Company", "Active", "", ""],
        [
            "AN INVENTED GUARANTEE", "01234560",
            "PRI/LTD BY GUAR/NSC (Private, limited by guarantee, no share capital)", "Dissolved",
            "03/04/2019", "",
        ],
        ["AN INVENTED SOCIETY", "IP12345R", "Registered Society", "Active", "", ""],
    ]  # fmt: skip

    found = read(tmp_path, csv_file(tmp_path / "c.csv", [headings, *rows]))

    assert found.rows("identifier", "kind", "ends_on::varchar") == [
        ("01234568", "private", None),
        ("01234569", "social-enterprise", None),
        ("01234560", None, "2019-04-03"),
        ("IP12345R", "mutual", None),
    ]


def test_an_entry_without_name_or_number_is_refused(tmp_path):
    rows = [["org_id", "alternative_name", "set_as_primary"], ["GB-NIC-", "", ""]]

    found = read(tmp_path, csv_file(tmp_path / "n.csv", rows))

    assert found.counts == {"register": 0}
    assert found.report.places[-1].reason == "neither name nor identifier"


@pytest.mark.parametrize(("ends", "expected"), [("2015", "2015-01-01"), ("2015-07", "2015-07-01")])
def test_a_year_or_a_month_ends_on_its_first_day(tmp_path, ends, expected):
    headings = ["key", "government-organisation", "name", "start-date", "end-date"]

    found = read(tmp_path, csv_file(tmp_path / "g.csv", [headings, ["D1", "D1", "A", "", ends]]))

    assert found.rows("ends_on::varchar") == [expected]


def real(shared, tmp_path, name):
    return read(tmp_path, shared / "data" / name, keep_going=True)


def test_the_charity_look_ups_are_read(shared, tmp_path):
    found = real(shared, tmp_path, "charity-lookups")

    assert found.sql(
        "select register, count(*), count(identifier), any_value(kind), count(family)"
        " from register group by all order by 1"
    ) == [
        ("academy-trusts", 3_478, 3_478, "public-body", 0),
        ("charity-company-numbers", 4_399, 4_399, "charity", 0),
        ("charity-names", 2_285, 2_285, "charity", 0),
        ("cio-company-numbers", 51_671, 51_671, "charity", 0),
        ("dual-registered-uk-charities", 1_503, 1_503, "charity", 0),
        ("federated-charities", 28_316, 28_316, "charity", 28_316),
        ("independent-schools", 3_830, 3_830, "charity", 0),
        ("mutual-companies", 12_182, 12_182, "mutual", 0),
        ("organisation-company-numbers", 2_286, 2_286, "mutual", 0),
        ("rsp-charity-number", 1_844, 1_844, found.sql(
            "select any_value(kind) from register where register = 'rsp-charity-number'"
        )[0][0], 0),
    ]  # fmt: skip
    assert (found.report.refused, found.report.nulled) == (1, 2)


def test_a_register_proves_a_kind_only_where_it_can(shared, tmp_path):
    found = real(shared, tmp_path, "charity-lookups")

    assert found.sql(
        "select scheme, kind, count(*) from register where register = 'rsp-charity-number'"
        " group by all order by 3 desc limit 3"
    ) == [("GB-COH", None, 1_011), ("GB-CHC", "charity", 592), ("GB-LAE", "public-body", 216)]
    assert found.sql(
        "select distinct split_part(scheme, '-', 2), kind from register"
        " where register = 'organisation-company-numbers' and kind is not null"
    ) == [("MPR", "mutual")]


@pytest.mark.parametrize(
    ("folder", "counts"),
    [
        ("nhs-org-lists", {"ccg-list": 191, "nhs-organisations": 593, "trust-list": 221}),
        (
            "uk-gov-registers",
            {
                "government-organisation": 989,
                "local-authority-eng": 367,
                "local-authority-nir": 36,
                "local-authority-sct": 32,
                "principal-local-authority": 22,
            },
        ),
        (
            "uk-local-authorities",
            {
                "uk-local-authorities": 470,
                "uk-local-authority-codes": 483,
                "uk-local-authority-names": 1_750,
            },
        ),
        ("org-id-register", {"org-id-lists": 823}),
    ],
)
def test_registers_of_public_bodies_are_read(shared, tmp_path, folder, counts):
    found = real(shared, tmp_path, folder)

    assert dict(found.sql("select register, count(*) from register group by all")) == counts
    kinds = {kind for (kind,) in found.sql("select distinct kind from register")}
    assert kinds == ({None} if folder == "org-id-register" else {"public-body"})
