"""What a later form takes back holds for the next step: gate, screening, consent, and how old."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from crossblock.server.record.models import Participant
from crossblock.server.roles import RefusedError, Role
from crossblock.server.trial import allocation, clearance, kits, procedures, rating
from crossblock.server.trial.models import Allocation
from crossblock.server.trial.state import standing
from tests.server.web import client, fill, local, text_of
from tests.server.world import CONSENT, DAY, GATE, HAMD17, HOUR, SCREENING, World, sent

OPIOID = {**GATE, "agonist": "yes", "urine": "positive", "last": "short", "days": 0.0}


def again(lite: World, person: Participant, name: str, answers: dict[str, Any], **at: Any) -> None:
    """Save a form that was passed once more, as a new version."""
    period = int(name == "gate")
    fix = sent(base=1, reason="looked at again", **at)
    procedures.take(lite.actor(Role.COORDINATOR), person, name, period, answers, fix)


def steps(person: Participant) -> set[tuple[str, int]]:
    return set(standing(person, 2).done)


def test_an_opioid_found_after_the_gate_stops_the_kit(world: World) -> None:
    person = world.randomized()
    again(world, person, "gate", OPIOID)
    web = client(world, Role.COORDINATOR)
    page = web.get(f"/p/{person.code}/kit/1/")
    assert "an opioid agonist is on board" in text_of(page)
    given = web.post(f"/p/{person.code}/kit/1/", {"kit": kits.kit_of(person, 1)})
    assert given.status_code == 422
    for words in ("an opioid agonist is on board", "urine drug screen", "fewer than 10 days"):
        assert words in text_of(given)
    assert ("dispensed", 1) not in steps(person)


def test_an_opioid_found_after_the_kit_stops_the_start(lite: World) -> None:
    person = lite.randomized()
    kits.dispense(lite.actor(Role.COORDINATOR), person, 1, kits.kit_of(person, 1))
    again(lite, person, "gate", OPIOID)
    web = client(lite, Role.COORDINATOR)
    assert "an opioid agonist" in text_of(web.get(f"/p/{person.code}/start/1/"))
    begun = web.post(f"/p/{person.code}/start/1/", {"occurred": local()})
    assert begun.status_code == 422
    assert "an opioid agonist is on board" in text_of(begun)
    assert ("started", 1) not in steps(person)


def test_a_gate_put_right_again_opens(lite: World) -> None:
    person = lite.randomized()
    again(lite, person, "gate", OPIOID)
    coordinator = lite.actor(Role.COORDINATOR)
    fix = sent(base=2, reason="urine of another person")
    procedures.take(coordinator, person, "gate", 1, GATE, fix)
    kits.dispense(coordinator, person, 1, kits.kit_of(person, 1))
    procedures.start(coordinator, person, 1, datetime.now(UTC))


def test_a_gate_does_not_hold_for_ever(lite: World) -> None:
    """24 hours by the conduct file: one more minute is too long for kit and start."""
    coordinator, now = lite.actor(Role.COORDINATOR), datetime.now(UTC)
    person = lite.gated(ago=24 * HOUR + timedelta(minutes=1))
    allocation.randomize(coordinator, person)
    lite.receive(person)
    with pytest.raises(RefusedError, match=r"passed 24\.0 hours before; it holds for 24"):
        kits.dispense(coordinator, person, 1, kits.kit_of(person, 1), now)
    kits.dispense(coordinator, person, 1, kits.kit_of(person, 1), now - timedelta(minutes=1))
    with pytest.raises(RefusedError, match="it holds for 24"):
        procedures.start(coordinator, person, 1, now)
    again(lite, person, "gate", GATE)
    procedures.start(coordinator, person, 1, now)


@pytest.mark.parametrize(
    ("name", "answers", "words"),
    [
        ("screening", {**SCREENING, "failed": 0.0}, "fewer than 2 failed"),
        ("consent", {**CONSENT, "signed": "no"}, "consent: not signed"),
        ("gate", OPIOID, "gate: an opioid agonist"),
    ],
)
def test_what_no_longer_holds_stops_randomization(
    lite: World, name: str, answers: dict[str, Any], words: str
) -> None:
    person = lite.gated()
    again(lite, person, name, answers)
    web = client(lite, Role.COORDINATOR)
    path = f"/p/{person.code}/randomize/"
    page = web.get(path)
    assert words in text_of(page)
    assert '<button type="submit">Randomize' not in page.content.decode()
    refused = web.post(path)
    assert refused.status_code == 409
    assert words.lower() in text_of(refused).lower()
    assert Allocation.objects.count() == 0


def test_a_consent_taken_back_stops_the_kit_too(lite: World) -> None:
    person = lite.randomized()
    again(lite, person, "consent", {**CONSENT, "signed": "no"})
    with pytest.raises(RefusedError, match="consent: not signed"):
        kits.dispense(lite.actor(Role.COORDINATOR), person, 1, kits.kit_of(person, 1))
    baseline = lite.place("hamd17", "baseline", 1)  # rated before that, written down after it
    rating.save(lite.actor(Role.OUTCOME_RATER), person, baseline, HAMD17, sent(at(minutes=30)))


def test_nobody_is_stopped_without_a_reason(lite: World) -> None:
    person = lite.randomized()
    for step in (("randomized", 0), ("dispensed", 1), ("started", 1)):
        assert clearance.stops(person, step, datetime.now(UTC)) == []


def at(**ago: float) -> datetime:
    return datetime.now(UTC) - timedelta(**ago)


def test_each_step_comes_after_the_one_before(lite: World) -> None:
    coordinator = lite.actor(Role.COORDINATOR)
    person = lite.consented(ago=3 * HOUR)
    early, right = sent(at(hours=4)), sent(at(hours=2))
    with pytest.raises(RefusedError, match="cannot have taken place before consent"):
        procedures.take(coordinator, person, "gate", 1, GATE, early)
    procedures.take(coordinator, person, "gate", 1, GATE, right)
    allocation.randomize(coordinator, person)
    lite.receive(person)
    kit = kits.kit_of(person, 1)
    with pytest.raises(RefusedError, match="cannot have taken place before the gate"):
        kits.dispense(coordinator, person, 1, kit, at(hours=3))
    kits.dispense(coordinator, person, 1, kit, at(hours=1))
    with pytest.raises(RefusedError, match="cannot have taken place before handing out the kit"):
        procedures.start(coordinator, person, 1, at(minutes=90))
    later = sent(at(minutes=30), base=1, reason="wrong day")
    with pytest.raises(RefusedError, match="consent cannot have taken place after the gate"):
        procedures.take(coordinator, person, "consent", 0, CONSENT, later)
    procedures.start(coordinator, person, 1, at(minutes=50))


def test_a_start_in_another_year_comes_back_with_what_was_typed(lite: World) -> None:
    person = lite.randomized()
    kits.dispense(lite.actor(Role.COORDINATOR), person, 1, kits.kit_of(person, 1))
    web = client(lite, Role.COORDINATOR)
    refused = web.post(f"/p/{person.code}/start/1/", {"occurred": "2020-01-01T10:00"})
    assert refused.status_code == 422
    assert "cannot have taken place before the gate" in text_of(refused)
    assert 'value="2020-01-01T10:00"' in refused.content.decode()
    assert ("started", 1) not in steps(person)


def test_a_rating_does_not_come_before_consent_or_its_period(lite: World) -> None:
    person = lite.started(ago=2 * DAY)
    web = client(lite, Role.OUTCOME_RATER)
    path = f"/p/{person.code}/1/d1/hamd17/"
    refused = fill(web, path, HAMD17, occurred="1950-01-01T10:00")
    assert refused.status_code == 422
    assert "cannot have taken place before consent" in text_of(refused)
    assert 'value="1950-01-01T10:00"' in refused.content.decode()
    assert 'name="q-item1" value="1" checked' in refused.content.decode()
    before = fill(web, path, HAMD17, occurred=local(at(days=2, minutes=30)))
    assert "cannot have taken place before the start of period 1" in text_of(before)
    baseline = f"/p/{person.code}/1/baseline/hamd17/"
    assert fill(web, baseline, HAMD17, occurred=local(at(days=2, minutes=30))).status_code == 302
    assert fill(web, path, HAMD17).status_code == 302


def test_nothing_of_period_2_comes_before_period_1(lite: World) -> None:
    person, coordinator = lite.started(ago=2 * DAY), lite.actor(Role.COORDINATOR)
    procedures.discharge(lite.actor(Role.INVESTIGATOR), person, 1, "seen")
    procedures.finish(coordinator, person, 1)
    with pytest.raises(RefusedError, match="before the start of period 1"):
        procedures.take(coordinator, person, "gate", 2, GATE, sent(at(days=2, hours=2)))
    place, rater = lite.place("hamd17", "baseline", 2), lite.actor(Role.OUTCOME_RATER)
    with pytest.raises(RefusedError, match="before the start of period 1"):
        rating.save(rater, person, place, HAMD17, sent(at(days=2, hours=2)))
