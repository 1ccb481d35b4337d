"""Steps come in order, the gate stops what it must, and corrections never undo a step."""

from datetime import UTC, datetime, timedelta

import pytest

from crossblock.server.record.models import Step
from crossblock.server.roles import RefusedError, Role
from crossblock.server.trial import kits, procedures
from crossblock.server.trial.models import Deviation
from crossblock.server.trial.state import standing
from tests.server.world import CONSENT, DAY, GATE, SCREENING, World, sent


def test_the_whole_way_of_one_period(world: World) -> None:
    person = world.started()
    here = standing(person, 2)
    assert here.words == "in period 1"
    coordinator = world.actor(Role.COORDINATOR)
    procedures.discharge(world.actor(Role.INVESTIGATOR), person, 1, "stable, seen by physician")
    procedures.finish(coordinator, person, 1)
    assert standing(person, 2).words == "washout before period 2"
    assert Deviation.objects.get().kind == "discharge"


def test_the_order_is_kept(lite: World) -> None:
    coordinator = lite.actor(Role.COORDINATOR)
    person = procedures.enroll(coordinator, "a", "k")
    with pytest.raises(RefusedError, match="next comes screening"):
        procedures.take(coordinator, person, "consent", 0, CONSENT, sent())
    with pytest.raises(RefusedError, match="next comes screening"):
        procedures.start(coordinator, person, 1, datetime.now(UTC))


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"agonist": "yes"}, "precipitate withdrawal"),
        ({"urine": "positive"}, "urine"),
        ({"urine": "not done"}, "urine"),
        ({"last": "short", "days": 9.0}, "fewer than 10 days"),
        ({"last": "long", "days": 13.0}, "fewer than 14 days"),
        ({"last": "short"}, "fewer than 10 days"),
        ({"alt": 3.1}, "ALT above 3"),
        ({"pregnancy": "positive"}, "pregnancy"),
        ({"pregnancy": "not done"}, "pregnancy"),
    ],
)
def test_the_gate_stays_shut(lite: World, change: dict[str, object], words: str) -> None:
    person = lite.consented()
    coordinator = lite.actor(Role.COORDINATOR)
    answers = {**GATE, **change}
    outcome = procedures.take(coordinator, person, "gate", 1, answers, sent())  # type: ignore[arg-type]
    assert words in "; ".join(outcome.stops)
    assert ("gated", 1) not in standing(person, 2).done
    with pytest.raises(RefusedError, match="gate before the blocker"):
        kits.dispense(coordinator, person, 1, "2222-2222")
    again = sent(base=1, reason="repeated after the waiting time")
    assert procedures.take(coordinator, person, "gate", 1, GATE, again).stops == ()
    assert ("gated", 1) in standing(person, 2).done


def test_an_opioid_long_enough_ago_passes(lite: World) -> None:
    person = lite.consented()
    answers = {**GATE, "last": "long", "days": 14.0}
    outcome = procedures.take(lite.actor(Role.COORDINATOR), person, "gate", 1, answers, sent())
    assert outcome.stops == ()


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"age": 71.0}, "older than 70"),
        ({"age": 17.0}, "younger than 18"),
        ({"failed": 1.0}, "fewer than 2 failed"),
        ({"diagnosis": "no"}, "not met"),
        ({"basis": "records"}, "records only"),
        ({"antagonist": "yes"}, "excluded"),
    ],
)
def test_screening_says_why_not(lite: World, change: dict[str, object], words: str) -> None:
    coordinator = lite.actor(Role.COORDINATOR)
    person = procedures.enroll(coordinator, "a", "k")
    answers = {**SCREENING, **change}
    outcome = procedures.take(coordinator, person, "screening", 0, answers, sent())  # type: ignore[arg-type]
    assert words in "; ".join(outcome.stops)
    procedures.screen_failure(coordinator, person, outcome.stops[0])
    assert standing(person, 2).words == "screen failed"


def test_a_correction_after_randomization_is_a_deviation_and_undoes_nothing(lite: World) -> None:
    person = lite.randomized()
    fix = sent(base=1, reason="typing error in the age")
    outcome = procedures.take(
        lite.actor(Role.COORDINATOR), person, "screening", 0, {**SCREENING, "age": 75.0}, fix
    )
    assert outcome.stops == ("older than 70",)
    assert standing(person, 2).randomized
    assert Deviation.objects.get().kind == "screening corrected"


def test_the_washout_is_kept(lite: World) -> None:
    person = lite.started(ago=DAY * 20)
    coordinator = lite.actor(Role.COORDINATOR)
    procedures.discharge(lite.actor(Role.INVESTIGATOR), person, 1, "seen by the physician")
    procedures.finish(coordinator, person, 1)
    procedures.take(coordinator, person, "gate", 2, GATE, sent())
    kits.dispense(coordinator, person, 2, kits.kit_of(person, 2))
    with pytest.raises(RefusedError, match=r"washout is not over[\s\S]*10\.\d days early"):
        procedures.start(coordinator, person, 2, datetime.now(UTC))


def test_times_that_have_not_come(lite: World) -> None:
    person = lite.randomized()
    coordinator = lite.actor(Role.COORDINATOR)
    kits.dispense(coordinator, person, 1, kits.kit_of(person, 1))
    with pytest.raises(RefusedError, match="has not come yet"):
        procedures.start(coordinator, person, 1, datetime.now(UTC) + timedelta(hours=1))


def test_discharge_needs_every_limit(lite: World) -> None:
    person = lite.started()
    with pytest.raises(RefusedError, match="not rated yet"):
        procedures.discharge(lite.actor(Role.SESSION_RATER), person, 1)
    with pytest.raises(RefusedError, match="may not write"):
        procedures.discharge(lite.actor(Role.SESSION_RATER), person, 1, "override by a rater")


def test_withdrawal_keeps_what_was_written(lite: World) -> None:
    person = lite.started()
    coordinator = lite.actor(Role.COORDINATOR)
    with pytest.raises(RefusedError, match="reason is missing"):
        procedures.withdraw(coordinator, person, " ")
    procedures.withdraw(coordinator, person, "moved away")
    assert standing(person, 2).words == "withdrawn"
    assert Step.objects.filter(participant=person).count() == 8
    with pytest.raises(RefusedError, match="has left or is through"):
        procedures.finish(coordinator, person, 1)


def test_numbers_are_never_used_again(lite: World) -> None:
    coordinator = lite.actor(Role.COORDINATOR)
    first = procedures.enroll(coordinator, "a", "k1")
    procedures.screen_failure(coordinator, first, "not interested")
    second = procedures.enroll(coordinator, "a", "k2")
    assert (first.code, second.code) == ("A-001", "A-002")
