"""Identifiers of organisations: the register that gave one, and the number as it writes it.

Registers are named by the codes of org-id.guide (list of July 2026). An identifier that cannot be
one of its register is refused, and so are the words that people type where they have no number.
"""

from __future__ import annotations

import re
from collections.abc import Callable

Identified = tuple[str, str]

_SCHEME_SPELLINGS = {
    "GB-COH": "companieshouse companyhouse companynumber companyregistrationnumber"
    " companiesregister companyregno registeredcompanynumber crn coh ukcompany",
    "GB-CHC": "charity charitynumber charitycommission charitiescommission chc"
    " registeredcharity registeredcharitynumber ukcharity",
    "GB-SC": "scottishcharity scottishcharityregister scottishcharityregulator oscr",
    "GB-NIC": "charitycommissionfornorthernireland charitycommissionni ccni irishcharity",
    "GB-NHS": "nhs ods nhsods nhsodscode odscode nhsdigital",
    "GB-UKPRN": "ukprn ukproviderreferencenumber",
    "GB-PPON": "ppon publicprocurementorganisationnumber",
    "GB-MPR": "mpr mutualspublicregister mutuals mutualsregister fcamutuals",
    "GB-EDU": "edubase gias dfeurn",
    "GB-SHPE": "socialhousingprovider registeredproviderofsocialhousing rpcode",
    "XI-LEI": "lei legalentityidentifier",
    "XI-DUNS": "duns dunsnumber dunandbradstreet",
}
_SCHEMES_BY_SPELLING = {
    spelling: scheme for scheme, words in _SCHEME_SPELLINGS.items() for spelling in words.split()
}
_CODE = re.compile(r"[A-Z]{2}-[A-Z0-9_]{2,20}")
_ORG_ID = re.compile(r"([A-Za-z]{2}-[A-Za-z0-9_]{2,20}?)[-:/](.+)", re.DOTALL)
_NO_NUMBER_WORDS = (
    "na none null nil no notapplicable notavailable notgiven notknown notprovided notregistered"
    " notsupplied notyetknown pending seeabove seeattached seeattachment seebelow seedocument"
    " seedocuments tba tbc tbd test unknown unregistered various x xx xxx xxxx 12345678"
)
_LONG = 5  # shorter repetitions are real: mutual society 4444
_NO_NUMBER = frozenset(_NO_NUMBER_WORDS.split())
_SPACE_AND_POINTS = re.compile(r"[\s.,/_'\"()\u00a0-]+")

# Letters that open a number of Companies House: its own list of company types and jurisdictions.
_COMPANY_LETTERS = (
    "AC BR CE CN CS ES FC FE GE GN GS IC IP LP NA NC NF NI NL NO NP NR NV NZ OC OE PC RC RS"
    " SA SC SE SF SG SI SL SO SP SR SZ ZC"
)
_COMPANY_PREFIXES = frozenset(_COMPANY_LETTERS.split())
_COMPANY = re.compile(r"([A-Z]{2})(\d{1,6})")
_OLD_IRISH_COMPANY = re.compile(r"R(\d{1,7})")
_SOCIETY = re.compile(r"(IP|NP|RS|SP)(\d{1,5})([A-Z]{1,5})")
_BARE_SOCIETY = re.compile(r"\d{3,5}RS?")  # a society's number on its own register
_COMPANY_LENGTH = 8
_ONLY_COMPANY = re.compile(r"(?!100)\d{8}|[2-9]\d{6}")
_SHORTEST_COMPANY = 4  # fewer digits are likelier a slip than one of the first thousand companies

_CHARITY = re.compile(r"(\d{6,7})(?:-0*(\d{1,3}))?")
_SCOTTISH_CHARITY = re.compile(r"SC0*(\d{3,6})")
_IRISH_CHARITY = re.compile(r"(?:NIC|NI|XN|XR|XT)?(1\d{5})")
_MUTUAL = re.compile(r"(?:IP|RS)?0*(\d{1,6})([A-Z]{0,6})")
_LEI = re.compile(r"[A-Z0-9]{18}\d{2}")
_PPON = re.compile(r"([A-Z]{4})(\d{4})([A-Z]{4})")


def normalise(scheme: str | None, identifier: str | None) -> Identified | None:
    """Return the scheme and identifier as their register writes them, or None.

    Parameters
    ----------
    scheme : text
        An org-id.guide code or one of its spellings; an identifier that names its own scheme
        ("GB-COH-01234567") needs none and is believed before this.
    identifier : text
        As published.

    Returns
    -------
    (scheme, identifier), or None
        None where nothing is written, where the scheme is not known, or where the identifier
        is a stand-in for none or cannot be one of that register.
    """
    code = scheme_code(scheme)
    text = (identifier or "").strip(" \t\r\n\u00a0")
    if named := _ORG_ID.fullmatch(text):
        inner = scheme_code(named[1])
        if inner is not None and (inner in _RULES or code in {None, inner}):
            code, text = inner, named[2].strip()
    if code is None or is_placeholder(text):
        return None
    rule = _RULES.get(code)
    return (code, text) if rule is None else rule(text.upper())


def scheme_code(scheme: str | None) -> str | None:
    """Return the org-id.guide code that a spelling of a scheme stands for, or None."""
    text = (scheme or "").strip().upper()
    if text in _RULES or text in _SCHEME_SPELLINGS:
        return text
    if known := _SCHEMES_BY_SPELLING.get(re.sub(r"[^a-z0-9]", "", text.lower())):
        return known
    return text if _CODE.fullmatch(text) else None


