"""What is due to be filled, for whom: from the course and the clock alone."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from crossblock.server.clinic.course import AFTER, BETWEEN, INTAKE, SESSION, Course
from crossblock.server.clinic.sheets import title

DAY = timedelta(days=1)
INTAKE_FORMS = (
    "diagnosis", "history", "medicines", "madrs", "qids-sr16", "cssrs-screener", "dudit", "monthly",
    "expectancy", "consent",
)  # fmt: skip
OWN_INTAKE = ("qids-sr16", "dudit", "expectancy")
AFTER_FORMS = ("madrs", "qids-sr16", "drug-liking", "ketamine-craving")
OWN_AFTER = AFTER_FORMS[1:]
SESSION_FORMS = ("dose", "session-vitals", "cadss6", "discharge")
BETWEEN_FORMS = ("qids-sr16", "madrs", "phq9", "monthly", "ketamine-craving", "pwc20", "medicines",
                 "hamd17", "cssrs-screener", "adverse-events")  # fmt: skip
ALLOWED = {
    INTAKE: (*INTAKE_FORMS, "hamd17", "phq9", "gad7", "ymrs", "assist", "ketamine-craving"),
    SESSION: (*SESSION_FORMS, "adverse-events"),
    AFTER: (*AFTER_FORMS, "cssrs-screener", "adverse-events"),
    BETWEEN: BETWEEN_FORMS,
    "plan": ("plan",),
}
WEEK, MONTH = 7 * DAY, 28 * DAY


@dataclass(frozen=True, kw_only=True, slots=True)
class Due:
    """One form that is due, with the page where it is filled."""

    form: str
    visit: str
    period: int
    words: str
    path: str


def place(code: str, visit: str, period: int, form: str, repeat: int = 0) -> str:
    """Return the page of a form; `repeat` 0 leaves the next one to the page."""
    tail = f"{repeat}/" if repeat else ""
    return f"/p/{code}/f/{visit}/{period}/{form}/{tail}"


def own(course: Course, now: datetime) -> tuple[Due, ...]:
    """Return what the patient has to fill now."""
    if not course.sessions:
        missing = [f for f in OWN_INTAKE if course.last(f, INTAKE) is None]
        return tuple(_due(course, f, INTAKE, 0) for f in missing)
    last = course.sessions[-1]
    found = []
    since = now - last.at
    if timedelta(hours=12) <= since <= timedelta(hours=60):
        done = {f.form for f in course.forms if (f.visit, f.period) == (AFTER, last.number)}
        found += [_due(course, f, AFTER, last.number) for f in OWN_AFTER if f not in done]
    rated = [f.occurred for f in course.all("qids-sr16")]
    if since > timedelta(hours=60) and (not rated or now - rated[-1] >= WEEK):
        found.append(_due(course, "qids-sr16", BETWEEN, 0))
    asked = [f.occurred for f in course.all("monthly")]
    if not asked or now - asked[-1] >= MONTH:
        found.append(_due(course, "monthly", BETWEEN, 0))
    return tuple(found)


def after(course: Course, now: datetime) -> tuple[Due, ...]:
    """Return the ratings of the day after the last session that are not there yet."""
    if not course.sessions or now - course.sessions[-1].at < timedelta(hours=12):
        return ()
    number = course.sessions[-1].number
    done = {f.form for f in course.forms if (f.visit, f.period) == (AFTER, number)}
    return tuple(_due(course, f, AFTER, number) for f in AFTER_FORMS if f not in done)


def session(course: Course, number: int) -> tuple[tuple[Due, bool], ...]:
    """Return the forms of a session in order, and whether each is done."""
    done = {f.form for f in course.forms if (f.visit, f.period) == (SESSION, number)}
    return tuple((_due(course, f, SESSION, number), f in done) for f in SESSION_FORMS)


def intake(course: Course) -> tuple[tuple[Due, bool], ...]:
    """Return the forms of the intake in order, and whether each is done."""
    done = {f.form for f in course.forms if f.visit == INTAKE}
    return tuple((_due(course, f, INTAKE, 0), f in done) for f in INTAKE_FORMS)


def _due(course: Course, form: str, visit: str, period: int) -> Due:
    return Due(
        form=form,
        visit=visit,
        period=period,
        words=title(form),
        path=place(course.code, visit, period, form),
    )
