"""Findings: marked on the page, asked about before a session, never a prohibition."""

import pytest

from crossblock.server.clinic.findings import at_start, findings
from crossblock.server.record.models import Version
from tests.server.clinic.conftest import DIAGNOSIS, DOSE, Clinic, fill
from tests.server.clinic.test_fill import text

MONTH = {"craving": 0.0, "unsanctioned": 0.0, "more": 0.0, "missed": 0.0, "frequency": 0.0,
         "urgency": 0.0, "pain": 0.0, "blood": "no", "memory": 0.0}  # fmt: skip


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"pregnancy": "positive"}, "pregnancy test positive"),
        ({"psychosis": "yes"}, "psychosis, now or ever"),
        ({"mania": "yes"}, "mania or hypomania, now or ever"),
    ],
)
def test_a_finding_wants_a_reason_before_the_dose(
    clinic: Clinic, change: dict[str, str], words: str
) -> None:
    patient = clinic.ready()
    clinic.save(patient, "diagnosis", DIAGNOSIS | change, repeat=2, ago=24 * 300)
    assert words in text(clinic.web().get(f"/p/{patient.code}/")).lower()
    path = f"/p/{patient.code}/f/session/1/dose/"
    page = fill(clinic.web(), path, DOSE)
    assert page.status_code == 422
    assert f"Before this session begins: {words}" in text(page)
    assert fill(clinic.web(), path, DOSE, **{"sure-start": "yes"}).status_code == 422
    assert not Version.objects.filter(entry__form="dose").exists()
    why = {"sure-start": "yes", "why-start": "discussed with psychiatry and the patient"}
    assert fill(clinic.web(), path, DOSE, **why).status_code == 302
    (session,) = clinic.course(patient).sessions
    assert words in session.concerns[0]
    assert "discussed with psychiatry" in session.concerns[0]


def test_a_quiet_record_asks_nothing(clinic: Clinic) -> None:
    patient = clinic.ready()
    assert at_start(clinic.course(patient)) == ()
    assert fill(clinic.web(), f"/p/{patient.code}/f/session/1/dose/", DOSE).status_code == 302


def test_tests_before_the_first_dose(clinic: Clinic) -> None:
    patient = clinic.enroll()
    (said,) = at_start(clinic.course(patient))
    assert "ECG and liver tests" in said


def test_daily_use_from_elsewhere_is_marked(clinic: Clinic) -> None:
    patient = clinic.ready()
    clinic.save(patient, "monthly", MONTH | {"unsanctioned": 3.0, "blood": "yes"}, "between")
    page = text(clinic.web().get(f"/p/{patient.code}/"))
    assert "Ketamine from elsewhere daily in the four weeks before" in page
    assert "Blood in the urine" in page
    known = clinic.course(patient)
    assert [f.asked for f in findings(known)] == [True, False]
    clinic.save(patient, "monthly", MONTH, "between", repeat=2, ago=0.01)
    assert findings(clinic.course(patient)) == ()


def test_an_open_session_is_asked_about_before_the_next(clinic: Clinic) -> None:
    patient = clinic.ready()
    clinic.save(patient, "dose", DOSE, "session", 1, ago=100)
    page = fill(clinic.web(), f"/p/{patient.code}/f/session/2/dose/", DOSE)
    assert "session 1 has no discharge" in text(page)
    why = {"sure-start": "yes", "why-start": "left by himself, reached by phone the same day"}
    path = f"/p/{patient.code}/f/session/2/dose/"
    assert fill(clinic.web(), path, DOSE, **why).status_code == 302
    shown = text(clinic.web().get(f"/p/{patient.code}/"))
    assert f"/p/{patient.code}/f/session/1/discharge/" in shown  # the first did not disappear
