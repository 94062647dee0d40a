from __future__ import annotations

import gzip
import json
import os
import shutil
import subprocess
import threading
import zipfile
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest

from convener.base.errors import BadInputError, ConvenerError, NotFoundError
from convener.data.loading import NoSpaceError, Wanted, load, read_report, remove
from convener.data.sources.origins import source_name
from convener.data.store import Source, Store, StoreBusyError

AT = datetime(2026, 4, 1, 9, tzinfo=UTC)
PAYMENTS = (
    "Body Name,Payment Date,Supplier Name,Net Amount,Service Area\n"
    "Ashby Council,01/04/2025,Good Care Ltd,100.50,Home care\n"
    "Ashby Council,02/04/2025,=Bad Formula Ltd,20,Home care\n"
    "Ashby Council,30/04/2025,REDACTED PERSONAL DATA,5,Home care\n"
)


def release(number: int, **changes: Any) -> dict[str, Any]:
    return {
        "ocid": f"ocds-213czf-{number}",
        "id": f"{number}-1",
        "date": "2025-04-01T00:00:00Z",
        "tag": ["award"],
        "initiationType": "tender",
        "parties": [
            {"id": "b", "name": "Ashby Council", "roles": ["buyer"]},
            {
                "id": "s",
                "name": "Good Care Ltd",
                "roles": ["supplier"],
                "identifier": {"scheme": "GB-COH", "id": "01234567"},
            },
        ],
        "buyer": {"id": "b", "name": "Ashby Council"},
        "tender": {"title": "Home care", "procurementMethod": "open"},
        "awards": [
            {
                "id": "a",
                "status": "active",
                "date": "2025-04-01T00:00:00Z",
                "value": {"amount": 1000.25, "currency": "GBP"},
                "suppliers": [{"id": "s", "name": "Good Care Ltd"}],
            }
        ],
    } | changes


def lines(*releases: dict[str, Any]) -> bytes:
    return b"".join(json.dumps(each).encode() + b"\n" for each in releases)


@pytest.fixture
def store(tmp_path: Path) -> Store:
    return Store(tmp_path / "workspace")


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    made = tmp_path / "given"
    made.mkdir()
    return made


@pytest.fixture
def awards(folder: Path) -> Path:
    path = folder / "awards.jsonl"
    path.write_bytes(lines(release(1), release(2)))
    return path


@pytest.fixture
def payments(folder: Path) -> Path:
    path = folder / "payments.csv"
    path.write_text(PAYMENTS, encoding="utf-8")
    return path


def load_path(store: Store, *paths: Path, at: datetime = AT) -> None:
    for done in load(store, [Wanted(origin=str(path)) for path in paths], at=at):
        if done.error is not None:
            raise done.error


def one(store: Store, sql: str) -> Any:
    with store.connect() as connection:
        row = connection.execute(sql).fetchone()
    assert row is not None
    return row[0]


def test_sources_of_several_kinds_lie_side_by_side_with_provenance(store, awards, payments):
    load_path(store, awards, payments)

    assert one(store, "select list(distinct source) from awards") == ["awards"]
    assert one(store, "select list(distinct source) from payments") == ["payments"]
    assert one(store, "select sum(amount)::varchar from awards") == "2000.5000"


def test_the_same_spelling_in_awards_and_payments_is_one_organisation(store, awards, payments):
    load_path(store, awards, payments)

    found = one(store, "select count(*) from organisations where name ilike 'good care%'")

    assert found == 1


def test_the_same_source_twice_changes_nothing(store, awards):
    load_path(store, awards)
    before = (store.folder / "manifest.json").read_bytes()

    (again,) = load(store, [Wanted(origin=str(awards))], at=AT + timedelta(days=1))

    assert not again.changed
    assert (store.folder / "manifest.json").read_bytes() == before


