"""Randomization: in order, once, with a receipt, and not on a database that was put back."""

import json
import os
import shutil
import signal
import threading
import time
from pathlib import Path

import pytest
from django.db import connection, connections

from crossblock.server import study
from crossblock.server.record import door
from crossblock.server.record.audit import verify
from crossblock.server.record.models import Event, Participant
from crossblock.server.record.signing import receipt_holds
from crossblock.server.roles import RefusedError, Role
from crossblock.server.trial.allocation import randomize
from crossblock.server.trial.models import Allocation, Slot
from tests.server.world import World


def test_slots_go_in_order_with_a_signed_receipt(world: World) -> None:
    coordinator = world.actor(Role.COORDINATOR)
    for place in (1, 2, 3):
        person = world.gated()
        given = randomize(coordinator, person)
        assert given.new
        assert given.allocation.slot.place == place
        assert receipt_holds(given.allocation.receipt)
        told = json.loads(given.allocation.receipt)["receipt"]
        assert (told["participant"], told["slot"]) == (person.code, place)
        assert tuple(told["kits"]) == given.kits
        assert not receipt_holds(given.allocation.receipt.replace(person.code, "A-999"))
    event = Event.objects.filter(action="randomize").last()
    assert event is not None
    assert "naltrexone-first" not in event.body
    assert "placebo-first" not in event.body


def test_asking_again_answers_the_same(world: World) -> None:
    person = world.gated()
    coordinator = world.actor(Role.COORDINATOR)
    first = randomize(coordinator, person)
    events = Event.objects.count()
    again = [randomize(coordinator, person) for _ in range(5)]
    assert {g.allocation.pk for g in again} == {first.allocation.pk}
    assert not any(g.new for g in again)
    assert Event.objects.count() == events


def test_not_before_the_gate_and_not_by_everybody(lite: World) -> None:
    person = lite.consented()
    with pytest.raises(RefusedError, match="next comes the gate before the blocker"):
        randomize(lite.actor(Role.COORDINATOR), person)
    for role in (Role.OUTCOME_RATER, Role.SESSION_RATER, Role.PHARMACIST, Role.MONITOR):
        with pytest.raises(RefusedError, match="may not write"):
            randomize(lite.actor(role), person)
    with pytest.raises(RefusedError, match="may not write"):
        randomize(lite.actor(Role.COORDINATOR, "b"), person)
    assert Allocation.objects.count() == 0


def test_a_used_up_list_says_so(lite: World) -> None:
    person = lite.gated()
    others = [lite.gated() for _ in range(2)]
    free = Slot.objects.order_by("place")
    for slot, other in zip(free[: len(others)], others):
        _take(slot, other)
    rest = list(Slot.objects.filter(allocation__isnull=True))
    with connection.cursor() as cursor:
        cursor.execute("DROP TRIGGER trial_slot_no_delete")
        cursor.execute(f"DELETE FROM trial_slot WHERE id IN ({','.join(str(s.pk) for s in rest)})")
    with pytest.raises(RefusedError, match="no slot is left"):
        randomize(lite.actor(Role.COORDINATOR), person)


def _take(slot: Slot, person: Participant) -> None:
    with door.writing(None, "test", door.Thing.RANDOMIZE) as entry:
        entry.add(Allocation(participant=person, slot=slot, stratum="all", receipt="{}"))


def _at_once(calls: list[tuple[Participant, World]], clients: int) -> list[float]:
    """Randomize from `clients` threads at once; return seconds of every call."""
    took: list[float] = []
    ready = threading.Barrier(clients)
    actor = calls[0][1].actor(Role.COORDINATOR)

    def work(share: list[tuple[Participant, World]]) -> None:
        ready.wait()
        for person, _ in share:
            begin = time.perf_counter()
            randomize(actor, person)
            took.append(time.perf_counter() - begin)
        connections["default"].close()

    threads = [threading.Thread(target=work, args=(calls[i::clients],)) for i in range(clients)]
    for t in threads:
        t.start()
    for t in threads:
        t.join()
    return took


def test_64_at_once_no_slot_twice_and_order_kept(pg: World) -> None:
    people = [pg.gated() for _ in range(56)]
    calls = [(p, pg) for p in people] + [(people[0], pg)] * 8
    took = sorted(_at_once(calls, 64))
    places = list(Allocation.objects.order_by("seq").values_list("slot__place", flat=True))
    assert places == list(range(1, 57))
    assert Allocation.objects.count() == 56
    assert verify(study.current()).faults == []
    assert took[-1] < 10


def test_one_participant_sent_40_times_gets_one_kit(world: World) -> None:
    person = world.gated()
    _at_once([(person, world)] * 40, 8)
    assert Allocation.objects.filter(participant=person).count() == 1
    assert Event.objects.filter(action="randomize").count() == 1


def test_a_backup_of_yesterday_locks_randomization_and_says_why(lite: World) -> None:
    first, second = lite.gated(), lite.gated()
    coordinator = lite.actor(Role.COORDINATOR)
    file = lite.folder / "data" / "study.sqlite3"
    with connection.cursor() as cursor:
        cursor.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    connection.close()
    shutil.copy(file, lite.folder / "yesterday")
    randomize(coordinator, first)
    connection.close()
    for wal in file.parent.glob("study.sqlite3-*"):
        wal.unlink()
    shutil.copy(lite.folder / "yesterday", file)
    with pytest.raises(RefusedError, match="an older copy was put back"):
        randomize(coordinator, second)
    assert any("older copy" in f for f in verify(study.current()).faults)
    assert Allocation.objects.count() == 0


@pytest.mark.slow
def test_kill_9_at_60_random_moments_loses_nothing_acknowledged(lite: World) -> None:
    """A child randomizes and acknowledges on a pipe; it is killed at some moment; 60 times."""
    people = [lite.gated() for _ in range(40)]
    codes = [p.pk for p in people]
    connection.close()
    acknowledged: set[int] = set()
    for turn in range(60):
        acknowledged |= _killed_child(codes, delay=0.004 + 0.0017 * (turn * 37 % 60))
        done = set(Allocation.objects.values_list("participant_id", flat=True))
        assert acknowledged <= done
        connection.close()
    found = verify(study.current())
    assert found.faults == []
    assert acknowledged
    places = list(Allocation.objects.order_by("seq").values_list("slot__place", flat=True))
    assert places == list(range(1, len(places) + 1))


def _killed_child(codes: list[int], delay: float) -> set[int]:
    read, write = os.pipe()
    child = os.fork()
    if child == 0:
        try:
            os.close(read)
            _child(codes, write)
        finally:
            os._exit(0)
    os.close(write)
    time.sleep(delay)
    os.kill(child, signal.SIGKILL)
    os.waitpid(child, 0)
    with os.fdopen(read) as pipe:
        return {int(row) for row in pipe.read().split("\n")[:-1]}


def _child(codes: list[int], write: int) -> None:
    from_role = World(folder=Path(), address="").actor(Role.COORDINATOR)
    taken = set(Allocation.objects.values_list("participant_id", flat=True))
    for pk in [c for c in codes if c not in taken] or codes:
        randomize(from_role, Participant.objects.get(pk=pk))
        os.write(write, f"{pk}\n".encode())
