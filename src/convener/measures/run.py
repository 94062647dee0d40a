"""Ask measures of the market store: one question in, rows with value, range and coverage out."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from functools import cache, partial
from typing import Any

import duckdb

from convener.base.errors import BadInputError, NotFoundError
from convener.measures.bench import Bench, rests_on, views
from convener.measures.measure import BASES, Measure, find_measure
from convener.measures.question import FRAMEWORKS, Question
from convener.measures.rows import Figures, Row, gather, rows_of, unanswered

__all__ = ["Question", "Row", "measure"]

Choice = tuple[str, str]  # what one provider is, and how an award to several is shared

OVERLAPPING = {"ocds-b5fd17": "Contracts Finder", "ocds-h6vhtk": "Find a Tender"}
OUTPUT_FILTERS = {"provider": "provider_name", "kind": "kind"}

_IN_SCOPE = {
    "awards": "awards_in_scope",
    "payments": "payments_in_scope",
    "provision": "provision_in_scope",
}
_RULE_SAID = {
    "split": "an award to several suppliers is split evenly between them",
    "lead": "an award to several suppliers goes to the first of them",
    "ceiling": "an award to several suppliers counts in full for each of them",
}


def measure(connection: duckdb.DuckDBPyConnection, question: Question) -> list[Row]:
    """Answer a question on a snapshot of the store.

    Raises
    ------
    NotFoundError
        If there is no measure, service or source of a name that was asked for.
    BadInputError
        If the question adds sources that publish the same awards, or services of two levels.
    """
    with Bench(connection, question) as bench:
        return answers(bench, question.measures, question.basis)


def answers(bench: Bench, names: Sequence[str], basis: str | None) -> list[Row]:
    """Answer measures on a bench, from a basis or from that which fits each best.

    Raises
    ------
    NotFoundError, BadInputError
        As :func:`measure`.
    """
    [found] = answers_under(bench, names, basis, [_own(bench.question)])
    return found


def answers_under(
    bench: Bench, names: Sequence[str], basis: str | None, choices: Sequence[Choice]
) -> list[list[Row]]:
    """Answer measures as :func:`answers` does, under each of some choices of the question.

    What a measure says under one choice is asked once, and stands as the figure of that choice
    and in the ranges of the others.
    """
    bench.question = replace(bench.question, measures=tuple(names), basis=basis)
    measures = [find_measure(name) for name in names]
    _check_sources(bench)
    questions = [replace(bench.question, entity=one, framework=two) for one, two in choices]
    found: list[dict[str, list[Row]]] = [{} for _ in questions]
    for each, group in _by_basis(bench, measures).items():
        answered = _answers(bench, each, group, questions)
        found = [rows | more for rows, more in zip(found, answered, strict=True)]
    return [
        [row for one in measures for row in rows[one.name] if _passes(question, row)]
        for question, rows in zip(questions, found, strict=True)
    ]


def _own(question: Question, one: Measure | None = None) -> Choice:
    """Return the entity and the framework rule under which a question has a measure."""
    return (one and one.entity) or question.entity, question.framework


def _passes(question: Question, row: Row) -> bool:
    """Return whether a row is of the providers and kinds asked for, where it is of any."""
    for word, column in OUTPUT_FILTERS.items():
        wanted = question.wanted(word)
        if wanted is not None and column in row.group:
            met = str(row.group[column]).casefold()
            if met not in {name.casefold() for name in wanted}:
                return False
    return True


def _check_sources(bench: Bench) -> None:
    if not bench.question.sources:
        return
    known = {
        row["source"]
        for row in bench.rows(
            "select distinct source from processes union select distinct source from payments"
            " union select distinct source from provision"
        )
    }
    for source in bench.question.sources:
        if source not in known:
            loaded = ", ".join(sorted(known)) or "none"
            raise NotFoundError(f"no source is called {source!r}; there are {loaded}")


def _by_basis(bench: Bench, measures: Sequence[Measure]) -> dict[str, list[Measure]]:
    """Put measures with the basis that each is answered from."""
    groups: dict[str, list[Measure]] = {}
    fitting = cache(partial(_fitting_basis, bench))
    for one in measures:
        if not _reaches(one.reads, "holdings"):
            basis = one.bases[0] if one.bases else "awards"
        else:
            basis = bench.question.basis or fitting(one.bases or BASES)
        groups.setdefault(basis, []).append(one)
    return groups


def _reaches(reading: Sequence[str], wanted: str) -> bool:
    return any(
        name == wanted or (name in views() and _reaches(views()[name].reads, wanted))
        for name in reading
    )


def _fitting_basis(bench: Bench, bases: tuple[str, ...]) -> str:
    """Return the first basis that has anything in scope: awards, then payments, then provision."""
    for basis in bases:
        bench.set("basis", basis)
        if bench.rows(f"select 1 from {_IN_SCOPE[basis]} limit 1"):
            return basis
    return bases[0]


def _answers(
    bench: Bench, basis: str, measures: Sequence[Measure], questions: Sequence[Question]
) -> list[dict[str, list[Row]]]:
    """Return for each of some questions, alike but for their choices, the rows by measure."""
    bench.set("basis", basis)
    if basis == "awards":
        _refuse_overlap(bench)
    fitting = [one for one in measures if not one.bases or basis in one.bases]
    tried = [_choices(bench, basis, fitting, question) for question in questions]
    figures: list[dict[str, Figures]] = [{one.name: {} for one in fitting} for _ in questions]
    for choice in dict.fromkeys(choice for choices in tried for choice in choices):
        bench.set("entity", choice[0])
        bench.set("framework", choice[1])
        asking = [
            (question, found)
            for question, choices, found in zip(questions, tried, figures, strict=True)
            if choice in choices
        ]
        for one in fitting:
            _gather_each(bench, one, choice, asking)
    return [
        _told(bench, basis, measures, question, found)
        for question, found in zip(questions, figures, strict=True)
    ]


def _gather_each(
    bench: Bench,
    one: Measure,
    choice: Choice,
    asking: Sequence[tuple[Question, dict[str, Figures]]],
) -> None:
    """Ask a measure under a choice, if it belongs to the figures of any of the questions."""
    wanting = [
        (_own(question, one) == choice, found[one.name])
        for question, found in asking
        if _is_open(one, _own(question, one), choice)
    ]
    rows = _ask(bench, one) if wanting else []
    for is_own, found in wanting:
        gather(found, one, rows, is_own=is_own)


def _told(
    bench: Bench,
    basis: str,
    measures: Sequence[Measure],
    question: Question,
    figures: dict[str, Figures],
) -> dict[str, list[Row]]:
    return {
        one.name: rows_of(
            question, one, basis, figures[one.name], _notes(bench, basis, one, question)
        )
        if one.name in figures
        else [unanswered(question, one, basis)]
        for one in measures
    }


def _choices(
    bench: Bench, basis: str, measures: Sequence[Measure], question: Question
) -> list[Choice]:
    """Return the entity and framework rules to try, the question's own first."""
    entities = list(dict.fromkeys(one.entity or question.entity for one in measures))
    frameworks = [question.framework]
    if any("entity" in one.varies for one in measures) and _is_owned(bench, question):
        entities += [word for word in ("organisation", "owner") if word not in entities]
    if any("framework" in one.varies for one in measures) and _shared(bench, basis):
        frameworks += [word for word in FRAMEWORKS if word != question.framework]
    return [(entity, framework) for entity in entities for framework in frameworks]


