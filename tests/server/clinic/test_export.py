"""The export: only those who agreed, days for dates, no text and no name."""

import csv
import io
import json
import zipfile

from crossblock.server.clinic import export
from crossblock.server.record.models import Event, Participant
from tests.server.clinic.conftest import CONSENT, MADRS, Clinic


def test_only_those_who_agreed_and_nothing_that_names_them(clinic: Clinic) -> None:
    codes = []
    for n in range(7):
        patient = clinic.ready()
        if n == 0:
            again = CONSENT | {"shares": "no"}
            clinic.save(patient, "consent", again, repeat=2, ago=24 * 300)
        clinic.session(patient, 1, ago=24 * 30)
        clinic.save(patient, "madrs", MADRS, "day1", 1, ago=24 * 29)
        codes.append(patient.code)
    page = clinic.web("lead").post("/export/")
    assert page.status_code == 200
    archive = zipfile.ZipFile(io.BytesIO(page.content))
    about = json.loads(archive.read("about.json"))
    assert (about["courses"], about["of"]) == (6, 7)
    text = archive.read("courses.csv").decode()
    rows = list(csv.DictReader(io.StringIO(text)))
    assert {r["course"] for r in rows} == {
        export.code_of(clinic.course(p)) for p in _patients(codes[1:])
    }
    dose = next(r for r in rows if r["what"].startswith("dose"))
    assert (dose["what"], dose["value"], dose["unit"]) == ("dose.ketamine.iv", "0.500", "mg/kg")
    after = [r for r in rows if r["what"] == "madrs" and float(r["day"]) > 0]
    assert {r["day"] for r in after} == {"1.0"}
    for secret in (*codes, "2026", "depression", "L1", "clinician", "back to work"):
        assert secret not in text
    assert Event.objects.filter(action="clinic.export").count() == 1


def _patients(codes: list[str]) -> list[Participant]:
    return list(Participant.objects.filter(code__in=codes))


def test_a_few_courses_are_not_handed_out(clinic: Clinic) -> None:
    patient = clinic.ready()
    clinic.session(patient, 1, ago=24 * 30)
    page = clinic.web("lead").post("/export/")
    about = json.loads(zipfile.ZipFile(io.BytesIO(page.content)).read("about.json"))
    assert about["courses"] == 0
    assert clinic.web().post("/export/").status_code == 404
