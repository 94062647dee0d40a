"""One file that holds the whole record, for either database; and the record out of it again.

It is a zip of one text a table, a row a line, read at one moment. Each part has its digest in
the manifest. Keys are never in it: what is sealed is as sealed in the file as in the database.
Sessions are not in it either: after a restore everyone signs in anew.
"""

from __future__ import annotations

import hashlib
import json
import os
import zipfile
from collections.abc import Callable, Iterable, Iterator
from datetime import datetime
from itertools import batched
from pathlib import Path
from typing import IO, Any

from django.conf import settings
from django.core.management.color import no_style
from django.db import connection, models, transaction
from django.db.migrations.recorder import MigrationRecorder

from convener.base.errors import BadInputError, WrongStepError
from convener.service.fields import stored_models
from convener.service.snapshots import one_moment

FORMAT = "convener-backup-1"
MANIFEST = "manifest.json"
DECISIONS = "decisions.parquet"
MOST_MANIFEST = 10_000_000  # bytes
MOST_LINE = 100_000_000  # bytes of one row
# Made by the migrations themselves, or let people in without asking.
LEFT_OUT = frozenset({"contenttypes.contenttype", "auth.permission", "convener.session"})
BATCH = 1_000


class DamagedBackupError(BadInputError):
    """The file is not a backup of convener, or not as it was written."""


class NotEmptyError(WrongStepError):
    """A backup is restored into a workspace in which nothing was done yet."""


def back_up(path: Path, *, at: datetime) -> dict[str, int]:
    """Write everything into one new file; return how many rows of each table it holds.

    Raises
    ------
    BadInputError
        If there is such a file already.
    """
    if path.exists():
        raise BadInputError(f"{path} is there already; a backup takes a new name")
    partial = path.with_name(f"{path.name}.{os.getpid()}")
    try:
        descriptor = os.open(partial, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(descriptor, "wb") as file:
            counts = _write(file, at)
            file.flush()
            os.fsync(file.fileno())
        partial.rename(path)
    finally:
        partial.unlink(missing_ok=True)
    return counts


def _write(file: IO[bytes], at: datetime) -> dict[str, int]:
    parts: dict[str, dict[str, Any]] = {}
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED, compresslevel=6) as archive:
        with one_moment():
            for model in _models():
                name = _part(model)
                with archive.open(name, "w", force_zip64=True) as part:
                    parts[name] = _digested(_lines(model), part.write)
            migrations = _migrations()
        decisions = Path(settings.WORKSPACE) / DECISIONS
        if decisions.is_file():
            held = decisions.read_bytes()
            archive.writestr(DECISIONS, held)
            parts[DECISIONS] = {"digest": hashlib.sha256(held).hexdigest()}
        manifest = {"format": FORMAT, "at": at.isoformat(), "migrations": migrations}
        archive.writestr(MANIFEST, json.dumps({**manifest, "parts": parts}, indent=1))
    return {name: part["rows"] for name, part in parts.items() if "rows" in part}


def restore(path: Path) -> dict[str, int]:
    """Put what a backup holds into an empty database; return how many rows each table got.

    All of it goes in, or none of it.

    Raises
    ------
    DamagedBackupError
        If the file is not a backup, of another version, or not as it was written.
    NotEmptyError
        If something was done in this workspace already.
    """
    try:
        with zipfile.ZipFile(path) as archive:
            manifest = _manifest(archive)
            with transaction.atomic():
                _check_empty()
                counts = {
                    _part(model): _restore_table(archive, model, manifest) for model in _models()
                }
                _count_on()
            _restore_decisions(archive, manifest)
    except (zipfile.BadZipFile, OSError, EOFError) as error:
        raise DamagedBackupError(f"{path.name} cannot be read as a backup: {error}") from error
    return counts


def _models() -> list[type[models.Model]]:
    return [model for model in stored_models() if model._meta.label_lower not in LEFT_OUT]


def _part(model: type[models.Model]) -> str:
    return f"tables/{model._meta.label_lower}.jsonl"


def _migrations() -> list[str]:
    applied = MigrationRecorder(connection).applied_migrations()
    return sorted(f"{app}.{name}" for app, name in applied)


