"""A backup is rehearsed: written, restored into either database, checked and compared."""

import json
import stat
import zipfile
from dataclasses import replace

import pytest

from service.installations import COMMAND, DATABASES, PROGRAMS, Installation


def filled(request, folder, database) -> Installation:
    here = Installation.ready(request, folder, database)
    here.run(PROGRAMS / "beginning.py")
    (here.workspace / "decisions.parquet").write_bytes(b"the decisions of the market")
    return here


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
def test_what_is_restored_is_what_was_backed_up(request, tmp_path, comes, goes):
    here, file = filled(request, tmp_path / "here", comes), tmp_path / "one.backup"
    here.run(*COMMAND, "backup", file)
    there = replace(Installation.new(request, tmp_path / "there", goes), keys=here.keys)

    said = there.run(*COMMAND, "restore", file)

    assert "events in 2 streams are whole" in said
    assert (there.workspace / "decisions.parquet").read_bytes() == b"the decisions of the market"
    there.run(*COMMAND, "backup", tmp_path / "two.backup")
    assert parts(file) == parts(tmp_path / "two.backup")
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    there.run("-c", FURTHER)


FURTHER = """
import django
django.setup()
from django.utils import timezone
from convener.service.actions.registry import register_organisation
from convener.service.actions.verifying import verify
assert register_organisation(name="Second", at=timezone.now()).pk > 1
verify()
"""


@pytest.fixture
def backup(request, tmp_path):
    file = tmp_path / "one.backup"
    filled(request, tmp_path / "here", "sqlite").run(*COMMAND, "backup", file)
    return file


@pytest.fixture
def there(request, tmp_path) -> Installation:
    return Installation.ready(request, tmp_path / "there", "sqlite")


def test_a_backup_holds_no_key_and_no_session(backup, tmp_path):
    with zipfile.ZipFile(backup) as archive:
        names = archive.namelist()
        held = b"".join(archive.read(name) for name in names)

    named = [name for name in names if "session" in name or "key" in name]
    assert named == ["tables/convener.keytodrop.jsonl"]  # which keys are to go, by name alone
    masters = json.loads((tmp_path / "here" / "keys" / "masters.json").read_text())
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


@pytest.mark.parametrize("damage", DAMAGE)
def test_a_damaged_backup_is_refused(backup, there, damage):
    name, how, said = DAMAGE[damage]
    changed(backup, name, how)

    assert said in there.refused(*COMMAND, "restore", backup)


@pytest.mark.parametrize("held", [b"", b"PK\x03\x04", b"not a zip at all"])
def test_a_file_that_is_no_backup_is_refused(there, tmp_path, held):
    (tmp_path / "file").write_bytes(held)

    assert "cannot be read as a backup" in there.refused(*COMMAND, "restore", tmp_path / "file")


def test_nothing_is_restored_over_what_is_there(backup, tmp_path):
    here = Installation(tmp_path / "here" / "workspace", tmp_path / "here" / "keys", "")

    assert "an empty one" in here.refused(*COMMAND, "restore", backup)
    assert "is there already" in here.refused(*COMMAND, "backup", backup)
