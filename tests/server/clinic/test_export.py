"""The export: only those who agreed, days for dates, no text and no name."""

import csv
import io
import json
import zipfile
from pathlib import Path

from crossblock.domain.history import checked
from crossblock.exposure.arrival import arriving
from crossblock.load.compound import compound
from crossblock.load.evidence import read as read_evidence
from crossblock.load.history import history
from crossblock.load.weighing import added, outcome, shipped
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


def test_forecast_and_weigh_read_what_is_handed_out(clinic: Clinic, tmp_path: Path) -> None:
    """A response of 3 in 6 on the day after goes into rows and a study that `weigh` takes."""
    low = dict.fromkeys(MADRS, 0.0)
    for n in range(6):
        patient = clinic.ready()
        clinic.session(patient, 1, ago=24 * 30)
        clinic.save(patient, "madrs", low if n < 3 else MADRS, "day1", 1, ago=24 * 29)
        clinic.session(patient, 2, ago=24 * 27)
    archive = zipfile.ZipFile(io.BytesIO(clinic.web("lead").post("/export/").content))
    archive.extractall(tmp_path)
    people = sorted((tmp_path / "people").glob("*.csv"))
    assert len(people) == 6
    found = [history(file, baseline=None) for file in people]
    assert {h.baseline for h in found} == {float(sum(MADRS.values()))}
    assert [len(h.sessions) for h in found] == [2] * 6
    assert sorted(h.ratings[0].score or 0.0 for h in found)[:3] == [0.0] * 3
    rows = read_evidence(tmp_path / "evidence.csv")
    assert rows.refused == ()
    studies = added(tmp_path / "studies.toml", shipped())
    mine = next(s for s in studies.studies if s.id == "clinic-courses")
    assert float(outcome(mine, rows).value[0, 0]) == 0.5
    assert mine.arms[0].n == 6
    text = (tmp_path / "courses.csv").read_text()
    assert text.count("consent.deidentified,yes") == 6


def test_without_ratings_there_is_no_study(clinic: Clinic, tmp_path: Path) -> None:
    for _ in range(5):
        clinic.session(clinic.ready(), 1, ago=24 * 30)
    archive = zipfile.ZipFile(io.BytesIO(clinic.web("lead").post("/export/").content))
    archive.extractall(tmp_path)
    assert added(tmp_path / "studies.toml", shipped()) == shipped()
    assert read_evidence(tmp_path / "evidence.csv").rows == ()


def _archive(clinic: Clinic, folder: Path) -> dict[str, object]:
    archive = zipfile.ZipFile(io.BytesIO(clinic.web("lead").post("/export/").content))
    archive.extractall(folder)
    return dict(json.loads(archive.read("about.json")))


def test_every_person_file_can_be_read_and_what_has_none_says_why(
    clinic: Clinic, tmp_path: Path
) -> None:
    """Sprays leave in mg; a route without sourced numbers and a course without MADRS are named."""
    spray = {"drug": "esketamine", "route": "nasal", "dose": 56.0, "minutes": 0.0}
    given = (spray, {"drug": "esketamine", "route": "im"}, {}, {}, {})
    for dose in given:
        patient = clinic.ready()
        clinic.session(patient, 1, ago=24 * 30, **dose)
        clinic.save(patient, "madrs", MADRS, "day1", 1, ago=24 * 29)
    about = _archive(clinic, tmp_path)
    (left_out,) = about["no_person_file"]  # type: ignore[misc]
    assert "esketamine by the im route has no sourced numbers" in left_out["why"]
    files = sorted((tmp_path / "people").glob("*.csv"))
    assert len(files) == 4
    assert left_out["course"] not in {f.stem for f in files}
    for file in files:
        found = history(file, baseline=None)
        for session in found.sessions:
            arriving(compound(session.drug), session.dose)
    text = (tmp_path / "courses.csv").read_text()
    assert "dose.esketamine.nasal,56,mg" in text
    assert "0.800" not in text  # the same dose a kg would give the weight


def test_medicines_leave_as_classes(clinic: Clinic, tmp_path: Path) -> None:
    lists = ("naltrexone 50 mg daily", "none", "sertraline from Doctor Secret", "", "")
    for words in lists:
        patient = clinic.ready()
        if words:
            clinic.save(patient, "medicines", {"medicine1": words}, ago=24 * 40)
        clinic.session(patient, 1, ago=24 * 30)
        clinic.save(patient, "madrs", MADRS, "day1", 1, ago=24 * 29)
    _archive(clinic, tmp_path)
    rows = list(csv.DictReader(io.StringIO((tmp_path / "courses.csv").read_text())))
    beside = sorted(r["what"] for r in rows if r["what"].startswith(("onboard", "medicine")))
    assert beside == [
        "medicine.opioid-antagonist-oral.from", "onboard.none", "onboard.none",
        "onboard.not-in-catalog", "onboard.opioid-antagonist-oral", "onboard.unknown",
        "onboard.unknown",
    ]  # fmt: skip
    assert next(r["day"] for r in rows if r["what"].endswith(".from")) == "-10.0"
    found = [history(f, baseline=None) for f in sorted((tmp_path / "people").glob("*.csv"))]
    assert sorted(h.sessions[0].onboard for h in found)[-1] == ("opioid-antagonist-oral",)
    (flagged,) = [h for h in found if h.sessions[0].onboard]
    assert any("opioid antagonist oral on board at 1 of 1" in f for f in checked(flagged))
    assert "Secret" not in "".join(f.read_text() for f in tmp_path.rglob("*.csv"))
    assert read_evidence(tmp_path / "evidence.csv").refused == ()
