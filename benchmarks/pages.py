"""Time the pages over a million processes: the first view, the next, a search, and 20 visitors.

Run: ``python benchmarks/pages.py [PROCESSES]``. The store is that of ``families.py`` with a named
service in each title; its organisations, services, figures and index are made as a load makes
them. The service and an empty Django view are served the same way, by two workers each, and
asked in the same run by a client on the same machine. Beside the time of a first view stands what
it took of the processor, which others on the machine change little.
"""

from __future__ import annotations

import html
import http.client
import os
import random
import re
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
from urllib.parse import urlencode

from families import contested_tables

from convener.data.loading import rederive
from convener.data.store import Store
from convener.measures.keeping import finish_load
from measures import MOMENT, draw, make_store

COMMAND = Path(sys.executable).with_name("convener")
SERVICES = (
    *("Home care", "Supported living", "Homelessness support", "Employment support"),
    *("Drug and alcohol treatment", "Children's homes"),
)
VISITORS, PAUSE, LASTS = 20, 3.0, 90.0  # people, seconds between their pages, seconds in all
AGAIN = 5
OURS, EMPTY = 8731, 8732


def titled_tables(count: int) -> dict[str, str]:
    """Return SQL for the store of ``families.py``, its titles those of services."""
    tables = contested_tables(count)
    names = ", ".join("'" + name.replace("'", "''") + "'" for name in SERVICES)
    title = f"[{names}][1 + ({draw(13, len(SERVICES))})::int] || ' ' || k"
    tables["processes"] = tables["processes"].replace("'Title ' || k", title)
    for derived in ("process_services", "identities", "organisations"):
        tables.pop(derived)
    return tables


def prepare(folder: Path, count: int) -> float:
    """Make the store, and all that a load derives from it; return the seconds of that."""
    store = make_store(folder, count, titled_tables)
    started = time.perf_counter()
    rederive(store, at=MOMENT, finish=finish_load)
    return time.perf_counter() - started


def pages(store: Store) -> dict[str, list[str]]:
    """Return the addresses to ask for, by what they are."""
    with store.connect() as connection:
        largest = connection.execute(
            "select organisation_key from suppliers join identities using (party_key)"
            " group by 1 order by count(*) desc, 1 limit 5"
        ).fetchall()
        buyers = connection.execute(
            "select organisation_key from processes join identities"
            " on party_key = buyer_key group by 1 order by count(*) desc, 1 limit 5"
        ).fetchall()
    slugs = [name.lower().replace(" ", "-").replace("'", "") for name in SERVICES]
    return {
        "home and the list": ["/", "/market/"],
        "a market": [f"/market/{slug}/" for slug in slugs],
        "a market in an area": _narrowed(slugs[0], "area")[:3],
        "a market in a year": _narrowed(slugs[1], "period")[-3:-1],
        "a market as named": [f"/market/{slug}/?entity=name" for slug in slugs[2:4]],
        "its contracts": [f"/market/{slug}/contracts/" for slug in slugs[:3]],
        "a search": [f"/search/?q={words}" for words in ("care", "home+care", "supplier+77")],
        "a provider": [f"/market/organisations/{key}/" for (key,) in largest],
        "a buyer": [f"/market/organisations/{key}/" for (key,) in buyers],
        "a process": [f"/market/processes/ocds-213czf-{k}/" for k in (1, 500, 5000)],
    }


def _narrowed(slug: str, name: str) -> list[str]:
    """Return the addresses that the form of a market's page leads to."""
    form = read(OURS, f"/market/{slug}/").split(f'name="{name}"', 1)[1].split("</select>", 1)[0]
    found = [html.unescape(one) for one in re.findall(r'<option value="([^"]+)"', form)]
    return [f"/market/{slug}/?{urlencode({name: one})}" for one in found]


@contextmanager
def served(command: Sequence[object], port: int) -> Iterator[int]:
    """Serve until the block ends; give the number of the process."""
    process = subprocess.Popen(
        [*map(str, command)], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    )
    try:
        for _ in range(600):
            try:
                seconds(port, "/health")
                break
            except OSError:
                time.sleep(0.1)
        else:
            raise RuntimeError(f"{command[0]} does not answer on port {port}")
        yield process.pid
    finally:
        process.terminate()
        process.wait()


