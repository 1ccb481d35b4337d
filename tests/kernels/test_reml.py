"""The likelihood against its definition in full matrices, and its derivatives."""

import math

import numpy as np
import pytest

from crossblock.kernels.backend import NUMPY
from crossblock.kernels.covariance import Structure, covariance, linear_basis
from crossblock.kernels.reml import dense_products, dense_terms, inverse, transpose
from tests.kernels.mixed_blocks import crossover_blocks, with_slope, without_terms

BLOCKS = crossover_blocks(5)
CASES = {
    "nested": (Structure(random=(1, 1)), BLOCKS, [1.0, 0.5, 1.2]),
    "slope": (Structure(random=(2,)), with_slope(BLOCKS), [1.0, 0.1, 0.2, 1.2]),
    "ar1": (Structure(residual="ar1", positions=6), without_terms(BLOCKS), [1.5, 0.4]),
    "csh": (
        Structure(residual="csh", positions=6),
        without_terms(BLOCKS),
        [1.0, 1.2, 1.4, 1.6, 1.8, 2.0, 0.3],
    ),
    "both": (
        Structure(random=(1,), residual="ar1", positions=6),
        BLOCKS._replace(group=BLOCKS.group[..., :1], Z=BLOCKS.Z[..., :1]),
        [0.7, 1.5, 0.4],
    ),
}


def terms_at(name, tau, reml=True):
    structure, blocks, _ = CASES[name]
    basis = linear_basis(structure, blocks, np)
    return dense_terms(structure, blocks, basis, np.asarray(tau), reml, NUMPY)


def in_full(name, k, reml=True):
    """Return -2 log-likelihood, beta and Phi of data set k from one n by n matrix."""
    structure, blocks, tau = CASES[name]
    basis = linear_basis(structure, blocks, np)
    V_blocks, _, _ = covariance(structure, blocks, basis, np.array([tau] * 2), np)
    seen = blocks.observed[k].ravel()
    S, m = blocks.y.shape[1:]
    V = np.zeros((S * m, S * m))
    for s in range(S):
        V[s * m : (s + 1) * m, s * m : (s + 1) * m] = V_blocks[k, s]
    V, y = V[np.ix_(seen, seen)], blocks.y[k].ravel()[seen]
    X = blocks.X[k].reshape(S * m, -1)[seen]
    Phi = np.linalg.inv(X.T @ np.linalg.solve(V, X))
    beta = Phi @ X.T @ np.linalg.solve(V, y)
    r = y - X @ beta
    D = np.linalg.slogdet(V)[1] + r @ np.linalg.solve(V, r)
    n, p = X.shape
    D += (n - p if reml else n) * math.log(2 * math.pi)
    return (D - np.linalg.slogdet(Phi)[1] if reml else D), beta, Phi


@pytest.mark.parametrize("name", CASES)
@pytest.mark.parametrize("reml", [True, False])
def test_blocks_give_the_likelihood_of_the_full_matrix(name, reml):
    at = terms_at(name, [CASES[name][2]] * 2, reml)
    for k in range(2):
        D, beta, Phi = in_full(name, k, reml)
        assert at.deviance[k] == pytest.approx(D, rel=1e-12)
        np.testing.assert_allclose(at.beta[k], beta, rtol=1e-10)
        np.testing.assert_allclose(at.Phi[k], Phi, rtol=1e-9)


@pytest.mark.parametrize("name", CASES)
@pytest.mark.parametrize("reml", [True, False])
def test_score_and_hessian_are_derivatives(name, reml):
    tau, h = np.array([CASES[name][2]] * 2), 1e-5
    at = terms_at(name, tau, reml)
    for k in range(tau.shape[1]):
        step = h * np.eye(tau.shape[1])[k]
        up, down = terms_at(name, tau + step, reml), terms_at(name, tau - step, reml)
        np.testing.assert_allclose(
            at.score[:, k], (up.deviance - down.deviance) / (2 * h), rtol=1e-6, atol=1e-6
        )
        np.testing.assert_allclose(
            at.observed[:, k], (up.score - down.score) / (2 * h), rtol=1e-6, atol=1e-5
        )


def test_expected_information_is_the_mean_of_the_observed():
    """At the truth the Hessian of D averages to E: 4,000 draws, within Monte Carlo error."""
    structure, blocks, tau = CASES["nested"]
    blocks = type(blocks)(*(a[:1] for a in blocks))
    basis = linear_basis(structure, blocks, np)
    V, _, _ = covariance(structure, blocks, basis, np.array([tau]), np)
    L = np.linalg.cholesky(V[0])
    draws = np.random.default_rng(8).normal(size=(4000, *blocks.y.shape[1:], 1))
    y = (L @ draws)[..., 0] * blocks.observed
    many = type(blocks)(*(np.broadcast_to(a, (4000, *a.shape[1:])) for a in blocks))
    basis = np.broadcast_to(basis, (4000, *basis.shape[1:]))
    at = dense_terms(structure, many._replace(y=y), basis, np.array([tau] * 4000), True, NUMPY)
    error = at.observed.std(axis=0) / math.sqrt(4000)
    assert np.all(np.abs(at.observed.mean(axis=0) - at.expected[0]) < 4.5 * error)


def test_products_are_what_kenward_and_roger_define():
    structure, blocks, tau = CASES["nested"]
    basis = linear_basis(structure, blocks, np)
    A, Q, R = dense_products(structure, blocks, basis, np.array([tau] * 2), NUMPY)
    assert R is None
    V, dV, _ = covariance(structure, blocks, basis, np.array([tau] * 2), np)
    Vi, X = np.linalg.inv(V), blocks.X
    for k in range(3):
        want = (transpose(X) @ Vi @ dV[:, k] @ Vi @ X).sum(axis=1)
        np.testing.assert_allclose(A[:, k], want, atol=1e-10)
        for other in range(3):
            inner = Vi @ dV[:, k] @ Vi @ dV[:, other] @ Vi
            np.testing.assert_allclose(
                Q[:, k, other], (transpose(X) @ inner @ X).sum(axis=1), atol=1e-10
            )


def test_second_derivatives_concern_the_curved_parameters_alone():
    structure, blocks, tau = CASES["both"]
    basis = linear_basis(structure, blocks, np)
    tau = np.array([tau] * 2)
    R = dense_products(structure, blocks, basis, tau, NUMPY).R
    V, _, d2V = covariance(structure, blocks, basis, tau, np)
    Vi, X = np.linalg.inv(V), blocks.X
    assert np.all(R[:, 0] == 0.0)
    assert np.all(R[:, :, 0] == 0.0)
    want = (transpose(X) @ Vi @ d2V[:, 1, 1] @ Vi @ X).sum(axis=1)
    np.testing.assert_allclose(R[:, 2, 2], want, atol=1e-10)


def test_a_covariance_that_is_not_positive_definite_has_no_likelihood():
    at = terms_at("nested", [[1.0, 0.5, 1.2], [-5.0, 0.5, 1.2]])
    assert np.isfinite(at.deviance[0])
    assert np.isnan(at.deviance[1])


def test_inverse_flags_what_it_cannot_invert():
    A = np.stack([2.0 * np.eye(2), np.zeros((2, 2))])
    Ai, logdet = inverse(A, NUMPY)
    np.testing.assert_allclose(Ai[0], np.eye(2) / 2)
    assert logdet[0] == pytest.approx(2 * math.log(2))
    assert not np.isfinite(logdet[1])