def _lines(model: type[models.Model]) -> Iterator[bytes]:
    """Give the rows of a table as text, the same on every database."""
    fields = model._meta.concrete_fields
    for row in model._base_manager.order_by("pk").iterator(BATCH):
        values = {
            field.attname: None
            if field.value_from_object(row) is None
            else field.value_to_string(row)
            for field in fields
        }
        yield json.dumps(values, sort_keys=True).encode() + b"\n"


def _digested(lines: Iterable[bytes], take: Callable[[bytes], object]) -> dict[str, Any]:
    """Hand on lines, and return how many they were and their digest."""
    digest, rows = hashlib.sha256(), 0
    for line in lines:
        take(line)
        digest.update(line)
        rows += 1
    return {"rows": rows, "digest": digest.hexdigest()}


def _manifest(archive: zipfile.ZipFile) -> dict[str, Any]:
    if MANIFEST not in archive.namelist() or archive.getinfo(MANIFEST).file_size > MOST_MANIFEST:
        raise DamagedBackupError(f"the file has no {MANIFEST}; it is no backup of convener")
    try:
        found: dict[str, Any] = json.loads(archive.read(MANIFEST))
        known, migrations = found["format"], found["migrations"]
        digests = {name: part["digest"] for name, part in found["parts"].items()}
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise DamagedBackupError(f"its {MANIFEST} cannot be read") from error
    if known != FORMAT:
        raise DamagedBackupError(f"its format is {known!r}; {FORMAT} is wanted")
    _check_version(migrations)
    missing = {_part(model) for model in _models()} - set(digests)
    if missing:
        raise DamagedBackupError(f"it holds no {min(missing)}")
    return found


def _check_version(migrations: list[str]) -> None:
    """Refuse a backup whose tables have another shape than ours."""
    here = set(_migrations())
    if set(migrations) != here:
        other = max(here ^ set(migrations))
        side = "the backup" if other in migrations else "this installation"
        raise DamagedBackupError(
            f"it was made by another version of convener: only {side} has {other}"
        )


def _check_empty() -> None:
    for model in _models():
        if model._base_manager.exists():
            raise NotEmptyError(
                f"this workspace holds {model._meta.verbose_name_plural} already;"
                " a backup is restored into an empty one"
            )


def _restore_table(
    archive: zipfile.ZipFile, model: type[models.Model], manifest: dict[str, Any]
) -> int:
    name = _part(model)
    if name not in archive.namelist():
        raise DamagedBackupError(f"it holds no {name}")
    fields = {field.attname: field for field in model._meta.concrete_fields}
    with archive.open(name) as part:
        for lines in batched(iter(lambda: part.readline(MOST_LINE), b""), BATCH):
            rows = [_row(model, fields, line, name) for line in lines]
            model._base_manager.bulk_create(rows, batch_size=BATCH)
    # What stands in the database now is asked, and not what was read.
    found = _digested(_lines(model), len)
    if found["digest"] != manifest["parts"][name]["digest"]:
        raise DamagedBackupError(f"its {name} is not as it was written")
    rows_restored: int = found["rows"]
    return rows_restored


def _row(
    model: type[models.Model],
    fields: dict[str, models.Field[Any, Any]],
    line: bytes,
    name: str,
) -> models.Model:
    try:
        values: dict[str, Any] = json.loads(line)
        read = {
            key: None if value is None else fields[key].to_python(value)
            for key, value in values.items()
        }
        return model(**read)
    except Exception as error:
        raise DamagedBackupError(f"a row of its {name} cannot be read") from error


def _count_on() -> None:
    """Let new rows get numbers after those that were restored."""
    for statement in connection.ops.sequence_reset_sql(no_style(), _models()):
        with connection.cursor() as cursor:
            cursor.execute(statement)


def _restore_decisions(archive: zipfile.ZipFile, manifest: dict[str, Any]) -> None:
    part = manifest["parts"].get(DECISIONS)
    if part is None:
        return
    held = archive.read(DECISIONS)
    if hashlib.sha256(held).hexdigest() != part["digest"]:
        raise DamagedBackupError(f"its {DECISIONS} is not as it was written")
    path = Path(settings.WORKSPACE) / DECISIONS
    partial = path.with_name(f"{DECISIONS}.{os.getpid()}")
    partial.write_bytes(held)
    partial.replace(path)
