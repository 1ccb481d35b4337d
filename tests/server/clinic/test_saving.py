"""Saving: one door, one key one act, and the tally beside it."""

import pytest
from django.db.models import Sum

from crossblock.core.errors import CrossblockError
from crossblock.server import study
from crossblock.server.clinic import saving
from crossblock.server.clinic.models import Mark, Tally
from crossblock.server.record.audit import verify
from tests.server.clinic.conftest import MADRS, QIDS, Clinic


def test_the_chain_holds_the_clinics_rows(clinic: Clinic) -> None:
    patient = clinic.ready()
    clinic.session(patient, 1, ago=30)
    assert verify(study.current()).faults == []


def test_the_same_on_postgresql(clinic_pg: Clinic) -> None:
    patient = clinic_pg.ready()
    clinic_pg.session(patient, 1, ago=30)
    clinic_pg.save(patient, "qids-sr16", QIDS | {"item12": 2.0}, "day1", 1, ago=6)
    assert verify(study.current()).faults == []
    assert Tally.objects.get(participant=patient).sessions == 1
    assert clinic_pg.web().get(f"/p/{patient.code}/course/").status_code == 200
    assert clinic_pg.web("lead").get("/quality/").status_code == 200


def test_the_tally_is_what_the_course_says(clinic: Clinic) -> None:
    patient = clinic.ready()
    for n in range(1, 8):
        clinic.session(patient, n, ago=24 * (60 - 3 * n))
        score = MADRS | {f"item{i}": 0.0 for i in range(1, 8)} if n > 3 else MADRS
        clinic.save(patient, "madrs", score, "day1", n, ago=24 * (59 - 3 * n))
    row = Tally.objects.get(participant=patient)
    assert (row.basis, row.baseline, row.planned, row.shares) == (True, True, True, True)
    assert (row.sessions, row.consent, row.alarms) == (7, True, 0)
    sums = Mark.objects.filter(tally=row).values_list("what").annotate(Sum("kept"), Sum("wanted"))
    found = {what: (kept, wanted) for what, kept, wanted in sums}
    assert found["session.vitals"] == (21, 21)
    assert found["after.clinician"] == (7, 7)
    assert found["six.responded"] == (1, 1)
    assert found["six.stopped"] == (0, 1)


def test_one_key_is_one_patient(clinic: Clinic) -> None:
    first = saving.enroll(clinic.actor(), "SAMEKEYSAMEKEY")
    assert saving.enroll(clinic.actor(), "SAMEKEYSAMEKEY").pk == first.pk
    with pytest.raises(CrossblockError):
        saving.enroll(clinic.actor("nurse"), "OTHERKEY")


def test_a_patient_cannot_fill_a_clinicians_form(clinic: Clinic) -> None:
    patient = clinic.ready()
    clinic.account(patient)
    with pytest.raises(CrossblockError):
        clinic.save(patient, "madrs", MADRS, "between", by="patient")
    with pytest.raises(CrossblockError):
        clinic.save(clinic.ready(), "qids-sr16", QIDS, "between", by="patient")
