"""Puts the invented people of the demonstration into its market: ``convener demo`` calls it."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand
from django.utils import timezone

from convener.service.demonstration.story import PlayedAlreadyError, tell_story


class Command(BaseCommand):
    """Have the invented people do what they did, once."""

    help = "Put the invented people of the demonstration into its market."

    def handle(self, *args: Any, **options: Any) -> None:  # noqa: ANN401, ARG002 -- Django's signature
        """Tell the story; people who are there stay as they were left."""
        try:
            count = tell_story(at=timezone.now())
        except PlayedAlreadyError as error:
            self.stdout.write(f"{error}; they stay as they were left")
        else:
            self.stdout.write(f"{count} invented people can be tried at /demo/sign-in-as/")
