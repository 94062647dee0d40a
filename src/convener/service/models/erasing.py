"""Keys that are to be dropped: asked for with the change itself, and done until it is done."""

from __future__ import annotations

from typing import ClassVar

from django.db import models

from convener.rules.privacy import Retention, classed
from convener.service.models.journal import NAME_LENGTH


class KeyToDrop(models.Model):
    """The name of a key whose dropping was decided, until it is dropped.

    The keys lie outside the database: a process that dies between the two leaves this behind, and
    the next tick does it.
    """

    name = models.CharField(max_length=NAME_LENGTH, unique=True)
    asked_at = models.DateTimeField()

    kept = classed(Retention.SESSION, partner="id name asked_at")

    objects = models.Manager["KeyToDrop"]()

    class Meta:
        ordering: ClassVar[list[str]] = ["pk"]

    def __str__(self) -> str:
        return self.name
