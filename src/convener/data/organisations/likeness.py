"""How likely two names are one organisation's: what each pair shows, weighed by Splink.

Names are compared only where they begin or sound alike, share a rare word, or one is letters that
stand for the words of the other. Each pair is judged by the words that are left over on either
side, by its letters, and by how much it shares. The weights are stored here, so that the same
names always give the same links: chances counted on one half (by charity number) of a list of NHS
suppliers whose charities people had looked up, rounded by hand where the counts were few.
"""

from __future__ import annotations

import logging
from typing import Any

import duckdb

from convener.data.organisations.links import Link

BLOCK_MAX = 60  # a start or a word that more names share is no reason to compare them
THRESHOLD = 0.7
PRIOR = 0.03  # of the pairs in a block

_MACROS = (
    # A word stands for another when it is the same, a cut form of it, or a slip of the hand. A
    # place stands only for itself: Derby is not Derbyshire, and Hereford is not Hertford.
    """stands_for(a, b, places_a, places_b, exact) as
       (length(a) >= if(exact, 5, 3) and starts_with(b, a) and not list_contains(places_a, a))
       or (length(b) >= if(exact, 5, 3) and starts_with(a, b)
           and not list_contains(places_b, b))
       or (not exact and length(a) >= 7 and length(b) >= 7
           and not regexp_matches(a || b, '[0-9]')
           and not list_contains(places_a, a) and not list_contains(places_b, b)
           and damerau_levenshtein(a, b) <= 1)""",
    "without(a, b) as list_filter(a, lambda x: not list_contains(b, x))",
    """left_over(told_a, places_a, told_b, places_b, exact) as
       list_filter(without(told_a, told_b), lambda a: len(list_filter(
           told_b, lambda b: stands_for(a, b, places_a, places_b, exact))) = 0)""",
    # Health bodies and universities often leave their sort out; but the charity of a hospital
    # is not the hospital.
    """two_families(family_a, family_b, sorts_a, sorts_b) as
       (family_a <> family_b
        and list_sort([family_a, family_b]) not in (['', 'nhs'], ['', 'university']))
       or (list_has_any(['nhs', 'university', 'hospital', 'universityhospital'],
                        [family_a, family_b] || sorts_a || sorts_b)
           and list_contains(sorts_a, 'charity') <> list_contains(sorts_b, 'charity'))""",
    """initials_of(initials_a, squeezed_a, initials_b, squeezed_b) as
       (length(initials_a) >= 4 and initials_a = squeezed_b)
       or (length(initials_b) >= 4 and initials_b = squeezed_a)""",
    """cannot_be_one(over_a, over_b, family_a, family_b, sorts_a, sorts_b) as
       (len(over_a) > 0 and len(over_b) > 0)
       or (family_a <> '' and family_a = family_b and len(over_a) + len(over_b) > 0)
       or two_families(family_a, family_b, sorts_a, sorts_b)""",
    # A short word alone may be letters that stand for anything.
    "is_letters(core) as length(core) <= 8 and not contains(core, ' ')",
)

