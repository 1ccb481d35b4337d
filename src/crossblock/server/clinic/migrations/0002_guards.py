# ruff: noqa: RUF012
"""Guard the clinic's tables whose rows are only added."""

from django.db import migrations

from crossblock.server.record.triggers import install

TABLES = ["clinic_care", "clinic_override", "clinic_page", "clinic_call", "clinic_acknowledgment"]


def guard(apps: object, editor: object) -> None:
    install(editor.connection, TABLES)  # type: ignore[attr-defined]


class Migration(migrations.Migration):
    dependencies = [("clinic", "0001_initial"), ("record", "0002_guards")]
    operations = [migrations.RunPython(guard, migrations.RunPython.noop)]
