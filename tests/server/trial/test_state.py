"""Where somebody stands is read from steps alone, and sites bound what is seen."""

from crossblock.server.roles import Role
from crossblock.server.trial import state, unblinding
from tests.server.world import World


def test_standing(world: World) -> None:
    person = world.started()
    here = state.standing(person, 2)
    assert here.randomized
    assert set(here.started) == {1}
    assert here.next == ("discharged", 1)
    assert "stratum" in here.detail["randomized", 0]


def test_who_is_seen(lite: World) -> None:
    lite.consented("a")
    lite.consented("b")
    assert [p.site for p in state.visible(lite.actor(Role.COORDINATOR, "a"))] == ["a"]
    assert state.visible(lite.actor(Role.MONITOR)).count() == 2
    assert state.visible(lite.actor(Role.STATISTICIAN)).count() == 0
    assert not state.locked()


def test_raters_are_switched_off_one_by_one(lite: World) -> None:
    person, other = lite.started(), lite.started()
    lite.rate(person)
    rater = lite.actor(Role.OUTCOME_RATER)
    unblinding.break_code(lite.actor(Role.INVESTIGATOR), person, "emergency", "needed at once")
    assert not state.rates(rater, person)
    assert state.rates(rater, other)
    assert state.rates(lite.actor(Role.OUTCOME_RATER, "b"), person)
