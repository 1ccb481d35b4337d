"""Exact bounds for repeated t tests: the variance is unknown and estimated anew at each look.

Work in recursive residuals, the nuisance effects (period, sequence) taken out: at look k a vector
e_k of d_k = nu_k + 1 independent N(0, sigma^2) entries under the null hypothesis, the earlier ones
first, and a unit direction along which the effect acts.  With Q_k = |e_k|^2 and the standardized
score S_k = Z_k sqrt(I_k), define

    U_k = Z_k sigma / sqrt(Q_k)  in (-1, 1),      t_k = U_k sqrt(nu_k) / sqrt(1 - U_k^2).

Under the null hypothesis the directions U_1 .. U_k are independent of the length Q_k, so
U is a Markov chain with one dimension:

    U_{k+1} = [U_k sqrt(I_k B) + V sqrt(D (1 - B))] / sqrt(I_{k+1}),     D = I_{k+1} - I_k,
    B ~ Beta(d_k / 2, m / 2),   V = one coordinate of a uniform point on the sphere in m dimensions,

with m = d_{k+1} - d_k.  Bounds by recursion are then exact for normal data at any degrees of
freedom, where the usual conversion of normal bounds to t quantiles is not.

Source: derived here; the use of the independence of direction and length follows Jennison and
Turnbull (1991), Biometrika 78:133-141.
"""

from __future__ import annotations

import math
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import brentq
from scipy.special import betainc, betaincinv, gammaln, roots_legendre

Floats = NDArray[np.float64]

#: Gauss-Legendre nodes over U and over the quantiles of B: bounds are good to 1e-4.
NODES, SHARES = 72, 48


class Chain(NamedTuple):
    """Trials still running: nodes u on (-1, 1), their masses, information, dimensions d."""

    nodes: Floats
    mass: Floats
    information: float
    dimensions: int


def sphere_above(v: Floats, m: int) -> Floats:
    """Return P(V >= v) for one coordinate of a uniform point on the sphere in m dimensions.

    V^2 ~ Beta(1/2, (m - 1)/2); for m = 1, V is -1 or 1 with probability 1/2.
    """
    inside = np.clip(v, -1.0, 1.0)
    if m == 1:
        return np.where(v <= -1, 1.0, np.where(v <= 1, 0.5, 0.0))
    tail = 0.5 * betainc((m - 1) / 2, 0.5, 1 - inside * inside)
    return np.asarray(np.where(inside >= 0, tail, 1 - tail))


def sphere_density(v: Floats, m: int) -> Floats:
    """Return the density of V for m >= 2: (1 - v^2)^((m - 3)/2) / Beta(1/2, (m - 1)/2)."""
    log_constant = gammaln(m / 2) - gammaln((m - 1) / 2) - 0.5 * math.log(math.pi)
    inside = np.abs(v) < 1
    room = np.where(inside, 1 - v * v, 1.0)
    return np.where(inside, np.exp(log_constant + 0.5 * (m - 3) * np.log(room)), 0.0)


def begin(dimensions: int, information: float, lower: float, upper: float) -> Chain:
    """Return the chain after the first look, kept in (lower, upper) on the U scale."""
    nodes, weights = _legendre(max(lower, -1.0), min(upper, 1.0))
    return Chain(nodes, weights * sphere_density(nodes, dimensions), information, dimensions)


def _legendre(low: float, high: float) -> tuple[Floats, Floats]:
    x, w = roots_legendre(NODES)
    return low + (x + 1) * (high - low) / 2, w * (high - low) / 2


def _shares(d: int, m: int) -> tuple[Floats, Floats]:
    """Return nodes b and weights for an expectation over B ~ Beta(d/2, m/2)."""
    x, w = roots_legendre(SHARES)
    return betaincinv(d / 2, m / 2, (x + 1) / 2), w / 2


def leave_above(chain: Chain, information: float, dimensions: int, bound: float) -> float:
    """Return P(still running and U >= bound) at the next look, bound in (-1, 1)."""
    b, weight = _shares(chain.dimensions, dimensions - chain.dimensions)
    carried = chain.nodes[:, None] * np.sqrt(chain.information * b)[None, :]
    reach = np.sqrt((information - chain.information) * (1 - b))
    v = (bound * math.sqrt(information) - carried) / reach[None, :]
    return float(chain.mass @ (sphere_above(v, dimensions - chain.dimensions) @ weight))


