"""Triggers: every guarded table has them, and a missing or silenced one is named."""

from django.db import connection

from crossblock.server.record import triggers
from tests.server.world import World


def test_nothing_is_missing_at_first(world: World) -> None:
    assert triggers.missing(connection) == []
    assert "record_event" in triggers.guarded()


def test_a_silenced_trigger_is_missing(pg: World) -> None:
    with connection.cursor() as cursor:
        cursor.execute("ALTER TABLE record_version DISABLE TRIGGER record_version_no_change")
    assert triggers.missing(connection) == ["record_version_no_change"]


def test_installing_again_changes_nothing(world: World) -> None:
    triggers.install(connection, triggers.guarded())
    assert triggers.missing(connection) == []
