"""Calling outside this server: a real program, run by the worker, told nothing of the patient."""

import json
import sys
from datetime import timedelta
from pathlib import Path

import pytest

from crossblock.server import clock
from crossblock.server.clinic import calling, desk, forecasts, paging
from crossblock.server.clinic.models import Page
from crossblock.server.jobs.models import Job
from crossblock.server.record.models import Event
from tests.server.clinic.conftest import MADRS, Clinic
from tests.server.clinic.test_paging import text, toml

PROGRAM = """
import json, os, pathlib, sys
kept = pathlib.Path(sys.argv[1])
told = sys.stdin.read()
with kept.open("a") as file:
    file.write(json.dumps({"told": json.loads(told), "env": sorted(os.environ)}) + chr(10))
sys.exit(0 if len(kept.read_text().splitlines()) >= int(sys.argv[2]) else 3)
"""


@pytest.fixture
def kept(tmp_path: Path) -> Path:
    return tmp_path / "calls.jsonl"


def program(clinic: Clinic, kept: Path, works_from: int = 1) -> None:
    """Name a program that keeps what it is told, and works from its n-th run on."""
    file = kept.with_name("call.py")
    file.write_text(PROGRAM)
    command = [sys.executable, str(file), str(kept), str(works_from)]
    toml(clinic, page_command=json.dumps(command))


def raised(clinic: Clinic) -> Page:
    page = clinic.save(clinic.enroll(), "madrs", MADRS | {"item10": 4.0}).page
    assert page is not None
    return page


def work() -> int:
    def none(*asked: object) -> None:
        raise AssertionError("no forecast was asked for")

    return desk.work(none, none, once=True)  # type: ignore[arg-type]


def runs(kept: Path) -> list[dict[str, object]]:
    return [json.loads(line) for line in kept.read_text().splitlines()]


def test_the_program_is_told_of_the_page_and_nothing_of_the_patient(
    clinic: Clinic, kept: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("CROSSBLOCK_DATABASE", "postgres://web:secret@db/clinic")
    program(clinic, kept)
    page = raised(clinic)
    assert "waits for the worker" in text(clinic.web().get(f"/risk/{page.pk}/"))
    assert work() == 1
    (run,) = runs(kept)
    assert run["told"] == {
        "page": page.pk,
        "to": "clinician-1@example.org",
        "answer_by": clock.text(page.until),
        "path": f"/risk/{page.pk}/",
        "attempt": 1,
    }
    assert page.participant.code not in kept.read_text()
    assert "CROSSBLOCK_DATABASE" not in run["env"]  # type: ignore[operator]
    facts = json.loads(Event.objects.get(action="risk.call").body)["facts"]
    assert (facts["page"], facts["outcome"]) == (page.pk, "handed on")
    assert "handed on" in text(clinic.web().get(f"/risk/{page.pk}/"))


def test_a_call_that_fails_is_tried_again_a_minute_later(clinic: Clinic, kept: Path) -> None:
    program(clinic, kept, works_from=3)
    page = raised(clinic)
    now = clock.now()
    for minutes, done in ((0, 1), (0, 0), (2, 1), (4, 1), (6, 0)):
        with clock.pretending(now + timedelta(minutes=minutes)):
            assert work() == done, minutes
    assert [r["told"]["attempt"] for r in runs(kept)] == [1, 2, 3]  # type: ignore[index]
    outcomes = [json.loads(e.body)["facts"]["outcome"]
                for e in Event.objects.filter(action="risk.call").order_by("seq")]  # fmt: skip
    assert outcomes == ["failed: exit status 3"] * 2 + ["handed on"]
    assert calling.told(page.calls.get()) == "the call was handed on"


def test_a_call_is_given_up_after_three_tries_and_the_page_says_so(
    clinic: Clinic, kept: Path
) -> None:
    toml(clinic, page_command='["/no/such/program"]')
    page, now = raised(clinic), clock.now()
    for minutes in range(0, 20, 2):
        with clock.pretending(now + timedelta(minutes=minutes)):
            work()
    assert Job.objects.filter(kind=calling.KIND, state="failed").count() == calling.TRIES
    said = text(clinic.web().get(f"/risk/{page.pk}/"))
    assert "could not be started (FileNotFoundError), 3 of 3 tries" in said


def test_a_program_without_end_is_ended(
    clinic: Clinic, kept: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(calling, "LIMIT_S", 0.3)
    toml(clinic, page_command=json.dumps([sys.executable, "-c", "import time; time.sleep(60)"]))
    raised(clinic)
    assert work() == 1
    assert Job.objects.get().result == "failed: no end within 0.3 s"


def test_a_call_whose_worker_stopped_is_made_again(clinic: Clinic, kept: Path) -> None:
    program(clinic, kept)
    raised(clinic)
    Job.objects.update(state="running", taken=clock.now())
    assert work() == 0
    with clock.pretending(clock.now() + timedelta(minutes=3)):
        work()
    with clock.pretending(clock.now() + timedelta(minutes=5)):
        work()
    assert len(runs(kept)) == 1


def test_the_second_person_is_called_too_and_an_answered_page_calls_nobody(
    clinic: Clinic, kept: Path
) -> None:
    program(clinic, kept)
    toml(clinic, escalate_to='"clinician-2@example.org"')
    first, second = raised(clinic), raised(clinic)
    paging.acknowledge(clinic.actor(), second, "Seen at once, safe.")
    with clock.pretending(first.until + timedelta(minutes=1)):
        assert work() == 3
    assert [r["told"]["to"] for r in runs(kept)] == [  # type: ignore[index]
        "clinician-1@example.org",
        "clinician-2@example.org",
    ]
    assert {r["told"]["page"] for r in runs(kept)} == {first.pk}  # type: ignore[index]


def test_calls_are_made_before_forecasts(clinic: Clinic, kept: Path) -> None:
    program(clinic, kept)
    forecasts.want(clinic.actor(), clinic.ready())
    raised(clinic)
    assert work() == 2
    assert Job.objects.get(kind=calling.KIND).state == "done"
    assert Job.objects.get(kind=calling.KIND).taken < Job.objects.get(kind=forecasts.KIND).taken


def test_without_a_program_pages_are_shown_here_only_and_that_is_said(clinic: Clinic) -> None:
    page = raised(clinic)
    assert not Job.objects.filter(kind=calling.KIND).exists()
    assert "nobody is called outside this server" in text(clinic.web().get("/risk/"))
    assert "Shown on this server only" in text(clinic.web().get(f"/risk/{page.pk}/"))
