"""Every list in four forms, which agree; and how the program meets pipes and screens."""

from __future__ import annotations

import csv
import io
import os
import pty
import subprocess
import sys
from datetime import date
from decimal import Decimal

import orjson
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from commands import PROGRAM
from convener.cli.output import Format, as_csv, as_json, show
from convener.measures.measure import catalogue

LISTS = [
    ["sources"],
    ["organisations"],
    ["market"],
    ["market", "home-care"],
    ["measure", "hhi", "largest-providers", "share-by-kind", "--by", "service,period"],
]


@pytest.mark.parametrize("words", LISTS, ids=" ".join)
def test_the_four_forms_agree(ask, words):
    from_json = ask(*words, "--format", "json").rows
    from_csv = list(csv.DictReader(io.StringIO(ask(*words, "--format", "csv").out)))
    from_parquet = pq.read_table(io.BytesIO(ask(*words, "--format", "parquet").raw)).to_pylist()
    table = ask(*words, "--format", "table")

    columns = list(dict.fromkeys(name for row in from_json for name in row))
    assert list(from_csv[0]) == list(from_parquet[0]) == columns
    for one, other, third in zip(from_json, from_csv, from_parquet, strict=True):
        for name in columns:
            assert _plain(third[name]) == one.get(name), name
            assert _is_said(one.get(name), other[name]), name
        assert str(one[_naming(one)]) in table.out
    assert table.code == 0


def _naming(row):
    return next(name for name in ("measure", "service", "source", "name") if name in row)


def _plain(value):
    return float(value) if isinstance(value, Decimal) else value


def _is_said(value, cell):
    if isinstance(value, bool | float | int):
        return float(cell) == value
    if isinstance(value, list):
        return cell == "; ".join(value)
    return cell.removeprefix("'") == (value or "")


def test_parquet_holds_rows_that_have_different_columns(ask):
    raw = ask("measure", "all", "--by", "", "--basis", "awards", "--format", "parquet").raw

    rows = pq.read_table(io.BytesIO(raw)).to_pylist()
    assert {row["measure"] for row in rows} == set(catalogue())
    assert {row["kind"] for row in rows if row["measure"] == "share-by-kind"} > {"private"}


@pytest.mark.parametrize("words", [["sources"], ["organisations"], ["market"], ["measure", "hhi"]])
def test_json_is_short_for_its_format(ask, words):
    assert ask(*words, "--json").rows == ask(*words, "--format", "json").rows


def test_money_keeps_every_digit_in_json_and_csv(ask):
    words = ("measure", "largest-providers", "--by", "", "--where", "service=home-care")

    [largest] = [
        row
        for row in csv.DictReader(io.StringIO(ask(*words, "--format", "csv").out))
        if row["provider_name"] == "Holding Group Ltd"
    ]
    assert largest["net_value"] == "1950000000000.3500"
    assert '"net_value": 1950000000000.3500' in ask(*words, "--json").out


def test_money_keeps_every_digit_in_parquet(ask):
    words = ("measure", "largest-providers", "--by", "", "--where", "service=home-care")

    table = pq.read_table(io.BytesIO(ask(*words, "--format", "parquet").raw))

    assert pa.types.is_decimal(table.schema.field("net_value").type)
    assert Decimal("1950000000000.3500") in table["net_value"].to_pylist()


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (Decimal("12345678901234567890.12"), "12345678901234567890.12"),
        (Decimal("1E+3"), "1000"),
        (Decimal("0.10"), "0.10"),
        (Decimal("-0.000000001"), "-0.000000001"),
    ],
)
def test_a_decimal_is_written_with_the_digits_it_has(value, text):
    assert as_json([{"amount": value}]) == f'[\n  {{\n    "amount": {text}\n  }}\n]\n'
    assert as_csv([{"amount": value}], ["amount"]) == f"amount\n{text}\n"


def test_a_formula_is_defused_in_csv_alone(ask):
    assert "\n'=Bad Formula Ltd,private" in ask("organisations", "--format", "csv").out
    assert ask("organisations", "--search", "bad", "--json").rows[0]["name"] == "=Bad Formula Ltd"


