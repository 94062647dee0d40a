"""Break each method in turn, and list the breaks that no test notices.

    python benchmarks/broken_methods.py [--only MODULE …] [--floor rules] [--jobs 2]

Each number and each sign of arithmetic or comparison is changed, one at a time, in a copy of the
package that lies first on the path of a test run of its own. Only the tests of that module run:
`tests/<floor>/test_<module>*.py`, or, where there are none, those of the modules that use it. The
working tree is read and never written. Hypothesis runs with fixed seeds and few examples.
"""

from __future__ import annotations

import argparse
import ast
import importlib
import json
import math
import os
import resource
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from pathlib import Path
from queue import SimpleQueue
from typing import NoReturn

import pytest

ROOT = Path(__file__).resolve().parents[1]
SOURCE = ROOT / "src" / "convener"
SURVIVED = {0, 5}  # the exit statuses of pytest that say "passed" and "nothing to run"
SLOWER = 4  # a break may take so many times as long as the whole method before it counts as caught
GRACE = 15.0  # seconds
# Time is the processor's: on a busy machine a break would seem caught that only waited.
WAITS = 20  # of the clock's seconds a run may take so many for one of the processor's

LIBRARIES = (
    *("_hypothesis_pytestplugin", "hypothesis.strategies", "hypothesis.extra.numpy"),
    *("networkx", "numba", "pyxirr", "scipy.optimize", "scipy.stats", "statsmodels.api"),
)
PLUGIN = """
import resource
from hypothesis import HealthCheck, Phase, settings
resource.setrlimit(resource.RLIMIT_AS, (16 * 2**30, 16 * 2**30))
settings.register_profile(
    "broken", max_examples={examples}, derandomize=True, database=None, deadline=None,
    suppress_health_check=list(HealthCheck), phases=(Phase.explicit, Phase.generate),
)
"""
INI = """[pytest]
addopts = --import-mode=importlib
pythonpath = {tests}
filterwarnings = error
markers =
  browser: drives a real browser
  slow: runs in make test-all only
"""

SWAPS: dict[type[ast.AST], type[ast.AST]] = {
    ast.Add: ast.Sub,
    ast.Sub: ast.Add,
    ast.Mult: ast.Div,
    ast.Div: ast.Mult,
    ast.FloorDiv: ast.Mult,
    ast.Mod: ast.Mult,
    ast.Pow: ast.Mult,
    ast.MatMult: ast.Mult,
    ast.BitAnd: ast.BitOr,
    ast.BitOr: ast.BitAnd,
    ast.Lt: ast.LtE,
    ast.LtE: ast.Lt,
    ast.Gt: ast.GtE,
    ast.GtE: ast.Gt,
    ast.Eq: ast.NotEq,
    ast.NotEq: ast.Eq,
    ast.Is: ast.IsNot,
    ast.IsNot: ast.Is,
    ast.In: ast.NotIn,
    ast.NotIn: ast.In,
}
SIGNS = {
    "Add": "+",
    "Sub": "-",
    "Mult": "*",
    "Div": "/",
    "FloorDiv": "//",
    "Mod": "%",
    "Pow": "**",
    "MatMult": "@",
    "BitAnd": "&",
    "BitOr": "|",
    "Lt": "<",
    "LtE": "<=",
    "Gt": ">",
    "GtE": ">=",
    "Eq": "==",
    "NotEq": "!=",
    "Is": "is",
    "IsNot": "is not",
    "In": "in",
    "NotIn": "not in",
}


@dataclass(frozen=True)
class Break:
    """One change of one sign or number, which ``make`` writes into the tree it was found in."""

    line: int
    was: str
    becomes: str
    make: Callable[[], None]


