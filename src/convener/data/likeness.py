"""How likely two names are one organisation's, judged by Splink on the market engine.

Names are compared only where they begin alike, share a rare word, or one is letters that stand
for the words of the other. Each pair is judged by the words that are left over on either side,
by its letters, and by how much it shares. The weights are stored here, so that the same names
always give the same links; they were set on one half (by charity number) of a list of NHS
suppliers whose charities people had looked up, and measured on the other.
"""

from __future__ import annotations

from typing import Any

import duckdb

from convener.data.links import Link

BLOCK_MAX = 60  # a start or a word that more names share is no reason to compare them
THRESHOLD = 0.9
PRIOR = 0.02  # of the pairs in a block

_MACROS = (
    # A word stands for another when it is the same, a cut form of it, or a slip of the hand. A
    # place stands only for itself: Derby is not Derbyshire, and Hereford is not Hertford.
    """stands_for(a, b, places_a, places_b) as
       a = b
       or (length(a) >= 4 and starts_with(b, a) and not list_contains(places_a, a))
       or (length(b) >= 4 and starts_with(a, b) and not list_contains(places_b, b))
       or (length(a) >= 7 and length(b) >= 7 and not regexp_matches(a || b, '[0-9]')
           and not list_contains(places_a, a) and not list_contains(places_b, b)
           and damerau_levenshtein(a, b) <= 1)""",
    """left_over(told_a, places_a, told_b, places_b) as
       list_filter(told_a, lambda a: len(list_filter(
           told_b, lambda b: stands_for(a, b, places_a, places_b))) = 0)""",
    "without(a, b) as list_filter(a, lambda x: not list_contains(b, x))",
    """initials_of(initials_a, squeezed_a, initials_b, squeezed_b) as
       (length(initials_a) >= 4 and initials_a = squeezed_b)
       or (length(initials_b) >= 4 and initials_b = squeezed_a)""",
    "shared_letters(a, b) as length(array_to_string(list_intersect(a, b), ''))",
)


def _levels(*levels: tuple[str, str, float, float]) -> list[dict[str, Any]]:
    """Return comparison levels: SQL, words, chance among matches, chance among others."""
    missing = {
        "sql_condition": "core_l is null or core_r is null",
        "label_for_charts": "no name",
        "is_null_level": True,
    }
    return [
        missing,
        *(
            {
                "sql_condition": sql,
                "label_for_charts": label,
                "m_probability": m,
                "u_probability": u,
            }
            for sql, label, m, u in levels
        ),
    ]


_OVER = (
    "left_over(told_l, places_l, told_r, places_r)",
    "left_over(told_r, places_r, told_l, places_l)",
)
_OVER_COUNT = f"len({_OVER[0]}) + len({_OVER[1]})"
_OVER_UNPLACED = f"len(without({_OVER[0]}, places_l)) + len(without({_OVER[1]}, places_r))"
_INITIALS = "initials_of(initials_l, squeezed_l, initials_r, squeezed_r)"
_CUT_SHORT = (
    "least(length(squeezed_l), length(squeezed_r)) >= 16"
    " and (starts_with(squeezed_l, squeezed_r) or starts_with(squeezed_r, squeezed_l))"
)
_REORDERED = "list_sort(string_split(core_l, ' ')) = list_sort(string_split(core_r, ' '))"
_TWO_SORTS = "len(without(sorts_l, sorts_r)) > 0 and len(without(sorts_r, sorts_l)) > 0"
_SHARED = "shared_letters(told_l, told_r)"
_LIKE = "jaro_winkler_similarity(squeezed_l, squeezed_r)"
_COMPARISONS = (
    {
        "output_column_name": "words",
        "comparison_levels": _levels(
            (_INITIALS, "one is the initials of the other", 0.06, 0.0002),
            (
                f"len({_OVER[0]}) > 0 and len({_OVER[1]}) > 0",
                "each has words of its own",
                0.005,
                0.70,
            ),
            (
                f"family_l <> '' and family_l = family_r and {_OVER_COUNT} > 0",
                "members of one federation, told apart",
                0.001,
                0.05,
            ),
            (_TWO_SORTS, "two sorts of body", 0.03, 0.05),
            (f"{_OVER_UNPLACED} > 1", "one has several words more", 0.08, 0.08),
            (f"{_OVER_UNPLACED} = 1", "one has a word more", 0.15, 0.08),
            (f"{_OVER_COUNT} > 0", "one has a place more", 0.10, 0.02),
            ("list_sort(sorts_l) <> list_sort(sorts_r)", "one says its sort", 0.25, 0.01),
            ("ELSE", "the same telling words", 0.36, 0.01),
        ),
    },
    {
        "output_column_name": "letters",
        "comparison_levels": _levels(
            ("squeezed_l = squeezed_r", "the same letters", 0.08, 0.0002),
            (_REORDERED, "the same words in another order", 0.05, 0.0002),
            (_CUT_SHORT, "one is cut short", 0.30, 0.01),
            (f"{_LIKE} >= 0.96", "very alike", 0.2, 0.03),
            (f"{_LIKE} >= 0.90", "alike", 0.2, 0.2),
            ("ELSE", "unlike", 0.22, 0.76),
        ),
    },
    {
        "output_column_name": "shared",
        "comparison_levels": _levels(
            (f"{_INITIALS} or {_SHARED} >= 16", "much shared", 0.4, 0.05),
            (f"{_SHARED} >= 9", "some shared", 0.4, 0.25),
            (f"{_SHARED} >= 5", "little shared", 0.15, 0.45),
            ("ELSE", "nothing telling shared", 0.05, 0.25),
        ),
    },
)


