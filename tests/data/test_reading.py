from __future__ import annotations

import gzip
import json
import threading
from datetime import UTC, datetime
from decimal import Decimal

import pytest

from convener.base.errors import BadInputError
from convener.data.keys import party_key_sql
from convener.data.reading import crew, filling
from convener.data.reading.reading import read_releases
from convener.data.report import ReadReport
from convener.data.sources.inputs import Input, open_inputs
from convener.data.store import Store, engine
from reading_stand import AT, lines, read, read_inputs, release

FULL = release(
    language="en",
    planning={"budget": {"amount": {"amount": 120, "currency": "gbp"}}},
    tender={
        "title": "Home care",
        "description": "x" * 3000,
        "status": "complete",
        "procurementMethod": "open",
        "procurementMethodDetails": "Open (light touch)",
        "techniques": {"hasFrameworkAgreement": True},
        "mainProcurementCategory": "services",
        "value": {"amount": 100.5, "currency": "GBP"},
        "minValue": {"amount": 90, "currency": "EUR"},
        "tenderPeriod": {"startDate": "2025-01-01", "endDate": "2025-02-01T12:00:00+01:00"},
        "awardCriteria": "ratedCriteria",
        "suitability": {"sme": True, "vcse": "yes"},
        "classification": {"scheme": "CPV", "id": "85311000-2"},
        "lots": [
            {"id": 1, "title": "North", "status": "active", "value": {"amount": -5}},
            {"id": 2},
        ],
        "items": [
            {
                "id": "1",
                "classification": {"scheme": "CPV", "id": "853110002"},
                "relatedLot": "1",
                "deliveryAddresses": [{"countryName": "GB"}, {"region": "UKC11"}],
            },
            {"id": "2", "deliveryLocation": {"gazetteer": {"identifiers": ["UKD"]}}},
        ],
        "tenderers": [{"id": "s", "name": "Good Care Ltd"}],
    },
    bids={
        "details": [
            {
                "id": "bid-1",
                "date": "2025-01-20T00:00:00Z",
                "status": "valid",
                "tenderers": [{"id": "s", "name": "Good Care"}, {"id": "other", "name": "Other"}],
                "value": {"amount": 99, "currency": "GBP"},
                "relatedLots": ["1"],
            }
        ]
    },
    awards=[
        {
            "id": "a",
            "title": "Home care",
            "status": "active",
            "date": "2025-03-01T00:00:00Z",
            "value": {"amount": 99, "currency": "GBP"},
            "contractPeriod": {"startDate": "2025-04-01", "endDate": "2028-03-31"},
            "suppliers": [{"id": "s", "name": "Good Care Ltd"}, {"id": "z", "name": "Second Ltd"}],
            "items": [{"id": "i", "classification": {"scheme": "UNSPSC", "id": "85.10"}}],
            "relatedLots": ["1", "2"],
        }
    ],
    contracts=[
        {
            "id": "c",
            "awardID": "a",
            "status": "terminated",
            "dateSigned": "2025-03-20",
            "value": {"amount": 99, "currency": "GBP"},
            "period": {"startDate": "2025-04-01", "endDate": "2028-03-31"},
            "items": [{"id": "k", "deliveryAddress": {"region": "UKE"}}],
            "agreedMetrics": [
                {"id": "m", "title": "On time", "observations": [{"id": "o", "measure": 0.9}]}
            ],
            "implementation": {
                "transactions": [
                    {"id": "t", "date": "2025-05-01", "value": {"amount": 10, "currency": "gbp"}}
                ],
                "milestones": [{"id": "n", "status": "met", "dueDate": "2025-06-01"}],
                "metrics": [
                    {
                        "id": "m",
                        "observations": [
                            {
                                "id": "p",
                                "period": {"endDate": "2026-03-31"},
                                "value": {"amount": 3},
                                "unit": {"name": "days"},
                                "measureClassification": {"id": "below"},
                            }
                        ],
                    }
                ],
            },
        }
    ],
)


def key_of(scheme: str | None, identifier: str | None, name: str | None) -> int:
    with engine() as connection:
        found = connection.execute(
            f"select {party_key_sql('$1', '$2', '$3')}", [scheme, identifier, name]
        )
        return found.fetchall()[0][0]


def test_a_release_becomes_rows_of_every_table(tmp_path):
    outcome = read(tmp_path, lines(FULL))

    assert outcome.rows == {
        "releases": 1,
        "processes": 1,
        "parties": 2,
        "lots": 2,
        "items": 4,
        "bids": 1,
        "tenderers": 2,
        "awards": 1,
        "suppliers": 2,
        "contracts": 1,
        "implementation": 2,
        "metrics": 2,
    }
    assert outcome.report.as_dict()["reasons"] == []