def test_a_source_of_the_same_name_and_new_content_replaces_the_old(store, awards):
    load_path(store, awards)
    awards.write_bytes(lines(release(1), release(2), release(3)))

    load_path(store, awards, at=AT + timedelta(days=1))

    assert one(store, "select count(*) from processes") == 3
    assert len(store.manifest().sources) == 1


def test_removing_a_source_takes_its_rows_and_its_organisations_out(store, awards, payments):
    load_path(store, awards, payments)

    remove(store, "payments", at=AT)

    assert one(store, "select count(*) from payments") == 0
    assert one(store, "select count(*) from processes") == 2
    assert one(store, "select count(*) from organisations where name like '%Formula%'") == 0


def test_removing_what_is_not_loaded_says_what_is(store, awards):
    load_path(store, awards)

    with pytest.raises(NotFoundError, match="'ducks'; loaded: awards"):
        remove(store, "ducks", at=AT)


def test_a_bad_source_is_left_out_and_the_good_ones_beside_it_are_loaded(store, awards, folder):
    bad = folder / "page.json"
    bad.write_text("<!DOCTYPE html><title>Not found</title>", encoding="utf-8")

    done = load(store, [Wanted(origin=str(bad)), Wanted(origin=str(awards))], at=AT)

    assert isinstance(done[0].error, BadInputError)
    assert done[1].changed
    assert list(store.manifest().sources) == ["awards"]


def test_an_interrupted_load_leaves_the_store_as_it_was(store, awards, payments):
    load_path(store, awards)
    before = sorted(path for path in store.folder.rglob("*") if path.is_file())

    def interrupt(stage: str, _done: int, _whole: int | None) -> None:
        if stage == "identify":
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        load(store, [Wanted(origin=str(payments))], at=AT, progress=interrupt)

    assert sorted(path for path in store.folder.rglob("*") if path.is_file()) == before
    assert one(store, "select count(*) from payments") == 0


def test_two_loads_at_once_are_told_apart(store, awards):
    with store.writing(at=AT), pytest.raises(StoreBusyError, match="another load is writing"):
        load(store, [Wanted(origin=str(awards))], at=AT)


def test_standard_input_is_kept_so_that_it_can_be_read_again(store, awards):
    with awards.open("rb") as stream:
        (done,) = load(store, [Wanted(origin="-", name="piped")], at=AT, stdin=stream)

    assert done.changed
    assert done.source is not None
    kept = list((store.folder / "raw").rglob("stdin"))
    assert [path.read_bytes() for path in kept] == [awards.read_bytes()]


def test_a_folder_of_several_kinds_is_one_source(store, awards, payments):
    load_path(store, awards.parent)

    (source,) = store.manifest().sources.values()
    assert source.kind == "ocds+payments"
    assert source.rows["processes"] == 2
    assert source.rows["payments"] == 3


def test_a_file_of_no_known_kind_in_a_folder_is_reported_and_left_out(store, awards):
    (awards.parent / "odd.csv").write_text("colour,shape\nred,round\n", encoding="utf-8")

    load_path(store, awards.parent)

    (source,) = store.manifest().sources.values()
    reading = read_report(store, source)["reading"]
    assert reading["refused"] == 1
    assert "file left out" in reading["places"][0]["reason"]


def test_people_who_were_paid_are_counted_and_never_named(store, payments):
    load_path(store, payments)

    assert one(store, "select count(*) from payments where payee_withheld") == 1
    assert one(store, "select sum(amount)::varchar from payments") == "125.5000"
    for table in ("payments", "organisations", "identities"):
        assert "REDACTED" not in str(one(store, f"select string_agg(t::varchar) from {table} t"))


@pytest.mark.parametrize(
    ("origin", "name"),
    [
        ("a/b/releases.jsonl.gz", "releases"),
        ("https://example.org/feed/releases.json?x=1", "releases"),
        ("-", "stdin"),
        ("folder/", "folder"),
        ("./x.csv", "x"),
    ],
)
def test_a_source_is_named_by_the_last_word_of_its_origin(origin, name):
    assert source_name(origin, {}) == name


