"""A clinic to look around in: simulated patients, written through the same door as real ones.

Courses come from the forecast's virtual people (`forecast.imagined`, handed in by the command line:
no web process loads that engine): one who keeps the effect, one who loses it, one whose dose is
raised. Nobody in it is real.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Literal, Protocol

import numpy as np

from crossblock.server import clock
from crossblock.server.accounts.models import Person
from crossblock.server.accounts.people import actor_of, ask, give, invite
from crossblock.server.clinic import course, forecasts, gate, house, paging, projection, saving
from crossblock.server.clinic.access import CLINICIAN, LEAD, NURSE, PATIENT
from crossblock.server.record.entries import Spot, Submission
from crossblock.server.record.models import Participant
from crossblock.server.record.sheet import Answer
from crossblock.server.roles import Actor, Role

PASSWORD = "crossblock demonstration"
LETTERS = "ABCDEFGHJKLMNPQRSTUVWXYZ"
DAY, MINUTE = timedelta(days=1), timedelta(minutes=1)
REVIEW_DAYS = 120
RAISED = 9000
"""The number of a questionnaire between sessions that no course reaches."""
Answers = Mapping[str, Answer]
Kind = Literal["steady", "tolerance", "escalation"]


class Imagined(Protocol):
    """A simulated course: sessions in days, doses in mg/kg, ratings in days and points."""

    baseline: float
    session: np.ndarray
    mg_per_kg: np.ndarray
    rated: np.ndarray
    score: np.ndarray


Imagine = Callable[[Kind, float, np.random.Generator], Imagined]


@dataclass(frozen=True, kw_only=True, slots=True)
class Patient:
    """One simulated patient: what their course is like and how far it has come."""

    kind: Kind
    days: float
    medicines: tuple[str, ...] = ("none",)
    override: bool = False
    shares: bool = True
    behind: bool = False
    """The questionnaire of the last month is not filled yet."""


CAST = (
    Patient(kind="steady", days=120.0, medicines=("sertraline 100 mg",), behind=True),
    Patient(kind="tolerance", days=280.0, medicines=("lamotrigine 200 mg daily",)),
    Patient(kind="escalation", days=220.0, medicines=("lorazepam 1 mg as needed",)),
    Patient(kind="steady", days=60.0, medicines=("naltrexone 50 mg daily, last dose 24 h ago",)),
    Patient(kind="steady", days=20.0, override=True, shares=False),
    Patient(kind="steady", days=9.0, medicines=("methadone 60 mg daily",)),
)


def fill(
    now: datetime, seed: int, say: Callable[[str], None], imagine: Imagine
) -> list[Participant]:
    """Fill an empty clinic with courses from `imagine`; the first patient has an account."""
    clinician = _cast()
    made = []
    for index, who in enumerate(CAST):
        say(f"patient {index + 1} of {len(CAST)}: {who.kind}, {who.days:.0f} days")
        rng = np.random.default_rng([seed, index])
        found = imagine(who.kind, who.days, rng)
        made.append(_patient(clinician, who, found, now, rng))
    saving.enroll(clinician, "NEWPATIENT")
    _account(made[0])
    _shared(clinician, made)
    _risks(clinician, made, now)
    for patient in made:
        forecasts.want(clinician, patient)
    projection.want(clinician)
    return made


def _cast() -> Actor:
    admins = []
    for n in (1, 2):
        person = invite(None, f"admin-{n}@demo.invalid", f"Administrator {n}", PASSWORD)
        give(None, ask(None, person, Role.SPONSOR, "", "start"))
        admins.append(actor_of(person))
    for name, role in (("clinician", CLINICIAN), ("nurse", NURSE), ("lead", LEAD)):
        person = invite(admins[0], f"{name}@demo.invalid", name.capitalize(), PASSWORD)
        site = "" if role is LEAD else house.SITE
        give(admins[1], ask(admins[0], person, role, site, "start"))
    return actor_of(Person.objects.get(email="clinician@demo.invalid"))


def _account(patient: Participant) -> None:
    first, second = (actor_of(Person.objects.get(email=f"admin-{n}@demo.invalid")) for n in (1, 2))
    person = invite(first, "patient@demo.invalid", "Patient", PASSWORD, patient.code)
    give(second, ask(first, person, PATIENT, house.SITE, "own questionnaires"))


def _shared(clinician: Actor, made: list[Participant]) -> None:
    """Let the nurse care for the patients who are in the middle of a course."""
    nurse = Person.objects.get(email="nurse@demo.invalid")
    for patient in made[:3]:
        saving.share(clinician, patient, nurse, True, "gives the sessions")


def _risks(clinician: Actor, made: list[Participant], now: datetime) -> None:
    """Raise a suicide item twice: long ago, answered in time; and just now, open."""
    words = "Rang at once: passive thoughts as before, wife at home, seen the same day."
    rows = ((made[-1], 6 * DAY, words), (made[1 % len(made)], 12 * MINUTE, ""))
    for n, (patient, ago, note) in enumerate(rows):
        with clock.pretending(now - ago):
            answers = qids(12.0) | {"item12": 1.0}
            sent = Submission(base=0, key=f"risk-{patient.code}", occurred=now - ago - 2 * MINUTE)
            spot = Spot(form="qids-sr16", visit=course.BETWEEN, repeat=RAISED + n)
            saved = saving.save(clinician, patient, spot, answers, sent)
        if note and saved.page is not None:
            with clock.pretending(now - ago + 9 * MINUTE):
                paging.acknowledge(clinician, saved.page, note)


def accounts() -> list[str]:
    """Return who can sign in."""
    return [f"{p.email:26} {p.name}" for p in Person.objects.order_by("pk")]


@dataclass(frozen=True, kw_only=True)
class Pen:
    """Writes forms of one patient as the clinician, at moments of the past."""

    actor: Actor
    patient: Participant
    begin: datetime

    def write(
        self, day: float, form: str, answers: Answers, visit: str, period: int = 0, repeat: int = 1
    ) -> None:
        at = self.begin + timedelta(days=day)
        key = f"{form}-{visit}-{period}-{repeat}"
        spot = Spot(form=form, visit=visit, period=period, repeat=repeat)
        with clock.pretending(at + timedelta(minutes=5)):
            sent = Submission(base=0, key=key, occurred=at)
            saving.save(self.actor, self.patient, spot, answers, sent)


def _patient(
    actor: Actor, who: Patient, found: Imagined, now: datetime, rng: np.random.Generator
) -> Participant:
    begin = now - timedelta(days=who.days + 0.5)
    with clock.pretending(begin - 8 * DAY):
        patient = saving.enroll(actor, "".join(rng.choice(list(LETTERS), 8)))
    pen = Pen(actor=actor, patient=patient, begin=begin)
    _intake(pen, who, found.baseline)
    if who.override:
        with clock.pretending(begin - 0.1 * DAY):
            gate.override(
                actor, patient, course.read(patient),
                "Transferred in the middle of a course; the interview is booked for Monday.",
            )  # fmt: skip
    reviews = 1
    for n, (day, dose) in enumerate(zip(found.session, found.mg_per_kg), start=1):
        if who.override and n > 1:
            break
        if day > REVIEW_DAYS * reviews:
            _plan(pen, float(day) - 0.5, reviews := reviews + 1)
        _session(pen, n, float(day), float(dose), rng)
        end = found.session[n] if n < found.session.size else np.inf
        inside = (found.rated > day) & (found.rated < end) & (found.rated <= who.days)
        _ratings(pen, n, found.rated[inside], found.score[inside], rng)
    for month in range(1, int(who.days // 28) + (0 if who.behind else 1)):
        _month(pen, who, month, rng)
    return patient


def _intake(pen: Pen, who: Patient, baseline: float) -> None:
    basis = "clinical" if who.override else "structured"
    pen.write(-7.0, "diagnosis", {
        "diagnosis": "recurrent depression, severe", "basis": basis,
        "interview": "trained rater, this clinic", "differential": "bipolar disorder: no episode",
        "comorbidity": "none", "psychosis": "no", "mania": "no", "substance": "no",
        "pregnancy": "not needed", "screen": "nothing found", "height": 172.0, "weight": 70.0,
        "systolic": 122.0, "diastolic": 78.0,
    }, "intake")  # fmt: skip
    pen.write(-7.0, "tests", {
        "ecg": "not done", "ecg-words": "not indicated: no heart disease, no medicine that asks "
        "for it", "liver": "normal", "liver-words": "in the family doctor's letter of this month",
    }, "intake")  # fmt: skip
    tried: dict[str, Answer] = {
        "name": "an antidepressant, full dose", "kind": "antidepressant", "dose": "yes",
        "weeks": 8.0, "end": "failed",
    }  # fmt: skip
    history: dict[str, Answer] = {"months": 20.0, "severity": "4"}
    history |= {f"trial{n}-{k}": v for n in (1, 2, 3) for k, v in tried.items()}
    pen.write(-7.0, "history", history | {"severity": 4.0}, "intake")
    lines = {f"medicine{n}": text for n, text in enumerate(who.medicines, start=1)}
    pen.write(-7.0, "medicines", lines, "intake")
    pen.write(-6.9, "madrs", madrs(baseline), "intake")
    pen.write(-6.9, "qids-sr16", qids(baseline), "intake")
    none = {f"item{i}": 0.0 for i in (1, 2, 3, 4, 5, 6)}
    pen.write(-6.9, "cssrs-screener", none | {"item6b": 0.0}, "intake")
    pen.write(-6.9, "dudit", {f"item{i}": 0.0 for i in range(1, 12)}, "intake")
    pen.write(-6.9, "expectation", {"drug": 60.0, "confidence": 5.0}, "intake")
    pen.write(-6.9, "monthly", {
        "craving": 0.0, "unsanctioned": 0.0, "more": 0.0, "missed": 0.0, "frequency": 0.0,
        "urgency": 0.0, "pain": 0.0, "blood": "no", "memory": 1.0,
    }, "intake")  # fmt: skip
    yes = ("told-use", "told-risk", "told-dependence", "told-options", "driver", "signed")
    consent: dict[str, Answer] = dict.fromkeys(yes, "yes")
    pen.write(-6.8, "consent", consent | {"shares": "yes" if who.shares else "no"}, "intake")
    _plan(pen, -6.7, 1)


def _plan(pen: Pen, day: float, number: int) -> None:
    review = (pen.begin + timedelta(days=day + REVIEW_DAYS + 20)).date().isoformat()
    pen.write(day, "plan", {
        "option": "continue", "goal": "to work again, and to enjoy the children",
        "schedule": "0.5 mg/kg twice a week, six times; then weekly, then every second week",
        "stop-form": "madrs", "stop-share": 50.0, "stop-after": 6.0,
        "stop": "less than half of the baseline score lost after six sessions",
        "relapse": "a visit within a week; no extra session without a rating",
        "support": "psychotherapy every week", "review": review, "together": "yes",
    }, "plan", 0, number)  # fmt: skip


def _session(pen: Pen, n: int, day: float, dose: float, rng: np.random.Generator) -> None:
    weight = 70.0
    pen.write(day, "dose", {
        "weight": weight, "dose": round(dose * weight, 1), "drug": "ketamine", "route": "iv",
        "lot": f"L{2000 + n // 6}", "minutes": 40.0, "medicines": "no",
        "sedative": "no", "stimulant": "no", "maoi": "no",
    }, "session", n)  # fmt: skip
    rise = (0.0, 18.0, 3.0)
    for repeat, (minutes, more) in enumerate(zip((0.0, 40.0, 120.0), rise), start=1):
        pen.write(day + minutes / 1440, "session-vitals", {
            "minutes": minutes, "systolic": float(round(122 + more + rng.normal(0, 6))),
            "diastolic": float(round(78 + more / 2 + rng.normal(0, 4))), "heart_rate": 72.0,
            "oxygen": 98.0, "breathing": 14.0, "alertness": 5.0 if minutes != 40 else 4.0,
        }, "session", n, repeat)  # fmt: skip
    fade = float(min(4, max(0, round(3 - n / 8))))
    cadss = {f"item{i}": fade for i in (1, 2, 6, 7, 15, 22)}
    pen.write(day + 45 / 1440, "cadss6", cadss, "session", n)
    pen.write(day + 130 / 1440, "discharge", {
        "ready": 115.0, "stayed": 130.0, "oriented": "yes", "pressure": "yes", "sickness": "yes",
        "company": "yes", "safe": "yes", "events": "none",
    }, "session", n)  # fmt: skip


def _ratings(
    pen: Pen, n: int, day: np.ndarray, score: np.ndarray, rng: np.random.Generator
) -> None:
    for k, (at, value) in enumerate(zip(day, score)):
        if k == 0:
            pen.write(float(at), "madrs", madrs(float(value)), "day1", n)
            pen.write(float(at), "qids-sr16", qids(float(value)), "day1", n)
            liking = float(round(np.clip(rng.normal(62, 8), 0, 100)))
            pen.write(float(at), "drug-liking", {"vas": liking}, "day1", n)
            craving = float(round(np.clip(rng.normal(12, 6), 0, 100)))
            pen.write(float(at), "ketamine-craving", {"vas": craving}, "day1", n)
        else:
            pen.write(float(at), "madrs", madrs(float(value)), "between", 0, 100 * n + k)
            if k % 2 == 0:
                pen.write(float(at), "qids-sr16", qids(float(value)), "between", 0, 100 * n + k)


def _month(pen: Pen, who: Patient, month: int, rng: np.random.Generator) -> None:
    late = who.kind == "escalation" and month > 4
    mark = float(rng.integers(0, 2)) + late
    pen.write(28.0 * month - 1.3, "monthly", {
        "craving": mark, "unsanctioned": float(late and month % 2 == 0), "more": mark,
        "missed": 0.0, "frequency": float(rng.integers(0, 2)) + late, "urgency": float(late),
        "pain": 0.0, "blood": "no", "memory": float(rng.integers(0, 2)),
    }, "between", 0, month)  # fmt: skip


def madrs(total: float) -> dict[str, Answer]:
    """Return item answers of a MADRS total, thoughts of suicide left at none."""
    whole = int(min(54, max(0, total)))
    return {
        f"item{i}": float(whole // 9 + (i <= whole % 9)) if i < 10 else 0.0 for i in range(1, 11)
    }


def qids(total: float) -> dict[str, Answer]:
    """Return item answers of a QIDS of the same severity as a MADRS total."""
    whole = int(min(24, max(0, round(total * 27 / 60))))
    alone = ("item5", "item10", "item11", "item13", "item14", "item1", "item6", "item15")
    found: dict[str, Answer] = {f"item{i}": 0.0 for i in range(1, 17)}
    for k, item in enumerate(alone):
        found[item] = float(whole // 8 + (k < whole % 8))
    return found
