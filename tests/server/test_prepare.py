"""Before the first page: migrated, entered, verified, witnessed; a fault is shown, not hidden."""

from django.db import connection

from crossblock.server import study
from crossblock.server.prepare import begin, migrate
from crossblock.server.record import triggers, witness
from tests.server.world import World


def test_beginning_again_is_quiet_and_witnessed(world: World) -> None:
    world.started()
    found = begin()
    assert found.faults == []
    seen = witness.last(study.current().witness)
    assert seen is not None
    assert seen.seq == found.events


def test_a_dropped_trigger_is_found_and_not_put_back(lite: World) -> None:
    with connection.cursor() as cursor:
        cursor.execute("DROP TRIGGER record_event_no_update")
    migrate()
    assert triggers.missing(connection) == ["record_event_no_update"]
    assert any("record_event_no_update" in f for f in begin().faults)
