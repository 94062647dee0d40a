"""Reading everything as it is at one moment, while others write on."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager

from django.db import connection, transaction

SNAPSHOT_NAME = re.compile(r"[0-9A-F-]+")


@contextmanager
def one_moment(shared: str = "") -> Iterator[str]:
    """Let all that is read in a block be of one moment; nobody who writes waits for it.

    Gives the name under which another process can read the same moment, where the database has
    such names; ``shared`` is such a name. Inside a transaction it is the transaction's moment.
    """
    if connection.in_atomic_block:
        yield ""
    elif connection.vendor == "postgresql":
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute("set transaction isolation level repeatable read, read only")
            if shared:
                cursor.execute(f"set transaction snapshot '{_checked(shared)}'")
            cursor.execute("select pg_export_snapshot()")
            [name] = cursor.fetchone()
            yield name
    else:
        # Django's own transactions take the writers' lock; this one takes none.
        with connection.cursor() as cursor:
            cursor.execute("begin deferred")
            try:
                yield ""
            finally:
                cursor.execute("rollback")


def _checked(name: str) -> str:
    assert SNAPSHOT_NAME.fullmatch(name)  # noqa: S101 -- PostgreSQL's own word, given back to it
    return name
