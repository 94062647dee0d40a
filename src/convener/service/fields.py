"""Every stored field with its class and retention: ours by the model, libraries' by a table."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.apps import apps
from django.db import models

from convener.rules.privacy import Kept
from convener.service.models.journal import Journalled
from convener.service.models.library_fields import LIBRARY_FIELDS


def stored_models() -> list[type[models.Model]]:
    """Return every model that has a table, by its name."""
    return sorted(apps.get_models(), key=lambda model: model._meta.label)


def journalled_models() -> list[type[Journalled]]:
    """Return the models whose rows change only through the journal."""
    return [model for model in apps.get_models() if issubclass(model, Journalled)]


def stored_fields(model: type[models.Model]) -> list[models.Field[Any, Any]]:
    """Return what is stored of a model, links to many included."""
    return [*model._meta.concrete_fields, *model._meta.many_to_many]


def kept_fields(model: type[models.Model]) -> Mapping[str, Kept]:
    """Return the class and retention of a model's fields; none where nothing says so."""
    ours: Mapping[str, Kept] | None = getattr(model, "kept", None)
    return ours if ours is not None else LIBRARY_FIELDS.get(model._meta.label_lower, {})
