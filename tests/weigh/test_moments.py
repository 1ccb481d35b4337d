import numpy as np

from crossblock.weigh.moments import (
    grid,
    noise_covariance,
    plasticity,
    summaries,
    told,
    within,
)
from tests.weigh.small import rival, study


def test_moments_are_those_of_simulated_people() -> None:
    """20,000 people drawn from the same nodes have the tabulated means, spreads, correlation."""
    r = rival("h3a")
    arms = study("williams-2018").arms
    g = grid(r.particles, r.amplitude_cv)
    R = [plasticity(r.reach, r.particles, a, 24.0) for a in arms]
    lost = [told(r.reach, r.particles, a) for a in arms]
    s = summaries(R, arms, r.particles, g, lost)
    k, a, i = 5, 1, 2
    rng = np.random.default_rng(1)
    n = 20_000
    q = rng.integers(R[0].shape[1], size=n)
    m = rng.choice(len(g.amplitude), size=n, p=g.amplitude_weight)
    noise = rng.multivariate_normal([0, 0], noise_covariance(r.particles, 2)[k], size=n)
    y = np.empty((n, 2))
    for c, arm in enumerate(arms):
        stay = np.exp(-g.A[k, a] * g.amplitude[m] * R[c][k, q])
        y[:, c] = 1 - (1 - g.g[arm.setting][k, i]) * stay - lost[c][k] + noise[:, c]
    mean, covariance = s.mean[k, a, i], s.covariance[k, a, i]
    assert np.allclose(y.mean(axis=0), mean, atol=4 * np.sqrt(covariance[0, 0] / n))
    assert np.allclose(np.cov(y.T), covariance, rtol=0.05)


def test_only_blocked_sessions_lose_what_is_outside_the_drug() -> None:
    r = rival("h1")
    open_, blocked = study("williams-2018").arms
    assert np.all(told(r.reach, r.particles, open_) == 0.0)
    assert np.array_equal(told(r.reach, r.particles, blocked), r.particles["told"])


def test_belief_decides_what_a_placebo_infusion_reaches() -> None:
    r = rival("h5")
    saline = study("nimh-day-2").arms[1]
    R = plasticity(r.reach, r.particles, saline, 60.0)
    whole = r.reach.at("placebo", 60.0)
    assert whole is not None
    size = -np.log1p(-r.particles["fall"])[:, None]
    assert np.allclose(R, size * r.particles["b_saline"][:, None] * whole)


def test_weights_sum_to_one_and_more_plasticity_keeps_less() -> None:
    r = rival("h1")
    g = grid(r.particles, r.amplitude_cv)
    assert abs(np.exp(g.log_weight).sum() - 1.0) < 1e-12
    assert abs(g.amplitude_weight.sum() - 1.0) < 1e-12
    R = plasticity(r.reach, r.particles, study("williams-2018").arms[0], 24.0)
    strength = g.strength.reshape(len(R), -1)
    mean, covariance = within([R, 2.0 * R], strength)
    assert np.all(mean[..., 1] <= mean[..., 0])
    assert np.all(covariance[..., 0, 0] >= -1e-15)


def test_amplitudes_of_people_and_of_studies_are_one_lognormal() -> None:
    """Mean and variance of log strength over both node sets agree, exactly for normal nodes."""
    r = rival("h3a")
    g = grid(r.particles, r.amplitude_cv)
    w = g.a_weight[:, None] * g.amplitude_weight
    apart = np.einsum("pak,ak->p", np.log(g.strength) ** 2, w)
    at_once = np.log(g.both) ** 2 @ g.amplitude_weight
    assert np.allclose(apart, at_once)
