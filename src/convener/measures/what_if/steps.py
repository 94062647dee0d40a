"""The steps of a what-if as an address holds them: words in, steps out, and back again.

::

    stop:12                                   a provider stops
    move:award:ocds-abc-1/1:to=34             one contract goes to another provider
    move:entry:SC103:to=new-charity           one place of provision to a new provider of a kind
    move:part:12:25%:to=new-mutual-2          a quarter of what a provider has
    move:part:12:40:to=34                     so many places, or so much money
    split:award:ocds-abc-1/1:4                into lots of new providers, each with one
    split:entry:SC103:4:as=charity            of a kind that is named

A provider is its number as an organisation, or the mark of its spelling. Within a word, what
would part words (``:``, ``/`` and ``%``) is percent-encoded.
"""

from __future__ import annotations

import math
import re
from dataclasses import dataclass
from urllib.parse import quote, unquote

from convener.base.errors import BadInputError
from convener.base.kinds import Kind
from convener.measures.what_if.holdings import NEW

LOTS = range(2, 51)
LONGEST = 400  # letters of a step
STEPS_MAX = 20
WANTED = (
    "wanted stop:PROVIDER, move:award:OCID/AWARD:to=PROVIDER, "
    "move:part:PROVIDER:25%:to=PROVIDER or split:award:OCID/AWARD:LOTS"
)
_PROVIDER = re.compile(r"\d{1,19}|named-[0-9a-f]{1,16}")
_NEW = re.compile(rf"{NEW}-([a-z-]+?)(?:-(\d{{1,2}}))?")
_AMOUNT = re.compile(r"(\d{1,15}(?:\.\d{1,4})?)(%?)")
NEW_KINDS = tuple(kind for kind in Kind if kind is not Kind.INDIVIDUAL)  # nobody is imagined


class StepError(BadInputError):
    """A step cannot be read, or cannot be taken in this market."""


@dataclass(frozen=True)
class Thing:
    """One award by its process and number, or one place of provision by its own."""

    process: str
    number: str

    @property
    def words(self) -> str:
        """Return the thing as an address holds it."""
        if not self.process:
            return f"entry:{_quoted(self.number)}"
        return f"award:{_quoted(self.process)}/{_quoted(self.number)}"


@dataclass(frozen=True)
class NewHolder:
    """A provider that is imagined: of a kind, and told apart by a number."""

    kind: Kind
    number: int = 1

    @property
    def words(self) -> str:
        """Return the new provider as an address holds it."""
        return f"{NEW}-{self.kind.value}" + (f"-{self.number}" if self.number > 1 else "")


@dataclass(frozen=True)
class Part:
    """A share of what a provider has, or an amount of it."""

    amount: float
    is_share: bool

    @property
    def words(self) -> str:
        """Return the part as an address holds it."""
        return f"{100 * self.amount:.6g}%" if self.is_share else f"{self.amount:.15g}"


type To = str | NewHolder


@dataclass(frozen=True)
class Stop:
    """A provider stops."""

    provider: str

    @property
    def words(self) -> str:
        """Return the step as an address holds it."""
        return f"stop:{self.provider}"


@dataclass(frozen=True)
class Move:
    """One contract, or one place, goes to another provider."""

    thing: Thing
    to: To

    @property
    def words(self) -> str:
        """Return the step as an address holds it."""
        return f"move:{self.thing.words}:to={_to_words(self.to)}"


@dataclass(frozen=True)
class MovePart:
    """A part of what a provider has goes to another."""

    provider: str
    part: Part
    to: To

    @property
    def words(self) -> str:
        """Return the step as an address holds it."""
        return f"move:part:{self.provider}:{self.part.words}:to={_to_words(self.to)}"


@dataclass(frozen=True)
class Split:
    """One contract, or one place, is cut into lots, each held by a new provider.

    They are of the kind of who holds it now, where no kind is named.
    """

    thing: Thing
    lots: int
    kind: Kind | None = None

    @property
    def words(self) -> str:
        """Return the step as an address holds it."""
        named = f":as={self.kind.value}" if self.kind else ""
        return f"split:{self.thing.words}:{self.lots}{named}"


type Step = Stop | Move | MovePart | Split


