"""Names of organisations made comparable: the same body, written by a hundred hands.

``normalise`` undoes what payment systems and spreadsheets do to names (case, accents, damaged
encodings, legal forms, subtotals run into the next row, account numbers) and sorts the words
that remain by how much they tell. Nothing here decides that two names are one body.
"""

from __future__ import annotations

import re
import unicodedata
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache, lru_cache
from itertools import pairwise

from rapidfuzz import process
from rapidfuzz.distance import DamerauLevenshtein

from convener.data.organisations.bodies import FEDERATIONS, NATIONAL, National
from convener.data.organisations.places import DIRECTIONS, PLACES
from convener.data.organisations.vocabulary import COMMON, FORMS, PHRASES, SHORT_FORMS, SORTS, STOP


@dataclass(frozen=True)
class Name:
    """A name as it is compared.

    Attributes
    ----------
    core : words without legal form, in order; the name of a national body for its branches
    form : legal form, such as "ltd", or ""
    specific, places, sorts, common : the words of the core by what they tell
    family : the federation that it names itself after, or ""
    national : the one national body that it names, or ""
    initials : first letters of the words, for names of several words
    """

    core: str
    form: str
    specific: tuple[str, ...]
    places: tuple[str, ...]
    sorts: tuple[str, ...]
    common: tuple[str, ...]
    family: str
    national: str
    initials: str

    @property
    def squeezed(self) -> str:
        """Return the core without spaces, for names that differ in where words part."""
        return self.core.replace(" ", "")

    @property
    def is_telling(self) -> bool:
        """Say whether the name tells one body from others: not "Services", nor "The Trust"."""
        return bool(self.specific or self.places or self.national) or " " in self.core


INITIALS_MIN = 3
_KINDS_OF_WORD = ("specific", "places", "sorts", "common")


@lru_cache(maxsize=1 << 16)
def normalise(text: str, *, branches: bool = True) -> Name:
    """Return a name as it is compared with others.

    Parameters
    ----------
    text : name as published
    branches : whether branches of a national body bear its name
        Not so for register entries: the friends of a hospice have a number of their own.

    Returns
    -------
    Name
        Equal names have equal cores, whatever their case, accents, spacing and legal form.
    """
    plain = _without_debris(_plain(text))
    tokens, form = _without_form(_joined_letters(plain.split()))
    tokens, form = _without_own_initials(tokens, form)
    spoken = [t for t in tokens if t not in STOP] or tokens
    letters = "".join(t[0] for t in spoken) if len(spoken) >= INITIALS_MIN else ""
    national = _national(spoken) if branches else ""
    meant = _meant(_plain(national).split() if national else spoken)
    family = "" if national else _family(meant)
    told = [t for t in meant if t not in family.split()]
    weak = _dedications(told)
    sorted_out = {
        kind: tuple(t for t in told if ("common" if t in weak else _tells(t)) == kind)
        for kind in _KINDS_OF_WORD
    }
    core = " ".join(meant)
    return Name(
        core, form, **sorted_out, family=family, national=national, initials=_singular(letters)
    )


def same_letters(text: str) -> str:
    """Return a name in lower case with letters, digits and single spaces only."""
    return " ".join(_plain(text).split())


def own_initials(text: str) -> str:
    """Return the short form that a name declares of itself: cgl of "Change Grow Live (CGL)".

    Only what stands in brackets after the name and is its initials; no words where it has none.
    """
    met = _IN_BRACKETS.fullmatch(text.strip())
    if met is None:
        return ""
    short = _plain(met["short"])
    tokens, _form = _without_form(_plain(met["name"]).split())
    letters = {"".join(t[0] for t in tokens), "".join(t[0] for t in tokens if t not in STOP)}
    return short if len(short) >= INITIALS_MIN and short in letters else ""


_IN_BRACKETS = re.compile(r"(?P<name>.*\S)\s*\((?P<short>[A-Za-z]+)\)")


def plain(text: str) -> str:
    """Return the words of a name as written, without debris, in lower case, legal form parted."""
    tokens, _form = _without_form(_joined_letters(_without_debris(_plain(text)).split()))
    return " ".join(tokens)


_DAMAGE = {"\u00c2": " ", "\u00e2\u20ac\u2122": "'", "\ufffd": "'", "&amp;": "&", "\u00df": "ss"}
_ALIAS = re.compile(r"\s(?:t/a|ta|t/as|trading as|formerly|formally|c/o)\s.*$")
_SUBTOTALS = (
    re.compile(r"^(\S+ \S.*?) total \S+ \S.*$"),
    re.compile(r"^(\S.*(?:trust|society|limited|ltd|plc|llp)) total(?: .*)?$"),
)
_LOT = re.compile(r"(?<=\S{3}) lots? \d[\d ]*$")
_CODE = re.compile(r"^(?:[a-z]{0,3}\d{5,}[a-z]?|[a-z]{1,3}\d{4,}|\d+[a-z]{1,3}\d{3,}\w*)$")
_GLUED_CODE = re.compile(r"^\d{4,}(?=[a-z]{3})|(?<=[a-z]{3})\d{3,}$")
_DAMAGED_SPACE = re.compile(r"(?<=[a-z]{2})aa\b")
_GLUED_ENDS = (
    (re.compile(r"(?<=[a-z]{4})(?<!un)limited\b"), " limited"),
    (re.compile(r"(?<=[a-z]{3})ltd\b"), " ltd"),
    (re.compile(r"(?<=nhs)(?=(foundation|trust|ft)\b)"), " "),
    (re.compile(r"(?<=[a-z]{4})nhs\b"), " nhs"),
    (re.compile(r"\bnhs(?=[a-z]{5})"), "nhs "),
)


