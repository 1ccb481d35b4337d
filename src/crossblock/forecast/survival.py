"""Times to relapse: when it happened, how many are left, and the ratio of two hazards."""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]
Flags = NDArray[np.bool_]
STEPS = 50


def relapse_time(bad: Flags, times: Array, start: int, row: int = 2) -> Array:
    """Return when `row` bad looks in a row began after look `start`, infinite where never.

    Inputs: `bad` (looks, people), `times` (looks,). Output (people,), from the time of `start`.
    """
    after = bad[start + 1 :]
    if after.shape[0] < row:
        return np.full(bad.shape[1], math.inf)
    runs = np.all(np.stack([after[k : after.shape[0] - row + 1 + k] for k in range(row)]), axis=0)
    ever = runs.any(axis=0)
    first = np.argmax(runs, axis=0)
    return np.where(ever, times[start + 1 :][first] - times[start], math.inf)


def kept(time: Array, event: Flags, at: Array) -> Array:
    """Return the Kaplan-Meier share without an event at the times `at`, same shape as `at`."""
    order = np.argsort(time, kind="stable")
    t, d = time[order], event[order]
    risk = len(t) - np.arange(len(t))
    S = np.cumprod(1.0 - d / risk)
    index = np.searchsorted(t, at, side="right") - 1
    return np.where(index < 0, 1.0, S[np.maximum(index, 0)])


def median_time(time: Array, event: Flags) -> float:
    """Return the Kaplan-Meier median, infinite where more than half are kept to the end."""
    if len(time) == 0:
        return math.inf
    order = np.sort(time)
    below = kept(time, event, order) <= 0.5
    return float(order[np.argmax(below)]) if below.any() else math.inf


def hazard_ratio(time: Array, event: Flags, treated: Flags) -> float:
    """Return the hazard of the treated over that of the others (Cox, Breslow ties, one covariate).

    Solves U(b) = sum_events (x_i - m_1 e^b / (m_0 + m_1 e^b)) = 0 by bisection, m the numbers at
    risk. Returns 0 or infinity where only one side has events, NaN where neither has.
    """
    a, b = int(event[treated].sum()), int(event[~treated].sum())
    if a == 0 or b == 0:
        return math.nan if a == b else (0.0 if a == 0 else math.inf)
    order = np.argsort(time, kind="stable")
    t, d, x = time[order], event[order], treated[order].astype(float)
    first = np.searchsorted(t, t, side="left")
    m1 = np.cumsum(x[::-1])[::-1][first]
    m0 = np.cumsum(1.0 - x[::-1])[::-1][first]
    low, high = -10.0, 10.0
    for _ in range(STEPS):
        middle = 0.5 * (low + high)
        share = m1 * math.exp(middle) / (m0 + m1 * math.exp(middle))
        if float(np.sum(d * (x - share))) > 0:
            low = middle
        else:
            high = middle
    return math.exp(0.5 * (low + high))
