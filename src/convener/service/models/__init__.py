"""What is stored, one module a room."""

from convener.service.models.access import User
from convener.service.models.market import Correction, Note
from convener.service.models.watching import Notice, OwnerExposure, OwnerWarning, Watch

__all__ = ["Correction", "Note", "Notice", "OwnerExposure", "OwnerWarning", "User", "Watch"]
