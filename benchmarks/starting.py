"""Time the command line from start to first output: the middle of five runs of each command."""

from __future__ import annotations

import statistics
import subprocess
import sys
import time
from pathlib import Path

COMMAND = Path(sys.executable).with_name("convener")
RUNS = 5


def main() -> None:
    """Print a line a command."""
    for arguments in (["--help"], ["load", "--help"], ["measure", "--help"]):
        seconds = []
        for _ in range(RUNS):
            start = time.perf_counter()
            subprocess.run([COMMAND, *arguments], capture_output=True, check=True)
            seconds.append(time.perf_counter() - start)
        print(f"convener {' '.join(arguments):15} {statistics.median(seconds):.2f} s")


if __name__ == "__main__":
    main()
