"""Occasions: which rating or step was required when in a course, and whether it was there.

Nothing here knows what time it is now. An occasion that counts only from some moment on carries
that moment as `due`; whoever reads it compares it with the clock. What is required, and when,
follows docs/clinic.md, "Quality board".
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta

from crossblock.server.clinic.course import AFTER, BETWEEN, INTAKE, SESSION, SIX, Course, Filled

CLINICIAN, OWN = ("madrs", "hamd17"), ("qids-sr16", "phq9")
BASELINE = (
    ("before.clinician", CLINICIAN),
    ("before.own", OWN),
    ("before.suicide", ("cssrs-screener",)),
    ("before.use", ("dudit", "assist")),
    ("before.monthly", ("monthly",)),
    ("before.expectation", ("expectation",)),
)
DAY_AFTER = (
    ("after.clinician", CLINICIAN),
    ("after.own", OWN),
    ("after.liking", ("drug-liking",)),
    ("after.craving", ("ketamine-craving",)),
)
NEAR_MIN = 15
"""A vital sign counts for a fixed time when it was taken within so many minutes of it."""
SESSION_OVER = timedelta(hours=24)
RATED_BY = timedelta(hours=48)
BEFORE_NEXT = timedelta(days=7)
"""A rating before the next dose is at most so old."""
RATED_AFTER_SIX = timedelta(days=10)
MONTH = timedelta(days=28)
LEFT = timedelta(days=42)
"""So long after a last session the course counts as stopped, unless its plan names a longer gap."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Occasion:
    """So many times required and so many times there; counts from `due` on (None: always)."""

    what: str
    wanted: int = 1
    kept: int
    due: datetime | None = None


def occasions(course: Course) -> tuple[Occasion, ...]:
    """Return what was required in a course: whatever is settled as one sum, the rest one by one."""
    settled: dict[str, list[int]] = {}
    waiting = []
    for one in _every(course):
        if one.due is not None:
            waiting.append(one)
            continue
        sums = settled.setdefault(one.what, [0, 0])
        sums[0] += one.wanted
        sums[1] += one.kept
    sums_of = (Occasion(what=w, wanted=n, kept=k) for w, (n, k) in settled.items())
    return (*sums_of, *waiting)


def ends(course: Course) -> datetime:
    """Return when a course without another session counts as stopped.

    A plan of longer intervals that stands since the last session holds it open until its review.
    """
    last = course.sessions[-1].at
    plan, review = course.plan, course.review
    if plan is None or review is None or plan.answers.get("option") != "space":
        return last + LEFT
    until = datetime(review.year, review.month, review.day, tzinfo=last.tzinfo) + timedelta(days=1)
    return max(last + LEFT, until)


def vitals_kept(course: Course, index: int) -> int:
    """Return at how many of the fixed times of a session vital signs were taken."""
    taken = [v.answers.get("minutes") for v in course.sessions[index].vitals]
    return sum(
        any(isinstance(m, float) and abs(m - wanted) <= NEAR_MIN for m in taken)
        for wanted in course.house.vitals_at_min
    )


def _every(course: Course) -> Iterator[Occasion]:
    if not course.sessions:
        return
    yield from _baseline(course)
    for index in range(len(course.sessions)):
        yield from _session(course, index)
    yield from _monthly(course)
    yield from _first_six(course)


def _baseline(course: Course) -> Iterator[Occasion]:
    first = course.sessions[0].at
    early = {f.form for f in course.forms if f.visit == INTAKE and f.whole and f.occurred <= first}
    for what, forms in BASELINE:
        yield Occasion(what=what, kept=int(not early.isdisjoint(forms)))


def _session(course: Course, index: int) -> Iterator[Occasion]:
    """Yield what one session requires; that of the last one counts when its time has passed."""
    session = course.sessions[index]
    last = index == len(course.sessions) - 1
    held = {
        visit: {f.form for f in course.forms if (f.visit, f.period) == (visit, session.number)}
        for visit in (SESSION, AFTER)
    }
    over = session.at + SESSION_OVER if last else None
    times = len(course.house.vitals_at_min)
    yield Occasion(what="session.vitals", wanted=times, kept=vitals_kept(course, index), due=over)
    yield Occasion(what="session.cadss6", kept=int("cadss6" in held[SESSION]), due=over)
    rated = session.at + RATED_BY if last else None
    for what, forms in DAY_AFTER:
        yield Occasion(what=what, kept=int(not held[AFTER].isdisjoint(forms)), due=rated)
    if index:
        since = max(course.sessions[index - 1].at, session.at - BEFORE_NEXT)
        found = any(since < f.occurred <= session.at for f in _between(course))
        yield Occasion(what="next.rating", kept=int(found))


def _between(course: Course) -> Iterator[Filled]:
    scales = (*CLINICIAN, *OWN)
    return (f for f in course.forms if f.visit == BETWEEN and f.form in scales)


def _monthly(course: Course) -> Iterator[Occasion]:
    """Yield one occasion for every four weeks of the course; it counts when they are over."""
    first, last, end = course.sessions[0].at, course.sessions[-1].at, ends(course)
    asked = [f.occurred for f in course.all("monthly", BETWEEN)]
    opens = first
    while opens + MONTH <= end:
        closes = opens + MONTH
        kept = any(opens < at <= closes for at in asked)
        due = closes if closes > last else None
        yield Occasion(what="month.monthly", kept=int(kept), due=due)
        opens = closes


def _first_six(course: Course) -> Iterator[Occasion]:
    """Yield how the first six sessions ended: whether they were reached, rated and answered."""
    if len(course.sessions) < SIX:
        yield Occasion(what="six.stopped", kept=1, due=ends(course))
        return
    yield Occasion(what="six.stopped", kept=0)
    answered = course.responded_after(SIX)
    due = course.sessions[SIX - 1].at + RATED_AFTER_SIX if answered is None else None
    yield Occasion(what="six.rated", kept=int(answered is not None), due=due)
    if answered is not None:
        yield Occasion(what="six.responded", kept=int(answered))
