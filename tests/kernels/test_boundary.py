"""Recursive integration against closed forms and the multivariate normal distribution."""

import math

import numpy as np
import pytest
from scipy.stats import multivariate_normal, norm

from crossblock.kernels import boundary as b


@pytest.mark.parametrize(
    ("center", "lower", "upper"),
    [(0.0, -np.inf, np.inf), (1.5, -1.0, 2.0), (-3.0, 0.5, np.inf), (0.0, -np.inf, 1.96)],
)
def test_grid_integrates_the_normal_density(center, lower, upper):
    nodes, weights = b.grid(center, lower, upper)
    mass = weights @ norm.pdf(nodes - center)
    assert mass == pytest.approx(norm.cdf(upper - center) - norm.cdf(lower - center), abs=1e-7)


def test_grid_of_an_empty_interval_is_empty():
    nodes, weights = b.grid(0.0, 2.0, 2.0)
    assert nodes.size == weights.size == 0


def test_first_look_is_the_normal_tail():
    assert b.exit_above(b.start(), 0.4, 2.0, 1.3) == pytest.approx(
        norm.sf(2.0 - 1.3 * math.sqrt(0.4)), abs=1e-14
    )


@pytest.mark.parametrize("drift", [0.0, 2.5, -1.0])
def test_three_looks_agree_with_the_multivariate_normal(drift):
    t = np.array([0.25, 0.6, 1.0])
    lower, upper = np.array([-1.0, 0.0, 1.0]), np.array([3.0, 2.5, 1.0])
    cov = np.sqrt(np.minimum.outer(t, t) / np.maximum.outer(t, t))
    mean = drift * np.sqrt(t)

    def inside(lo, up):
        k = len(lo)
        return multivariate_normal.cdf(
            up, mean[:k], cov[:k, :k], lower_limit=lo, abseps=1e-10, releps=1e-10, maxpts=10**6
        )

    found = b.crossing(lower, upper, t, drift)
    far = 40.0
    for k in range(3):
        # Leave above at look k: inside before, beyond the bound now.
        lo, up = [*lower[:k], upper[k]], [*upper[:k], far]
        assert found.above[k] == pytest.approx(inside(lo, up), abs=2e-7)
        lo, up = [*lower[:k], -far], [*upper[:k], lower[k]]
        assert found.below[k] == pytest.approx(inside(lo, up), abs=2e-7)
    assert found.above.sum() + found.below.sum() == pytest.approx(1.0, abs=1e-7)


def test_bound_spends_what_it_was_asked_to():
    running = b.advance(b.start(), 0.5, -np.inf, 2.9)
    bound = b.bound_above(running, 1.0, 0.02)
    assert b.exit_above(running, 1.0, bound) == pytest.approx(0.02, abs=1e-12)
    low = b.bound_below(running, 1.0, 0.1, drift=2.0)
    assert b.exit_below(running, 1.0, low, drift=2.0) == pytest.approx(0.1, abs=1e-12)


def test_nothing_spent_is_no_bound():
    assert b.bound_above(b.start(), 0.5, 0.0) == math.inf
    assert b.bound_above(b.start(), 0.5, 1.0) == -math.inf


def test_spend_both_is_symmetric_and_spends_the_whole():
    t, spent = np.array([0.3, 0.7, 1.0]), np.array([0.01, 0.03, 0.05])
    u = b.spend_both(spent, t)
    found = b.crossing(-u, u, t)
    np.testing.assert_allclose(np.cumsum(found.above + found.below), spent, atol=1e-10)
    np.testing.assert_allclose(found.above, found.below, atol=1e-12)


def test_a_finer_grid_changes_a_bound_by_less_than_a_millionth():
    t = np.arange(1, 6) / 5
    spent = 0.025 * t**3
    coarse = b.spend_upper(spent, t)
    running = b.start()
    for k in range(4):
        nodes, weights = b.grid(0.0, -np.inf, float(coarse[k]), r=96)
        root, before = math.sqrt(t[k]), math.sqrt(running.information)
        gained = t[k] - running.information
        x = (nodes[:, None] * root - running.nodes[None, :] * before) / math.sqrt(gained)
        density = norm.pdf(x) @ running.mass * root / math.sqrt(gained)
        running = b.Running(nodes, weights * density, float(t[k]))
    assert b.exit_above(running, 1.0, float(coarse[4])) == pytest.approx(
        spent[4] - spent[3], abs=1e-8
    )
