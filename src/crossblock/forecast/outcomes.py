"""What a course comes to, person by person: benefit, relapse, side effects, exposure, dependence.

Each outcome is a number for every person, so that any spread can be taken of it later. Shares are
0 to 1; what is not defined for a person (a relapse of somebody who never responded) is NaN and is
left out of means, never set to 0.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from crossblock.forecast.dependence import Index
from crossblock.forecast.survival import relapse_time
from crossblock.forecast.track import Track

Array = NDArray[np.float64]
BEST, WORST = 60.0, 6.0  # MADRS total and one item


@dataclass(frozen=True, kw_only=True, slots=True)
class Outcome:
    """One outcome: its name, words and unit, and whether more of it is better (1), worse (-1)."""

    id: str
    words: str
    unit: str
    sign: int
    value: Callable[[Track, Index], Array]


def _end(track: Track, x: NDArray[np.float32]) -> Array:
    return np.asarray(x[-1], dtype=float)


def _score(track: Track, index: Index) -> Array:
    return _end(track, track.true)


def _response(track: Track, index: Index) -> Array:
    return np.asarray(track.responds[-1], dtype=float)


def _remission(track: Track, index: Index) -> Array:
    return np.asarray(track.remits[-1], dtype=float)


def _above(track: Track, index: Index) -> Array:
    """Return the share of the whole time spent at half the baseline or below."""
    steps = np.diff(track.times_h)
    return np.asarray((track.above[1:] * steps[:, None]).sum(axis=0) / steps.sum())


def _per_session(track: Track, index: Index) -> Array:
    """Return the days at half the baseline or below for each session given."""
    days = _above(track, index) * track.days[-1]
    sessions = _end(track, track.sessions)
    return np.where(sessions > 0, days / np.maximum(sessions, 1.0), np.nan)


def _until_relapse(track: Track, index: Index) -> Array:
    """Return days from the first response to two ratings in a row above half the baseline.

    Responders who do not relapse count with the days they were followed (a lower bound).
    """
    first = np.argmax(track.responds, axis=0)
    ever = track.responds.any(axis=0)
    bad = ~track.responds & (np.arange(len(track.times_h))[:, None] > first)
    when = relapse_time(bad, track.days, 0) - track.days[first]
    followed = track.days[-1] - track.days[first]
    return np.where(ever, np.minimum(when, followed), np.nan)


def _relapsed(track: Track, index: Index) -> Array:
    first = np.argmax(track.responds, axis=0)
    ever = track.responds.any(axis=0)
    bad = ~track.responds & (np.arange(len(track.times_h))[:, None] > first)
    when = relapse_time(bad, track.days, 0)
    return np.where(ever, np.isfinite(when).astype(float), np.nan)


def _suicidality(track: Track, index: Index) -> Array:
    """Return the expected MADRS item 10 from the total: 6 x share of the total x its weight."""
    share = _end(track, track.true) / BEST
    return np.asarray(WORST * share * track.people.values["suicidality"])


def _first(track: Track, x: NDArray[np.float32]) -> Array:
    """Return the value after the first session, NaN without one."""
    k = np.argmax(track.sessions > 0, axis=0)
    found = x[k, np.arange(x.shape[1])].astype(float)
    return np.where(track.sessions[-1] > 0, found, np.nan)


def _last(track: Track, x: NDArray[np.float32]) -> Array:
    return np.where(track.sessions[-1] > 0, _end(track, x), np.nan)


OUTCOMES: tuple[Outcome, ...] = (
    Outcome(id="score", words="MADRS at the end", unit="points", sign=-1, value=_score),
    Outcome(id="response", words="response at the end", unit="share", sign=1, value=_response),
    Outcome(id="remission", words="remission at the end", unit="share", sign=1, value=_remission),
    Outcome(
        id="time-in-response",
        words="time spent at half the baseline or below",
        unit="share",
        sign=1,
        value=_above,
    ),
    Outcome(
        id="days-per-session",
        words="days at half the baseline or below for each session",
        unit="days",
        sign=1,
        value=_per_session,
    ),
    Outcome(id="relapsed", words="relapse after response", unit="share", sign=-1, value=_relapsed),
    Outcome(
        id="days-to-relapse",
        words="days from response to relapse (or to the end)",
        unit="days",
        sign=1,
        value=_until_relapse,
    ),
    Outcome(
        id="suicidality",
        words="expected MADRS suicidality item at the end",
        unit="points",
        sign=-1,
        value=_suicidality,
    ),
    Outcome(
        id="dissociation-first",
        words="CADSS peak of the first session",
        unit="points",
        sign=-1,
        value=lambda t, i: _first(t, t.cadss),
    ),
    Outcome(
        id="dissociation-last",
        words="CADSS peak of the last session",
        unit="points",
        sign=-1,
        value=lambda t, i: _last(t, t.cadss),
    ),
    Outcome(
        id="pressure",
        words="systolic peak above rest in a session",
        unit="mmHg",
        sign=-1,
        value=lambda t, i: _last(t, t.pressure),
    ),
    Outcome(
        id="sessions",
        words="sessions given",
        unit="count",
        sign=-1,
        value=lambda t, i: _end(t, t.sessions),
    ),
    Outcome(
        id="cumulative-dose", words="drug taken in all", unit="mg", sign=-1,
        value=lambda t, i: _end(t, t.mg),
    ),
    Outcome(
        id="bladder",
        words="exposure of the bladder that is not yet forgotten",
        unit="mg",
        sign=-1,
        value=lambda t, i: _end(t, t.bladder),
    ),
    Outcome(
        id="dependence",
        words="dependence index at the end, relative to a daily full mu agonist",
        unit="relative",
        sign=-1,
        value=lambda t, i: np.asarray(i.whole[-1], dtype=float),
    ),
    Outcome(
        id="dependence-without-opioids",
        words="the part of it that a path without opioids carries",
        unit="relative",
        sign=-1,
        value=lambda t, i: np.asarray(i.without_opioids[-1], dtype=float),
    ),
    Outcome(
        id="withdrawal",
        words="withdrawal on stopping at the end",
        unit="share of receptors",
        sign=-1,
        value=lambda t, i: _end(t, t.withdrawal),
    ),
    Outcome(
        id="precipitated",
        words="withdrawal that naltrexone would precipitate, above its effect on anybody",
        unit="share of receptors",
        sign=-1,
        value=lambda t, i: _end(t, t.precipitated),
    ),
    Outcome(
        id="pwc-20",
        words="PWC-20 points from withdrawal on stopping",
        unit="points",
        sign=-1,
        value=lambda t, i: _end(t, t.withdrawal) * t.people.values["pwc"],
    ),
)  # fmt: skip


def outcome(id: str) -> Outcome:
    """Return an outcome by name; raises KeyError for a name that is none."""
    return {o.id: o for o in OUTCOMES}[id]
