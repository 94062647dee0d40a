"""The worked examples of the pages on money and on sampling, and of the code, are run."""

from __future__ import annotations

import doctest
import importlib
import re
from pathlib import Path

import pytest

PAGES = Path(__file__).resolve().parents[2] / "docs" / "explanation" / "methods"
MODULES = [
    "allocation",
    "apportionment",
    "cashflows",
    "discounting",
    "extrapolation",
    "optimism_bias",
    "outcome_payments",
]


@pytest.mark.parametrize("page", ["money-over-time", "outcome-contracts", "sampling"])
def test_the_examples_of_a_page_are_true(page):
    text = (PAGES / f"{page}.md").read_text(encoding="utf-8")
    unfenced = re.sub(r"^```.*$", "", text, flags=re.MULTILINE)
    examples = doctest.DocTestParser().get_doctest(unfenced, {}, page, f"{page}.md", 0)

    met = doctest.DocTestRunner().run(examples)

    assert met.attempted > 0
    assert met.failed == 0


@pytest.mark.parametrize("name", MODULES)
def test_the_examples_in_the_code_are_true(name):
    met = doctest.testmod(importlib.import_module(f"convener.methods.{name}"))

    assert met.attempted > 0
    assert met.failed == 0
