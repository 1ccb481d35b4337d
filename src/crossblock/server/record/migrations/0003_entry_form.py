# ruff: noqa: RUF012
"""Entries are found by form: adverse events are few among all forms."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("record", "0002_guards")]
    operations = [
        migrations.AddIndex(
            model_name="entry", index=models.Index(fields=["form"], name="entry_form")
        )
    ]
