"""The one door: who may not is refused, who may leaves an event, and a fault leaves nothing."""

import json
from collections.abc import Callable
from datetime import timedelta

import pytest
from django.db import DatabaseError, connection, transaction

from crossblock.core.errors import CrossblockError
from crossblock.server import clock
from crossblock.server.record.door import note, writing
from crossblock.server.record.models import Event, Participant, Step
from crossblock.server.roles import RefusedError, Role, Thing
from crossblock.server.trial import procedures
from tests.server.world import World


def test_a_write_is_rows_and_event_in_one(world: World) -> None:
    coordinator = world.actor(Role.COORDINATOR)
    person = procedures.enroll(coordinator, "a", "k1")
    event = Event.objects.latest("seq")
    assert (event.action, event.participant) == ("participant.add", person.code)
    assert event.actor == coordinator.ref
    rows = json.loads(event.body)["rows"]
    assert [r[0] for r in rows] == ["record_participant", "record_step"]
    assert rows[0][2] == Participant.objects.get(pk=person.pk).content_hash()


def test_the_same_key_twice_is_one_act(world: World) -> None:
    coordinator = world.actor(Role.COORDINATOR)
    first = procedures.enroll(coordinator, "a", "k1")
    before = Event.objects.count()
    assert procedures.enroll(coordinator, "a", "k1").pk == first.pk
    assert Event.objects.count() == before


@pytest.mark.parametrize("role", [Role.OUTCOME_RATER, Role.PHARMACIST, Role.MONITOR])
def test_who_may_not_writes_nothing(lite: World, role: Role) -> None:
    before = Event.objects.count()
    with pytest.raises(RefusedError, match="may not write"):
        procedures.enroll(lite.actor(role), "a", "k")
    with pytest.raises(RefusedError):
        procedures.enroll(lite.actor(Role.COORDINATOR, "b"), "a", "k")
    assert Event.objects.count() == before
    assert Participant.objects.count() == 0


def test_a_fault_in_the_middle_leaves_neither_row_nor_event(world: World) -> None:
    before = Event.objects.count()
    coordinator = world.actor(Role.COORDINATOR)
    with (
        pytest.raises(ZeroDivisionError),
        writing(coordinator, "x", Thing.PARTICIPANTS, site="a") as entry,
    ):
        _ = entry.add(Participant(code="A-001", site="a", number=1)).number / 0
    assert Participant.objects.count() == 0
    assert Event.objects.count() == before


def test_rows_cannot_be_changed_or_deleted_through_the_models(lite: World) -> None:
    person = procedures.enroll(lite.actor(Role.COORDINATOR), "a", "k")
    person.site = "b"
    with pytest.raises(CrossblockError, match="never changed"):
        person.save()
    with pytest.raises(CrossblockError, match="never deleted"):
        person.delete()


def test_the_database_refuses_what_goes_round_the_models(world: World) -> None:
    procedures.enroll(world.actor(Role.COORDINATOR), "a", "k")
    for act in (
        lambda: Step.objects.update(name="completed"),
        lambda: Participant.objects.filter(site="a").delete(),
        lambda: Event.objects.filter(seq=1).update(actor="somebody"),
        lambda: Event.objects.all().delete(),
    ):
        with pytest.raises((DatabaseError, Exception), match=r"never changed|protected"):
            _alone(act)
    if connection.vendor == "postgresql":
        with (
            pytest.raises(DatabaseError, match="never changed"),
            transaction.atomic(),
            connection.cursor() as cursor,
        ):
            cursor.execute("TRUNCATE record_event")


def _alone(act: Callable[[], object]) -> None:
    with transaction.atomic():
        act()


def test_a_clock_that_goes_back_is_noted_and_order_is_by_number(lite: World) -> None:
    coordinator = lite.actor(Role.COORDINATOR)
    first = procedures.enroll(coordinator, "a", "k1")
    with clock.pretending(clock.now() - timedelta(hours=2)):
        second = procedures.enroll(coordinator, "a", "k2")
    jump = Event.objects.get(action="clock.back")
    assert 7199 < json.loads(jump.body)["facts"]["seconds"] < 7300
    assert first.seq < jump.seq < second.seq
    assert second.at < first.at


def test_note_needs_no_rows(lite: World) -> None:
    note(lite.actor(Role.MONITOR), "audit.read", upto=12)
    event = Event.objects.latest("seq")
    assert json.loads(event.body)["facts"] == {"upto": 12}
