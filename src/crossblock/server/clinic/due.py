"""What is due to be filled, for whom: from the course and the clock alone."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from crossblock.server.clinic.alarms import VITALS, noted, raised
from crossblock.server.clinic.course import AFTER, BETWEEN, INTAKE, SESSION, Course, Session
from crossblock.server.clinic.sheets import title

DAY = timedelta(days=1)
INTAKE_FORMS = (
    "diagnosis", "tests", "history", "medicines", "madrs", "qids-sr16", "cssrs-screener", "dudit",
    "monthly", "expectation", "consent",
)  # fmt: skip
OWN_INTAKE = ("qids-sr16", "dudit", "expectation")
AFTER_FORMS = ("madrs", "cssrs-screener", "qids-sr16", "drug-liking", "ketamine-craving")
OWN_AFTER = AFTER_FORMS[2:]
NEXT_FORMS = ("qids-sr16", "drug-liking", "ketamine-craving", "cssrs-screener")
"""Before the next dose; the last is asked by a clinician."""
SESSION_FORMS = ("dose", "session-vitals", "cadss6", "discharge")
BETWEEN_FORMS = ("qids-sr16", "madrs", "phq9", "monthly", "ketamine-craving", "drug-liking",
                 "pwc20", "medicines", "hamd17", "cssrs-screener", "urine-screen",
                 "adverse-events")  # fmt: skip
ALLOWED = {
    INTAKE: (*INTAKE_FORMS, "hamd17", "phq9", "gad7", "ymrs", "assist", "ketamine-craving"),
    SESSION: (*SESSION_FORMS, "adverse-events"),
    AFTER: (*AFTER_FORMS, "hamd17", "phq9", "adverse-events"),
    BETWEEN: BETWEEN_FORMS,
    "plan": ("plan",),
}
LATER = timedelta(hours=60)
"""So long after a session what is asked before the next one is asked."""
FRESH = timedelta(hours=48)
"""So old at most it may be when the next session begins."""
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


def forms(course: Course, wanted: tuple[str, ...]) -> tuple[str, ...]:
    """Return forms with the ratings that this house uses in the place of MADRS and QIDS."""
    uses = {"madrs": course.house.main_rating, "qids-sr16": course.house.own_rating}
    return tuple(uses.get(f, f) for f in wanted)


def own(course: Course, now: datetime) -> tuple[Due, ...]:
    """Return what the patient has to fill now."""
    if not course.sessions:
        wanted = forms(course, OWN_INTAKE)
        return tuple(_due(course, f, INTAKE, 0) for f in wanted if course.last(f, INTAKE) is None)
    last = course.sessions[-1]
    found = []
    since = now - last.at
    if timedelta(hours=12) <= since <= LATER:
        done = {f.form for f in course.forms if (f.visit, f.period) == (AFTER, last.number)}
        wanted = forms(course, OWN_AFTER)
        found += [_due(course, f, AFTER, last.number) for f in wanted if f not in done]
    if since > LATER:
        rating, *others = forms(course, NEXT_FORMS[:-1])
        again = max(last.at + LATER, now - WEEK)
        found += [_due(course, rating, BETWEEN, 0)] if _older(course, rating, again) else []
        found += [_due(course, f, BETWEEN, 0) for f in others if _older(course, f, last.at + LATER)]
    if _older(course, "monthly", now - MONTH):
        found.append(_due(course, "monthly", BETWEEN, 0))
    return tuple(found)


def _older(course: Course, form: str, than: datetime) -> bool:
    """Tell whether a form was last filled before a moment, or never."""
    last = course.last(form)
    return last is None or last.occurred <= than


def after(course: Course, now: datetime) -> tuple[Due, ...]:
    """Return the ratings of the day after the last session that are not there yet."""
    if not course.sessions or now - course.sessions[-1].at < timedelta(hours=12):
        return ()
    number = course.sessions[-1].number
    done = {f.form for f in course.forms if (f.visit, f.period) == (AFTER, number)}
    wanted = forms(course, AFTER_FORMS)
    return tuple(_due(course, f, AFTER, number) for f in wanted if f not in done)


def before_next(course: Course, now: datetime) -> tuple[Due, ...]:
    """Return what is to be asked before the next dose and was not asked lately."""
    if not course.sessions or now - course.sessions[-1].at < LATER:
        return ()
    wanted = forms(course, NEXT_FORMS)
    found = [_due(course, f, BETWEEN, 0) for f in wanted if _older(course, f, now - FRESH)]
    if _older(course, "urine-screen", now - MONTH):
        found.append(_due(course, "urine-screen", BETWEEN, 0))
    return tuple(found)


def session(course: Course, number: int) -> tuple[tuple[Due, bool], ...]:
    """Return the forms of a session in order, and whether each is done."""
    done = {f.form for f in course.forms if (f.visit, f.period) == (SESSION, number)}
    return tuple((_due(course, f, SESSION, number), f in done) for f in SESSION_FORMS)


def unnoted(course: Course, one: Session) -> tuple[Due, ...]:
    """Return the vital signs of a session in alarm without an action, each with its own page."""
    n = one.number
    return tuple(
        replace(
            _due(course, VITALS, SESSION, n),
            words=f"action for the alarm at {v.answers.get('minutes', 0.0):g} min",
            path=place(course.code, SESSION, n, VITALS, v.repeat),
        )
        for v in one.vitals
        if raised(v.answers) and not noted(v.answers)
    )


def _lacking(course: Course, past: Session, done: set[str]) -> tuple[Due, ...]:
    """Return what a session still lacks: action for an alarm, vital signs, dissociation, discharge.

    Adverse events come with the discharge.
    """
    n = past.number
    found = list(unnoted(course, past))
    wanted, taken = len(course.house.vitals_at_min), len(past.vitals)
    if taken < wanted:
        words = f"{title(VITALS)} ({taken} of {wanted})"
        found.append(replace(_due(course, VITALS, SESSION, n), words=words))
    rest = (f for f in SESSION_FORMS if f != VITALS and f not in done)
    return (*found, *(_due(course, f, SESSION, n) for f in rest))


def incomplete(course: Course) -> tuple[tuple[Session, tuple[Due, ...]], ...]:
    """Return the sessions that lack something, newest first, each with what it lacks."""
    done: dict[int, set[str]] = {s.number: set() for s in course.sessions}
    for f in course.forms:
        if f.visit == SESSION:
            done.setdefault(f.period, set()).add(f.form)
    rows = ((s, _lacking(course, s, done[s.number])) for s in reversed(course.sessions))
    return tuple((s, found) for s, found in rows if found)


def intake(course: Course) -> tuple[tuple[Due, bool], ...]:
    """Return the forms of the intake in order, and whether each is done."""
    done = {f.form for f in course.forms if f.visit == INTAKE}
    wanted = forms(course, INTAKE_FORMS)
    return tuple((_due(course, f, INTAKE, 0), f in done) for f in wanted)


def _due(course: Course, form: str, visit: str, period: int) -> Due:
    return Due(
        form=form,
        visit=visit,
        period=period,
        words=title(form),
        path=place(course.code, visit, period, form),
    )
