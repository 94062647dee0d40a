"""What the threat model says is shown by a test is shown by one that is there."""

from __future__ import annotations

import re
from pathlib import Path

TESTS = Path(__file__).resolve().parent
PAGE = TESTS.parent / "docs" / "explanation" / "threat-model.md"


def test_every_test_that_the_threat_model_names_is_there():
    named = set(re.findall(r"`([a-z]+/test_\w+\.py)`", PAGE.read_text(encoding="utf-8")))

    assert len(named) >= 15
    assert sorted(name for name in named if not (TESTS / name).is_file()) == []
