"""What is watched in a course: tolerance, dependence, bladder, pressure; each with its rows.

Each series comes with the chance that a steady course would show such a run (`stats.signals`), and
with the rows that it was worked out from. It says what was counted; it names no cause.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from crossblock.load import instrument
from crossblock.server.clinic.course import Course, Filled
from crossblock.stats import signals

Array = NDArray[np.float64]
STABLE = 10
"""Intervals change by design before the eleventh session; series of sessions begin there."""
RATE = 0.05
FEWEST = 3


@dataclass(frozen=True, kw_only=True, slots=True)
class Watched:
    """One watched series. `noise` is None where there is nothing to reckon with."""

    id: str
    group: str
    title: str
    finding: str
    noise: float | None
    rows: tuple[tuple[str, str], ...]
    note: str = ""
    count: bool = False
    """True for a plain sum or count, to which no chance belongs."""

    @property
    def alarm(self) -> bool:
        return self.noise is not None and self.noise <= RATE

    @property
    def chance(self) -> str:
        """Return the chance in words."""
        if self.noise is None:
            return "none attached, this is a plain count" if self.count else "too few values yet"
        if self.noise > 0.99:
            return "a steady course shows at least this in nearly every year"
        if self.noise < 0.01:
            return "a steady course shows this in fewer than 1 of 100 years"
        return f"a steady course shows this in {100 * self.noise:.0f} of 100 years"


def watched(course: Course) -> tuple[Watched, ...]:
    """Return every watched series of a course that has at least one value."""
    if not course.sessions:
        return ()
    found = [
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


def day(course: Course, filled: Filled) -> float:
    """Return the day of a form since the first session."""
    return (filled.occurred - course.sessions[0].at).total_seconds() / 86400


def days(course: Course) -> Array:
    """Return the days of the sessions (n,) since the first."""
    first = course.sessions[0].at
    return np.array([(s.at - first).total_seconds() / 86400 for s in course.sessions])


def _rows(day: Sequence[float], value: Sequence[str]) -> tuple[tuple[str, str], ...]:
    return tuple((f"day {d:.0f}", v) for d, v in zip(day, value))


def _judged(found: signals.Signal) -> float | None:
    return found.noise if found.n >= FEWEST else None


def _moved(found: signals.Signal, up: str, steady: str) -> str:
    return up if found.n >= FEWEST and found.noise <= RATE else steady


def _stays(course: Course) -> Watched | None:
    form = course.rated_by
    base = course.baseline(form)
    later = [f for f in course.scores(form) if f.total is not None]
    if base is None or not later:
        return None
    share = instrument.read(form).response or 0.5
    limit = (1 - share) * base
    at = days(course)
    rated = np.array([day(course, f) for f in later])
    score = np.array([float(f.total or 0.0) for f in later])
    stay, cut = signals.time_above(at, rated, score, limit)
    found = signals.falling(stay[STABLE:], at[STABLE:], cut[STABLE:])
    words = [
        "no rating" if np.isnan(s) else f"{s:.1f} d{' or more' if c else ''}"
        for s, c in zip(stay, cut)
    ]
    name = instrument.read(form).short_name
    return Watched(
        id="stays",
        group="tolerance",
        title="Time in response after each session",
        finding=_moved(found, "It has been getting shorter.", "No run of shorter times."),
        noise=_judged(found),
        rows=_rows(list(at), words),
        note=f"{name} at {limit:g} or less, straight lines between ratings; judged from the "
        "eleventh session. The illness, a missed medicine or tolerance can all look like this.",
    )


def _doses(course: Course) -> Watched:
    at = days(course)
    dose = np.array([s.mg_per_kg for s in course.sessions])
    found = signals.rising(dose[STABLE:], at[STABLE:], scores="normal")
    return Watched(
        id="doses",
        group="tolerance",
        title="Dose",
        finding=_moved(found, "It has been rising.", "No run of rising doses."),
        noise=_judged(found),
        rows=_rows(list(at), [f"{d:.2f} mg/kg {s.route}" for d, s in zip(dose, course.sessions)]),
        note="A dose is a decision: the chance says only that the rise is not rounding.",
    )


def _intervals(course: Course) -> Watched | None:
    at = days(course)
    if at.size < 2:
        return None
    gap = np.diff(at)
    found = signals.falling(gap[STABLE:], at[STABLE + 1 :])
    return Watched(
        id="intervals",
        group="tolerance",
        title="Interval between sessions",
        finding=_moved(found, "It has been getting shorter.", "No run of shorter intervals."),
        noise=_judged(found),
        rows=_rows(list(at[1:]), [f"{g:.0f} d" for g in gap]),
    )


def _weekly(course: Course) -> Watched | None:
    at = days(course)
    if at.size < 2:
        return None
    rate = signals.weekly_dose(at, np.array([s.mg_per_kg for s in course.sessions]))
    found = signals.rising(np.log(rate[STABLE:]), at[STABLE:], scores="normal")
    return Watched(
        id="weekly",
        group="tolerance",
        title="Dose a week (dose over interval)",
        finding=_moved(found, "It has been rising.", "No run of rising weekly doses."),
        noise=_judged(found),
        rows=_rows(list(at[1:]), [f"{r:.2f} mg/kg a week" for r in rate[1:]]),
    )


def _sum(course: Course) -> Watched:
    total = np.cumsum([s.dose_mg for s in course.sessions])
    return Watched(
        id="cumulative",
        group="tolerance",
        title="Cumulative dose",
        finding=f"{total[-1]:.0f} mg in {len(course.sessions)} sessions.",
        noise=None,
        rows=_rows(list(days(course)), [f"{t:.0f} mg" for t in total]),
        count=True,
    )


def _scale(course: Course, form: str, title: str, group: str) -> Watched | None:
    rows = course.scores(form)
    if not rows:
        return None
    at = np.array([day(course, f) for f in rows])
    value = np.array([float(f.total or 0.0) for f in rows])
    found = signals.rising(value, at)
    return Watched(
        id=form,
        group=group,
        title=title,
        finding=_moved(found, "It has been rising.", "No run of rising answers."),
        noise=_judged(found),
        rows=_rows(list(at), [f"{v:g} of 100" for v in value]),
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
        finding=_moved(found, "It has been rising.", "No run of rising answers."),
        noise=_judged(found),
        rows=_rows(list(at), [f"{v:g} of {most}" for v in value]),
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
        rows=_rows(
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
        rows=_rows([day(course, f) for f in rows], [str(f.answers["blood"]) for f in rows]),
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
        finding="Higher after missed sessions." if noise <= RATE else "Not seen to be higher.",
        noise=noise if missed >= 2 else None,
        rows=_rows(list(when), [f"{v:g}, {g:.0f} d after a session" for v, g in zip(value, gap)]),
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
    found = signals.rising(value, at, scores="normal")
    return Watched(
        id="pressure",
        group="pressure",
        title="Systolic blood pressure before the dose",
        finding=_moved(found, "It has been rising.", "No run of rising pressures."),
        noise=_judged(found),
        rows=_rows(list(at), [f"{v:g} mmHg" for v in value]),
    )
