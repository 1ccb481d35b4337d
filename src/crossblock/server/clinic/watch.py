"""What is watched in a course: tolerance, dependence, bladder, pressure; each with its rows.

Each series comes with the chance that a steady course would show such a run (`stats.signals`), and
with the rows that it was worked out from. It says what was counted; it names no cause.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from crossblock.load import instrument
from crossblock.server.clinic.course import Course
from crossblock.server.clinic.series import (
    LEAST,
    Watched,
    day,
    days,
    judged,
    moved,
    points_of,
    rows_of,
)
from crossblock.stats import signals

Array = NDArray[np.float64]
STABLE = 10
"""Intervals change by design before the eleventh session; series of sessions begin there."""
WEATHER = 10.0
"""Days until a deviation of mood or wanting falls to 1/e of itself; assumed."""
USUAL_SD = {"kept": 0.08, "doses": 0.05, "intervals": 0.1, "weekly": 0.1, "pressure": 9.0}
"""How much a steady series moves (share, log, log, log, mmHg): counted as six values; assumed."""


def watched(course: Course) -> tuple[Watched, ...]:
    """Return every watched series of a course that has at least one value."""
    if not course.sessions:
        return ()
    found = [
        _kept(course),
        _stays(course),
        _doses(course),
        _intervals(course),
        _weekly(course),
        _sum(course),
        _scale(course, "ketamine-craving", "Craving for ketamine", "dependence"),
        _scale(course, "drug-liking", "Liking of the effect", "dependence"),
        _monthly(course, ("craving", "more"), "Wanting more than planned", "dependence"),
        _unsanctioned(course),
        _missed(course),
        _monthly(course, ("frequency", "urgency", "pain"), "Bladder symptoms", "bladder"),
        _blood(course),
        _monthly(course, ("memory",), "Trouble remembering or thinking", "memory"),
        _pressure(course),
    ]
    return tuple(w for w in found if w is not None)


@dataclass(frozen=True, kw_only=True, eq=False)
class Rated:
    """The ratings by which a course is read: days, scores, baseline, and who asks."""

    name: str
    base: float
    response: float
    day: Array
    score: Array


def _rated(course: Course) -> Rated | None:
    form = course.rated_by
    base = course.baseline(form)
    later = [f for f in course.scores(form) if f.total is not None]
    if base is None or not later:
        return None
    asked = instrument.read(form)
    return Rated(
        name=asked.short_name,
        base=base,
        response=asked.response or 0.5,
        day=np.array([day(course, f) for f in later]),
        score=np.array([float(f.total or 0.0) for f in later]),
    )


def _kept(course: Course) -> Watched | None:
    rated = _rated(course)
    if rated is None or rated.base <= 0:
        return None
    at = days(course)
    held = signals.kept(at, rated.day, rated.score, rated.base)
    found = signals.falling(held[STABLE:], at[STABLE:], usual_sd=USUAL_SD["kept"], memory=WEATHER)
    words = ["too few ratings" if np.isnan(h) else f"{100 * h:.0f} %" for h in held]
    return Watched(
        id="kept",
        group="tolerance",
        title="Improvement kept between sessions",
        finding=moved(found, "kept", "It has been getting less.", "No run of less improvement."),
        noise=judged(found),
        rows=rows_of(list(at), words),
        points=points_of(at, 100 * held),
        axis="mean fall from baseline, % (higher is better)",
        note=f"Mean fall of {rated.name} from {rated.base:g} until the next session, straight "
        "lines between ratings; judged from the eleventh session. The illness, a longer interval, "
        "a missed medicine or tolerance can all look like this.",
    )


def _stays(course: Course) -> Watched | None:
    rated = _rated(course)
    if rated is None:
        return None
    limit = (1 - rated.response) * rated.base
    at = days(course)
    stay, cut = signals.time_above(at, rated.day, rated.score, limit)
    found = signals.falling(stay[STABLE:], at[STABLE:], cut[STABLE:], memory=WEATHER)
    words = [
        "no rating" if np.isnan(s) else f"{s:.1f} d{' or more' if c else ''}"
        for s, c in zip(stay, cut)
    ]
    return Watched(
        id="stays",
        group="tolerance",
        title="Time in response after each session",
        finding=moved(found, "stays", "It has been getting shorter.", "No run of shorter times."),
        noise=judged(found),
        rows=rows_of(list(at), words),
        points=points_of(at, stay, list(cut)),
        axis="days in response after a session (longer is better)",
        note=f"{rated.name} at {limit:g} or less, straight lines between ratings; judged from the "
        "eleventh session. The illness, a missed medicine or tolerance can all look like this.",
    )


def _doses(course: Course) -> Watched:
    at = days(course)
    dose = np.array([s.mg_per_kg for s in course.sessions])
    found = signals.rising(np.log(dose[STABLE:]), at[STABLE:], usual_sd=USUAL_SD["doses"])
    return Watched(
        id="doses",
        group="tolerance",
        title="Dose",
        finding=moved(found, "doses", "It has been rising.", "No run of rising doses."),
        noise=judged(found),
        rows=rows_of(list(at), [f"{d:.2f} mg/kg {s.route}" for d, s in zip(dose, course.sessions)]),
        points=points_of(at, dose),
        axis="dose, mg/kg",
        note="A dose is a decision: the chance says only that the rise is not rounding.",
    )


def _intervals(course: Course) -> Watched | None:
    at = days(course)
    if at.size < 2:
        return None
    gap = np.diff(at)
    found = signals.falling(np.log(gap[STABLE:]), at[STABLE + 1 :], usual_sd=USUAL_SD["intervals"])
    return Watched(
        id="intervals",
        group="tolerance",
        title="Interval between sessions",
        finding=moved(
            found, "intervals", "It has been getting shorter.", "No run of shorter intervals."
        ),
        noise=judged(found),
        rows=rows_of(list(at[1:]), [f"{g:.0f} d" for g in gap]),
        points=points_of(at[1:], gap),
        axis="days since the last session",
    )


def _weekly(course: Course) -> Watched | None:
    at = days(course)
    if at.size < 2:
        return None
    rate = signals.weekly_dose(at, np.array([s.mg_per_kg for s in course.sessions]))
    found = signals.rising(np.log(rate[STABLE:]), at[STABLE:], usual_sd=USUAL_SD["weekly"])
    return Watched(
        id="weekly",
        group="tolerance",
        title="Dose a week (dose over interval)",
        finding=moved(found, "weekly", "It has been rising.", "No run of rising weekly doses."),
        noise=judged(found),
        rows=rows_of(list(at[1:]), [f"{r:.2f} mg/kg a week" for r in rate[1:]]),
        points=points_of(at[1:], rate[1:]),
        axis="mg/kg a week",
    )


def _sum(course: Course) -> Watched:
    total = np.cumsum([s.dose_mg for s in course.sessions])
    return Watched(
        id="cumulative",
        group="tolerance",
        title="Cumulative dose",
        finding=f"{total[-1]:.0f} mg in {len(course.sessions)} sessions.",
        noise=None,
        rows=rows_of(list(days(course)), [f"{t:.0f} mg" for t in total]),
        count=True,
    )


def _scale(course: Course, form: str, title: str, group: str) -> Watched | None:
    rows = course.scores(form)
    if not rows:
        return None
    at = np.array([day(course, f) for f in rows])
    value = np.array([float(f.total or 0.0) for f in rows])
    found = signals.rising(value, at, memory=WEATHER)
    return Watched(
        id=form,
        group=group,
        title=title,
        finding=moved(found, form, "It has been rising.", "No run of rising answers."),
        noise=judged(found),
        rows=rows_of(list(at), [f"{v:g} of 100" for v in value]),
        points=points_of(at, value),
        axis="own rating, 0 (none) to 100 (most)",
    )


def _monthly(course: Course, items: tuple[str, ...], title: str, group: str) -> Watched | None:
    rows = [f for f in course.all("monthly") if all(i in f.answers for i in items)]
    if not rows:
        return None
    at = np.array([day(course, f) for f in rows])
    value = np.array([sum(float(f.answers[i]) for i in items) for f in rows])
    found = signals.rising(value, at)
    most = 3 * len(items)
    return Watched(
        id=items[0],
        group=group,
        title=title,
        finding=moved(found, items[0], "It has been rising.", "No run of rising answers."),
        noise=judged(found),
        rows=rows_of(list(at), [f"{v:g} of {most}" for v in value]),
        points=points_of(at, value),
        axis=f"own answers, points of {most} (lower is better)",
        note="Our own short questions, not a validated scale.",
    )


def _unsanctioned(course: Course) -> Watched | None:
    rows = [f for f in course.all("monthly") if "unsanctioned" in f.answers]
    if not rows:
        return None
    said = ("never", "some days", "most days", "daily")
    times = sum(float(f.answers["unsanctioned"]) > 0 for f in rows)
    return Watched(
        id="unsanctioned",
        group="dependence",
        title="Ketamine from elsewhere",
        finding=f"Reported {times} of {len(rows)} times asked.",
        noise=None,
        rows=rows_of(
            [day(course, f) for f in rows],
            [said[int(float(f.answers["unsanctioned"]))] for f in rows],
        ),
        count=True,
    )


def _blood(course: Course) -> Watched | None:
    rows = [f for f in course.all("monthly") if "blood" in f.answers]
    if not rows:
        return None
    times = sum(f.answers["blood"] == "yes" for f in rows)
    return Watched(
        id="blood",
        group="bladder",
        title="Blood in the urine",
        finding=f"Reported {times} of {len(rows)} times asked.",
        noise=None,
        rows=rows_of([day(course, f) for f in rows], [str(f.answers["blood"]) for f in rows]),
        count=True,
    )


def _missed(course: Course) -> Watched | None:
    rows = course.scores("pwc20") or tuple(
        f for f in course.all("monthly") if "missed" in f.answers
    )
    at = days(course)
    if not rows or at.size < 3:
        return None
    when = np.array([day(course, f) for f in rows])
    value = np.array([float(f.answers["missed"]) if f.total is None else f.total for f in rows])
    gap = np.array([d - at[at <= d].max() if (at <= d).any() else np.nan for d in when])
    keep = np.isfinite(gap)
    usual = float(np.median(np.diff(at)))
    noise = signals.after_a_gap(value[keep], gap[keep], usual, np.random.default_rng(1))
    missed = int(np.sum(gap[keep] > 1.5 * usual))
    return Watched(
        id="withdrawal",
        group="dependence",
        title="Complaints after missed sessions",
        finding="Higher after missed sessions." if noise <= LEAST else "Not seen to be higher.",
        noise=noise if missed >= 2 else None,
        rows=rows_of(list(when), [f"{v:g}, {g:.0f} d after a session" for v, g in zip(value, gap)]),
        note=f"{missed} answers came after a gap of more than 1.5 times the usual {usual:.0f} d.",
    )


def _pressure(course: Course) -> Watched | None:
    rows = [
        v
        for s in course.sessions
        for v in s.vitals
        if float(v.answers.get("minutes", 0.0)) <= 5 and "systolic" in v.answers
    ]
    if not rows:
        return None
    at = np.array([day(course, f) for f in rows])
    value = np.array([float(f.answers["systolic"]) for f in rows])
    found = signals.rising(value, at, usual_sd=USUAL_SD["pressure"])
    return Watched(
        id="pressure",
        group="pressure",
        title="Systolic blood pressure before the dose",
        finding=moved(found, "pressure", "It has been rising.", "No run of rising pressures."),
        noise=judged(found),
        rows=rows_of(list(at), [f"{v:g} mmHg" for v in value]),
        points=points_of(at, value),
        axis="systolic pressure, mmHg",
        zero=False,
    )
