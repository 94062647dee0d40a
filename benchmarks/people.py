"""Time the record and the pages of people: acts, verification, and 20 people at work.

Run: ``python benchmarks/people.py [EVENTS [ORGANISATIONS]] [--brief]``. On a PostgreSQL server of
its own, that waits for the disk at each commit. The service and an empty Django view behind a
sign-in are served the same way, by two workers each, and asked in the same run by a client on the
same machine. One in six of what a person does is a change that is journalled.
"""

from __future__ import annotations

import argparse
import http.client
import json
import os
import random
import re
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Sequence
from pathlib import Path
from urllib.parse import urlencode

from pages import PAUSE, percentile, served

HERE = Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parent / "tests"))

from postgresql import Server, new_folder  # type: ignore[import-not-found]  # noqa: E402 -- it lies with the tests

OURS, EMPTY = 8733, 8734
ACTORS = 4  # processes that act, each in a stream of its own
CHANGE_ONE_IN = 6
PATHS = (
    *("/", "/account/", "/notices/", "/organisations/", "/organisations/?search=9", "/watch/"),
    *("/organisations/{body}/", "/organisations/{body}/ownership/", "/corrections/"),
    *("/organisations/{body}/history/", "/organisations/{body}/accounts/", "/history/"),
    *("/deadlines/", "/corrections/requests/", "/account/tokens/", "/interests/"),
)


class Person:
    """Someone who is signed in, and what they may look at."""

    def __init__(self, port: int, session: str, body: int) -> None:
        self.port = port
        self.cookies = {"sessionid": session}
        asked = [path.format(body=body) for path in PATHS] if port == OURS else ["/"]
        self.paths = [path for path in asked if self.ask("GET", path)[0] == http.client.OK]
        self.token = ""
        if port == OURS:
            page = self.ask("GET", "/account/")[1]
            self.token = re.findall(r'name="csrfmiddlewaretoken" value="(\w+)"', page)[0]

    def ask(self, method: str, path: str, sent: str | None = None) -> tuple[int, str]:
        """Ask for a page as a browser does; return its status and its text."""
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=60)
        cookies = "; ".join(f"{name}={value}" for name, value in self.cookies.items())
        headers = {"Accept": "text/html", "Cookie": cookies}
        if sent is not None:
            headers["Content-Type"] = "application/x-www-form-urlencoded"
        connection.request(method, path, sent, headers)
        response = connection.getresponse()
        text = response.read().decode()
        for header in response.headers.get_all("Set-Cookie") or ():
            name, _, value = header.partition(";")[0].partition("=")
            self.cookies[name] = value
        connection.close()
        return response.status, text

    def change(self, how: str) -> int:
        """Choose how often to be written to: a change of one's own row, which is journalled."""
        sent = urlencode({"csrfmiddlewaretoken": self.token, "emails": how})
        return self.ask("POST", "/account/", sent)[0]


def work(person: Person, seed: int, lasts: float, taken: list[float], wrong: list[int]) -> None:
    """Look at pages and change something now and then, with a pause after each."""
    chance = random.Random(seed)
    time.sleep(chance.random() * PAUSE)
    ends = time.perf_counter() + lasts
    turn = 0
    while time.perf_counter() < ends:
        turn += 1
        started = time.perf_counter()
        if person.token and turn % CHANGE_ONE_IN == 0:
            status = person.change("daily" if turn % (2 * CHANGE_ONE_IN) else "each")
        else:
            status = person.ask("GET", chance.choice(person.paths))[0]
        taken.append(time.perf_counter() - started)
        if status not in (http.client.OK, http.client.FOUND):
            wrong.append(status)
        time.sleep(PAUSE)


