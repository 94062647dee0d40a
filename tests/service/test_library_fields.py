"""Every field of every library's model has a class and a retention."""

import pytest
from django.apps import apps

from convener.service.models.library_fields import LIBRARY_FIELDS

MODELS = [
    model
    for model in apps.get_models(include_auto_created=False)
    if model._meta.app_config.name.split(".")[0] in ("django", "allauth")
]


@pytest.mark.parametrize("model", MODELS, ids=lambda model: model._meta.label_lower)
def test_every_field_of_a_library_has_its_class_and_retention(model):
    names = {
        field.name for field in (*model._meta.concrete_fields, *model._meta.local_many_to_many)
    }

    assert set(LIBRARY_FIELDS[model._meta.label_lower]) == names
