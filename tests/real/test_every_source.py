"""Every other set of real notices, payments and registers loads with a truthful report.

All are loaded once, side by side, in one load; the numbers beside each are those that the set's
own README gives, or that a few lines of plain Python count in the file.
"""

from __future__ import annotations

import csv
import gzip
import json
from collections.abc import Iterator
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import duckdb
import pytest

from convener.data.loading import Wanted, load, read_report
from convener.data.store import Store
from once import once

AT = datetime(2026, 1, 1, tzinfo=UTC)
SOURCES = {
    "canada": "ca-buyandsell-2009-2013/contracts_release_package.json.gz",
    "scotland": "uk-pcs-scotland-2019/releases.jsonl.gz",
    "paraguay records": "ocds-sample-paraguay/records.jsonl.gz",
    "paraguay packages": "ocds-sample-paraguay/release_packages.jsonl.gz",
    "paraguay releases": "ocds-sample-paraguay/releases.jsonl.gz",
    "colombia records": "ocds-sample-colombia/records_bare.jsonl.gz",
    "colombia releases": "ocds-sample-colombia/releases.jsonl.gz",
    "moldova records": "ocds-sample-moldova/records_bare.jsonl.gz",
    "moldova releases": "ocds-sample-moldova/releases.jsonl.gz",
    "mexico records": "ocds-sample-mexico-grupo-aeroportuario/records_bare.jsonl.gz",
    "mexico releases": "ocds-sample-mexico-grupo-aeroportuario/releases.jsonl.gz",
    "montreal records": "ocds-sample-canada-montreal/records_bare.jsonl.gz",
    "montreal releases": "ocds-sample-canada-montreal/releases.jsonl.gz",
    "new south wales records": "ocds-sample-australia-new-south-wales/records_bare.jsonl.gz",
    "new south wales packages": "ocds-sample-australia-new-south-wales/release_packages.jsonl.gz",
    "new south wales releases": "ocds-sample-australia-new-south-wales/releases.jsonl.gz",
    "frameworks": "uk-contracts-finder-2016-2020/packages_raw.jsonl.gz",
    "matched frameworks": "uk-contracts-finder-2016-2020/packages_supplier_ids_matched.jsonl.gz",
    "contracts finder page": "uk-contracts-finder-2025/release_package_2025-01-23.json.gz",
    "contracts finder": "uk-contracts-finder-2025/releases_2025-01_03.jsonl.gz",
    "exported awards": "uk-contracts-finder-csv/awards_2020_q3.csv.gz",
    "journal": "uk-ojeu-awards-2020_h1/awards.csv.gz",
    "lancashire": "uk-lancashire-notices",
    "councils": "uk-council-spend",
    "nhs": "nhs-payments-2020",
    "charities": "charity-lookups",
    "nhs bodies": "nhs-org-lists",
    "government": "uk-gov-registers",
    "authorities": "uk-local-authorities",
    "registers of registers": "org-id-register/lists.jsonl.gz",
    "adult care": "adult-social-care-activity/activity.csv.gz",
    "outsourcing": "nhs-ccg-outsourcing/annual_ccg_panel.csv.gz",
}
NO_BIDS = "Bids are not listed one by one: flags that compare bids cannot be judged."
NO_AWARDS = "There are no awards here: nothing can be said about who provides."
REPEATED = "Its tenderers only repeat the suppliers: contest by bids is not in this data"


@pytest.fixture(scope="session")
def data(shared: Path) -> Path:
    return shared / "data"


@pytest.fixture(scope="session")
def store(data: Path, tmp_path_factory: pytest.TempPathFactory) -> Store:
    """Give a store of every source, made by whichever process of a run comes first."""

    def make(folder: Path) -> None:
        wanted = [Wanted(str(data / path), name=name) for name, path in SOURCES.items()]
        done = load(Store(folder), wanted, at=AT)
        assert [(one.wanted.name, str(one.error)) for one in done if one.error] == []

    return Store(once(tmp_path_factory, "every-source", make))


@pytest.fixture(scope="session")
def connection(store: Store) -> Iterator[duckdb.DuckDBPyConnection]:
    opened = store.connect(threads=1)
    yield opened
    opened.close()


@pytest.fixture(scope="session")
def reports(store: Store) -> dict[str, dict[str, Any]]:
    return {name: read_report(store, source) for name, source in store.manifest().sources.items()}


