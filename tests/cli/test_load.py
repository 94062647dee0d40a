"""`convener load`: what it takes, what it says, and what it leaves behind when it fails."""

from __future__ import annotations

import fcntl
import gzip
import json
import os
import pty
import signal
import subprocess
import sys
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager, suppress
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

from commands import PROGRAM, command_in, refused
from convener.cli import demo, loads
from convener.data.store import Store

MAPPING = """kind = "payments"
[columns]
paid_on = "Pay Day"
payee_name = "Paid To"
amount = "Sum"
[constants]
buyer_name = "Ashby Council"
currency = "GBP"
vat = "out"
"""


def test_a_load_ends_with_a_report_of_each_source(new, given):
    answer = new("load", given / "payments.csv", given / "ownership.csv")

    assert answer.code == 0
    assert answer.err == ""
    assert "payments\n3 rows read, 0 refused" in answer.out
    assert "total 125.5, largest 100.5" in answer.out
    assert "ownership\n2 rows read, 0 refused" in answer.out


def test_the_report_as_json_is_a_list_with_exact_money(new, given):
    answer = new("load", given / "payments.csv", "--json")

    [report] = answer.rows
    assert (report["source"], report["changed"]) == ("payments", True)
    assert report["reading"]["read"] == 3
    assert report["amounts"][0]["total"] == "125.5000"
    assert answer.err == ""


def test_the_same_file_twice_changes_nothing_and_says_how_to_read_it_anew(new, given):
    new("load", given / "payments.csv")

    again = new("load", given / "payments.csv")
    as_json = new("load", given / "payments.csv", "--json")

    assert again.code == 0
    assert "nothing has changed" in again.out
    assert "convener sources remove payments" in again.out
    assert as_json.rows[0]["changed"] is False


def test_a_source_bears_the_name_it_is_given(new, given):
    new("load", given / "payments.csv", "--name", "spend of 2025")

    assert [row["source"] for row in new("sources", "--json").rows] == ["spend of 2025"]


def test_standard_input_is_read(new, given):
    answer = new(
        "load", "-", "--name", "piped", "--json", stdin=(given / "payments.csv").read_bytes()
    )

    assert answer.rows[0]["source"] == "piped"
    assert answer.rows[0]["rows"] == {"payments": 3}


def test_packed_files_and_folders_are_read(new, given, tmp_path):
    folder = tmp_path / "packed"
    folder.mkdir()
    (folder / "spend.csv.gz").write_bytes(gzip.compress((given / "payments.csv").read_bytes()))

    answer = new("load", folder, "--json")

    assert answer.rows[0]["source"] == "packed"
    assert answer.rows[0]["rows"] == {"payments": 3}


def test_columns_are_read_by_a_mapping_file(new, tmp_path):
    (tmp_path / "spend.csv").write_text("Pay Day,Paid To,Sum\n1/4/2025,Good Care Ltd,1.10\n")
    (tmp_path / "spend.toml").write_text(MAPPING)

    answer = new("load", tmp_path / "spend.csv", "--mapping", tmp_path / "spend.toml", "--json")

    assert answer.rows[0]["amounts"][0]["total"] == "1.1000"


def test_a_list_of_places_is_of_the_day_it_is_said_to_be(new, given):
    given_as = ("--as", "provision", "--on", "2025-03-31", "--json")

    answer = new("load", given / "places.csv", *given_as)

    assert answer.rows[0]["dates"][0]["first"] == "2025-03-31"


def test_a_source_that_cannot_be_read_costs_the_others_nothing(new, given, tmp_path):
    answer = new("load", tmp_path / "absent.csv", given / "payments.csv")

    refused(answer, "absent.csv is not loaded: there is no file or folder")
    assert [row["source"] for row in new("sources", "--json").rows] == ["payments"]


def test_each_source_that_fails_has_a_line(new, tmp_path):
    answer = new("load", tmp_path / "one.csv", tmp_path / "two.csv", "--json")

    assert answer.code == 1
    assert answer.rows == []
    said = answer.err.splitlines()
    assert [line.startswith("convener: ") for line in said] == [True, True]


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (None, "holds no file to read"),
        ("", "is empty"),
        ("<!doctype html><html><body>Not found</body></html>", "a web page"),
        ("one,two\n1,2\n", "headings that no mapping knows"),
        ('{"ocid": ', "nothing in"),
    ],
)
def test_what_is_no_data_is_refused(new, tmp_path, content, said):
    folder = tmp_path / "folder"
    folder.mkdir()
    if content is not None:
        (folder / "file.json").write_text(content)

    refused(new("load", folder if content is None else folder / "file.json"), said)
    assert new("sources", "--json").rows == []


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["--as", "spend"], "'spend' is no kind of source; wanted ocds, payments"),
        (["--mapping", "absent.toml"], "absent.toml"),
        (["--as", "ocds"], "which is not JSON"),
    ],
)
def test_what_a_file_cannot_be_is_refused(new, given, words, said):
    refused(new("load", given / "payments.csv", *words), said)
    assert new("sources", "--json").rows == []


def test_a_kind_that_is_none_is_refused_for_a_file_that_is_loaded_too(new, given):
    new("load", given / "payments.csv")

    refused(new("load", given / "payments.csv", "--as", "spend"), "no kind of source")


def test_one_name_is_not_for_two_sources(new, given):
    words = ("load", given / "payments.csv", given / "awards.jsonl", "--name", "both")

    refused(new(*words), "--name names one source; 2 were given")


def test_a_feed_at_a_private_address_wants_leave(new):
    refused(new("load", "http://127.0.0.1:9/releases"), "no public address")


