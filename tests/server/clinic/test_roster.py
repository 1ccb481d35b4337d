"""The list of patients: every one can be reached, and what stands out is beside the code."""

import re
from datetime import UTC, datetime, timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from crossblock.server import clock
from crossblock.server.clinic import roster
from crossblock.server.clinic.models import Tally
from crossblock.server.record.models import Participant
from tests.server.clinic.conftest import MADRS, QIDS, Clinic


def codes(clinic: Clinic, query: str = "") -> list[str]:
    page = clinic.web().get(f"/{query}")
    assert page.status_code == 200
    return re.findall(r'<a href="/p/([A-Z0-9-]+)/">', page.content.decode())


def row(clinic: Clinic, patient: Participant, days: float = 0.0) -> roster.Row:
    now = datetime.now(UTC) + timedelta(days=days)
    found = roster.roster(clinic.actor(), patient.code, "1", now, [])
    assert len(found.rows) == 1
    return found.rows[0]


def test_every_patient_is_on_some_page_once(
    clinic: Clinic, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(roster, "ROWS", 3)
    mine = sorted(clinic.enroll().code for _ in range(7))
    clinic.enroll("clinician-2")
    pages = [codes(clinic, f"?page={n}") for n in (1, 2, 3)]
    assert [len(p) for p in pages] == [3, 3, 1]
    assert [c for p in pages for c in p] == mine
    text = clinic.web().get("/?page=2").content.decode()
    assert "7 patients, page 2 of 3" in text
    assert 'href="?page=3"' in text
    assert codes(clinic, "?page=99") == pages[2]
    assert codes(clinic, "?page=nonsense") == pages[0]


def test_search_finds_any_part_of_a_code(clinic: Clinic) -> None:
    mine, other = clinic.enroll(), clinic.enroll("clinician-2")
    third = clinic.enroll()
    assert codes(clinic, f"?q=%00%20{mine.code.lower()}") == [mine.code]
    assert codes(clinic, "?q=%00") == sorted([mine.code, third.code])
    assert codes(clinic, f"?q={other.code}") == []
    page = clinic.web().get("/?q=%3Cb%3E").content.decode()
    assert "None of your patients has" in page
    assert "<B>" not in page


def test_what_stands_out(clinic: Clinic) -> None:
    patient = clinic.enroll()
    assert row(clinic, patient).missing == ("diagnosis basis", "baseline", "consent", "plan")
    clinic.save(patient, "qids-sr16", QIDS | {"item12": 2.0})
    page = clinic.web().get("/").content.decode()
    assert "page of risk</span>" in page
    Tally.objects.filter(participant=patient).update(alarms=2, review="2020-01-01")
    assert row(clinic, patient).pressing == ("2 signals", "review overdue")


def test_what_is_due_now(clinic: Clinic) -> None:
    patient = clinic.ready()
    clinic.session(patient, 1, ago=1)
    assert row(clinic, patient).missing == ()
    assert row(clinic, patient).due == ()
    assert row(clinic, patient, days=1).due == ("day after",)
    assert row(clinic, patient, days=3).due == ()
    assert row(clinic, patient, days=22).due == ("monthly",)
    assert row(clinic, patient, days=29).due == ()
    with clock.pretending(datetime.now(UTC) + timedelta(days=1)):
        for form, answers in (("madrs", MADRS), ("qids-sr16", QIDS), ("drug-liking", {"vas": 1.0}),
                              ("ketamine-craving", {"vas": 1.0})):  # fmt: skip
            clinic.save(patient, form, answers, "day1", 1)
    assert row(clinic, patient, days=1).due == ()


def test_a_page_costs_as_many_queries_for_few_as_for_many(clinic: Clinic) -> None:
    def cost() -> int:
        with CaptureQueriesContext(
            connection,
        ) as held:
            clinic.web().get("/")
        return len(held)

    clinic.ready()
    clinic.web().get("/")
    few = cost()
    for _ in range(6):
        clinic.session(clinic.ready(), 1, ago=20)
    assert cost() == few
