"""The table of work: asked for by some, taken once, with a result."""

import pytest

from crossblock.server.jobs import work
from crossblock.server.jobs.models import Job
from crossblock.server.record.models import Event
from crossblock.server.roles import RefusedError, Role
from tests.server.world import World


def test_a_job_is_taken_once(world: World) -> None:
    made = work.want(world.actor(Role.MONITOR), "verify")
    taken = work.take()
    assert taken is not None
    assert taken.pk == made.pk
    assert work.take() is None
    work.done(taken, "sound")
    assert Job.objects.get().state == "done"
    assert list(Event.objects.values_list("action", flat=True))[-2:] == ["job.want", "job.done"]


def test_who_may_ask_and_how_much(lite: World) -> None:
    with pytest.raises(RefusedError, match="may not write"):
        work.want(lite.actor(Role.OUTCOME_RATER), "export")
    for _ in range(5):
        work.want(lite.actor(Role.MONITOR), "export")
    with pytest.raises(RefusedError, match="still waiting"):
        work.want(lite.actor(Role.MONITOR), "export")


@pytest.mark.parametrize("result", ["../../data/secret.key", "export-1.zip/../x", "", "sound"])
def test_a_result_names_no_other_file(lite: World, result: str) -> None:
    job = work.want(lite.actor(Role.MONITOR), "export")
    work.done(job, result)
    assert work.result_file(job) is None
