"""The patient's page: what is due, what is stored, the plan, and whether anybody watches."""

from crossblock.server.clinic import house
from tests.server.clinic.conftest import QIDS, Clinic, fill


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
