"""How well names are linked and kinds told, measured on names that people have judged.

Names come from a list of NHS suppliers: some with the charity that a person looked up, some that
are NHS bodies, and the rest unknown, which means unknown and not private. Run as a script, it
prints a table, and all figures as JSON with ``--json``. The test of the same name asserts them.
"""

from __future__ import annotations

import csv
import gzip
import hashlib
import json
import os
import random
import re
import resource
import sys
import tempfile
import time
from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from itertools import combinations
from pathlib import Path
from typing import Any

import duckdb
import pyarrow as pa
from rapidfuzz import fuzz, process

from convener.data.keys import party_key_sql
from convener.data.organisations import identity
from convener.data.organisations.names import same_letters
from convener.data.organisations.vocabulary import words
from convener.data.store import Manifest, Store, add_views, engine
from convener.methods.intervals import wilson_interval

ROOT = Path(__file__).resolve().parents[1]
LABELS = ROOT / "benchmarks" / "labels" / "unlabelled_300.csv"
AT = datetime(2026, 1, 1, tzinfo=UTC)
SEED = 20260101
Row = dict[str, Any]
Pair = tuple[str, str]


# --- Reading the judged names ---------------------------------------------------------------


def rows(path: Path) -> Iterator[dict[str, str]]:
    """Give the rows of a CSV file, plain or gzip."""
    opened = gzip.open if path.suffix == ".gz" else open
    with opened(path, "rt", encoding="utf-8-sig", errors="replace") as text:
        yield from csv.DictReader(text)


def half(text: str) -> int:
    """Return the half, 0 or 1, that a name or number is in; rules are fixed on half 0."""
    return hashlib.blake2b(text.encode(), digest_size=4).digest()[0] % 2


@dataclass(frozen=True)
class Judged:
    """The judged names: charities with their number, public bodies, and the rest."""

    charity: dict[str, str]
    public: list[str]
    unlabelled: list[str]

    @property
    def names(self) -> list[str]:
        """Return every name once, in order."""
        return sorted({*self.charity, *self.public, *self.unlabelled})


def judged(shared: Path) -> Judged:
    """Read the judged names."""
    folder = shared / "data" / "nhs-supplier-labels"

    def listed(name: str) -> list[dict[str, str]]:
        return list(rows(folder / f"supplier_{name}.csv.gz"))

    return Judged(
        {r["query_string_n"]: r["CharityRegNo"].removesuffix(".0") for r in listed("charity")},
        sorted({r["query_string_n"] for r in listed("nhsdigital")}),
        sorted({r["query_string_n"] for r in listed("nomatch")}),
    )


def registers(shared: Path) -> list[Row]:
    """Read the registers of the shared data, as the store keeps them."""
    lookups, lists = shared / "data" / "charity-lookups", shared / "data" / "nhs-org-lists"
    entries = [
        *_charities(lookups),
        *_public(lists, shared / "data" / "uk-gov-registers"),
        *(
            _entry("mutuals", r["mutual_id"], r["name"], "mutual", [r["company_id"]])
            for r in rows(lookups / "mutual-companies.csv.gz")
        ),
        *(
            _entry("academy trusts", f"GB-COH-{r['Company Number']}", r["Entity"], "public-body")
            for r in rows(lookups / "academy-trusts-company-number.csv.gz")
        ),
    ]
    return [entry for entry in entries if entry["name"]]


def _charities(folder: Path) -> Iterator[Row]:
    yield from _merged(folder)
    for r in rows(folder / "federated-charities.csv.gz"):
        yield _entry("federated charities", _charity(r["reg_number"]), r["name"], family=r["type"])
    for r in rows(folder / "charity-company-numbers.csv.gz"):
        if r["org_id_a"].startswith(("GB-CHC", "GB-SC", "GB-NIC")):
            yield _entry("charity companies", r["org_id_a"], r["name"], others=[r["org_id_b"]])
    for r in rows(folder / "dual-registered-uk-charities.csv"):
        other = [f"GB-SC-{r['Scottish Charity Number']}"]
        number = _charity(r["E&W Charity Number"])
        yield _entry("dual registered", number, r["Charity Name (E&W)"], others=other)
    for r in rows(folder / "independent-schools-ew.csv.gz"):
        if r["charity_number"]:
            yield _entry("schools", _charity(r["charity_number"]), r["charity_name"])
    for r in rows(folder / "charity-names.csv"):
        yield _entry("charity names", r["org_id"], r["alternative_name"])


