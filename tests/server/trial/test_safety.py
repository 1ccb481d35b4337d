"""Alerts within the visit: suicide items, rises, the study's own thresholds, the harm count."""

import pytest

from crossblock.server.roles import RefusedError, Role, Thing
from crossblock.server.trial import procedures, rating, safety
from crossblock.server.trial.models import Alert
from crossblock.server.trial.schedule import Place
from tests.server.world import HAMD17, World, sent


def raised(world: World, person: object, visit: str, item3: float) -> list[tuple[str, str]]:
    saved = world.rate(person, visit, {**HAMD17, "item3": item3})  # type: ignore[arg-type]
    return [(a.of, a.action) for a in saved.alerts]


def test_any_suicide_item_above_0_prompts_the_screener(world: World) -> None:
    person = world.started()
    assert raised(world, person, "d1", 0.0) == []
    assert ("hamd17.item3", "screen") in raised(world, person, "d3", 1.0)


def test_the_studys_threshold_blocks_until_somebody_notes_an_action(world: World) -> None:
    person = world.started()
    assert ("hamd17.item3", "block") in raised(world, person, "d1", 3.0)
    coordinator = world.actor(Role.COORDINATOR)
    with pytest.raises(RefusedError, match="waits for its action note"):
        procedures.finish(coordinator, person, 1) if _discharge(world, person) else None
    alert = Alert.objects.get(action="block")
    rater = world.actor(Role.OUTCOME_RATER)
    with pytest.raises(RefusedError, match="too short"):
        safety.act(rater, alert, "ok")
    safety.act(rater, alert, "Investigator called at once, stays overnight.")
    with pytest.raises(RefusedError, match="has its note already"):
        safety.act(rater, alert, "Once more, by somebody else.")


def _discharge(world: World, person: object) -> bool:
    procedures.discharge(world.actor(Role.INVESTIGATOR), person, 1, "seen")  # type: ignore[arg-type]
    return True


def test_a_rise_from_the_periods_baseline(lite: World) -> None:
    person = lite.started()
    place = lite.place("hamd17", "baseline", 1)
    rating.save(lite.actor(Role.OUTCOME_RATER), person, place, {**HAMD17, "item3": 0.0}, sent())
    lite.rate(person, "d1", {**HAMD17, "item3": 2.0})
    assert "rose by two points" in Alert.objects.filter(action="block").get().message


def test_no_rise_without_a_baseline(lite: World) -> None:
    person = lite.started()
    lite.rate(person, "d1", {**HAMD17, "item3": 2.0})
    assert [a.action for a in Alert.objects.all()] == ["screen"]


def test_the_screener_at_level_4_blocks(lite: World) -> None:
    person = lite.started()
    place = Place(form="cssrs-screener", visit="d1", period=1, thing=Thing.SCREENER)
    answers = {"item1": 1.0, "item2": 1.0, "item3": 0.0, "item4": 1.0, "item5": 0.0, "item6": 0.0}
    saved = rating.save(lite.actor(Role.OUTCOME_RATER), person, place, answers, sent())
    assert saved.total == 4.0
    assert [a.action for a in saved.alerts] == ["block"]


def test_serious_events_count_against_the_limit(lite: World) -> None:
    assert not safety.harm().reached
    rater = lite.actor(Role.SESSION_RATER)
    event = {"term": "fall", "severity": 3.0, "serious": 1.0, "related": 1.0, "nausea": 0.0,
             "action": 1.0, "outcome": 0.0}  # fmt: skip
    for _ in range(2):
        person = lite.started()
        place = Place(form="adverse-events", visit="", period=1, thing=Thing.EVENTS)
        rating.save(rater, person, place, event, sent())
    found = safety.harm()
    assert (found.count, found.limit, found.reached, found.assumed) == (2, 2, True, True)