def seconds(port: int, path: str) -> float:
    """Return the seconds from asking for a page to having all of it."""
    started = time.perf_counter()
    read(port, path)
    return time.perf_counter() - started


def read(port: int, path: str) -> str:
    """Return a page."""
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
    connection.request("GET", path, headers={"Accept": "text/html"})
    response = connection.getresponse()
    text = response.read().decode()
    connection.close()
    if response.status != http.client.OK:
        raise RuntimeError(f"{path} answered {response.status}")
    return text


def worked(server: int) -> float:
    """Return the seconds of processor that a server and its workers have had."""
    parents, ticks = {}, {}
    for path in Path("/proc").glob("[0-9]*/stat"):
        with suppress(OSError):  # one that has just ended
            told = path.read_text().rpartition(") ")[2].split()
            number = int(path.parent.name)
            parents[number], ticks[number] = int(told[1]), int(told[11]) + int(told[12])
    ours = {server}
    while more := {one for one, parent in parents.items() if parent in ours} - ours:
        ours |= more
    return sum(ticks.get(one, 0) for one in ours) / os.sysconf("SC_CLK_TCK")


def first_views(server: int, paths: Sequence[str]) -> tuple[list[float], list[float]]:
    """Return the seconds of the first view of each page, and those of processor in it."""
    taken, used = [], []
    for path in paths:
        before = worked(server)
        taken.append(seconds(OURS, path))
        used.append(worked(server) - before)
    return taken, used


def visit(port: int, paths: Sequence[str], seed: int, taken: list[float]) -> None:
    """Look at pages as one visitor does, with a pause after each."""
    chance = random.Random(seed)
    time.sleep(chance.random() * PAUSE)
    ends = time.perf_counter() + LASTS
    while time.perf_counter() < ends:
        taken.append(seconds(port, chance.choice(paths)))
        time.sleep(PAUSE)


def visitors(port: int, paths: Sequence[str]) -> list[float]:
    """Return the seconds of every page that the visitors saw."""
    taken: list[float] = []
    people = [
        threading.Thread(target=visit, args=(port, paths, seed, taken)) for seed in range(VISITORS)
    ]
    for person in people:
        person.start()
    for person in people:
        person.join()
    return taken


def percentile(taken: Sequence[float], share: float) -> float:
    """Return the time within which that share of the pages came."""
    return sorted(taken)[min(len(taken) - 1, int(share * len(taken)))]


def say(what: str, first: Sequence[float], used: Sequence[float], again: Sequence[float]) -> None:
    """Print a line of a table, in milliseconds."""
    print(
        f"{what:20} first {max(first) * 1000:6.0f} ms at most"
        f" ({max(used) * 1000:5.0f} of processor)"
        f"   again {statistics.median(again) * 1000:5.0f} ms"
        f"   {max(again) * 1000:5.0f} ms at most",
        flush=True,
    )


def main(count: int) -> None:
    """Make the store, then ask for its pages and for the empty view."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name) / "store"
        print(f"derived, with figures and index, in {prepare(folder, count):.0f} s", flush=True)
        ours = [COMMAND, "--workspace", folder, "serve", "--port", str(OURS)]
        with served(ours, OURS) as server:
            asked = pages(Store(folder))
            everything = [path for paths in asked.values() for path in paths]
            for what, paths in asked.items():
                first, used = first_views(server, paths)
                say(
                    what,
                    first,
                    used,
                    [seconds(OURS, path) for path in paths for _ in range(AGAIN)],
                )
            crowd = visitors(OURS, everything)
        with served([sys.executable, Path(__file__).with_name("empty_view.py")], EMPTY):
            seconds(EMPTY, "/")
            empty = visitors(EMPTY, ["/"])
    for what, taken in (("convener", crowd), ("an empty Django view", empty)):
        print(
            f"{VISITORS} visitors of {what}: {len(taken)} pages,"
            f" median {statistics.median(taken) * 1000:.0f} ms,"
            f" 95th percentile {percentile(taken, 0.95) * 1000:.0f} ms"
        )


if __name__ == "__main__":
    os.environ.setdefault("CONVENER_MODE", "local")
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 1_000_000)
