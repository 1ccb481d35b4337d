"""Kenward-Roger: exact where exact theory exists, and one row where q = 1."""

import numpy as np
import pytest

from crossblock.kernels.backend import NUMPY
from crossblock.kernels.covariance import Structure
from crossblock.kernels.kenward_roger import adjusted_covariance, degrees_of_freedom, moments
from crossblock.kernels.mixed import Options, fit
from tests.kernels.mixed_blocks import crossover_blocks

BALANCED = fit(
    Structure(random=(1, 1), bounded=False),
    crossover_blocks(11, participants=10, missing=0.0),
    options=Options(),
    backend=NUMPY,
)


def test_balanced_within_person_contrasts_have_exact_degrees_of_freedom():
    """Treatment differs between periods only: 10 participants, two sequences, df 8."""
    L = np.zeros((2, 1, 4))
    L[:, 0, 1] = 1.0
    A1, A2 = moments(L, BALANCED.Phi, BALANCED.spread, BALANCED.W, np)
    np.testing.assert_allclose(A1, A2, rtol=1e-12)
    m, scale = degrees_of_freedom(A1, A2, 1, np)
    np.testing.assert_allclose(m, 8.0, rtol=1e-9)
    np.testing.assert_array_equal(scale, 1.0)


def test_balanced_data_need_no_adjustment():
    np.testing.assert_allclose(BALANCED.Phi_kr[:, 1, 1], BALANCED.Phi[:, 1, 1], rtol=1e-9)


def test_the_general_formula_gives_the_short_one_for_a_single_row():
    """The general equations with q = 1 reduce to m = 2 / A2, lambda = 1."""
    A = np.array([0.05, 0.2, 0.4])
    short, _ = degrees_of_freedom(A, A, 1, np)
    B, g, d = 7 * A / 2, -1.0, 7.0
    c1, c2, c3 = g / d, (1 - g) / d, (3 - g) / d
    rho = (1 - A) ** 2 * (1 + c1 * B) / ((1 - c2 * B) ** 2 * (1 - c3 * B))
    np.testing.assert_allclose(short, 4 + 3 / (rho - 1), rtol=1e-12)


def test_rows_of_an_f_test_may_be_mixed_freely():
    L = np.array([[0.0, 1, 0, 0], [0, 0, 0, 1]])
    turn = np.array([[1.0, 2.0], [0.3, -1.0]])
    one = moments(np.stack([L, L]), BALANCED.Phi, BALANCED.spread, BALANCED.W, np)
    two = moments(np.stack([turn @ L] * 2), BALANCED.Phi, BALANCED.spread, BALANCED.W, np)
    for a, b in zip(one, two, strict=True):
        np.testing.assert_allclose(a, b, rtol=1e-10)


def test_where_the_moment_equations_degenerate_the_scale_is_one():
    m, scale = degrees_of_freedom(np.array([2.0]), np.array([1.0]), 2, np)
    assert np.isfinite(m).all()
    assert np.isfinite(scale).all()


def test_the_adjustment_is_the_displayed_sum():
    draw = np.random.default_rng(3)
    K, p = 2, 3
    Phi = np.eye(p)[None] * 2.0
    A = draw.normal(size=(1, K, p, p))
    A = A + A.swapaxes(-1, -2)
    Q = draw.normal(size=(1, K, K, p, p))
    W = np.array([[[1.0, 0.3], [0.3, 2.0]]])
    Lambda = sum(
        W[0, k, j] * Phi[0] @ (Q[0, k, j] - A[0, k] @ Phi[0] @ A[0, j]) @ Phi[0]
        for k in range(K)
        for j in range(K)
    )
    want = Phi[0] + Lambda + Lambda.T
    assert adjusted_covariance(Phi, A, Q, W, np)[0] == pytest.approx(want)
