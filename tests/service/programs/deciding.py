"""End one membership, once told to; say how it went."""

import sys

import django

django.setup()

from django.utils import timezone  # noqa: E402 -- Django first

from convener.base.errors import ConvenerError  # noqa: E402
from convener.rules.access import CLOCK  # noqa: E402
from convener.service.actions.access import end_role  # noqa: E402


def main(membership: str) -> None:
    """Press the button."""
    print("ready", flush=True)
    sys.stdin.readline()
    try:
        end_role(membership_id=int(membership), at=timezone.now(), by=CLOCK)
    except ConvenerError as error:
        print(type(error).__name__, flush=True)
    else:
        print("done", flush=True)


if __name__ == "__main__":
    main(*sys.argv[1:])
