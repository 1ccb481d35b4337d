# ruff: noqa: RUF012
"""Guard every table whose rows are only added."""

from django.db import migrations

from crossblock.server.record.triggers import install

TABLES = [
    "record_event", "accounts_grant", "accounts_grantend", "accounts_grantrequest",
    "record_entry", "record_participant", "record_query", "record_querynote",
    "record_reconciliation", "record_review", "record_signature", "record_step",
    "record_version", "trial_activation", "trial_alert", "trial_alertnote", "trial_allocation",
    "trial_codebreak", "trial_deviation", "trial_kitmove", "trial_lock", "trial_opening",
    "trial_rateroff", "trial_release", "trial_sealedresult", "trial_slot",
]  # fmt: skip


def guard(apps: object, editor: object) -> None:
    install(editor.connection, TABLES)  # type: ignore[attr-defined]


class Migration(migrations.Migration):
    dependencies = [
        ("record", "0001_initial"),
        ("accounts", "0002_initial"),
        ("trial", "0001_initial"),
    ]
    operations = [migrations.RunPython(guard, migrations.RunPython.noop)]
