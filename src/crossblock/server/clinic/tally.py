"""The tally: where a patient stands, worked out from the course each time a form is saved.

It holds what the record says and nothing that depends on the time of saving: people who drop out
are never saved again, and a board must count them all the same.
"""

from __future__ import annotations

from typing import Any

from crossblock.server.clinic import gate
from crossblock.server.clinic.course import INTAKE, Course
from crossblock.server.clinic.models import Mark, Tally
from crossblock.server.clinic.occasions import Occasion, occasions
from crossblock.server.clinic.watch import watched
from crossblock.server.record.models import Participant


def facts(course: Course) -> dict[str, Any]:
    """Return the columns of a patient's tally."""
    consent = course.last("consent", INTAKE)
    return {
        "basis": gate.has_basis(course),
        "baseline": gate.has_baseline(course),
        "consent": gate.has_consent(course),
        "planned": gate.has_rule(course) and course.review is not None,
        "review": course.review,
        "sessions": len(course.sessions),
        "last_session": course.sessions[-1].at if course.sessions else None,
        "alarms": sum(w.alarm for w in watched(course)),
        "shares": bool(consent and consent.answers.get("shares") == "yes"),
    }


def marks(course: Course) -> tuple[Occasion, ...]:
    """Return what the boards count of a patient."""
    found = [Occasion(what="basis", kept=int(gate.has_basis(course)))]
    if course.sessions:
        n = len(course.sessions)
        given = sum(number <= n for number in course.overrides)
        found.append(Occasion(what="before.whole", kept=int(gate.has_baseline(course))))
        found.append(Occasion(what="overrides", wanted=n, kept=given))
    return (*found, *occasions(course))


def write(course: Course, participant: Participant) -> Tally:
    """Write a patient's tally anew."""
    found, _ = Tally.objects.update_or_create(participant=participant, defaults=facts(course))
    found.marks.all().delete()
    Mark.objects.bulk_create(
        Mark(tally=found, what=o.what, wanted=o.wanted, kept=o.kept, due=o.due)
        for o in marks(course)
    )
    return found
