"""`convener sources`: what is loaded, its report, and taking it out."""

from __future__ import annotations

import json

import pytest

from commands import command_in, refused

COLUMNS = [
    "source",
    "kind",
    "releases",
    "processes",
    "awards",
    "contracts",
    "organisations",
    "payments",
    "provision",
    "refused",
    "nulled",
    "coverage",
    "loaded_at",
    "origin",
]


def test_each_source_has_a_row_of_what_it_holds(ask):
    rows = {row["source"]: row for row in ask("sources", "--json").rows}

    assert [list(row) for row in rows.values()] == [COLUMNS] * 4
    awards, payments, places = rows["awards"], rows["payments"], rows["places"]
    assert (awards["releases"], awards["processes"], awards["awards"]) == (4, 4, 4)
    assert (awards["kind"], awards["organisations"], awards["contracts"]) == ("ocds", 4, 0)
    assert (payments["kind"], payments["payments"], payments["refused"]) == ("payments", 3, 0)
    assert (places["kind"], places["provision"], places["organisations"]) == ("provision", 2, 2)
    assert 0 < payments["coverage"] < 1
    assert rows["ownership"]["coverage"] is None


def test_a_buyer_is_among_the_organisations_of_its_payments(ask):
    [payments] = [row for row in ask("sources", "--json").rows if row["source"] == "payments"]

    assert payments["organisations"] == 3  # two payees and their council; a person is never named


def test_a_store_with_nothing_in_it_lists_nothing(new):
    assert new("sources").out == "Sources: none\n"
    assert new("sources", "--json").rows == []
    assert new("sources", "--format", "csv").out == ",".join(COLUMNS) + "\n"


def test_a_source_is_taken_out_with_its_rows(copied):
    run = command_in(copied)

    answer = run("sources", "remove", "payments")

    assert (answer.code, answer.out) == (0, "payments is out of the store: 3 rows\n")
    assert "payments" not in [row["source"] for row in run("sources", "--json").rows]
    names = [row["name"] for row in run("organisations", "--json").rows]
    assert "=Bad Formula Ltd" not in names


def test_the_report_of_a_source_is_shown_again(ask):
    text = ask("sources", "report", "payments")
    report = json.loads(ask("sources", "report", "payments", "--json").out)

    assert text.out.startswith("payments\n3 rows read, 0 refused")
    assert report["reading"]["read"] == 3
    assert all(f"  {said}" in text.out for said in report["conclusions"])


@pytest.mark.parametrize("act", ["remove", "report"])
def test_a_source_that_is_not_loaded_is_refused_with_those_that_are(ask, act):
    refused(ask("sources", act, "spend"), "'spend'", "awards, ownership, payments, places")


def test_a_report_that_is_gone_says_how_to_get_it(copied):
    [path] = [p for p in copied.rglob("report.json") if '"payments"' in p.read_text()[:200]]
    path.unlink()

    refused(command_in(copied)("sources", "report", "payments"), "load the source again")


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("{", "is not a store manifest"),
        ("[]", "is not a store manifest"),
        ('{"format": 3, "sources": {"a": {}}}', "is not a store manifest"),
        ('{"format": 99}', "this convener reads format 3: load its sources again"),
    ],
)
@pytest.mark.parametrize("words", [["sources"], ["organisations"], ["measure", "hhi"], ["market"]])
def test_a_manifest_that_cannot_be_read_is_refused(copied, text, said, words):
    (copied / "manifest.json").write_text(text)

    refused(command_in(copied)(*words), said)


def _cut(path):
    path.write_bytes(path.read_bytes()[:-20])


def _empty(path):
    path.write_bytes(b"")


def _overwrite(path):
    path.write_bytes(b"PAR1" + b"x" * 400 + b"PAR1")


def _delete(path):
    path.unlink()


@pytest.mark.parametrize("damage", [_cut, _empty, _overwrite, _delete])
def test_a_damaged_part_is_named_with_what_mends_it(copied, damage):
    [part] = copied.glob("parts/*/*/payments-0.parquet")
    damage(part)
    run = command_in(copied)

    for words in (["sources"], ["organisations"], ["measure", "hhi"], ["market"]):
        refused(run(*words), "payments-0.parquet", "convener sources remove payments")


@pytest.mark.parametrize("damage", [_overwrite, _delete])
def test_what_a_damaged_part_advises_mends_it(copied, given, damage):
    [part] = copied.glob("parts/*/*/payments-0.parquet")
    damage(part)
    run = command_in(copied)

    assert run("sources", "remove", "payments").code == 0
    assert run("load", given / "payments.csv").code == 0
    assert run("market").code == 0


def test_a_damaged_table_of_all_sources_is_made_anew_by_a_removal(copied):
    name = json.loads((copied / "manifest.json").read_text())["derived"]["organisations"][0]
    _cut(copied / name)
    run = command_in(copied)

    refused(run("organisations"), name, "the removal of a source")
    assert run("sources", "remove", "places").code == 0
    assert run("organisations").code == 0


def test_damage_inside_a_part_is_said_when_it_is_met(copied):
    [part] = copied.glob("parts/*/*/payments-0.parquet")
    held = bytearray(part.read_bytes())
    held[4:120] = bytes(116)
    part.write_bytes(held)

    refused(
        command_in(copied)("measure", "hhi", "--basis", "payments"), "the store cannot be read"
    )