def go_on(chain: Chain, information: float, dimensions: int, lower: float, upper: float) -> Chain:
    """Return the chain after the next look, kept in (lower, upper) on the U scale."""
    m = dimensions - chain.dimensions
    b, weight = _shares(chain.dimensions, m)
    nodes, legendre = _legendre(max(lower, -1.0), min(upper, 1.0))
    root = math.sqrt(information)
    reach = np.sqrt((information - chain.information) * (1 - b))
    carried = chain.nodes[:, None] * np.sqrt(chain.information * b)[None, :]
    density = np.empty_like(nodes)
    for i, u in enumerate(nodes):
        v = (u * root - carried) / reach[None, :]
        density[i] = chain.mass @ (sphere_density(v, m) @ (weight * root / reach))
    return Chain(nodes, legendre * density, information, dimensions)


def u_of_t(t: Floats, df: Floats) -> Floats:
    """Return U = t / sqrt(nu + t^2), in (-1, 1)."""
    return np.asarray(t / np.sqrt(df + t * t))


def t_of_u(u: Floats, df: Floats) -> Floats:
    """Return t = U sqrt(nu) / sqrt(1 - U^2)."""
    return np.asarray(u * np.sqrt(df) / np.sqrt(1 - u * u))


def _bound(chain: Chain, information: float, dimensions: int, spend: float) -> float:
    def excess(bound: float) -> float:
        return leave_above(chain, information, dimensions, bound) - spend

    return float(brentq(excess, -1 + 1e-12, 1 - 1e-12, xtol=1e-12))


def spend_t(spent: Floats, information: Floats, df: Floats, sides: int = 1) -> Floats:
    """Return bounds for t_k whose cumulative null crossing probabilities are `spent`.

    All arrays have shape (looks,).  `df` are whole residual degrees of freedom that grow by at
    least 4 from look to look; `sides` is 1 or 2 (symmetric).  Infinite where nothing is spent.
    """
    d = np.asarray(df, dtype=int) + 1
    step = np.diff(spent, prepend=0.0) / sides
    u = np.ones(len(spent))
    chain: Chain | None = None
    for k, spend in enumerate(step):
        info, dims = float(information[k]), int(d[k])
        if spend > 1e-14 and chain is None:
            u[k] = math.sqrt(float(betaincinv(0.5, (dims - 1) / 2, 1 - 2 * spend)))
        elif spend > 1e-14 and chain is not None:
            u[k] = _bound(chain, info, dims, float(spend))
        low = -float(u[k]) if sides == 2 else -1.0
        if k + 1 < len(spent):
            chain = (
                begin(dims, info, low, float(u[k]))
                if chain is None
                else go_on(chain, info, dims, low, float(u[k]))
            )
    with np.errstate(divide="ignore"):
        return t_of_u(u, np.asarray(df, dtype=float))


def crossing_t(bounds: Floats, information: Floats, df: Floats, sides: int = 1) -> Floats:
    """Return the null probability that t_k first reaches its bound at each look, shape (looks,).

    `bounds` are on the t scale and may be infinite; `sides` is 1 (upper) or 2 (symmetric).  `df`
    are whole and grow by at least 4.
    """
    d = np.asarray(df, dtype=int) + 1
    finite = np.isfinite(bounds)
    safe = np.where(finite, bounds, 0.0)
    u = np.where(finite, u_of_t(safe, np.asarray(df, dtype=float)), np.sign(bounds))
    out = np.zeros(len(bounds))
    chain: Chain | None = None
    for k, bound in enumerate(u):
        info, dims = float(information[k]), int(d[k])
        if chain is None:
            out[k] = sides * float(sphere_above(np.array([bound]), dims)[0])
        elif bound < 1:
            out[k] = sides * leave_above(chain, info, dims, float(bound))
        low = -float(bound) if sides == 2 else -1.0
        if k + 1 < len(u):
            chain = (
                begin(dims, info, low, float(bound))
                if chain is None
                else go_on(chain, info, dims, low, float(bound))
            )
    return out
