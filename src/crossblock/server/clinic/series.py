"""A watched series of a course: what was counted, its rows, and the chance that it is noise."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from crossblock.server.clinic.course import Course, Filled
from crossblock.stats import signals

Array = NDArray[np.float64]
FEWEST = 3
RATE = 0.05
"""How often a steady course may raise any signal, a year: all series together."""
LEAST = 0.002
SHARES = {"kept": 0.02, "weekly": 0.01}
"""What of `RATE` each series has, `LEAST` any other; all shares add up to it.

Whoever watches eleven series at 5 of 100 each has a false alarm in two years out of five.
"""
SERIES = ("kept", "weekly", "stays", "doses", "intervals", "ketamine-craving", "drug-liking",
          "craving", "withdrawal", "frequency", "memory", "pressure")  # fmt: skip
"""Every series that a chance belongs to."""


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
    points: tuple[tuple[float, float, bool], ...] = ()
    """What is drawn: day, value, and whether the value is known only as "this or more"."""
    axis: str = ""
    """What the points are, with unit and direction."""
    zero: bool = True
    """False where an axis from zero would hide the change."""

    @property
    def share(self) -> float:
        """Return how often a steady course may raise this signal, a year."""
        return SHARES.get(self.id, LEAST)

    @property
    def alarm(self) -> bool:
        return self.noise is not None and self.noise <= self.share

    @property
    def chance(self) -> str:
        """Return the chance in words."""
        if self.noise is None:
            return "none attached, this is a plain count" if self.count else "too few values yet"
        if self.noise > 0.99:
            return "a steady course shows at least this in nearly every year"
        years = 1000 * self.noise
        seen = "fewer than 1" if years < 1 else f"{years:.0f}"
        called = f"{1000 * self.share:g} or fewer"
        return f"a steady course shows this in {seen} of 1,000 years; a signal at {called}"


def day(course: Course, filled: Filled) -> float:
    """Return the day of a form since the first session."""
    return (filled.occurred - course.sessions[0].at).total_seconds() / 86400


def days(course: Course) -> Array:
    """Return the days of the sessions (n,) since the first."""
    first = course.sessions[0].at
    return np.array([(s.at - first).total_seconds() / 86400 for s in course.sessions])


def rows_of(day: Sequence[float], value: Sequence[str]) -> tuple[tuple[str, str], ...]:
    """Return the rows behind a series as they are read: on which day, and what."""
    return tuple((f"day {d:.0f}", v) for d, v in zip(day, value))


def points_of(
    day: Sequence[float] | Array, value: Sequence[float] | Array, cut: Sequence[bool] = ()
) -> tuple[tuple[float, float, bool], ...]:
    """Return what is drawn of a series; values that are not there are left out."""
    open_ = cut if len(cut) else [False] * len(value)
    rows = zip(day, value, open_)
    return tuple((float(d), float(v), bool(c)) for d, v, c in rows if np.isfinite(v))


def judged(found: signals.Signal) -> float | None:
    """Return the chance of being noise, or None while there are too few values."""
    return found.noise if found.n >= FEWEST else None


def moved(found: signals.Signal, id: str, up: str, steady: str) -> str:
    """Return one of two sentences: a run that is a signal by the share of `id`, or not."""
    return up if found.n >= FEWEST and found.noise <= SHARES.get(id, LEAST) else steady
