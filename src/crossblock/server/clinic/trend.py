"""The picture of a watched series: small, on the time axis that its page shares."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from django.utils.safestring import SafeString

from crossblock.server.clinic.drawing import LOW, NARROW, Picture, Span, draw, nice
from crossblock.server.clinic.series import Watched

STAYS = "stays"
"""Stands right under the trajectory."""
ALWAYS = ("kept", "intervals", "weekly", "frequency", "pressure")
"""Looked at whether or not anything has moved; the others are folded away while quiet."""


@dataclass(frozen=True, kw_only=True)
class Trend:
    """A watched series with its picture; none where fewer than two values are there."""

    watched: Watched
    svg: SafeString | None = None
    narrow: SafeString | None = None

    @property
    def open_marks(self) -> bool:
        return any(cut for _, _, cut in self.watched.points)


@dataclass(frozen=True, kw_only=True)
class Trends:
    """The series of a course by where they stand on its page."""

    stays: Trend | None
    signals: tuple[Trend, ...]
    looked_at: tuple[Trend, ...]
    counts: tuple[Trend, ...]
    quiet: tuple[Trend, ...]


def trends(series: Iterable[Watched], sessions: Sequence[float], span: Span) -> Trends:
    """Draw every series and sort it: a signal, looked at anyway, a plain count, or quiet."""
    every = [_trend(w, sessions, span) for w in series]
    rest = [t for t in every if not t.watched.alarm and t.watched.id != STAYS]
    return Trends(
        stays=next((t for t in every if t.watched.id == STAYS and t.svg), None),
        signals=tuple(t for t in every if t.watched.alarm),
        looked_at=tuple(t for t in rest if t.watched.id in ALWAYS),
        counts=tuple(t for t in rest if t.watched.count),
        quiet=tuple(t for t in rest if not t.watched.count and t.watched.id not in ALWAYS),
    )


def _trend(w: Watched, sessions: Sequence[float], span: Span) -> Trend:
    if len(w.points) < 2:
        return Trend(watched=w)
    low, high = _ends([v for _, v, _ in w.points], w.zero)
    picture = Picture(
        title=f"{w.title}. {w.finding}",
        how="Dots are values, ticks below the axis are sessions",
        axis=w.axis,
        points=w.points,
        sessions=sessions,
        span=span,
        low=low,
        high=high,
        stems=w.id == STAYS,
        height=LOW,
    )
    return Trend(watched=w, svg=draw(picture), narrow=draw(picture, NARROW))


def _ends(values: Sequence[float], zero: bool) -> Span:
    """Return round ends of the axis of values."""
    most, least = max(values), 0.0 if zero else min(values)
    step = nice(max(most - least, 1e-3 if zero else 20.0), 3)
    low, high = math.floor(least / step) * step, math.ceil(most / step) * step
    return low, max(high, low + step)
