"""A backup is rehearsed: written, restored into either database, checked and compared."""

import json
import shutil
import stat
import zipfile
from dataclasses import replace
from pathlib import Path

import pytest

from convener.service.actions.access import add_user
from convener.service.actions.backups import DamagedBackupError, NotEmptyError, restore
from convener.service.models import User
from service.furniture import AT
from service.installations import COMMAND, DATABASES, PROGRAMS, Installation

HELD = b"the decisions of the market"
# Says anew what is there, in a file like the first; then goes on, and checks all.
FURTHER = """
import sys
from pathlib import Path
import django
django.setup()
from django.utils import timezone
from convener.service.actions.backups import back_up
from convener.service.actions.registry import register_organisation
from convener.service.actions.verifying import verify
back_up(Path(sys.argv[1]), at=timezone.now())
assert register_organisation(name="Second", at=timezone.now()).pk > 1
verify()
"""


@pytest.fixture(scope="module")
def backed_up(request, tmp_path_factory):
    """Give for either database an installation with rows and a backup of it, made once."""
    made = {}

    def of(database: str) -> tuple[Installation, Path]:
        if database not in made:
            folder = tmp_path_factory.mktemp("backed-up") / database
            here, file = Installation.ready(request, folder, database), folder / "one.backup"
            here.run(PROGRAMS / "beginning.py")
            (here.workspace / "decisions.parquet").write_bytes(HELD)
            here.run(*COMMAND, "backup", file)
            made[database] = here, file
        return made[database]

    return of


@pytest.fixture
def backup(backed_up, tmp_path) -> Path:
    """Give a copy of a backup, which a test may change."""
    return Path(shutil.copy(backed_up("sqlite")[1], tmp_path / "one.backup"))


@pytest.fixture
def empty(db, settings, tmp_path):
    """Point the actions at an installation in which nothing was done yet."""
    settings.KEYS, settings.WORKSPACE = tmp_path / "keys", tmp_path / "workspace"
    settings.WORKSPACE.mkdir()


def parts(path) -> dict:
    with zipfile.ZipFile(path) as archive:
        return json.loads(archive.read("manifest.json"))["parts"]


def changed(path, name, held) -> None:
    """Write a part of a backup anew, or leave it out."""
    with zipfile.ZipFile(path) as archive:
        kept = {one: archive.read(one) for one in archive.namelist()}
    with zipfile.ZipFile(path, "w") as archive:
        for one, was in kept.items():
            now = held(was) if one == name else was
            if now is not None:
                archive.writestr(one, now)


@pytest.mark.parametrize("goes", DATABASES)
@pytest.mark.parametrize("comes", DATABASES)
def test_what_is_restored_is_what_was_backed_up(request, tmp_path, backed_up, comes, goes):
    here, file = backed_up(comes)
    # Between databases of one kind, into none at all: the tables are made by the restore too.
    make = Installation.new if comes == goes == "sqlite" else Installation.ready
    there = replace(make(request, tmp_path / "there", goes), keys=here.keys)

    said = there.run(*COMMAND, "restore", file)

    assert "events in 2 streams are whole" in said
    assert (there.workspace / "decisions.parquet").read_bytes() == HELD
    there.run("-c", FURTHER, tmp_path / "two.backup")
    assert parts(file) == parts(tmp_path / "two.backup")
    assert stat.S_IMODE(file.stat().st_mode) == 0o600


def test_a_backup_holds_no_key_and_no_session(backed_up):
    here, file = backed_up("sqlite")
    with zipfile.ZipFile(file) as archive:
        names = archive.namelist()
        held = b"".join(archive.read(name) for name in names)

    named = [name for name in names if "session" in name or "key" in name]
    assert named == ["tables/convener.keytodrop.jsonl"]  # which keys are to go, by name alone
    masters = json.loads((here.keys / "masters.json").read_text())
    assert masters
    assert all(secret.encode() not in held for secret in masters.values())


USERS = "tables/convener.user.jsonl"
DAMAGE = {
    "changed": (USERS, lambda held: held.replace(b"ann@", b"eve@"), "not as it was written"),
    "cut": (USERS, lambda held: b"", "not as it was written"),
    "missing": (USERS, lambda held: None, "it holds no"),
    "nonsense": (USERS, lambda held: b"[1, 2]\n", "cannot be read"),
    "no manifest": ("manifest.json", lambda held: None, "no backup of convener"),
    "bad manifest": ("manifest.json", lambda held: b"{", "cannot be read"),
    "format": ("manifest.json", lambda held: held.replace(b"backup-1", b"backup-9"), "its format"),
    "older": ("manifest.json", lambda held: held.replace(b"0001_init", b"0000_init"), "version"),
    "decisions": ("decisions.parquet", lambda held: b"other", "not as it was written"),
}


@pytest.mark.usefixtures("empty")
@pytest.mark.parametrize("damage", DAMAGE)
def test_a_damaged_backup_is_refused(backup, settings, damage):
    name, how, said = DAMAGE[damage]
    changed(backup, name, how)

    with pytest.raises(DamagedBackupError, match=said):
        restore(backup)
    assert not (settings.WORKSPACE / "decisions.parquet").exists()


@pytest.mark.usefixtures("empty")
def test_of_a_backup_that_is_refused_no_row_is_left(backup):
    last = list(parts(backup))[-2]  # of the tables; after them come the decisions
    changed(backup, last, lambda held: b"[1]\n")

    with pytest.raises(DamagedBackupError, match=last):
        restore(backup)

    assert not User.objects.exists()


@pytest.mark.usefixtures("empty")
@pytest.mark.parametrize("held", [b"", b"PK\x03\x04", b"not a zip at all"])
def test_a_file_that_is_no_backup_is_refused(tmp_path, held):
    (tmp_path / "file").write_bytes(held)

    with pytest.raises(DamagedBackupError, match="cannot be read as a backup"):
        restore(tmp_path / "file")


@pytest.mark.usefixtures("empty")
def test_nothing_is_restored_over_what_is_there(backup):
    add_user(email="ann@example.org", password=None, at=AT)

    with pytest.raises(NotEmptyError, match="an empty one"):
        restore(backup)


def test_the_commands_say_in_a_line_what_they_refuse(backed_up, tmp_path):
    here, file = backed_up("sqlite")
    (tmp_path / "file").write_bytes(b"not a zip at all")

    over = here.refused(*COMMAND, "restore", file)
    again = here.refused(*COMMAND, "backup", file)
    damaged = here.refused(*COMMAND, "restore", tmp_path / "file")

    assert "an empty one" in over
    assert "is there already" in again
    assert "cannot be read as a backup" in damaged
    assert {said.count("\n") for said in (over, again, damaged)} == {1}
