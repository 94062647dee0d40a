"""Open the HTML entities that a source left in its JSON, so that one name is one text.

It is done once, to whole sheets of lines as they come in, before anything else reads them.
"""

from __future__ import annotations

import html
import json
import re

from convener.data.reading.blocks import Sheet

# Escaped once or more, as "&amp;#039;" is; some writers spell the first sign in JSON's own way.
_REST = rb"(?:amp;)*(?:#(?:\d{1,7}|[xX][0-9a-fA-F]{1,6})|[A-Za-z][A-Za-z0-9]{1,30});"
_SIGN, _SPELT = b"&", rb"\u0026"
_ENTITIES = {
    _SIGN: re.compile(rb"&" + _REST),
    _SPELT: re.compile(rb"(?<!\\)\\u0026" + _REST),
}
_DEEPEST = 4  # times that an entity is opened: escaped more often, nobody has met it


def open_entities(sheet: Sheet) -> None:
    """Write each entity on a sheet of JSON lines as the letter that it stands for."""
    text = None
    for sign, entity in _ENTITIES.items():
        if sheet.has(sign):  # a hundredth of what the search costs, and most sheets have none
            text = entity.sub(_opened, sheet.text if text is None else text)
    if text is not None and text != sheet.text:
        sheet.clear()
        sheet.put(text)


def _opened(met: re.Match[bytes]) -> bytes:
    """Return the letter as a JSON text writes it: a quote or a line break must not end it."""
    text = met[0].replace(_SPELT, _SIGN).decode("ascii")
    for _ in range(_DEEPEST):
        if (opened := html.unescape(text)) == text:
            break
        text = opened
    return json.dumps(text, ensure_ascii=False)[1:-1].encode()
