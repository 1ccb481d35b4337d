"""Pictures say in their title what they show, share one time axis, and carry their numbers."""

import re
from datetime import UTC, datetime

import pytest

from crossblock.server.clinic.forecasts import Forecast
from crossblock.server.clinic.trajectory import across, enlarged, main, pictures
from tests.server.clinic.conftest import MADRS, QIDS, Clinic

FORECAST = Forecast(
    made=datetime(2026, 1, 1, tzinfo=UTC),
    with_session=((2.0, 6.0, 9.0, 12.0, 15.0, 18.0), (30.0, 2.0, 6.0, 14.0, 20.0, 28.0)),
    without=((2.0, 6.0, 9.0, 12.0, 15.0, 18.0), (30.0, 8.0, 14.0, 20.0, 26.0, 34.0)),
    next_day=3.0,
    points=(5.0, 1.0, 9.0),
    days=(20.0, 10.0),
    stories={"stable": 1.0},
    notes=(),
)


def test_the_title_is_the_finding(clinic: Clinic) -> None:
    patient = clinic.ready()
    assert pictures(clinic.course(patient)) == ()
    clinic.session(patient, 1, ago=100)
    low = MADRS | {f"item{i}": 0.0 for i in range(1, 6)}
    clinic.save(patient, "madrs", low, "day1", 1, ago=76)
    (found,) = pictures(clinic.course(patient))
    assert found.title == "MADRS: from 27 before the first session to 12 now (remission)"
    assert [v for _, v in found.rows] == ["27", "12"]
    assert "response at 13.5 or less, remission at 12 or less" in found.how
    assert "MADRS total, points (lower is better)" in found.svg


def test_pictures_of_a_page_share_their_axis_and_the_forecast_says_what_it_is(
    clinic: Clinic,
) -> None:
    patient = clinic.ready()
    clinic.session(patient, 1, ago=100)
    clinic.save(patient, "madrs", MADRS, "day1", 1, ago=52)
    clinic.save(patient, "qids-sr16", QIDS, "day1", 1, ago=76)
    known = clinic.course(patient)
    first, last = across(known, FORECAST)
    assert first == pytest.approx(100 / 24 - 400, abs=0.1)
    assert last == 30.0
    both = pictures(known, forecast=FORECAST)
    assert [p.form for p in both] == ["madrs", "qids-sr16"]
    ticks = [re.findall(r'x="(\S+)" y="250" text-anchor="middle"', p.svg) for p in both]
    assert len(ticks[0]) > 3
    assert ticks[0] == ticks[1]
    assert [p.svg.count('class="middle"') for p in both] == [2, 0]
    near = enlarged(known, FORECAST)
    assert near.columns == ("Day", "With a session: middle (95 %)", "Without: middle (95 %)")
    assert near.rows[1] == ("day 30", "14 (2 to 28)", "20 (8 to 34)")
    assert "with a session on day 3" in near.how


def test_a_course_is_read_by_the_first_instrument_that_has_a_course(clinic: Clinic) -> None:
    patient = clinic.ready()
    assert main(clinic.course(patient)) == ()
    clinic.session(patient, 1, ago=100)
    clinic.save(patient, "phq9", {f"item{i}": 1.0 for i in range(1, 10)}, "between", 0, 1, ago=60)
    clinic.save(patient, "phq9", {f"item{i}": 0.0 for i in range(1, 10)}, "between", 0, 2, ago=40)
    assert [p.form for p in main(clinic.course(patient))] == ["phq9"]
    clinic.save(patient, "madrs", MADRS, "day1", 1, ago=76)
    assert [p.form for p in main(clinic.course(patient))] == ["madrs"]
