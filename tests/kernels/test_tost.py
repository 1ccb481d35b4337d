"""Exact TOST power against the noncentral t and against simulation."""

import math

import numpy as np
import pytest
from scipy.stats import nct, t

from crossblock.kernels.tost import tost_power


@pytest.mark.parametrize("df", [3, 10, 50, 400])
def test_one_open_side_is_the_noncentral_t(df):
    se, theta, high = 0.4, 0.2, 1.0
    power = tost_power(-1e4, high, theta, se, df, 0.05)
    assert power == pytest.approx(nct.cdf(-t.isf(0.05, df), df, (theta - high) / se), abs=1e-8)


def test_simulated_trials_agree():
    n, sd, margin, theta = 14, 6.0, 5.0, 0.5
    rng = np.random.default_rng(3)
    d = theta + sd * rng.standard_normal((200_000, n))
    se = d.std(1, ddof=1) / math.sqrt(n)
    reach = t.isf(0.05, n - 1) * se
    hit = (d.mean(1) - reach > -margin) & (d.mean(1) + reach < margin)
    power = tost_power(-margin, margin, theta, sd / math.sqrt(n), n - 1, 0.05)
    assert power == pytest.approx(hit.mean(), abs=3.5 * math.sqrt(power * (1 - power) / len(d)))


def test_wide_spread_has_no_power():
    assert tost_power(-0.01, 0.01, 0.0, 100.0, 5, 0.05) < 1e-8


def test_power_is_symmetric_in_the_difference():
    assert tost_power(-1, 1, 0.3, 0.4, 9, 0.05) == pytest.approx(
        tost_power(-1, 1, -0.3, 0.4, 9, 0.05), abs=1e-14
    )


def test_at_a_limit_the_error_is_alpha_at_most():
    for df in (4, 12, 60):
        assert tost_power(-1, 1, 1.0, 0.05, df, 0.05) == pytest.approx(0.05, abs=1e-9)
        assert tost_power(-1, 1, 1.0, 0.6, df, 0.05) < 0.05