def breaks(node: ast.AST) -> Iterator[Break]:
    """Find every break below a node, always in the same order; types are left alone."""
    if isinstance(node, ast.BinOp | ast.AugAssign):
        yield from _swap(node, node.op, lambda new: setattr(node, "op", new))
    elif isinstance(node, ast.Compare):
        for place, sign in enumerate(node.ops):
            yield from _swap(node, sign, _replacer(node.ops, place))
    elif isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.USub):
        yield Break(node.lineno, "-", "+", lambda: setattr(node, "op", ast.UAdd()))
    elif isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.Invert):
        inner = ast.UnaryOp(ast.Invert(), node.operand)
        yield Break(node.lineno, "~", "~~", lambda: setattr(node, "operand", inner))
    elif isinstance(node, ast.Constant) and (new := _other_number(node.value)) is not None:
        yield Break(node.lineno, repr(node.value), repr(new), lambda: setattr(node, "value", new))
    elif _is_decimal(node):
        yield from _decimal(node)
        return
    for child in _code_below(node):
        yield from breaks(child)


def _code_below(node: ast.AST) -> Iterator[ast.AST]:
    """Return what a node holds, less annotations, decorators and the values of type names."""
    for name, value in ast.iter_fields(node):
        if name in {"annotation", "returns", "decorator_list", "type_params"}:
            continue
        if isinstance(node, ast.TypeAlias):
            continue
        yield from (
            one for one in (value if isinstance(value, list) else [value]) if _is_node(one)
        )


def _is_node(value: object) -> bool:
    return isinstance(value, ast.AST)


def _replacer(signs: list[ast.cmpop], place: int) -> Callable[[ast.AST], None]:
    return lambda new: signs.__setitem__(place, new)  # type: ignore[call-overload]


def _swap(
    node: ast.expr | ast.stmt, sign: ast.AST, put: Callable[[ast.AST], None]
) -> Iterator[Break]:
    other = SWAPS.get(type(sign))
    if other is not None:
        was, becomes = SIGNS[type(sign).__name__], SIGNS[other.__name__]
        yield Break(node.lineno, was, becomes, lambda: put(other()))


def _other_number(value: object) -> int | float | None:
    if isinstance(value, bool) or not isinstance(value, int | float):
        return None
    if isinstance(value, int):
        return value + 1
    return value * 2 if value else 1.0


def _is_decimal(node: ast.AST) -> bool:
    return (
        isinstance(node, ast.Call)
        and isinstance(node.func, ast.Name)
        and node.func.id == "Decimal"
        and len(node.args) == 1
        and isinstance(node.args[0], ast.Constant)
    )


def _decimal(node: ast.AST) -> Iterator[Break]:
    assert isinstance(node, ast.Call)
    held = node.args[0]
    assert isinstance(held, ast.Constant)
    try:
        value = Decimal(str(held.value))
    except InvalidOperation:
        return
    new = str(value * 2 if value else Decimal(1))
    yield Break(node.lineno, str(value), new, lambda: setattr(held, "value", new))


def broken_source(source: str, number: int) -> str:
    """Return a module with one of its breaks made."""
    tree = ast.parse(source)
    list(breaks(tree))[number].make()
    return ast.unparse(ast.fix_missing_locations(tree))


