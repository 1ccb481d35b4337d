"""What is due, from the course and the clock."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

from crossblock.server.clinic import due
from tests.server.clinic.conftest import DISCHARGE, DOSE, QIDS, VITALS, Clinic

NOW = datetime.now(UTC)


def test_intake_then_the_day_after_then_every_week_and_month(clinic: Clinic) -> None:
    patient = clinic.enroll()
    assert [d.form for d in due.own(clinic.course(patient), NOW)] == list(due.OWN_INTAKE)
    patient = clinic.ready()
    clinic.session(patient, 1, ago=24)
    known = clinic.course(patient)
    forms = [(d.form, d.visit) for d in due.own(known, NOW)]
    assert forms == [*((f, "day1") for f in due.OWN_AFTER), ("monthly", "between")]
    assert [d.form for d in due.after(known, NOW)] == list(due.AFTER_FORMS)
    clinic.save(patient, "qids-sr16", QIDS, "day1", 1)
    known = clinic.course(patient)
    assert "qids-sr16" not in [d.form for d in due.own(known, NOW)]
    later = [d.form for d in due.own(known, NOW + timedelta(days=8))]
    assert later == ["qids-sr16", "drug-liking", "ketamine-craving", "monthly"]


def test_before_the_next_dose_of_a_week_with_two(clinic: Clinic) -> None:
    patient = clinic.ready()
    clinic.session(patient, 1, ago=84)
    for form, answers in (("qids-sr16", QIDS), ("drug-liking", {"vas": 50.0})):
        clinic.save(patient, form, answers, "day1", 1, ago=60)
    known = clinic.course(patient)
    wanted = [*due.NEXT_FORMS, "urine-screen"]
    assert [d.form for d in due.before_next(known, NOW)] == wanted  # a day-1 rating is too old
    assert "qids-sr16" in [d.form for d in due.own(known, NOW)]
    clinic.save(patient, "qids-sr16", QIDS, "between", ago=1)
    known = clinic.course(patient)
    assert [d.form for d in due.before_next(known, NOW)] == wanted[1:]
    assert "qids-sr16" not in [d.form for d in due.own(known, NOW)]
    assert due.before_next(known, known.sessions[0].at + timedelta(hours=24)) == ()


def test_the_house_chooses_the_ratings(clinic: Clinic) -> None:
    patient = clinic.ready()
    clinic.session(patient, 1, ago=24)
    known = clinic.course(patient)
    house = known.house.model_copy(update={"own_rating": "phq9", "main_rating": "hamd17"})
    other = replace(known, house=house)
    assert [d.form for d in due.after(other, NOW)][:3] == ["hamd17", "cssrs-screener", "phq9"]
    assert "phq9" in [d.form for d in due.own(other, NOW)]
    for form in ("phq9", "hamd17", "cssrs-screener"):
        assert clinic.web().get(due.place(patient.code, "day1", 1, form)).status_code == 200


def test_what_past_sessions_lack_keeps_its_link(clinic: Clinic) -> None:
    patient = clinic.ready()
    clinic.session(patient, 1, ago=200)
    clinic.save(patient, "dose", DOSE, "session", 2, ago=100)
    bad = VITALS | {"oxygen": 70.0}
    clinic.save(patient, "session-vitals", bad, "session", 2, ago=100)
    clinic.save(patient, "discharge", DISCHARGE, "session", 2, ago=98)
    rows = {s.number: [d.words for d in found] for s, found in
            due.incomplete(clinic.course(patient))}  # fmt: skip
    assert rows == {
        2: ["action for the alarm at 0 min", "Session vitals (1 of 3)", "CADSS-6"],
        1: ["CADSS-6"],
    }
    page = clinic.web().get(f"/p/{patient.code}/").content.decode()
    for form in ("cadss6/", "session-vitals/1/", "session-vitals/"):
        assert f'href="/p/{patient.code}/f/session/2/{form}"' in page


def test_every_due_form_opens(clinic: Clinic) -> None:
    patient = clinic.ready()
    clinic.session(patient, 1, ago=24)
    known = clinic.course(patient)
    rows = [*due.own(known, NOW), *due.after(known, NOW), *(d for d, _ in due.intake(known)),
            *(d for d, _ in due.session(known, 1))]  # fmt: skip
    assert [d.path for d in rows if clinic.web().get(d.path).status_code != 200] == []
