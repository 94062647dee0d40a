"""The kinds of provider, in the order in which every chart, tag and table shows them."""

from enum import StrEnum


class Kind(StrEnum):
    """What sort of body provides a service. ``UNKNOWN`` is a kind, never read as private."""

    IN_HOUSE = "in-house"
    PUBLIC_BODY = "public-body"
    PRIVATE = "private"
    CHARITY = "charity"
    SOCIAL_ENTERPRISE = "social-enterprise"
    MUTUAL = "mutual"
    JOINT_VENTURE = "joint-venture"
    INDIVIDUAL = "individual"
    UNKNOWN = "unknown"

    @property
    def label(self) -> str:
        """Return the words that a reader sees."""
        return _LABELS[self]


_LABELS = {
    Kind.IN_HOUSE: "In-house public",
    Kind.PUBLIC_BODY: "Other public body",
    Kind.PRIVATE: "Private",
    Kind.CHARITY: "Charity",
    Kind.SOCIAL_ENTERPRISE: "Social enterprise",
    Kind.MUTUAL: "Mutual",
    Kind.JOINT_VENTURE: "Joint venture",
    Kind.INDIVIDUAL: "Individual",
    Kind.UNKNOWN: "Unknown",
}
