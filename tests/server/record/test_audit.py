"""Everything that is done behind the chain's back is found, and named."""

import json
import shutil
import threading
from typing import Any

import pytest
from django.db import connection, connections

from crossblock.server import study
from crossblock.server.record import audit, chain
from crossblock.server.record.audit import verify
from crossblock.server.record.models import Event, Head
from crossblock.server.record.standing import standing
from crossblock.server.record.triggers import guarded, names
from crossblock.server.roles import Role
from tests.server.world import World


def execute(*statements: str) -> None:
    with connection.cursor() as cursor:
        for statement in statements:
            cursor.execute(statement)


def unguard(table: str) -> None:
    """Drop a table's triggers, as the owner of the database can."""
    for name in names(connection.vendor, table):
        tail = f" ON {table}" if connection.vendor == "postgresql" else ""
        execute(f"DROP TRIGGER {name}{tail}")


@pytest.fixture
def busy(world: World) -> World:
    person = world.started()
    world.rate(person)
    return world


def faults() -> list[str]:
    return verify(study.current()).faults


def test_an_untouched_record_is_sound(busy: World) -> None:
    found = verify(study.current())
    assert found.faults == []
    assert found.events == Event.objects.count() > 40
    assert found.rows > 60
    assert found.witnessed >= 1


def test_a_writer_beside_the_verification_is_no_fault(
    busy: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    before, missing = Event.objects.count(), audit.triggers.missing

    def write() -> None:
        busy.consented()
        connections["default"].close()

    def meanwhile(link: Any) -> list[str]:
        writer = threading.Thread(target=write)
        writer.start()
        writer.join()
        return missing(link)

    monkeypatch.setattr(audit.triggers, "missing", meanwhile)
    found = verify(study.current())
    assert (found.faults, found.events) == ([], before)
    assert Event.objects.count() > before


def test_a_record_longer_than_a_batch(busy: World, monkeypatch: pytest.MonkeyPatch) -> None:
    whole = verify(study.current())
    monkeypatch.setattr(audit, "BATCH", 7)
    assert verify(study.current()) == whole
    unguard("record_version")
    execute("UPDATE record_version SET seq = 3 WHERE id = 1")
    assert "row 1 of record_version was changed after it was written" in faults()


def test_an_edited_event(busy: World) -> None:
    unguard("record_event")
    execute("UPDATE record_event SET body = replace(body, 'Coordinator', 'X') WHERE seq = 5",
            "UPDATE record_event SET body = body || ' ' WHERE seq = 7")  # fmt: skip
    found = faults()
    assert "event 7 was changed after it was written" in found
    assert any("record_event" in f and "trigger" in f for f in found)


def test_an_edited_column_beside_the_body(busy: World) -> None:
    unguard("record_event")
    execute("UPDATE record_event SET actor = 'somebody@else' WHERE seq = 9")
    assert "event 9 was changed in a column beside its body" in faults()


def test_a_deleted_event_and_a_cut_end(busy: World) -> None:
    unguard("record_event")
    execute("DELETE FROM record_event WHERE seq = 6")
    assert "event 6 is missing: the next one there is 7" in faults()
    last = Event.objects.latest("seq").seq
    execute(f"DELETE FROM record_event WHERE seq > {last - 2}")
    assert any("the end was cut off" in f for f in faults())


def test_two_events_in_each_others_place(busy: World) -> None:
    unguard("record_event")
    execute("UPDATE record_event SET seq = 100000 WHERE seq = 11",
            "UPDATE record_event SET seq = 11 WHERE seq = 12",
            "UPDATE record_event SET seq = 12 WHERE seq = 100000")  # fmt: skip
    found = faults()
    assert any(f.startswith("event 11 does not follow event 10") for f in found)
    assert "event 11 was changed in a column beside its body" in found


def test_a_dropped_trigger(busy: World) -> None:
    unguard("record_version")
    found = faults()
    assert len(found) == 2
    assert all("record_version" in f for f in found)


def test_a_changed_added_and_deleted_row(busy: World) -> None:
    for table in ("record_version", "record_step", "trial_kitmove"):
        unguard(table)
    execute("UPDATE record_version SET content = replace(content, '40.0', '41.0') WHERE id = 1",
            "UPDATE record_step SET name = 'withdrawn', period = 9 WHERE id = 2",
            "DELETE FROM trial_kitmove")  # fmt: skip
    connection.cursor().execute(
        "INSERT INTO record_step (seq, at, participant_id, name, period, occurred, detail) "
        "SELECT seq, at, participant_id, 'completed', 0, occurred, detail FROM record_step "
        "WHERE id = 1"
    )
    found = faults()
    assert "row 1 of record_version was changed after it was written" in found
    assert "row 2 of record_step was changed after it was written" in found
    assert any("record_step was added without an audit event" in f for f in found)
    assert any(f.endswith("of trial_kitmove was deleted") for f in found)


def test_a_chain_rewritten_as_a_whole_is_found_by_the_witness_alone(busy: World) -> None:
    unguard("record_event")
    prev = chain.ZERO
    for event in list(Event.objects.order_by("seq")):
        content = json.loads(event.body)
        content["facts"] = {"nothing": "happened"}
        content["rows"] = list(content["rows"])
        body = chain.canonical(content)
        digest = chain.link(prev, body)
        Event.objects.filter(seq=event.seq).update(body=body, prev=prev, hash=digest)
        prev = digest
    Head.objects.update(hash=prev)
    from_triggers = {name for t in guarded() for name in names(connection.vendor, t)}
    found = [f for f in faults() if not any(name in f for name in from_triggers)]
    assert found
    assert all("the chain was rewritten" in f for f in found)
    now = study.current()
    shutil.move(now.witness, now.witness.with_suffix(".gone"))
    left = [f for f in faults() if not any(name in f for name in from_triggers)]
    assert left == []


def test_a_changed_witness_line_is_a_fault(busy: World) -> None:
    path = study.current().witness
    path.write_text(path.read_text() + "not a head\n")
    assert standing(study.current()).fault == "a line of the witness file was changed"
    assert any("witness file was changed" in f for f in faults())


def test_every_appended_table_has_its_guard_in_a_migration(world: World) -> None:
    assert verify(study.current()).faults == []
    assert len(guarded()) >= 26
    assert world.actor(Role.MONITOR).name == "Monitor"
