import math

import numpy as np
import pytest
from scipy.stats import norm

from crossblock.core.errors import InputError
from crossblock.stats.conditional import (
    conditional_power,
    conditional_rejection_probability,
    current_trend,
    lowest_score_for,
    predictive_power,
)
from crossblock.stats.sequential import bounds
from crossblock.stats.spending import Family, Spending

THREE = bounds(
    Spending(family=Family.HWANG_SHIH_DECANI, alpha=0.025, parameter=-4), [0.3, 0.6, 1.0]
)
TWO = bounds(Spending(family=Family.OBRIEN_FLEMING_LIKE, alpha=0.025), [0.5, 1.0])


def test_one_remaining_look_has_the_closed_form():
    z, drift, t = 1.1, 2.4, 0.5
    closed = norm.sf((TWO.efficacy[1] - z * math.sqrt(t) - drift * (1 - t)) / math.sqrt(1 - t))
    assert conditional_power(TWO, 1, z, drift) == pytest.approx(closed, abs=1e-12)
    assert conditional_rejection_probability(TWO, 1, z) == conditional_power(TWO, 1, z, 0.0)


def test_remaining_looks_agree_with_simulation():
    z, drift = 1.0, 2.5
    rng = np.random.default_rng(2)
    t = np.array(THREE.information)
    steps = rng.standard_normal((200_000, 2)) * np.sqrt(np.diff(t)) + drift * np.diff(t)
    scores = z * math.sqrt(t[0]) + np.cumsum(steps, axis=1)
    hit = (scores / np.sqrt(t[1:]) >= np.array(THREE.efficacy[1:])).any(axis=1)
    assert conditional_power(THREE, 1, z, drift) == pytest.approx(hit.mean(), abs=0.004)


def test_averaged_over_z_the_crp_is_the_error_left():
    early, edge = norm.sf(TWO.efficacy[0]), TWO.efficacy[0]
    z = np.linspace(edge - 12, edge, 601)
    left = np.trapezoid([norm.pdf(x) * conditional_rejection_probability(TWO, 1, x) for x in z], z)
    assert early + left == pytest.approx(0.025, abs=1e-6)


def test_predictive_power_is_conditional_power_averaged_over_the_posterior():
    z = 1.3
    mean, sd = current_trend(TWO, 1, z), 1 / math.sqrt(0.5)
    x, w = np.polynomial.hermite_e.hermegauss(60)
    averaged = sum(
        wi * conditional_power(TWO, 1, z, mean + sd * xi)
        for xi, wi in zip(x, w / math.sqrt(2 * math.pi), strict=True)
    )
    assert predictive_power(TWO, 1, z) == pytest.approx(averaged, abs=1e-9)


def test_a_sharp_prior_gives_conditional_power_at_its_mean():
    sharp = predictive_power(THREE, 1, 1.0, prior_drift=2.0, prior_sd=1e-4)
    assert sharp == pytest.approx(conditional_power(THREE, 1, 1.0, 2.0), abs=1e-6)


def test_the_last_look_leaves_nothing_open():
    assert conditional_power(TWO, 2, 3.0, 0.0) == 1.0
    assert conditional_power(TWO, 2, 1.0, 9.0) == 0.0


def test_the_futility_threshold_has_the_power_it_names():
    z = lowest_score_for(THREE, 1, 0.2, 3.0)
    assert conditional_power(THREE, 1, z, 3.0) == pytest.approx(0.2, abs=1e-7)
    with pytest.raises(InputError, match="before the last"):
        lowest_score_for(THREE, 3, 0.2, 3.0)


def test_refuses_a_prior_without_spread():
    with pytest.raises(InputError, match="positive standard deviation"):
        predictive_power(TWO, 1, 1.0, prior_sd=0.0)
