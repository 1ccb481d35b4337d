"""Simulated courses whose truth is known, and when a naive rule cries out on them.

One person: baseline b, effect u in 0-1 that each session lifts by g of what is left and that decays
with half-life h, a slow weather of the illness w (first-order, stationary), and rating error e:

    y(t) = b (1 − s u(t)) + w(t) + e,   rounded and kept within 0-60

Tolerance: from a day on, h halves every `halving` days. Escalation: from a day on, each dose grows
and each interval shrinks by a fixed share. Craving, bladder, pressure: from a day on, these answers
or readings drift up by a fixed amount a month. Whatever does not change stays as noisy as it is.
All numbers are assumed, near the size of published courses; none is fitted.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from crossblock.stats import signals

Array = NDArray[np.float64]
Kind = Literal["steady", "tolerance", "escalation", "craving", "bladder", "pressure"]
MONTH = 28.0
WATCHED_FROM = 45.0  # d: about the eleventh session


@dataclass(frozen=True, kw_only=True, slots=True)
class Truth:
    """What a simulated person is like (all assumed). Days, mg/kg, points of a 60-point scale."""

    kind: Kind = "steady"
    onset: float = 120.0
    days: float = 365.0
    halving: float = 60.0
    growth: float = 0.06
    shrink: float = 0.06
    weather_sd: float = 2.0
    weather_days: float = 3.0
    error_sd: float = 2.5
    induction: tuple[float, ...] = field(default=(0, 3, 7, 10, 14, 17))
    dose_sd: float = 0.03
    gap_sd: float = 1.0
    craving_a_month: float = 8.0
    """Of 100; answers vary by `scale_sd` around a level between 0 and 40 of one's own."""
    scale_sd: float = 8.0
    complaint_a_month: float = 0.6
    """Of 3, on each monthly item; the item is the rounded level plus `complaint_sd`."""
    complaint_sd: float = 0.5
    pressure_a_month: float = 3.0
    pressure_sd: float = 9.0


@dataclass(frozen=True, kw_only=True, eq=False)
class Simulated:
    """One simulated course: sessions (n,), doses (n,), ratings (m,), months (q,).

    `answers` (n,) are given at or the day after each session, `complaints` (q,) every month.
    """

    baseline: float
    session: Array
    mg_per_kg: Array
    rated: Array
    score: Array
    month: Array
    answers: dict[str, Array]
    complaints: dict[str, Array]


def simulate(truth: Truth, rng: np.random.Generator) -> Simulated:
    """Return one course of a responder under `truth`."""
    session, dose = _sessions(truth, rng)
    base = float(np.clip(rng.normal(32, 3), 24, 45))
    half = float(np.exp(rng.normal(np.log(14), 0.3)))
    gain, size = float(rng.uniform(0.55, 0.75)), float(rng.uniform(0.75, 0.9))
    rated, score, effect, last = [], [], 0.0, 0.0
    weather, when = float(rng.normal(0, truth.weather_sd)), 0.0
    ends = np.append(session[1:], session[-1] + 14)
    for start, end in zip(session, ends):
        effect *= 0.5 ** ((start - last) / _half(truth, half, start))
        effect += gain * (1 - effect)
        times = sorted({start + 1.0, *(t for t in _weekly(start, end) if t < end - 0.6), end - 0.1})
        for t in times:
            keep = np.exp(-(t - when) / truth.weather_days)
            weather = float(keep * weather + rng.normal(0, truth.weather_sd * np.sqrt(1 - keep**2)))
            left = effect * 0.5 ** ((t - start) / _half(truth, half, t))
            value = base * (1 - size * left) + weather + rng.normal(0, truth.error_sd)
            rated.append(t)
            score.append(float(np.clip(np.round(value), 0, 60)))
            when = t
        last = start
    month = np.arange(MONTH, session[-1], MONTH)
    return Simulated(
        baseline=float(np.round(base)),
        session=session,
        mg_per_kg=dose,
        rated=np.array(rated),
        score=np.array(score),
        month=month,
        answers=_answers(truth, session, rng),
        complaints=_complaints(truth, month, rng),
    )


def _drift(truth: Truth, kind: Kind, day: Array, a_month: float) -> Array:
    late = np.maximum(0.0, day - truth.onset) / MONTH
    return late * a_month if truth.kind == kind else np.zeros(day.size)


