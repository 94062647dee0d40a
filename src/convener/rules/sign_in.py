"""How long a sign-in lasts, and what it must have gone through before a role lets in."""

from __future__ import annotations

from datetime import datetime, timedelta

from convener.rules.access import WITH_SECOND_FACTOR, Role

# A person who turns away comes back to a page that asks again; nobody stays in over night.
IDLE = timedelta(hours=1)
LONGEST = timedelta(hours=12)
# A page seen again within this is not written down anew.
SEEN_EVERY = timedelta(minutes=1)
# What was proved this short a time ago need not be proved again.
FRESH = timedelta(minutes=10)

INVITATION_STANDS = timedelta(days=14)


def has_ended(*, began_at: datetime, seen_at: datetime, at: datetime) -> bool:
    """Say whether a sign-in is over: too long without a page, or too long altogether."""
    return at - seen_at >= IDLE or at - began_at >= LONGEST


def is_cleared(
    role: Role, *, factor_at: datetime | None, began_at: datetime | None, is_proved: bool
) -> bool:
    """Say whether a sign-in went through all that a role asks for.

    Parameters
    ----------
    role : the role that would act
    factor_at : when the person's second factor was set up; none where there is none
    began_at : when the sign-in began; none where nobody signed in
    is_proved : whether this sign-in gave the second factor after it had begun

    Whoever signs in after a second factor was set up cannot have come in without it; a sign-in
    that is older than the factor has to give it.
    """
    if role not in WITH_SECOND_FACTOR:
        return True
    if factor_at is None:
        return False
    return is_proved or (began_at is not None and began_at >= factor_at)
