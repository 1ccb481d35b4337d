"""Kits: the right one, a slip of the pen, a broken one, a wrong one."""

import pytest

from crossblock.server.roles import RefusedError, Role
from crossblock.server.trial import kits
from crossblock.server.trial.models import Deviation, KitMove
from crossblock.server.trial.state import standing
from tests.server.world import World


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
    assert wrong in Deviation.objects.get().text
    assert ("dispensed", 1) not in standing(person, 2).done


def test_stock_is_counted_over_all_and_only_the_pharmacist_moves_it(lite: World) -> None:
    person = lite.randomized()
    kit = kits.kit_of(person, 1)
    kits.move(lite.actor(Role.PHARMACIST), kit, "received", "box 1")
    with pytest.raises(RefusedError, match="may not write"):
        kits.move(lite.actor(Role.COORDINATOR), kit, "received", "")
    with pytest.raises(RefusedError, match="unknown move"):
        kits.move(lite.actor(Role.PHARMACIST), kit, "lost", "")
    assert kits.stock()["received"] == KitMove.objects.count() == 1
    assert kits.level() == "ok"
