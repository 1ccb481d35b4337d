"""A forecast is asked for, made elsewhere, and shown; the server makes none itself."""

import re
import sys
from html import unescape

import numpy as np
import pytest

from crossblock.cli.clinic import forecast
from crossblock.core.errors import CatalogError, CrossblockError, InputError, Problem
from crossblock.load import crosswalk, instrument
from crossblock.server.clinic import desk, forecasts
from crossblock.server.jobs.models import Job
from crossblock.server.record.models import Participant
from crossblock.server.roles import RefusedError
from tests.server.clinic.conftest import MADRS, Clinic


def _none(regimens):  # type: ignore[no-untyped-def]
    raise RefusedError(Problem(what="not projected here"))


def test_a_forecast_through_the_job_table(clinic: Clinic) -> None:
    patient = clinic.ready()
    web = clinic.web()
    assert web.post(f"/p/{patient.code}/forecast/").status_code == 409  # nothing to go by
    for n in range(1, 7):
        clinic.session(patient, n, ago=24 * (30 - 4 * n))
        low = {f"item{i}": 1.0 for i in range(1, min(9, n + 3))}
        clinic.save(patient, "madrs", MADRS | low, "day1", n, ago=24 * (29 - 4 * n))
    assert web.post(f"/p/{patient.code}/forecast/").status_code == 302
    assert web.post(f"/p/{patient.code}/forecast/").status_code == 302
    assert Job.objects.filter(kind=forecasts.KIND).count() == 1
    assert "a worker makes it" in web.get(f"/p/{patient.code}/plan/").content.decode()
    assert desk.work(forecast, _none, once=True) == 2  # the projection for groups is asked for too
    job = Job.objects.get(kind=forecasts.KIND)
    assert job.state == "done", job.result
    found = forecasts.newest(patient)
    assert found is not None
    assert sum(found.stories.values()) == pytest.approx(1.0, abs=0.01)
    for band in (found.with_session, found.without):
        assert all(list(row[1:]) == sorted(row[1:]) for row in band)
        assert band[0][0] == pytest.approx(21.0, abs=0.2)  # the day of the last rating
        assert band[0] == found.with_session[0]
    assert found.next_day > found.with_session[0][0]
    assert found.points[1] <= found.points[0] <= found.points[2]
    assert {words for words, _ in found.told} == set(forecasts.STORIES.values())
    page = web.get(f"/p/{patient.code}/plan/").content.decode()
    assert "Days in response within four weeks" in page
    assert "<polygon" in web.get(f"/p/{patient.code}/course/").content.decode()


