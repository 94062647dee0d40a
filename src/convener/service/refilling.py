"""A page's form, filled again with what was typed into it before."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from html import escape
from html.parser import HTMLParser

type Typed = Mapping[str, Sequence[str]]

TICKED = frozenset({"radio", "checkbox"})
# What these hold is the page's, or must be typed anew.
LEFT = frozenset({"hidden", "password", "file", "submit", "button", "image", "reset"})
AFTER = '<main id="main-content">'


def refilled(page: str, typed: Typed, notice: str) -> str:
    """Return a page with the fields of its forms as they were typed, and a notice above them."""
    filler = _Filler(typed)
    filler.feed(page)
    filler.close()
    return "".join(filler.parts).replace(AFTER, AFTER + notice, 1)


class _Filler(HTMLParser):
    """Copies a page, and changes the fields that something was typed into."""

    def __init__(self, typed: Typed) -> None:
        super().__init__(convert_charrefs=False)
        self.typed = typed
        self.parts: list[str] = []
        self._area = False  # inside a text that is replaced
        self._select: str | None = None

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = dict(attrs)
        name = given.get("name") or ""
        raw = self.get_starttag_text() or ""
        if tag == "input" and name in self.typed:
            raw = _tag(tag, self._input(given))
        elif tag == "select":
            self._select = name if name in self.typed else None
        elif tag == "option" and self._select is not None:
            value = given.get("value")
            raw = _tag(tag, _marked(given, "selected", value in self.typed[self._select]))
        self.parts.append(raw)
        if tag == "textarea" and name in self.typed:
            self._area = True
            self.parts.append("\n" + escape(self.typed[name][0]))

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.handle_starttag(tag, attrs)

    def _input(self, given: dict[str, str | None]) -> dict[str, str | None]:
        sort, values = given.get("type") or "text", self.typed[given["name"] or ""]
        if sort in TICKED:
            return _marked(given, "checked", (given.get("value") or "on") in values)
        return given if sort in LEFT else {**given, "value": values[0]}

    def handle_endtag(self, tag: str) -> None:
        self._area = self._area and tag != "textarea"
        self._select = None if tag == "select" else self._select
        self.parts.append(f"</{tag}>")

    def _copy(self, text: str) -> None:
        if not self._area:
            self.parts.append(text)

    def handle_data(self, data: str) -> None:
        self._copy(data)

    def handle_entityref(self, name: str) -> None:
        self._copy(f"&{name};")

    def handle_charref(self, name: str) -> None:
        self._copy(f"&#{name};")

    def handle_comment(self, data: str) -> None:
        self._copy(f"<!--{data}-->")

    def handle_decl(self, decl: str) -> None:
        self._copy(f"<!{decl}>")


def _marked(given: dict[str, str | None], word: str, is_on: bool) -> dict[str, str | None]:  # noqa: FBT001 -- the one thing asked
    rest = {name: value for name, value in given.items() if name != word}
    return {**rest, word: None} if is_on else rest


def _tag(tag: str, given: dict[str, str | None]) -> str:
    words = [
        name if value is None else f'{name}="{escape(value)}"' for name, value in given.items()
    ]
    return f"<{' '.join([tag, *words])}>"
