"""The register of organisations: what a record may say, and how a claim to one is decided."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from convener.base.errors import BadInputError, NotAllowedError
from convener.base.identifiers import Identified, normalise, scheme_code
from convener.base.kinds import Kind
from convener.base.steps import Process

NAME_MAX = 300  # characters of a name
SOURCE_MAX = 300
REASON_MIN = 10  # characters: a word alone is no reason
WORDS_MAX = 2000  # characters of evidence, of an answer or of a reason
EARLIEST = date(1800, 1, 1)  # a day before it is a slip of the keyboard

# A person is no organisation: the register holds none.
KINDS = tuple(kind for kind in Kind if kind is not Kind.INDIVIDUAL)

# The registers that a form offers, in the order in which bodies are likeliest to have a number.
SCHEMES = {
    "GB-COH": "Companies House",
    "GB-CHC": "Charity Commission (England and Wales)",
    "GB-SC": "Scottish Charity Register",
    "GB-NIC": "Charity Commission for Northern Ireland",
    "GB-MPR": "Mutuals Public Register",
    "GB-NHS": "NHS organisation code",
    "GB-LAE": "Local authority (England), by letters",
    "GB-GOR": "Government Organisation Register",
    "GB-UKPRN": "UK provider reference number",
    "GB-EDU": "School (unique reference number)",
    "GB-SHPE": "Registered provider of social housing",
    "GB-PPON": "Public procurement organisation number",
    "XI-LEI": "Legal entity identifier",
    "XI-DUNS": "D-U-N-S number",
}


class RecordRefusedError(BadInputError):
    """What a record would say is not what a record can say."""


class JudgedByOneselfError(NotAllowedError):
    """Nobody decides upon their own claim."""


class ClaimStep(StrEnum):
    """Where a claim to a record stands."""

    WAITING = "waiting"
    APPROVED = "approved"
    REFUSED = "refused"
    WITHDRAWN = "withdrawn"


CLAIM = Process(
    name="a claim to a record",
    start=ClaimStep.WAITING,
    moves={
        ClaimStep.WAITING: frozenset({ClaimStep.APPROVED, ClaimStep.REFUSED, ClaimStep.WITHDRAWN}),
    },
)


def clean_name(text: str) -> str:
    """Return a name as the record keeps it: its words parted by one blank each.

    Raises
    ------
    RecordRefusedError
        If it is empty or too long.
    """
    name = " ".join(text.split())
    if not 1 <= len(name) <= NAME_MAX:
        raise RecordRefusedError(
            f"an organisation's name has 1 to {NAME_MAX} characters; this has {len(name)}"
        )
    return name


def said(text: str, what: str, *, least: int = 1, most: int = WORDS_MAX) -> str:
    """Return what a person wrote, as it is kept.

    Raises
    ------
    RecordRefusedError
        If it says too little, or too much.
    """
    kept = text.replace("\r\n", "\n").replace("\0", "").strip()
    if len(kept) < least:
        wanted = "in words" if least == 1 else f"in words, {least} characters or more"
        raise RecordRefusedError(f"{what} is {wanted}; it has {len(kept)}")
    if len(kept) > most:
        raise RecordRefusedError(f"{what} has at most {most:,} characters; it has {len(kept):,}")
    return kept


def check_kind(kind: Kind) -> None:
    """Refuse a kind that no organisation can be.

    Raises
    ------
    RecordRefusedError
        If it is that of a person.
    """
    if kind not in KINDS:
        raise RecordRefusedError("a person is no organisation, and is not registered as one")


def check_days(from_on: date | None, to_on: date | None, what: str) -> None:
    """Refuse days that cannot be those from and until which something holds.

    Raises
    ------
    RecordRefusedError
        If it ends before or on the day on which it begins, or lies too far back.
    """
    if from_on is not None and to_on is not None and to_on <= from_on:
        raise RecordRefusedError(
            f"{what} ends after it begins; it would begin on {from_on} and end on {to_on}"
        )
    if any(day is not None and day < EARLIEST for day in (from_on, to_on)):
        raise RecordRefusedError(f"{what} begins or ends before {EARLIEST.year}; check the year")


def read_identifier(scheme: str, text: str) -> Identified:
    """Return a number as its register writes it.

    Raises
    ------
    RecordRefusedError
        If the register is not known, or the number cannot be one of it.
    """
    code = scheme_code(scheme)
    if code is None:
        raise RecordRefusedError(f"no register is known as {scheme[:40]!r}")
    found = normalise(code, text)
    if found is None:
        register = SCHEMES.get(code, code)
        raise RecordRefusedError(f"{text[:40]!r} cannot be a number of {register}")
    return found


@dataclass(frozen=True)
class Known:
    """An organisation of the market, as far as a match needs it."""

    key: int
    name: str
    identifiers: tuple[str, ...]


@dataclass(frozen=True)
class Match:
    """Whether a record is one of the market's organisations, and why.

    ``key`` is none where nothing says so yet; ``choices`` are those that a person may choose from.
    """

    key: int | None
    because: str
    choices: tuple[Known, ...] = ()


def decide_match(name: str, numbers: Sequence[str], known: Iterable[Known]) -> Match:
    """Match a record with the market's organisations: by number, else by a person's choice.

    A name alone never decides: two bodies may share one.

    Parameters
    ----------
    name : as the record has it
    numbers : its identifiers, each with its scheme, such as ``GB-COH-01234567``
    known : the market's organisations that hold one of the numbers, or are named like it
    """
    found = tuple(known)
    held = {number: one for one in found for number in numbers if number in one.identifiers}
    bodies = {one.key: one for one in held.values()}
    if len(bodies) == 1:
        [one] = bodies.values()
        number = next(each for each in numbers if each in held)
        return Match(one.key, f"both have the number {number}", found)
    if bodies:
        listed = " and ".join(sorted(one.name for one in bodies.values()))
        return Match(None, f"its numbers lead to several: {listed}", tuple(bodies.values()))
    if not found:
        return Match(None, "nothing in the market has its number or a name like it")
    return Match(None, f"no number is shared; these are named like {name}", found)


def check_may_decide(*, claimant: int, decider: int | None) -> None:
    """Refuse that a person decides upon their own claim.

    Raises
    ------
    JudgedByOneselfError
        If the two are one.
    """
    if claimant == decider:
        raise JudgedByOneselfError("nobody decides upon their own claim; ask another convener")