def at_work(people: Sequence[Person], lasts: float) -> list[float]:
    """Return the seconds of every page that the people saw."""
    taken: list[float] = []
    wrong: list[int] = []
    threads = [
        threading.Thread(target=work, args=(person, seed, lasts, taken, wrong))
        for seed, person in enumerate(people)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    if wrong:
        raise RuntimeError(f"{len(wrong)} of {len(taken)} pages answered {sorted(set(wrong))}")
    return taken


def acts(environment: dict[str, str], seconds: float) -> float:
    """Return how many journalled acts a second several processes do, each in its own stream."""
    actors = [
        subprocess.Popen(
            [sys.executable, str(HERE / "people_made.py"), "act", str(number), str(seconds)],
            env=environment,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        for number in range(ACTORS)
    ]
    for actor in actors:
        assert actor.stdout is not None
        if actor.stdout.readline() != "ready\n":
            raise RuntimeError("an actor did not start")
    for actor in actors:
        assert actor.stdin is not None
        actor.stdin.write("\n")
        actor.stdin.flush()
    return sum(int(actor.communicate()[0]) for actor in actors) / seconds


def run(environment: dict[str, str], *words: str) -> tuple[str, float]:
    """Run Python to its end; return what it wrote and the seconds that it took."""
    started = time.perf_counter()
    done = subprocess.run(
        [sys.executable, *words], env=environment, capture_output=True, text=True, check=False
    )
    if done.returncode:
        raise RuntimeError(done.stderr[-2000:])
    return done.stdout, time.perf_counter() - started


def measure(environment: dict[str, str], events: int, bodies: int, *, is_brief: bool) -> None:
    """Fill the database, then time acts, the verification and the pages; print each."""
    lasts = 15.0 if is_brief else 90.0
    made = str(HERE / "people_made.py")
    said, took = run(environment, made, "fill", str(events), str(bodies))
    known = json.loads(said)
    print(f"{bodies:,} organisations and about {events:,} events, stored in {took:.0f} s")

    rate = acts(environment, 5.0 if is_brief else 30.0)
    print(f"{rate:,.0f} journalled acts a second, by {ACTORS} processes in {ACTORS} streams")

    said, took = run(environment, "-c", "from convener.cli import app; app(['verify'])")
    count = int(said.split(" ", 1)[0].replace(",", ""))
    print(f"verified {count:,} events and every row in {took:.1f} s: {count / took:,.0f} a second")

    port = {OURS: "convener", EMPTY: "an empty signed-in Django view"}
    serve = f"from convener.cli import app; app(['serve', '--port', '{OURS}'])"
    commands = {
        OURS: [sys.executable, "-c", serve],
        EMPTY: [sys.executable, str(HERE / "empty_signed_in.py"), str(EMPTY)],
    }
    os.environ.update(environment)
    for number, what in port.items():
        with served(commands[number], number):
            people = [Person(number, one["session"], one["body"]) for one in known]
            paths = len({path for person in people for path in person.paths})
            taken = at_work(people, lasts)
        print(
            f"{len(people)} people at work with {what}: {len(taken)} answers of {paths} pages,"
            f" median {statistics.median(taken) * 1000:.0f} ms,"
            f" 95th percentile {percentile(taken, 0.95) * 1000:.0f} ms",
            flush=True,
        )
    run(environment, "-c", "from convener.cli import app; app(['verify'])")
    print("verified again after that: whole")


def main() -> None:
    """Start a server, measure, and throw it away."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("events", nargs="?", type=int, default=1_000_000)
    parser.add_argument("organisations", nargs="?", type=int, default=1_000)
    parser.add_argument("--brief", action="store_true", help="seconds in place of minutes")
    asked = parser.parse_args()
    server = Server(new_folder(), is_hasty=False)
    with tempfile.TemporaryDirectory() as name:
        workspace = Path(name) / "workspace"
        workspace.mkdir()
        environment = {
            **{key: value for key, value in os.environ.items() if "CONVENER_" not in key},
            "CONVENER_WORKSPACE": str(workspace),
            "CONVENER_KEYS": str(Path(name) / "keys"),
            "CONVENER_SECRET_KEY": "a-key-of-one-benchmark-0123456789-abcdefghijklmnopqrst",
            "DJANGO_SETTINGS_MODULE": "convener.service.settings",
        }
        server.make()
        try:
            environment["CONVENER_DATABASE"] = server.make_database("people")
            run(environment, "-m", "django", "migrate", "-v", "0", "--no-input")
            measure(environment, asked.events, asked.organisations, is_brief=asked.brief)
        finally:
            server.end()


if __name__ == "__main__":
    main()
