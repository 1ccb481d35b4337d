"""Fit a linear mixed model to every data set of a batch: the one engine, one set or many.

The search runs on scores centered and scaled by ordinary least squares and on an orthonormal basis
of the design, so that its tolerances have no unit; results are returned in the units given. Each
data set ends with a code; one bad data set never stops a batch.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import lru_cache
from typing import Any, NamedTuple

import numpy as np

from crossblock.kernels.backend import Backend
from crossblock.kernels.coordinates import Coordinates, coordinates, natural
from crossblock.kernels.covariance import Blocks, Structure, is_variance, linear_basis, pairs
from crossblock.kernels.exchangeable import (
    exchangeable_products,
    exchangeable_terms,
    reduce_blocks,
    sessions,
)
from crossblock.kernels.kenward_roger import adjusted_covariance
from crossblock.kernels.reml import (
    Likelihood,
    Products,
    Terms,
    dense_products,
    dense_terms,
    transpose,
)
from crossblock.kernels.scoring import NEARLY, Search, derivatives, search

Array = Any  # an array of the namespace in use

# How a fit ended, in the order of domain.result.Outcome.
SETTLED, BOUNDARY, NOT_SETTLED, RANK_DEFICIENT, NO_VARIATION, TOO_FEW = range(6)

RANK_TOLERANCE = 1e-9  # share of a column that the columns before it leave unexplained
VARIATION_TOLERANCE = 1e-22  # residual over raw sum of squares
SINGULAR_TOLERANCE = 1e-4  # lme4's: on the standard deviation over the residual one
IDENTIFIED_TOLERANCE = 1e-10  # smallest eigenvalue of the correlation of the scores


class Fit(NamedTuple):
    """The fit of B data sets: K covariance parameters, p effects; NaN where the code says so.

    `spread_k` = Phi A_k Phi with tau in units of the residual scale, the units of W and C too.
    """

    beta: Array  # (B, p), units of y over units of X
    Phi: Array  # (B, p, p), model-based covariance of beta
    Phi_kr: Array  # (B, p, p), Kenward-Roger covariance of beta
    tau: Array  # (B, K), covariance parameters
    tau_se: Array  # (B, K), their asymptotic standard errors
    deviance: Array  # (B,), -2 (restricted) log-likelihood
    spread: Array  # (B, K, p, p)
    W: Array  # (B, K, K), covariance of tau for Kenward-Roger
    C: Array  # (B, K, K), covariance of tau for Satterthwaite
    n: Array  # (B,), scores
    code: Array  # (B,) int
    steps: Array  # (B,) int
    decrement: Array  # (B,)


class Prepared(NamedTuple):
    """Data sets in the coordinates of the search, with the way back."""

    blocks: Blocks
    R: Array  # (B, p, p), X = Q R; the identity where X has not full rank
    least_squares: Array  # (B, p), Q' y
    scale: Array  # (B,), residual standard deviation of least squares
    z_scale: Array  # (B, columns of Z)
    n: Array  # (B,)
    code: Array  # (B,), what was wrong before the search, else SETTLED


class Options(NamedTuple):
    """What is fixed about a fit beside its covariance.

    `expected` takes the covariance of tau in Kenward-Roger from the expected information, as
    pbkrtest does, instead of the observed, as SAS and mmrm do. `full` keeps the second derivatives
    of V there, as SAS DDFM=KR does.
    """

    reml: bool = True
    expected: bool = True
    full: bool = False


def fit(structure: Structure, blocks: Blocks, *, options: Options, backend: Backend) -> Fit:
    """Return the fit of every data set in `blocks` under `structure`."""
    session = sessions(structure, blocks)
    with backend.precision():
        if session is None:
            return _dense(structure, options, backend)(blocks)
        J = int(session.max()) + 1
        return _exchangeable(structure, J, options, backend)(blocks, session)


@lru_cache(maxsize=64)
def _dense(structure: Structure, options: Options, backend: Backend) -> Callable[[Blocks], Fit]:
    """Return the fit of any covariance in blocks, compiled."""

    def run(blocks: Blocks) -> Fit:
        ready = prepare(Blocks(*(backend.xp.asarray(a) for a in blocks)), backend)
        basis = linear_basis(structure, ready.blocks, backend.xp)

        def terms(tau: Array) -> Terms:
            return dense_terms(structure, ready.blocks, basis, tau, options.reml, backend)

        def products(tau: Array) -> Products:
            return dense_products(structure, ready.blocks, basis, tau, backend)

        return settle(structure, ready, Likelihood(terms, products), options, backend)

    return backend.compile(run)


@lru_cache(maxsize=64)
def _exchangeable(
    structure: Structure, J: int, options: Options, backend: Backend
) -> Callable[[Blocks, Array], Fit]:
    """Return the fit of participant + participant:period, compiled."""

    def run(blocks: Blocks, session: Array) -> Fit:
        ready = prepare(Blocks(*(backend.xp.asarray(a) for a in blocks)), backend)
        reduced = reduce_blocks(ready.blocks, backend.xp.asarray(session), J, backend)

        def terms(tau: Array) -> Terms:
            return exchangeable_terms(structure, reduced, tau, options.reml, backend)

        def products(tau: Array) -> Products:
            return exchangeable_products(structure, reduced, tau, backend.xp)

        return settle(structure, ready, Likelihood(terms, products), options, backend)

    return backend.compile(run)


def prepare(blocks: Blocks, backend: Backend) -> Prepared:
    """Return the data sets centered, scaled and on an orthonormal design."""
    xp = backend.xp
    B, p = blocks.y.shape[0], blocks.X.shape[-1]
    seen = xp.where(blocks.observed, 1.0, 0.0)
    n = xp.sum(seen, axis=(-2, -1))
    finite = xp.all(xp.isfinite(blocks.y) | ~blocks.observed, axis=(-2, -1))
    y = xp.where(blocks.observed & finite[:, None, None], blocks.y, 0.0).reshape(B, -1, 1)
    X = (blocks.X * seen[..., None]).reshape(B, -1, p)
    Q, R = xp.linalg.qr(X)
    length = xp.sqrt(xp.sum(X**2, axis=1))
    left = xp.abs(xp.diagonal(R, axis1=-2, axis2=-1))
    deficient = xp.any(left <= RANK_TOLERANCE * xp.maximum(length, 1e-300), axis=-1)
    R = xp.where(deficient[:, None, None], xp.eye(p), R)
    b = transpose(Q) @ y
    e = y - Q @ b
    e = e - Q @ (transpose(Q) @ e)  # once more: exact to rounding
    rss, raw = xp.sum(e**2, axis=(-2, -1)), xp.sum(y**2, axis=(-2, -1))
    flat = rss <= VARIATION_TOLERANCE * xp.maximum(raw, 1e-300)
    scale = xp.sqrt(xp.where(flat, 1.0, rss) / xp.maximum(n - p, 1.0))
    z_scale = xp.sqrt(xp.sum((blocks.Z * seen[..., None]) ** 2, axis=(1, 2)) / n[:, None])
    z_scale = xp.where(z_scale > 0.0, z_scale, 1.0)
    code = xp.where(flat, NO_VARIATION, SETTLED)
    code = xp.where(~finite, NOT_SETTLED, code)
    code = xp.where(deficient, RANK_DEFICIENT, code)
    code = xp.where(n - p < 1, TOO_FEW, code)
    ready = blocks._replace(
        y=(e[..., 0] / scale[:, None]).reshape(blocks.y.shape),
        X=Q.reshape(blocks.X.shape),
        Z=blocks.Z * seen[..., None] / z_scale[:, None, None],
    )
    return Prepared(ready, R, b[..., 0], scale, z_scale, n, code)


def settle(
    structure: Structure,
    ready: Prepared,
    likelihood: Likelihood,
    options: Options,
    backend: Backend,
) -> Fit:
    """Search for tau and return the fit in the units given."""
    xp = backend.xp
    frame = coordinates(structure)
    K = frame.start.shape[0]
    start = xp.zeros((ready.n.shape[0], K)) + xp.asarray(frame.start)
    p = ready.R.shape[-1]
    end = search(frame, likelihood.terms, start, ready.code != SETTLED, p, backend)
    tau, J = natural(frame, end.phi, xp)
    at, of = end.at, likelihood.products(tau)
    code = _code(frame, ready, end, xp)
    bad = (code != SETTLED) & (code != BOUNDARY)
    W = 2.0 * _pseudo_inverse(at.expected if options.expected else at.observed, xp)
    C = J @ (2.0 * _pseudo_inverse(_held(frame, end, xp), xp)) @ transpose(J)
    kr = adjusted_covariance(at.Phi, of.A, of.Q, W, xp, of.R if options.full else None)
    spread = at.Phi[:, None] @ of.A @ at.Phi[:, None]
    return _in_units(structure, ready, end, (tau, W, C, kr, spread, code, bad, options.reml), xp)


def _held(frame: Coordinates, end: Search, xp: Any) -> Array:
    """Return the Hessian with the rows of parameters at their bound set to 0.

    Such a parameter adds no uncertainty to Satterthwaite (as in lmerTest, where the derivative in
    the standard deviation is 0 there); Kenward-Roger keeps it (as in pbkrtest).
    """
    free = xp.where(end.phi <= xp.asarray(frame.lower), 0.0, 1.0)
    _, H, _ = derivatives(frame, end, xp)
    return H * free[:, :, None] * free[:, None, :]


def _pseudo_inverse(A: Array, xp: Any) -> Array:
    """Return the inverse over the directions that carry information, scale-free."""
    diagonal = xp.diagonal(A, axis1=-2, axis2=-1)
    size = xp.sqrt(xp.where(diagonal > 0.0, diagonal, 1.0))
    units = size[:, :, None] * size[:, None, :]
    finite = xp.where(xp.isfinite(A), A, 0.0)
    values, vectors = xp.linalg.eigh(finite / units)
    kept = values > IDENTIFIED_TOLERANCE
    inverse = xp.where(kept, 1.0 / xp.where(kept, values, 1.0), 0.0)
    return (vectors * inverse[:, None, :]) @ transpose(vectors) / units


def _code(frame: Coordinates, ready: Prepared, end: Search, xp: Any) -> Array:
    """Return how each search ended.

    A covariance that carries no information on some direction of tau is not identified if that was
    so where the search began, and has run into a singular V if it became so.
    """
    at_bound = xp.any(end.phi <= xp.asarray(frame.lower), axis=-1)
    small = xp.abs(end.phi) < SINGULAR_TOLERANCE
    singular = xp.any(xp.asarray(frame.factor) & small, axis=-1)
    settled = (end.decrement < NEARLY) & _informative(end.at.expected, xp)
    code = xp.where(at_bound | singular, BOUNDARY, SETTLED)
    code = xp.where(settled, code, NOT_SETTLED)
    code = xp.where(_informative(end.start, xp), code, RANK_DEFICIENT)
    return xp.where(ready.code != SETTLED, ready.code, code)


def _informative(E: Array, xp: Any) -> Array:
    """Return whether an information matrix has full rank, (B,)."""
    diagonal = xp.diagonal(E, axis1=-2, axis2=-1)
    size = xp.sqrt(xp.where(diagonal > 0.0, diagonal, 1.0))
    scaled = E / (size[:, :, None] * size[:, None, :])
    finite = xp.where(xp.isfinite(scaled), scaled, 0.0)
    return xp.linalg.eigvalsh(finite)[..., 0] > IDENTIFIED_TOLERANCE


def _in_units(structure: Structure, ready: Prepared, end: Search, rest: Any, xp: Any) -> Fit:
    """Return the fit on the scale of y and X; the design comes back through R."""
    tau, W, C, kr, spread, code, bad, reml = rest
    at = end.at
    p = ready.R.shape[-1]
    back = xp.linalg.inv(ready.R)
    s = ready.scale
    s2 = (s**2)[:, None, None]
    free = (ready.n - p) if reml else ready.n
    deviance = at.deviance + 2.0 * free * xp.log(s)
    if reml:
        diagonal = xp.abs(xp.diagonal(ready.R, axis1=-2, axis2=-1))
        deviance = deviance + 2.0 * xp.sum(xp.log(diagonal), axis=-1)
    unit = _tau_unit(structure, ready, xp)
    two = transpose(back)

    def hide(value: Array) -> Array:
        shape = (-1,) + (1,) * (value.ndim - 1)
        return xp.where(bad.reshape(shape), np.nan, value)

    b = ready.least_squares + s[:, None] * at.beta
    return Fit(
        beta=hide((back @ b[..., None])[..., 0]),
        Phi=hide(back @ at.Phi @ two * s2),
        Phi_kr=hide(back @ kr @ two * s2),
        tau=hide(tau * unit),
        tau_se=hide(xp.sqrt(xp.abs(xp.diagonal(C, axis1=-2, axis2=-1))) * unit),
        deviance=hide(deviance),
        spread=hide(back[:, None] @ spread @ two[:, None] * s2[:, None]),
        W=hide(W),
        C=hide(C),
        n=ready.n,
        code=code,
        steps=end.steps,
        decrement=end.decrement,
    )


def _tau_unit(structure: Structure, ready: Prepared, xp: Any) -> Array:
    """Return what turns tau of the search into the units of y and Z, (B, K)."""
    s2 = ready.scale**2
    units, start = [], 0
    for q in structure.random:
        z = ready.z_scale[:, start : start + q]
        units += [s2 / (z[:, a] * z[:, b]) for a, b in pairs(q)]
        start += q
    powers = is_variance(structure)[len(units) :]
    units += [s2 if power == 2 else xp.ones_like(s2) for power in powers]
    return xp.stack(units, axis=-1)
