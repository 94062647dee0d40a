"""Loading sources and asking measures with the program, in one line each."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

from commands import Command, command_in

Ask = Callable[..., list[dict[str, Any]]]


def loaded(folder: Path, *words: object) -> Command:
    """Load what these words of a command say, and return the program in that workspace."""
    run = command_in(folder)
    answer = run("load", *words)
    assert answer.code == 0, answer.err
    return run


def asking(run: Command) -> Ask:
    """Return a function that asks measures: names, then ``by``, ``where`` and other options.

    Several filters stand in one text, parted by spaces; an option's ``_`` is written ``-``.
    """

    def ask(*names: str, by: str = "", where: str = "", **options: str) -> list[dict[str, Any]]:
        words = ["measure", *names, "--by", by, "--json"]
        for one in where.split():
            words += ["--where", one]
        for option, value in options.items():
            words += [f"--{option.replace('_', '-')}", value]
        answer = run(*words)
        assert answer.code == 0, answer.err
        return answer.rows

    return ask