def _merged(folder: Path) -> Iterator[Row]:
    for r in rows(folder / "ccew-register-of-mergers.csv.gz"):
        for side in ("transferor", "transferee"):
            number = _charity(r[f"{side}_regno"])
            for name in re.split(r"\s{2,}", r[f"{side}_name"]):
                yield _entry("charity mergers", number, name)


def _public(lists: Path, government: Path) -> Iterator[Row]:
    for file in ("nhs_trusts_etr.csv", "ccg_sub_icb_eccg.csv"):
        for r in rows(lists / file):
            yield _entry("NHS bodies", f"GB-NHS-{r['code']}", r["name"], "public-body")
    for r in rows(government / "government-organisation.csv"):
        key = r["government-organisation"]
        yield _entry("government", f"GB-GOR-{key}", r["name"], "public-body")
    for nation, scheme in (("eng", "GB-LAE"), ("sct", "GB-LAS"), ("nir", "GB-LANI")):
        for r in rows(government / f"local-authority-{nation}.csv"):
            number = f"{scheme}-{r[f'local-authority-{nation}']}"
            name = r.get("official-name") or r["name"]
            yield _entry("local authorities", number, name, "public-body")
    for r in rows(government / "principal-local-authority.csv"):
        number = f"GB-PLA-{r['principal-local-authority']}"
        yield _entry("local authorities", number, r["official-name"], "public-body")


def _charity(number: str) -> str:
    number = number.strip()
    if number.startswith("SC"):
        return f"GB-SC-{number}"
    return f"GB-NIC-{number[2:].lstrip('0')}" if number.startswith("NI") else f"GB-CHC-{number}"


def _entry(
    register: str,
    identifier: str,
    name: str,
    kind: str = "charity",
    others: list[str] | None = None,
    family: str | None = None,
) -> Row:
    scheme, number = identifier.rsplit("-", 1)
    return {
        "source": register,
        "register": register,
        "scheme": scheme,
        "identifier": number,
        "name": (name or "").strip(),
        "kind": kind,
        "other_identifiers": others or [],
        "family": family,
    }


# --- Resolving them -------------------------------------------------------------------------


@dataclass(frozen=True)
class Resolved:
    """What the resolver made of names: their organisation, and its kind and evidence."""

    organisation: dict[str, int]
    kind: dict[str, str]
    because: dict[str, str]
    counts: dict[str, int]
    seconds: float


def resolve(names: Iterable[str], register: list[Row], *, memory: str = "1GB") -> Resolved:
    """Resolve names as payees without any identifier, beside registers."""
    with tempfile.TemporaryDirectory() as folder:
        store = Store(Path(folder))
        connection = engine(threads=2, memory_limit=memory)
        add_views(connection, store.folder, Manifest())
        _insert(connection, "payments", [{"source": "s", "payee_name": name} for name in names])
        connection.execute(
            f"update payments set payee_key = {party_key_sql('null', 'null', 'payee_name')}"
        )
        _insert(connection, "register", register)
        with store.writing(at=AT) as load:
            began = time.perf_counter()
            counts = identity.resolve(connection, load, decisions=None)
            seconds = time.perf_counter() - began
            spelt, found = (load.part_path(t, 0) for t in ("identities", "organisations"))
            known = connection.execute(
                f"""select p.payee_name, organisation_key, kind, kind_because
                    from (select distinct payee_name, payee_key from payments) p
                    join read_parquet('{spelt}') i on i.party_key = p.payee_key
                    join read_parquet('{found}') using (organisation_key)"""
            ).fetchall()
    return Resolved(
        {name: key for name, key, _kind, _because in known},
        {name: kind for name, _key, kind, _because in known},
        {name: because for name, _key, _kind, because in known},
        counts,
        seconds,
    )


def _insert(connection: duckdb.DuckDBPyConnection, table: str, given: list[Row]) -> None:
    if given:
        connection.register("given", pa.Table.from_pylist(given))
        connection.execute(f"insert into {table} by name select * from given")
        connection.unregister("given")


