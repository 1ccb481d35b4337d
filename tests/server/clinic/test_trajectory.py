"""Pictures say in their title what they show, and carry their numbers."""

from crossblock.server.clinic.trajectory import pictures
from tests.server.clinic.conftest import MADRS, Clinic


def test_the_title_is_the_finding(clinic: Clinic) -> None:
    patient = clinic.ready()
    assert pictures(clinic.course(patient)) == ()
    clinic.session(patient, 1, ago=100)
    low = MADRS | {f"item{i}": 0.0 for i in range(1, 6)}
    clinic.save(patient, "madrs", low, "day1", 1, ago=76)
    (found,) = pictures(clinic.course(patient))
    assert found.title == "MADRS: from 27 before the first session to 12 now (remission)"
    assert [v for _, v in found.rows] == ["27", "12"]
