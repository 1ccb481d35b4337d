"""Saving a form: score, version, alerts, windows, and who may."""

from datetime import UTC, datetime, timedelta

import pytest

from crossblock.core.errors import RatingsError
from crossblock.server.record.entries import ConflictError, content_of
from crossblock.server.record.models import Query, Version
from crossblock.server.roles import RefusedError, Role, Thing
from crossblock.server.trial import rating, unblinding
from crossblock.server.trial.models import Deviation
from crossblock.server.trial.schedule import Place
from tests.server.world import HAMD17, World, sent


def test_a_rating_is_scored_and_kept_as_version_1(world: World) -> None:
    person = world.started()
    saved = world.rate(person)
    assert (saved.total, saved.version.number) == (16.0, 1)
    content = content_of(saved.version)
    assert content["values"]["total"] == 16.0
    assert content["answers"] == HAMD17
    assert content["protocol"] == world.protocol.sha256


def test_a_correction_is_a_new_version_with_a_reason(world: World) -> None:
    person = world.started()
    world.rate(person)
    change = {**HAMD17, "item1": 3.0}
    with pytest.raises(RefusedError, match="needs its reason"):
        world.rate(person, answers=change, sent=sent(base=1))
    saved = world.rate(person, answers=change, sent=sent(base=1, reason="misread"))
    assert (saved.total, saved.version.number) == (18.0, 2)
    first = Version.objects.get(entry=saved.version.entry, number=1)
    assert content_of(first)["total"] == 16.0


def test_two_tabs_conflict_and_nothing_is_overwritten(world: World) -> None:
    person = world.started()
    world.rate(person)
    world.rate(person, answers={**HAMD17, "item1": 2.0}, sent=sent(base=1, reason="tab one"))
    with pytest.raises(ConflictError) as clash:
        world.rate(person, answers={**HAMD17, "item1": 4.0}, sent=sent(base=1, reason="tab two"))
    assert clash.value.newest.number == 2
    assert Version.objects.filter(entry__form="hamd17").count() == 2


def test_the_same_submission_twice_is_one_version(world: World) -> None:
    person = world.started()
    once = sent()
    first = world.rate(person, sent=once)
    again = world.rate(person, sent=once)
    assert (again.version.pk, again.new) == (first.version.pk, False)


def test_out_of_range_is_refused_whole(lite: World) -> None:
    person = lite.started()
    with pytest.raises(RatingsError, match="not an allowed answer"):
        lite.rate(person, answers={**HAMD17, "item1": 5.0})
    assert Version.objects.filter(entry__form="hamd17").count() == 0


@pytest.mark.parametrize(
    "role", [Role.SESSION_RATER, Role.COORDINATOR, Role.PHARMACIST, Role.INVESTIGATOR, Role.MONITOR]
)
def test_the_wrong_rater(lite: World, role: Role) -> None:
    person = lite.started()
    place = lite.place("hamd17", "d1", 1)
    with pytest.raises(RefusedError):
        rating.save(lite.actor(role), person, place, HAMD17, sent())


def test_an_outcome_rater_cannot_rate_sessions_or_another_site(lite: World) -> None:
    person = lite.started()
    outcome = lite.actor(Role.OUTCOME_RATER)
    session = lite.place("cadss", "infusion", 1)
    assert session.thing is Thing.SESSION_FORMS
    with pytest.raises(RefusedError):
        rating.save(outcome, person, session, {}, sent())
    place = lite.place("hamd17", "d1", 1)
    with pytest.raises(RefusedError):
        rating.save(lite.actor(Role.OUTCOME_RATER, "b"), person, place, HAMD17, sent())


def test_each_guesses_alone(lite: World) -> None:
    person = lite.started()
    guess = {"guess": 1.0, "certainty": 60.0, "basis": 1.0}
    outcome, session = lite.actor(Role.OUTCOME_RATER), lite.actor(Role.SESSION_RATER)
    mine = lite.place("blinding-guess", "d14", 1, "outcome rater")
    rating.save(outcome, person, mine, guess, sent())
    theirs = lite.place("blinding-guess", "d14", 1, "session rater")
    with pytest.raises(RefusedError, match="belongs to somebody else"):
        rating.save(outcome, person, theirs, guess, sent())
    rating.save(session, person, theirs, guess, sent())
    assert Version.objects.filter(entry__form="blinding-guess").count() == 2


def test_a_time_outside_the_window_is_kept_and_noted(lite: World) -> None:
    person = lite.started()
    protocol = lite.protocol
    assert protocol.visit("d1").window is None
    saved = lite.rate(person, sent=sent(datetime.now(UTC) - timedelta(minutes=5)))
    assert saved.notes == ()
    assert Deviation.objects.count() == 0


def test_times_that_cannot_be(lite: World) -> None:
    person = lite.randomized()
    with pytest.raises(RefusedError, match="period 1 has not begun"):
        lite.rate(person)
    with pytest.raises(RefusedError, match="has not come yet"):
        lite.rate(person, sent=sent(datetime.now(UTC) + timedelta(hours=2)))


def test_left_out_items_raise_a_query(lite: World) -> None:
    person = lite.started()
    half = {k: v for k, v in HAMD17.items() if k not in {"item5", "item9"}}
    saved = lite.rate(person, answers=half, unanswered=("item5", "item9"))
    assert saved.total is None
    assert "item5, item9" in Query.objects.get().text


def test_after_a_code_break_the_rater_is_off_and_another_takes_over(lite: World) -> None:
    person = lite.started()
    lite.rate(person, "d1")
    unblinding.break_code(lite.actor(Role.INVESTIGATOR), person, "emergency", "anaphylaxis at home")
    with pytest.raises(RefusedError, match="another rater takes over"):
        lite.rate(person, "d3")


def test_free_events_are_repeats(lite: World) -> None:
    person = lite.started()
    place = Place(form="adverse-events", visit="", period=1, thing=Thing.EVENTS)
    answers = {"term": "nausea", "severity": 1.0, "serious": 0.0, "related": 2.0, "nausea": 1.0,
               "action": 0.0, "outcome": 0.0}  # fmt: skip
    rater = lite.actor(Role.SESSION_RATER)
    for repeat in (1, 2):
        saved = rating.save(rater, person, place, answers, sent(), repeat=repeat)
        assert saved.version.number == 1
