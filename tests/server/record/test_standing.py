"""Where the database stands against its witness, and how two people clear a difference up."""

from crossblock.server import study
from crossblock.server.record import witness
from crossblock.server.record.door import writing
from crossblock.server.record.models import Head, Reconciliation
from crossblock.server.record.standing import cleared, difference, standing
from crossblock.server.record.witness import Witnessed
from crossblock.server.roles import Actor, Role, Thing
from tests.server.world import World


def clear(actor: Actor) -> None:
    size, digest = witness.extent(study.current().witness)
    with writing(actor, "rollback.clear", Thing.RECONCILE, site="a") as entry:
        entry.add(Reconciliation(witness_bytes=size, witness_sha256=digest, note="compared"))


def test_all_is_well_at_first(world: World) -> None:
    found = standing(study.current())
    assert found.sound
    assert found.witnessed >= 1


def test_a_later_witness_locks_until_two_people_have_cleared_it(world: World) -> None:
    now = study.current()
    witness.note(now, 10_000, "f" * 64)
    assert "an older copy was put back" in standing(now).fault
    clear(world.actor(Role.INVESTIGATOR))
    clear(world.actor(Role.INVESTIGATOR))
    assert not standing(now).sound
    clear(world.actor(Role.MONITOR))
    assert cleared() > 0
    assert standing(now).sound
    head = Head.objects.get()
    witness.note(now, head.seq, head.hash)
    assert standing(now).sound
    witness.note(now, 10_001, "f" * 64)
    assert not standing(now).sound


def test_differences_in_words() -> None:
    seen = Witnessed(seq=5, hash="a")
    assert difference(seen, 5, "a") == ""
    assert "rewritten" in difference(seen, 7, "b")
    assert "older copy" in difference(seen, 4, None)
    assert "witness file was changed" in difference(Witnessed(seq=-1, hash=""), 4, None)