def is_placeholder(identifier: str | None) -> bool:
    """Say whether the text stands where there is no number: blank, "N/A", "TBC", "0000"."""
    text = _SPACE_AND_POINTS.sub("", identifier or "").lower()
    return not text or text in _NO_NUMBER or _is_one_digit_repeated(text)


def org_id(scheme: str, identifier: str) -> str:
    """Return the two as one text, as org-id.guide writes it."""
    return f"{scheme}-{identifier}"


def guess_company(identifier: str | None) -> Identified | None:
    """Return a company number that comes without a scheme, where it can be nothing else.

    Eight digits, seven that no charity has (theirs begin with 1), or the letters and six digits of
    a company. Eight digits from 1000 to 1009 on may be a provider of learning.
    """
    text = _squeezed((identifier or "").upper())
    if text.isdigit() and not _ONLY_COMPANY.fullmatch(text):
        return None
    return normalise("GB-COH", text)


def _squeezed(text: str) -> str:
    return _SPACE_AND_POINTS.sub("", text)


def _is_one_digit_repeated(text: str) -> bool:
    return text == "0" or (len(text) >= _LONG and text.isdigit() and text == text[0] * len(text))


def _company(text: str) -> Identified | None:
    text = _squeezed(text)
    if text.isdigit() and _SHORTEST_COMPANY <= len(text) <= _COMPANY_LENGTH:
        return "GB-COH", text.zfill(_COMPANY_LENGTH)
    if (match := _COMPANY.fullmatch(text)) and match[1] in _COMPANY_PREFIXES:
        return "GB-COH", match[1] + match[2].zfill(6)
    if match := _SOCIETY.fullmatch(text):
        number = match[2] + match[3]
        return "GB-COH", (match[1] + number.zfill(6))[:_COMPANY_LENGTH]
    if match := _OLD_IRISH_COMPANY.fullmatch(text):
        return "GB-COH", "R" + match[1].zfill(7)
    if _BARE_SOCIETY.fullmatch(text):
        return _mutual(text)
    return None


def _charity(text: str) -> Identified | None:
    """Read a charity number, which says by its letters when it is of another register."""
    bare = re.sub(r"[\s.,/_\u00a0]+", "", text)
    if bare.startswith("SC"):
        return _scottish_charity(bare)
    if bare.startswith(("NI", "XN", "XR", "XT")):
        return _irish_charity(bare)
    if match := _CHARITY.fullmatch(bare.lstrip("0")):
        linked = match[2] if match[2] and int(match[2]) else None
        return "GB-CHC", match[1] + (f"-{linked}" if linked else "")
    return None


def _scottish_charity(text: str) -> Identified | None:
    bare = _squeezed(text)
    match = _SCOTTISH_CHARITY.fullmatch(bare if bare.startswith("SC") else f"SC{bare}")
    return ("GB-SC", f"SC{match[1].zfill(6)}") if match else None


def _irish_charity(text: str) -> Identified | None:
    match = _IRISH_CHARITY.fullmatch(_squeezed(text))
    return ("GB-NIC", match[1]) if match else None


def _mutual(text: str) -> Identified | None:
    match = _MUTUAL.fullmatch(_squeezed(text))
    return ("GB-MPR", match[1] + match[2]) if match else None


def _ppon(text: str) -> Identified | None:
    match = _PPON.fullmatch(_squeezed(text))
    return ("GB-PPON", "-".join(match.groups())) if match else None


def _lei(text: str) -> Identified | None:
    """Read a legal entity identifier, whose last two digits check the rest (ISO 17442)."""
    bare = _squeezed(text)
    if not _LEI.fullmatch(bare):
        return None
    digits = "".join(str(int(character, 36)) for character in bare)
    return ("XI-LEI", bare) if int(digits) % 97 == 1 else None


def _pattern(scheme: str, pattern: str) -> Callable[[str], Identified | None]:
    compiled = re.compile(pattern)

    def rule(text: str) -> Identified | None:
        bare = _squeezed(text)
        return (scheme, bare) if compiled.fullmatch(bare) else None

    return rule


_RULES: dict[str, Callable[[str], Identified | None]] = {
    "GB-COH": _company,
    "GB-CHC": _charity,
    "GB-SC": _scottish_charity,
    "GB-NIC": _irish_charity,
    "GB-MPR": _mutual,
    "GB-PPON": _ppon,
    "XI-LEI": _lei,
    "GB-NHS": _pattern("GB-NHS", "[A-Z0-9]{3,8}"),
    "GB-UKPRN": _pattern("GB-UKPRN", r"1\d{7}"),
    "GB-EDU": _pattern("GB-EDU", r"\d{5,6}"),
    "GB-GOR": _pattern("GB-GOR", r"[A-Z]{1,3}\d{1,5}"),
    "GB-LAE": _pattern("GB-LAE", "[A-Z]{3,4}"),
    "GB-LAS": _pattern("GB-LAS", "[A-Z]{3}"),
    "GB-LANI": _pattern("GB-LANI", "[A-Z]{3}"),
    "GB-PLA": _pattern("GB-PLA", "[A-Z]{3}"),
    "GB-SHPE": _pattern("GB-SHPE", r"[A-Z]{0,3}\d{1,4}|\d{2}[A-Z]{2}"),
    "XI-DUNS": _pattern("XI-DUNS", r"\d{9}"),
}
