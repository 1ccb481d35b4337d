"""A clinic per test on a real database: a folder, six people, and the clinic's pages."""

from __future__ import annotations

import itertools
import re
import shutil
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from django.test import Client, override_settings

from crossblock.server.accounts.models import Person
from crossblock.server.accounts.people import actor_of, ask, give, invite
from crossblock.server.clinic import course, house, saving
from crossblock.server.clinic import settings as clinic_settings
from crossblock.server.clinic.access import CLINICIAN, LEAD, NURSE, PATIENT
from crossblock.server.prepare import migrate
from crossblock.server.record.entries import Spot, Submission
from crossblock.server.record.models import Participant
from crossblock.server.roles import Actor, Role
from tests.server import postgres
from tests.server.conftest import ROOM, connect, sql

CLINIC = """
name = "Example clinic"
zone = "Europe/Berlin"
page_to = "clinician-1@example.org"
acknowledge_min = 30
[[crisis]]
who = "Emergency number"
how = "112"
[[crisis]]
who = "Crisis line"
how = "0800 111 0 111"
"""
PASSWORD = "correct horse battery staple"
number, keys = itertools.count(), itertools.count()
DIAGNOSIS = {
    "diagnosis": "recurrent depression, severe", "basis": "structured", "differential": "bipolar",
    "comorbidity": "none", "psychosis": "no", "mania": "no", "substance": "no",
    "pregnancy": "not needed", "screen": "nothing", "height": 178.0, "weight": 70.0,
    "systolic": 120.0, "diastolic": 75.0,
}  # fmt: skip
CONSENT = dict.fromkeys(
    ("told-use", "told-risk", "told-dependence", "told-options", "driver", "signed", "shares"),
    "yes",
)
PLAN = {
    "option": "continue", "goal": "back to work", "schedule": "0.5 mg/kg twice a week, six times",
    "stop-form": "madrs", "stop-share": 50.0, "stop-after": 6.0,
    "stop": "no response after six sessions", "relapse": "call the clinic",
    "support": "psychotherapy weekly", "together": "yes",
    "review": (datetime.now(UTC) + timedelta(days=60)).date().isoformat(),
}  # fmt: skip
MADRS = {f"item{i}": 3.0 for i in range(1, 10)} | {"item10": 0.0}
QIDS = {f"item{i}": 1.0 for i in range(1, 17)} | {"item12": 0.0}
DOSE = {"weight": 70.0, "dose": 35.0, "drug": "ketamine", "route": "iv", "lot": "L1",
        "minutes": 40.0, "medicines": "no", "sedative": "no", "stimulant": "no",
        "maoi": "no"}  # fmt: skip
TESTS = {"ecg": "normal", "ecg-words": "sinus rhythm, in the letter of the practice",
         "liver": "not done", "liver-words": "no sign of liver disease"}  # fmt: skip
VITALS = {"minutes": 0.0, "systolic": 122.0, "diastolic": 80.0, "heart_rate": 70.0,
          "oxygen": 98.0, "breathing": 14.0, "alertness": 5.0}  # fmt: skip
DISCHARGE = {"ready": 120.0, "stayed": 130.0, "oriented": "yes", "pressure": "yes",
             "sickness": "yes", "company": "yes", "safe": "yes", "events": "none"}  # fmt: skip


@dataclass(kw_only=True)
class Clinic:
    """A clinic of one's own."""

    folder: Path
    cluster: postgres.Cluster | None = None
    address: str = ""
    clients: dict[str, Client] = field(default_factory=dict)

    def person(self, name: str) -> Any:
        return Person.objects.get(email=f"{name}@example.org")

    def actor(self, name: str = "clinician-1") -> Actor:
        return actor_of(self.person(name))

    def web(self, name: str = "clinician-1") -> Client:
        if name not in self.clients:
            self.clients[name] = Client(SERVER_NAME="127.0.0.1")
            self.clients[name].force_login(self.person(name))
        return self.clients[name]

    def enroll(self, name: str = "clinician-1") -> Participant:
        # codes know no 0 and no 1; two numbers must not become one code
        key = f"{next(keys):08d}".translate(str.maketrans("01", "QZ"))
        return saving.enroll(self.actor(name), key)

    def save(
        self, patient: Participant, form: str, answers: Any, visit: str = "intake",
        period: int = 0, repeat: int = 1, *, by: str = "clinician-1", ago: float = 0.1, **more: Any,
    ) -> saving.Saved:  # fmt: skip
        at = datetime.now(UTC) - timedelta(hours=ago)
        sent = Submission(base=0, key=f"k{next(keys)}", occurred=at)
        spot = Spot(form=form, visit=visit, period=period, repeat=repeat)
        return saving.save(self.actor(by), patient, spot, answers, sent, **more)

    def ready(self, name: str = "clinician-1") -> Participant:
        """Return a patient whose gate is open."""
        patient = self.enroll(name)
        rows = (("diagnosis", DIAGNOSIS), ("madrs", MADRS), ("qids-sr16", QIDS),
                ("tests", TESTS), ("consent", CONSENT))  # fmt: skip
        for form, answers in rows:
            self.save(patient, form, answers, ago=24 * 400, by=name)
        self.save(patient, "plan", PLAN, visit="plan", ago=24 * 100, by=name)
        return patient

    def session(self, patient: Participant, n: int, ago: float, **dose: Any) -> None:
        """Give session n so many hours ago, whole."""
        self.save(patient, "dose", DOSE | dose, "session", n, ago=ago)
        for repeat, minutes in enumerate((0.0, 40.0, 120.0), start=1):
            vitals = VITALS | {"minutes": minutes}
            self.save(patient, "session-vitals", vitals, "session", n, repeat, ago=ago)
        self.save(patient, "discharge", DISCHARGE, "session", n, ago=ago - 0.05)

    def account(self, patient: Participant, name: str = "patient") -> None:
        """Give a patient an account of their own."""
        first, second = self.actor("admin-1"), self.actor("admin-2")
        person = invite(first, f"{name}@example.org", "Patient", PASSWORD, patient.code)
        give(second, ask(first, person, PATIENT, house.SITE, "own questionnaires"))

    def course(self, patient: Participant) -> course.Course:
        return course.read(patient)


