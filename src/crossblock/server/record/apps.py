"""Django's name for this package."""

from django.apps import AppConfig


class Record(AppConfig):
    name = "crossblock.server.record"
    label = "record"
    default_auto_field = "django.db.models.BigAutoField"