def test_a_story_of_the_forecast_is_never_shown_as_a_signal(clinic: Clinic) -> None:
    """A course that falls and comes back: the stories stand apart, each with its probability."""
    patient = clinic.ready()
    scores = (10.0, 6.0, 4.0, 3.0, 12.0, 20.0, 26.0, 27.0, 27.0)
    for n, score in enumerate(scores, start=1):
        clinic.session(patient, n, ago=24 * (80 - 8 * n))
        items = {f"item{i}": score // 9 + (i <= score % 9) for i in range(1, 10)}
        clinic.save(patient, "madrs", MADRS | items, "day1", n, ago=24 * (79 - 8 * n))
    forecasts.want(clinic.actor(), patient)
    assert desk.work(forecast, _none, once=True) == 1
    found = forecasts.newest(patient)
    assert found is not None
    assert found.flags == ()
    assert found.stories["stable"] < 0.5
    text = clinic.web().get(f"/p/{patient.code}/course/").content.decode()
    top, apart = text.split('<section id="forecast">')
    for words, p in found.told:
        assert f"{words[1:]}: <strong>{p}</strong>" in apart
        assert words not in top
    assert "assumed stories, not findings" in apart
    assert "None of them is a signal" in apart
    front = clinic.web().get(f"/p/{patient.code}/").content.decode()
    assert "Signals" not in front
    assert "as if the illness" not in front + text


def test_rising_use_is_counted_beside_the_stories(clinic: Clinic) -> None:
    patient = clinic.ready()
    ago = 200.0
    for n in range(1, 15):
        clinic.session(patient, n, ago=24 * ago, dose=35.0 if n < 8 else 56.0)
        ago -= 14.0 if n < 8 else 7.0
    clinic.save(patient, "madrs", MADRS, "between", 0, 1, ago=24 * 20)
    forecasts.want(clinic.actor(), patient)
    assert desk.work(forecast, _none, once=True) == 1
    found = forecasts.newest(patient)
    assert found is not None
    assert [f.words for f in found.flags] == ["more drug a week than before"]
    text = clinic.web().get(f"/p/{patient.code}/course/").content.decode()
    assert "also counts more drug a week than before" in text.split('id="forecast"')[1]


@pytest.mark.parametrize(("p", "said"), [(0.0004, "below 1 %"), (0.07, "7 %"), (1.0, "100 %")])
def test_small_chances_are_a_bound(p: float, said: str) -> None:
    assert forecasts.share(p) == said


def test_what_the_worker_gets(clinic: Clinic) -> None:
    patient = clinic.ready()
    with pytest.raises(CrossblockError, match="no forecast yet"):
        forecasts.history(clinic.course(patient))
    clinic.session(patient, 1, ago=24 * 30)
    clinic.save(patient, "madrs", MADRS, "day1", 1, ago=24 * 29)
    found = forecasts.history(clinic.course(patient))
    assert found.baseline == 27.0
    assert np.round([r.day for r in found.ratings], 2).tolist() == [1.0]
    assert found.sessions[0].dose.mg(70.0) == 35.0


def test_a_job_that_fails_keeps_its_sentence(clinic: Clinic) -> None:
    patient = clinic.ready()
    forecasts.want(clinic.actor(), patient)
    assert desk.work(lambda history: None, _none, once=True) == 1
    result = Job.objects.get(kind=forecasts.KIND).result
    assert result == "no forecast yet: it needs a session and a MADRS"


def text(clinic: Clinic, patient: Participant, tail: str) -> str:
    page = clinic.web().get(f"/p/{patient.code}/{tail}").content.decode()
    return unescape(re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", page)))


def test_the_course_says_why_there_is_no_forecast(clinic: Clinic) -> None:
    """Not asked for, waiting, failed in the worker, impossible: never an empty place."""
    patient = clinic.ready()
    clinic.session(patient, 1, ago=24 * 30)
    clinic.save(patient, "madrs", MADRS, "day1", 1, ago=24 * 29)
    assert "Nobody has asked for a forecast" in text(clinic, patient, "course/")
    forecasts.want(clinic.actor(), patient)
    assert "a worker makes it" in text(clinic, patient, "course/")

    def broken(history: object) -> None:
        raise InputError(Problem(what="the ratings end too early", why="two are needed"))

    assert desk.work(broken, _none, once=True) == 1
    for tail in ("course/", "plan/"):
        said = text(clinic, patient, tail)
        assert "The newest forecast failed. The ratings end too early: two are needed." in said
    clinic.session(patient, 2, ago=24 * 20, drug="esketamine", route="im")
    Job.objects.all().delete()
    why = "No forecast can be made: esketamine by the im route has no sourced numbers"
    assert why in text(clinic, patient, "course/")


def test_nasal_esketamine_can_be_forecast(clinic: Clinic) -> None:
    patient = clinic.ready()
    clinic.session(patient, 1, ago=24 * 30, drug="esketamine", route="nasal", dose=56.0)
    clinic.save(patient, "madrs", MADRS, "day1", 1, ago=24 * 29)
    assert forecast(forecasts.history(clinic.course(patient))).stories["stable"] > 0


def test_a_course_by_another_scale_says_that_no_table_turns_it_into_the_madrs(
    clinic: Clinic,
) -> None:
    patient = clinic.enroll()
    hamd = {i.id: 1.0 for i in instrument.read("hamd17").items}
    clinic.save(patient, "hamd17", hamd, ago=24 * 40)
    clinic.web().post(f"/p/{patient.code}/override/", {"reason": "transferred, booked for Monday"})
    clinic.session(patient, 1, ago=24 * 30)
    said = text(clinic, patient, "course/")
    assert "no table here turns HAM-D17 into MADRS" in said
    with pytest.raises(CatalogError, match="no crosswalk"):
        crosswalk.between("hamd17", "madrs")


def test_a_forecast_is_marked_when_it_does_not_model_what_is_on_board(clinic: Clinic) -> None:
    patient = clinic.ready()
    clinic.save(patient, "medicines", {"medicine1": "naltrexone 50 mg daily"}, ago=24 * 40)
    clinic.session(patient, 1, ago=24 * 30)
    clinic.save(patient, "madrs", MADRS, "day1", 1, ago=24 * 29)
    found = forecasts.history(clinic.course(patient))
    assert found.sessions[0].onboard == ("opioid-antagonist-oral",)
    assert "Not modeled in this forecast" not in text(clinic, patient, "course/")
    forecasts.want(clinic.actor(), patient)
    assert desk.work(forecast, _none, once=True) == 1
    for tail in ("course/", "plan/"):
        said = text(clinic, patient, tail)
        assert "Not modeled in this forecast:" in said
        assert "on board at 1 of 1 sessions, on the list now" in said
    assert any("not modeled" in n for n in forecasts.newest(patient).notes)  # type: ignore[union-attr]


def test_the_pages_load_no_forecast_engine() -> None:
    names = [m for m in sys.modules if m.startswith("crossblock.server.clinic")]
    for name in names:
        held = vars(sys.modules[name]).values()
        assert not [v for v in held if getattr(v, "__module__", "") == "crossblock.forecast.person"]