def test_sources_of_one_file_name_in_different_folders_keep_apart():
    first = Source("releases", 1, "ocds", "one/releases.json", "", "", "")
    second = Source("two-releases", 2, "ocds", "two/releases.json", "", "", "")
    loaded = {"releases": first, "two-releases": second}

    assert source_name("one/releases.json", loaded) == "releases"
    assert source_name("two/releases.json", loaded) == "two-releases"
    assert source_name("x/two/releases.json", loaded) == "two-releases-2"


@pytest.fixture
def feed() -> Iterator[tuple[str, dict[str, bytes]]]:
    """Give the address of a server on this machine, and the answers that it gives by path."""
    answers: dict[str, bytes] = {}

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            body = answers[self.path]
            self.send_response(200)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_: object) -> None:
            pass

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        thread = threading.Thread(target=server.serve_forever, args=(0.02,))
        thread.start()
        yield f"http://127.0.0.1:{server.server_port}", answers
        server.shutdown()
        thread.join()


def package(*releases: dict[str, Any], following: str = "") -> bytes:
    links = {"links": {"next": following}} if following else {}
    return json.dumps({"version": "1.1", "releases": releases} | links).encode()


def test_a_feed_is_read_page_by_page_and_fetched_anew_when_it_has_changed(store, feed):
    address, answers = feed
    wanted = [Wanted(origin=f"{address}/one", name="feed", allow_private=True)]
    answers["/one"] = package(release(1), following=f"{address}/two")
    answers["/two"] = package(release(2))

    (first,) = load(store, wanted, at=AT)
    (same,) = load(store, wanted, at=AT + timedelta(hours=1))
    answers["/two"] = package(release(2), release(3))
    (changed,) = load(store, wanted, at=AT + timedelta(hours=2))

    assert [first.changed, same.changed, changed.changed] == [True, False, True]
    assert one(store, "select count(*) from processes") == 3


def test_a_feed_at_a_private_address_is_refused_unless_allowed(store, feed):
    address, _ = feed

    (done,) = load(store, [Wanted(origin=f"{address}/one")], at=AT)

    assert isinstance(done.error, ConvenerError)
    assert "private" in str(done.error)


def html(path: Path) -> None:
    path.write_text("<html><title>Service unavailable</title></html>", encoding="utf-8")


def empty(path: Path) -> None:
    path.write_bytes(b"")


def no_json(path: Path) -> None:
    path.write_bytes(b'{"ocid": "ocds-213czf-1", ')


def odd_csv(path: Path) -> None:
    path.write_text("colour,shape\nred,round\n", encoding="utf-8")


def pdf(path: Path) -> None:
    path.write_bytes(b"%PDF-1.7\n")


def deep(path: Path) -> None:
    path.write_bytes(b"[" * 10_000)


def cut_gzip(path: Path) -> None:
    path.write_bytes(gzip.compress(lines(release(1)) * 100)[:-200])


def climbing_zip(path: Path) -> None:
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("../../outside.json", lines(release(1)))


def zip_bomb(path: Path) -> None:
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("bomb.json", b" " * (400 << 20))


def scalars(path: Path) -> None:
    path.write_bytes(b'1\n"two"\nnull\n')


HOSTILE = {
    html: "web page|HTML",
    empty: "empty",
    no_json: "could be read|JSON",
    odd_csv: "headings",
    pdf: "PDF",
    deep: "deep|nest|JSON",
    cut_gzip: "broken after",
    climbing_zip: "outside|\\.\\.",
    zip_bomb: "times|swell|unpack",
    scalars: "could be read|JSON|headings",
}


@pytest.mark.parametrize(
    ("make", "wanted"), HOSTILE.items(), ids=[make.__name__ for make in HOSTILE]
)
def test_a_hostile_file_gets_a_clear_message_and_leaves_the_store_whole(
    store, awards, folder, make, wanted
):
    load_path(store, awards)
    before = (store.folder / "manifest.json").read_bytes()
    path = folder / "hostile"
    make(path)

    with pytest.raises(BadInputError, match=f"(?i){wanted}"):
        load_path(store, path, at=AT + timedelta(days=1))

    assert (store.folder / "manifest.json").read_bytes() == before
    assert one(store, "select count(*) from processes") == 2


