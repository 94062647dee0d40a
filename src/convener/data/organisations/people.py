"""Payees that are people: counted and summed, never named.

Public bodies pay foster carers, sole traders and people who use services, and mark most of them
redacted. What they did not mark is judged here by the form of the name. When unsure, withhold: a
name that is left out wrongly costs a label, a name that is shown wrongly costs a person.
"""

from __future__ import annotations

import re
from functools import lru_cache
from importlib.resources import files
from itertools import takewhile

from convener.data.organisations.places import PLACES
from convener.data.organisations.vocabulary import words as words_of

# A publisher's ways of saying that it names nobody.
_WITHHELD = re.compile(
    r"\b(?:redacted|redaction|withheld|anonymi[sz]ed|supplier name removed|name removed"
    r"|personal (?:data|information|details|budget)s?|data protection|gdpr|confidential(?:ity)?"
    r"|private individuals?|individual payees?|named individual|exempt (?:under|information)"
    r"|section 40|not disclosed|non[- ]disclos\w+)\b"
    r"|^(?:x{3,}|\*{2,}|\[.*\])$"
    r"|^(?:misc(?:ellaneous)?|sundry|various|one[- ]?(?:off|time))\b.*"
    r"\b(?:payments?|suppliers?|payees?|vendors?|creditors?|expenses|recipients?|clients?"
    r"|individuals?|persons?|carers?)\b"
    r"|^(?:various|sundry|miscellaneous|individuals?|foster carers?|adopters?|carers?"
    r"|service users?|direct payments?)$",
    re.IGNORECASE,
)
_INSURANCE_NUMBER = re.compile(r"[A-CEGHJ-PR-TW-Z]{2}\d{6}[A-D]", re.IGNORECASE)
_INITIALS_TA = re.compile(r"t\.? ?a\.?\s", re.IGNORECASE)
_TRADING_AS = re.compile(r"\bt[/\\. ]?as?\b[/.]?(?=\s)|\btrading as\b|\bt/a", re.IGNORECASE)
# What a bank or a card machine writes round a payee's name, and a barrister's address.
_MACHINE = re.compile(
    r"^(?:sumup|i?zettle|iz|sq|square|paypal|pp|stripe|sp)\s*\*\s*", re.IGNORECASE
)
_PAID_BY = re.compile(
    r"[\s\-(/]+(?:bacs|chaps|ch(?:e)?q(?:ue)?|faster payments?|direct debit)\)?$", re.IGNORECASE
)
_OF_CHAMBERS = re.compile(r"\s*[-(,]\s*[^-(),]*\bchambers\)?$", re.IGNORECASE)
_WORD = re.compile(r"[^\W\d_][\w'`\u2019-]*|\d[\w-]*|&")

# Legal forms and public bodies: whatever else the name says, this is no person.
_FORMS = words_of(
    """
    ltd limited ltda lmtd lted limted limite plc llp lp cic cio cbs inc incorporated corp
    corporation gmbh bv nv ag ab oy sarl srl spa pty llc ulc company companies
    trust trusts trustees council councils nhs nhsft hmrc ccg icb university universities college
    colleges school schools academy academies association associations assoc society societies
    charity charities foundation church parish diocese borough authority authorities ministry
    department office police constabulary court tribunal embassy parliament federation union
    partnership institute institution
    """
)
_TITLES = words_of("mr mrs ms miss mx messrs mister madam mstr")
_WEAK_TITLES = words_of(
    "dr drs doctor prof professor rev revd reverend sir lord lady dame cllr councillor master"
    " fr canon"
)
_ROLES = re.compile(
    r"^(?:the )?(?:estate of|ex(?:ec(?:utors?|utrix|s)?|ors?)\.? (?:of|for)|personal rep\w* of"
    r"|guardian of|parents? of|c/o|care of|family of)\b|\bdeceased\b|\bdec'?d\b",
    re.IGNORECASE,
)
_NOT_SURNAMES = frozenset(
    ("st", "saint", "mount", "king", "queen", "prince", "princess", "the", "royal")
)
_TRADE_SURNAMES = words_of(
    "ball cash chambers day driver flowers foster gates green guest hall lane law parks self steel"
    " stone temple walls waters west young"
)
_JOINERS = frozenset(("&", "and"))
# Letters that close the name of a body: councils, nursing homes, foreign companies.
_CLOSING_LETTERS = frozenset(
    ("mbc", "mdc", "bc", "cc", "dc", "nh", "sl", "sa", "sro", "ss", "rc", "ce")
)
_SILKS = frozenset(("qc", "kc"))
_LONGEST_INITIALS = 3
_SHORTEST_SURNAME = 3
_MOST_WORDS = 4
_PARTNERS = frozenset(("partner", "partners", "ptnr", "ptnrs", "sons", "son", "co", "associates"))


def is_withheld(name: str) -> bool:
    """Say whether the publisher marks the payee as one that it does not name."""
    return _WITHHELD.search(name.strip()) is not None


def is_insurance_number(text: str) -> bool:
    """Say whether an identifier is a person's National Insurance number."""
    return _INSURANCE_NUMBER.fullmatch(text.replace(" ", "")) is not None


