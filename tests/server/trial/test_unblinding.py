"""Code break: committed before the envelope leaves, one envelope, opened elsewhere."""

import json
from pathlib import Path

import pytest

from crossblock.load.envelope import open_envelope
from crossblock.server import study
from crossblock.server.accounts.models import Person
from crossblock.server.accounts.people import actor_of, ask, give, invite
from crossblock.server.record.models import Event
from crossblock.server.roles import RefusedError, Role
from crossblock.server.trial import kits, rating, unblinding
from crossblock.server.trial.models import CodeBreak, RaterOff, Release
from tests.server.web import client
from tests.server.world import HAMD17, World, sent

WHY = "severe allergic reaction, treatment depends on it"


def test_reason_first_then_one_sealed_envelope(world: World, tmp_path: Path) -> None:
    person = world.started()
    world.rate(person)
    investigator = world.actor(Role.INVESTIGATOR)
    made = unblinding.break_code(investigator, person, "emergency", WHY)
    assert made.periods == "1, 2"
    assert [r.person_id for r in RaterOff.objects.all()] == [
        world.actor(Role.OUTCOME_RATER).person_id
    ]
    envelope = unblinding.release(investigator, made)
    seqs = Event.objects.filter(action__in=("code.break", "envelope.release")).order_by("seq")
    assert [e.action for e in seqs] == ["code.break", "envelope.release"]
    assert WHY in seqs[0].body
    file = tmp_path / envelope.name
    file.write_bytes(envelope.content)
    letter = open_envelope(file, world.folder.parent / "emergency.key")
    assert [p["kit"] for p in letter["periods"]] == [kits.kit_of(person, p) for p in (1, 2)]
    everything = "".join(Event.objects.values_list("body", flat=True))
    assert letter["sequence"] not in everything


def test_a_second_break_answers_the_first(lite: World) -> None:
    person = lite.started()
    investigator = lite.actor(Role.INVESTIGATOR)
    first = unblinding.break_code(investigator, person, "emergency", WHY)
    assert unblinding.break_code(investigator, person, "planned", WHY + "!").pk == first.pk
    unblinding.release(investigator, first)
    unblinding.release(investigator, first)
    assert CodeBreak.objects.count() == 1
    assert Release.objects.count() == 2


@pytest.mark.parametrize(
    "role", [r for r in Role if r not in {Role.INVESTIGATOR, Role.PARTICIPANT}]
)
def test_only_an_investigator(lite: World, role: Role) -> None:
    person = lite.started()
    with pytest.raises(RefusedError):
        unblinding.break_code(lite.actor(role), person, "emergency", WHY)
    assert CodeBreak.objects.count() == 0


def test_no_break_without_reason_or_before_randomization(lite: World) -> None:
    investigator = lite.actor(Role.INVESTIGATOR)
    person = lite.gated()
    with pytest.raises(RefusedError, match="kind and its reason"):
        unblinding.break_code(investigator, person, "emergency", "?")
    with pytest.raises(RefusedError, match="not been randomized"):
        unblinding.break_code(investigator, person, "emergency", WHY)


def test_a_changed_envelope_does_not_leave(lite: World) -> None:
    person = lite.started()
    investigator = lite.actor(Role.INVESTIGATOR)
    made = unblinding.break_code(investigator, person, "emergency", WHY)
    assert study.current().allocation is not None  # read and checked when the server started
    file = lite.folder / "allocation/envelopes/slot-0001.json"
    cover = json.loads(file.read_text())
    cover["fill"] = cover["fill"][:-1] + "!"
    file.write_text(json.dumps(cover))
    with pytest.raises(RefusedError, match="not the one that was sealed"):
        unblinding.release(investigator, made)


def test_who_could_have_rated_rates_no_more_and_who_comes_later_does(lite: World) -> None:
    """The break comes before the first rating; a rater is given the role after it."""
    person = lite.started()
    sponsors = [actor_of(Person.objects.get(email=f"sponsor-{n}@example.org")) for n in (1, 2)]
    unblinding.break_code(lite.actor(Role.INVESTIGATOR), person, "emergency", WHY)
    web = client(lite, Role.OUTCOME_RATER)
    assert web.get(f"/p/{person.code}/1/d1/hamd17/").status_code == 409
    with pytest.raises(RefusedError, match="another rater takes over"):
        lite.rate(person)
    elsewhere = lite.started("b")
    assert lite.rate(elsewhere).new
    later = invite(sponsors[0], "later@example.org", "Later", None)
    give(sponsors[1], ask(sponsors[0], later, Role.OUTCOME_RATER, "a", "takes over"))
    place = lite.place("hamd17", "d1", 1)
    assert rating.save(actor_of(later), person, place, HAMD17, sent()).new
