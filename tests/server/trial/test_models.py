"""The trial's own limits: a slot once, a participant once, an alert noted once."""

import pytest
from django.db import IntegrityError

from crossblock.server.record.door import Thing, writing
from crossblock.server.trial.models import Allocation, Slot
from tests.server.world import World


def test_no_slot_twice_and_nobody_twice_even_past_the_code(world: World) -> None:
    one, two = world.randomized(), world.gated()
    slot = one.allocation.slot
    free = Slot.objects.filter(allocation__isnull=True).first()
    for person, wanted in ((two, slot), (one, free)):
        with pytest.raises(IntegrityError), writing(None, "x", Thing.RANDOMIZE) as entry:
            entry.add(Allocation(participant=person, slot=wanted, stratum="all", receipt="{}"))
    assert Allocation.objects.count() == 1


def test_slots_hold_kits_and_no_arm(lite: World) -> None:
    columns = {f.name for f in Slot._meta.concrete_fields}
    assert columns == {"id", "seq", "at", "by", "number", "stratum", "place", "kits", "spares"}
