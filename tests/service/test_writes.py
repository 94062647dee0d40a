"""Nothing outside the journal's own module writes a row that the journal tells of."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.apps import apps

from convener.service.fields import journalled_models

PACKAGE = Path(__file__).resolve().parents[2] / "src" / "convener"
JOURNAL = PACKAGE / "service" / "actions" / "journal.py"
WRITES = {
    *("save", "create", "bulk_create", "get_or_create", "update_or_create"),
    *("update", "bulk_update", "delete", "asave", "acreate", "aupdate", "adelete", "raw"),
}
JOURNALLED = {model.__name__ for model in journalled_models()}
OTHER_MODELS = {model.__name__ for model in apps.get_models()} - JOURNALLED
# Where a receiver's model does not stand in the line itself: what it is, and why it may be.
KNOWN = {
    "service/pages.py": {"made.globals.update"},  # no row
    "service/actions/access.py": {"user.save"},  # the password alone, which is untold
    "service/actions/backups.py": {"model._base_manager.bulk_create"},  # rows with their events
    "service/actions/commands.py": {"row.save"},  # what a program was answered
    "service/actions/erasing.py": {"model.objects.filter(user=user).delete"},  # of libraries
    "service/actions/following.py": {"row.save"},  # what is not journalled, says the line above
    "service/actions/notices.py": {"mine.unread().update"},  # notices
    "service/actions/watching.py": {"found.update"},  # notices
    "service/actions/ticking.py": {"ended.delete"},  # slow jobs
}
# Fields that no event speaks of may be written past it.
UNTOLD = {
    "service/actions/tokens.py": {"ApiToken": "last_used_on reads_since read_count"},
    "service/actions/corrections.py": {"Correction": "applied_at undo_applied_at"},
}


def modules() -> list[Path]:
    found = [path for floor in ("service", "cli") for path in (PACKAGE / floor).rglob("*.py")]
    return [path for path in found if path != JOURNAL and "migrations" not in path.parts]


def written(path: Path) -> Iterator[tuple[str, str, ast.Call]]:
    """Give each call that may write rows: the name it begins with, its words, and the call."""
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if not (isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute)):
            continue
        if node.func.attr not in WRITES:
            continue
        receiver = node.func.value
        words = ast.unparse(receiver)
        first = words.partition(".")[0]
        yield first, f"{words}.{node.func.attr}", node


def is_of_rows(first: str, words: str, node: ast.Call) -> bool:
    """Say whether a call may write rows at all: many other things are updated too."""
    if first in JOURNALLED | OTHER_MODELS or ".objects" in words or "_manager" in words:
        return True
    if words.endswith((".save", ".delete", ".bulk_create", ".bulk_update")):
        return True
    # A mapping is updated by a mapping, a digest by bytes; rows by named fields.
    return words.endswith(".update") and bool(node.keywords) and not node.args


def faults(path: Path) -> list[str]:
    """Return the calls of a module that may write journalled rows."""
    place = str(path.relative_to(PACKAGE))
    found = []
    for first, words, node in written(path):
        if not is_of_rows(first, words, node) or first in OTHER_MODELS:
            continue
        fields = {word.arg for word in node.keywords}
        untold = UNTOLD.get(place, {}).get(first, "").split()
        if words not in KNOWN.get(place, ()) and not (fields and fields <= set(untold)):
            found.append(f"{place}:{node.lineno}: {words}")
    return found


def test_no_row_of_the_record_is_written_but_by_the_journal():
    assert len(JOURNALLED) > 15
    assert [fault for path in modules() for fault in faults(path)] == []


def test_a_field_that_is_written_past_the_journal_is_one_that_no_event_speaks_of():
    for models in UNTOLD.values():
        for name, fields in models.items():
            assert set(fields.split()) <= apps.get_model("convener", name).untold


@pytest.mark.parametrize(
    "line",
    [
        "Note.objects.create(text='x')",
        "Note.objects.filter(pk=1).update(text='x')",
        "note.save()",
        "Organisation(name='x').save()",
        "self.row.delete()",
        "rows.update(name='x')",
        "type(row).objects.bulk_create(rows)",
    ],
)
def test_a_write_is_seen(tmp_path, monkeypatch, line):
    path = tmp_path / "module.py"
    path.write_text(line)
    monkeypatch.setattr(f"{__name__}.PACKAGE", tmp_path)

    assert len(faults(path)) == 1


@pytest.mark.parametrize("line", ["Notice.objects.create()", "seen.update({})", "x.update(a)"])
def test_what_is_no_row_of_the_record_may_be_written(tmp_path, monkeypatch, line):
    path = tmp_path / "module.py"
    path.write_text(line)
    monkeypatch.setattr(f"{__name__}.PACKAGE", tmp_path)

    assert faults(path) == []
