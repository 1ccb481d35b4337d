"""V and its derivatives: against finite differences and against what each structure means."""

import numpy as np
import pytest

from crossblock.kernels.covariance import (
    CURVED,
    LINEAR,
    Structure,
    covariance,
    is_variance,
    linear_basis,
    padding,
    pairs,
    random_count,
    residual_count,
)
from tests.kernels.mixed_blocks import crossover_blocks, with_slope, without_terms

BLOCKS = crossover_blocks(3)
T = 6


def value_of(structure, blocks, tau):
    basis = linear_basis(structure, blocks, np)
    return covariance(structure, blocks, basis, tau, np)


def tau_for(structure):
    """Return a legal point: variances near 1, correlations falling with the lag."""
    K = random_count(structure) + residual_count(structure)
    tau = np.linspace(0.15, 0.05, K)
    variance = is_variance(structure) == 2
    if structure.residual == "un":
        at = [random_count(structure) + k for k, (a, b) in enumerate(pairs(T)) if a == b]
        tau[at] = np.linspace(1.0, 1.5, T)
    elif structure.residual in CURVED:
        tau[variance] = np.linspace(1.0, 1.5, variance.sum())
    else:
        tau[random_count(structure)] = 1.0
    if structure.residual == "diagonal":
        tau[-T:] = np.linspace(1.0, 1.5, T)
    return np.stack([tau, tau * 1.1])


@pytest.mark.parametrize("kind", LINEAR + CURVED)
def test_derivatives_match_finite_differences(kind):
    structure = Structure(random=(2,), residual=kind, positions=T)
    blocks = with_slope(BLOCKS)
    tau, h = tau_for(structure), 1e-6
    V, dV, d2V = value_of(structure, blocks, tau)
    np.testing.assert_array_equal(V, np.swapaxes(V, -1, -2))
    K = tau.shape[1]
    assert dV.shape[1] == K
    for k in range(K):
        step = h * np.eye(K)[k]
        up, first, _ = value_of(structure, blocks, tau + step)
        down, last, _ = value_of(structure, blocks, tau - step)
        np.testing.assert_allclose(dV[:, k], (up - down) / (2 * h), atol=1e-8)
        slope = (first - last) / (2 * h)
        if d2V is None:
            np.testing.assert_allclose(slope, 0.0, atol=1e-12)
            continue
        c = d2V.shape[1]
        np.testing.assert_allclose(slope[:, : K - c], 0.0, atol=1e-12)
        if k >= K - c:
            np.testing.assert_allclose(d2V[:, k - (K - c)], slope[:, K - c :], atol=1e-7)


def test_residual_structures_say_what_they_mean():
    blocks = without_terms(crossover_blocks(3, sets=1, missing=0.0))
    lag = np.abs(np.subtract.outer(np.arange(T), np.arange(T)))
    expected = {
        "independent": ([2.0], 2.0 * np.eye(T)),
        "cs": ([2.0, -0.3], 2.0 * np.eye(T) - 0.3),
        "ar1": ([2.0, 0.5], 2.0 * 0.5**lag),
        "toeplitz": ([6.0, 5.0, 4.0, 3.0, 2.0, 1.0], 6.0 - lag),
        "diagonal": ([1.0, 2, 3, 4, 5, 6], np.diag(np.arange(1.0, 7))),
        "csh": ([1.0, 4, 9, 16, 25, 36, 0.5], None),
        "arh1": ([1.0, 4, 9, 16, 25, 36, 0.5], None),
        "toeph": ([1.0, 4, 9, 16, 25, 36, 0.5, 0.4, 0.3, 0.2, 0.1], None),
    }
    sd = np.outer(np.arange(1.0, 7), np.arange(1.0, 7))
    by_lag = np.array([1.0, 0.5, 0.4, 0.3, 0.2, 0.1])
    shape = {
        "csh": sd * np.where(lag == 0, 1.0, 0.5),
        "arh1": sd * 0.5**lag,
        "toeph": sd * by_lag[lag],
    }
    for kind, (tau, V) in expected.items():
        structure = Structure(residual=kind, positions=T)
        got, _, _ = value_of(structure, blocks, np.array([tau]))
        np.testing.assert_allclose(got[0, 0], shape.get(kind, V), rtol=1e-14)


def test_terms_join_rows_of_equal_group_and_padding_stays_alone():
    structure = Structure(random=(1, 1))
    V, _, _ = value_of(structure, BLOCKS, np.array([[3.0, 2.0, 1.0], [3.0, 2.0, 1.0]]))
    seen = BLOCKS.observed[0, 0]
    period = np.repeat([0, 1], 3)
    expected = 3.0 + 2.0 * np.equal.outer(period, period) + np.eye(6)
    expected = np.where(np.outer(seen, seen), expected, 0.0) + np.diag(1.0 - seen)
    np.testing.assert_allclose(V[0, 0], expected)
    np.testing.assert_array_equal(padding(BLOCKS, np)[0, 0], np.diag(1.0 - seen))


def test_a_variance_below_zero_is_not_a_covariance():
    structure = Structure(residual="csh", positions=T)
    V, _, _ = value_of(structure, without_terms(BLOCKS), np.array([[1.0] * 5 + [-1.0, 0.1]] * 2))
    assert np.isnan(V).any()


def test_counts_and_scales_agree():
    for kind in LINEAR + CURVED:
        structure = Structure(random=(2, 1), residual=kind, positions=4)
        assert len(is_variance(structure)) == random_count(structure) + residual_count(structure)
    assert list(is_variance(Structure(residual="toeph", positions=3))) == [2, 2, 2, 0, 0]
    assert pairs(2) == [(0, 0), (1, 0), (1, 1)]