class Stand:
    """A copy of the package to break, and a process that runs its tests in a child for each break.

    The process has loaded the libraries and nothing of the package, so that a child starts at once
    and meets the package as it is then.
    """

    def __init__(self, folder: Path, examples: int) -> None:
        self.folder = folder
        self.servers: dict[bool, subprocess.Popen[str]] = {}
        shutil.copytree(
            SOURCE,
            folder / "src" / "convener",
            ignore=shutil.ignore_patterns("__pycache__", "static", "templates"),
        )
        (folder / "broken_profile.py").write_text(
            PLUGIN.format(examples=examples), encoding="utf-8"
        )
        (folder / "pytest.ini").write_text(INI.format(tests=ROOT / "tests"), encoding="utf-8")

    def run(
        self, tests: list[Path], *, is_compiled: bool, limit: float
    ) -> tuple[int | None, float]:
        """Run tests on the copy; return the exit status, none if time ran out, and the time."""
        if is_compiled not in self.servers:
            self.servers[is_compiled] = self._server(is_compiled=is_compiled)
        server = self.servers[is_compiled]
        assert server.stdin is not None
        assert server.stdout is not None
        server.stdin.write(json.dumps([limit, *map(str, tests)]) + "\n")
        server.stdin.flush()
        status, taken = json.loads(server.stdout.readline())
        return status, taken

    def close(self) -> None:
        """End the processes."""
        for server in self.servers.values():
            assert server.stdin is not None
            server.stdin.close()
            server.wait()

    def _server(self, *, is_compiled: bool) -> subprocess.Popen[str]:
        return subprocess.Popen(
            [sys.executable, __file__, "--serve"],
            cwd=self.folder,
            env=self._environment(is_compiled=is_compiled),
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            text=True,
        )

    def _environment(self, *, is_compiled: bool) -> dict[str, str]:
        ours = {
            "PYTHONPATH": os.pathsep.join([str(self.folder / "src"), str(self.folder)]),
            "PYTHONDONTWRITEBYTECODE": "1",
            "PYTEST_DISABLE_PLUGIN_AUTOLOAD": "1",
            "HYPOTHESIS_STORAGE_DIRECTORY": str(self.folder / "scratch" / "hypothesis"),
            "NUMBA_CACHE_DIR": str(self.folder / "scratch" / "numba"),
            "NUMBA_DISABLE_JIT": "0" if is_compiled else "1",
            "NUMBA_BOUNDSCHECK": "1",
            "NUMBA_NUM_THREADS": "1",
            "OPENBLAS_NUM_THREADS": "1",
            "OMP_NUM_THREADS": "1",
            "CONVENER_SHARED": os.environ.get("CONVENER_SHARED", str(ROOT.parent / "shared")),
        }
        return os.environ | ours


def serve() -> None:
    """Load what tests load, then run those that each line names in a child, until input ends."""
    for name in LIBRARIES:
        importlib.import_module(name)
    sys.path.remove(str(Path(__file__).parent))
    for line in sys.stdin:
        limit, *tests = json.loads(line)
        child = os.fork()
        if child == 0:
            _run_tests(tests, limit)
        status = _status(child, limit)
        shutil.rmtree("scratch", ignore_errors=True)  # what Numba compiled was of the broken code
        print(json.dumps(status), flush=True)


def _run_tests(tests: list[str], limit: float) -> NoReturn:
    os.setsid()
    resource.setrlimit(resource.RLIMIT_CPU, (math.ceil(limit), math.ceil(limit)))
    silent = os.open(os.devnull, os.O_RDWR)
    for stream in (0, 1, 2):
        os.dup2(silent, stream)
    os._exit(
        pytest.main(
            [
                "-x",
                "-q",
                "--tb=no",
                "--assert=plain",
                *("-p", "no:cacheprovider", "-p", "_hypothesis_pytestplugin"),
                *("-p", "broken_profile", "--hypothesis-profile=broken", "--hypothesis-seed=0"),
                *("-c", str(Path.cwd() / "pytest.ini"), f"--rootdir={ROOT}"),
                "--basetemp=scratch/pytest",
                *tests,
            ]
        )
    )


def _status(child: int, limit: float) -> tuple[int | None, float]:
    """Wait for a child; end it and all that it started if it waits for ever."""
    ends = time.monotonic() + limit * WAITS
    while time.monotonic() < ends:
        done, status, used = os.wait4(child, os.WNOHANG)
        if done:
            return os.waitstatus_to_exitcode(status), used.ru_utime + used.ru_stime
        time.sleep(0.01)
    with suppress(ProcessLookupError):
        os.killpg(child, signal.SIGKILL)
    os.waitpid(child, 0)
    return None, limit


def tests_of(floor: str, module: str) -> list[Path]:
    """Return the tests of a module, or of the modules that import it where it has none."""
    own = sorted((ROOT / "tests" / floor).glob(f"test_{module}*.py"))
    if own:
        return own
    found: set[Path] = set()
    for name, user in modules_of(floor).items():
        if f".{module} import" in user.read_text(encoding="utf-8"):
            found.update((ROOT / "tests" / floor).glob(f"test_{name}*.py"))
    return sorted(found)


