from __future__ import annotations

import gzip
from datetime import date

import pytest

from convener.base.errors import BadInputError
from convener.data.flat.mapping import (
    COLUMNS,
    Bound,
    load_mapping,
    packaged,
    parse_mapping,
    recognise,
    recognise_input,
)
from convener.data.sources.inputs import open_inputs

SMALL = """
kind = "payments"
headings = ["Paid", "Who", "Net"]

[columns]
paid_on = "Paid"
payee_name = ["Who", "Merchant"]
amount = "Net"
service = "Lot {Lot} of {Framework}"

[constants]
buyer_name = "A Council"
area_is_buyers = true

[values.payee_scale]
SME = "sme"
"*" = ""

[clean]
service = "^Lot "

[where]
Paid = ["1", "2"]
"""


def bound(text, headings, name="x.csv"):
    return Bound(parse_mapping(text, name="m"), headings, name)


def test_a_column_is_fed_by_the_first_heading_that_is_not_blank():
    cell = bound(SMALL, ["who", "MERCHANT "]).column("payee_name")

    assert [cell(["A", "B"]), cell([" ", "B"]), cell(["", ""])] == ["A", "B", ""]


def test_text_round_headings_is_filled_or_blank_and_then_cleaned():
    cell = bound(SMALL, ["Lot", "Framework"]).column("service")

    assert [cell(["3", "G"]), cell(["3", ""])] == ["3 of G", ""]


def test_constants_stand_where_nothing_is_given():
    text = SMALL.replace('amount = "Net"', 'amount = "Net"\nbuyer_name = "Body"')
    cell = bound(text, ["Body"]).column("buyer_name")

    assert [cell(["B Council"]), cell([""])] == ["B Council", "A Council"]


def test_words_become_ours_whatever_their_case():
    text = SMALL.replace('service = "Lot', 'payee_scale = "Size"\nservice = "Lot')
    cell = bound(text, ["Size"]).column("payee_scale")

    assert [cell(["sme "]), cell(["Big"]), cell([""])] == ["sme", "", ""]


def test_rows_are_kept_by_what_a_cell_says():
    tied = bound(SMALL, ["Paid"])

    assert tied.keeps(["1"])
    assert not tied.keeps(["3"])


def test_a_heading_that_stands_twice_gives_whichever_is_filled():
    assert bound(SMALL, ["Net", "Net"]).column("amount")(["", "5"]) == "5"


def test_a_value_can_be_read_from_the_name_of_the_file():
    text = "kind = 'provision'\n[from_name]\nobserved_on = '\\d{4}-\\d{2}-\\d{2}'\n"

    assert bound(text, [], "x/list_2022-03-31.csv").column("observed_on")([]) == "2022-03-31"


def test_a_day_given_by_the_user_stands_before_the_files():
    mapping = parse_mapping("kind = 'provision'\n[columns]\nobserved_on = 'Day'\n", name="m")

    cell = Bound(mapping.observed(date(2021, 1, 2)), ["Day"], "x").column("observed_on")

    assert cell(["2020-01-01"]) == "2021-01-02"


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("kind = ", "is not TOML"),
        ("kind = 'purchases'", "of kind 'purchases'; wanted: payments"),
        ("kind = 'payments'\n[column]\na = 'b'", r"has \['column'\]"),
        ("kind = 'payments'\n[columns]\nplaces = 'b'", r"payments have no \['places'\]"),
        ("kind = 'payments'\n[clean]\namount = '('", "bad pattern"),
    ],
)
def test_a_mapping_that_means_nothing_is_refused(text, words):
    with pytest.raises(BadInputError, match=words):
        parse_mapping(text, name="m")


def test_a_mapping_file_that_is_not_there_is_refused(tmp_path):
    with pytest.raises(BadInputError, match="cannot be read"):
        load_mapping(tmp_path / "none.toml")


def test_a_mapping_file_that_is_no_text_is_refused(tmp_path):
    (tmp_path / "m.toml").write_bytes(b"\xff\xfe")

    with pytest.raises(BadInputError, match="not UTF-8"):
        load_mapping(tmp_path / "m.toml")


def test_every_packaged_mapping_can_be_recognised_and_names_columns_of_ours():
    for mapping in packaged():
        assert mapping.headings, mapping.name
        assert mapping.title, mapping.name
        fed = {*mapping.columns, *mapping.constants, *mapping.from_name}
        assert fed <= COLUMNS.get(mapping.kind, fed), mapping.name


def test_the_mapping_that_names_most_headings_is_chosen():
    newcastle = next(each for each in packaged() if each.name == "newcastle-payments")

    found = recognise([*newcastle.headings, "source_file"], "spend.csv")

    assert found == newcastle
    assert recognise(["URN"], "x.csv") is None


def test_files_of_one_form_are_told_apart_by_their_names():
    headings = ["org_id_a", "org_id_b", "name"]

    assert recognise(headings, "a/charity-company-numbers.csv").name == "charity-companies"
    assert recognise(headings, "organisation-company.csv").name == "organisation-companies"
    assert recognise(headings, "other.csv") is None


def test_a_heading_below_a_preamble_is_found(tmp_path):
    mutuals = "mutual_id,company_id,name\nGB-MPR-10002R,GB-COH-IP10002R,A Club\n"
    (tmp_path / "m.csv.gz").write_bytes(gzip.compress(f"A list\n\n{mutuals}".encode()))

    (source,) = open_inputs(str(tmp_path / "m.csv.gz"))

    found = recognise_input(source)
    assert (found.name, found.skip) == ("mutuals", 2)
    assert recognise_input(source, kind="provision") is None


KNOWN = {
    "uk-council-spend": {"payments": 5},
    "nhs-payments-2020": {"payments": 4},
    "uk-gcloud-sales-2012-2014": {"payments": 1},
    "ofsted-childrens-social-care": {"provision": 6, None: 1},
    "adult-social-care-activity": {"provision": 1},
    "nhs-ccg-outsourcing": {"provision": 1, None: 2},
    "charity-lookups": {"register": 10, None: 6},
    "nhs-org-lists": {"register": 4},
    "uk-gov-registers": {"register": 5},
    "uk-local-authorities": {"register": 3},
    "org-id-register": {"register": 1},
    "uk-contracts-finder-csv": {"notices": 2, None: 3},
    "uk-ojeu-awards-2020_h1": {"notices": 1},
    "uk-lancashire-notices": {"notices": 8},
}


@pytest.mark.parametrize("folder", KNOWN)
def test_real_tables_are_recognised(shared, folder):
    found = [recognise_input(each) for each in open_inputs(str(shared / "data" / folder))]

    kinds = [None if mapping is None else mapping.kind for mapping in found]
    assert {kind: kinds.count(kind) for kind in kinds} == KNOWN[folder]
    assert not any(mapping.is_guessed for mapping in found if mapping is not None)
