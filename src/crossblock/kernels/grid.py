"""The time grid of a course: which steps to take, and which step ends are wanted.

Everything fast follows an edge (a dose, the start or end of an infusion, a change of belief), so
steps start small there and double with the time since. Lengths come from a ladder of powers of
two, because each distinct length costs one table of exponentials (`kernels.relaxation`); only the
step that lands on an edge or a wanted time has a length of its own. Host arrays, no namespace.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]

FIRST = 0.5  # h, the step right after an edge
GROWTH = 0.25  # step over time since the last edge
MOST = 48.0  # h
SAME = 1e-9  # h; times closer than this are one time


@dataclass(frozen=True, kw_only=True, slots=True)
class Grid:
    """Steps of a course.

    `lengths` (H,) in h, distinct; `which` (n,) the row of `lengths` of each step; `start` (n,) in
    h; `seen` (k,) rows of [initial state, end of step 1, ..., end of step n] that were wanted.
    """

    lengths: Floats
    which: Ints
    start: Floats
    seen: Ints

    @property
    def steps(self) -> int:
        return len(self.which)


def build(
    edges: Mapping[float, float],
    wanted: Sequence[float],
    *,
    growth: float = GROWTH,
    most: float = MOST,
) -> Grid:
    """Return the grid from the earliest edge to the latest wanted time.

    h(t) = first 2^floor(log2(1 + growth (t - last edge) / first)), at most `most`, cut where the
    next edge or wanted time comes sooner. Inputs in h: `edges` gives, for each time at which
    something jumps, the length of the step right after it. Output: every edge and every wanted
    time is a step end (or the start).
    """
    begin = min([*edges, *wanted])
    stops = _distinct([t for t in [*edges, *wanted] if t > begin + SAME])
    jumps = {_near(stops, t): first for t, first in edges.items() if t > begin + SAME}
    first = min((f for t, f in edges.items() if t <= begin + SAME), default=FIRST)
    start: list[float] = []
    length: list[float] = []
    ends = [begin]
    now, edge = begin, begin
    for stop in stops:
        while stop - now > SAME:
            h = min(_rung(now - edge, first, growth), most)
            h = stop - now if now + h > stop - SAME else h
            start.append(now)
            length.append(h)
            now = stop if h == stop - now else now + h
            ends.append(now)
        if stop in jumps:
            edge, first = stop, jumps[stop]
    lengths, which = np.unique(np.round(length, 10), return_inverse=True)
    seen = np.array([np.argmin(np.abs(np.asarray(ends) - t)) for t in wanted], dtype=np.int64)
    return Grid(
        lengths=lengths.astype(float),
        which=which.astype(np.int64),
        start=np.array(start),
        seen=seen,
    )


def _rung(since: float, first: float, growth: float) -> float:
    """Return the ladder's step for the time since the last edge."""
    return first * 2.0 ** math.floor(math.log2(1.0 + growth * since / first) + SAME)


def _distinct(times: Sequence[float]) -> list[float]:
    kept: list[float] = []
    for t in sorted(times):
        if not kept or t - kept[-1] > SAME:
            kept.append(t)
    return kept


def _near(stops: Sequence[float], t: float) -> float:
    return min(stops, key=lambda s: abs(s - t))


def halved(grid: Grid) -> Grid:
    """Return the grid with every step cut in two equal halves; the wanted times stay."""
    h = grid.lengths[grid.which]
    start = np.stack([grid.start, grid.start + h / 2], axis=1).ravel()
    return Grid(
        lengths=grid.lengths / 2,
        which=np.repeat(grid.which, 2),
        start=start,
        seen=grid.seen * 2,
    )


def padded(grid: Grid, steps: int, lengths: int) -> Grid:
    """Return the grid with steps of length 0 and unused lengths appended, to a fixed shape.

    A step of length 0 changes nothing; equal shapes spare the compiler. Both counts must be at
    least what the grid has, and one row of `lengths` must be free for the zero.
    """
    n, H = grid.steps, len(grid.lengths)
    end = grid.start[-1] + grid.lengths[grid.which[-1]]
    return replace(
        grid,
        lengths=np.concatenate([grid.lengths, np.zeros(lengths - H)]),
        which=np.concatenate([grid.which, np.full(steps - n, H, dtype=np.int64)]),
        start=np.concatenate([grid.start, np.full(steps - n, end)]),
    )
