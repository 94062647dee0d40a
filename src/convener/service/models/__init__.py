"""What is stored, one module a room."""

from convener.service.models.access import User
from convener.service.models.clocks import Clock
from convener.service.models.erasing import KeyToDrop
from convener.service.models.journal import Event, EventText, Journalled, Stream
from convener.service.models.market import Correction, Note
from convener.service.models.members import Interest, Invitation, Membership
from convener.service.models.notices import Notice
from convener.service.models.ownership import Holding, Merge, RecordClaim
from convener.service.models.registry import Identifier, Organisation, OrganisationKind
from convener.service.models.sessions import Session
from convener.service.models.standing import (
    Document,
    PrivateBox,
    StandingAnswer,
    YearlyAccounts,
)
from convener.service.models.tokens import ApiToken, IdempotentAnswer
from convener.service.models.watching import OwnerExposure, OwnerWarning, Watch

__all__ = [
    "ApiToken",
    "Clock",
    "Correction",
    "Document",
    "Event",
    "EventText",
    "Holding",
    "IdempotentAnswer",
    "Identifier",
    "Interest",
    "Invitation",
    "Journalled",
    "KeyToDrop",
    "Membership",
    "Merge",
    "Note",
    "Notice",
    "Organisation",
    "OrganisationKind",
    "OwnerExposure",
    "OwnerWarning",
    "PrivateBox",
    "RecordClaim",
    "Session",
    "StandingAnswer",
    "Stream",
    "User",
    "Watch",
    "YearlyAccounts",
]
