"""The record's own limits: one entry a place, one version a number, one step once."""

import pytest
from django.db import IntegrityError

from crossblock.server.record.door import Thing, writing
from crossblock.server.record.models import Entry, Step, Version
from tests.server.world import World


def test_a_place_has_one_entry(world: World) -> None:
    person = world.started()
    saved = world.rate(person)
    with pytest.raises(IntegrityError), writing(None, "x", Thing.PARTICIPANTS) as entry:
        entry.add(Entry(participant=person, form="hamd17", visit="d1", period=1))
    version = saved.version
    with pytest.raises(IntegrityError), writing(None, "x", Thing.PARTICIPANTS) as entry:
        entry.add(
            Version(
                entry=version.entry,
                number=1,
                content="{}",
                content_sha256="",
                occurred=version.occurred,
                key="other",
            )
        )


def test_a_step_is_taken_once(world: World) -> None:
    person = world.consented()
    first = Step.objects.get(participant=person, name="consented")
    with pytest.raises(IntegrityError), writing(None, "x", Thing.PARTICIPANTS) as entry:
        entry.add(Step(participant=person, name="consented", occurred=first.occurred))
    assert str(person) == person.code
