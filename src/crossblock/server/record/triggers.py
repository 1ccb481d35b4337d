"""The database's own refusal to change or delete what was written.

A trigger stops slips and every user without the right to drop it. Whoever may drop it can go round
it; the chain shows that afterwards, and `missing` shows that it happened.
"""

from __future__ import annotations

from typing import Any

from crossblock.server.record.appended import tables

EVENT = "record_event"
WORDS = "written rows are never changed"


def guarded() -> list[str]:
    """Return the names of all tables whose rows are only added."""
    return [EVENT, *(str(model._meta.db_table) for model in tables())]


def names(vendor: str, table: str) -> list[str]:
    """Return the names of a table's triggers."""
    acts = ("update", "delete") if vendor == "sqlite" else ("change", "truncate")
    return [f"{table}_no_{act}" for act in acts]


def statements(vendor: str, table: str) -> list[str]:
    """Return the SQL that guards one table."""
    first, second = names(vendor, table)
    if vendor == "sqlite":
        return [
            f"CREATE TRIGGER IF NOT EXISTS {name} BEFORE {act} ON {table} "
            f"BEGIN SELECT RAISE(ABORT, '{WORDS}'); END"
            for name, act in ((first, "UPDATE"), (second, "DELETE"))
        ]
    return [
        "CREATE OR REPLACE FUNCTION crossblock_only_added() RETURNS trigger LANGUAGE plpgsql AS "
        f"$$ BEGIN RAISE EXCEPTION '{WORDS}'; END $$",
        f"CREATE OR REPLACE TRIGGER {first} BEFORE UPDATE OR DELETE ON {table} "
        "FOR EACH ROW EXECUTE FUNCTION crossblock_only_added()",
        f"CREATE OR REPLACE TRIGGER {second} BEFORE TRUNCATE ON {table} "
        "FOR EACH STATEMENT EXECUTE FUNCTION crossblock_only_added()",
    ]


def install(connection: Any, wanted: list[str]) -> None:
    """Guard the named tables; migrations call it once, so a dropped trigger is never put back."""
    with connection.cursor() as cursor:
        for table in wanted:
            for statement in statements(connection.vendor, table):
                cursor.execute(statement)


def missing(connection: Any) -> list[str]:
    """Return the triggers that should be there and are not, or were switched off."""
    if connection.vendor == "sqlite":
        question = "SELECT name FROM sqlite_master WHERE type = 'trigger'"
    else:
        question = "SELECT tgname FROM pg_trigger WHERE tgenabled <> 'D' AND NOT tgisinternal"
    with connection.cursor() as cursor:
        cursor.execute(question)
        found = {row[0] for row in cursor.fetchall()}
    wanted = [name for table in guarded() for name in names(connection.vendor, table)]
    return [name for name in wanted if name not in found]
