"""The one Django app."""

from django.apps import AppConfig


class ServiceConfig(AppConfig):
    """Pages, API and clocks over the open record."""

    name = "convener.service"
    label = "convener"
    verbose_name = "convener"
