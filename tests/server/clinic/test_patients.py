"""The patient's page: what is due, what is stored, the plan, and whether anybody watches."""

from crossblock.server import clock
from crossblock.server.clinic import house
from tests.server.clinic.conftest import QIDS, Clinic, fill
from tests.server.clinic.test_paging import text


def test_the_page_of_a_patient(clinic: Clinic) -> None:
    patient = clinic.ready()
    clinic.account(patient)
    clinic.session(patient, 1, ago=24)
    web = clinic.web("patient")
    page = web.get("/me/").content.decode()
    assert page.index("Nobody watches your answers") < page.index("QIDS-SR16")
    assert "back to work" in page
    saved = fill(web, f"/p/{patient.code}/f/day1/1/qids-sr16/", QIDS)
    receipt = web.get(saved["Location"]).content.decode()
    assert "saved" in receipt
    assert "Score" not in receipt
    assert "stored, filled" in web.get("/me/").content.decode()


def test_where_answers_are_watched_it_says_within_what_time(clinic: Clinic) -> None:
    file = clinic.folder / "clinic.toml"
    file.write_text("answers_monitored = true\n" + file.read_text())
    house.read.cache_clear()
    patient = clinic.ready()
    clinic.account(patient)
    web = clinic.web("patient")
    page = web.get(f"/p/{patient.code}/f/between/0/qids-sr16/").content.decode()
    assert "answers within 30 minutes" in page
    assert "Nobody watches" not in page
    assert web.get("/me/help/999/").status_code == 404


def test_the_page_holds_the_consent_as_signed_and_how_to_reach_the_clinic(clinic: Clinic) -> None:
    file = clinic.folder / "clinic.toml"
    file.write_text(file.read_text() + '[[contact]]\nwho = "Front desk"\nhow = "+49 30 1234"\n')
    house.read.cache_clear()
    patient = clinic.ready()
    clinic.account(patient)
    page = text(clinic.web("patient").get("/me/"))
    consent = page.split("Your consent")[1].split("Reaching")[0]
    assert clock.local(clinic.course(patient).last("consent").occurred, "UTC")[:4] in consent  # type: ignore[union-attr]
    assert "Told that long-term benefit and risk are not known: yes" in consent
    assert "Signed, and a copy handed over: yes" in consent
    assert "Front desk: +49 30 1234" in page.split("Reaching Example clinic")[1]


def test_before_the_consent_there_is_none_to_show(clinic: Clinic) -> None:
    patient = clinic.enroll()
    clinic.account(patient)
    page = text(clinic.web("patient").get("/me/"))
    assert "Your consent" not in page
    assert "Reaching Example clinic" in page
