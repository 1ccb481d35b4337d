"""Django's name for this package."""

from django.apps import AppConfig


class Jobs(AppConfig):
    name = "crossblock.server.jobs"
    label = "jobs"
    default_auto_field = "django.db.models.BigAutoField"
