"""Rename one organisation again and again, saying each command once it was acknowledged."""

import sys

import django

django.setup()

from django.db import transaction  # noqa: E402 -- Django first
from django.utils import timezone  # noqa: E402

from convener.rules.access import CLOCK  # noqa: E402
from convener.service.actions.journal import change  # noqa: E402
from convener.service.models import Organisation  # noqa: E402


def rename(name: str) -> None:
    """Rename the one organisation, as an action does."""
    with transaction.atomic():
        body = Organisation.objects.select_for_update().order_by("pk").first()
        change(
            body,
            {"name": name},
            at=timezone.now(),
            by=CLOCK,
            kind="renamed",
            command=name,
            words=name,
        )


def main(writer: str, times: str) -> None:
    """Rename so many times; print each name after it was committed."""
    print("ready", flush=True)
    sys.stdin.readline()
    for number in range(int(times)):
        rename(f"{writer}-{number}")
        print(f"{writer}-{number}", flush=True)


if __name__ == "__main__":
    main(*sys.argv[1:])