@lru_cache(maxsize=1 << 16)
def may_be_person(name: str) -> bool:
    """Say whether a payee's name may be that of a person or of somebody trading under their own.

    "Mr J Smith", "Smith J", "Smith, John", "John Smith", "J & M Smith" and "J Smith t/a ..." may;
    a name with a legal form, of a public body, or with a word of trade does not.
    """
    if (alone := _alone(name)) != name:
        return may_be_person(alone) or _is_run_together(alone.lower())
    words = [word.lower().replace("\u2019", "'") for word in _WORD.findall(name)]
    if not words or not _FORMS.isdisjoint(words):
        return False
    is_told = words[0] in _TITLES or words[-1] in _SILKS or _ROLES.search(name)
    if is_told or _has_surname_of_trade(words):
        return True
    if not _is_bare(words) or _is_organisation(words):
        return False
    if words[0] in _WEAK_TITLES:
        return len(words) > 1
    return any(looks(words) for looks in (_has_initials, _has_given_name, _has_surname)) or (
        _is_inverted(name)
    )


def _is_run_together(handle: str) -> bool:
    """Say whether an account is called by a given name and a surname: karenallen2."""
    letters = handle.rstrip("0123456789")
    return any(
        letters[:place] in _given_names() and letters[place:] in _surnames()
        for place in range(_SHORTEST_SURNAME, len(letters))
    )


def _alone(name: str) -> str:
    """Return a name without what is written round it: a trade of its own, a way of payment."""
    trader, *business = (part.strip(" -()") for part in _TRADING_AS.split(name, maxsplit=1))
    if business and (trader or not _INITIALS_TA.match(name)):
        return trader or business[0]
    for surround in (_MACHINE, _PAID_BY, _OF_CHAMBERS):
        alone = surround.sub("", name).strip()
        if alone and alone != name:
            return alone
    return name


def _is_organisation(words: list[str]) -> bool:
    """Say whether the name opens with one known to be an organisation's, or closes as theirs."""
    text = " ".join(words)
    if text.startswith(_named_organisations()):
        return True
    letters = "".join(takewhile(lambda word: len(word) == 1, reversed(words)))[::-1]
    return letters in _CLOSING_LETTERS or words[-1] in _CLOSING_LETTERS


def _is_bare(words: list[str]) -> bool:
    """Say whether nothing in the name is a number, a trade, a place of work or a firm."""
    if any(word[0].isdigit() for word in words):
        return False
    return _trade_words().isdisjoint(words) and _PARTNERS.isdisjoint(words)


def _has_initials(words: list[str]) -> bool:
    """Say whether the name is initials and a surname, either way round: J M Smith, Smith J."""
    letters = [len(word) == 1 and word != "&" for word in words]
    count = sum(letters)
    rest = [
        word for word, is_one in zip(words, letters, strict=True) if not is_one and word != "and"
    ]
    surnames = [word for word in rest if word != "&"]
    if not 1 <= count <= _LONGEST_INITIALS or not 1 <= len(surnames) <= 2:  # noqa: PLR2004
        return False
    if any(len(word) < _SHORTEST_SURNAME for word in surnames):
        return False
    leads = all(letters[:1]) and not letters[-1]
    return leads or (len(surnames) == 1 and letters[-1] and not letters[0])


def _has_given_name(words: list[str]) -> bool:
    """Say whether the name opens or, of two words, closes with a given name."""
    plain = [word for word in words if word not in _JOINERS and len(word) > 1]
    if not 2 <= len(plain) <= _MOST_WORDS or plain[0] in _NOT_SURNAMES:  # noqa: PLR2004
        return False
    given = _given_names()
    if plain[0] in given:
        return len(plain) < _MOST_WORDS or plain[1] in given
    return len(plain) == 2 and plain[1] in given and "&" not in words  # noqa: PLR2004


def _has_surname(words: list[str]) -> bool:
    """Say whether a name of two or three words closes with a common or a double surname."""
    if not 2 <= len(words) <= 3 or "&" in words or words[0] in PLACES:  # noqa: PLR2004
        return False
    if min(len(word) for word in words) < _SHORTEST_SURNAME:
        return False
    double = words[-1].split("-")
    if len(double) == 2 and min(map(len, double)) >= _SHORTEST_SURNAME:  # noqa: PLR2004
        return _trade_words().isdisjoint(double)
    return words[-1] in _surnames()


def _has_surname_of_trade(words: list[str]) -> bool:
    """Say whether a given name stands before a word that is a surname as well as one of trade."""
    return (
        len(words) == 2  # noqa: PLR2004 -- with more words it is as often a place
        and words[0] in _given_names()
        and words[1] in _TRADE_SURNAMES
    )


def _is_inverted(name: str) -> bool:
    """Say whether the name is written surname first, with a comma: Smith, John."""
    surname, comma, rest = name.partition(",")
    given = _WORD.findall(rest.lower())
    if not comma or len(surname.split()) > 2 or not 1 <= len(given) <= 3:  # noqa: PLR2004
        return False
    return given[0] in _given_names() or all(len(word) == 1 for word in given)


@lru_cache(maxsize=1)
def _given_names() -> frozenset[str]:
    return _list("given_names.txt")


@lru_cache(maxsize=1)
def _surnames() -> frozenset[str]:
    return _list("surnames.txt")


@lru_cache(maxsize=1)
def _named_organisations() -> tuple[str, ...]:
    return tuple(_lines("named_organisations.txt"))


@lru_cache(maxsize=1)
def _trade_words() -> frozenset[str]:
    return _list("trade_words.txt")


def _list(file: str) -> frozenset[str]:
    return frozenset(word for line in _lines(file) for word in line.split())


def _lines(file: str) -> list[str]:
    text = files("convener.data.organisations").joinpath("words", file).read_text(encoding="utf-8")
    return [line for line in text.splitlines() if not line.startswith("#")]
