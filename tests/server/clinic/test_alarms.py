"""Alarms of vital signs: kept at once, in order when the action is noted, seen at discharge."""

import pytest

from crossblock.server.clinic import alarms
from crossblock.server.record.models import Version
from tests.server.clinic.conftest import DISCHARGE, DOSE, VITALS, Clinic, fill
from tests.server.clinic.test_fill import text

BAD = VITALS | {"minutes": 40.0, "systolic": 255.0, "diastolic": 150.0, "oxygen": 70.0,
                "breathing": 4.0}  # fmt: skip


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"systolic": 180.0}, "systolic"),
        ({"diastolic": 110.0}, "diastolic"),
        ({"oxygen": 92.0}, "oxygen"),
        ({"alertness": 3.0}, "loud calling"),
        ({"breathing": 8.0}, "breathing"),
    ],
)
def test_each_limit(change: dict[str, float], words: str) -> None:
    (said,) = alarms.raised(VITALS | change)
    assert words in said
    assert alarms.raised(VITALS) == ()


def test_values_in_alarm_are_kept_and_want_their_action(clinic: Clinic) -> None:
    patient = clinic.ready()
    clinic.save(patient, "dose", DOSE, "session", 1)
    web = clinic.web()
    sent = fill(web, f"/p/{patient.code}/f/session/1/session-vitals/", BAD)
    assert sent["Location"].endswith("/session-vitals/1/")
    assert Version.objects.filter(entry__form="session-vitals").count() == 1
    page = text(web.get(sent["Location"]))
    assert "The values are kept, and in alarm" in page
    assert "Oxygen at 92 % or less" in page
    patients_page = text(web.get(f"/p/{patient.code}/"))
    assert "no action noted yet" in patients_page
    assert f'href="{sent["Location"]}">Note the action for the alarm at 40 min' in patients_page
    assert "Out of the ordinary" not in patients_page  # said at the running session
    noted = fill(web, sent["Location"], BAD | {"action": "oxygen given, doctor at the bed"})
    assert "/session-vitals/" not in noted["Location"]
    newest = Version.objects.filter(entry__form="session-vitals").latest("number")
    assert (newest.number, newest.reason) == (2, "the action taken is noted")
    page = text(web.get(f"/p/{patient.code}/"))
    assert "no action noted yet" not in page
    assert "done: oxygen given, doctor at the bed" in page


def test_an_early_discharge_wants_its_reason(clinic: Clinic) -> None:
    patient = clinic.ready()
    clinic.save(patient, "dose", DOSE, "session", 1)
    clinic.save(patient, "session-vitals", BAD, "session", 1)
    path = f"/p/{patient.code}/f/session/1/discharge/"
    gone = {k: "no" for k, v in DISCHARGE.items() if v == "yes"} | {
        "ready": 5.0, "stayed": 5.0, "events": "respiratory arrest",
    }  # fmt: skip
    page = fill(clinic.web(), path, gone)
    assert page.status_code == 422
    for words in ("discharge after 5 min, before the 120 min", "answered no: fully oriented",
                  "last vital signs in alarm: oxygen", "no action noted for the alarm at 40 min",
                  "respiratory arrest"):  # fmt: skip
        assert words in text(page)
    again = fill(clinic.web(), path, gone, **{"sure-discharge": "yes", "why-discharge": "ok"})
    assert again.status_code == 422  # two letters are no reason
    assert not Version.objects.filter(entry__form="discharge").exists()
    why = {"sure-discharge": "yes", "why-discharge": "taken to the emergency room by ambulance"}
    assert fill(clinic.web(), path, gone, **why).status_code == 302
    shown = text(clinic.web().get(f"/p/{patient.code}/"))
    assert "Reason given: taken to the emergency room by ambulance" in shown
    (session,) = clinic.course(patient).sessions
    assert len(session.concerns) == 2


def test_a_plain_discharge_is_not_asked_about(clinic: Clinic) -> None:
    patient = clinic.ready()
    clinic.session(patient, 1, ago=5)
    assert clinic.course(patient).sessions[0].concerns == ()
    assert alarms.at_discharge(DISCHARGE, [BAD | {"action": "x" * 12}, VITALS | {"minutes": 90.0}],
                               120) == ()  # fmt: skip
    half = {k: v for k, v in DISCHARGE.items() if k not in ("safe", "stayed")}
    assert [w.partition(":")[0] for w in alarms.at_discharge(half, [], 120)] == [
        "not noted", "not answered",
    ]  # fmt: skip