@pytest.mark.parametrize("start", ["=", "+", "-", "@", "\t", "\r"])
def test_no_cell_of_a_csv_starts_a_formula(start):
    [[cell]] = list(csv.reader(io.StringIO(as_csv([{"a": f"{start}x"}], ["a"]), newline="")))[1:]

    assert cell == f"'{start}x"


def test_numbers_below_nought_stay_numbers_in_csv():
    assert as_csv([{"a": -1.5, "b": Decimal(-2)}], ["a", "b"]) == "a,b\n-1.5,-2\n"


def test_lists_objects_and_days_are_text_in_csv():
    row = {"a": ["x", "y"], "b": {"n": Decimal("1.10")}, "c": date(2025, 4, 1), "d": None}

    assert as_csv([row], list(row)) == 'a,b,c,d\nx; y,"{""n"":1.10}",2025-04-01,\n'


def test_parquet_is_refused_on_a_screen(loaded_workspace):
    shown, theirs = pty.openpty()

    ended = subprocess.run(
        [*PROGRAM, "--workspace", loaded_workspace, "market", "--format", "parquet"],
        stdout=theirs,
        stderr=subprocess.PIPE,
        check=False,
    )
    os.close(theirs)
    os.close(shown)

    assert ended.returncode == 1
    assert ended.stderr.decode().startswith("convener: Parquet is not for a screen")


def test_text_that_looks_like_markup_is_shown_as_it_is(capsys):
    show([{"name": "[bold]Care[/bold] [/x]"}], Format.TABLE)

    assert "[bold]Care[/bold] [/x]" in capsys.readouterr().out


def test_help_comes_without_the_engine():
    code = (
        "import sys; from convener.cli import app\n"
        "try: app(['--help'])\n"
        "except SystemExit: pass\n"
        "print([name for name in ('duckdb', 'django', 'pyarrow', 'scipy') if name in sys.modules])"
    )

    ended = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True
    )

    assert ended.stdout.splitlines()[-1] == "[]"
    for command in ("load", "sources", "organisations", "measure", "market", "serve", "demo"):
        assert f"\n  {command} " in ended.stdout


def test_no_words_at_all_show_the_help():
    ended = subprocess.run(PROGRAM, capture_output=True, text=True, check=False)

    assert "Usage: convener" in ended.stdout + ended.stderr


@pytest.mark.parametrize("words", [["market"], ["market", "home-care"], ["sources", "--json"]])
def test_a_reader_that_goes_away_is_met_calmly(loaded_workspace, words):
    environment = {k: v for k, v in os.environ.items() if k != "PYTHONUNBUFFERED"}
    with subprocess.Popen(
        [*PROGRAM, "--workspace", loaded_workspace, *words],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        env=environment,
    ) as program:
        program.stdout.close()
        said = program.stderr.read()

    assert said == b""
    assert program.returncode == 1


def test_the_workspace_may_come_from_the_surroundings(loaded_workspace):
    ended = subprocess.run(
        [*PROGRAM, "market", "--json"],
        capture_output=True,
        check=True,
        env=os.environ | {"CONVENER_WORKSPACE": str(loaded_workspace)},
    )

    assert orjson.loads(ended.stdout)[0]["service"]


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        ([], ("127.0.0.1", 8000, False, 2)),
        (["--host", "::1", "--port", "8123", "--demo", "--workers", "3"], ("::1", 8123, True, 3)),
    ],
)
def test_serve_passes_on_what_it_was_told(new, tmp_path, monkeypatch, words, expected):
    from convener.service import server

    met = {}

    def noted(host, port, folder, *, demo, workers):
        met["asked"] = (host, port, demo, workers)
        met["folder"] = folder

    monkeypatch.delenv("PORT", raising=False)
    monkeypatch.setattr(server, "serve", noted)

    assert new("serve", *words).code == 0
    assert met == {"asked": expected, "folder": tmp_path / "new"}
