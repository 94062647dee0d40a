"""What imports cannot say about the house."""

from __future__ import annotations

import ast
import importlib.util
import re
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from convener.measures.measure import catalogue

ROOT = Path(__file__).resolve().parents[1]
PACKAGE = ROOT / "src" / "convener"
PURE_FLOORS = ("base", "methods", "rules")
FLOORS = ("base", "methods", "rules", "data", "measures", "simulation", "service", "cli")
TIMELESS_FLOORS = (*PURE_FLOORS, "data", "measures", "simulation")
BINARY = {".woff2", ".png", ".parquet", ".gz"}
CLOCKS = {"now", "utcnow", "today"}
# The wait between two requests of a feed is the one clock below the top floor, and it is injected.
CLOCK_OWNERS = {"data/sources/network.py", "data/sources/feeds.py"}


def _modules(*floors: str) -> Iterator[Path]:
    for floor in floors:
        yield from (PACKAGE / floor).rglob("*.py")


def _address(path: Path) -> str:
    return str(path.relative_to(PACKAGE))


def _tracked() -> list[str]:
    listed = subprocess.run(
        ["git", "ls-files"], cwd=ROOT, capture_output=True, text=True, check=True
    )
    return [name for name in listed.stdout.splitlines() if (ROOT / name).is_file()]


@pytest.mark.parametrize("floor", FLOORS)
def test_every_floor_exists(floor):
    assert (PACKAGE / floor / "__init__.py").is_file()


@pytest.mark.parametrize("path", list(_modules(*FLOORS)), ids=_address)
def test_every_module_says_in_its_first_line_what_lives_there(path):
    if path.stat().st_size == 0 or "migrations" in path.parts:
        return

    docstring = ast.get_docstring(ast.parse(path.read_text(encoding="utf-8")))

    assert docstring, f"{_address(path)} has no first line"


@pytest.mark.parametrize("path", list(_modules(*TIMELESS_FLOORS)), ids=_address)
def test_time_is_an_argument_below_the_top_floor(path):
    if _address(path) in CLOCK_OWNERS:
        return
    tree = ast.parse(path.read_text(encoding="utf-8"))

    calls = [
        node.lineno
        for node in ast.walk(tree)
        if isinstance(node, ast.Call)
        and isinstance(node.func, ast.Attribute)
        and node.func.attr in CLOCKS
    ]

    assert not calls, f"{_address(path)} reads a clock on lines {calls}"


@pytest.mark.parametrize("path", list(_modules(*TIMELESS_FLOORS)), ids=_address)
def test_chance_is_an_argument_below_the_top_floor(path):
    text = path.read_text(encoding="utf-8")

    drawn = re.findall(
        r"\b(?:random\.(?:random|choice|randint|shuffle|sample)\(|np\.random\.(?!Generator|default_rng\(\w|SeedSequence)\w+)",
        text,
    )

    assert not drawn, f"{_address(path)} draws from a generator that nobody passed: {drawn}"


def test_no_committed_file_names_a_package_registry_or_this_machine():
    registry = re.compile(
        r"--(?:extra-)?index-url\b|index-url *=|registry *= *[\"']?https?:"
        r"|\"resolved\": *\"https?:"
    )
    found = []
    for name in _tracked():
        path = ROOT / name
        if path.suffix in BINARY or name == "tests/test_house.py":
            continue
        text = path.read_text(encoding="utf-8", errors="replace")
        found += [
            f"{name}:{number}"
            for number, line in enumerate(text.splitlines(), 1)
            if registry.search(line) or f"{ROOT}/" in line
        ]

    assert not found


def test_the_readme_gives_the_two_commands():
    text = (ROOT / "README.md").read_text(encoding="utf-8")

    assert "make run" in text
    assert "make test" in text


def test_every_make_target_of_the_readme_exists():
    text = (ROOT / "README.md").read_text(encoding="utf-8")
    makefile = (ROOT / "Makefile").read_text(encoding="utf-8")

    named = set(re.findall(r"make ([a-z-]+)", text))

    assert named <= set(re.findall(r"^([a-z-]+):", makefile, re.MULTILINE))


@pytest.mark.parametrize("name", list(catalogue()))
def test_every_measure_has_a_page_and_a_worked_example(name):
    assert (ROOT / "docs" / "reference" / "measures" / f"{name}.md").is_file()
    assert (ROOT / "src" / "convener" / "measures" / "examples" / f"{name}.toml").is_file()


def test_the_reference_pages_are_as_the_code_writes_them():
    spec = importlib.util.spec_from_file_location("write_docs", ROOT / "scripts" / "write_docs.py")
    assert spec is not None
    assert spec.loader is not None
    write_docs = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(write_docs)

    stale = [
        name
        for name, make in write_docs.PAGES.items()
        if (write_docs.REFERENCE / name).read_text(encoding="utf-8") != make()
    ]

    assert not stale, "run `make docs`"


def test_every_link_between_the_pages_leads_somewhere():
    broken = []
    for name in _tracked():
        if not name.endswith(".md"):
            continue
        page = ROOT / name
        links = re.findall(r"\]\(([^)#:]+)(?:#[^)]*)?\)", page.read_text(encoding="utf-8"))
        broken += [f"{name}: {link}" for link in links if not (page.parent / link).exists()]

    assert not broken


def test_real_data_is_not_in_the_project():
    large = [
        name
        for name in _tracked()
        if (ROOT / name).stat().st_size > 600_000 and not name.endswith(".lock")
    ]

    assert not large
