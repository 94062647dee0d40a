"""Areas: a GSS or NUTS code, a region or a council's name, made one label for one place.

Regions are those of the first level of NUTS 2016 and 2021 for the United Kingdom, with their GSS
codes (Office for National Statistics, Code History Database). Councils are matched by name and
GSS code through the registers that are loaded; a place that no register knows stays as stated.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

import duckdb

from convener.data.store import kept_name, kept_names

UNKNOWN = "unknown"
SEVERAL = "several areas"


@dataclass(frozen=True)
class Place:
    """A place as figures name it, and the region that it lies in."""

    name: str
    region: str = UNKNOWN


@dataclass(frozen=True)
class Region:
    """A region or nation of the United Kingdom with its codes."""

    name: str
    nuts: str
    gss: str
    also: tuple[str, ...] = ()


REGIONS = (
    Region("North East", "UKC", "E12000001", ("north east england",)),
    Region("North West", "UKD", "E12000002", ("north west england",)),
    Region(
        "Yorkshire and The Humber",
        "UKE",
        "E12000003",
        ("yorkshire and humber", "yorkshire humber"),
    ),
    Region("East Midlands", "UKF", "E12000004", ("east midlands england",)),
    Region("West Midlands", "UKG", "E12000005", ("west midlands england",)),
    Region("East of England", "UKH", "E12000006", ("eastern", "east england", "eastern england")),
    Region("London", "UKI", "E12000007", ("greater london",)),
    Region("South East", "UKJ", "E12000008", ("south east england",)),
    Region("South West", "UKK", "E12000009", ("south west england",)),
    Region("Wales", "UKL", "W92000004", ("cymru",)),
    Region("Scotland", "UKM", "S92000003"),
    Region("Northern Ireland", "UKN", "N92000002"),
)
NATIONS = (
    Region("England", "", "E92000001"),
    Region("United Kingdom", "UK", "K02000001", ("uk", "any region", "gb", "great britain")),
)

_BY_NAME = {
    name: region for region in (*REGIONS, *NATIONS) for name in (region.name.lower(), *region.also)
}
_BY_CODE = {code: region for region in (*REGIONS, *NATIONS) for code in (region.nuts, region.gss)}
_NATION_BY_GSS = {"W": "Wales", "S": "Scotland", "N": "Northern Ireland"}

_NUTS = re.compile(r"UK[C-N][0-9A-Z]{0,2}")
_GSS = re.compile(r"[EWSNK]\d{8}")
_WORDS = re.compile(r"[^\w]+")
_STYLE = re.compile(
    r"\b(?:(?:(?<!greater )london|royal|metropolitan|county|city|district|borough|unitary|combined"
    r"|islands?)\s+)*"
    r"(?:borough|council|corporation|authority|district)\b(?: of)?"
    r"|\b(?:the )?(?:royal borough|city and county|county borough|city|county) of\b"
    r"|\bcouncil of the\b"
)
# Without their style these would be read as a region.
_KEPT_WHOLE = {"city of london", "city of london corporation"}


def make_labels(connection: duckdb.DuckDBPyConnection) -> None:
    """Make ``area_labels`` (raw, place, region) of every area written in the store."""
    if kept_name("area_labels") in kept_names(connection):
        connection.execute(
            f"create or replace temp view area_labels as from {kept_name('area_labels')}"
        )
        return
    written = [
        text
        for (text,) in connection.execute(
            "select region from processes union select area from payments"
            " union select area from provision union select region from provision"
        ).fetchall()
        if text
    ]
    regions = dict(
        connection.execute(
            "select area, min(region) from provision"
            " where area is not null and region is not null group by area"
        ).fetchall()
    )
    places = label_areas(written, councils(connection), regions)
    connection.execute(
        "create or replace temp table area_labels (raw varchar, place varchar, region varchar)"
    )
    if places:
        connection.execute(
            "insert into area_labels select unnest($raw), unnest($place), unnest($region)",
            {
                "raw": list(places),
                "place": [place.name for place in places.values()],
                "region": [place.region for place in places.values()],
            },
        )


def councils(connection: duckdb.DuckDBPyConnection) -> dict[str, str]:
    """Return the names of councils that loaded registers give, by key and by GSS code.

    Lists of other names write them anyhow ("hillingdon", "abertawe"): such a name stands for the
    council of its number, and is shown as the register of councils has it.
    """
    entries = _council_entries(connection)
    called: dict[str, str] = {}
    for entry in sorted(entries, key=lambda e: (e.is_register, not e.name.islower())):
        called.update(dict.fromkeys(entry.numbers, plain_name(entry.name)))
    names: dict[str, str] = {}
    for entry in sorted(entries, key=lambda e: (e.is_register, e.is_current)):
        known = [] if entry.is_register else [called[number] for number in entry.numbers]
        label = next(iter(known), plain_name(entry.name))
        codes = [code[0] for number in entry.numbers if (code := _GSS.search(number))]
        names.update(dict.fromkeys((area_key(entry.name), *codes), label))
    return names


@dataclass(frozen=True)
class _CouncilEntry:
    """An entry of the register of councils, or of a list of the names that they go by."""

    name: str
    numbers: tuple[str, ...]
    is_register: bool
    is_current: bool


def _council_entries(connection: duckdb.DuckDBPyConnection) -> list[_CouncilEntry]:
    rows = connection.execute(
        "select name, scheme, identifier, other_identifiers,"
        " coalesce(scheme like 'GB-LA_' or scheme = 'GB-PLA', false), ends_on is null"
        " from register where name is not null"
        " and (lower(register) like '%local%authorit%'"
        " or scheme like 'GB-LA_' or scheme = 'GB-PLA')"
        " order by name desc"
    ).fetchall()
    return [
        _CouncilEntry(
            name,
            tuple(filter(None, ["-".join(filter(None, (scheme, identifier))), *(others or ())])),
            is_register,
            is_current,
        )
        for name, scheme, identifier, others, is_register, is_current in rows
    ]


def label_areas(
    written: Iterable[str], councils: Mapping[str, str], regions: Mapping[str, str]
) -> dict[str, Place]:
    """Return the place that each written area stands for.

    Two spellings that differ in case, punctuation or a council's style are one place, named as in
    the register, or else by the spelling that is not all capitals.
    """
    spelt: dict[str, str] = {}
    for text in sorted(written, key=lambda text: (text.isupper(), text)):
        spelt.setdefault(area_key(text), plain_name(text))
    region_of = {area_key(area): find_place(region).name for area, region in regions.items()}
    found = {}
    for text in written:
        place = find_place(text, spelt, councils)
        known = region_of.get(area_key(text), UNKNOWN)
        found[text] = place if place.region != UNKNOWN else Place(place.name, known)
    return found


def find_place(
    text: str, spelt: Mapping[str, str] | None = None, councils: Mapping[str, str] | None = None
) -> Place:
    """Return the place that a text stands for: a region, a council, or what it says."""
    clean = " ".join(text.split())
    if (region := _region(clean)) is not None:
        return Place(region.name, region.name)
    parts = [part for part in re.split(r"[,;|]", clean) if part.strip()]
    if len(parts) > 1 and all(_region(part.strip()) for part in parts):
        names = {_region(part.strip()) for part in parts}
        if len(names) == 1:
            return find_place(parts[0].strip())
        return Place(SEVERAL, SEVERAL)
    region_name = UNKNOWN
    if _NUTS.fullmatch(clean.upper()):
        region_name = _BY_CODE[clean.upper()[:3]].name
        clean = clean.upper()
    elif _GSS.fullmatch(clean.upper()):
        region_name = _NATION_BY_GSS.get(clean[0].upper(), UNKNOWN)
        clean = clean.upper()
    key = clean if clean in (councils or {}) else area_key(clean)
    name = (councils or {}).get(key) or (spelt or {}).get(key) or plain_name(clean)
    return Place(name, region_name)


def tidy(text: str) -> str:
    """Return a place that someone typed, as the lower-case label that it is compared by."""
    return find_place(text).name.lower()


def area_key(text: str) -> str:
    """Return what two spellings of one place share: no case, punctuation or council's style."""
    lower = " ".join(_WORDS.sub(" ", text.lower().replace("&", " and ")).split())
    if lower in _KEPT_WHOLE:
        return "city of london"
    for tail in (" city of", " county of", " royal borough of"):
        lower = lower.removesuffix(tail)
    bare = " ".join(_STYLE.sub(" ", lower).split())
    bare = bare.removeprefix("county ").removeprefix("the ").removesuffix(" county")
    return bare or lower


def plain_name(text: str) -> str:
    """Return a place's name for people: spaces tidied, capitals only where words start."""
    clean = " ".join(text.split())
    if area_key(clean) == "city of london":
        return "City of London"
    style = re.compile(_STYLE.pattern, re.IGNORECASE)
    bare = " ".join(style.sub(" ", clean).split()).strip(" ,")
    bare = re.sub(r",? (?:City|County|Royal Borough) of$", "", bare, flags=re.IGNORECASE) or clean
    if bare.isupper() and not _NUTS.fullmatch(bare) and not _GSS.fullmatch(bare):
        words = bare.title().split()
        small = {"And", "Of", "Upon", "The", "On", "In", "With"}
        bare = " ".join(w.lower() if n and w in small else w for n, w in enumerate(words))
    return bare


def _region(text: str) -> Region | None:
    if (found := _BY_CODE.get(text.upper())) is not None and text:
        return found
    plain = " ".join(_WORDS.sub(" ", text.lower().replace("&", " and ")).split())
    return _BY_NAME.get(plain.removesuffix(" region")) or _BY_NAME.get(plain)
