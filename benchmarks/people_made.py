"""Fill a database with organisations and their record, or act in it: what `people.py` starts.

``fill EVENTS ORGANISATIONS`` stores a chained record, its rows told of as the journal tells of
them, and prints the people who are signed in; ``act NUMBER SECONDS`` gives and ends a role, again
and again, and prints how many acts were acknowledged.
"""

from __future__ import annotations

import json
import sys
import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import django

django.setup()

from django.conf import settings  # noqa: E402 -- Django first
from django.contrib.auth import (  # noqa: E402
    BACKEND_SESSION_KEY,
    HASH_SESSION_KEY,
    SESSION_KEY,
)
from django.db import connection, transaction  # noqa: E402
from django.db.models import Model  # noqa: E402
from django.utils import timezone  # noqa: E402

from convener.rules.access import CLOCK, Role  # noqa: E402
from convener.rules.journal import SCHEMA_VERSION, Plain, Told, canonical, digest_of, plain  # noqa: E402
from convener.rules.rebuilding import CHANGED  # noqa: E402
from convener.service.actions.access import add_user, end_role, give_role  # noqa: E402
from convener.service.actions.registry import register_organisation  # noqa: E402
from convener.service.models import Event, Membership, Organisation, Stream, User  # noqa: E402
from convener.service.sessions import BEGAN, SEEN, SessionStore  # noqa: E402

AT = datetime(2026, 1, 5, 9, tzinfo=UTC)
AT_WORK = 20
MINUTE = timedelta(minutes=1)


def fill(events: int, organisations: int) -> None:
    """Store organisations, each with memberships that began and ended, and who is at work."""
    past = add_user(email="past@example.org", password=None, at=AT)
    with transaction.atomic():
        bodies = [
            register_organisation(name=f"Organisation {number:,}", at=AT)
            for number in range(organisations)
        ]
    each = max(1, events // organisations // 2)
    rows, told = [], []
    for number, body in enumerate(bodies):
        stream = Stream.objects.get(name=f"organisation:{body.pk}")
        made, heads = _record(body, past, stream, number * each + 1_000_000, each)
        rows += made
        told += heads
        if len(told) >= 50_000 or body is bodies[-1]:
            _store(rows, told)
            rows, told = [], []
    with connection.cursor() as cursor:
        cursor.execute("analyze")
    print(json.dumps([_at_work(bodies, number) for number in range(AT_WORK)]))


def _record(
    body: Organisation, past: User, stream: Stream, first: int, count: int
) -> tuple[list[Membership], list[tuple[int, Told, str]]]:
    """Return memberships of one organisation that ended, and the events that tell of them."""
    rows, events, digest, sequence = [], [], stream.digest, stream.sequence
    for number in range(count):
        begins = AT + number * MINUTE
        row = Membership(
            pk=first + number,
            user=past,
            organisation=body,
            role=Role.PROVIDER.value,
            from_at=begins,
            row_version=2,
        )
        new: dict[str, Plain] = {
            name: [None, plain(value)] for name, value in row.told_values().items()
        }
        row.until_at = begins + MINUTE
        ended: dict[str, Plain] = {"until_at": [None, plain(row.until_at)]}
        for version, (kind, changed) in enumerate((("role-given", new), ("role-ended", ended)), 1):
            sequence += 1
            told = Told(
                stream=stream.name,
                sequence=sequence,
                at=begins,
                kind=kind,
                actor=None,
                role=CLOCK.role.value,
                organisation=None,
                on_behalf_of=None,
                command="",
                schema_version=SCHEMA_VERSION,
                reason="",
                subject="membership",
                subject_id=row.pk,
                row_version=version,
                contents=canonical({CHANGED: {**changed}}),
            )
            digest = digest_of(told, digest)
            events.append((stream.pk, told, digest))
        rows.append(row)
    Stream.objects.filter(pk=stream.pk).update(sequence=sequence, digest=digest)
    return rows, events


def _store(rows: list[Membership], told: list[tuple[int, Told, str]]) -> None:
    fields = Membership._meta.concrete_fields  # noqa: SLF001 -- Django's own
    names = [str(field.column) for field in fields]
    attributes = [field.attname for field in fields]
    _copy(Membership, names, ([getattr(row, name) for name in attributes] for row in rows))
    names = ["stream_id", *Told._fields[1:], "digest"]
    _copy(Event, names, ([stream, *one[1:], digest] for stream, one, digest in told))


def _copy(model: type[Model], names: list[str], rows: Iterator[list[object]]) -> None:
    columns = ", ".join(f'"{name}"' for name in names)
    table = model._meta.db_table  # noqa: SLF001 -- as above
    with connection.cursor() as cursor, cursor.copy(f"copy {table} ({columns}) from stdin") as to:
        for row in rows:
            to.write_row(row)


def _at_work(bodies: list[Organisation], number: int) -> dict[str, object]:
    """Store someone who is signed in; return the word of the session and the organisation."""
    body = bodies[number % len(bodies)]
    user = add_user(email=f"person{number}@example.org", password="a long one 4 all", at=AT)
    is_provider = number % 2 == 0
    role = Role.PROVIDER if is_provider else Role.ANALYST
    give_role(user_id=user.pk, role=role, organisation=body if is_provider else None, at=AT)
    user.refresh_from_db()
    session = SessionStore()
    session[SESSION_KEY] = str(user.pk)
    session[BACKEND_SESSION_KEY] = settings.AUTHENTICATION_BACKENDS[0]
    session[HASH_SESSION_KEY] = user.get_session_auth_hash()
    session[BEGAN] = session[SEEN] = timezone.now().timestamp()
    session.save()
    return {"session": session.session_key, "body": body.pk}


def act(number: int, seconds: float) -> None:
    """Give and end a role in one organisation until the time is over."""
    body = Organisation.objects.order_by("pk")[number]
    email = f"acting{number}-{time.time_ns()}@example.org"
    user = add_user(email=email, password=None, at=timezone.now())
    print("ready", flush=True)
    sys.stdin.readline()
    count, ends = 0, time.perf_counter() + seconds
    while time.perf_counter() < ends:
        at = timezone.now()
        given = give_role(user_id=user.pk, role=Role.OFFICER, organisation=body, at=at)
        end_role(membership_id=given.pk, at=timezone.now(), by=CLOCK)
        count += 2
    print(count, flush=True)


if __name__ == "__main__":
    what, first, second = sys.argv[1:]
    if what == "fill":
        fill(int(first), int(second))
    else:
        act(int(first), float(second))