def _answers(truth: Truth, day: Array, rng: np.random.Generator) -> dict[str, Array]:
    """Return craving and liking (0-100) and the pressure before the dose (mmHg)."""
    noise = rng.normal(size=(3, day.size))
    own = rng.uniform(0, 40, size=2)
    craving = own[0] + _drift(truth, "craving", day, truth.craving_a_month)
    pressure = rng.normal(126, 10) + _drift(truth, "pressure", day, truth.pressure_a_month)
    return {
        "craving": np.clip(np.round(craving + truth.scale_sd * noise[0]), 0, 100),
        "liking": np.clip(np.round(own[1] + 20 + truth.scale_sd * noise[1]), 0, 100),
        "systolic": np.round(pressure + truth.pressure_sd * noise[2]),
    }


COMPLAINTS: dict[str, Kind] = {
    "craving": "craving", "more": "craving", "missed": "steady", "frequency": "bladder",
    "urgency": "bladder", "pain": "bladder", "memory": "steady",
}  # fmt: skip
"""Monthly items of 0 to 3, and under which truth each drifts."""


def _complaints(truth: Truth, day: Array, rng: np.random.Generator) -> dict[str, Array]:
    found = {}
    for item, kind in COMPLAINTS.items():
        level = rng.uniform(0, 1) + (
            _drift(truth, kind, day, truth.complaint_a_month) if kind != "steady" else 0.0
        )
        found[item] = np.clip(np.round(level + rng.normal(0, truth.complaint_sd, day.size)), 0, 3)
    return found


def _weekly(start: float, end: float) -> Array:
    return np.arange(start + 4.0, end, 3.5)


def _half(truth: Truth, half: float, day: float) -> float:
    late = max(0.0, day - truth.onset) if truth.kind == "tolerance" else 0.0
    return float(half * 0.5 ** (late / truth.halving))


def _sessions(truth: Truth, rng: np.random.Generator) -> tuple[Array, Array]:
    """Return days and doses: six in three weeks, four weekly, then every second week."""
    day = list(truth.induction)
    rate, gap = 0.5, 14.0
    count = 0
    while day[-1] < truth.days:
        usual = 7.0 if len(day) < 10 else gap
        late = truth.kind == "escalation" and day[-1] > truth.onset
        if late:
            count += 1
        step = usual * (1 - truth.shrink) ** count if late else usual
        day.append(day[-1] + max(2.0, float(np.round(step + rng.normal(0, truth.gap_sd)))))
    days = np.array([d for d in day if d <= truth.days])
    after = np.cumsum(days > truth.onset) if truth.kind == "escalation" else np.zeros(days.size)
    dose = rate * (1 + truth.growth) ** after * np.exp(rng.normal(0, truth.dose_sd, days.size))
    return days, np.minimum(dose, 3.0)


STABLE = 10
"""The course is watched from its eleventh session on: before, intervals change by design."""


def naive_alarm(found: Simulated, kind: Kind, ratio: float) -> float:
    """Return the day on which a value first passes `ratio` times the mean of the first three."""
    if kind == "escalation":
        x = signals.weekly_dose(found.session, found.mg_per_kg)[STABLE:]
        hit = x > ratio * x[:3].mean()
    else:
        limit = 0.5 * found.baseline
        x, cut = signals.time_above(found.session, found.rated, found.score, limit)
        x, cut = x[STABLE:], cut[STABLE:]
        hit = (x < ratio * np.nanmean(x[:3])) & ~cut
    after = np.flatnonzero(hit[3:])
    return float(found.session[STABLE + 3 + after[0]]) if after.size else float("nan")


@dataclass(frozen=True, kw_only=True, slots=True)
class Operating:
    """False alarms per patient-year, detection within the year, and the delay in days."""

    false_per_year: float
    false_error: float
    detected: float
    early: float
    """Share that had an alarm before anything had changed."""
    delay: float
    people: int


def operating(quiet: Array, changed: Array, truth: Truth) -> Operating:
    """Return how a rule does, from its first alarms (people,) in days, nan where there is none.

    `quiet` are steady courses: every alarm is false. Rates are per year of the time from the
    eleventh session on, in which series of sessions are watched; the error is binomial.
    """
    watched = (truth.days - WATCHED_FROM) / signals.YEAR
    share = float(np.isfinite(quiet).mean())
    hit = changed[changed > truth.onset]
    return Operating(
        false_per_year=share / watched,
        false_error=float(np.sqrt(share * (1 - share) / quiet.size)) / watched,
        detected=float(hit.size / changed.size),
        early=float((changed <= truth.onset).mean()),
        delay=float(np.median(hit) - truth.onset) if hit.size else float("nan"),
        people=int(quiet.size),
    )
