"""Graded items: how a hidden state becomes answers on a scale of whole numbers.

Item j is the number of thresholds that z_j = lambda_j theta + sqrt(1 - lambda_j^2) e_j passes, with
theta and e standard normal (a graded response model in normal-ogive form, Samejima 1969). Its
thresholds are those of a beta-binomial marginal: mean m of K steps, overdispersion rho,

    P(X >= k) = 1 - Phi(tau_k),   X ~ BetaBinomial(K, a, b)
    a = (m / K) (1 / rho - 1),    b = (1 - m / K) (1 / rho - 1)

Source: Samejima 1969, Psychometrika monograph 17; derivation in docs/derivations/simulate.md.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from scipy.special import betaln, gammaln, ndtr, ndtri

Array = NDArray[np.float64]
NODES = 61


def thresholds(mean: float, steps: int, dispersion: float) -> Array:
    """Return the thresholds tau_1 .. tau_K, (K,), of an item with this mean (0 to K)."""
    p, k = mean / steps, np.arange(steps + 1)
    strength = 1.0 / dispersion - 1.0
    a, b = p * strength, (1.0 - p) * strength
    log_mass = (
        gammaln(steps + 1)
        - gammaln(k + 1)
        - gammaln(steps - k + 1)
        + betaln(k + a, steps - k + b)
        - betaln(a, b)
    )
    return np.asarray(-ndtri(1.0 - np.cumsum(np.exp(log_mass))[:-1]))


def passing(theta: Array, loading: float, tau: Array) -> Array:
    """Return P(X >= k | theta), (..., K), decreasing in k."""
    spread = np.sqrt(1.0 - loading**2)
    return np.asarray(ndtr((loading * np.asarray(theta)[..., None] - tau) / spread))


def moments(loadings: Array, taus: list[Array]) -> tuple[Array, Array]:
    """Return item means (I,) and covariances (I, I) in a standard normal population."""
    theta, weight = np.polynomial.hermite_e.hermegauss(NODES)
    weight = weight / weight.sum()
    parts = [passing(theta, float(lam), tau) for lam, tau in zip(loadings, taus, strict=True)]
    expected = np.array([p.sum(axis=-1) for p in parts])
    mean = expected @ weight
    covariance = (expected * weight) @ expected.T - np.outer(mean, mean)
    for j, p in enumerate(parts):
        square = (2 * np.arange(1, p.shape[-1] + 1) - 1) * p
        covariance[j, j] = float(square.sum(axis=-1) @ weight) - mean[j] ** 2
    return mean, covariance


def item_rest(covariance: Array) -> Array:
    """Return the correlation of each item with the sum of the others, (I,)."""
    own = np.diag(covariance)
    with_all = covariance.sum(axis=1)
    rest = covariance.sum() - 2.0 * with_all + own
    return np.asarray((with_all - own) / np.sqrt(own * rest))


def alpha(covariance: Array) -> float:
    """Return Cronbach's alpha of the sum."""
    items = covariance.shape[0]
    return float(items / (items - 1) * (1.0 - np.trace(covariance) / covariance.sum()))
