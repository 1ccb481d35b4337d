"""First-order relaxation over one step: exact for an input that is a parabola within the step.

dx/dt = -k x + f(t). On a step of length h the input is known at three Gauss nodes c_j h and taken
as the parabola through them; then x at the nodes and at the end is a weighted sum, with weights
that depend on k h alone:

    x(c_i h) = exp(-k c_i h) x(0) + h sum_j W_ij f(c_j h),   i = 1, 2, 3, end.

Nothing limits the step but the smoothness of f: a relaxation a hundred times faster than the step
is carried as exactly as a slow one. At the end of a step a smooth input is integrated to order 6.
Derivation: docs/derivations/mechanisms.md, section 3.
"""

from __future__ import annotations

from collections.abc import Sequence
from types import ModuleType
from typing import Any

import numpy as np

Array = Any  # an array of the namespace in use

COUNT = 4
NODES = tuple(float(c) for c in (np.polynomial.legendre.leggauss(COUNT)[0] + 1.0) / 2.0)
POINTS = (*NODES, 1.0)
# row j: coefficients of 1, s, s^2, ... in the polynomial that is 1 at node j and 0 at the others
POLYNOMIALS = np.linalg.inv(np.vander(NODES, COUNT, increasing=True)).T
SERIES = 14  # terms of the series for k h < 1: the first left out is below 1e-15


def decays(k: Array, h: Array, xp: ModuleType = np) -> Array:
    """Return exp(-k c h) at the three nodes and the end of each step.

    Inputs: k (..., P) in 1/h; h (H,) in h. Output (H, ..., 4, P).
    """
    z = _products(k, h, xp)[..., None, :]
    c = xp.asarray(POINTS)[:, None]
    return xp.exp(-z * c)


def weights(k: Array, h: Array, xp: ModuleType = np, points: Sequence[float] = POINTS) -> Array:
    """Return h W: what each node's input adds to x at the nodes and at the end.

    Inputs: k (P,) in 1/h, >= 0; h (H,) in h. Output (H, 4, 3, P) in h; the last row sums to
    (1 - exp(-k h)) / k. Holds for every k h >= 0.
    """
    z = _products(k, h, xp)
    rows = []
    for c in points:
        moment = _moments(z * c, xp)
        row = [
            sum(POLYNOMIALS[j, m] * c ** (m + 1) * moment[m] for m in range(COUNT))
            for j in range(COUNT)
        ]
        rows.append(xp.stack(row, axis=-2))
    return xp.stack(rows, axis=-3) * xp.asarray(h)[:, None, None, None]


def _products(k: Array, h: Array, xp: ModuleType) -> Array:
    k = xp.asarray(k)
    return xp.asarray(h).reshape((-1,) + (1,) * k.ndim) * k


def _moments(z: Array, xp: ModuleType) -> list[Array]:
    """Return mu_m = int_0^1 exp(-z (1 - s)) s^m ds for m = 0, 1, 2.

    Upward recursion mu_m = (1 - m mu_(m-1)) / z for z >= 1; below, where it cancels, the series
    mu_2 = 2 sum_k (-z)^k / (k + 3)! and the recursion downward.
    """
    small = z < 1.0
    a = xp.where(small, z, 0.0)
    b = xp.where(small, 1.0, z)
    low = xp.ones_like(a)
    for k in range(SERIES, -1, -1):
        low = 1.0 - a * low / (k + COUNT + 1.0)
    down = [low / COUNT]
    for m in range(COUNT - 1, 0, -1):
        down.append((1.0 - a * down[-1]) / m)
    up = [-xp.expm1(-b) / b]
    for m in range(1, COUNT):
        up.append((1.0 - m * up[-1]) / b)
    return [xp.where(small, d, u) for d, u in zip(reversed(down), up)]


def relaxed(decay: Array, weight: Array, x: Array, f: Sequence[Array]) -> list[Array]:
    """Return x at the nodes and at the end of one step, as a list.

    Inputs: decay (4, P), weight (4, 3, P) from `decays` and `weights`, x (P,) at the start, f: at
    each node (P,). Nodes are a list and not an axis, because compilers fuse what is elementwise
    and compute slices of an axis again for each use.
    """
    return [decay[i] * x + summed(weight[i], f) for i in range(COUNT + 1)]


def summed(weight: Array, f: Sequence[Array]) -> Array:
    """Return sum_j W_j f_j. Inputs: weight (3, P), f: at each node (P,). Output (P,)."""
    total = weight[0] * f[0]
    for j in range(1, COUNT):
        total = total + weight[j] * f[j]
    return total
