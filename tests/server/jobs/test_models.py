"""Jobs keep their order and begin as waiting."""

from crossblock.server import clock
from crossblock.server.jobs.models import Job
from tests.server.world import World


def test_a_new_job_waits_its_turn(lite: World) -> None:
    first = Job.objects.create(kind="verify", asked=clock.now())
    Job.objects.create(kind="export", asked=clock.now())
    assert [j.state for j in Job.objects.all()] == ["waiting", "waiting"]
    assert Job.objects.first() == first
