"""What the record survives: several at once, and whoever is killed in the middle of an act."""

from __future__ import annotations

import json
import time

import pytest

from service.installations import DATABASES, PROGRAMS, Installation

# What the journal holds, after a check of all of it.
TOLD = """
import django, json
django.setup()
from convener.service.actions.verifying import verify
from convener.service.models import Event, Organisation
verify()
kept = list(Event.objects.exclude(command="").order_by("pk").values_list("command", flat=True))
print(json.dumps([kept, Organisation.objects.get().name]))
"""


@pytest.fixture(scope="module", params=DATABASES)
def begun(request, tmp_path_factory) -> tuple[Installation, str]:
    """Give an installation with one organisation, and the membership of who acts for it."""
    folder = tmp_path_factory.mktemp("trouble") / "made"
    here = Installation.ready(request, folder, request.param)
    return here, here.run(PROGRAMS / "beginning.py").strip()


@pytest.fixture
def here(begun) -> Installation:
    return begun[0]


def told(here: Installation, names: tuple[str, ...]) -> tuple[list[str], str]:
    """Return the commands of some writers that the whole journal holds, and the last name."""
    commands, name = json.loads(here.run("-c", TOLD))
    return [one for one in commands if one.startswith(names)], name


def let_go(*processes) -> None:
    """Wait until every process is ready, then let all go at once."""
    for process in processes:
        assert process.stdout.readline() == "ready\n", process.stderr.read()
    for process in processes:
        process.stdin.write("\n")
        process.stdin.flush()


def test_two_writers_at_once_neither_fork_nor_lose(here):
    writers = [here.start("writing", name, 40) for name in ("one", "two")]
    let_go(*writers)
    answers = [writer.communicate(timeout=240) for writer in writers]

    acknowledged = [line for out, _ in answers for line in out.split()]
    assert [writer.returncode for writer in writers] == [0, 0], answers
    assert len(acknowledged) == 80
    commands, _name = told(here, ("one-", "two-"))
    assert sorted(commands) == sorted(acknowledged)


def test_of_two_who_decide_at_once_one_wins(begun):
    here, membership = begun
    deciders = [here.start("deciding", membership) for _ in range(2)]
    let_go(*deciders)
    answers = sorted(decider.communicate(timeout=120)[0].strip() for decider in deciders)

    assert answers == ["WrongStepError", "done"]
    told(here, ())


def test_a_writer_that_is_killed_leaves_every_acknowledged_act_and_no_half_one(here):
    acknowledged = []
    for turn, patience in enumerate((0.05, 0.11, 0.23)):
        writer = here.start("writing", f"turn{turn}", 100_000)
        let_go(writer)
        acknowledged.append(writer.stdout.readline().strip())
        time.sleep(patience)
        writer.kill()
        acknowledged += writer.communicate(timeout=60)[0].split()
        assert writer.returncode == -9

    commands, name = told(here, ("turn",))
    assert set(acknowledged) <= set(commands)
    assert len(commands) - len(acknowledged) <= 3  # committed, and killed before it was said
    assert commands[-1] == name
