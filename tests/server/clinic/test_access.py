"""Own patients only, oneself only, everything noted; what is not one's own does not exist."""

import json

import pytest
from django.test import Client

from crossblock.core.errors import CrossblockError
from crossblock.server.clinic import access, saving
from crossblock.server.clinic.access import Act
from crossblock.server.record.models import Event
from tests.server.clinic.conftest import MADRS, PASSWORD, Clinic, hidden, local

TAILS = ("", "course/", "plan/", "summary/", "onboard/", "care/", "f/intake/0/madrs/",
         "f/between/0/qids-sr16/")  # fmt: skip


def test_a_clinician_sees_own_patients_and_nobody_elses(clinic: Clinic) -> None:
    mine, theirs = clinic.enroll(), clinic.enroll("clinician-2")
    web = clinic.web()
    page = web.get("/").content.decode()
    assert mine.code in page
    assert theirs.code not in page
    for tail in TAILS:
        assert web.get(f"/p/{mine.code}/{tail}").status_code == 200, tail
        refused = web.get(f"/p/{theirs.code}/{tail}")
        nobody = web.get(f"/p/C-NOBODY22/{tail}")
        assert (refused.status_code, nobody.status_code) == (404, 404), tail
        assert len(refused.content) == len(nobody.content)
    events = Event.objects.filter(action="page.refused", actor=clinic.person("clinician-1").ref)
    assert events.count() >= len(TAILS)


def test_a_patient_sees_only_themselves(clinic: Clinic) -> None:
    me, other = clinic.ready(), clinic.ready()
    clinic.account(me)
    web = clinic.web("patient")
    assert web.get("/me/").status_code == 200
    assert web.get(f"/p/{me.code}/summary/").status_code == 200
    assert web.get(f"/p/{me.code}/f/between/0/qids-sr16/").status_code == 200
    closed = [f"/p/{other.code}/summary/", f"/p/{other.code}/f/between/0/qids-sr16/",
              f"/p/{me.code}/", f"/p/{me.code}/course/", f"/p/{me.code}/plan/",
              f"/p/{me.code}/care/", f"/p/{me.code}/f/intake/0/madrs/",
              f"/p/{me.code}/f/intake/0/diagnosis/", "/quality/", "/export/", "/risk/", "/people/",
              "/audit/"]  # fmt: skip
    assert [p for p in closed if web.get(p).status_code != 404] == []
    version = clinic.save(me, "diagnosis", {"diagnosis": "x"}, "intake", repeat=2).version
    assert web.get(f"/p/{me.code}/saved/{version.pk}/").status_code == 404


@pytest.mark.parametrize("name", ["lead", "admin-1"])
def test_counts_do_not_open_patients(clinic: Clinic, name: str) -> None:
    patient = clinic.enroll()
    web = clinic.web(name)
    assert [t for t in TAILS if web.get(f"/p/{patient.code}/{t}").status_code != 404] == []
    assert web.get("/quality/").status_code == (200 if name == "lead" else 404)


def test_nobody_gets_in_without_signing_in(clinic: Clinic) -> None:
    patient = clinic.enroll()
    web = clinic.web()
    web.logout()
    for path in ("/", "/me/", "/quality/", f"/p/{patient.code}/", "/risk/", "/export/"):
        page = web.get(path)
        assert (page.status_code, page["Location"].split("?")[0]) == (302, "/accounts/login/")


def test_every_look_and_every_write_is_an_event(clinic: Clinic) -> None:
    patient = clinic.enroll()
    clinic.web().get(f"/p/{patient.code}/")
    clinic.web().get(f"/p/{patient.code}/course/")
    looks = Event.objects.filter(action="patient.look", participant=patient.code)
    assert looks.count() == 1  # once in ten minutes
    clinic.save(patient, "madrs", MADRS)
    event = Event.objects.get(action="clinic.save", participant=patient.code)
    assert event.actor == clinic.person("clinician-1").ref
    tables = {row[0] for row in json.loads(event.body)["rows"]}
    assert tables == {"record_entry", "record_version"}


def test_care_is_shared_and_ended_but_never_left_to_nobody(clinic: Clinic) -> None:
    patient = clinic.enroll()
    second = clinic.person("clinician-2")
    with pytest.raises(CrossblockError, match="may not write"):
        saving.share(clinic.actor("clinician-2"), patient, second, True, "")
    saving.share(clinic.actor(), patient, second, True, "holiday")
    assert access.sees(clinic.actor("clinician-2"), patient)
    saving.share(clinic.actor(), patient, clinic.person("clinician-1"), False, "moved")
    assert clinic.web().get(f"/p/{patient.code}/").status_code == 404
    with pytest.raises(CrossblockError, match="somebody must care"):
        saving.share(clinic.actor("clinician-2"), patient, second, False, "")


def test_a_form_without_its_token_changes_nothing(clinic: Clinic) -> None:
    patient = clinic.enroll()
    web = Client(enforce_csrf_checks=True, SERVER_NAME="127.0.0.1")
    web.force_login(clinic.person("clinician-1"))
    sent = {f"q-{k}": f"{v:g}" for k, v in MADRS.items()} | {"occurred": local(), "key": "a"}
    assert web.post(f"/p/{patient.code}/f/intake/0/madrs/", sent).status_code == 403
    assert not patient.entries.exists()


def test_what_is_typed_comes_back_as_text(clinic: Clinic) -> None:
    patient = clinic.enroll()
    web = clinic.web()
    path = f"/p/{patient.code}/f/intake/0/medicines/"
    sent = {
        **hidden(web.get(path)),
        "occurred": local(),
        "q-medicine1": "<script>alert(1)</script>",
    }
    where = web.post(path, sent)["Location"]
    for page in (web.get(where), web.get(path), web.get(f"/p/{patient.code}/")):
        assert b"<script>alert" not in page.content
        assert "unsafe" not in page["Content-Security-Policy"]


def test_the_second_factor_and_the_sign_in_page_open(clinic: Clinic) -> None:
    web = Client(SERVER_NAME="127.0.0.1")
    sent = {"login": "clinician-1@example.org", "password": PASSWORD}
    assert web.post("/accounts/login/", sent).status_code == 302
    assert web.post("/accounts/login/", {**sent, "password": "wrong"}).status_code in (200, 302)


def test_the_table_names_every_act() -> None:
    assert set(access.TABLE) == set(Act)
