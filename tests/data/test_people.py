from __future__ import annotations

import csv
import gzip
import re

import pytest

from convener.data.organisations.people import is_insurance_number, is_withheld, may_be_person

FORM = re.compile(
    r"\b(ltd|limited|plc|llp|cic|trust|council|nhs|university|college|school)\b", re.IGNORECASE
)


@pytest.mark.parametrize(
    "name",
    [
        "REDACTED PERSONAL DATA",
        "Redacted Personal Information",
        "REDACTED COMMERCIAL CONFIDENTIALITY",
        "Name withheld",
        "Personal Data",
        "Supplier name removed",
        "Private Individual",
        "***",
        "XXXX",
        "[redacted]",
        "Various - Total Expenses",
        "MISCELLANEOUS PAYMENTS BACS",
        "Sundry suppliers",
        "One-off vendor",
        "Foster carer",
    ],
)
def test_what_the_publisher_withholds_is_withheld(name):
    assert is_withheld(name)


@pytest.mark.parametrize(
    "name",
    [
        "Redactive Publishing Limited",
        "Personal Care Consultants Ltd",
        "PLACES FOR PEOPLE INDIVIDUAL SUPPORT",
        "Confidence Care and Support Limited",
        "Various Artists Ltd",
    ],
)
def test_organisations_of_like_names_are_not(name):
    assert not is_withheld(name)


@pytest.mark.parametrize(
    "name",
    [
        "Mr J Smith",
        "MRS RA FIELDING AND MR JH FIELDING",
        "Miss Constanze Bell - Kings Chambers",
        "Smith J",
        "PATEL A K",
        "Smith, John",
        "Smith, J A",
        "Dr A Patel",
        "DR RATNESWAREN N",
        "Rev John Brown",
        "John Smith",
        "J & M Smith",
        "Andrew & Jane Ward",
        "A E Speight",
        "J. P. Murphy",
        "J SMITH T/A SMITH PLUMBING",
        "Mr Kevin Guy T/A Guy & Co",
        "Mohammed Saghir t/a A1 Sowerby Bridge Cars",
        "Estate of J Brown",
        "Exors of the late Mary Jones",
        "Philip Kolvin QC",
        "Alexia Blohm-Pain",
        "Aras Ali Mahmood",
        "Obi Okafor-Smith",
        "O'Brien Patrick",
        "John Smith - Bacs",
        "J Smith (CHQ)",
        "SumUp  *Ann Allen",
        "PAYPAL *J M SMITH",
        "PAYPAL *KARENALLEN2",
        "Ann Allen (Kings Chambers)",
        "R J Short",
        "T A Smith",
        "Sarah R Patrick",
        "C & R WALNE",
        "Wendy Day",
        "Featherstone, Barnaby",
    ],
)
def test_a_name_that_may_be_a_persons_is_withheld(name):
    assert may_be_person(name)


@pytest.mark.parametrize(
    "name",
    [
        "Arco Ltd",
        "A E Yates Ltd",
        "Mr Presenter Limited",
        "Dr N P Alwin Ltd",
        "Sir Robert McAlpine & Son Ltd",
        "John Lewis Plc",
        "Leeds City Council",
        "Barts Health NHS Trust",
        "Mencap",
        "Andrew Greenwood Electrical Serv",
        "DR DCM EVANS & PARTNERS",
        "Medical Centre Dr S Shapiro & Partner",
        "Master Ground Services",
        "18 Sea View Villas",
        "Barnsley M.B.C.",
        "B & Q",
        "Marie Curie",
        "Mount Carmel",
        "Burger King",
        "Slater and Gordon",
        "Baker & Smith",
        "Newcastle Falcons",
        "T/A Spectrum Trading",
        "E ON",
        "Woodhead Sharpes Limited - Bacs",
        "HOUSING PAYMENTS BACS",
        "PAYPAL *TRAINLINE",
        "SQ *CASTLES PROPERTIES.",
        "Kings Chambers",
        "Toys R Us",
        "Hrubymoving S R O",
        "Stone Hall",
        "",
    ],
)
def test_an_organisation_is_named(name):
    assert not may_be_person(name)


def test_a_national_insurance_number_is_a_persons():
    assert is_insurance_number("JN393272A")
    assert not is_insurance_number("SC114142")
    assert not is_insurance_number("01203270")


@pytest.mark.parametrize(
    ("file", "heading"),
    [
        ("newcastle_2019-04_2020-03", "Supplier Name"),
        ("manchester_2019-01_2019-12", "Supplier Name"),
        ("leeds_2013-01_2013-12", "SupplierName"),
        ("hyndburn_all", "supplier"),
    ],
)
def test_no_payee_of_a_council_with_a_legal_form_is_withheld(shared, file, heading):
    with gzip.open(shared / "data/uk-council-spend" / f"{file}.csv.gz", "rt", newline="") as text:
        names = {row[heading] for row in csv.DictReader(text)}

    withheld = {name for name in names if is_withheld(name) or may_be_person(name)}

    trading = re.compile(r"t/a|\btrading as\b", re.IGNORECASE)
    assert not {name for name in withheld if FORM.search(trading.split(name)[0])}
    assert 0 < len(withheld) < 0.15 * len(names)
