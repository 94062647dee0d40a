"""How a row points to an organisation of the market store, whose key may change with a load."""

from __future__ import annotations

from django.db import models

NAME_LENGTH = 300
SPELLING_LENGTH = 20  # digits of an unsigned number of 64 bits


class PointsToOrganisation(models.Model):
    """A row about one organisation.

    The key of an organisation changes when spellings are joined or parted; the key of a spelling
    never does. So one spelling is kept beside it, by which the row finds its organisation again.
    """

    organisation_key = models.BigIntegerField(db_index=True)
    organisation_name = models.CharField(max_length=NAME_LENGTH)
    spelling_key = models.CharField(max_length=SPELLING_LENGTH)

    class Meta:
        abstract = True