_SYLLABLES = words(
    "al an ar bel bri cal cor dan del dor el en fal far gal gor har hol ing ka kel lan lor mal mer"
    " mor nor ol or pen per quin ral ren sal sel tam tor ul van ver wal wen win yor zel"
)
_TRADES = words(
    "Care Support Housing Homes Services Training Health Recovery Employment Treatment Advice"
    " Fostering Transport Catering Cleaning Security Consulting Nursing Learning Living"
)


def invented(rng: random.Random, count: int) -> list[Row]:
    """Return parties of ``count`` invented organisations; one in five is spelt a second way."""
    found = []
    for number in range(count):
        word = "".join(rng.choices(sorted(_SYLLABLES), k=rng.randint(2, 4))).title()
        words = [word, *rng.sample(sorted(_TRADES), k=rng.randint(1, 3))]
        form = rng.choice(["Ltd", "Limited", "CIC", "Trust", "plc", ""])
        name = " ".join([*words, form]).strip()
        has_number = rng.random() < 0.5
        found.append(_party(name, f"{number + 1_000_000:08d}" if has_number else None))
        if rng.random() < 0.2:
            spelt = name.upper() if rng.random() < 0.5 else f"{name[: max(8, len(name) - 3)]}"
            found.append(_party(spelt, None))
    return found


def _party(name: str, number: str | None) -> Row:
    scheme = "GB-COH" if number else None
    return {"source": "s", "name": name, "scheme": scheme, "identifier": number}


def speed(count: int = 60_000) -> Row:
    """Return how long ``count`` invented organisations take to resolve, and the memory it took."""
    with tempfile.TemporaryDirectory() as folder:
        store = Store(Path(folder))
        connection = engine(threads=2, memory_limit="500MB")
        add_views(connection, store.folder, Manifest())
        _insert(connection, "parties", invented(random.Random(SEED), count))
        key = party_key_sql("scheme", "identifier", "name")
        connection.execute(f"update parties set party_key = {key}")
        with store.writing(at=AT) as load:
            began, cpu = time.perf_counter(), time.process_time()
            counts = identity.resolve(connection, load, decisions=None)
            wall, cpu = time.perf_counter() - began, time.process_time() - cpu
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024
    return {"seconds": round(wall, 1), "cpu_seconds": round(cpu, 1), "peak_mb": peak, **counts}


# --- Pairs ----------------------------------------------------------------------------------


def true_pairs(names: Judged) -> list[Pair]:
    """Return the pairs of spellings that a person gave one charity number."""
    by_number: dict[str, list[str]] = defaultdict(list)
    for name, number in names.charity.items():
        by_number[number].append(name)
    return [pair for same in by_number.values() for pair in combinations(sorted(same), 2)]


def false_pairs(shared: Path, names: Judged, rng: random.Random) -> dict[str, list[Pair]]:
    """Return pairs of names that are alike and are two bodies, by where they come from.

    Each name is set beside the most similar one of another number. Pairs whose telling words are
    the same are left out: two numbers of one federated charity are mostly the same body, under
    its old number and its new.
    """
    lookups, lists = shared / "data" / "charity-lookups", shared / "data" / "nhs-org-lists"
    families: dict[str, dict[str, str]] = defaultdict(dict)
    for r in rows(lookups / "federated-charities.csv.gz"):
        families[r["type"]][r["name"]] = r["reg_number"]
    mutuals = {r["name"]: r["mutual_id"] for r in rows(lookups / "mutual-companies.csv.gz")}
    health = {
        r["name"]: r["code"]
        for file in ("nhs_trusts_etr.csv", "ccg_sub_icb_eccg.csv")
        for r in rows(lists / file)
    }
    return {
        "federated charities": [
            pair
            for family in sorted(families)
            for pair in _alike(families[family], 8, rng, sample=400)
        ],
        "charities of the list": _alike(names.charity, 120, rng, sample=len(names.charity)),
        "registered societies": _alike(mutuals, 120, rng, sample=2_000),
        "NHS bodies": _alike(health, 80, rng, sample=len(health)),
    }


