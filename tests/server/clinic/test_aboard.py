"""Classes on board: by the newest list until then; no list is not the same as none."""

from datetime import UTC, datetime, timedelta

from crossblock.server.clinic import aboard
from tests.server.clinic.conftest import Clinic

NALTREXONE = {"medicine1": "naltrexone 50 mg daily", "medicine2": "vitamin D from the garden shop"}


def test_a_list_holds_until_the_next_one(clinic: Clinic) -> None:
    patient = clinic.ready()
    clinic.session(patient, 1, ago=24 * 30)
    clinic.save(patient, "medicines", NALTREXONE, ago=24 * 25)
    clinic.session(patient, 2, ago=24 * 20)
    clinic.save(patient, "medicines", {"medicine1": "none"}, "between", ago=24 * 15)
    clinic.session(patient, 3, ago=24 * 10)
    course = clinic.course(patient)
    first, second, third = aboard.at_sessions(course)
    assert first is None
    assert second is not None
    assert (second.ids, second.unlisted) == (("opioid-antagonist-oral",), 1)
    assert third is not None
    assert (third.ids, third.unlisted) == ((), 0)
    (span,) = aboard.spans(course)
    assert span.until is not None
    assert round((span.until - span.since) / timedelta(days=1)) == 10
    (words,) = aboard.unmodeled(course, datetime.now(UTC))
    assert "on board at 1 of 3 sessions, no longer on the list" in words
    assert "garden" not in words


def test_what_is_still_taken_has_no_end(clinic: Clinic) -> None:
    patient = clinic.ready()
    clinic.session(patient, 1, ago=24 * 30)
    clinic.save(patient, "medicines", NALTREXONE, ago=24 * 2)
    clinic.save(patient, "medicines", NALTREXONE, "between", ago=24)
    course = clinic.course(patient)
    (span,) = aboard.spans(course)
    assert span.until is None
    assert datetime.now(UTC) - span.since > timedelta(days=1.5)
    assert "0 of 1 sessions, on the list now" in aboard.unmodeled(course, datetime.now(UTC))[0]
