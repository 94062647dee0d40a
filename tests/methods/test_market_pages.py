"""What the pages on concentration, contagion and service stress show is what the code says."""

from __future__ import annotations

import doctest
import re
from pathlib import Path

import pytest

PAGES = Path(__file__).parents[2] / "docs" / "explanation" / "methods"


@pytest.mark.parametrize("page", ["concentration", "contagion", "service-stress"])
def test_the_examples_of_a_page_are_true(page):
    text = (PAGES / f"{page}.md").read_text(encoding="utf-8")
    unfenced = re.sub(r"^```.*$", "", text, flags=re.MULTILINE)
    examples = doctest.DocTestParser().get_doctest(unfenced, {}, page, f"{page}.md", 0)

    met = doctest.DocTestRunner(verbose=False).run(examples)

    assert met.attempted > 5
    assert met.failed == 0
