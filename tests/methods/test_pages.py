"""The examples and pictures of the pages on methods are true, and so are those in the code."""

from __future__ import annotations

import doctest
import importlib
import pkgutil
import re
import subprocess
import sys
from pathlib import Path

import pytest

from convener import methods

ROOT = Path(__file__).resolve().parents[2]
PAGES = sorted((ROOT / "docs" / "explanation" / "methods").glob("*.md"))
TOLD_ELSEWHERE = {"README", "financial-standing", "matching"}  # in words and tables
MODULES = [found.name for found in pkgutil.walk_packages(methods.__path__, "convener.methods.")]


@pytest.mark.parametrize(
    "page", [page for page in PAGES if page.stem not in TOLD_ELSEWHERE], ids=lambda page: page.stem
)
def test_the_examples_of_a_page_are_true(page):
    unfenced = re.sub(r"^```.*$", "", page.read_text(encoding="utf-8"), flags=re.MULTILINE)
    examples = doctest.DocTestParser().get_doctest(unfenced, {}, page.stem, page.name, 0)

    met = doctest.DocTestRunner(verbose=False).run(examples)

    assert met.attempted > 0
    assert met.failed == 0


@pytest.mark.parametrize("name", MODULES)
def test_the_examples_in_the_code_are_true(name):
    met = doctest.testmod(importlib.import_module(name))

    assert met.failed == 0


@pytest.mark.parametrize("script", ["draw_funnels_and_alarms", "draw_league_tables"])
def test_the_pictures_are_those_that_are_drawn_now(script):
    done = subprocess.run(
        [sys.executable, ROOT / "scripts" / f"{script}.py", "--check"],
        capture_output=True,
        text=True,
        check=False,
    )

    assert done.returncode == 0, done.stderr
