"""What the reference page of a measure tells in words: how, why, what is left out and assumed.

The pages are those of the documentation. A built package carries them beside this file; a
checkout has them where documentation lies.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from types import MappingProxyType

_HERE = Path(__file__).parent
PLACES = (_HERE / "pages", _HERE.parents[2] / "docs" / "reference" / "measures")
_HEADING = re.compile(r"^## (.+)$", re.MULTILINE)
_LINK = re.compile(r"\[([^\]]+)\]\([^)]+\)")
_SIGNS = re.compile(r"[`*]")


@cache
def told_of(name: str) -> Mapping[str, tuple[str, ...]]:
    """Return the plain paragraphs of a measure's page by heading; none where there is no page."""
    path = next((found for place in PLACES if (found := place / f"{name}.md").is_file()), None)
    if path is None:
        return MappingProxyType({})
    _, *parts = _HEADING.split(path.read_text(encoding="utf-8"))
    return MappingProxyType(
        {
            heading.strip(): _paragraphs(text)
            for heading, text in zip(parts[::2], parts[1::2], strict=True)
        }
    )


def _paragraphs(text: str) -> tuple[str, ...]:
    plain = _SIGNS.sub("", _LINK.sub(r"\1", text))
    return tuple(" ".join(part.split()) for part in plain.split("\n\n") if part.strip())