def modules_of(floor: str) -> dict[str, Path]:
    """Return the modules of a floor by name, in whatever folder they are."""
    found = sorted((SOURCE / floor).rglob("*.py"))
    return {path.stem: path for path in found if path.stem != "__init__"}


def clean_run(stand: Stand, tests: list[Path]) -> tuple[bool, float] | None:
    """Return whether compiling makes the unbroken tests quicker, and how long they take."""
    taken: dict[bool, float] = {}
    for is_compiled in (True, False):
        best = min(taken.values(), default=600.0)
        status, used = stand.run(tests, is_compiled=is_compiled, limit=best + 1)
        if status == 0:
            taken[is_compiled] = used
    if not taken:
        return None
    chosen = min(taken, key=taken.__getitem__)
    return chosen, taken[chosen]


def break_module(floor: str, module: str, stands: SimpleQueue[Stand], jobs: int) -> int | None:
    """Make every break of a module, and print those that its tests let through."""
    path = modules_of(floor)[module]
    source = path.read_text(encoding="utf-8")
    tests = tests_of(floor, module)
    address = path.relative_to(ROOT)
    if not tests:
        print(f"{address}: no test runs it", flush=True)
        return None
    stand = stands.get()
    clean = clean_run(stand, tests)
    stands.put(stand)
    if clean is None:
        print(f"{address}: its tests do not pass unbroken, or take over ten minutes", flush=True)
        return None
    is_compiled, seconds = clean

    def survives(number: int) -> bool:
        stand = stands.get()
        copy = stand.folder / "src" / "convener" / path.relative_to(SOURCE)
        copy.write_text(broken_source(source, number), encoding="utf-8")
        limit = SLOWER * seconds + GRACE
        status, _used = stand.run(tests, is_compiled=is_compiled, limit=limit)
        copy.write_text(source, encoding="utf-8")
        stands.put(stand)
        return status in SURVIVED

    start = time.perf_counter()
    made = list(breaks(ast.parse(source)))
    with ThreadPoolExecutor(jobs) as pool:
        let_through = list(pool.map(survives, range(len(made))))
    missed = [one for one, survived in zip(made, let_through, strict=True) if survived]
    names = ", ".join(test.name for test in tests)
    print(f"{address}: {len(made)} breaks, {len(missed)} not caught by {names}", end="")
    print(f" in {time.perf_counter() - start:.0f} s{', compiled' if is_compiled else ''}")
    lines = source.splitlines()
    for one in missed:
        print(
            f"  {address}:{one.line}  {one.was} to {one.becomes}    {lines[one.line - 1].strip()}"
        )
    sys.stdout.flush()
    return len(missed)


def main() -> None:
    """Print, for each module, the breaks that nothing caught, and the total."""
    arguments = argparse.ArgumentParser(description=__doc__)
    arguments.add_argument("--only", nargs="+", metavar="MODULE")
    arguments.add_argument("--floor", choices=["methods", "rules", "base"], default="methods")
    arguments.add_argument("--jobs", type=int, default=2)
    arguments.add_argument("--examples", type=int, default=30, help="of each Hypothesis law")
    arguments.add_argument("--serve", action="store_true", help=argparse.SUPPRESS)
    given = arguments.parse_args()
    if given.serve:
        serve()
        return
    there = list(modules_of(given.floor))
    if unknown := set(given.only or []) - set(there):
        raise SystemExit(f"no module {', '.join(sorted(unknown))}; there are {', '.join(there)}")

    with tempfile.TemporaryDirectory() as folder:
        stands: SimpleQueue[Stand] = SimpleQueue()
        for number in range(given.jobs):
            stands.put(Stand(Path(folder) / str(number), given.examples))
        missed = [
            break_module(given.floor, module, stands, given.jobs) for module in given.only or there
        ]
        for _ in range(given.jobs):
            stands.get().close()
    print(f"total: {sum(one or 0 for one in missed)} not caught, in {len(missed)} modules")
    if None in missed:
        raise SystemExit(f"{missed.count(None)} modules could not be broken")


if __name__ == "__main__":
    main()