def _is_owned(bench: Bench, question: Question) -> bool:
    """Return whether grouping by organisation or by owner could differ at all."""
    if question.entity == "name":
        return True
    return bool(
        bench.rows("select 1 from organisations where owner_key <> organisation_key limit 1")
        or bench.rows("select 1 from owner_shares where owner_key <> organisation_key limit 1")
    )


def _shared(bench: Bench, basis: str) -> frozenset[str]:
    """Return the services in which any award in scope went to several suppliers at once."""
    if basis != "awards":
        return frozenset()

    def found() -> frozenset[str]:
        met = bench.rows("select distinct service from awards_in_scope where supplier_count > 1")
        return frozenset(str(row["service"]) for row in met)

    return bench.remember("shared", found)


def _is_open(one: Measure, own: Choice, choice: Choice) -> bool:
    """Return whether a measure leaves open every choice that differs from its own."""
    return all(
        met == wanted or name in one.varies
        for name, wanted, met in zip(("entity", "framework"), own, choice, strict=True)
    )


def _ask(bench: Bench, one: Measure) -> list[dict[str, Any]]:
    """Return the rows of a measure; those of one that no choice changes are asked for once."""

    def found() -> list[dict[str, Any]]:
        assume(bench, one)
        return bench.rows(one.sql, one.reads)

    if frozenset().union(*map(rests_on, one.reads)) & {"entity", "framework"}:
        return found()
    return bench.remember(f"rows of {one.name} {bench.question.basis}", found)


