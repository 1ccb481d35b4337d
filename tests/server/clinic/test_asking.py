"""What is asked before saving: against the whole record, settled by words that stand in it."""

from crossblock.server.clinic import asking
from crossblock.server.clinic.doubts import Doubt
from crossblock.server.record.entries import Spot
from crossblock.server.record.models import Version
from tests.server.clinic.conftest import DIAGNOSIS, DOSE, Clinic, fill
from tests.server.clinic.test_fill import text

ASKED = {"dose": Doubt(words="350 mg?", text="350"), "start": Doubt(words="over it?", reason=True)}


def test_a_word_settles_only_what_it_was_for() -> None:
    assert asking.settled(ASKED, {"sure-dose": "355", "sure-start": "yes"}) == {}
    post = {"sure-dose": "350", "sure-start": "yes", "why-start": "seen by the cardiologist"}
    assert asking.settled(ASKED, post) == {
        "dose": {"asked": "350 mg?"},
        "start": {"asked": "over it?", "reason": "seen by the cardiologist"},
    }
    assert set(asking.settled(ASKED, post | {"why-start": "x" * 2000})) == {"dose"}


def test_a_form_is_not_measured_against_itself(clinic: Clinic) -> None:
    patient = clinic.ready()
    clinic.session(patient, 1, ago=30)
    before = asking.before(clinic.course(patient), Spot(form="dose", visit="session", period=1))
    assert before.doses == {}
    assert before.weight == 70.0  # of the intake
    later = asking.before(clinic.course(patient), Spot(form="dose", visit="session", period=2))
    assert later.doses == {("ketamine", "iv"): (0.5,)}


def test_pounds_at_the_intake_are_asked_about(clinic: Clinic) -> None:
    patient = clinic.enroll()
    typed = DIAGNOSIS | {"height": 172.0, "weight": 154.0}
    page = fill(clinic.web(), f"/p/{patient.code}/f/intake/0/diagnosis/", typed)
    assert page.status_code == 422
    assert "154 pounds would be 69.9 kg" in text(page)
    assert not Version.objects.exists()


def test_one_nasal_session_does_not_set_the_infusion(clinic: Clinic) -> None:
    patient = clinic.ready()
    clinic.session(patient, 1, ago=100, drug="esketamine", route="nasal", dose=280.0)
    path = f"/p/{patient.code}/f/session/2/dose/"
    page = fill(clinic.web(), path, DOSE | {"dose": 350.0})
    assert page.status_code == 422
    assert "10 times 0.5 mg/kg, the reference for intravenous racemic ketamine" in text(page)
    assert "clinic.toml, usual_mg_per_kg" in text(page)
    assert fill(clinic.web(), path, DOSE).status_code == 302
