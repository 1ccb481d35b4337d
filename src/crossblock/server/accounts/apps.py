"""Django's name for this package."""

from django.apps import AppConfig


class Accounts(AppConfig):
    name = "crossblock.server.accounts"
    label = "accounts"
    default_auto_field = "django.db.models.BigAutoField"
