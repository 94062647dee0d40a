"""The examples and the pictures of the pages on funnels and alarms are true, as are the code's."""

from __future__ import annotations

import doctest
import importlib
import re
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
PAGES = ROOT / "docs" / "explanation" / "methods"


@pytest.mark.parametrize("page", ["funnel-plots", "sequential-alarms"])
def test_the_examples_of_a_page_are_true(page):
    text = (PAGES / f"{page}.md").read_text(encoding="utf-8")
    unfenced = re.sub(r"^```.*$", "", text, flags=re.MULTILINE)
    examples = doctest.DocTestParser().get_doctest(unfenced, {}, page, f"{page}.md", 0)

    met = doctest.DocTestRunner().run(examples)

    assert met.attempted > 0
    assert met.failed == 0


@pytest.mark.parametrize("name", ["cusum", "discovery", "sprt"])
def test_the_examples_in_the_code_are_true(name):
    met = doctest.testmod(importlib.import_module(f"convener.methods.{name}"))

    assert met.attempted > 0
    assert met.failed == 0


def test_the_pictures_are_those_that_are_drawn_now():
    script = ROOT / "scripts" / "draw_funnels_and_alarms.py"

    done = subprocess.run(
        [sys.executable, script, "--check"], capture_output=True, text=True, check=False
    )

    assert done.returncode == 0, done.stderr
