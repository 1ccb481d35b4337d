"""The gate before a session: what must be there first, and what an override leaves behind."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from crossblock.core.errors import Problem
from crossblock.server import clock
from crossblock.server.clinic import access, stoprule
from crossblock.server.clinic.access import Act
from crossblock.server.clinic.course import BASELINE_SETS, INTAKE, PLAN, Course
from crossblock.server.clinic.doubts import says
from crossblock.server.clinic.models import Override
from crossblock.server.clinic.sheets import title
from crossblock.server.record.door import writing
from crossblock.server.record.models import Participant
from crossblock.server.roles import Actor, RefusedError

SHORTEST = 15


@dataclass(frozen=True, kw_only=True, slots=True)
class Missing:
    """Something that must be there before a session, and the page where it is entered."""

    words: str
    path: str
    key: str


def has_basis(course: Course) -> bool:
    """Tell whether the diagnosis rests on a structured interview."""
    found = course.last("diagnosis", INTAKE)
    return found is not None and found.answers.get("basis") == "structured"


def has_baseline(course: Course) -> bool:
    """Tell whether a clinician's and the patient's own rating were whole before the first dose."""
    first = course.sessions[0].at if course.sessions else None
    early = [f for f in course.forms if first is None or f.occurred <= first]
    held = {f.form for f in early if f.visit == INTAKE and f.whole and f.total is not None}
    return all(not held.isdisjoint(forms) for forms in BASELINE_SETS)


def has_consent(course: Course) -> bool:
    """Tell whether the patient was told of off-label use and unknown risk, and signed."""
    found = course.last("consent", INTAKE)
    wanted = ("told-use", "told-risk", "signed")
    return found is not None and all(found.answers.get(k) == "yes" for k in wanted)


def has_plan(course: Course, today: date) -> bool:
    """Tell whether a plan was read with the patient and has a stop rule and a coming review."""
    plan = course.plan
    if plan is None or plan.answers.get("together") != "yes" or not has_rule(course):
        return False
    return course.review is not None and course.review >= today


def has_rule(course: Course) -> bool:
    """Tell whether the plan names a stop rule that can be judged, and says it in words."""
    plan = course.plan
    if plan is None or stoprule.of(plan.answers) is None:
        return False
    return says(str(plan.answers.get("stop", "")))


def missing(course: Course, today: date | None = None) -> tuple[Missing, ...]:
    """Return what keeps the gate shut, in the order in which it is usually done."""
    day = today or clock.now().date()
    here = f"/p/{course.code}/f/{INTAKE}/0"
    found = []
    if not has_basis(course):
        words = "A diagnosis by structured interview"
        found.append(Missing(words=words, path=f"{here}/diagnosis/", key="basis"))
    for forms in BASELINE_SETS:
        if not any(_scored(course, form) for form in forms):
            names = " or ".join(title(f) for f in forms)
            name = "a clinician" if forms[0] == "madrs" else "the patient"
            words = f"A whole baseline rating by {name} ({names})"
            found.append(Missing(words=words, path=f"{here}/{forms[0]}/", key="baseline"))
    if not has_consent(course):
        words = "Consent: off-label use, unknown long-term risk, signed"
        found.append(Missing(words=words, path=f"{here}/consent/", key="consent"))
    if not has_plan(course, day):
        overdue = course.review is not None and course.review < day
        words = "A review of the long-term plan (its date has passed)" if overdue else (
            "A long-term plan, read with the patient, with a review date and a stop rule"
        )  # fmt: skip
        number = len(course.all("plan", PLAN)) + 1
        path = f"/p/{course.code}/f/{PLAN}/0/plan/{number}/"
        found.append(Missing(words=words, path=path, key="plan"))
    return tuple(found)


def override(actor: Actor, participant: Participant, course: Course, reason: str) -> Override:
    """Open the gate for one session although something is missing; the reason stands for good."""
    thing = access.require(actor, Act.OVERRIDE, participant)
    left = missing(course)
    if not left:
        raise RefusedError(Problem(what="nothing is missing", fix="start the session"))
    if len(reason.strip()) < SHORTEST:
        raise RefusedError(
            Problem(
                what="an override needs its reason",
                why="it stands on the quality board for others to read",
                fix="say in a sentence why the session cannot wait",
            )
        )
    number = len(course.sessions) + 1
    with writing(actor, "gate.override", thing, participant=participant, checked=True) as entry:
        if Override.objects.filter(participant=participant, session=number).exists():
            raise RefusedError(Problem(what="this session has its override already"))
        words = "; ".join(m.words for m in left)
        entry.say(session=number, missing=words, reason=reason.strip())
        return entry.add(
            Override(
                participant=participant,
                session=number,
                missing=words,
                reason=reason.strip()[:1000],
            )
        )


def is_open(course: Course) -> bool:
    """Tell whether the next session may begin."""
    return not missing(course) or len(course.sessions) + 1 in course.overrides


def _scored(course: Course, form: str) -> bool:
    found = course.last(form, INTAKE)
    return found is not None and found.whole and found.total is not None
