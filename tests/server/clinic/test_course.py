"""The course as it is read from the record: newest versions, sessions in order, response."""

from tests.server.clinic.conftest import DOSE, MADRS, QIDS, Clinic, fill


def test_the_newest_version_counts(clinic: Clinic) -> None:
    patient = clinic.enroll()
    path = f"/p/{patient.code}/f/intake/0/madrs/"
    fill(clinic.web(), path, MADRS)
    fill(clinic.web(), path, MADRS | {"item1": 6.0}, reason="misread")
    (found,) = clinic.course(patient).all("madrs")
    assert (found.number, found.total, found.whole) == (2, 30.0, True)


def test_sessions_in_order_with_dose_per_kg(clinic: Clinic) -> None:
    patient = clinic.ready()
    clinic.session(patient, 1, ago=200)
    clinic.session(patient, 2, ago=100, dose=70.0)
    known = clinic.course(patient)
    assert [s.number for s in known.sessions] == [1, 2]
    assert [s.mg_per_kg for s in known.sessions] == [DOSE["dose"] / 70, 1.0]
    assert [len(s.vitals) for s in known.sessions] == [3, 3]
    assert known.sessions[1].discharge is not None


def test_response_is_half_of_the_baseline_after_so_many_sessions(clinic: Clinic) -> None:
    patient = clinic.ready()
    assert clinic.course(patient).responded_after(1) is None
    clinic.session(patient, 1, ago=100)
    assert clinic.course(patient).responded_after(1) is None  # not rated since
    clinic.save(patient, "madrs", MADRS | {f"item{i}": 0.0 for i in range(1, 6)}, "day1", 1, ago=76)
    known = clinic.course(patient)
    assert known.baseline("madrs") == 27.0
    assert known.responded_after(1) is True  # 12 of 27
    assert known.rated_by == "madrs"


def test_without_a_clinicians_rating_the_patients_own_is_read(clinic: Clinic) -> None:
    patient = clinic.ready()
    clinic.session(patient, 1, ago=100)
    clinic.save(patient, "qids-sr16", QIDS, "day1", 1, ago=76)
    assert clinic.course(patient).rated_by == "qids-sr16"
