"""Run every benchmark, and write what each printed into RESULTS.md.

Run: ``make bench``, or ``python benchmarks/run.py NAME…`` for some of them; the others keep what
they last said. ``--quick`` reads 100,000 lines and asks 100,000 processes in place of a million.
"""

from __future__ import annotations

import argparse
import os
import platform
import re
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

HERE = Path(__file__).resolve().parent
RESULTS = HERE / "RESULTS.md"
SHARED = Path(os.environ.get("CONVENER_SHARED", HERE.parents[1] / "shared"))
SCHEMA = SHARED / "reference" / "ocds-schema" / "1.1.5" / "release-schema.json"
HEAD = """# Results

Written by `make bench`. Each section is what one script printed in one run, peer and ours in turn
on the same machine. Machines differ and are shared: read the ratios, not the seconds.
"""


@dataclass(frozen=True)
class Bench:
    """One script: what it measures, what it is measured beside, and what was wanted."""

    name: str
    title: str
    wanted: str
    arguments: tuple[str, ...] = ()
    quick: tuple[str, ...] = ()


BENCHES = (
    Bench(
        "reading",
        "Reading lines into tables, beside `ocdscardinal.coverage`",
        "at most 1.0 of the peer's wall time (aim 0.7), peak memory 512 MB and flat, gzip at most"
        " 1.3 of plain; a file with faults has no target and is shown",
        (),
        ("--quick",),
    ),
    Bench(
        "merging",
        "Compiling releases, beside `ocdsmerge`",
        "no target is set",
        ("1000", "--schema", str(SCHEMA)),
        ("300", "--schema", str(SCHEMA)),
    ),
    Bench(
        "identity",
        "Who is who and of what kind, on judged names; and the time to resolve 60,000",
        "identity: precision at least 0.98 at recall at least 0.85; public bodies: precision at"
        " least 0.97, recall at least 0.85; charities: precision at least 0.97, recall with the"
        " registers at hand 0.60 (aim); at most 60 s at 60,000 organisations",
    ),
    Bench(
        "measures",
        "Twelve measures over 1,000,000 processes",
        "at most 0.15 of the peer's wall time at 1,000,000 lines; 768 MB",
        ("1000000",),
        ("100000",),
    ),
    Bench(
        "families",
        "The families that read processes, over 1,000,000 processes",
        "reported; 768 MB",
        ("1000000",),
        ("100000",),
    ),
    Bench("starting", "Start to first output", "0.5 s"),
    Bench(
        "pages",
        "Pages over 1,000,000 processes, beside an empty Django view",
        "a market within 1 s the first time and 150 ms again; a search within 200 ms; 20 visitors"
        " within 400 ms at the 95th percentile",
        ("1000000",),
        ("20000",),
    ),
    Bench(
        "people",
        "People and the record on PostgreSQL, beside an empty signed-in Django view",
        "with 1,000 organisations and 1,000,000 events: 200 journalled acts a second, 50,000"
        " events verified a second, 20 people at work within 400 ms at the 95th percentile",
        (),
        ("20000", "100", "--brief"),
    ),
    Bench(
        "funnels",
        "Limits of a funnel, beside SciPy's quantiles",
        "10,000 providers in 0.02 s",
    ),
    Bench(
        "alarms",
        "Sequential alarms, beside plain NumPy",
        "1,000 providers of 2,000 cases charted in 0.1 s; a run length in 0.02 s, a limit in"
        " 0.25 s",
    ),
    Bench(
        "league_tables",
        "League tables, beside PyMC on the same model",
        "150 providers with 20,000 draws in 0.3 s, and 30 times faster",
    ),
    Bench(
        "awards",
        "Awards, beside the solver alone",
        "at 2,000 bids, building and reading add at most 30% to the time inside the solver",
    ),
    Bench(
        "contagion",
        "Every single failure of a network in one batch, beside plain NumPy and networkx",
        "125 nodes at 1e-9 in 0.1 s; 1,000 nodes in 5 s",
        (
            "--nodes",
            str(SHARED / "oracles" / "data_net125_nodes.csv"),
            "--edges",
            str(SHARED / "oracles" / "data_net125_edges.csv"),
        ),
    ),
    Bench("cashflows", "Rates of return, beside pyxirr and `numpy.roots`", "no target is set"),
    Bench(
        "sampling", "Samples that anyone can draw again, beside NumPy's draw", "no target is set"
    ),
    Bench("matching", "Matching people to places, beside plain Python", "no target is set"),
    Bench(
        "broken_methods",
        "Changes to a constant or a sign of the methods that no test catches",
        "none of substance",
    ),
)


def main() -> None:
    """Run the benchmarks that were asked for, and write the page."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("names", nargs="*", choices=[*(b.name for b in BENCHES), []])
    parser.add_argument("--quick", action="store_true")
    asked = parser.parse_args()
    kept = _sections(RESULTS.read_text(encoding="utf-8")) if RESULTS.exists() else {}
    for bench in BENCHES:
        if not asked.names or bench.name in asked.names:
            kept[bench.title] = _run(bench, quick=asked.quick)
            _write(kept)


def _run(bench: Bench, *, quick: bool) -> str:
    arguments = bench.quick if quick and bench.quick else bench.arguments
    command = [sys.executable, str(HERE / f"{bench.name}.py"), *arguments]
    print(f"== {bench.title}", flush=True)
    # One thread for linear algebra: with more, small matrices wait for each other.
    alone = os.environ | {"OPENBLAS_NUM_THREADS": "1"}
    done = subprocess.run(
        command, capture_output=True, text=True, check=False, cwd=HERE.parent, env=alone
    )
    said = done.stdout if done.returncode == 0 else f"failed:\n{done.stderr[-2000:]}"
    print(said, flush=True)
    machine = f"{platform.system()} {platform.machine()}, {os.cpu_count()} cores"
    return f"Wanted: {bench.wanted}.\n\n{machine}:\n\n```\n{said.strip()}\n```"


def _sections(text: str) -> dict[str, str]:
    parts = re.split(r"^## (.+)$", text, flags=re.MULTILINE)
    return {title: body.strip() for title, body in zip(parts[1::2], parts[2::2], strict=True)}


def _write(sections: dict[str, str]) -> None:
    known = [bench.title for bench in BENCHES]
    ordered = [title for title in known if title in sections]
    body = "\n\n".join(f"## {title}\n\n{sections[title]}" for title in ordered)
    RESULTS.write_text(f"{HEAD}\n{body}\n", encoding="utf-8")


if __name__ == "__main__":
    main()