def _counts(report: dict[str, Any], *tables: str) -> tuple[int, ...]:
    return tuple(report["rows"].get(table, 0) for table in tables)


def _met(report: dict[str, Any]) -> tuple[int, int, int, int]:
    reading = report["reading"]
    return reading["read"], reading["refused"], reading["nulled"], reading["duplicates"]


def _amounts(report: dict[str, Any], table: str, field: str = "amount") -> dict[str, Any]:
    return next(row for row in report["amounts"] if (row["table"], row["field"]) == (table, field))


def _reasons(report: dict[str, Any]) -> dict[tuple[str, str], int]:
    return {(row["field"], row["reason"]): row["count"] for row in report["reading"]["reasons"]}


def _has_said(report: dict[str, Any], words: str) -> bool:
    return any(words in said for said in report["conclusions"])


def _has_noted(report: dict[str, Any], words: str) -> bool:
    return any(words in note for note in report["reading"]["notes"])


NOTICES = [
    # What was read, refused, emptied and met again; then releases, processes, awards, suppliers.
    ("canada", (31_303, 0, 20, 1), (31_303, 15_398, 20_180, 20_180)),
    ("scotland", (90, 0, 0, 0), (90, 90, 0, 0)),
    ("paraguay records", (49, 12, 0, 0), (49, 39, 39, 59)),
    ("paraguay packages", (20, 0, 0, 0), (20, 6, 5, 7)),
    ("paraguay releases", (74, 0, 0, 0), (74, 12, 9, 21)),
    ("colombia records", (10, 0, 0, 0), (10, 10, 10, 10)),
    ("colombia releases", (21, 0, 0, 0), (21, 21, 41, 41)),
    ("moldova records", (51, 0, 0, 0), (51, 51, 18, 18)),
    ("moldova releases", (51, 0, 0, 0), (51, 51, 18, 18)),
    ("mexico records", (10, 0, 0, 0), (10, 10, 10, 10)),
    ("mexico releases", (302, 0, 1, 10), (302, 292, 292, 300)),
    ("montreal records", (10, 0, 0, 0), (10, 10, 10, 10)),
    ("montreal releases", (20, 0, 0, 0), (20, 20, 20, 20)),
    ("new south wales records", (11, 0, 0, 0), (11, 11, 0, 0)),
    ("new south wales packages", (10, 0, 0, 0), (10, 10, 0, 0)),
    ("new south wales releases", (22, 0, 0, 0), (22, 22, 0, 0)),
    ("frameworks", (100, 0, 0, 0), (100, 100, 100, 789)),
    ("matched frameworks", (73, 0, 0, 0), (73, 73, 73, 349)),
    ("contracts finder page", (100, 0, 0, 0), (100, 94, 57, 70)),
    ("contracts finder", (200, 0, 0, 1), (200, 190, 143, 263)),
    ("exported awards", (601, 0, 5, 0), (601, 601, 601, 1_558)),
    ("journal", (2_029, 0, 348, 0), (2_029, 2_029, 2_029, 4_840)),
    ("lancashire", (709, 0, 14, 0), (709, 709, 473, 459)),
]


@pytest.mark.parametrize(("name", "met", "rows"), NOTICES, ids=[name for name, *_ in NOTICES])
def test_notices_are_read_whole(reports, name, met, rows):
    assert _met(reports[name]) == met
    assert _counts(reports[name], "releases", "processes", "awards", "suppliers") == rows
    assert _has_said(reports[name], NO_BIDS)
    assert _has_said(reports[name], NO_AWARDS) == (rows[2] == 0)


OTHERS = [
    # What was read, refused, emptied and met again; then the one table, and its rows.
    ("councils", (274_269, 0, 11, 3_225), "payments", 274_269),
    ("nhs", (27_442, 0, 1, 0), "payments", 27_442),
    ("charities", (111_795, 7, 2, 0), "register", 111_794),
    ("nhs bodies", (1_006, 1, 0, 0), "register", 1_005),
    ("government", (1_446, 0, 0, 0), "register", 1_446),
    ("authorities", (2_703, 0, 25, 0), "register", 2_703),
    ("registers of registers", (823, 0, 0, 0), "register", 823),
    ("adult care", (3_484, 35, 0, 0), "provision", 6_578),
    ("outsourcing", (2_140, 1, 0, 0), "provision", 2_829),
]