def settle() -> None:
    """Give a clinic two administrators, two clinicians, a nurse and a quality lead."""
    admins = []
    for n in (1, 2):
        person = invite(None, f"admin-{n}@example.org", f"Admin {n}", PASSWORD)
        give(None, ask(None, person, Role.SPONSOR, "", "start"))
        admins.append(actor_of(person))
    staff = (
        ("clinician-1", CLINICIAN),
        ("clinician-2", CLINICIAN),
        ("nurse", NURSE),
        ("lead", LEAD),
    )
    for name, role in staff:
        person = invite(admins[0], f"{name}@example.org", name.title(), PASSWORD)
        site = "" if role is LEAD else house.SITE
        give(admins[1], ask(admins[0], person, role, site, "start"))


def _folder(parent: Path) -> Path:
    parent.mkdir(parents=True, exist_ok=True)
    (parent / "clinic.toml").write_text(CLINIC)
    return parent


@pytest.fixture(scope="session")
def clinic_template() -> Path:
    folder = _folder(ROOM / f"clinic-template-{next(number)}")
    connect("", folder)
    migrate()
    settle()
    return folder


@pytest.fixture
def clinic(clinic_template: Path) -> Iterator[Clinic]:
    """A clinic on SQLite."""
    folder = ROOM / f"clinic-{next(number)}"
    connect("", clinic_template)
    shutil.copytree(clinic_template, folder)
    connect("", folder)
    with override_settings(
        ROOT_URLCONF=clinic_settings.ROOT_URLCONF, TEMPLATES=clinic_settings.TEMPLATES
    ):
        yield Clinic(folder=folder)
    shutil.rmtree(folder, ignore_errors=True)


@pytest.fixture
def clinic_pg(cluster: postgres.Cluster) -> Iterator[Clinic]:
    """A clinic on PostgreSQL."""
    folder, name = _folder(ROOM / f"clinic-{next(number)}"), f"clinic_{next(number)}"
    sql(cluster, f"CREATE DATABASE {name}")
    connect(cluster.address(name), folder)
    migrate()
    settle()
    with override_settings(
        ROOT_URLCONF=clinic_settings.ROOT_URLCONF, TEMPLATES=clinic_settings.TEMPLATES
    ):
        yield Clinic(folder=folder, cluster=cluster, address=cluster.address(name))
    connect("", folder)
    sql(cluster, f"DROP DATABASE {name} WITH (FORCE)")
    shutil.rmtree(folder, ignore_errors=True)


def hidden(page: Any) -> dict[str, str]:
    """Return the hidden fields of a form page."""
    text = page.content.decode()
    return dict(re.findall(r'<input type="hidden" name="(key|base)" value="([^"]*)">', text))


def local(ago_h: float = 0.05) -> str:
    """Return a moment as the clinic's time field holds it."""
    moment = datetime.now(UTC) - timedelta(hours=ago_h)
    return moment.astimezone(ZoneInfo("Europe/Berlin")).strftime("%Y-%m-%dT%H:%M")


def fill(web: Client, path: str, answers: dict[str, Any], **more: str) -> Any:
    """Open a form, type the answers, and save."""
    page = web.get(path)
    assert page.status_code == 200, (path, page.status_code)
    typed = {f"q-{k}": f"{v:g}" if isinstance(v, float) else v for k, v in answers.items()}
    return web.post(path, {**hidden(page), "occurred": local(), **typed, **more})
