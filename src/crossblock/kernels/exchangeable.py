"""The likelihood of participant + participant:period with exchangeable residuals, in closed form.

    V_s = unit I + session (+)_j 1 1' + one 1 1'       for participant s with n_j scores in period j

On the contrasts inside a period V_s is unit I; on the J unit vectors u_j = 1_j / sqrt(n_j) it is

    M = diag(d) + one s s',   d_j = unit + session n_j,   s_j = sqrt(n_j)
    M^-1 = diag(1/d) - c w w',   w = s / d,   c = one / (1 + one s'w)

so that a participant costs J numbers and not m x m ones. The terms are those of
`kernels.reml.dense_terms`, and they agree with them to rounding. The same algebra serves a marginal
compound symmetry, and a participant effect with compound symmetry inside the period.
Source: docs/derivations/reml.md, section on exchangeable blocks.
"""

from __future__ import annotations

import math
from typing import Any, NamedTuple

import numpy as np

from crossblock.kernels.backend import Backend
from crossblock.kernels.covariance import Blocks, Structure
from crossblock.kernels.reml import Products, Terms, inverse, transpose

Array = Any  # an array of the namespace in use

# What each covariance parameter multiplies, for the structures that are exchangeable.
FORMS = {
    ((1,), "independent"): ("one", "unit"),
    ((1, 1), "independent"): ("one", "session", "unit"),
    ((), "cs"): ("unit", "one"),
    ((1,), "cs"): ("one", "unit", "session"),
}


class Reduced(NamedTuple):
    """Data sets reduced to J session means a participant and the crossproducts inside sessions."""

    n: Array  # (B, S, J), scores in a session
    T: Array  # (B, S, J, p), u_j' X
    t: Array  # (B, S, J), u_j' y
    XX: Array  # (B, p, p), X'X inside sessions
    Xy: Array  # (B, p)
    yy: Array  # (B,)
    scores: Array  # (B,)


def sessions(structure: Structure, blocks: Blocks) -> np.ndarray | None:
    """Return the session (B, S, m) of every row, 0..J-1 in its block; None if not exchangeable.

    NumPy arrays only: this looks at the data, so it cannot be compiled.
    """
    forms = FORMS.get((structure.random, structure.residual))
    if forms is None or np.any(blocks.Z[blocks.observed] != 1.0):
        return None
    outer = [blocks.group[..., 0]] if structure.random else [blocks.unit]
    if not _constant(outer[0], blocks.observed):
        return None
    if "session" not in forms:
        return np.zeros(blocks.y.shape, dtype=np.int64)
    inner = blocks.group[..., 1] if structure.random == (1, 1) else blocks.unit
    return _ranked(inner, blocks.observed)


def _constant(code: np.ndarray, observed: np.ndarray) -> bool:
    low = np.where(observed, code, np.iinfo(np.int64).max).min(axis=-1)
    high = np.where(observed, code, np.iinfo(np.int64).min).max(axis=-1)
    return bool(np.all(low >= high))


def _ranked(code: np.ndarray, observed: np.ndarray) -> np.ndarray:
    """Return codes renumbered 0, 1, ... within each block, by first appearance."""
    m = code.shape[-1]
    same = (code[..., :, None] == code[..., None, :]) & observed[..., None, :]
    first = np.where(same.any(axis=-1), same.argmax(axis=-1), 0)
    opens = (first == np.arange(m)) & observed
    rank = np.cumsum(opens, axis=-1) - 1
    return np.where(observed, np.take_along_axis(rank, first, axis=-1), 0)


def reduce_blocks(blocks: Blocks, session: Array, J: int, backend: Backend) -> Reduced:
    """Return the reduced form of prepared data sets; `session` (B, S, m) is in 0..J-1."""
    xp = backend.xp
    B, p = blocks.y.shape[0], blocks.X.shape[-1]
    member = (session[..., None] == xp.arange(J)) & blocks.observed[..., None]
    member = xp.where(member, 1.0, 0.0)  # (B, S, m, J)
    n = xp.sum(member, axis=2)
    root = xp.sqrt(xp.maximum(n, 1.0))
    both = xp.concatenate([blocks.X, blocks.y[..., None]], axis=-1)
    T = (transpose(member) @ both) / root[..., None]  # (B, S, J, p + 1)
    within = (both - member @ (T / root[..., None])).reshape(B, -1, p + 1)
    square = transpose(within) @ within
    return Reduced(
        n=n,
        T=T[..., :p],
        t=T[..., p],
        XX=square[:, :p, :p],
        Xy=square[:, :p, p],
        yy=square[:, p, p],
        scores=xp.sum(n, axis=(-2, -1)),
    )