@pytest.mark.parametrize(
    ("name", "met", "table", "rows"), OTHERS, ids=[name for name, *_ in OTHERS]
)
def test_lists_are_read_whole(reports, name, met, table, rows):
    assert _met(reports[name]) == met
    assert reports[name]["rows"] == {table: rows}


def test_scotland_publishes_tenders_in_lots_and_no_award(reports):
    assert _counts(reports["scotland"], "lots", "awards", "suppliers", "contracts") == (
        341,
        0,
        0,
        0,
    )
    assert not _has_said(reports["scotland"], "In-house")


@pytest.mark.parametrize("name", ["frameworks", "matched frameworks"])
def test_tenderers_who_repeat_the_suppliers_are_said_to_tell_nothing_of_contest(reports, name):
    report = reports[name]

    assert _counts(report, "tenderers") == _counts(report, "suppliers")
    assert _has_said(report, REPEATED)
    assert not _has_said(report, "how many bid for each tender")
    assert _has_said(report, "100% of awards name several suppliers and give one value")


@pytest.mark.parametrize("name", ["moldova records", "moldova releases"])
def test_tenderers_who_are_nobody_are_said_to_tell_nothing_of_contest(reports, name):
    assert _counts(reports[name], "tenderers") == (51,)
    assert _has_said(reports[name], "It lists tenderers and names none of them")
    assert not _has_said(reports[name], "how many bid for each tender")


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("frameworks", "13% of suppliers carry a registered identifier"),  # 105 of 789
        ("matched frameworks", "Every supplier carries a registered identifier."),
        ("contracts finder", "29% of suppliers carry a registered identifier"),
        ("paraguay records", "Every supplier carries a registered identifier."),
        ("moldova releases", "0% of suppliers carry a registered identifier"),
        ("mexico releases", "0% of suppliers carry a registered identifier"),
        ("montreal releases", "0% of suppliers carry a registered identifier"),
        ("canada", "0% of suppliers carry a registered identifier"),
    ],
)
def test_a_number_without_a_register_identifies_nobody(reports, name, said):
    assert _has_said(reports[name], said)


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("frameworks", "It can tell which service a process belongs to"),
        ("canada", "It can tell which service a process belongs to"),
        ("moldova releases", "It tells only partly which service a process belongs to"),
        ("journal", "It cannot tell which service a process belongs to"),
        ("colombia releases", "It cannot tell which service a process belongs to"),
    ],
)
def test_codes_of_items_tell_the_service_too(reports, name, said):
    assert _has_said(reports[name], said)


def test_the_faults_of_the_airport_s_data_are_told(reports):
    report = reports["mexico releases"]

    assert _reasons(report) == {("awards.date", "not a date from 1900 to 2100"): 1}
    [place] = report["reading"]["places"]
    assert place["met"].startswith("2105")
    assert {row["currency"]: row["count"] for row in report["currencies"]} == {
        "MXN": 291,
        "MNX": 1,
    }
    assert _has_said(report, "It tells only partly when awards were made: known for 51%")


def test_records_that_only_link_are_refused_with_the_reason(reports):
    assert _reasons(reports["paraguay records"]) == {
        ("", "the record only links to its releases and holds none"): 12
    }
    currencies = {
        row["currency"]: row["count"] for row in reports["paraguay records"]["currencies"]
    }
    assert currencies == {"PYG": 38, "USD": 1}


def test_canada_s_draft_is_read_with_its_buyers_and_its_faults(reports, connection):
    report = reports["canada"]
    [buyers] = connection.execute(
        "select count(distinct buyer_name) from processes where source = 'canada'"
    ).fetchone()

    assert buyers == 82
    assert [row["currency"] for row in report["currencies"]] == ["CAD"]
    assert _amounts(report, "awards")["negative"] == 3
    assert _has_noted(report, "published by Buyandsell.gc.ca")


def test_lower_case_currencies_are_known(reports):
    assert [row["currency"] for row in reports["moldova releases"]["currencies"]] == ["MDL"]


def test_the_journal_s_rows_make_notices_of_many_buyers(reports, connection):
    report = reports["journal"]
    [buyers] = connection.execute(
        "select count(distinct buyer_name) from processes where source = 'journal'"
    ).fetchone()

    assert buyers == 895
    assert _has_noted(report, "5,016 rows make 2,029 notices")
    assert _has_noted(report, "a value is the award's, however many suppliers share it")
    assert _reasons(report)["awards.value", "a range, kept by its ends and not as a value"] == 59


