"""Time reading lines into tables beside ``ocdscardinal.coverage``, on the same seeded file.

Run: ``python benchmarks/reading.py [--quick]``. Each is a process of its own, in turn, and the
middle of five runs is given. Reading counts every error and assigns keys; the peer counts which
fields are filled. ``--quick`` leaves out the file of 1,000,000 lines, which takes 5.4 GB of disk.
"""

from __future__ import annotations

import argparse
import gzip
import os
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path

from seeded_lines import write_lines

RUNS = 5
OURS = """
import sys, tempfile
from datetime import UTC, datetime
from pathlib import Path
from convener.data.sources.inputs import open_inputs
from convener.data.reading.reading import read_releases
from convener.data.report import ReadReport
from convener.data.store import Store
with tempfile.TemporaryDirectory(dir=Path(sys.argv[1]).parent) as folder:
    with Store(Path(folder)).writing(at=datetime.now(UTC)) as load:
        report = ReadReport()
        inputs = list(open_inputs(sys.argv[1]))
        read_releases(inputs, load, source="bench", number=1, report=report)
        print(report.read, report.refused, report.nulled)
"""
PEER = "import sys, ocdscardinal; ocdscardinal.coverage(sys.argv[1])"


@dataclass(frozen=True)
class Cost:
    """What one process took: seconds of wall and processor, and memory at most."""

    wall_s: float
    cpu_s: float
    peak_mb: float


def cost(code: str, path: Path) -> Cost:
    """Run code on a file in a process of its own, and return what it took."""
    start = time.perf_counter()
    process = subprocess.Popen([sys.executable, "-c", code, str(path)], stdout=subprocess.DEVNULL)
    _, status, used = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode != 0:
        raise SystemExit(f"a run on {path.name} ended with {process.returncode}")
    wall_s = time.perf_counter() - start
    return Cost(wall_s, used.ru_utime + used.ru_stime, used.ru_maxrss / 1024)


def middle(costs: list[Cost]) -> Cost:
    """Return the median of each figure; memory is the greatest."""
    return Cost(
        statistics.median(one.wall_s for one in costs),
        statistics.median(one.cpu_s for one in costs),
        max(one.peak_mb for one in costs),
    )


def beside_peer(title: str, path: Path, *, runs: int) -> Cost:
    """Print a row for a file that both read, in turn; return ours."""
    pairs = [(cost(OURS, path), cost(PEER, path)) for _ in range(runs)]
    ours, peer = middle([pair[0] for pair in pairs]), middle([pair[1] for pair in pairs])
    wall = statistics.median(a.wall_s / b.wall_s for a, b in pairs)
    processor = statistics.median(a.cpu_s / b.cpu_s for a, b in pairs)
    print(
        f"{title:26} {ours.wall_s:7.2f} {peer.wall_s:7.2f} {wall:6.2f} {processor:6.2f}"
        f" {ours.peak_mb:7.0f} {peer.peak_mb:6.0f}",
        flush=True,
    )
    return ours


def alone(title: str, path: Path, plain: Cost) -> None:
    """Print a row for a file that only we read, beside our own reading of the plain one."""
    ours = middle([cost(OURS, path) for _ in range(RUNS)])
    print(
        f"{title:26} {ours.wall_s:7.2f} {'':7} {'':6} {'':6} {ours.peak_mb:7.0f}"
        f"        {ours.wall_s / plain.wall_s:.2f} of plain",
        flush=True,
    )


def spoilt(path: Path, target: Path) -> None:
    """Copy a file of lines with one fault in each hundredth."""
    faults = (b"", b'{"ocid": "cut', None)
    with path.open("rb") as lines, target.open("wb") as out:
        for number, line in enumerate(lines):
            fault = faults[number // 100 % len(faults)] if number % 100 == 0 else None
            if number % 100 == 0 and fault is None:
                line = line.replace(b'"awards":[', b'"awards":{"id":"a"},"other":[', 1)  # noqa: PLW2901 -- the line is what is spoilt
            out.write(fault + b"\n" if fault is not None else line)


def main() -> None:
    """Print a table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--quick", action="store_true")
    asked = parser.parse_args()
    print(f"{'':26} {'ours s':>7} {'peer s':>7} {'wall':>6} {'cpu':>6} {'ours MB':>7} {'peer':>6}")
    with tempfile.TemporaryDirectory() as made:
        plain = Path(made) / "lines.jsonl"
        write_lines(plain, 100_000)
        ours = beside_peer("100,000 lines", plain, runs=RUNS)
        packed = Path(made) / "lines.jsonl.gz"
        with plain.open("rb") as lines, gzip.open(packed, "wb", compresslevel=6) as out:
            shutil.copyfileobj(lines, out)
        alone("the same, in gzip", packed, ours)
        faulty = Path(made) / "faulty.jsonl"
        spoilt(plain, faulty)
        alone("the same, 1% with faults", faulty, ours)
        if not asked.quick:
            for path in (plain, packed, faulty):
                path.unlink()
            write_lines(plain, 1_000_000)
            beside_peer("1,000,000 lines", plain, runs=3)


if __name__ == "__main__":
    main()
