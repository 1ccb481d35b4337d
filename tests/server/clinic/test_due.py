"""What is due, from the course and the clock."""

from datetime import UTC, datetime, timedelta

from crossblock.server.clinic import due
from tests.server.clinic.conftest import QIDS, Clinic

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
    assert later == ["qids-sr16", "monthly"]


def test_every_due_form_opens(clinic: Clinic) -> None:
    patient = clinic.ready()
    clinic.session(patient, 1, ago=24)
    known = clinic.course(patient)
    rows = [*due.own(known, NOW), *due.after(known, NOW), *(d for d, _ in due.intake(known)),
            *(d for d, _ in due.session(known, 1))]  # fmt: skip
    assert [d.path for d in rows if clinic.web().get(d.path).status_code != 200] == []