def test_lancashire_s_total_is_the_publisher_s_own(reports, data):
    published = Decimal(0)
    for path in (data / SOURCES["lancashire"]).glob("*.json.gz"):
        with gzip.open(path) as stream:
            stats = json.load(stream, parse_float=Decimal)["stats"]
        published += Decimal(stats["total_awarded_value"])

    assert Decimal(_amounts(reports["lancashire"], "awards")["total"]) == published
    assert published == Decimal("1521021065.18")


COUNCILS = {
    "calderdale_2019-04_2019-09.csv.gz": ("Net Amount", 20_170),
    "hyndburn_all.csv.gz": ("amount", 29_804),
    "leeds_2013-01_2013-12.csv.gz": ("NetAmount", 114_585),
    "manchester_2019-01_2019-12.csv.gz": ("Net Amount", 39_493),
    "newcastle_2019-04_2020-03.csv.gz": ("Total (excludes VAT)", 70_217),
}


def test_five_councils_payments_are_all_there(reports, data):
    published, rows = Decimal(0), {}
    for name, (column, _) in COUNCILS.items():
        amounts = [_money(row[column]) for row in _table(data / SOURCES["councils"] / name)]
        rows[name] = len(amounts)
        published += sum(amounts)

    total = _amounts(reports["councils"], "payments")

    assert rows == {name: count for name, (_, count) in COUNCILS.items()}
    assert (total["known"], Decimal(total["total"])) == (274_269, published)
    assert published == Decimal("2819845358.89")


def test_people_among_payees_are_counted_and_never_named(reports, connection):
    named = connection.execute(
        "select payee_name from payments where payee_withheld and payee_name is not null limit 1"
    ).fetchall()

    assert named == []
    assert _has_noted(reports["councils"], "24,428 of 70,217 payees are or may be people")
    assert _has_said(reports["councils"], "16% of payment lines are or may be to people")


def test_equal_payments_are_kept_and_counted(reports):
    assert _has_noted(reports["councils"], "two equal payments can both be real")


def test_four_nhs_bodies_payments_add_to_what_their_files_hold(reports, connection, data):
    held = {}
    for path in (data / SOURCES["nhs"]).glob("*.csv.gz"):
        held[path.name] = sum(_money(row["amount"] or "0") for row in _table(path))
    by_body = connection.execute(
        "select buyer_name, sum(amount) from payments where source = 'nhs' group by 1 order by 2"
    ).fetchall()

    assert [total for _, total in by_body] == sorted(held.values())
    assert Decimal(_amounts(reports["nhs"], "payments")["total"]) == sum(held.values())
    assert _reasons(reports["nhs"]) == {("amount", "no amount"): 1}


def test_dates_written_two_ways_in_one_file_are_told(reports):
    assert _has_noted(reports["nhs"], "12,490 dates can only be read month first")


def test_files_of_a_folder_that_no_mapping_knows_are_left_out_and_named(reports):
    left_out = [
        reason for _, reason in _reasons(reports["charities"]) if "file left out" in reason
    ]

    assert len(left_out) == 6
    assert any("ccew-register-of-mergers.csv.gz" in reason for reason in left_out)


@pytest.mark.parametrize("name", ["charities", "nhs bodies", "government", "authorities"])
def test_a_register_is_said_to_measure_nothing_itself(reports, name):
    assert reports[name]["conclusions"] == [
        "This is a register: it helps to say who is who, and measures nothing itself."
    ]


@pytest.mark.parametrize("name", ["adult care", "outsourcing"])
def test_shares_without_owners_are_said_to_be_so(reports, name):
    assert _has_said(reports[name], "It cannot tell who owns the places")
    assert _has_said(reports[name], "It can tell the mix of kinds: known for 100%")


def test_every_row_says_which_source_it_is_from(connection):
    for table in ("processes", "awards", "payments", "register", "provision"):
        found = connection.execute(f"select distinct source from {table}").fetchall()
        assert {name for (name,) in found} <= set(SOURCES)


def _table(path: Path) -> list[dict[str, str]]:
    with gzip.open(path, "rt", encoding="utf-8-sig", errors="replace", newline="") as stream:
        return list(csv.DictReader(stream))


def _money(text: str) -> Decimal:
    return Decimal(text.replace(",", "").replace("£", "").strip())
