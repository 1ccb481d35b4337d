"""Exact bounds for repeated t tests: limits, simulation, and the overspending they repair."""

import numpy as np
import pytest
from scipy.stats import norm, t

from crossblock.kernels.boundary import spend_upper
from crossblock.kernels.tboundary import (
    begin,
    crossing_t,
    leave_above,
    spend_t,
    sphere_above,
    sphere_density,
    t_of_u,
    u_of_t,
)


def repeated_t(n, draws, seed):
    """Simulate one-sample t statistics at the numbers of people in `n`, shape (draws, looks)."""
    x = np.random.default_rng(seed).standard_normal((draws, n[-1]))
    return np.stack([x[:, :k].mean(1) / x[:, :k].std(1, ddof=1) * np.sqrt(k) for k in n], axis=1)


def stopped(t_values, bounds):
    """Share of trials stopped at or before each look."""
    crossed = np.logical_or.accumulate(t_values >= bounds, axis=1)
    return crossed.mean(axis=0)


def test_first_bound_is_the_t_quantile():
    bounds = spend_t(np.array([0.01, 0.025]), np.array([0.5, 1.0]), np.array([6, 13]))
    assert bounds[0] == pytest.approx(t.isf(0.01, 6), abs=1e-9)


def test_many_degrees_of_freedom_are_the_normal_bounds():
    spent, info = np.array([0.005, 0.025]), np.array([0.5, 1.0])
    np.testing.assert_allclose(
        spend_t(spent, info, np.array([20_000, 40_000])), spend_upper(spent, info), atol=2e-3
    )


def test_simulated_trials_spend_what_was_planned_and_converted_bounds_spend_more():
    n = np.array([6, 10, 14])
    info, df = n / n[-1], n - 1
    spent = 0.05 * info
    exact = spend_t(spent, info, df)
    converted = t.isf(norm.sf(spend_upper(spent, info)), df)
    draws = 200_000
    values = repeated_t(n, draws, seed=11)
    error = 3.5 * np.sqrt(spent * (1 - spent) / draws)
    assert np.all(np.abs(stopped(values, exact) - spent) < error)
    assert stopped(values, converted)[-1] > spent[-1] + error[-1]


def test_two_sided_bounds_are_symmetric_in_what_they_spend():
    n = np.array([8, 16])
    bounds = spend_t(np.array([0.02, 0.05]), n / 16, n - 1, sides=2)
    draws = 200_000
    values = np.abs(repeated_t(n, draws, seed=12))
    share = stopped(values, bounds)
    assert share == pytest.approx([0.02, 0.05], abs=3.5 * np.sqrt(0.05 * 0.95 / draws))


def test_unspent_looks_have_no_bound():
    bounds = spend_t(np.array([0.0, 0.025]), np.array([0.5, 1.0]), np.array([6, 13]))
    assert bounds[0] == np.inf
    # Nothing can stop earlier, so the last bound is the one-look t quantile.
    assert bounds[1] == pytest.approx(t.isf(0.025, 13), abs=1e-5)


def test_chain_keeps_its_mass():
    chain = begin(8, 0.5, -1.0, 1.0)
    assert chain.mass.sum() == pytest.approx(1.0, abs=1e-9)
    assert leave_above(chain, 1.0, 16, -1 + 1e-12) == pytest.approx(1.0, abs=1e-6)
    assert leave_above(chain, 1.0, 16, 0.0) == pytest.approx(0.5, abs=1e-9)


@pytest.mark.parametrize("m", [2, 3, 4, 9])
def test_sphere_coordinate_has_a_matching_density_and_tail(m):
    v = np.linspace(-0.95, 0.95, 39)
    step = 1e-4
    slope = (sphere_above(v - step, m) - sphere_above(v + step, m)) / (2 * step)
    np.testing.assert_allclose(slope, sphere_density(v, m), rtol=1e-5)


def test_sphere_in_one_dimension_is_a_coin():
    np.testing.assert_array_equal(
        sphere_above(np.array([-1.5, -0.5, 0.5, 1.5]), 1), [1.0, 0.5, 0.5, 0.0]
    )


def test_u_and_t_are_inverse():
    t_values, df = np.array([-3.0, 0.0, 2.2]), np.array([5.0, 8.0, 20.0])
    np.testing.assert_allclose(t_of_u(u_of_t(t_values, df), df), t_values, atol=1e-12)


@pytest.mark.parametrize("sides", [1, 2])
def test_crossing_undoes_spending(sides):
    spent, info, df = np.array([0.01, 0.03, 0.05]), np.array([0.3, 0.6, 1.0]), np.array([6, 13, 22])
    bounds = spend_t(spent, info, df, sides)
    np.testing.assert_allclose(
        np.cumsum(crossing_t(bounds, info, df, sides)), spent, rtol=1e-9, atol=1e-9
    )


def test_two_looks_at_the_5_percent_level_err_more_often_than_planned():
    # Two ordinary t tests at 2.5 % in one direction, at 12 and at 30 people: stopping on p < 0.05.
    df = np.array([11, 29])
    error = crossing_t(t.isf(0.025, df), np.array([0.4, 1.0]), df).sum()
    x = np.random.default_rng(2).standard_normal((200_000, 30))
    values = np.stack([x[:, :n].mean(1) / x[:, :n].std(1, ddof=1) * n**0.5 for n in (12, 30)], 1)
    hit = (values >= t.isf(0.025, df)).any(axis=1).mean()
    assert error == pytest.approx(hit, abs=3.5 * (error * (1 - error) / 200_000) ** 0.5)
    assert error > 0.04
