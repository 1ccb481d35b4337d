"""Kits: the right one, a slip of the pen, a broken one, a wrong one."""

import pytest

from crossblock.server.record.models import Event
from crossblock.server.roles import RefusedError, Role
from crossblock.server.trial import allocation, kits
from crossblock.server.trial.models import Deviation, KitMove
from crossblock.server.trial.state import standing
from tests.server.world import World

STRANGER = "2222-2222"
"""Well formed, and of no list."""


def test_the_kit_on_the_label_must_be_the_one_that_is_due(world: World) -> None:
    person, other = world.randomized(), world.randomized()
    coordinator = world.actor(Role.COORDINATOR)
    due = kits.kit_of(person, 1)
    with pytest.raises(RefusedError, match="not the kit of this participant"):
        kits.dispense(coordinator, person, 1, kits.kit_of(other, 1))
    with pytest.raises(RefusedError, match="not the kit of this participant"):
        kits.dispense(coordinator, person, 1, kits.kit_of(person, 2))
    with pytest.raises(RefusedError, match="check letter does not fit"):
        kits.dispense(coordinator, person, 1, due[:-1] + ("2" if due[-1] != "2" else "3"))
    kits.dispense(coordinator, person, 1, f" {due.lower()} ")
    assert ("dispensed", 1) in standing(person, 2).done


def test_a_broken_kit_is_replaced_by_its_spare_once(lite: World) -> None:
    person = lite.randomized()
    pharmacist = lite.actor(Role.PHARMACIST)
    first = kits.kit_of(person, 1)
    with pytest.raises(RefusedError, match="reason is missing"):
        kits.replace(pharmacist, person, 1, "")
    spare = kits.replace(pharmacist, person, 1, "blister torn")
    assert spare != first
    assert kits.kit_of(person, 1) == spare
    assert kits.kit_of(person, 2) not in {spare, first}
    with pytest.raises(RefusedError, match="spare was used already"):
        kits.replace(pharmacist, person, 1, "again")
    kits.dispense(pharmacist, person, 1, spare)
    assert Deviation.objects.get().kind == "kit replaced"


def test_a_wrong_kit_that_was_given_stays_on_record(lite: World) -> None:
    person, other = lite.randomized(), lite.randomized()
    wrong = kits.kit_of(other, 1)
    kits.given_wrongly(lite.actor(Role.COORDINATOR), person, 1, wrong, "labels mixed up")
    kits.given_wrongly(lite.actor(Role.COORDINATOR), person, 1, wrong, "labels mixed up")
    assert wrong in Deviation.objects.get().text
    with pytest.raises(RefusedError, match="reason is missing"):
        kits.given_wrongly(lite.actor(Role.COORDINATOR), person, 1, wrong, " ")
    with pytest.raises(RefusedError, match="is the one that is due"):
        kits.given_wrongly(lite.actor(Role.COORDINATOR), person, 1, kits.kit_of(person, 1), "?")
    with pytest.raises(RefusedError, match="it is given wrongly"):
        kits.dispense(lite.actor(Role.COORDINATOR), other, 1, wrong)
    assert ("dispensed", 1) not in standing(person, 2).done


def test_stock_is_counted_over_all_and_only_the_pharmacist_moves_it(lite: World) -> None:
    person = lite.gated()
    allocation.randomize(lite.actor(Role.COORDINATOR), person)
    kit = kits.kit_of(person, 1)
    kits.move(lite.actor(Role.PHARMACIST), kit, "received", "box 1")
    with pytest.raises(RefusedError, match="may not write"):
        kits.move(lite.actor(Role.COORDINATOR), kit, "received", "")
    with pytest.raises(RefusedError, match="unknown move"):
        kits.move(lite.actor(Role.PHARMACIST), kit, "lost", "")
    assert kits.stock()["received"] == KitMove.objects.count() == 1
    assert kits.level() == "ok"


def test_each_kit_is_counted_once_where_its_last_move_left_it(world: World) -> None:
    person = world.randomized()
    pharmacist = world.actor(Role.PHARMACIST)
    kit, other = kits.kit_of(person, 1), kits.kit_of(person, 2)
    before = Event.objects.count()
    assert kits.move(pharmacist, f"{kit}\n{kit} {other}", "received", "again") == ()
    assert Event.objects.count() == before
    kits.move(pharmacist, kit, "quarantined", "cold chain broke")
    counts = kits.stock()
    assert (counts["received"], counts["quarantined"]) == (3, 1)
    assert counts["on the list"] == len(kits.listed()) == sum(counts.values()) / 2
    kits.move(pharmacist, kit, "destroyed", "")
    counts = kits.stock()
    assert (counts["received"], counts["quarantined"], counts["destroyed"]) == (3, 0, 1)
    with pytest.raises(RefusedError, match="cannot be received: it is destroyed"):
        kits.move(pharmacist, kit, "received", "")


def test_a_kit_that_is_not_in_the_stock_is_not_handed_out(lite: World) -> None:
    person = lite.gated()
    coordinator, pharmacist = lite.actor(Role.COORDINATOR), lite.actor(Role.PHARMACIST)
    allocation.randomize(coordinator, person)
    kit = kits.kit_of(person, 1)
    with pytest.raises(RefusedError, match="it is not received"):
        kits.dispense(coordinator, person, 1, kit)
    lite.receive(person)
    kits.move(pharmacist, kit, "quarantined", "cold chain broke")
    with pytest.raises(RefusedError, match="it is quarantined"):
        kits.dispense(coordinator, person, 1, kit)
    kits.move(pharmacist, kit, "released", "logger read: never warm")
    kits.move(pharmacist, kit, "destroyed", "fell into water")
    with pytest.raises(RefusedError, match="it is destroyed"):
        kits.dispense(coordinator, person, 1, kit)
    kits.dispense(coordinator, person, 1, kits.replace(pharmacist, person, 1, "destroyed"))


def test_an_id_that_is_not_on_the_list_refuses_the_whole_delivery(lite: World) -> None:
    person = lite.gated()
    allocation.randomize(lite.actor(Role.COORDINATOR), person)
    both = f"{kits.kit_of(person, 1)} {STRANGER}"
    with pytest.raises(RefusedError, match="not on this study's list"):
        kits.move(lite.actor(Role.PHARMACIST), both, "received", "")
    assert KitMove.objects.count() == 0
    with pytest.raises(RefusedError, match="not on this study's list"):
        kits.given_wrongly(lite.actor(Role.COORDINATOR), person, 1, STRANGER, "mixed up")
