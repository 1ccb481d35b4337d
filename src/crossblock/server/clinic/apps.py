"""Django's name for this package."""

from django.apps import AppConfig


class Clinic(AppConfig):
    name = "crossblock.server.clinic"
    label = "clinic"
    default_auto_field = "django.db.models.BigAutoField"
