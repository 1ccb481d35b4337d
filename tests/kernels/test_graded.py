import numpy as np
import pytest
from scipy.special import ndtr
from scipy.stats import betabinom

from crossblock.kernels.graded import alpha, item_rest, moments, passing, thresholds


def test_thresholds_are_those_of_the_beta_binomial() -> None:
    rho = 0.2
    tau = thresholds(1.3, 4, rho)
    a, b = 1.3 / 4 * (1 / rho - 1), (1 - 1.3 / 4) * (1 / rho - 1)
    assert 1 - ndtr(tau) == pytest.approx(betabinom.sf(np.arange(4), 4, a, b), abs=1e-12)


def test_moments_agree_with_drawn_answers() -> None:
    loadings = np.array([0.8, 0.5, 0.0])
    taus = [thresholds(1.0, 4, 0.2), thresholds(0.7, 2, 0.2), thresholds(2.0, 4, 0.2)]
    mean, covariance = moments(loadings, taus)
    rng = np.random.default_rng(1)
    theta = rng.standard_normal(200_000)
    x = np.array(
        [
            (
                (lam * theta + np.sqrt(1 - lam**2) * rng.standard_normal(theta.size))[:, None] > tau
            ).sum(axis=1)
            for lam, tau in zip(loadings, taus, strict=True)
        ]
    )
    assert mean == pytest.approx(x.mean(axis=1), abs=0.015)
    assert covariance == pytest.approx(np.cov(x), abs=0.02)
    rest = [np.corrcoef(x[j], x.sum(axis=0) - x[j])[0, 1] for j in range(3)]
    assert item_rest(covariance) == pytest.approx(rest, abs=0.01)


def test_alpha_of_parallel_items_is_spearman_brown() -> None:
    r, k = 0.4, 5
    covariance = np.full((k, k), r) + (1 - r) * np.eye(k)
    assert alpha(covariance) == pytest.approx(k * r / (1 + (k - 1) * r))


def test_passing_falls_with_the_step_and_rises_with_the_state() -> None:
    p = passing(np.linspace(-4, 4, 9), 0.7, thresholds(1.0, 4, 0.2))
    assert (np.diff(p, axis=0) > 0).all()
    assert (np.diff(p, axis=1) < 0).all()
