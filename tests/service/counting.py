"""Counts the queries of a page with some rows and with three times as many."""

from __future__ import annotations

from collections.abc import Callable

from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

FEW = 3


def queries_of(client: Client, address: str) -> list[str]:
    """Return the queries that a page takes, once what is kept between requests is kept."""
    assert client.get(address).status_code == 200, address
    with CaptureQueriesContext(connection) as found:
        assert client.get(address).status_code == 200
    return [one["sql"] for one in found.captured_queries]


def grown(client: Client, address: str, add: Callable[[int], object]) -> str:
    """Say by how many queries a page grows with its rows; nothing where it does not.

    Parameters
    ----------
    client : whoever may see the page
    address : the page
    add : stores the row of a number, which the page shows
    """
    for number in range(FEW):
        add(number)
    few = queries_of(client, address)
    shown = len(client.get(address).content)
    for number in range(FEW, 3 * FEW):
        add(number)
    many = queries_of(client, address)
    assert len(client.get(address).content) > shown, f"{address} does not show what is added"
    if len(many) == len(few):
        return ""
    more = next((sql for sql in many if many.count(sql) > few.count(sql)), "")
    return f"{address}: {len(few)} queries, then {len(many)}, such as {more[:300]}"
