"""Dose and time to concentration: closed forms for one to three linear compartments.

A mammillary system (one sampled central compartment, peripherals that exchange only with it) is
symmetric after scaling by the square roots of its volumes, so its modes come from a symmetric
eigenproblem: real rates, orthonormal vectors, and nothing divided by a difference of rates. Every
response is then a sum of decaying exponentials with weights that cannot be negative.

The people axis leads, the time axis is last; all bodies are written against an array namespace
`xp` (NumPy by default, jax.numpy as well). Derivation: docs/derivations/kinetics.md.
"""

from __future__ import annotations

from collections.abc import Sequence
from types import ModuleType
from typing import Any

import numpy as np

Array = Any  # an array of the namespace in use


def relative_decay(x: Array, xp: ModuleType = np) -> Array:
    """Return (1 - exp(-x)) / x, with its limit 1 at x = 0.

    Input: x >= 0, any shape, no unit. Output: same shape, in (0, 1].
    """
    x = xp.asarray(x)
    safe = xp.where(x == 0.0, 1.0, x)  # the inner guard keeps derivatives finite under autodiff
    return xp.where(x == 0.0, 1.0, -xp.expm1(-safe) / safe)


def divided_decay(a: Array, b: Array, t: Array, xp: ModuleType = np) -> Array:
    """Return (exp(-a t) - exp(-b t)) / (b - a), continuous where the rates coincide.

    Written as t exp(-min(a, b) t) (1 - exp(-y)) / y with y = |a - b| t, which neither divides by
    a rate difference nor cancels. Inputs: rates a, b >= 0 in 1/h, time t >= 0 in h; output in h.
    """
    slow = xp.minimum(a, b)
    return t * xp.exp(-slow * t) * relative_decay(xp.abs(a - b) * t, xp)


def mammillary_modes(
    V: Array, CL: Array, Q: Array | None = None, xp: ModuleType = np
) -> tuple[Array, Array]:
    """Return the decay rates and central weights of a one- to three-compartment drug.

    C(t) per unit bolus = sum_j w_j exp(-lambda_j t),  w_j = u_1j^2 / V_1, where lambda and u solve
    the symmetric problem S u = lambda u, S = D^-1/2 L D^-1/2, D = diag(V), L the graph of CL and Q.

    Inputs: V (..., n) in L, n = 1, 2 or 3, all > 0; CL (...) in L/h; Q (..., n - 1) in L/h.
    Outputs: lambda (..., n) in 1/h, ascending; w (..., n) in 1/L; sum_j w_j = 1 / V_1 and
    sum_j w_j / lambda_j = 1 / CL. Source: Godfrey 1983, Compartmental Models, chapter 2.
    """
    V = xp.asarray(V)
    CL = xp.asarray(CL)
    n = V.shape[-1]
    if n == 1:
        return (CL / V[..., 0])[..., None], 1.0 / V
    Q = xp.asarray(Q)
    shape = np.broadcast_shapes(V.shape[:-1], CL.shape, Q.shape[:-1])
    V = xp.broadcast_to(V, (*shape, n))
    Q = xp.broadcast_to(Q, (*shape, n - 1))
    center = (CL + Q.sum(axis=-1)) / V[..., 0]
    link = -Q / xp.sqrt(V[..., :1] * V[..., 1:])
    outer = Q / V[..., 1:]
    zero = xp.zeros(shape)
    rows = [xp.stack([xp.broadcast_to(center, shape), *_split(link)], axis=-1)]
    for j in range(n - 1):
        row = [link[..., j]] + [outer[..., k] if k == j else zero for k in range(n - 1)]
        rows.append(xp.stack(row, axis=-1))
    rate, vector = xp.linalg.eigh(xp.stack(rows, axis=-2))
    # A decay rate can be computed as a rounding error below 0 when CL = 0; it means "stays".
    return xp.maximum(rate, 0.0), vector[..., 0, :] ** 2 / V[..., :1]


