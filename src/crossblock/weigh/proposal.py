"""Normals fitted to particles, as proposals: for a step, and for the evidence itself.

The posteriors met here are close to normal in z. A normal fitted to particles that have nearly
arrived is therefore a good importance proposal: the mean of prior x likelihood / proposal over its
draws is the evidence, free of how slowly the particles came there. Bound coordinates are those of
atoms, so their normal becomes a probability over the atoms of the pool; free coordinates follow
given them, with the heavier tails of a t distribution.
Oh and Berger (1992), J Stat Comput Simul 41:143-168.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.special import gammaln, logsumexp

Array = NDArray[np.float64]
Ints = NDArray[np.int64]
WIDER = 1.2  # variance of a fitted normal against that of the particles: tails are reached
FREEDOM = 20.0  # degrees of freedom of the t distribution
RIDGE = 1e-3  # added to variances: particles may agree in a coordinate, or be few


@dataclass(frozen=True, kw_only=True, eq=False)
class Normal:
    """Mean (F,) and lower root (F, F) of a covariance."""

    mean: Array
    root: Array

    def log_density(self, z: Array) -> Array:
        """Return the log density (N,) without its constant."""
        return np.asarray(-0.5 * (_whitened(z - self.mean, self.root) ** 2).sum(axis=0))


def normal(z: Array, w: Array) -> Normal:
    """Return the normal of weighted particles z (N, F), a little wider; w (N,) sums to 1."""
    mean, covariance = _moments(z, w)
    return Normal(mean=mean, root=_root(covariance))


@dataclass(frozen=True, kw_only=True, eq=False)
class Draws:
    """Draws of a proposal: rows of the pool, free coordinates, log prior / proposal (N,)."""

    rows: Ints
    free: Array
    log_ratio: Array


@dataclass(frozen=True, kw_only=True, eq=False)
class Joint:
    """Bound coordinates as a normal, free ones as a t distribution around slope (z - mean)."""

    bound: Normal
    slope: Array
    free: Normal

    def draw(self, pool: Array, count: int, rng: np.random.Generator) -> Draws:
        """Return `count` draws; pool (A, B) holds the bound coordinates of equally likely atoms."""
        log_p = self.bound.log_density(pool) + 0.5 * (pool**2).sum(axis=1)
        log_p -= logsumexp(log_p)
        rows = systematic(np.exp(log_p), count, rng)
        F = len(self.free.mean)
        x = rng.standard_normal((count, F)) * np.sqrt(FREEDOM / rng.chisquare(FREEDOM, (count, 1)))
        off = (pool[rows] - self.bound.mean) @ self.slope.T
        z = self.free.mean + off + x @ self.free.root.T
        log_prior = -0.5 * (z**2).sum(axis=1) - 0.5 * F * np.log(2.0 * np.pi) - np.log(len(pool))
        log_t = _log_t(x) - np.log(np.diag(self.free.root)).sum()
        return Draws(rows=rows, free=z, log_ratio=log_prior - log_p[rows] - log_t)


def systematic(w: Array, count: int, rng: np.random.Generator) -> Ints:
    """Return `count` resampled indices: a uniform draw, equally spaced on the cumulated weights."""
    places = (rng.random() + np.arange(count)) / count
    found = np.searchsorted(np.cumsum(w), places)
    return np.asarray(np.minimum(found, len(w) - 1), dtype=np.int64)


def joint(bound: Array, free: Array) -> Joint:
    """Return the proposal fitted to equally weighted particles (N, B) and (N, F)."""
    B = bound.shape[1]
    both = np.concatenate([bound, free], axis=1)
    mean, C = _moments(both, np.full(len(both), 1.0 / len(both)))
    own = C[:B, :B] + RIDGE * np.eye(B)
    slope = np.asarray(np.linalg.solve(own, C[:B, B:]).T)
    return Joint(
        bound=Normal(mean=mean[:B], root=_root(C[:B, :B])),
        slope=slope,
        free=Normal(mean=mean[B:], root=_root(C[B:, B:] - slope @ C[:B, B:])),
    )


def _moments(z: Array, w: Array) -> tuple[Array, Array]:
    mean = w @ z
    off = z - mean
    return mean, (off * w[:, None]).T @ off


def _root(covariance: Array) -> Array:
    wider = WIDER * covariance + RIDGE * np.eye(len(covariance))
    return np.asarray(np.linalg.cholesky(wider), dtype=float)


def _whitened(off: Array, root: Array) -> Array:
    return np.asarray(np.linalg.solve(root, off.T))


def _log_t(x: Array) -> Array:
    """Return the log density (N,) of the standard multivariate t distribution at x (N, F)."""
    nu, F = FREEDOM, x.shape[1]
    constant = gammaln((nu + F) / 2.0) - gammaln(nu / 2.0) - 0.5 * F * np.log(nu * np.pi)
    return np.asarray(constant - 0.5 * (nu + F) * np.log1p((x**2).sum(axis=1) / nu))
