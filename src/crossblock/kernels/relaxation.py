"""First-order relaxation over one step: exact for an input that is a cubic within the step.

dx/dt = -k x + f(t). On a step of length h the input is known at four Gauss nodes c_j h and taken
as the cubic through them; then x at the nodes and at the end is a weighted sum, with weights
that depend on k h alone:

    x(c_i h) = exp(-k c_i h) x(0) + h sum_j W_ij f(c_j h),   i = 1, ..., 4, end.

Nothing limits the step but the smoothness of f: a relaxation a hundred times faster than the step
is carried as exactly as a slow one. At the end of a step a smooth input is integrated to order 8.
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
SMALL = 0.5  # below this k h the upward recursion loses digits and a series takes its place
SERIES = 12  # its terms: the first one left out is below 1e-16


def decays(k: Array, h: Array, xp: ModuleType = np) -> Array:
    """Return exp(-k c h) at the nodes and the end of each step.

    Inputs: k (..., P) in 1/h; h (H,) in h. Output (H, ..., 5, P).
    """
    k = xp.asarray(k)
    z = xp.asarray(h).reshape((-1,) + (1,) * k.ndim) * k
    return xp.exp(-z[..., None, :] * xp.asarray(POINTS)[:, None])


def weights(
    k: Array, h: Array, xp: ModuleType = np, points: Sequence[float] = POINTS
) -> tuple[Array, Array]:
    """Return exp(-k c h), and h W: what each node's input adds to x at the nodes and at the end.

    Inputs: k (P,) in 1/h, >= 0; h (H,) in h; `points` as shares of the step. Outputs (H, points, P)
    and (H, points, 4, P) in h; at the end of the step the weights sum to (1 - exp(-k h)) / k. Holds
    for every k h >= 0.
    """
    c = np.asarray(points)
    h = xp.asarray(h)
    z = (h[:, None] * k)[:, None] * xp.asarray(c)[:, None]
    decay = xp.exp(-z)
    moments = _moments(z, decay, xp)
    total = xp.zeros(())
    for m in range(COUNT):
        share = xp.asarray(c[:, None] ** (m + 1) * POLYNOMIALS[:, m])
        total = total + share[:, :, None] * moments[m][:, :, None]
    return decay, total * h[:, None, None, None]


def _moments(z: Array, decay: Array, xp: ModuleType) -> list[Array]:
    """Return mu_m = int_0^1 exp(-z (1 - s)) s^m ds for m = 0, 1, ..., COUNT - 1.

    Upward recursion mu_m = (1 - m mu_(m-1)) / z; where z is small it cancels, and the last moment
    comes from mu_m = m! sum_k (-z)^k / (m + 1 + k)! with the recursion downward.
    """
    small = z < SMALL
    a = xp.where(small, z, 0.0)
    low = xp.ones_like(a)
    for k in range(SERIES, 0, -1):
        low = 1.0 - (1.0 / (k + COUNT)) * a * low
    down = [low * (1.0 / COUNT)]
    for m in range(COUNT - 1, 0, -1):
        down.append((1.0 - a * down[-1]) * (1.0 / m))
    inverse = 1.0 / xp.where(small, 1.0, z)
    up = [(1.0 - decay) * inverse]
    for m in range(1, COUNT):
        up.append((1.0 - m * up[-1]) * inverse)
    return [xp.where(small, d, u) for d, u in zip(reversed(down), up)]


def relaxed(decay: Array, weight: Array, x: Array, f: Sequence[Array]) -> list[Array]:
    """Return x at the nodes and at the end of one step, as a list.

    Inputs: decay (5, P), weight (5, 4, P) from `decays` and `weights`, x (P,) at the start, f: at
    each node (P,). Nodes are a list and not an axis, because compilers fuse what is elementwise
    and compute slices of an axis again for each use.
    """
    return [decay[i] * x + summed(weight[i], f) for i in range(COUNT + 1)]


def summed(weight: Array, f: Sequence[Array]) -> Array:
    """Return sum_j W_j f_j. Inputs: weight (4, P), f: at each node (P,). Output (P,)."""
    total = weight[0] * f[0]
    for j in range(1, COUNT):
        total = total + weight[j] * f[j]
    return total
