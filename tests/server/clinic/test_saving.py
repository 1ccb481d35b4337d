"""Saving: one door, pages of risk to a named person, answers within a set time."""

from datetime import timedelta

import pytest
from django.db.models import Sum

from crossblock.core.errors import CrossblockError
from crossblock.server import study
from crossblock.server.clinic import saving
from crossblock.server.clinic.models import Acknowledgment, Mark, Page, Tally
from crossblock.server.record.audit import verify
from tests.server.clinic.conftest import MADRS, QIDS, Clinic, fill


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


def test_a_suicide_item_pages_the_named_person(clinic: Clinic) -> None:
    patient = clinic.enroll("clinician-2")
    saved = clinic.save(patient, "qids-sr16", QIDS | {"item12": 1.0}, by="clinician-2")
    assert saved.page is not None
    assert saved.page.to.email == "clinician-1@example.org"
    assert saved.page.until - saved.page.at == timedelta(minutes=30)
    named = clinic.web("clinician-1")
    assert patient.code in named.get("/risk/").content.decode()
    assert named.get(f"/risk/{saved.page.pk}/").status_code == 200
    short = named.post(f"/risk/{saved.page.pk}/", {"text": "ok"})
    assert short.status_code == 422
    done = named.post(f"/risk/{saved.page.pk}/", {"text": "Called at once; with family, safe."})
    assert done.status_code == 302
    assert Acknowledgment.objects.get().page_id == saved.page.pk
    with pytest.raises(CrossblockError, match="already"):
        saving.acknowledge(clinic.actor(), saved.page, "again, for good measure")


def test_only_a_raised_suicide_item_pages(clinic: Clinic) -> None:
    patient = clinic.enroll()
    assert clinic.save(patient, "madrs", MADRS).page is None
    assert clinic.save(patient, "madrs", MADRS | {"item10": 1.0}, repeat=2).page is not None
    assert clinic.save(patient, "cssrs-screener", {"item1": 1.0, "item2": 1.0}).page is not None


def test_a_page_of_risk_is_closed_to_others(clinic: Clinic) -> None:
    patient = clinic.enroll()
    page = clinic.save(patient, "qids-sr16", QIDS | {"item12": 3.0}).page
    assert page is not None
    assert clinic.web("clinician-2").get(f"/risk/{page.pk}/").status_code == 404
    with pytest.raises(CrossblockError):
        saving.acknowledge(clinic.actor("clinician-2"), page, "not mine to answer")


def test_the_patient_who_raises_it_sees_whom_to_call_first(clinic: Clinic) -> None:
    patient = clinic.ready()
    clinic.account(patient)
    web = clinic.web("patient")
    path = f"/p/{patient.code}/f/between/0/qids-sr16/"
    assert "Nobody watches these answers" in web.get(path).content.decode()
    where = fill(web, path, QIDS | {"item12": 3.0})["Location"]
    page = web.get(where).content.decode()
    assert page.index("112") < page.index("not watched at once")
    assert Page.objects.get().participant_id == patient.pk


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