def _plain(text: str) -> str:
    """Return lower-case letters, digits and spaces; apostrophes close up, other marks part."""
    for damaged, meant in _DAMAGE.items():
        text = text.replace(damaged, meant)
    text = unicodedata.normalize("NFKD", text).encode("ascii", "ignore").decode()
    text = text.lower().replace("&", " and ").replace("'", "").replace("`", "")
    text = _ALIAS.sub(" ", f" {text}")
    return re.sub(r"[^a-z0-9]+", " ", text).strip()


def _without_debris(text: str) -> str:
    """Drop what spreadsheets and ledgers add: subtotals, lots, account numbers, damaged spaces."""
    if "aa" in text:
        text = _DAMAGED_SPACE.sub("", text)
    for pattern, parted in _GLUED_ENDS:
        text = pattern.sub(parted, text)
    if "total" in text:
        text = text.removeprefix("total ")
        for subtotal in _SUBTOTALS:
            text = subtotal.sub(r"\1", text)
    return _without_spill(_without_codes(_LOT.sub("", text)))


def _without_codes(text: str) -> str:
    """Drop account numbers, and whatever follows one that stands after the name."""
    kept: list[str] = []
    for word in text.split():
        if not _CODE.match(word):
            kept.append(_GLUED_CODE.sub("", word))
        elif len(kept) > 1:
            break
    return " ".join(kept) or text


_SPILL = re.compile(
    r"^(?:ltd|limited|plc|llp|(?:nhs )?foundation trust|nhs trust|trust|nhs foundation)"
    r" (?=\S+ \S+)"
)


def _without_spill(text: str) -> str:
    """Drop a legal form at the head of a name: the end of the row above, run into this one."""
    return _SPILL.sub("", text)


def _joined_letters(tokens: list[str]) -> list[str]:
    """Join letters that stand alone: "c i c" is "cic"."""
    joined: list[str] = []
    run: list[str] = []
    for token in [*tokens, ""]:
        if len(token) == 1 and token.isalpha():
            run.append(token)
            continue
        joined.extend(["".join(run)] if len(run) > 1 else run)
        run = []
        if token:
            joined.append(token)
    return joined


def _without_form(tokens: list[str]) -> tuple[list[str], str]:
    """Part the legal form from the end of a name, past a trailing "the" and a repeated form."""
    form = ""
    while len(tokens) > 1:
        if tokens[-1] == "the":
            tokens = tokens[:-1]
            continue
        endings = _forms().get(tokens[-1], ())
        ending = next((e for e in endings if tuple(tokens[-len(e[0]) :]) == e[0]), None)
        if ending is None or len(ending[0]) >= len(tokens):
            break
        tokens, form = tokens[: -len(ending[0])], form or ending[1]
    return tokens, form


def _without_own_initials(tokens: list[str], form: str) -> tuple[list[str], str]:
    """Drop a name's own initials after it, or before: "Change Grow Live CGL" is without them."""
    for others, own in ((tokens[:-1], tokens[-1:]), (tokens[1:], tokens[:1])):
        rest, own_form = _without_form(others)
        letters = {"".join(t[0] for t in rest), "".join(t[0] for t in rest if t not in STOP)}
        if len(rest) >= INITIALS_MIN and own[0] in letters:
            return rest, form or own_form
    return tokens, form


@cache
def _forms() -> dict[str, list[tuple[tuple[str, ...], str]]]:
    """Return the legal forms by their last word, the longest first."""
    forms: dict[str, list[tuple[tuple[str, ...], str]]] = defaultdict(list)
    for ending, form in FORMS:
        words = tuple(ending.split())
        forms[words[-1]].append((words, form))
    return forms


_IES, _S = 5, 4  # shorter words keep their ending: ties, gas


@lru_cache(maxsize=1 << 16)
def _singular(token: str) -> str:
    """Cut a plural: services and service are one word, and so are st mungos and st mungo."""
    if len(token) >= _IES and token.endswith("ies"):
        return token[:-3] + "y"
    if len(token) >= _S and token.endswith("s") and not token.endswith(("ss", "us", "is")):
        return token[:-1]
    return token


def _meant(tokens: list[str]) -> list[str]:
    """Write short forms out, cut plurals, and set standing phrases as one word."""
    words = [_word(token) for token in tokens]
    if words and len(words) > 1:
        words[-1] = _completed(words[-1])
    text = " ".join(words)
    return _phrases().sub(lambda met: _meanings()[met[0]], text).split()


