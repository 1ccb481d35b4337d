"""Django's name for this package."""

from django.apps import AppConfig


class Trial(AppConfig):
    name = "crossblock.server.trial"
    label = "trial"
    default_auto_field = "django.db.models.BigAutoField"
