"""What is to be done, for whom; and what share of the forms is there."""

from datetime import timedelta

from crossblock.server import clock
from crossblock.server.roles import Role
from crossblock.server.trial import agenda
from crossblock.server.trial.state import visible
from tests.server.world import DAY, World


def test_each_has_their_own_tasks(lite: World) -> None:
    person = lite.started(ago=DAY * 2)
    now = clock.now()

    def forms(role: Role, site: str = "a") -> set[tuple[str, str]]:
        actor = lite.actor(role, site)
        found = agenda.tasks(actor, list(visible(actor)), now)
        return {(p.visit, p.form) for t in found for p in t.places}

    assert ("d1", "hamd17") in forms(Role.OUTCOME_RATER)
    assert ("infusion", "cadss") in forms(Role.SESSION_RATER)
    assert not forms(Role.OUTCOME_RATER) & forms(Role.SESSION_RATER)
    assert forms(Role.OUTCOME_RATER, "b") == set()
    assert forms(Role.PHARMACIST) == set()
    lite.rate(person, "d1")
    assert ("d1", "hamd17") not in forms(Role.OUTCOME_RATER)


def test_overdue_now_and_soon(lite: World) -> None:
    lite.started(ago=DAY * 3 + timedelta(hours=1))
    actor = lite.actor(Role.OUTCOME_RATER)
    found = agenda.tasks(actor, list(visible(actor)), clock.now())
    when = {t.due.visit.id: t.when for t in found}
    assert when["d1"] == "overdue"
    assert when["d3"] == "now"
    assert when["d5"] == "soon"
    assert "d14" not in when
    assert [t.due.latest for t in found] == sorted(t.due.latest for t in found)


def test_completeness_counts_what_is_over(lite: World) -> None:
    person = lite.started(ago=DAY * 4)
    actor = lite.actor(Role.MONITOR)
    cells = agenda.completeness(list(visible(actor)), clock.now())
    assert (cells["a", "hamd17"].there, cells["a", "hamd17"].expected) == (0, 3)
    lite.rate(person, "d1")
    cells = agenda.completeness(list(visible(actor)), clock.now())
    assert (cells["a", "hamd17"].there, cells["a", "hamd17"].share) == (1, 33)
