"""The command line: ``convener load``, ``convener measure`` and the rest of design section 5."""

from convener.cli.app import app

__all__ = ["app"]
