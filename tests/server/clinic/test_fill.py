"""Bad input: nothing is lost, nothing is silently accepted."""

from html import unescape
from typing import Any

import pytest

from crossblock.server.record.models import Version
from tests.server.clinic.conftest import (
    DIAGNOSIS,
    DOSE,
    MADRS,
    VITALS,
    Clinic,
    fill,
    hidden,
    local,
)


def text(page: Any) -> str:
    return unescape(page.content.decode())


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"systolic": "400"}, "400 is not possible here"),
        ({"systolic": "80", "diastolic": "120"}, "were the two exchanged"),
        ({"oxygen": "101"}, "101 is not possible here"),
        ({"oxygen": "ninety"}, "in digits"),
        ({"alertness": "9"}, "Choose one of the answers"),
    ],
)
def test_impossible_vital_signs(clinic: Clinic, change: dict[str, str], words: str) -> None:
    patient = clinic.ready()
    clinic.save(patient, "dose", DOSE, "session", 1)
    page = fill(clinic.web(), f"/p/{patient.code}/f/session/1/session-vitals/", VITALS | change)
    assert page.status_code == 422
    assert words in text(page)
    for value in change.values():
        if value != "9":
            assert f'value="{value}"' in text(page)
    assert not Version.objects.filter(entry__form="session-vitals").exists()
    again = text(clinic.web().get(f"/p/{patient.code}/f/session/1/session-vitals/"))
    assert "Your draft is back" in again


def test_ten_times_the_usual_dose_asks_and_spells_it_out(clinic: Clinic) -> None:
    patient = clinic.ready()
    path = f"/p/{patient.code}/f/session/1/dose/"
    page = fill(clinic.web(), path, DOSE | {"dose": 350.0})
    assert page.status_code == 422
    assert "350 mg (three hundred fifty milligrams) is 5.00 mg/kg" in text(page)
    assert not Version.objects.filter(entry__form="dose").exists()
    wrong = fill(clinic.web(), path, DOSE | {"dose": 355.0}, **{"sure-dose": "350"})
    assert wrong.status_code == 422  # the word was for another number
    sure = fill(clinic.web(), path, DOSE | {"dose": 350.0}, **{"sure-dose": "350"})
    assert sure.status_code == 302
    assert '"sure":["dose"]' in Version.objects.get(entry__form="dose").content


def test_a_weight_in_pounds(clinic: Clinic) -> None:
    patient = clinic.ready()
    page = fill(clinic.web(), f"/p/{patient.code}/f/session/1/dose/", DOSE | {"weight": 154.0})
    assert page.status_code == 422
    assert "154 pounds would be 69.9 kg" in text(page)
    typed = DOSE | {"weight": "154 lb"}
    page = fill(clinic.web(), f"/p/{patient.code}/f/session/1/dose/", typed)
    assert "a number from 25 to 300 kg" in text(page)
    assert "154 lb" in text(page)


def test_a_session_dated_tomorrow(clinic: Clinic) -> None:
    patient = clinic.ready()
    path = f"/p/{patient.code}/f/session/1/dose/"
    page = fill(clinic.web(), path, DOSE, occurred=local(-24))
    assert page.status_code == 422
    assert "has not come yet" in text(page)
    assert 'value="35"' in text(page)
    assert not Version.objects.filter(entry__form="dose").exists()
    none = fill(clinic.web(), path, DOSE, occurred="soon")
    assert "When did it take place" in text(none)


def test_a_half_filled_questionnaire(clinic: Clinic) -> None:
    patient = clinic.enroll()
    path = f"/p/{patient.code}/f/intake/0/madrs/"
    half = {k: v for k, v in MADRS.items() if k not in ("item4", "item7")}
    page = fill(clinic.web(), path, half)
    assert page.status_code == 422
    assert "2 not answered" in text(page)
    kept = fill(clinic.web(), path, half, incomplete="yes")
    assert kept.status_code == 302
    saved = text(clinic.web().get(kept["Location"]))
    assert "Half filled: 2 left out" in saved
    gate = text(clinic.web().get(f"/p/{patient.code}/"))
    assert "A whole baseline rating by a clinician" in gate


def test_two_people_at_once_lose_nothing(clinic: Clinic) -> None:
    patient = clinic.enroll()
    path = f"/p/{patient.code}/f/intake/0/madrs/"
    web = clinic.web()
    first, second = hidden(web.get(path)), hidden(web.get(path))

    def send(keys: dict[str, str], answers: dict[str, float]) -> Any:
        typed = {f"q-{k}": f"{v:g}" for k, v in answers.items()}
        return web.post(path, {**keys, **typed, "occurred": local()})

    assert send(first, MADRS).status_code == 302
    clash = send(second, MADRS | {"item1": 5.0})
    assert clash.status_code == 409
    assert "Nothing was overwritten" in text(clash)
    assert send(first, MADRS).status_code == 302  # the same form twice is one version
    assert Version.objects.filter(entry__form="madrs").count() == 1


def test_a_draft_is_kept_as_it_is_typed(clinic: Clinic) -> None:
    patient = clinic.enroll()
    path = f"/p/{patient.code}/f/intake/0/diagnosis/"
    kept = clinic.web().post(f"{path}draft/", {"q-diagnosis": "depression, to be"})
    assert "Draft kept" in text(kept)
    assert "depression, to be" in text(clinic.web().get(path))


def test_a_correction_needs_its_reason(clinic: Clinic) -> None:
    patient = clinic.enroll()
    path = f"/p/{patient.code}/f/intake/0/diagnosis/"
    assert fill(clinic.web(), path, DIAGNOSIS).status_code == 302
    page = fill(clinic.web(), path, DIAGNOSIS | {"comorbidity": "asthma"})
    assert page.status_code == 422
    assert "needs its reason" in text(page)
    done = fill(clinic.web(), path, DIAGNOSIS | {"comorbidity": "asthma"}, reason="found later")
    assert done.status_code == 302
    assert Version.objects.filter(entry__form="diagnosis").count() == 2


@pytest.mark.parametrize(
    "tail", ["f/intake/0/nothing/", "f/plan/0/madrs/", "f/session/0/dose/", "f/intake/3/madrs/"]
)
def test_forms_that_are_not_there(clinic: Clinic, tail: str) -> None:
    patient = clinic.ready()
    assert clinic.web().get(f"/p/{patient.code}/{tail}").status_code == 404


def test_no_session_is_skipped_or_repeated(clinic: Clinic) -> None:
    patient = clinic.ready()
    page = fill(clinic.web(), f"/p/{patient.code}/f/session/2/dose/", DOSE)
    assert "the next session is 1" in text(page).lower()
    page = fill(clinic.web(), f"/p/{patient.code}/f/session/1/session-vitals/", VITALS)
    assert "enter the dose first" in text(page).lower()
