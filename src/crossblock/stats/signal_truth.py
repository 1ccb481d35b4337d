"""Simulated courses whose truth is known, and how signals and a naive rule do on them.

One person: baseline b, effect u in 0-1 that each session lifts by g of what is left and that decays
with half-life h, a slow weather of the illness w (first-order, stationary), and rating error e:

    y(t) = b (1 − s u(t)) + w(t) + e,   rounded and kept within 0-60

Tolerance: from a day on, h halves every `halving` days. Escalation: from a day on, each dose grows
and each interval shrinks by a fixed share. All numbers are assumed, near the size of published
courses; none is fitted.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from crossblock.stats import signals

Array = NDArray[np.float64]
Kind = Literal["steady", "tolerance", "escalation"]


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


@dataclass(frozen=True, kw_only=True, eq=False)
class Simulated:
    """One simulated course: sessions (n,), doses (n,), ratings (m,)."""

    baseline: float
    session: Array
    mg_per_kg: Array
    rated: Array
    score: Array


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
    return Simulated(
        baseline=float(np.round(base)),
        session=session,
        mg_per_kg=dose,
        rated=np.array(rated),
        score=np.array(score),
    )


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


def tolerance_signal(found: Simulated, upto: int) -> signals.Signal:
    """Return the signal of shrinking time in response, as known at session `upto`."""
    days, cut = stays(found, upto)
    return signals.falling(days[STABLE:], found.session[STABLE:upto], cut[STABLE:])


def escalation_signal(found: Simulated, upto: int) -> signals.Signal:
    """Return the signal of a rising weekly dose, as known at session `upto`."""
    rate = signals.weekly_dose(found.session[:upto], found.mg_per_kg[:upto])
    return signals.rising(np.log(rate[STABLE:]), found.session[STABLE:upto], scores="normal")


def stays(found: Simulated, upto: int) -> tuple[Array, signals.Flags]:
    """Return time in response of the sessions before `upto`, from the ratings made by then."""
    now = found.session[upto - 1] if upto < found.session.size else np.inf
    seen = found.rated <= now
    return signals.time_above(
        found.session[:upto], found.rated[seen], found.score[seen], 0.5 * found.baseline
    )


def first_alarm(found: Simulated, kind: Kind, rate: float) -> float:
    """Return the day of the first alarm at `rate`, or nan; looked at after every session."""
    make = escalation_signal if kind == "escalation" else tolerance_signal
    n = found.session.size
    for upto in range(STABLE + 3, n + 1):
        if make(found, upto).alarm(rate):
            return float(found.session[upto - 1])
    return float("nan")


def naive_alarm(found: Simulated, kind: Kind, ratio: float) -> float:
    """Return the day on which a value first passes `ratio` times the mean of the first three."""
    n = found.session.size
    if kind == "escalation":
        x = signals.weekly_dose(found.session, found.mg_per_kg)[STABLE:]
        hit = x > ratio * x[:3].mean()
    else:
        x, cut = stays(found, n)
        x, cut = x[STABLE:], cut[STABLE:]
        hit = (x < ratio * np.nanmean(x[:3])) & ~cut
    after = np.flatnonzero(hit[3:])
    return float(found.session[STABLE + 3 + after[0]]) if after.size else float("nan")


@dataclass(frozen=True, kw_only=True, slots=True)
class Operating:
    """False alarms per patient-year, detection within the year, and the delay in days."""

    false_per_year: float
    detected: float
    early: float
    """Share that had an alarm before anything had changed."""
    delay: float
    people: int


def operating(
    kind: Kind,
    people: int,
    seed: int,
    *,
    rate: float = 0.05,
    naive: float | None = None,
    truth: Truth | None = None,
) -> Operating:
    """Return how a rule does on `people` steady and `people` changing courses of one year.

    `naive` gives the ratio of the threshold rule; without it the signal at `rate` is judged.
    """  # fmt: skip
    base = truth or Truth()
    fields = {k: getattr(base, k) for k in Truth.__slots__}

    def alarms(of: Kind) -> Array:
        rng = np.random.default_rng([seed, 0 if of == "steady" else 1])
        one = Truth(**{**fields, "kind": of})
        courses = [simulate(one, rng) for _ in range(people)]
        if naive is None:
            return np.array([first_alarm(c, kind, rate) for c in courses])
        return np.array([naive_alarm(c, kind, naive) for c in courses])

    quiet, changed = alarms("steady"), alarms(kind)
    watched = (base.days - 45.0) / 365.0
    hit = changed[changed > base.onset]
    return Operating(
        false_per_year=float(np.isfinite(quiet).mean() / watched),
        detected=float(hit.size / people),
        early=float((changed <= base.onset).mean()),
        delay=float(np.median(hit) - base.onset) if hit.size else float("nan"),
        people=people,
    )
