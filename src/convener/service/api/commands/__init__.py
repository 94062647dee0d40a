"""What programs may do: each command over the action that its page calls."""

from convener.service.api.commands import (
    interests,
    keeping,
    market,
    merging,
    offering,
    ownership,
    registering,
)

__all__ = [
    "interests",
    "keeping",
    "market",
    "merging",
    "offering",
    "ownership",
    "registering",
]
