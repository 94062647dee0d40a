from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from convener.base.identifiers import (
    guess_company,
    is_placeholder,
    normalise,
    org_id,
    scheme_code,
)


@pytest.mark.parametrize(
    ("scheme", "identifier", "expected"),
    [
        ("GB-COH", "1234567", ("GB-COH", "01234567")),
        ("GB-COH", " 0123 4567 ", ("GB-COH", "01234567")),
        ("COMPANIES_HOUSE", "sc12345", ("GB-COH", "SC012345")),
        ("Companies House", "OC301234", ("GB-COH", "OC301234")),
        ("gb-coh", "NI 012345", ("GB-COH", "NI012345")),
        ("GB-COH", "IP24566R", ("GB-COH", "IP24566R")),
        ("GB-COH", "IP755C", ("GB-COH", "IP00755C")),
        ("GB-COH", "SP2696RS", ("GB-COH", "SP2696RS")),
        ("GB-COH", "RS009756", ("GB-COH", "RS009756")),
        ("GB-COH", "R0000079", ("GB-COH", "R0000079")),
        ("GB-COH", "CE008706", ("GB-COH", "CE008706")),
        ("GB-COH", "CS008233", ("GB-COH", "CS008233")),
        ("COMPANIES_HOUSE", "22981R", ("GB-MPR", "22981R")),
        (None, "GB-COH-01234568", ("GB-COH", "01234568")),
        ("NONE", "GB-COH-1234568", ("GB-COH", "01234568")),
        ("CHARITY", "1169028", ("GB-CHC", "1169028")),
        ("GB-CHC", "263710", ("GB-CHC", "263710")),
        ("GB-CHC", "263710-0", ("GB-CHC", "263710")),
        ("GB-CHC", "263710-2", ("GB-CHC", "263710-2")),
        ("GB-CHC", "SC002327", ("GB-SC", "SC002327")),
        ("GB-CHC", "NI106288", ("GB-NIC", "106288")),
        ("OSCR", "2327", ("GB-SC", "SC002327")),
        ("GB-NIC", "NIC100019", ("GB-NIC", "100019")),
        ("GB-NHS", "rax", ("GB-NHS", "RAX")),
        ("GB-UKPRN", "10000346", ("GB-UKPRN", "10000346")),
        ("GB-PPON", "pbzb4962tvlr", ("GB-PPON", "PBZB-4962-TVLR")),
        ("GB-PPON", "PBZB-4962-TVLR", ("GB-PPON", "PBZB-4962-TVLR")),
        ("GB-MPR", "10002R", ("GB-MPR", "10002R")),
        ("GB-MPR", "IP031455", ("GB-MPR", "31455")),
        ("GB-LAE", "wot", ("GB-LAE", "WOT")),
        ("GB-GOR", "OT1211", ("GB-GOR", "OT1211")),
        ("GB-SHPE", "LH4401", ("GB-SHPE", "LH4401")),
        ("LEI", "724500PMK2A2M1SQQ228", ("XI-LEI", "724500PMK2A2M1SQQ228")),
        ("XI-DUNS", "242-183-440", ("XI-DUNS", "242183440")),
        ("CO-NIT", "900.123-4", ("CO-NIT", "900.123-4")),
    ],
)
def test_an_identifier_is_written_as_its_register_writes_it(scheme, identifier, expected):
    assert normalise(scheme, identifier) == expected


@pytest.mark.parametrize(
    ("scheme", "identifier"),
    [
        ("GB-COH", "12"),
        ("GB-COH", "123456789"),
        ("GB-COH", "JN393272A"),
        ("GB-COH", "James Latham Ltd"),
        ("GB-COH", "XX123456"),
        ("GB-CHC", "12"),
        ("GB-CHC", "19262026"),
        ("GB-NIC", ""),
        ("GB-PPON", "ABC-1"),
        ("XI-LEI", "724500PMK2A2M1SQQ229"),
        ("GB-UKPRN", "20000346"),
        ("NONE", "01234567"),
        (None, "01234567"),
        ("", None),
    ],
)
def test_what_cannot_be_of_its_register_is_refused(scheme, identifier):
    assert normalise(scheme, identifier) is None


@pytest.mark.parametrize(
    "identifier",
    [
        "N/A",
        "n.a.",
        "0",
        "00000000",
        "None",
        "TBC",
        "tba",
        "see attached",
        "-",
        " ",
        "99999999",
        "12345678",
        "Not Known",
        "unknown",
        "xxx",
        None,
    ],
)
def test_stand_ins_for_no_number_are_no_identifiers(identifier):
    assert is_placeholder(identifier)
    assert normalise("GB-COH", identifier) is None
    assert normalise("XX-ABC", identifier) is None


@pytest.mark.parametrize(
    ("spelling", "code"),
    [
        ("COMPANIES_HOUSE", "GB-COH"),
        ("Charity Commission", "GB-CHC"),
        ("gb-chc", "GB-CHC"),
        ("D-U-N-S number", "XI-DUNS"),
        ("PY-RUC", "PY-RUC"),
        ("VAT number", None),
        ("", None),
        (None, None),
    ],
)
def test_a_scheme_is_known_by_its_spellings(spelling, code):
    assert scheme_code(spelling) == code


@pytest.mark.parametrize(
    ("identifier", "expected"),
    [
        ("06207784", ("GB-COH", "06207784")),
        ("OC305127", ("GB-COH", "OC305127")),
        ("'04835938", ("GB-COH", "04835938")),
        ("6677561", ("GB-COH", "06677561")),
        ("1044679", None),  # a charity's number looks like this
        ("10002545", None),  # and a provider of learning's like this
        ("512907", None),
        ("N/A", None),
        ("James Latham Ltd", None),
        (None, None),
    ],
)
def test_a_number_without_a_scheme_is_a_company_only_where_nothing_else_fits(identifier, expected):
    assert guess_company(identifier) == expected


@given(
    st.sampled_from(
        ["GB-COH", "GB-CHC", "GB-SC", "GB-NIC", "GB-MPR", "GB-PPON", "GB-NHS", "CHARITY"]
    ),
    st.from_regex(r"[A-Z]{0,2}[0-9]{1,9}[A-Z]{0,3}", fullmatch=True),
)
def test_normalising_twice_changes_nothing(scheme, identifier):
    once = normalise(scheme, identifier)

    if once is not None:
        assert normalise(*once) == once
        assert normalise(None, org_id(*once)) == once


@given(st.text(), st.text())
def test_nothing_written_breaks_it(scheme, identifier):
    found = normalise(scheme, identifier)

    assert found is None or all(found)


@given(st.integers(1_000, 99_999_999))
def test_leading_zeros_do_not_part_a_company_from_itself(number):
    text = str(number)
    if not is_placeholder(text) and not is_placeholder(text.zfill(8)):
        assert normalise("GB-COH", text) == normalise("GB-COH", text.zfill(8))
