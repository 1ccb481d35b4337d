"""What groups come to under each option: one job for the clinic, shown with its intervals."""

import pytest

from crossblock.cli.clinic import project
from crossblock.server.clinic import desk, projection
from crossblock.server.jobs.models import Job
from tests.server.clinic.conftest import Clinic


@pytest.fixture(scope="module")
def told() -> str:
    return projection.kept(project(projection.REGIMENS))


def test_options_differ_as_the_forecast_has_them(clinic: Clinic, told: str) -> None:
    projection.want(clinic.actor())
    projection.want(clinic.actor())
    (job,) = Job.objects.filter(kind=projection.KIND)
    assert projection.newest() == {}
    job.state, job.result = "done", told
    job.save()
    found = projection.newest()
    assert set(found) == set(projection.REGIMENS)
    go, stop = found["continue"], found["stop"]
    assert go.days[0] > stop.days[0]
    assert go.index[0] > stop.index[0]
    assert stop.sessions == 8.0
    for one in found.values():
        assert one.days[1] <= one.days[0] <= one.days[2]
        assert one.index[1] <= one.index[0] <= one.index[2]


def test_the_plan_shows_it_beside_the_options_and_names_it_no_probability(
    clinic: Clinic, told: str
) -> None:
    patient = clinic.ready()
    page = clinic.web().get(f"/p/{patient.code}/plan/").content.decode()
    assert "projects for groups" not in page
    projection.want(clinic.actor())
    assert desk.work(lambda history: None, lambda regimens: {}, once=True) == 1
    Job.objects.filter(kind=projection.KIND).update(result=told)
    page = clinic.web().get(f"/p/{patient.code}/plan/").content.decode()
    assert page.count("by explanation)") == len(projection.REGIMENS)
    assert "not projected" in page
    assert "no probability of a use disorder" in page