def test_a_feed_at_a_private_address_is_read_with_leave(new, given):
    releases = [json.loads(line) for line in (given / "awards.jsonl").read_text().splitlines()]
    package = json.dumps({"uri": "https://a.example", "releases": releases}).encode()

    with served(package) as address:
        answer = new("load", address, "--allow-private", "--name", "feed", "--json")

    assert answer.rows[0]["rows"]["awards"] == 4
    assert new("sources", "--json").rows[0]["origin"] == address


@contextmanager
def served(content):
    class Handler(BaseHTTPRequestHandler):
        def do_GET(self):
            self.send_response(200)
            self.send_header("Content-Type", "application/json")
            self.end_headers()
            self.wfile.write(content)

        def log_message(self, *_args):
            pass

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_port}/releases"
        server.shutdown()


def test_two_loads_at_once_are_refused(new, given, tmp_path):
    (tmp_path / "new").mkdir()
    with (tmp_path / "new" / "lock").open("a+") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)

        answer = new("load", given / "payments.csv")

    refused(answer, "another load is writing")


def test_a_workspace_that_is_a_file_is_refused(given):
    run = command_in(given / "payments.csv")

    refused(run("load", given / "payments.csv"), "payments.csv")
    refused(run("sources"), "payments.csv")


def test_a_stop_before_the_end_changes_nothing(new, given, monkeypatch):
    def stopped(*_args, **_named):
        raise KeyboardInterrupt

    monkeypatch.setattr(loads, "load", stopped)

    answer = new("load", given / "payments.csv")

    assert answer.code == 130
    assert answer.err == "convener: stopped; nothing was changed\n"
    assert new("sources", "--json").rows == []


def test_a_stop_after_the_end_does_not_say_that_nothing_was_changed(new, given, monkeypatch):
    load = loads.load

    def loaded_and_stopped(*args, **named):
        load(*args, **named)
        raise KeyboardInterrupt

    monkeypatch.setattr(loads, "load", loaded_and_stopped)

    answer = new("load", given / "payments.csv")

    assert answer.code == 130
    assert "the store was changed before the stop" in answer.err


# What runs in the background is started deaf to the keyboard, and what it starts is so too.
HEARING = (
    "import os, signal, sys\n"
    "signal.signal(signal.SIGINT, signal.SIG_DFL)\n"
    "os.execv(sys.argv[1], sys.argv[1:])"
)


def test_a_stop_from_the_keyboard_leaves_the_store_whole(given, tmp_path):
    workspace = tmp_path / "stopped"
    loading = [*PROGRAM, "--workspace", workspace, "load", "-", given / "awards.jsonl"]
    words = [sys.executable, "-c", HEARING, *loading]
    with subprocess.Popen(words, stdin=subprocess.PIPE, stderr=subprocess.PIPE) as program:
        until = time.monotonic() + 60
        while not list(workspace.glob("raw/*/*/stdin")) and time.monotonic() < until:
            time.sleep(0.05)
        program.send_signal(signal.SIGINT)
        said = program.communicate(timeout=60)[1].decode()

    assert program.returncode == 130
    assert said == "convener: stopped; nothing was changed\n"
    assert Store(workspace).manifest().sources == {}
    assert not list(workspace.glob("parts/*/*"))


def test_progress_goes_to_a_terminal_alone(given, tmp_path):
    shown, theirs = pty.openpty()
    workspace = ["--workspace", tmp_path / "seen"]
    words = [*PROGRAM, *workspace, "load", given / "payments.csv", "--json"]
    # Read as it comes: a terminal holds a few thousand characters, and then its writer waits.
    with ThreadPoolExecutor(1) as reading:
        said = reading.submit(_whole, shown)
        try:
            ended = subprocess.run(
                words,
                stdout=subprocess.PIPE,
                stderr=theirs,
                check=True,
                timeout=120,
                env=os.environ | {"TERM": "xterm"},
            )
        finally:
            os.close(theirs)

    assert json.loads(ended.stdout)[0]["source"] == "payments"
    assert b"checking" in said.result()
    assert b"saying who is who" in said.result()


def _whole(terminal):
    said = b""
    with suppress(OSError):  # how a terminal says that nobody writes to it any more
        while chunk := os.read(terminal, 1 << 16):
            said += chunk
    os.close(terminal)
    return said


def test_the_program_says_a_refusal_without_a_traceback(tmp_path):
    ended = subprocess.run(
        [*PROGRAM, "--workspace", tmp_path / "new", "load", tmp_path / "absent.csv"],
        capture_output=True,
        text=True,
        check=False,
    )

    assert ended.returncode == 1
    assert ended.stdout == ""
    assert ended.stderr.startswith("convener: ")
    assert ended.stderr.count("\n") == 1


def test_the_demo_market_is_the_same_for_the_same_seed(new, monkeypatch):
    made = []

    def noted(_store, wanted, **_named):
        files = [
            p for one in wanted for p in sorted([Path(one.origin), *Path(one.origin).rglob("*")])
        ]
        made.append([one.name for one in wanted] + [p.read_bytes() for p in files if p.is_file()])

    monkeypatch.setattr(demo, "load_all", noted)
    monkeypatch.setattr(demo, "play", lambda workspace: None)  # its people need what was loaded

    codes = [new("demo", "--seed", seed).code for seed in (7, 7, 8)]

    assert codes == [0, 0, 0]
    assert made[0] == made[1] != made[2]
    assert all(name.startswith("demo-") for name in made[0] if isinstance(name, str))


def test_python_runs_the_program_too():
    ended = subprocess.run(
        [sys.executable, "-c", "from convener.cli import app; app()", "--help"],
        capture_output=True,
        text=True,
        check=True,
    )

    assert "load" in ended.stdout