def test_a_process_has_its_fields_in_their_units(tmp_path):
    (process,) = read(tmp_path, lines(FULL), number=3)["processes"]

    assert process == {
        "source": "s",
        "process_key": (3 << 40) + 1,
        "ocid": "ocds-213czf-1",
        "released_at": "2025-04-01 00:00:00+00",
        "buyer_id": "b",
        "buyer_name": "Ashby Council",
        "buyer_key": key_of(None, None, "Ashby Council"),
        "title": "Home care",
        "description": "x" * 2000,
        "tender_status": "complete",
        "method": "open",
        "method_details": "Open (light touch)",
        "techniques_framework": True,
        "category": "services",
        "tender_amount": Decimal("100.5"),
        "tender_currency": "GBP",
        "estimate_amount": Decimal(120),
        "estimate_currency": "GBP",
        "tender_starts_at": "2025-01-01 00:00:00+00",
        "tender_ends_at": "2025-02-01 11:00:00+00",
        "tenderer_count": 2,
        "award_criteria": "ratedCriteria",
        "suits_sme": True,
        "suits_vcse": True,
        "code_scheme": "CPV",
        "code": "85311000",
        "region": "UKC11",
        "region_is_buyers": False,
    }


def test_whoever_is_referred_to_has_the_key_of_the_party(tmp_path):
    outcome = read(tmp_path, lines(FULL))

    good = key_of("GB-COH", "01234567", "Good Care Ltd")
    assert {party["party_id"]: party["party_key"] for party in outcome["parties"]} == {
        "b": key_of(None, None, "Ashby Council"),
        "s": good,
    }
    assert [(s["position"], s["party_key"]) for s in outcome["suppliers"]] == [
        (1, good),
        (2, key_of(None, None, "Second Ltd")),
    ]
    assert {t["party_id"]: t["party_key"] for t in outcome["tenderers"]} == {
        "s": good,
        "other": key_of(None, None, "Other"),
    }


def test_a_party_that_is_no_party_is_known_by_the_reference_itself(tmp_path):
    supplier = {"id": "z", "name": "Far Ltd", "identifier": {"scheme": "GB-COH", "id": "77"}}

    outcome = read(tmp_path, lines(release(awards=[{"id": "a", "suppliers": [supplier]}])))

    assert outcome["suppliers"][0]["party_key"] == key_of("GB-COH", "00000077", "Far Ltd")


def test_identifiers_and_codes_are_written_as_their_registers_do(tmp_path):
    outcome = read(tmp_path, lines(FULL))

    assert outcome["parties"][1]["identifier"] == "01234567"
    codes = {item["item_id"]: (item["scheme"], item["code"]) for item in outcome["items"]}
    assert codes == {
        "1": ("CPV", "85311000"),
        "2": (None, None),
        "i": ("UNSPSC", "85.10"),
        "k": (None, None),
    }


def test_items_tell_their_section_and_place(tmp_path):
    outcome = read(tmp_path, lines(FULL))

    assert {
        (i["section"], i["section_id"], i["item_id"], i["region"]) for i in outcome["items"]
    } == {
        ("tender", None, "1", "UKC11"),
        ("tender", None, "2", "UKD"),
        ("award", "a", "i", None),
        ("contract", "c", "k", "UKE"),
    }


def test_transactions_milestones_and_metrics_are_read_from_contracts(tmp_path):
    outcome = read(tmp_path, lines(FULL))

    assert [(r["sort"], r["record_id"], r["amount"]) for r in outcome["implementation"]] == [
        ("milestone", "n", None),
        ("transaction", "t", Decimal(10)),
    ]
    assert [
        (m["sort"], m["metric_id"], m["measure"], m["unit"], m["rating"])
        for m in outcome["metrics"]
    ] == [("agreed", "m", "0.9", None, None), ("measured", "m", "3", "days", "below")]


def test_the_buyers_region_stands_in_and_says_so(tmp_path):
    (process,) = read(tmp_path, lines(release()))["processes"]

    assert (process["region"], process["region_is_buyers"]) == ("UKF", True)


@pytest.mark.parametrize(
    ("sections", "count"),
    [
        ({"tender": {"numberOfTenderers": "4"}}, 4),
        ({"bids": {"statistics": [{"measure": "validBids", "value": 3}]}}, 3),
        ({"bids": {"statistics": [{"measure": "requests", "value": 9}]}}, None),
        ({"tender": {"tenderers": [{"id": 1}, {"id": 2}, {"id": 1}]}}, 2),
        ({"bids": {"details": [{"id": 1}, {"id": 2}]}}, 2),
        ({}, None),
    ],
)
def test_tenderers_are_counted_by_what_is_published(tmp_path, sections, count):
    (process,) = read(tmp_path, lines(release(**sections)))["processes"]

    assert process["tenderer_count"] == count


