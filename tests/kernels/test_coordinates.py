"""The coordinates of the search: exact chain rule, bounds, and a legal start."""

import numpy as np
import pytest

from crossblock.kernels.coordinates import coordinates, natural
from crossblock.kernels.covariance import CURVED, LINEAR, Structure


def test_a_factored_term_is_positive_semidefinite_everywhere():
    frame = coordinates(Structure(random=(3,)))
    phi = np.random.default_rng(1).normal(size=(20, 7))
    tau, _ = natural(frame, phi, np)
    for row in tau:
        G = np.zeros((3, 3))
        G[np.tril_indices(3)] = row[:6]
        G = G + np.tril(G, -1).T
        assert np.linalg.eigvalsh(G)[0] > -1e-12
    L = np.zeros((3, 3))
    L[np.tril_indices(3)] = phi[0, :6]
    np.testing.assert_allclose((L @ L.T)[np.tril_indices(3)], tau[0, :6])


def test_the_jacobian_is_exact():
    frame = coordinates(Structure(random=(2, 1), residual="cs", positions=2))
    phi = np.random.default_rng(2).normal(size=(1, 6))
    _, J = natural(frame, phi, np)
    for k in range(6):
        step = 1e-6 * np.eye(6)[k]
        up, down = natural(frame, phi + step, np)[0], natural(frame, phi - step, np)[0]
        np.testing.assert_allclose(J[0, :, k], (up - down)[0] / 2e-6, atol=1e-9)


def test_bounds_hold_single_variances_only_when_bounded():
    bounded = coordinates(Structure(random=(1, 2), residual="cs", positions=2))
    assert list(bounded.lower) == [0.0] + [-np.inf] * 5
    assert list(bounded.factor) == [False, True, False, True, False, False]
    free = coordinates(Structure(random=(1, 2), bounded=False))
    assert np.all(free.lower == -np.inf)
    assert not free.factor.any()
    np.testing.assert_array_equal(free.linear, np.eye(5))


@pytest.mark.parametrize("kind", LINEAR + CURVED)
def test_the_start_is_a_unit_residual(kind):
    frame = coordinates(Structure(residual=kind, positions=3))
    variances = {"independent": 1, "cs": 1, "toeplitz": 1, "ar1": 1}.get(kind, 3)
    assert frame.start.sum() == variances
    assert np.all((frame.start == 0.0) | (frame.start == 1.0))
