"""Every stored field says whom it may reach and how long it is kept."""

from __future__ import annotations

import pytest
from django.apps import apps

from convener.rules.privacy import FieldClass, Kept
from convener.service.fields import kept_fields, stored_fields, stored_models
from convener.service.models import Journalled

MODELS = stored_models()


@pytest.mark.parametrize("model", MODELS, ids=lambda model: model._meta.label)
def test_every_field_has_a_class_and_a_retention_and_no_other_has(model):
    kept = kept_fields(model)

    assert set(kept) == {field.name for field in stored_fields(model)}
    assert all(isinstance(one, Kept) for one in kept.values())


def test_no_model_is_left_out():
    assert {*MODELS} == {model for model in apps.get_models() if model._meta.managed}


@pytest.mark.parametrize(
    "model",
    [model for model in MODELS if issubclass(model, Journalled)],
    ids=lambda model: model._meta.label,
)
def test_no_event_speaks_of_what_is_sealed(model):
    sealed = {
        name for name, one in kept_fields(model).items() if one.field_class is FieldClass.SEALED
    }
    told = {field.name for field in model.told_fields()}

    # A digest of a link's word says nothing of the word, and is told as a digest of it.
    assert not {name for name in sealed & told if "digest" not in name}