def read_step(text: str) -> Step:
    """Return the step that a word of an address stands for.

    Raises
    ------
    StepError
        If it stands for none; the message says what was met and what was wanted.
    """
    if len(text) > LONGEST:
        raise StepError(f"a step of {len(text)} letters was met; wanted at most {LONGEST}")
    match text.split(":"):
        case ["stop", provider]:
            return Stop(read_provider(provider))
        case ["move", "part", provider, part, to]:
            return MovePart(read_provider(provider), read_part(part), _read_to(to))
        case ["move", sort, thing, to]:
            return Move(_read_thing(sort, thing), _read_to(to))
        case ["split", sort, thing, lots, *named] if len(named) <= 1:
            return Split(_read_thing(sort, thing), read_lots(lots), _read_as(named))
    raise StepError(f"the step {text!r} was met; {WANTED}")


def read_provider(word: str) -> str:
    """Return the reference of a provider.

    Raises
    ------
    StepError
        If it is not one.
    """
    if not _PROVIDER.fullmatch(word):
        raise StepError(f"the provider {word!r} was met; wanted the number of an organisation")
    return word


def read_part(word: str) -> Part:
    """Return a part of what a provider has: a percentage, or an amount.

    Raises
    ------
    StepError
        If it is neither, or is not above zero.
    """
    met = _AMOUNT.fullmatch(word.replace(",", "").strip())
    amount = float(met[1]) if met else math.nan
    is_share = bool(met and met[2])
    if not amount > 0 or (is_share and amount > 100):  # noqa: PLR2004 -- per cent
        raise StepError(f"the part {word!r} was met; wanted such as 25% or 40, above zero")
    return Part(amount / 100 if is_share else amount, is_share)


def read_lots(word: str) -> int:
    """Return a number of lots.

    Raises
    ------
    StepError
        If it is not a number of them, or too small or great a one.
    """
    if not re.fullmatch(r"[0-9]{1,3}", word) or int(word) not in LOTS:
        raise StepError(f"{word!r} lots were met; wanted {LOTS[0]} to {LOTS[-1]}")
    return int(word)


def read_kind(word: str) -> Kind:
    """Return the kind of a new provider.

    Raises
    ------
    StepError
        If there is no such kind, or nobody of it is imagined.
    """
    if word not in NEW_KINDS:
        listed = ", ".join(kind.value for kind in NEW_KINDS)
        raise StepError(f"a new provider of kind {word!r} was met; wanted one of {listed}")
    return Kind(word)


def read_thing(word: str) -> Thing:
    """Return what a reader typed or chose: a process and award, or a place of provision.

    Raises
    ------
    StepError
        If it is empty.
    """
    sort, _, rest = word.partition(":")
    if sort not in ("award", "entry") or not rest:
        raise StepError(f"the contract {word!r} was met; wanted such as award:OCID/AWARD")
    return _read_thing(sort, rest)


def _read_thing(sort: str, word: str) -> Thing:
    if sort == "award" and word.count("/") == 1 and all(word.split("/")):
        process, number = (unquote(part) for part in word.split("/"))
        return Thing(process, number)
    if sort == "entry" and word:
        return Thing("", unquote(word))
    met = f"{sort}:{word}"
    raise StepError(f"{met!r} was met; wanted award:OCID/AWARD or entry:PLACE")


def _read_to(word: str) -> To:
    if not word.startswith("to="):
        raise StepError(f"{word!r} was met; wanted to=PROVIDER or to=new-KIND")
    return read_to(word.removeprefix("to="))


def read_to(word: str) -> To:
    """Return to whom something goes: a provider that there is, or a new one.

    Raises
    ------
    StepError
        If it is neither.
    """
    if met := _NEW.fullmatch(word):
        return NewHolder(read_kind(met[1]), max(1, int(met[2] or 1)))
    return read_provider(word)


def _read_as(named: list[str]) -> Kind | None:
    if not named:
        return None
    if not named[0].startswith("as="):
        raise StepError(f"{named[0]!r} was met; wanted as=KIND")
    return read_kind(named[0].removeprefix("as="))


def _quoted(word: str) -> str:
    return quote(word, safe=" ")


def _to_words(to: To) -> str:
    return to if isinstance(to, str) else to.words