def assume(bench: Bench, one: Measure) -> None:
    """Put the numbers that a measure assumes, as asked or as its header has them, in a table."""
    if one.assumes:
        asked = bench.question.assume
        columns = ", ".join(
            f"{float(asked.get(name, value))!r}::double as {name}"
            for name, value in one.assumes.items()
        )
        bench.connection.execute(f"create or replace temp table assumptions as select {columns}")


def _notes(
    bench: Bench, basis: str, one: Measure, question: Question
) -> Callable[[str], list[str]]:
    """Return what must stand beside each figure of a service, whatever its measure says itself."""
    shared = frozenset[str]()
    by_service: list[dict[str, str]] = []
    if "framework" in one.varies:
        shared = _shared(bench, basis)
    if _reaches(one.reads, "holdings"):
        by_service = [
            bench.remember(f"currency {basis}", lambda: _currency_notes(bench, basis)),
            bench.remember(f"area {basis}", lambda: _area_notes(bench, basis)),
        ]
    assumed = _assumed(question, one)

    def notes(service: str) -> list[str]:
        rule = [_RULE_SAID[question.framework]] if service in shared else []
        return [*rule, *(said[service] for said in by_service if service in said), *assumed]

    return notes


def _assumed(question: Question, one: Measure) -> list[str]:
    known = {name: question.assume.get(name, value) for name, value in one.assumes.items()}
    said = (f"{name} {value:g}" for name, value in known.items() if value >= 0)
    return ["assumes " + ", ".join(said)] if known else []


def _currency_notes(bench: Bench, basis: str) -> dict[str, str]:
    """Return for each service of several currencies which one is counted, and what is not."""
    if basis == "provision":
        return {}
    met = bench.rows(
        "select s.service, coalesce(s.currency, 'no currency') as currency, count(*) as records,"
        " bool_or(s.currency is not distinct from c.currency) as is_used"
        f" from {_IN_SCOPE[basis]} s left join commonest_currency c on c.service = s.service"
        " where s.amount is not null group by 1, 2 order by 1, 2"
    )
    used = {str(row["service"]): row["currency"] for row in met if row["is_used"]}
    others: dict[str, list[str]] = {}
    for row in met:
        if not row["is_used"]:
            left_out = others.setdefault(str(row["service"]), [])
            left_out.append(f"{row['records']} in {row['currency']}")
    return {
        service: f"in {used.get(service, 'no currency')}; left out: {', '.join(left_out)}"
        for service, left_out in others.items()
    }


def _area_notes(bench: Bench, basis: str) -> dict[str, str]:
    """Return for each service in how many records the buyer's area stands for the delivery's."""
    by_area = {"area", "region"} & ({*bench.question.by} | {*bench.question.where})
    if basis == "provision" or not by_area:
        return {}
    met = bench.rows(
        "select service, count(*) as records,"
        " sum(case when area_is_buyers then 1 else 0 end) as fallen"
        f" from {_IN_SCOPE[basis]} group by service"
    )
    return {
        str(row["service"]): "the buyer's area stands in for"
        f" {row['fallen'] / row['records']:.0%} of records"
        for row in met
        if row["fallen"]
    }


def _refuse_overlap(bench: Bench) -> None:
    """Refuse to add two publishers of the same awards: nothing links their records."""
    prefixes = ", ".join(f"'{prefix}'" for prefix in OVERLAPPING)
    met = bench.rows(
        "select ocid_prefix as prefix, list(distinct source) as sources,"
        " list(distinct coalesce(year(happened_on), 0)) as years"
        f" from scope where ocid_prefix in ({prefixes}) group by 1"
    )
    if len(met) < len(OVERLAPPING):
        return
    years = set.intersection(*({*row["years"]} for row in met))
    if not years and not any(0 in row["years"] for row in met):
        return
    listed = "; ".join(
        f"{OVERLAPPING[row['prefix']]}: --source {', '.join(sorted(row['sources']))}"
        f" or --where ocid-prefix={row['prefix']}"
        for row in met
    )
    message = (
        "Contracts Finder and Find a Tender publish the same awards with nothing that links"
        f" them, so they are never added: choose one with --source ({listed})"
    )
    raise BadInputError(message)
