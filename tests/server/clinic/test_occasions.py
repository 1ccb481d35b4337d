"""Occasions: each required rating at each required time, and when it counts."""

from datetime import UTC, datetime, timedelta

import pytest

from crossblock.server.clinic import occasions
from crossblock.server.clinic.occasions import Occasion
from tests.server.clinic.conftest import MADRS, PLAN, QIDS, VITALS, Clinic

MONTH = {
    "craving": "0", "unsanctioned": "0", "more": "0", "missed": "0", "frequency": "0",
    "urgency": "0", "pain": "0", "blood": "no", "memory": "0",
}  # fmt: skip


def of(clinic: Clinic, patient: object, what: str) -> list[Occasion]:
    return [o for o in occasions.occasions(clinic.course(patient)) if o.what == what]  # type: ignore[arg-type]


def days(due: datetime | None) -> int:
    assert due is not None
    return round((due - datetime.now(UTC)) / timedelta(days=1))


def test_vital_signs_count_near_their_time(clinic: Clinic) -> None:
    patient = clinic.ready()
    clinic.save(patient, "dose", {"weight": 70.0, "dose": 35.0, "drug": "ketamine", "route": "iv"},
                "session", 1, ago=10)  # fmt: skip
    for repeat, minutes in enumerate((0.0, 5.0, 52.0, 90.0), start=1):
        clinic.save(patient, "session-vitals", VITALS | {"minutes": minutes}, "session", 1, repeat)
    assert occasions.vitals_kept(clinic.course(patient), 0) == 2


def test_only_the_last_session_waits_for_its_time(clinic: Clinic) -> None:
    patient = clinic.ready()
    clinic.session(patient, 1, ago=24 * 10)
    clinic.session(patient, 2, ago=1)
    settled, waiting = of(clinic, patient, "after.own")
    assert (settled.wanted, settled.kept, settled.due) == (1, 0, None)
    assert (waiting.kept, days(waiting.due)) == (0, 2)
    clinic.save(patient, "qids-sr16", QIDS, "day1", 2, ago=0.1)
    assert of(clinic, patient, "after.own")[1].kept == 1


@pytest.mark.parametrize(("ago", "kept"), [(24 * 3, 1), (24 * 8, 0), (24 * 12, 0)])
def test_a_rating_before_the_next_dose_is_in_the_week_before_it(
    clinic: Clinic, ago: float, kept: int
) -> None:
    patient = clinic.ready()
    clinic.session(patient, 1, ago=24 * 10)
    clinic.save(patient, "madrs", MADRS, "between", ago=ago)
    clinic.session(patient, 2, ago=1)
    (found,) = of(clinic, patient, "next.rating")
    assert (found.wanted, found.kept) == (1, kept)


def test_the_rating_of_the_day_after_is_not_the_one_before_the_next_dose(clinic: Clinic) -> None:
    patient = clinic.ready()
    clinic.session(patient, 1, ago=24 * 3)
    clinic.save(patient, "madrs", MADRS, "day1", 1, ago=24 * 2)
    clinic.session(patient, 2, ago=1)
    assert of(clinic, patient, "next.rating")[0].kept == 0


def test_every_four_weeks_until_the_course_ends(clinic: Clinic) -> None:
    patient = clinic.ready()
    clinic.session(patient, 1, ago=24 * 60)
    clinic.session(patient, 2, ago=24 * 1)
    clinic.save(patient, "monthly", MONTH, "between", 0, ago=24 * 40)
    settled, third = of(clinic, patient, "month.monthly")
    assert (settled.wanted, settled.kept) == (2, 1)
    assert (third.kept, days(third.due)) == (0, 24)  # 84 d; 112 d would be after 59 + 42 d


def test_a_plan_of_longer_intervals_holds_the_course_open(clinic: Clinic) -> None:
    patient = clinic.ready()
    clinic.session(patient, 1, ago=24 * 10)
    (found,) = of(clinic, patient, "six.stopped")
    assert (found.kept, days(found.due)) == (1, 32)
    review = (datetime.now(UTC) + timedelta(days=90)).date().isoformat()
    longer = PLAN | {"option": "space", "review": review}
    clinic.save(patient, "plan", longer, "plan", repeat=2)
    assert days(of(clinic, patient, "six.stopped")[0].due) in (90, 91)