def test_contact_points_are_never_read(tmp_path):
    party = {"id": "p", "name": "X", "contactPoint": {"name": "Jane Doe", "email": "j@x"}}

    outcome = read(tmp_path, lines(release(parties=[party])))

    assert "Jane" not in str(outcome.tables)


def test_several_inputs_keep_their_lines_and_have_keys_of_their_own(tmp_path):
    bad = release(3, date="never")

    outcome = read(tmp_path, lines(release(1), release(2)), lines(bad), lines({"releases": []}))

    assert [(r["line"], r["process_key"] - (1 << 40)) for r in outcome["releases"]] == [
        (1, 1),
        (2, 2),
        (1, 3),
    ]
    assert [(p.input, p.line) for p in outcome.report.places] == [("input-1.jsonl", 1)]


def test_gzip_reads_as_plain_does(tmp_path):
    text = lines(*(release(number) for number in range(50)))
    packed = tmp_path / "packed.jsonl.gz"
    packed.write_bytes(gzip.compress(text))

    plain = read(tmp_path / "plain", write(tmp_path / "plain", text))

    assert read(tmp_path, packed).tables == plain.tables


def write(folder, text):
    folder.mkdir(exist_ok=True)
    path = folder / "packed.jsonl"
    path.write_bytes(text)
    return path


def test_blocks_and_parts_of_any_size_give_the_same_tables(tmp_path, monkeypatch):
    text = lines(*(release(number, tender=FULL["tender"]) for number in range(60)))
    whole = read(tmp_path / "a", write(tmp_path / "a", text))

    monkeypatch.setitem(crew.crew_of.__wrapped__.__kwdefaults__, "sheet_bytes", 5_000)
    monkeypatch.setitem(crew.crew_of.__wrapped__.__kwdefaults__, "flush_bytes", 30_000)
    pieces = read(tmp_path / "b", write(tmp_path / "b", text))

    assert pieces.tables == whole.tables
    assert pieces.rows == whole.rows


def test_progress_tells_the_bytes_that_were_read(tmp_path):
    path = write(tmp_path, lines(release(1), release(2)))
    told = []

    with Store(tmp_path / "store").writing(at=AT) as load:
        read_releases(
            open_inputs(str(path)),
            load,
            source="s",
            number=1,
            report=ReadReport(),
            progress=lambda done, whole: told.append((done, whole)),
        )

    assert told == [(path.stat().st_size, path.stat().st_size)]


def test_a_second_reading_into_a_load_goes_on_where_the_first_ended(tmp_path):
    paths = [write(tmp_path / name, lines(release(1), release(2))) for name in "ab"]

    with Store(tmp_path / "store").writing(at=datetime(2026, 1, 1, tzinfo=UTC)) as load:
        for path in paths:
            read_releases(open_inputs(str(path)), load, source="s", number=1, report=ReadReport())
        with engine() as connection:
            keys = connection.execute(
                "select process_key - (1::bigint << 40) from read_parquet($1) order by 1",
                [str(load.folder / "releases-*.parquet")],
            ).fetchall()

    assert keys == [(1,), (2,), (3,), (4,)]


def test_what_breaks_in_an_engine_breaks_the_reading(tmp_path, monkeypatch):
    monkeypatch.setattr(filling, "PARQUET", "format parquet, compression none_such")

    before = set(threading.enumerate())

    with pytest.raises(Exception, match="compression"):
        read(tmp_path, lines(release()))

    assert set(threading.enumerate()) <= before


def test_a_stream_that_breaks_off_is_told(tmp_path):
    path = tmp_path / "cut.jsonl.gz"
    path.write_bytes(gzip.compress(lines(*(release(n) for n in range(200))))[:-200])

    with pytest.raises(BadInputError, match="broken"):
        read(tmp_path, path)


def test_a_web_page_in_place_of_data_is_told(tmp_path):
    page = tmp_path / "page.jsonl"
    page.write_bytes(b"<!DOCTYPE html><title>Too many requests</title>")
    entry = Input("page.jsonl", page, lambda: page.open("rb"), None)

    with pytest.raises(BadInputError, match="HTML page"):
        read_inputs(tmp_path, [entry])


@pytest.mark.parametrize("encoding", ["utf-16", "utf-8-sig", "cp1252"])
def test_other_encodings_are_read_and_noted(tmp_path, encoding):
    text = "".join(
        json.dumps(release(number, tender={"title": "Café"}), ensure_ascii=False) + "\n"
        for number in range(3)
    )

    outcome = read(tmp_path, text.encode(encoding))

    assert [row["title"] for row in outcome["processes"]] == ["Café"] * 3


def test_an_empty_input_is_told(tmp_path):
    with pytest.raises(BadInputError, match="empty"):
        read(tmp_path, b"")