def _split(x: Array) -> list[Array]:
    return [x[..., j] for j in range(x.shape[-1])]


def after_bolus(rate: Array, weight: Array, t: Array, xp: ModuleType = np) -> Array:
    """Return C(t) per unit dose given at once into the central compartment.

    C = sum_j w_j exp(-lambda_j t) for t >= 0, and 0 before.
    Inputs: modes (..., n); t (t,) or (..., t) in h. Output (..., t) in 1/L (mg/L per mg).
    """
    s, given = _elapsed(t, xp)
    total = xp.zeros(())
    for r, w in zip(_split(rate), _split(weight)):
        total = total + w[..., None] * xp.exp(-r[..., None] * s)
    return total * given


def after_infusion(
    rate: Array, weight: Array, t: Array, duration: Array, xp: ModuleType = np
) -> Array:
    """Return C(t) per unit dose infused at a constant rate over `duration` hours from t = 0.

    C = sum_j w_j m phi(lambda_j m) exp(-lambda_j (t - m)) / T, with m = min(t, T) and
    phi(x) = (1 - exp(-x)) / x. Inputs as `after_bolus`; duration (...) in h, > 0.
    """
    s, given = _elapsed(t, xp)
    T = xp.asarray(duration)[..., None]
    m = xp.minimum(s, T)
    total = xp.zeros(())
    for r, w in zip(_split(rate), _split(weight)):
        k = r[..., None]
        total = total + w[..., None] * m * relative_decay(k * m, xp) * xp.exp(-k * (s - m))
    return total / T * given


def after_absorption(rate: Array, weight: Array, t: Array, ka: Array, xp: ModuleType = np) -> Array:
    """Return C(t) per unit dose absorbed by a first-order process from a depot.

    C = sum_j w_j ka (exp(-lambda_j t) - exp(-ka t)) / (ka - lambda_j), in the guarded form of
    `divided_decay`. Inputs as `after_bolus`; ka (...) in 1/h, > 0. Multiply by F outside.
    """
    s, given = _elapsed(t, xp)
    k = xp.asarray(ka)[..., None]
    total = xp.zeros(())
    for r, w in zip(_split(rate), _split(weight)):
        total = total + w[..., None] * k * divided_decay(r[..., None], k, s, xp)
    return total * given


def _elapsed(t: Array, xp: ModuleType) -> tuple[Array, Array]:
    """Split time since dose into a non-negative part and whether the dose was given yet."""
    t = xp.asarray(t)
    return xp.maximum(t, 0.0), xp.where(t >= 0.0, 1.0, 0.0)


def effect_amount(
    t: Array, dose: Array, ka: Array, ke: Array, xp: ModuleType = np
) -> tuple[Array, Array]:
    """Return the depot and effect-site amounts of the two-step K-PD chain.

    dA/dt = -ka A,  dX/dt = ka A - ke X,  A(0) = dose, X(0) = 0.
    Inputs: t (t,) or (..., t) in h; dose (...) in mg; ka, ke (...) in 1/h. Outputs (..., t) in mg.
    Source: docs/derivations/kpd.md.
    """
    s, given = _elapsed(t, xp)
    D, a, e = (xp.asarray(x)[..., None] for x in (dose, ka, ke))
    depot = D * xp.exp(-a * s) * given
    return depot, D * a * divided_decay(a, e, s, xp) * given


def effect_amount_repeated(
    t: Array,
    starts: Sequence[float],
    doses: Sequence[Array],
    ka: Array,
    ke: Array,
    xp: ModuleType = np,
) -> Array:
    """Return the effect-site amount after doses at any times (exact, by superposition).

    `starts` in h, in any order; `doses` in mg, each () or (people,). Output (..., t) in mg.
    """
    total = xp.zeros(())
    for start, dose in zip(starts, doses):
        total = total + effect_amount(xp.asarray(t) - start, dose, ka, ke, xp)[1]
    return total