# What a pair may show, the first that holds: SQL over the table ``pair``, what it is called, and
# the chance of it among pairs of one organisation and among the other pairs.
_LONG = "least(length(squeezed_l), length(squeezed_r)) >= 10"
_LIKE = "jaro_winkler_similarity(squeezed_l, squeezed_r)"
_BEGUN = "(starts_with(squeezed_l, squeezed_r) or starts_with(squeezed_r, squeezed_l))"
_HELD = "(contains(squeezed_l, squeezed_r) or contains(squeezed_r, squeezed_l))"
_NOT_SHORT = "least(length(squeezed_l), length(squeezed_r)) >= 6"
_UNPLACED = "len(without(over_l, places_l)) + len(without(over_r, places_r))"
_COUNTED = "len(over_l) + len(over_r)"
_SHARED = (
    "greatest(length(array_to_string(told_l, '')) - length(array_to_string(over_l, '')),"
    " length(array_to_string(told_r, '')) - length(array_to_string(over_r, '')))"
)
_SHOWN: dict[str, tuple[tuple[str, str, float, float], ...]] = {
    "words": (
        ("is_initials", "one is the initials of the other", 0.08, 0.0002),
        ("len(over_l) > 0 and len(over_r) > 0", "each has words of its own", 0.005, 0.58),
        (
            f"family_l <> '' and family_l = family_r and {_COUNTED} > 0",
            "members of one federation, told apart",
            0.001,
            0.03,
        ),
        (
            "two_families(family_l, family_r, sorts_l, sorts_r)",
            "of two federations, or of one and not",
            0.001,
            0.05,
        ),
        (
            "len(without(sorts_l, sorts_r)) > 0 and len(without(sorts_r, sorts_l)) > 0",
            "two sorts of body",
            0.10,
            0.03,
        ),
        (f"{_UNPLACED} > 1", "one has several words more", 0.05, 0.05),
        (f"{_UNPLACED} = 1", "one has a word more", 0.18, 0.15),
        (f"{_COUNTED} > 0", "one has a place more", 0.02, 0.08),
        ("list_sort(sorts_l) <> list_sort(sorts_r)", "one says its sort", 0.20, 0.03),
        ("true", "the same telling words", 0.354, 0.04),
    ),
    "letters": (
        ("squeezed_l = squeezed_r", "the same letters", 0.08, 0.0002),
        (
            "list_sort(string_split(core_l, ' ')) = list_sort(string_split(core_r, ' '))",
            "the same words in another order",
            0.05,
            0.0008,
        ),
        (
            f"{_LONG} and {_BEGUN}",
            "one begins the other",
            0.17,
            0.0015,
        ),
        (
            f"{_LONG} and {_HELD}",
            "one holds the other",
            0.05,
            0.003,
        ),
        (f"{_NOT_SHORT} and {_LIKE} >= 0.94", "very alike", 0.10, 0.003),
        (f"{_NOT_SHORT} and {_LIKE} >= 0.90", "alike", 0.25, 0.03),
        ("true", "unlike", 0.30, 0.9605),
    ),
    "shared": (
        (
            f"not is_initials and len(specific_l) + len(specific_r) = 0 and {_SHARED} > 0",
            "places shared and no more",
            0.10,
            0.35,
        ),
        (f"is_initials or {_SHARED} >= 16", "much shared", 0.30, 0.03),
        (f"{_SHARED} >= 9", "some shared", 0.30, 0.20),
        (f"{_SHARED} >= 5", "little shared", 0.27, 0.25),
        ("true", "nothing telling shared", 0.03, 0.17),
    ),
}


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
        The connection then holds ``compared``, the spellings as they were compared, and ``pair``,
        what each compared pair shows.
    """
    for macro in _MACROS:
        connection.execute(f"create or replace macro {macro}")
    _prepare(connection, table)
    if not _pair(connection):
        return []  # and Splink, slow to import, stays where it is
    found = _weigh(connection)
    rows = connection.execute(
        f"""select left_id, right_id, match_probability
            from {found} join pair on pair_id = unique_id_l
            order by match_probability desc, left_id, right_id"""
    ).fetchall()
    return [Link(left, right, "variant", chance) for left, right, chance in rows]


def _prepare(connection: duckdb.DuckDBPyConnection, table: str) -> None:
    """Make ``compared``: each spelling with what it is blocked by, common blocks left out."""
    connection.execute(f"""
        create or replace table telling as
        select unique_id, token, count(*) over (partition by token) as frequency
        from (select unique_id, unnest(list_distinct(specific || places)) as token from {table})
    """)
    connection.execute(f"""
        create or replace table compared as
        with ranked as (
            select unique_id, token,
                   row_number() over (partition by unique_id order by frequency, token) as place
            from telling where frequency between 2 and {BLOCK_MAX}
        )
        select t.*, t.specific || t.places as told,
               case when length(squeezed) >= 12 then squeezed[:12] else squeezed[:6] end as head,
               regexp_replace(squeezed, '[aeiou]', '', 'g')[:6] as sound,
               case when length(initials) >= 4 then initials
                    when length(squeezed) between 4 and 8 then squeezed end as letters_of,
               one.token as rare_1, two.token as rare_2
        from {table} t
        left join ranked one on one.unique_id = t.unique_id and one.place = 1
        left join ranked two on two.unique_id = t.unique_id and two.place = 2
    """)
    for block in ("head", "sound", "letters_of"):
        connection.execute(f"""
            update compared set {block} = null where {block} in
            (select {block} from compared group by all having count(*) > {BLOCK_MAX})
        """)


_BLOCKS = (
    ("head", "head"),
    ("sound", "sound"),
    ("letters_of", "letters_of"),
    ("rare_1", "rare_1"),
    ("rare_2", "rare_2"),
    ("rare_1", "rare_2"),
)
_WORDS = ("core", "squeezed", "form", "specific", "places", "sorts", "family", "initials", "told")


def _pair(connection: duckdb.DuckDBPyConnection) -> bool:
    """Make ``pair``: what each pair of a block shows; say whether there is any."""
    blocked = " union ".join(
        f"""select least(l.unique_id, r.unique_id) as left_id,
                   greatest(l.unique_id, r.unique_id) as right_id
            from compared l join compared r on l.{mine} = r.{other} and l.unique_id <> r.unique_id
            where l.core <> r.core and not list_has_any(l.anchors, r.anchors)
              and (l.form = '' or r.form = '' or l.form = r.form)"""
        for mine, other in _BLOCKS
    )
    sides = ", ".join(f"{side}.{word} as {word}_{side}" for side in ("l", "r") for word in _WORDS)
    shown = ", ".join(_shown(name) for name in _SHOWN)
    connection.execute(f"""
        create or replace table pair as
        with blocked as ({blocked}),
        sided as (
            select left_id, right_id, {sides}
            from blocked
            join compared l on l.unique_id = left_id join compared r on r.unique_id = right_id
        ), parted as (
            select *,
                   left_over(told_l, places_l, told_r, places_r, family_l <> '') as over_l,
                   left_over(told_r, places_r, told_l, places_l, family_r <> '') as over_r,
                   initials_of(initials_l, squeezed_l, initials_r, squeezed_r) as is_initials
            from sided
        )
        select row_number() over () as pair_id, left_id, right_id, {shown} from parted
    """)
    return bool(connection.execute("select 1 from pair limit 1").fetchall())


def _shown(name: str) -> str:
    cases = " ".join(f"when {sql} then '{label}'" for sql, label, _m, _u in _SHOWN[name])
    return f"case {cases} end as {name}"


def _weigh(connection: duckdb.DuckDBPyConnection) -> str:
    """Return the name of a table of the likely pairs, which Splink weighs by what they show."""
    from splink import DuckDBAPI, Linker, SettingsCreator

    logging.getLogger("splink").setLevel(logging.WARNING)
    columns = "pair_id as unique_id, words, letters, shared"
    for side in ("pair_left", "pair_right"):
        connection.execute(f"create or replace view {side} as select {columns} from pair")
    settings = SettingsCreator(
        link_type="link_only",
        comparisons=[_comparison(name) for name in _SHOWN],
        blocking_rules_to_generate_predictions=[{"blocking_rule": "l.unique_id = r.unique_id"}],
        probability_two_random_records_match=PRIOR,
        retain_matching_columns=False,
    )
    api = DuckDBAPI(connection=connection)
    sides = [api.register("pair_left"), api.register("pair_right")]
    linker = Linker(sides, settings, log_level=None, validate_settings=False)
    predicted = linker.inference.predict(threshold_match_probability=THRESHOLD)
    return str(predicted.physical_name)


def _comparison(name: str) -> dict[str, Any]:
    """Return one thing that pairs show as Splink takes it, each way of showing it a level."""
    missing = {
        "sql_condition": f"{name}_l is null",
        "label_for_charts": "not known",
        "is_null_level": True,
    }
    levels = [
        {
            "sql_condition": f"{name}_l = '{label}'",
            "label_for_charts": label,
            "m_probability": among_matches,
            "u_probability": among_others,
        }
        for _sql, label, among_matches, among_others in _SHOWN[name]
    ]
    return {"output_column_name": name, "comparison_levels": [missing, *levels]}


def clashing(connection: duckdb.DuckDBPyConnection, chained: str) -> set[tuple[int, int]]:
    """Return the pairs, both ways round, of chained spellings that cannot be one body.

    Parameters
    ----------
    connection : engine in which ``likely`` has run
    chained : name of a table of ``unique_id`` and ``chain``: spellings tied by any links
    """
    rows = connection.execute(f"""
        with linked as (select * from compared join {chained} using (unique_id)),
        sided as (
            select l.unique_id as left_id, r.unique_id as right_id,
                   left_over(l.told, l.places, r.told, r.places, l.family <> '') as over_l,
                   left_over(r.told, r.places, l.told, l.places, r.family <> '') as over_r,
                   l.family as family_l, r.family as family_r, l.sorts as sorts_l,
                   r.sorts as sorts_r
            from linked l join linked r on l.chain = r.chain and l.unique_id <> r.unique_id
            where not is_letters(l.core) and not is_letters(r.core)
        )
        select left_id, right_id from sided
        where cannot_be_one(over_l, over_r, family_l, family_r, sorts_l, sorts_r)
    """).fetchall()
    return {(left, right) for left, right in rows}