def latin(path: Path) -> None:
    path.write_bytes(lines(release(1)).replace(b"Home care", "Café".encode("latin-1")))


def utf16(path: Path) -> None:
    path.write_bytes(lines(release(1)).decode().encode("utf-16"))


def marked(path: Path) -> None:
    path.write_bytes(b"\xef\xbb\xbf" + lines(release(1)))


def cut_line(path: Path) -> None:
    path.write_bytes(lines(release(1)) + lines(release(2))[:-40])


def endless_number(path: Path) -> None:
    path.write_bytes(lines(release(1)).replace(b"1000.25", b"1e9999"))


def words_for_amount(path: Path) -> None:
    path.write_bytes(lines(release(1)).replace(b"1000.25", b'" 000,"'))


def impossible_day(path: Path) -> None:
    text = lines(release(1)).replace(b"2025-04-01T00:00:00Z", b"2025-02-31T00:00:00Z")
    path.write_bytes(text)


def object_for_list(path: Path) -> None:
    path.write_bytes(lines(release(1, awards={"id": "a", "status": "active"})))


def list_for_object(path: Path) -> None:
    path.write_bytes(lines(release(1, tender=[{"title": "Home care"}])))


def large_record(path: Path) -> None:
    items = [{"id": str(n), "description": "x" * 1000} for n in range(20_000)]
    path.write_bytes(lines(release(1, tender={"title": "Large", "items": items})))


ODD = {
    latin: "",
    utf16: "",
    marked: "",
    cut_line: "refused",
    endless_number: "nulled",
    words_for_amount: "nulled",
    impossible_day: "nulled",
    object_for_list: "nulled",
    list_for_object: "nulled",
    large_record: "",
}


@pytest.mark.parametrize(("make", "counted"), ODD.items(), ids=[make.__name__ for make in ODD])
def test_an_odd_file_loads_with_what_was_odd_counted_and_placed(store, folder, make, counted):
    path = folder / "odd.jsonl"
    make(path)

    load_path(store, path)

    (source,) = store.manifest().sources.values()
    reading = read_report(store, source)["reading"]
    assert one(store, "select count(*) from processes where ocid = 'ocds-213czf-1'") == 1
    if counted:
        assert reading[counted] >= 1
        assert reading["places"][0]["line"] in {1, 2}
        assert reading["places"][0]["reason"]


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    """Give a folder on a disk of 1 MB; only an administrator can make one."""
    folder = tmp_path / "disk"
    folder.mkdir()
    mount = shutil.which("mount")
    if os.geteuid() != 0 or mount is None:
        pytest.skip("only an administrator can mount a small disk to fill")
    made = subprocess.run(
        [mount, "-t", "tmpfs", "-o", "size=1m", "tmpfs", str(folder)], check=False
    )
    if made.returncode != 0:
        pytest.skip("this machine does not let a small disk be mounted")
    yield folder
    subprocess.run(["umount", str(folder)], check=True)


def test_a_full_disk_is_said_and_the_store_is_as_it_was(small_disk, awards, folder):
    store = Store(small_disk / "workspace")
    load_path(store, awards)
    before = (store.folder / "manifest.json").read_bytes()
    large = folder / "large.jsonl"
    words = [os.urandom(3000).hex() for _ in range(400)]
    large.write_bytes(lines(*(release(n, tender={"title": word}) for n, word in enumerate(words))))

    with pytest.raises(NoSpaceError, match="is full; the store is as it was"):
        load_path(store, large, at=AT + timedelta(days=1))

    assert (store.folder / "manifest.json").read_bytes() == before
    assert one(store, "select count(*) from processes") == 2
