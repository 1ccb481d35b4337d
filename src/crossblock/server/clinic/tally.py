"""The tally: where a patient stands, worked out from the course each time a form is saved."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from crossblock.server import clock
from crossblock.server.clinic import gate
from crossblock.server.clinic.course import AFTER, INTAKE, SIX, Course
from crossblock.server.clinic.models import Tally
from crossblock.server.record.models import Participant

NEAR_MIN = 15
"""A vital sign counts for a fixed time when it was taken within so many minutes of it."""
RATED_BY = timedelta(hours=48)
LEFT = timedelta(days=42)
"""So long after a last session without a plan to pause, the course counts as stopped."""


def facts(course: Course) -> dict[str, Any]:
    """Return the columns of a patient's tally."""
    now = clock.now()
    consent = course.last("consent", INTAKE)
    past = [s for s in course.sessions if now - s.at > RATED_BY]
    rated = {f.period for f in course.forms if f.visit == AFTER and f.total is not None}
    last = course.sessions[-1].at if course.sessions else None
    gone = last is not None and now - last > LEFT
    return {
        "basis": gate.has_basis(course),
        "baseline": gate.has_baseline(course),
        "planned": gate.has_rule(course) and course.review is not None,
        "review": course.review,
        "sessions": len(course.sessions),
        "last_session": last,
        "vitals_wanted": len(course.sessions) * len(course.house.vitals_at_min),
        "vitals_kept": sum(vitals_kept(course, n) for n in range(len(course.sessions))),
        "ratings_wanted": len(past),
        "ratings_kept": sum(s.number in rated for s in past),
        "responded_after_six": course.responded_after(SIX),
        "stopped_before_six": (gone if len(course.sessions) < SIX else False) if last else None,
        "overrides": len(course.overrides),
        "shares": bool(consent and consent.answers.get("shares") == "yes"),
    }


def vitals_kept(course: Course, index: int) -> int:
    """Return at how many of the fixed times of a session vital signs were taken."""
    taken = [v.answers.get("minutes") for v in course.sessions[index].vitals]
    return sum(
        any(isinstance(m, float) and abs(m - wanted) <= NEAR_MIN for m in taken)
        for wanted in course.house.vitals_at_min
    )


def write(course: Course, participant: Participant) -> Tally:
    """Write a patient's tally anew."""
    found, _ = Tally.objects.update_or_create(participant=participant, defaults=facts(course))
    return found