def _alike(numbers: dict[str, str], count: int, rng: random.Random, *, sample: int) -> list[Pair]:
    """Return names beside their most similar name of another number, the most alike first."""
    pool = sorted(numbers)
    pool = rng.sample(pool, min(sample, len(pool)))
    found: dict[Pair, float] = {}
    plain = {name: same_letters(name) for name in pool}
    for name in pool:
        alike = process.extract(plain[name], plain, scorer=fuzz.token_sort_ratio, limit=4)
        for _plain, score, twin in alike:
            if numbers[twin] != numbers[name] and _telling(name) != _telling(twin):
                first, second = sorted((name, twin))
                found[first, second] = score
    return sorted(found, key=lambda pair: (-found[pair], pair))[:count]


_UNTELLING = re.compile(
    r"\b(?:the|of|and|society|ltd|limited|trust|association|branch|district|charity|charitable"
    r"|incorporated|community|group|services?|uk|company|centre|org|organisation|fund|welfare"
    r"|age concern|age uk|bureaux?|advice|citizens?|for|in|nhs|foundation|ccg|s?cio|cic|clubs?)\b"
)


def _telling(name: str) -> str:
    """Return the letters of a name that tell it from others, without spaces and plurals."""
    words = _UNTELLING.sub(" ", same_letters(name)).split()
    return "".join(sorted(word.removesuffix("s") for word in words))


# --- Figures --------------------------------------------------------------------------------


@dataclass
class Figure:
    """A proportion with the counts that it rests on and its Wilson interval."""

    name: str
    events: int
    trials: int
    wanted: float | None = None
    missed: list[Any] = field(default_factory=list)

    @property
    def value(self) -> float:
        """Return the proportion."""
        return self.events / self.trials

    def as_dict(self) -> Row:
        """Return the figure as JSON values."""
        low, high = wilson_interval(self.events, self.trials)
        found: Row = {"name": self.name, "value": round(self.value, 4)}
        found |= {"events": self.events, "trials": self.trials}
        return found | {"low": round(low, 4), "high": round(high, 4), "wanted": self.wanted}


def pair_figures(
    true: list[Pair], false: list[Pair], resolved: Resolved, label: str
) -> list[Figure]:
    """Return recall over true pairs, and precision over true and false ones."""
    one = resolved.organisation
    found = [pair for pair in true if one[pair[0]] == one[pair[1]]]
    wrong = [pair for pair in false if one[pair[0]] == one[pair[1]]]
    missed = [pair for pair in true if one[pair[0]] != one[pair[1]]]
    return [
        Figure(f"identity recall, {label}", len(found), len(true), 0.85, missed),
        Figure(f"identity precision, {label}", len(found), len(found) + len(wrong), 0.98, wrong),
    ]


def linked_figure(names: Judged, resolved: Resolved, label: str) -> Figure:
    """Return, of all pairs of charity spellings that were linked, the share of one number."""
    by_key: dict[int, list[str]] = defaultdict(list)
    for name in names.charity:
        by_key[resolved.organisation[name]].append(name)
    pairs = [pair for same in by_key.values() for pair in combinations(sorted(same), 2)]
    wrong = [p for p in pairs if names.charity[p[0]] != names.charity[p[1]]]
    return Figure(
        f"links of one number, {label}", len(pairs) - len(wrong), len(pairs), None, wrong
    )


def kind_figures(names: Judged, resolved: Resolved, side: int, label: str) -> list[Figure]:
    """Return precision and recall of kinds on one half of the labelled names.

    A name that is on both lists is left out of precision, as its labels contradict each other.
    """
    both = set(names.charity) & set(names.public)
    charity = [n for n in names.charity if half(n) == side and n not in both]
    public = [n for n in names.public if half(n) == side and n not in both]
    figures = []
    for kind, mine, others, least in (
        ("public-body", public, charity, 0.85),
        ("charity", charity, public, 0.60),
    ):
        hit = [n for n in mine if resolved.kind[n] == kind]
        false = [(n, resolved.because[n]) for n in others if resolved.kind[n] == kind]
        missed = [(n, resolved.kind[n]) for n in mine if resolved.kind[n] != kind]
        figures += [
            Figure(f"{kind} recall, {label}", len(hit), len(mine), least, missed),
            Figure(f"{kind} precision, {label}", len(hit), len(hit) + len(false), 0.97, false),
        ]
    return figures


