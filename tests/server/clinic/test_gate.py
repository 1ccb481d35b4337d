"""The gate: shut until everything is there, opened by a reason that stands for good."""

from datetime import date

import pytest

from crossblock.core.errors import CrossblockError
from crossblock.server.clinic import gate
from crossblock.server.clinic.models import Override
from tests.server.clinic.conftest import CONSENT, DIAGNOSIS, DOSE, MADRS, PLAN, QIDS, Clinic


def keys(clinic: Clinic, patient: object) -> list[str]:
    return [m.key for m in gate.missing(clinic.course(patient))]  # type: ignore[arg-type]


def test_it_opens_step_by_step(clinic: Clinic) -> None:
    patient = clinic.enroll()
    assert keys(clinic, patient) == ["basis", "baseline", "baseline", "consent", "plan"]
    clinic.save(patient, "diagnosis", DIAGNOSIS | {"basis": "clinical"})
    assert keys(clinic, patient)[0] == "basis"  # an unstructured interview is no basis
    clinic.save(patient, "diagnosis", DIAGNOSIS, repeat=2)
    clinic.save(patient, "madrs", MADRS)
    clinic.save(patient, "qids-sr16", QIDS)
    assert keys(clinic, patient) == ["consent", "plan"]
    with pytest.raises(CrossblockError, match="gate is shut"):
        clinic.save(patient, "dose", DOSE, "session", 1)
    clinic.save(patient, "consent", CONSENT)
    clinic.save(patient, "plan", PLAN | {"together": "no"}, "plan")
    assert keys(clinic, patient) == ["plan"]
    clinic.save(patient, "plan", PLAN, "plan", repeat=2)
    assert keys(clinic, patient) == []
    clinic.save(patient, "dose", DOSE, "session", 1)


def test_a_passed_review_shuts_it_again(clinic: Clinic) -> None:
    patient = clinic.ready()
    later = gate.missing(clinic.course(patient), today=date(2100, 1, 1))
    assert [m.words for m in later] == ["A review of the long-term plan (its date has passed)"]


def test_an_override_needs_a_reason_and_shows_on_the_board(clinic: Clinic) -> None:
    patient = clinic.enroll()
    web = clinic.web()
    short = web.post(f"/p/{patient.code}/override/", {"reason": "now"})
    assert short.status_code == 409
    assert not Override.objects.exists()
    reason = "in danger tonight; interview booked for tomorrow"
    assert web.post(f"/p/{patient.code}/override/", {"reason": reason}).status_code == 302
    clinic.save(patient, "dose", DOSE, "session", 1)
    board = clinic.web("lead").get("/quality/").content.decode()
    assert reason in board
    assert "1 of 1" in board
    with pytest.raises(CrossblockError, match="gate is shut"):
        clinic.save(patient, "dose", DOSE, "session", 2, ago=0.01)


def test_a_nurse_cannot_override(clinic: Clinic) -> None:
    patient = clinic.enroll()
    with pytest.raises(CrossblockError, match="may not write"):
        gate.override(clinic.actor("nurse"), patient, clinic.course(patient), "because " * 5)
    assert clinic.web("nurse").post(f"/p/{patient.code}/override/", {}).status_code == 404