class _Point(NamedTuple):
    """One tau, with the J by J algebra of every participant."""

    legal: Array  # (B,) bool, V positive definite
    unit: Array  # (B,)
    Mi: Array  # (B, S, J, J), M^-1
    logdet: Array  # (B,), log|V|
    outside: Array  # (B,), dimensions inside sessions (empty sessions of the frame taken off)
    V: tuple[Array, ...]  # V_k on the session vectors, each (B, S, J, J)
    is_unit: Array  # (K,), 1 where V_k is also the identity inside sessions


def exchangeable_terms(
    structure: Structure, r: Reduced, tau: Array, reml: bool, backend: Backend
) -> Terms:
    """Return the likelihood terms of every data set at its own tau (B, K)."""
    xp = backend.xp
    at = _point(structure, r, tau, xp)
    U = _small(at.Mi, r.T, xp)  # M^-1 T
    unit = at.unit
    XtVX = r.XX / unit[:, None, None] + _cross(r.T, U)
    Phi, logdet_X = inverse(XtVX, backend)
    XtVy = r.Xy / unit[:, None] + _cross(U, r.t[..., None])[..., 0]
    beta = (Phi @ XtVy[..., None])[..., 0]
    rest = r.t - xp.sum(r.T * beta[:, None, None, :], axis=-1)
    u = xp.sum(at.Mi * rest[..., None, :], axis=-1)  # M^-1 (t - T beta)
    slope = r.Xy - (r.XX @ beta[..., None])[..., 0]  # X' (y - X beta) inside sessions
    inside = r.yy - xp.sum(beta * (r.Xy + slope), axis=-1)
    quad = inside / unit + xp.sum(rest * u, axis=(1, 2))
    free = r.scores - (r.T.shape[-1] if reml else 0)
    deviance = at.logdet + quad + free * math.log(2.0 * math.pi) + (logdet_X if reml else 0.0)
    deviance = xp.where(at.legal & xp.isfinite(deviance), deviance, math.nan)
    quads, average = _quadratic(at, U, Phi, u, inside, slope, xp)
    trace, both = _traces(at, r, U, Phi, reml, xp)
    return Terms(deviance, trace - quads, both, 2.0 * average - both, beta, Phi)


def exchangeable_products(structure: Structure, r: Reduced, tau: Array, xp: Any) -> Products:
    """Return A and Q of every data set at its own tau (B, K)."""
    at = _point(structure, r, tau, xp)
    B, K, p = tau.shape[0], len(at.V), r.T.shape[-1]
    U = _small(at.Mi, r.T, xp)
    VU = [_small(V, U, xp) for V in at.V]
    MVU = [_small(at.Mi, x, xp) for x in VU]
    Q = _cross(xp.concatenate(VU, axis=-1), xp.concatenate(MVU, axis=-1))
    Q = xp.moveaxis(Q.reshape(B, K, p, K, p), 3, 2)
    XX = r.XX / (at.unit**3)[:, None, None]
    both = at.is_unit[:, None] * at.is_unit[None, :]
    return Products(_A(at, r, U, xp), Q + both[:, :, None, None] * XX[:, None, None])


def _point(structure: Structure, r: Reduced, tau: Array, xp: Any) -> _Point:
    forms = FORMS[structure.random, structure.residual]
    theta = {form: tau[:, k] for k, form in enumerate(forms)}
    zero = xp.zeros_like(tau[:, 0])
    unit, one = theta["unit"], theta.get("one", zero)
    d = unit[:, None, None] + theta.get("session", zero)[:, None, None] * r.n
    legal = (unit > 0.0) & xp.all(d > 0.0, axis=(1, 2))
    unit, d = xp.where(legal, unit, 1.0), xp.where(legal[:, None, None], d, 1.0)
    share = 1.0 + one[:, None] * xp.sum(r.n / d, axis=-1)
    legal = legal & xp.all(share > 0.0, axis=-1)
    share = xp.where(legal[:, None], share, 1.0)
    s = xp.sqrt(r.n)
    w, c = s / d, one[:, None] / share
    eye = xp.eye(r.n.shape[-1])
    Mi = eye / d[..., None] - c[..., None, None] * w[..., :, None] * w[..., None, :]
    outside = r.scores - r.n.shape[1] * r.n.shape[2]
    logdet = outside * xp.log(unit) + xp.sum(xp.log(d), axis=(1, 2)) + xp.sum(xp.log(share), 1)
    small = {
        "unit": eye + xp.zeros_like(Mi),
        "session": eye * r.n[..., None],
        "one": s[..., :, None] * s[..., None, :],
    }
    is_unit = xp.asarray(np.array([form == "unit" for form in forms], dtype=float))
    return _Point(legal, unit, Mi, logdet, outside, tuple(small[f] for f in forms), is_unit)


