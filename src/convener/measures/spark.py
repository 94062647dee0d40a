"""Carry a measure to Spark SQL, so that it says there exactly what it says here.

sqlglot knows both dialects; three things it would let through change a number. It writes an exact
percentile as an estimate; and Spark divides and averages exact decimals to a fixed number of
places, where DuckDB gives a double. ``group by all`` is written out for Spark before 3.4.
"""

from __future__ import annotations

import sqlglot
from sqlglot import exp
from sqlglot.errors import SqlglotError

from convener.base.errors import BadInputError

_DOUBLE = exp.DataType.Type.DOUBLE


class NotPortableError(BadInputError):
    """A statement uses something that Spark SQL cannot say."""


def to_spark(sql: str) -> str:
    """Return a measure's statement in Spark SQL (3.0 or later).

    Raises
    ------
    NotPortableError
        If it uses something that Spark SQL cannot say.
    """
    try:
        tree = sqlglot.parse_one(sql, read="duckdb").transform(_exact)
        for select in tree.find_all(exp.Select):
            _write_out_groups(select)
        return tree.sql("spark", pretty=True, unsupported_level=sqlglot.ErrorLevel.RAISE)
    except SqlglotError as error:
        message = f"Spark SQL cannot say this statement: {error}"
        raise NotPortableError(message) from error


def _exact(node: exp.Expression) -> exp.Expression:
    if isinstance(node, exp.WithinGroup):
        return _percentile(node)
    if isinstance(node, exp.Div | exp.Avg):
        node.set("this", _as_double(node.this))
    return node


def _percentile(node: exp.WithinGroup) -> exp.Expression:
    """Return Spark's ``percentile``, which finds the place between two values as DuckDB does."""
    [ordered] = node.expression.expressions
    if not isinstance(node.this, exp.PercentileCont) or ordered.args.get("desc"):
        message = f"only percentile_cont(q) within group (order by x) is carried, not {node.sql()}"
        raise NotPortableError(message)
    return exp.Quantile(this=ordered.this, quantile=node.this.this)


def _as_double(node: exp.Expression) -> exp.Expression:
    if isinstance(node, exp.Cast) and node.is_type(_DOUBLE):
        return node
    return exp.cast(node, _DOUBLE)


def _write_out_groups(select: exp.Select) -> None:
    """Write ``group by all`` as the places of the columns that are not aggregates."""
    group = select.args.get("group")
    if group is None or not group.args.get("all"):
        return
    places = [
        exp.Literal.number(place)
        for place, column in enumerate(select.expressions, 1)
        if not column.find(exp.AggFunc)
    ]
    select.set("group", exp.Group(expressions=places) if places else None)
