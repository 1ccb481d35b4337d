"""The quality board counts what the record holds."""

from crossblock.server.clinic import quality
from tests.server.clinic.conftest import Clinic


def test_shares(clinic: Clinic) -> None:
    clinic.enroll()
    patient = clinic.ready()
    clinic.session(patient, 1, ago=100)
    rows = {s.words: (s.part, s.whole) for s in quality.board()}
    assert rows["Diagnosis by structured interview"] == (1, 2)
    assert rows["Whole baseline before the first dose"] == (1, 1)
    assert rows["Vital signs at every fixed time"] == (3, 3)
    assert rows["A rating the day after"] == (0, 1)
    assert rows["Sessions by override"] == (0, 1)


def test_nobody_is_no_share(clinic: Clinic) -> None:
    assert {s.percent for s in quality.board()} == {"–"}
    assert quality.overrides() == []
    assert quality.unanswered() == 0
