"""A patient's own account: made by who cares for them, opened by the patient alone."""

from crossblock.server.accounts.models import Person
from tests.server.accounts.test_invitation import MAKE, choose, shown, signs_in, text_of
from tests.server.clinic.conftest import Clinic


def test_a_patient_comes_in_by_code(clinic: Clinic) -> None:
    patient = clinic.ready()
    page = f"/p/{patient.code}/account/"
    assert page in clinic.web().get(f"/p/{patient.code}/").content.decode()
    choose(shown(clinic.web().post(page, MAKE)))
    own = signs_in(patient.code)
    assert own is not None
    assert own.get("/", follow=True).redirect_chain[-1][0] == "/me/"
    assert own.get(f"/p/{patient.code}/").status_code == 404


def test_nobody_else_opens_it(clinic: Clinic) -> None:
    patient = clinic.ready()
    page = f"/p/{patient.code}/account/"
    for name in ("clinician-2", "nurse", "lead", "admin-1"):
        assert clinic.web(name).post(page, MAKE).status_code == 404, name
    assert not Person.objects.filter(participant=patient).exists()


def test_an_administrator_invites_under_the_clinics_own_words(clinic: Clinic) -> None:
    web = clinic.web("admin-1")
    choose(shown(web.post("/people/", {"what": "invite", "email": "n@example.org"})))
    assert signs_in("n@example.org") is not None
    words = text_of(web.get("/people/"))
    assert "session nurse" in words
    assert "coordinator" not in words
    person = Person.objects.get(email="n@example.org")
    sent = {"what": "ask", "number": str(person.pk), "site": "", "reason": "joins"}
    assert web.post("/people/", {**sent, "role": "outcome rater"}).status_code == 422
