"""Tell what kind of source an input is, and hand it to the reader of that kind."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

import orjson

from convener.base.errors import BadInputError
from convener.data.flat.mapping import KINDS, Mapping, load_mapping, placed, recognise_input
from convener.data.flat.sheets import Head, head_of, heading_form
from convener.data.ocds.shapes import sniff
from convener.data.report import ReadReport
from convener.data.sources.inputs import Input
from convener.data.sources.text import as_utf8
from convener.data.store import Load

OCDS = "ocds"
HEAD_BYTES = 1 << 20
Progress = Callable[[str, int, int | None], None]


@dataclass(frozen=True)
class Recognised:
    """A kind of source, with the mapping that reads its tables; none for open contracting data."""

    kind: str
    mapping: Mapping | None = None

    def read(
        self,
        inputs: Sequence[Input],
        load: Load,
        *,
        source: str,
        number: int,
        report: ReadReport,
        progress: Progress,
    ) -> dict[str, int]:
        """Read inputs of this kind into parts; return how many rows each table got."""
        if self.mapping is None:
            return _read_releases(inputs, load, source, number, report, progress)
        if self.kind == "notices":
            lines = _as_lines(inputs, self.mapping, load, report)
            return _read_releases([lines], load, source, number, report, progress)
        return _reader(self.kind)(
            inputs, self.mapping, load, source=source, report=report, progress=progress
        )


def recognise(
    entry: Input, *, kind: str | None, mapping: Path | None, observed_on: date | None
) -> Recognised:
    """Return what an input is, from what the user said of it and from its first bytes.

    Raises
    ------
    BadInputError
        If it is nothing that convener reads; the message says what would help.
    """
    if kind is not None and kind not in {OCDS, *KINDS}:
        message = f"--as {kind!r} is no kind of source; wanted {OCDS}, {', '.join(KINDS)}"
        raise BadInputError(message)
    if mapping is not None:
        given = _given(mapping, entry).observed(observed_on)
        return Recognised(given.kind, given)
    if kind == OCDS or (kind is None and _is_ocds(entry)):
        return Recognised(OCDS)
    found = recognise_input(entry, kind=kind)
    if found is None:
        message = (
            f"{entry.name} has headings that no mapping knows; say what they are with"
            " --mapping FILE, or what it is with --as"
        )
        raise BadInputError(message)
    return Recognised(found.kind, found.observed(observed_on))


def _is_ocds(entry: Input) -> bool:
    with entry.open() as raw:
        stream, _ = as_utf8(raw)
        head = stream.read(HEAD_BYTES)
    return head.lstrip()[:1] in {b"{", b"["} and sniff(head).is_ocds


def _given(path: Path, entry: Input) -> Mapping:
    """Return a user's mapping, set to the row of the file that holds the headings it names."""
    mapping = load_mapping(path)
    head = head_of(entry)
    wanted = {heading_form(name) for name in mapping.fields}
    found = [len(wanted & {heading_form(cell) for cell in row}) for row in head.rows]
    if not any(found):
        message = (
            f"{entry.name} has none of the headings that {path} names"
            f" ({', '.join(mapping.fields)}); it has {_first_row(head)}"
        )
        raise BadInputError(message)
    return placed(mapping, head, found.index(max(found)))


def _first_row(head: Head) -> str:
    return ", ".join(head.rows[0]) if head.rows else "no rows"


def _reader(kind: str) -> Callable[..., dict[str, int]]:
    from convener.data.flat import ownership, payments, provision, registers

    return {
        "payments": payments.read_payments,
        "provision": provision.read_provision,
        "register": registers.read_register,
        "ownership": ownership.read_ownership,
    }[kind]


def _read_releases(
    inputs: Sequence[Input],
    load: Load,
    source: str,
    number: int,
    report: ReadReport,
    progress: Progress,
) -> dict[str, int]:
    from convener.data.reading.reading import read_releases

    return read_releases(
        inputs,
        load,
        source=source,
        number=number,
        report=report,
        progress=lambda done, whole: progress("read", done, whole),
    )


def _as_lines(inputs: Sequence[Input], mapping: Mapping, load: Load, report: ReadReport) -> Input:
    """Write flat notices as lines of releases, so that one reader serves both."""
    from convener.data.flat.notices import iter_releases

    load.raw_folder.mkdir(parents=True, exist_ok=True)
    taken = len(list(load.raw_folder.glob("notices-*.jsonl")))
    path = load.raw_folder / f"notices-{taken}.jsonl"
    with path.open("wb") as out:
        for entry in inputs:
            for _, release in iter_releases(entry, mapping, report=report):
                out.write(orjson.dumps(release, default=_exact))
                out.write(b"\n")
    return Input(inputs[0].name, path, lambda: path.open("rb"), path.stat().st_size)


def _exact(value: Any) -> Any:  # noqa: ANN401 -- orjson passes whatever it cannot write
    return orjson.Fragment(format(value, "f"))
