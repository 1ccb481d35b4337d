"""Courses of imaginary patients, taken from the forecast's virtual people.

A cohort goes through a regimen under one mechanism and one reason of a lost effect; the one person
is taken whose course shows most clearly what the demonstration wants to show. Ratings are the true
scores of that person with the forecast's own rating error. Nobody in it is real.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from crossblock.domain.adaptation import Loss
from crossblock.domain.repeated_regimen import Regimen
from crossblock.forecast.course import follow, plan
from crossblock.forecast.people import cohort
from crossblock.forecast.session import session_effect
from crossblock.forecast.track import Track
from crossblock.load.adaptation import adaptation
from crossblock.load.compound import compound
from crossblock.load.mechanism import mechanism
from crossblock.load.repeated_regimen import policy, regimen

Array = NDArray[np.float64]
Kind = Literal["steady", "tolerance", "escalation"]
MECHANISM = "h1"
"""Any of them would do: they agree on mood when nothing else is on board."""
PEOPLE, LOOK_H, DAY = 160, 12.0, 24.0
HORIZON_D = 736.0
EARLY_D = 28.0
CHOICE = 5
"""One of so many that show it most clearly, so that seeds differ."""


@dataclass(frozen=True, kw_only=True, eq=False)
class Imagined:
    """One course: sessions (n,) in days, doses (n,) in mg/kg, ratings (m,) in days and points."""

    baseline: float
    session: Array
    mg_per_kg: Array
    rated: Array
    score: Array


def imagine(kind: Kind, days: float, rng: np.random.Generator) -> Imagined:
    """Return the course of one virtual person over so many days, up to two years."""
    track, error_sd = _track(kind, min(HORIZON_D, EARLY_D * (1 + days // EARLY_D)))
    shown = WANTED[kind](track, days)
    clearest = np.argsort(-shown)[:CHOICE]
    who = int(rng.choice(clearest))
    session, dose = _sessions(track, who, days)
    rated = np.array(sorted(_looks(session, days)))
    score = np.interp(rated, track.days, track.true[:, who].astype(float))
    score = np.clip(np.round(score + rng.normal(0.0, error_sd, rated.size)), 0.0, 60.0)
    return Imagined(
        baseline=float(np.round(track.people.baseline[who])),
        session=session,
        mg_per_kg=dose,
        rated=rated,
        score=score,
    )


def _given(kind: Kind) -> tuple[Regimen, Loss]:
    if kind == "escalation":
        return policy("escalating"), Loss.CEILING
    loss = Loss.TOLERANCE if kind == "tolerance" else Loss.ILLNESS
    return regimen("ketamine-induction-maintenance"), loss


@cache
def _track(kind: Kind, horizon_d: float) -> tuple[Track, float]:
    """Return the cohort's course with looks twice a day, and the error of one rating."""
    given, loss = _given(kind)
    slow, rival = adaptation(), mechanism(MECHANISM)
    people = cohort(slow, PEOPLE, seed=1, losses=(loss,), worlds=1, spread=False)
    drugs = {given.drug: compound(given.drug)}
    effects = [
        session_effect(rival, given, people, slow, drugs, factor) for factor in given.rules.escalate
    ]
    track = follow(given, effects, plan(people, given, horizon_d * DAY, LOOK_H), slow)
    return track, slow["rating_sd"]


def _half(track: Track, first: float, last: float) -> Array:
    """Return the share of the time at half the baseline or below, between two days, a person."""
    inside = (track.days >= first) & (track.days <= last)
    return np.asarray((track.true <= 0.5 * track.people.baseline)[inside].mean(axis=0))


def _steady(track: Track, days: float) -> Array:
    return _half(track, 7.0, days)


def _fading(track: Track, days: float) -> Array:
    """Return how much more time was at half the baseline before the middle than at the end.

    The first eight weeks do not count: a series is watched from its eleventh session on.
    """
    return _half(track, 2 * EARLY_D, 0.5 * days) - _half(track, 0.75 * days, days)


def _raised(track: Track, days: float) -> Array:
    """Return the last dose over the first, and then how late it came: it was raised in between."""
    steps = np.diff(track.mg[track.days <= days], axis=0)
    given = np.where(steps > 1.0, steps, np.nan)
    first = np.nanmax(given[: int(EARLY_D)], axis=0)
    return np.asarray(np.nanmax(given, axis=0) / first + _half(track, 7.0, EARLY_D))


WANTED: dict[Kind, Callable[[Track, float], Array]] = {
    "steady": _steady,
    "tolerance": _fading,
    "escalation": _raised,
}


def _sessions(track: Track, who: int, days: float) -> tuple[Array, Array]:
    """Return days and mg/kg of the sessions: a look is before the session of its moment."""
    at = np.flatnonzero(np.diff(track.sessions[:, who]) > 0)
    mg = np.diff(track.mg[:, who])[at] / track.people.weight_kg[who]
    inside = track.days[at] <= days
    return np.asarray(track.days[at][inside]), np.asarray(mg[inside], dtype=float)


def _looks(session: Array, days: float) -> set[float]:
    """Return when a patient is rated: the day after, twice a week, and before the next session."""
    found: set[float] = set()
    ends = np.append(session[1:], days)
    for start, end in zip(session, ends, strict=True):
        found.add(float(start) + 1.0)
        found.update(float(t) for t in np.arange(start + 4.0, end - 0.6, 3.5))
        if end - start > 1.5:
            found.add(float(end) - 0.1)
    return {t for t in found if t <= days}
