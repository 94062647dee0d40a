"""What each stored field may be shown to, and how long it is kept.

Every field of every model names a class and a retention; a test fails for one without.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class FieldClass(StrEnum):
    """Who a field may reach, from the most open to the most closed."""

    PUBLIC = "public"  # anyone
    PARTNER = "partner"  # those who work together on the same programme, contract or case
    COMMERCIAL = "commercial"  # the organisation that it is of, and who judges it
    PERSONAL = "personal"  # the person that it is about, and who must know
    SEALED = "sealed"  # nobody, until a rule opens it; never a page, log, export or event


# The journal holds the values of these; of the others it holds a keyed digest.
OPEN_CLASSES = frozenset({FieldClass.PUBLIC, FieldClass.PARTNER})


class Retention(StrEnum):
    """How long a field is kept; the value is the rule in words."""

    RECORD = "as long as the record: it is what the public relies on"
    ACCOUNT = "until the account is erased"
    SESSION = "until it has run out"
    DRAFT = "90 days after it was last touched"
    TOLD = "two years after it was told"
    OWNER = "until its owner takes it back"


@dataclass(frozen=True)
class Kept:
    """The class and the retention of one field."""

    field_class: FieldClass
    retention: Retention

    @property
    def is_open(self) -> bool:
        """Say whether the journal may hold its values."""
        return self.field_class in OPEN_CLASSES


def classed(
    retention: Retention,
    *,
    public: str = "",
    partner: str = "",
    commercial: str = "",
    personal: str = "",
    sealed: str = "",
) -> dict[str, Kept]:
    """Return the class and retention of each named field; names are parted by blanks."""
    named = {
        FieldClass.PUBLIC: public,
        FieldClass.PARTNER: partner,
        FieldClass.COMMERCIAL: commercial,
        FieldClass.PERSONAL: personal,
        FieldClass.SEALED: sealed,
    }
    return {
        name: Kept(field_class, retention)
        for field_class, names in named.items()
        for name in names.split()
    }