def _small(M: Array, x: Array, xp: Any) -> Array:
    """Return M x for M (B, S, J, J), x (B, S, J, p); J is 1, 2 or so, too small for a matmul."""
    J = M.shape[-1]
    parts = [sum(M[..., i, j, None] * x[:, :, j] for j in range(J)) for i in range(J)]
    return xp.stack(parts, axis=2)


def _cross(A: Array, C: Array) -> Array:
    """Return A' C summed over participants and sessions."""
    B = A.shape[0]
    return transpose(A.reshape(B, -1, A.shape[-1])) @ C.reshape(B, -1, C.shape[-1])


def _A(at: _Point, r: Reduced, U: Array, xp: Any) -> Array:
    """Return A_k = X' V^-1 V_k V^-1 X, (B, K, p, p)."""
    A = xp.stack([_cross(U, _small(V, U, xp)) for V in at.V], axis=1)
    XX = r.XX / (at.unit**2)[:, None, None]
    return A + at.is_unit[:, None, None] * XX[:, None]


def _quadratic(
    at: _Point, U: Array, Phi: Array, u: Array, inside: Array, slope: Array, xp: Any
) -> tuple[Array, Array]:
    """Return y' P V_k P y and y' P V_k P V_l P y."""
    unit, both = at.unit, at.is_unit[:, None] * at.is_unit[None, :]
    Vu = [xp.sum(V * u[..., None, :], axis=-1) for V in at.V]
    MVu = [xp.sum(at.Mi * v[..., None, :], axis=-1) for v in Vu]
    quad = xp.stack([xp.sum(v * u, axis=(1, 2)) for v in Vu], axis=-1)
    quad = quad + at.is_unit * (inside / unit**2)[:, None]
    average = xp.stack([xp.stack([xp.sum(a * b, (1, 2)) for b in MVu], -1) for a in Vu], axis=1)
    average = average + both * (inside / unit**3)[:, None, None]
    x = _cross(xp.stack(Vu, axis=-1), U)  # X' V^-1 V_k P y, (B, K, p)
    x = x + at.is_unit[:, None] * (slope / (unit**2)[:, None])[:, None]
    return quad, average - x @ Phi @ transpose(x)


def _traces(
    at: _Point, r: Reduced, U: Array, Phi: Array, reml: bool, xp: Any
) -> tuple[Array, Array]:
    """Return tr(P V_k) and tr(P V_k P V_l); without the P of the effects for ML."""
    B, K = Phi.shape[0], len(at.V)
    unit, unit_unit = at.unit, at.is_unit[:, None] * at.is_unit[None, :]
    N = [_small(V, at.Mi, xp) for V in at.V]  # V_k M^-1
    trace = xp.stack([xp.sum(xp.trace(n, axis1=2, axis2=3), axis=1) for n in N], axis=-1)
    trace = trace + at.is_unit * (at.outside / unit)[:, None]
    both = _pairs(N, N, xp) + unit_unit * (at.outside / unit**2)[:, None, None]
    if not reml:
        return trace, both
    A = _A(at, r, U, xp)
    PhiA = Phi[:, None] @ A
    UPhi = (U.reshape(B, -1, U.shape[-1]) @ Phi).reshape(U.shape)
    H = xp.sum(UPhi[:, :, :, None, :] * U[:, :, None, :, :], axis=-1)  # U Phi U' of a participant
    inside = xp.sum(Phi * r.XX, axis=(1, 2)) / unit**3
    PhiQ = _pairs(N, [_small(V, H, xp) for V in at.V], xp) + unit_unit * inside[:, None, None]
    AA = PhiA.reshape(B, K, -1) @ transpose(transpose(PhiA).reshape(B, K, -1))
    return trace - xp.trace(PhiA, axis1=-2, axis2=-1), both - 2.0 * PhiQ + AA


def _pairs(left: list[Array], right: list[Array], xp: Any) -> Array:
    """Return the sum over participants of tr(left_k right_l), (B, K, K)."""
    rows = [
        xp.stack([xp.sum(a * transpose(b), axis=(1, 2, 3)) for b in right], axis=-1) for a in left
    ]
    return xp.stack(rows, axis=1)
