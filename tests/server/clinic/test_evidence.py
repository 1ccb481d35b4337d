"""A course as a table, and which first sessions count toward a response."""

import csv
import io

from crossblock.server.clinic import evidence
from tests.server.clinic.conftest import MADRS, Clinic


def test_a_person_has_a_row_for_each_rating_and_session_in_order(clinic: Clinic) -> None:
    patient = clinic.ready()
    clinic.session(patient, 1, ago=24 * 30)
    clinic.save(patient, "madrs", MADRS, "day1", 1, ago=24 * 29)
    rows = list(csv.DictReader(io.StringIO(evidence.person(clinic.course(patient)))))
    assert [r["day"] for r in rows] == ["-370.0", "0.0", "1.0"]
    assert rows[1]["dose"] == "0.500 mg/kg"
    assert rows[1]["duration"] == "40 min"
    assert rows[0]["score"] == rows[2]["score"] == f"{sum(MADRS.values()):g}"


def test_another_dose_or_no_rating_says_nothing_of_the_reference(clinic: Clinic) -> None:
    large, silent = clinic.ready(), clinic.ready()
    clinic.session(large, 1, ago=24 * 30, dose=70.0)
    clinic.save(large, "madrs", MADRS, "day1", 1, ago=24 * 29)
    clinic.session(silent, 1, ago=24 * 30)
    found = [clinic.course(p) for p in (large, silent)]
    assert evidence.evidence(found).count("\n") == 1
    assert "study = []" in evidence.studies(found)
