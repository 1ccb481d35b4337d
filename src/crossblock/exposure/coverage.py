"""How well a blocker covers the time that matters: lowest, mean, hours above a level."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence

import numpy as np
from numpy.typing import NDArray

from crossblock.core.errors import InputError, Problem
from crossblock.core.streams import Stream
from crossblock.domain.compound import Compound
from crossblock.domain.coverage import Coverage, Span
from crossblock.domain.dose import Dose
from crossblock.exposure.blockade import blockade_curve

Array = NDArray[np.float64]
LEVELS = (0.80, 0.90, 0.95)
HORIZON_H = 200.0 * 24.0


def coverage(
    compound: Compound,
    doses: Sequence[Dose],
    window_h: tuple[float, float],
    *,
    wanted: float = 0.9,
    levels: Sequence[float] = LEVELS,
    model_id: str | None = None,
    weight_kg: float = 70.0,
    people: int = 2000,
    stream: Stream | None = None,
) -> Coverage:
    """Return how `doses` cover the window from `window_h[0]` to `window_h[1]` (h)."""
    check_level(wanted)
    check_window(window_h)
    inside = np.linspace(*window_h, 241)

    def fraction(times: Array) -> Array:
        return blockade_curve(
            compound, doses, times, model_id=model_id, weight_kg=weight_kg
        ).fraction

    start = min((d.start_h for d in doses), default=window_h[0])
    peak_h, peak = highest(fraction, start)
    covered = fraction(inside)
    return Coverage(
        window_h=window_h,
        wanted=wanted,
        lowest=float(covered.min()),
        mean=float(np.trapezoid(covered, inside) / (window_h[1] - window_h[0])),
        peak=peak,
        peak_h=peak_h,
        above={level: spans_above(fraction, level, start) for level in levels},
        share=None
        if stream is None
        else _share(compound, doses, inside, wanted, model_id, weight_kg, people, stream),
        warnings=() if stream is not None else ("no stream given: the share of people is unknown",),
    )


def _share(
    compound: Compound,
    doses: Sequence[Dose],
    times: Array,
    wanted: float,
    model_id: str | None,
    weight_kg: float,
    people: int,
    stream: Stream,
) -> float:
    """Return the part of drawn people whose blockade never falls below `wanted`, 0-1."""
    drawn = blockade_curve(
        compound,
        doses,
        times,
        model_id=model_id,
        weight_kg=weight_kg,
        band="persons",
        people=people,
        stream=stream,
    ).draws
    return float("nan") if drawn is None else float((drawn.min(axis=1) >= wanted).mean())


def spans_above(
    fraction: Callable[[Array], Array], level: float, start_h: float, horizon_h: float = HORIZON_H
) -> tuple[Span, ...]:
    """Return every stretch in which `fraction(times)` is at or above `level`.

    A grid of growing steps finds the crossings, halving makes them exact to 1e-6 h.
    """
    check_level(level)
    grid = start_h + _grid(horizon_h)
    over = fraction(grid) >= level
    edges = np.flatnonzero(over[1:] != over[:-1])
    crossings = _crossings(fraction, level, grid[edges], grid[edges + 1], over[edges])
    if over[0]:
        crossings.insert(0, float(grid[0]))
    if over[-1]:
        crossings.append(math.inf)
    return tuple(Span(start_h=a, stop_h=b) for a, b in zip(crossings[::2], crossings[1::2]))


def _crossings(
    fraction: Callable[[Array], Array],
    level: float,
    left: Array,
    right: Array,
    over: NDArray[np.bool_],
) -> list[float]:
    """Halve every interval in which `fraction` crosses `level`; `over` tells its state at left.

    All intervals at once, and no root finder to import: a page needs a few crossings only.
    """
    while np.max(right - left, initial=0.0) > 1e-7:
        middle = 0.5 * (left + right)
        before = (fraction(middle) >= level) == over
        left, right = np.where(before, middle, left), np.where(before, right, middle)
    return [float(t) for t in 0.5 * (left + right)]


def _grid(horizon_h: float) -> Array:
    """Return times from 0: every 2 min for 6 h, every 15 min for 14 d, then every 2 h."""
    parts = [
        np.arange(0.0, 6.0, 1.0 / 30.0),
        np.arange(6.0, 336.0, 0.25),
        np.arange(336.0, max(horizon_h, 336.0) + 1.0, 2.0),
    ]
    grid = np.concatenate(parts)
    return grid[grid <= horizon_h]


def highest(fraction: Callable[[Array], Array], start_h: float) -> tuple[float, float]:
    """Return time and height of the highest blockade, refined around the best grid point."""
    grid = start_h + _grid(HORIZON_H)
    i = int(np.argmax(fraction(grid)))
    fine = np.linspace(grid[max(i - 1, 0)], grid[min(i + 1, grid.size - 1)], 2001)
    values = fraction(fine)
    j = int(np.argmax(values))
    return float(fine[j]), float(values[j])


def check_level(level: float) -> None:
    """Refuse a share that is not strictly between 0 and 1."""
    if not 0.0 < level < 1.0:
        raise InputError(
            Problem(
                what="a share must lie between 0 and 1",
                value=f"{level:g}",
                why="blockade of everything or nothing is not reached by any dose",
                fix="write 0.9 for 90 %",
            )
        )


def check_window(window_h: tuple[float, float]) -> None:
    """Refuse a window that does not end after its start."""
    if not window_h[0] < window_h[1]:
        raise InputError(
            Problem(
                what="the window ends before it starts",
                value=f"{window_h[0]:g} h to {window_h[1]:g} h",
                fix="give the earlier time first",
            )
        )