@lru_cache(maxsize=1 << 16)
def _word(token: str) -> str:
    if token in SHORT_FORMS:
        return SHORT_FORMS[token]
    word = _singular(token)
    if word in SHORT_FORMS:
        return SHORT_FORMS[word]
    return _as_meant(word) if len(word) >= _SLIP_MIN and _tells(word) == "specific" else word


_SLIP_MIN = 7  # letters in which one slip of the hand still leaves no other word
_CUT_MIN = 5


def _as_meant(word: str) -> str:
    """Return the sort of body that a word with one slip in it means: amulance, hospitl, fundation.

    A "the" that closes up behind such a word is dropped too.
    """
    if word.removesuffix("the") in SORTS:
        return word.removesuffix("the")
    found = process.extractOne(
        word, _long_sorts(), scorer=DamerauLevenshtein.distance, score_cutoff=1
    )
    return found[0] if found else word


@cache
def _long_sorts() -> tuple[str, ...]:
    return tuple(sorted(sort for sort in SORTS if len(sort) >= _SLIP_MIN))


@lru_cache(maxsize=1 << 16)
def _completed(word: str) -> str:
    """Return the last word of a name whole, where a field was too short for it: "partnersh"."""
    if len(word) < _CUT_MIN or _tells(word) != "specific":
        return word
    whole = [each for each in SORTS | COMMON if each.startswith(word)]
    return whole[0] if len(whole) == 1 else word


@cache
def _meanings() -> dict[str, str]:
    return dict(PHRASES)


@cache
def _phrases() -> re.Pattern[str]:
    return _any_of(_meanings())


@cache
def _federations() -> re.Pattern[str]:
    return _any_of(FEDERATIONS)


def _any_of(phrases: Iterable[str]) -> re.Pattern[str]:
    """Return a pattern for whole phrases, the longest first."""
    longest = sorted(phrases, key=len, reverse=True)
    return re.compile(rf"\b(?:{'|'.join(map(re.escape, longest))})\b")


@lru_cache(maxsize=1 << 16)
def _tells(token: str) -> str:
    """Return how much a word tells: a place, the sort of body, little, or a word of its own."""
    if token in _places():
        return "places"
    if token in SORTS:
        return "sorts"
    return "common" if token in COMMON else "specific"


def _dedications(tokens: list[str]) -> frozenset[str]:
    """Return the saints of a name: hundreds of hospices and schools share each."""
    saints = (
        after for word, after in pairwise(tokens) if word == "st" and _tells(after) != "places"
    )
    return frozenset(("st", *saints)) if "st" in tokens else frozenset()


@cache
def _places() -> frozenset[str]:
    return DIRECTIONS | frozenset(_singular(place) for place in PLACES)


def _family(tokens: list[str]) -> str:
    """Return the federation that a name holds, the one listed first."""
    found = set(_federations().findall(" ".join(tokens)))
    return min(found, key=FEDERATIONS.index, default="")


def _national(spoken: list[str]) -> str:
    """Return the national body that a name names, or ""."""
    text = " ".join(_singular(token) for token in spoken)
    if not _national_phrases().search(text):
        return _cut_national().get(text, "")
    padded = f" {text} "
    for body, phrases, whole in _bodies():
        if any(f" {word} " in padded for word in body.but_not):
            continue
        if padded in whole or any(phrase in padded for phrase in phrases):
            return body.name
        if body.town_names and padded.endswith(f" {body.town_names} "):
            return body.name
    return ""


_CUT_MIN_LETTERS = 9


@cache
def _cut_national() -> dict[str, str]:
    """Return the one national body that each cut form of a name means: "british red"."""
    meant: dict[str, set[str]] = defaultdict(set)
    for body, phrases, _whole in _bodies():
        for phrase in (padded.strip() for padded in phrases):
            for end in range(_CUT_MIN_LETTERS, len(phrase) + 1):
                if " " in phrase[:end].strip():
                    meant[phrase[:end]].add(body.name)
    return {cut: names.pop() for cut, names in meant.items() if len(names) == 1}


@cache
def _bodies() -> tuple[tuple[National, tuple[str, ...], frozenset[str]], ...]:
    return tuple((b, _folded(b.phrases), frozenset(_folded(b.whole))) for b in NATIONAL)


@cache
def _national_phrases() -> re.Pattern[str]:
    told = [(*phrases, *whole) for _body, phrases, whole in _bodies()]
    towns = [body.town_names for body in NATIONAL if body.town_names]
    return _any_of([*(phrase.strip() for group in told for phrase in group), *towns])


def _folded(phrases: Iterable[str]) -> tuple[str, ...]:
    """Return phrases as names are looked through for them, padded with spaces."""
    folded = ([_singular(t) for t in p.split() if t not in STOP] for p in phrases)
    return tuple(f" {' '.join(tokens)} " for tokens in folded)
