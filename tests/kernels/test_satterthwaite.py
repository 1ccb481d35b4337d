"""Satterthwaite: the delta method it is made of, and the pooling of directions."""

import numpy as np
import pytest

from crossblock.kernels.backend import NUMPY
from crossblock.kernels.covariance import Structure
from crossblock.kernels.mixed import Options, fit
from crossblock.kernels.satterthwaite import degrees_of_freedom, directions, pooled
from tests.kernels.mixed_blocks import crossover_blocks


def test_two_independent_mean_squares_give_the_classical_formula():
    """Var = a s1 + b s2 with s_i on f_i df: df = Var^2 / sum (a_i s_i)^2 / f_i."""
    s, f, a = np.array([4.0, 9.0]), np.array([5.0, 12.0]), np.array([0.5, 0.2])
    Phi = np.array([[[a @ s]]])
    spread = a.reshape(1, 2, 1, 1)
    C = np.diag(2 * s**2 / f)[None]
    df = degrees_of_freedom(np.array([[1.0]]), Phi, spread, C, np)
    assert df[0] == pytest.approx((a @ s) ** 2 / np.sum((a * s) ** 2 / f))


def test_balanced_within_person_contrasts_are_exact():
    one = fit(
        Structure(random=(1, 1), bounded=False),
        crossover_blocks(11, participants=10, missing=0.0),
        options=Options(),
        backend=NUMPY,
    )
    row = np.tile(np.eye(4)[1], (2, 1))
    df = degrees_of_freedom(row, one.Phi, one.spread, one.C, np)
    np.testing.assert_allclose(df, 8.0, rtol=1e-6)


def test_directions_are_uncorrelated():
    draw = np.random.default_rng(1)
    M = draw.normal(size=(1, 4, 4))
    Phi = M @ M.swapaxes(-1, -2)
    turned = directions(draw.normal(size=(1, 3, 4)), Phi, np)
    inner = (turned @ Phi @ turned.swapaxes(-1, -2))[0]
    np.testing.assert_allclose(inner - np.diag(np.diag(inner)), 0.0, atol=1e-10)


def test_pooling_follows_fai_and_cornelius():
    df = np.array([[10.0, 10.0], [4.0, 10.0], [1.5, 10.0]])
    total = 4.0 / 2.0 + 10.0 / 8.0
    np.testing.assert_allclose(pooled(df, np), [10.0, 2 * total / (total - 2), 2.0])