def likely(connection: duckdb.DuckDBPyConnection, table: str) -> list[Link]:
    """Return the pairs of a table of spellings that are likely one organisation.

    Parameters
    ----------
    connection : engine that holds the table
    table : name of a table of spellings with the words of each name
        ``anchors`` lists the schemes in which a spelling's group has a parting identifier.

    Returns
    -------
    list of links, surest first
        The connection then holds ``compared``, the spellings as they were compared.
    """
    _prepare(connection, table)
    if not _has_candidates(connection):
        return []  # and Splink, slow to import, stays where it is
    found = _predict(connection)
    rows = connection.execute(
        f"""select unique_id_l, unique_id_r, match_probability from {found}
            order by match_probability desc, unique_id_l, unique_id_r"""
    ).fetchall()
    return [Link(left, right, "variant", chance) for left, right, chance in rows]


def _prepare(connection: duckdb.DuckDBPyConnection, table: str) -> None:
    """Add to each spelling what it is blocked by, leaving out blocks that are too common."""
    for macro in _MACROS:
        connection.execute(f"create or replace temp macro {macro}")
    connection.execute(f"""
        create or replace table telling as
        select unique_id, token, count(*) over (partition by token) as frequency
        from (select unique_id, unnest(list_distinct(told)) as token
              from (select unique_id, specific || places as told from {table}))
    """)
    connection.execute(f"""
        create or replace table compared as
        with ranked as (
            select unique_id, token,
                   row_number() over (partition by unique_id order by frequency, token) as place
            from telling where frequency between 2 and {BLOCK_MAX}
        ), keyed as (
            select t.*, t.specific || t.places as told,
                   case when length(squeezed) >= 12 then squeezed[:12] else squeezed[:6] end
                       as start,
                   case when length(initials) >= 4 then initials
                        when length(squeezed) between 4 and 8 then squeezed end as letters_of,
                   one.token as rare_1, two.token as rare_2
            from {table} t
            left join ranked one on one.unique_id = t.unique_id and one.place = 1
            left join ranked two on two.unique_id = t.unique_id and two.place = 2
        )
        select *, case when count(*) over (partition by start) <= {BLOCK_MAX} then start end as head
        from keyed
    """)


_MAY = (
    "(l.is_mentioned or r.is_mentioned) and not list_has_any(l.anchors, r.anchors)"
    " and (l.form = '' or r.form = '' or l.form = r.form)"
)
_BLOCKS = (
    f"l.head = r.head and {_MAY}",
    f"l.rare_1 = r.rare_1 and {_MAY}",
    f"l.rare_2 = r.rare_2 and {_MAY}",
    f"l.rare_1 = r.rare_2 and {_MAY}",
    f"l.rare_2 = r.rare_1 and {_MAY}",
    f"l.letters_of = r.letters_of and {_MAY}",
)


def _has_candidates(connection: duckdb.DuckDBPyConnection) -> bool:
    return any(
        connection.execute(
            f"""select 1 from compared l join compared r
                on {block} and l.unique_id < r.unique_id limit 1"""
        ).fetchall()
        for block in _BLOCKS
    )


def _predict(connection: duckdb.DuckDBPyConnection) -> str:
    """Return the name of a table of the likely pairs."""
    from splink import DuckDBAPI, Linker, SettingsCreator

    settings = SettingsCreator(
        link_type="dedupe_only",
        comparisons=[dict(comparison) for comparison in _COMPARISONS],
        blocking_rules_to_generate_predictions=[{"blocking_rule": b} for b in _BLOCKS],
        probability_two_random_records_match=PRIOR,
        retain_matching_columns=False,
    )
    api = DuckDBAPI(connection=connection)
    linker = Linker(api.register("compared"), settings, log_level=None, validate_settings=False)
    predicted = linker.inference.predict(threshold_match_probability=THRESHOLD)
    return str(predicted.physical_name)


def cannot_be_one(left: str, right: str) -> str:
    """Return SQL that says that two rows of ``compared`` are two bodies, whatever they share.

    ``left`` and ``right`` are the aliases of the rows.
    """
    over = [
        f"left_over({a}.told, {a}.places, {b}.told, {b}.places)"
        for a, b in ((left, right), (right, left))
    ]
    letters = ", ".join(f"{a}.{column}" for a in (left, right) for column in _LETTERS)
    return (
        f"not initials_of({letters}) and (len({over[0]}) > 0 and len({over[1]}) > 0"
        f" or {left}.family <> '' and {left}.family = {right}.family"
        f" and len({over[0]}) + len({over[1]}) > 0)"
    )


_LETTERS = ("initials", "squeezed")
