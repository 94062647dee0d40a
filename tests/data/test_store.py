from __future__ import annotations

import signal
import subprocess
import sys
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from convener.base.errors import BadInputError, NotFoundError
from convener.data.store import KEEP_READERS_S, Source, Store, StoreBusyError
from convener.data.tables import PAYMENTS, TABLES

AT = datetime(2026, 4, 1, 9, tzinfo=UTC)


UNKNOWN_KEY = '{"format": 3, "sources": {}, "colour": "red"}'


@pytest.fixture
def store(tmp_path: Path) -> Store:
    return Store(tmp_path / "workspace")


def add_payments(store: Store, name: str, amounts: list[int], *, at: datetime = AT) -> None:
    with store.writing(at=at) as load:
        connection = store.connect()
        connection.execute(f"create table new ({PAYMENTS.ddl})")
        for line, amount in enumerate(amounts, 1):
            connection.execute(
                "insert into new (source, line, amount) values (?, ?, ?)", [name, line, amount]
            )
        connection.execute(f"copy new to '{load.part_path('payments', 0)}' (format parquet)")
        number = load.manifest.next_number
        source = Source(
            name, number, "payments", "test", "hash", at.isoformat(), load.name,
            parts=load.parts_written(), rows={"payments": len(amounts)},
        )  # fmt: skip
        sources = {**load.manifest.sources, name: source}
        load.switch(replace(load.manifest, sources=sources, next_number=number + 1))


def total(store: Store) -> int:
    with store.connect() as connection:
        row = connection.execute("select coalesce(sum(amount), 0) from payments").fetchone()
    assert row is not None
    return int(row[0])


def test_a_store_that_never_was_written_has_every_table_and_no_rows(store):
    connection = store.connect()

    counts = {
        name: connection.execute(f"select count(*) from {name}").fetchone()[0] for name in TABLES
    }

    assert set(counts.values()) == {0}


def test_what_a_load_wrote_is_read_after_it_switched(store):
    add_payments(store, "council", [10, 20])

    assert total(store) == 30


def test_several_sources_lie_side_by_side(store):
    add_payments(store, "one", [1])
    add_payments(store, "two", [2])

    assert total(store) == 3
    assert [source.number for source in store.manifest().sources.values()] == [1, 2]


def test_a_reader_keeps_the_snapshot_that_it_opened(store):
    add_payments(store, "council", [10])
    reader = store.connect()

    with store.writing(at=AT + timedelta(seconds=1)) as load:
        load.switch(replace(load.manifest, sources={}))

    assert reader.execute("select sum(amount) from payments").fetchone()[0] == 10
    assert total(store) == 0


def _break_while_writing(store: Store) -> None:
    with store.writing(at=AT) as load:
        load.part_path("payments", 0).write_bytes(b"half a part")
        raise RuntimeError


def test_a_load_that_raises_leaves_the_store_as_it_was(store):
    add_payments(store, "council", [10])
    before = sorted(path for path in store.folder.rglob("*") if path.is_file())

    with pytest.raises(RuntimeError):
        _break_while_writing(store)

    assert sorted(path for path in store.folder.rglob("*") if path.is_file()) == before
    assert total(store) == 10


def test_a_second_load_is_refused_while_one_is_writing(store):
    with (
        store.writing(at=AT),
        pytest.raises(StoreBusyError, match="another load is writing"),
        store.writing(at=AT),
    ):
        pass


DYING = """
import os, signal, sys
from datetime import UTC, datetime
from pathlib import Path
from convener.data.store import Store

store = Store(Path(sys.argv[1]))
with store.writing(at=datetime(2026, 4, 1, 9, tzinfo=UTC)) as load:
    load.part_path("payments", 0).write_bytes(b"half a part")
    (store.folder / "manifest.json.partial").write_text("{", encoding="utf-8")
    os.kill(os.getpid(), signal.SIGKILL)
"""


def test_a_load_that_is_killed_leaves_the_store_as_it_was_and_the_lock_free(store):
    add_payments(store, "council", [10])

    killed = subprocess.run([sys.executable, "-c", DYING, str(store.folder)], check=False)

    assert killed.returncode == -signal.SIGKILL
    assert total(store) == 10
    add_payments(store, "second", [5], at=AT + timedelta(minutes=1))
    assert total(store) == 15


def test_parts_that_nobody_names_are_swept_when_no_reader_can_hold_them(store):
    add_payments(store, "council", [10])
    orphan = store.folder / "parts" / "orphan"
    orphan.mkdir()
    now = datetime.now(UTC)

    with store.writing(at=now):
        assert orphan.exists()
    assert orphan.exists()
    with store.writing(at=now + timedelta(seconds=KEEP_READERS_S + 60)):
        pass

    assert not orphan.exists()
    assert total(store) == 10


@pytest.mark.parametrize(
    "text", ["", "{", "[]", '{"format": 99}', '{"format": 3}', "<html>", UNKNOWN_KEY]
)
def test_a_manifest_that_cannot_be_read_is_said_so(store, text):
    store.folder.mkdir()
    (store.folder / "manifest.json").write_text(text, encoding="utf-8")

    with pytest.raises(BadInputError, match=r"manifest|format 99"):
        store.manifest()


def test_a_source_that_is_not_loaded_is_named_with_those_that_are(store):
    add_payments(store, "council", [10])

    with pytest.raises(NotFoundError, match="'hospital'; loaded: council"):
        store.source("hospital")


def test_a_store_is_made_with_the_folders_above_it(tmp_path):
    store = Store(tmp_path / "not" / "yet" / "there")

    add_payments(store, "council", [10])

    assert total(store) == 10


def test_the_engine_installs_and_loads_nothing_by_itself(store):
    with store.connect() as connection:
        found = connection.execute(
            "select name, value from duckdb_settings() where name like 'auto%known_extensions'"
        ).fetchall()

    assert dict(found) == {
        "autoinstall_known_extensions": "false",
        "autoload_known_extensions": "false",
    }


def test_a_load_that_switched_keeps_its_parts_though_it_raises_later(store):
    with pytest.raises(RuntimeError), store.writing(at=AT) as load:  # noqa: PT012 -- after a switch
        load.part_path("payments", 0).write_bytes(b"parts of another table are read by others")
        load.switch(load.manifest)
        raise RuntimeError

    assert (store.folder / "parts" / load.section / "payments-0.parquet").exists()
