"""The search: one step for balanced data, the same end from any data, bounds kept."""

import numpy as np
import pytest

from crossblock.kernels.backend import NUMPY
from crossblock.kernels.coordinates import coordinates
from crossblock.kernels.covariance import Structure, linear_basis
from crossblock.kernels.mixed import prepare
from crossblock.kernels.reml import dense_terms
from crossblock.kernels.scoring import MOST_STEPS, search
from tests.kernels.mixed_blocks import crossover_blocks, with_slope, without_terms


def end_of(structure, blocks, idle=None):
    ready = prepare(blocks, NUMPY)
    basis = linear_basis(structure, ready.blocks, np)
    frame = coordinates(structure)
    B = blocks.y.shape[0]
    start = np.zeros((B, len(frame.start))) + frame.start

    def terms(tau):
        return dense_terms(structure, ready.blocks, basis, tau, True, NUMPY)

    idle = np.zeros(B, dtype=bool) if idle is None else idle
    return frame, terms, search(frame, terms, start, idle, 4, NUMPY)


def test_balanced_data_settle_in_one_fisher_step():
    blocks = crossover_blocks(1, missing=0.0)
    _, _, end = end_of(Structure(random=(1, 1), bounded=False), blocks)
    assert np.all(end.steps <= 3)  # a look, a Fisher step, and one to see that it was the last


@pytest.mark.parametrize("kind", ["cs", "un", "toeplitz", "ar1", "csh", "arh1", "toeph"])
def test_the_score_vanishes_at_the_end(kind):
    structure = Structure(residual=kind, positions=6)
    blocks = without_terms(crossover_blocks(2, participants=24))
    _, terms, end = end_of(structure, blocks)
    at = terms(end.phi)
    size = np.sqrt(np.abs(np.diagonal(at.expected, axis1=-2, axis2=-1)))
    np.testing.assert_allclose(at.score / size, 0.0, atol=1e-8)
    assert np.all(np.linalg.eigvalsh(at.observed) > 0.0)


def test_no_neighbor_is_better_with_correlated_slopes():
    blocks = with_slope(crossover_blocks(4))
    frame, terms, end = end_of(Structure(random=(2,)), blocks)
    draw = np.random.default_rng(0)
    for _ in range(50):
        phi = end.phi + 0.01 * draw.normal(size=end.phi.shape)
        tau = phi @ frame.linear.T + np.einsum("kij,bi,bj->bk", frame.quadratic, phi, phi) / 2
        other = terms(tau).deviance
        assert np.all(~(other < end.at.deviance - 1e-9))


def test_a_variance_stops_at_its_bound_with_the_score_pointing_out():
    blocks = crossover_blocks(6, sets=40, participants=8)
    _, terms, end = end_of(Structure(random=(1, 1)), blocks)
    held = end.phi[:, 1] == 0.0
    assert held.any()
    assert not held.all()
    assert np.all(terms(end.phi).score[held, 1] > 0.0)
    assert np.all(end.phi[:, :2] >= 0.0)


def test_idle_rows_stay_where_they_began():
    blocks = crossover_blocks(1)
    frame, _, end = end_of(Structure(random=(1, 1)), blocks, np.array([True, False]))
    np.testing.assert_array_equal(end.phi[0], frame.start)
    assert end.steps[0] == 0
    assert end.steps[1] > 0


def test_a_search_that_cannot_settle_gives_up():
    """Six correlated cells from five participants: the likelihood has no maximum."""
    blocks = without_terms(crossover_blocks(9, participants=5))
    _, _, end = end_of(Structure(residual="un", positions=6), blocks)
    assert np.all(end.steps <= MOST_STEPS + 1)
    assert np.all(end.done)
