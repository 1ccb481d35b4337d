"""Exact propagation of linear compartments that no short closed form covers.

Metabolite chains, transit delays, nasal split absorption and depots are all dx/dt = K x + r(t)
with K essentially non-negative (every flow leaves one compartment and enters another) and r
piecewise constant. exp(K h) is then a non-negative matrix, and the shifted Taylor series below
adds non-negative terms only: no cancellation, no negative concentration, no trouble where two
rates coincide. Source: Xue and Ye 2013, Math Comp 82:1577, 10.1090/S0025-5718-2013-02677-4
(the idea; the code is our own). Derivation: docs/derivations/kinetics.md.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from types import ModuleType
from typing import Any

import numpy as np

Array = Any  # an array of the namespace in use
DEGREE = 16  # truncation below 1e-19 once the scaled norm is at most 1/2


@dataclass(frozen=True, kw_only=True, slots=True)
class Input:
    """An amount that enters one compartment: at once (`duration` 0) or at a constant rate.

    `start`, `duration` in h; `amount` in mg, () or (people,).
    """

    compartment: int
    start: float
    amount: Array
    duration: float = 0.0


def squarings_for(K: Array, h: float) -> int:
    """Return how often exp(K h / 2^s) must be squared so that the series is exact to rounding."""
    q = float(np.max(-np.diagonal(np.asarray(K), axis1=-2, axis2=-1), initial=0.0))
    return max(0, math.ceil(math.log2(q * h)) + 1) if q * h > 0.5 else 0


def transition(K: Array, h: float, xp: ModuleType = np, squarings: int | None = None) -> Array:
    """Return exp(K h) for an essentially non-negative K.

    exp(K h) = [exp(-q h') sum_k ((K + q I) h')^k / k!]^(2^s), h' = h / 2^s, q = max -K_ii.
    Inputs: K (..., n, n) in 1/h with off-diagonal >= 0; h in h, >= 0; `squarings` must be given
    when K is traced. Output (..., n, n), every element >= 0.
    """
    s = squarings_for(K, h) if squarings is None else squarings
    step = h / 2.0**s
    n = K.shape[-1]
    one = xp.eye(n)
    q = xp.max(-xp.diagonal(K, axis1=-2, axis2=-1), axis=-1)[..., None, None]
    # Rounding can leave K_ii + q at -1e-17; the exact value is not negative.
    A = xp.maximum((K + q * one) * step, 0.0)
    E = _series(A, one)
    E = E * xp.exp(-q * step)
    for _ in range(s):
        E = E @ E
    return E


def _series(A: Array, one: Array) -> Array:
    """Sum A^k / k! to degree 16 with six products (Paterson and Stockmeyer 1973)."""
    A2 = A @ A
    A3 = A2 @ A
    A4 = A2 @ A2
    f = [1.0 / math.factorial(k) for k in range(DEGREE + 1)]

    def block(k: int) -> Array:
        return f[k] * one + f[k + 1] * A + f[k + 2] * A2 + f[k + 3] * A3

    total = block(12) + f[16] * A4
    for k in (8, 4, 0):
        total = total @ A4 + block(k)
    return total


def solve(
    K: Array,
    times: Sequence[float],
    inputs: Sequence[Input],
    *,
    keep: Sequence[int] | None = None,
    xp: ModuleType = np,
    squarings: int | None = None,
) -> Array:
    """Return the amounts x(t) of dx/dt = K x + r(t), exactly, from x = 0 before the first input.

    Inputs: K (n, n) or (people, n, n) in 1/h; `times` in h, any order, shared by all people;
    `inputs` shared in time, free in amount. An input at exactly a requested time is counted.
    Output (people, t, k) or (t, k) in mg, k = len(keep) or n. The loop runs over distinct time
    steps, never over people; each distinct step length costs one matrix exponential. When K is
    traced, `squarings` must serve the longest step.
    """
    n = K.shape[-1]
    infused = sorted({i.compartment for i in inputs if i.duration > 0})
    K = _with_pumps(xp.asarray(K), infused, xp)
    order = np.unique(np.asarray(times, dtype=float))
    ends = {i.start for i in inputs} | {i.start + i.duration for i in inputs}
    grid = sorted(ends | {float(t) for t in order})
    kept = list(range(n)) if keep is None else list(keep)
    people = np.broadcast_shapes(
        K.shape[:-2], *(np.shape(i.amount) for i in inputs) if inputs else ((),)
    )
    x = xp.zeros((*people, n + len(infused)))
    seen: dict[float, Array] = {}
    cache: dict[float, Array] = {}
    before = grid[0] if grid else 0.0
    wanted = {float(t) for t in order}
    for now in grid:
        if now > before:
            step = round(now - before, 12)
            if step not in cache:
                cache[step] = transition(K, step, xp, squarings)
            x = (cache[step] @ x[..., None])[..., 0]
        x = _enter(x, inputs, infused, now, n, xp)
        if now in wanted:
            seen[now] = x[..., xp.asarray(kept)]
        before = now
    return xp.stack([seen[float(t)] for t in times], axis=-2)


def _with_pumps(K: Array, infused: Sequence[int], xp: ModuleType) -> Array:
    """Append one constant state a pump: dx_c/dt += pump, d pump/dt = 0."""
    if not infused:
        return K
    n, m = K.shape[-1], len(infused)
    feed = xp.asarray([[1.0 if c == row else 0.0 for c in infused] for row in range(n)])
    right = xp.broadcast_to(feed, (*K.shape[:-2], n, m))
    top = xp.concatenate([K, right], axis=-1)
    return xp.concatenate([top, xp.zeros((*K.shape[:-2], m, n + m))], axis=-2)


def _enter(
    x: Array, inputs: Sequence[Input], infused: Sequence[int], now: float, n: int, xp: ModuleType
) -> Array:
    """Add what enters at `now`: boluses to amounts, infusions to the pumps they start or stop."""
    for i in inputs:
        pump = n + infused.index(i.compartment) if i.duration > 0 else i.compartment
        unit = xp.asarray([1.0 if k == pump else 0.0 for k in range(x.shape[-1])])
        amount = xp.asarray(i.amount)[..., None]
        if i.duration == 0 and i.start == now:
            x = x + amount * unit
        elif i.duration > 0 and i.start == now:
            x = x + amount / i.duration * unit
        elif i.duration > 0 and i.start + i.duration == now:
            x = xp.maximum(x - amount / i.duration * unit, 0.0)
    return x
