"""What is stored, one module a room."""

from convener.service.models.access import User

__all__ = ["User"]