@dataclass
class Unlabelled:
    """What was said of the 300 unlabelled names that a person judged, for one kind."""

    kind: str
    right: int = 0
    false: list[Row] = field(default_factory=list)
    unsettled: list[str] = field(default_factory=list)

    def as_dict(self) -> Row:
        """Return the counts as JSON values."""
        false, unsettled = len(self.false), len(self.unsettled)
        found: Row = {"name": f"unlabelled said to be {self.kind}", "right": self.right}
        return found | {"false": false, "unsettled": unsettled, "false_names": self.false}


def unlabelled(resolved: Resolved) -> list[Unlabelled]:
    """Set what was said of unlabelled names beside what a person judged them to be."""
    found = {kind: Unlabelled(kind) for kind in ("charity", "public-body", "private")}
    for row in rows(LABELS):
        name, judged_kind = row["name"], row["judged"]
        said = found.get(resolved.kind[name])
        if said is None:
            continue
        if judged_kind == "unknown":
            said.unsettled.append(name)
        elif judged_kind == said.kind:
            said.right += 1
        else:
            because = resolved.because[name]
            said.false.append({"name": name, "judged": judged_kind, "because": because})
    return list(found.values())


@dataclass
class Results:
    """Every figure of the benchmark."""

    figures: list[Figure]
    unlabelled: list[Unlabelled]
    pairs: dict[str, int]

    def figure(self, name: str) -> Figure:
        """Return one figure by its name."""
        return next(figure for figure in self.figures if figure.name == name)

    def as_dict(self) -> Row:
        """Return everything as JSON values."""
        return {
            "figures": [figure.as_dict() for figure in self.figures],
            "unlabelled": [said.as_dict() for said in self.unlabelled],
            "pairs": self.pairs,
        }


def measured(shared: Path) -> Results:
    """Measure identity and kinds, with names alone and beside the shared registers."""
    names = judged(shared)
    true, by_source = true_pairs(names), false_pairs(shared, names, random.Random(SEED))
    false = [pair for pairs in by_source.values() for pair in pairs]
    everyone = sorted({*names.names, *(name for pair in false for name in pair)})
    figures: list[Figure] = []
    for label, register in (("names", []), ("names and registers", registers(shared))):
        resolved = resolve(everyone, register)
        figures += pair_figures(true, false, resolved, label)
        figures.append(linked_figure(names, resolved, label))
        for side in (0, 1):
            told = "fixed on" if side == 0 else "held out"
            figures += kind_figures(names, resolved, side, f"{label}, half {told}")
            mine = [pair for pair in true if half(names.charity[pair[0]]) == side]
            figures += pair_figures(mine, false, resolved, f"{label}, half {told}")[:1]
    pairs = {"true": len(true), **{source: len(found) for source, found in by_source.items()}}
    return Results(figures, unlabelled(resolved), pairs)


def main() -> None:
    """Print the figures as a table, or as JSON with ``--json``; ``--misses`` names them all."""
    shared = Path(os.environ.get("CONVENER_SHARED", ROOT.parent / "shared"))
    timed = speed()  # first, so that its peak is its own
    results = measured(shared)
    if "--json" in sys.argv:
        print(json.dumps({**results.as_dict(), "speed": timed}, indent=1))
        return
    print(f"{'figure':62} {'value':>6} {'interval':>15} {'of':>6} {'wanted':>6}")
    for figure in results.figures:
        told = figure.as_dict()
        span = f"{told['low']:.3f} to {told['high']:.3f}"
        wanted = told["wanted"] or ""
        print(f"{figure.name:62} {figure.value:6.3f} {span:>15} {figure.trials:6} {wanted:>6}")
        for miss in figure.missed if "--misses" in sys.argv else ():
            print(f"    {miss}")
    for said in results.unlabelled:
        told = said.as_dict()
        print(f"{told['name']}: {told['right']} right, {told['false']} false,", end=" ")
        print(f"{told['unsettled']} that a person could not settle")
        for row in said.false:
            print(f"    {row}")
    print("pairs:", results.pairs)
    print("speed:", timed)


if __name__ == "__main__":
    main()
