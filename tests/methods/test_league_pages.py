"""The examples and the picture of the pages on league tables and case mix are true."""

from __future__ import annotations

import doctest
import re
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
PAGES = ROOT / "docs" / "explanation" / "methods"


@pytest.mark.parametrize("page", ["league-tables", "case-mix"])
def test_the_examples_of_a_page_are_true(page):
    text = (PAGES / f"{page}.md").read_text(encoding="utf-8")
    unfenced = re.sub(r"^```.*$", "", text, flags=re.MULTILINE)
    examples = doctest.DocTestParser().get_doctest(unfenced, {}, page, f"{page}.md", 0)

    met = doctest.DocTestRunner(verbose=False).run(examples)

    assert met.attempted > 0
    assert met.failed == 0


def test_the_picture_is_the_one_that_is_drawn_now():
    script = ROOT / "scripts" / "draw_league_tables.py"

    done = subprocess.run(
        [sys.executable, script, "--check"], capture_output=True, text=True, check=False
    )

    assert done.returncode == 0, done.stderr
