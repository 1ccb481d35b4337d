"""Bayesian update by adaptive importance sampling: parameters as standard normals, evidence kept.

Every parameter of a model enters as z ~ N(0, 1). Proposals start as the prior and move, by
tempering, to a heavy-tailed Gaussian around the weighted sample; the last round mixes in prior
draws, so that weights stay bounded. The mean of its weights is the evidence of the model.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.special import gammaln, logsumexp

from crossblock.core.streams import Stream

Array = NDArray[np.float64]
DEGREES = 5.0  # of the multivariate t proposal
WIDER = 1.3  # its scale over that of the sample
PRIOR_SHARE = 0.2
ROUNDS = 4


@dataclass(frozen=True, kw_only=True, eq=False)
class Sample:
    """Weighted draws `z` (n, d) with `weight` (n,), summing to 1.

    `log_evidence` of the model, and the `effective` number of draws.
    """

    z: Array
    weight: Array
    log_evidence: float
    effective: float


def sample(
    log_likelihood: Callable[[Array], Array],
    dimensions: int,
    *,
    stream: Stream,
    draws: int = 1000,
    models: int = 1,
) -> tuple[Sample, ...]:
    """Return draws of every model from the posterior of z ~ N(0, I).

    `log_likelihood` takes (models, n, d) and returns (models, n): all models advance together, so
    that one pass through the data serves them all.
    """
    z = np.stack([_normals(stream, m, 0, draws, dimensions) for m in range(models)])
    log_l = log_likelihood(z)
    log_w = log_l.copy()
    power = np.zeros(models)
    for k in range(1, ROUNDS):
        proposals = []
        for m in range(models):
            last = k == ROUNDS - 1
            power[m] = 1.0 if last else _power(log_w[m], log_l[m], float(power[m]))
            share = _normalized(power[m] * log_l[m] + (log_w[m] - log_l[m]))
            center, root = _moments(z[m], share)
            proposals.append(_proposed(stream, (m, k), center, root, draws, dimensions))
        z = np.stack([p[0] for p in proposals])
        log_l = log_likelihood(z)
        log_w = log_l + _log_normal(z) - np.stack([p[1] for p in proposals])
    return tuple(_weighed(z[m], log_w[m]) for m in range(models))


def _weighed(z: Array, log_w: Array) -> Sample:
    weight = _normalized(log_w)
    return Sample(
        z=z,
        weight=weight,
        log_evidence=float(logsumexp(log_w) - np.log(len(z))),
        effective=float(1.0 / np.sum(weight**2)),
    )


def _power(log_w: Array, log_l: Array, least: float) -> float:
    """Return the largest power of the likelihood that keeps a fifth of the draws effective."""
    low, high = least, 1.0
    base = log_w - log_l
    for _ in range(20):
        middle = 0.5 * (low + high)
        w = _normalized(base + middle * log_l)
        if 1.0 / np.sum(w**2) > 0.2 * len(w):
            low = middle
        else:
            high = middle
    return max(low, least + 0.02)


def _normalized(log_w: Array) -> Array:
    log_w = np.where(np.isfinite(log_w), log_w, -1e300)
    return np.asarray(np.exp(log_w - logsumexp(log_w)))


def _moments(z: Array, weight: Array) -> tuple[Array, Array]:
    """Return center and Cholesky root of the weighted sample, never narrower than a twentieth."""
    center = weight @ z
    x = z - center
    cov = (x * weight[:, None]).T @ x + 0.0025 * np.eye(z.shape[1])
    return center, np.asarray(np.linalg.cholesky(cov) * WIDER, dtype=float)


def _proposed(
    stream: Stream, at: tuple[int, int], center: Array, root: Array, draws: int, d: int
) -> tuple[Array, Array]:
    """Return draws of the mixture of prior and t proposal, and their log density."""
    m, k = at
    e = _normals(stream, m, k, draws, d)
    who = np.arange(draws)
    u = Stream(stream.seed, f"{stream.purpose}/mix").uniform(1, trial=m, period=k, participant=who)
    chi = Stream(stream.seed, f"{stream.purpose}/tail").normal(
        int(DEGREES), trial=m, period=k, participant=who
    )
    tail = np.sqrt(DEGREES / np.sum(chi**2, axis=1))[:, None]
    z = np.where(u < PRIOR_SHARE, e, center + (e @ root.T) * tail)
    log_t = _log_t(z, center, root)
    mixed = np.logaddexp(np.log(PRIOR_SHARE) + _log_normal(z), np.log1p(-PRIOR_SHARE) + log_t)
    return z, np.asarray(mixed, dtype=float)


def _normals(stream: Stream, model: int, k: int, draws: int, d: int) -> Array:
    return stream.normal(d, trial=model, period=k, participant=np.arange(draws))


def _log_normal(z: Array) -> Array:
    d = z.shape[-1]
    return np.asarray(-0.5 * np.sum(z**2, axis=-1) - 0.5 * d * np.log(2.0 * np.pi))


def _log_t(z: Array, center: Array, root: Array) -> Array:
    d, nu = z.shape[1], DEGREES
    y = np.linalg.solve(root, (z - center).T)
    distance = np.sum(y**2, axis=0)
    constant = gammaln(0.5 * (nu + d)) - gammaln(0.5 * nu) - 0.5 * d * np.log(nu * np.pi)
    return np.asarray(
        constant - np.sum(np.log(np.diag(root))) - 0.5 * (nu + d) * np.log1p(distance / nu)
    )
