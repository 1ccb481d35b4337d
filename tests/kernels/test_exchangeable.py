"""The reduced likelihood of exchangeable blocks equals the dense one in every term."""

import numpy as np
import pytest

from crossblock.kernels.backend import NUMPY
from crossblock.kernels.covariance import Structure, linear_basis
from crossblock.kernels.exchangeable import (
    exchangeable_products,
    exchangeable_terms,
    reduce_blocks,
    sessions,
)
from crossblock.kernels.reml import dense_products, dense_terms
from tests.kernels.mixed_blocks import crossover_blocks, with_slope, without_terms

BLOCKS = crossover_blocks(7, missing=0.25)
ONE = BLOCKS._replace(group=BLOCKS.group[..., :1], Z=BLOCKS.Z[..., :1])
IN_PERIOD = ONE._replace(unit=BLOCKS.group[..., 1])
CASES = {
    "participant": (Structure(random=(1,)), ONE, [0.8, 1.3]),
    "participant and period": (Structure(random=(1, 1)), BLOCKS, [0.8, 0.4, 1.3]),
    "negative": (Structure(random=(1, 1), bounded=False), BLOCKS, [-0.1, 0.4, 1.3]),
    "compound symmetry": (Structure(residual="cs", positions=6), without_terms(BLOCKS), [1.3, 0.8]),
    "within period": (
        Structure(random=(1,), residual="cs", positions=6),
        IN_PERIOD,
        [0.8, 1.3, -0.2],
    ),
}


@pytest.mark.parametrize("name", CASES)
@pytest.mark.parametrize("reml", [True, False])
def test_every_term_equals_the_dense_one(name, reml):
    structure, blocks, tau = CASES[name]
    session = sessions(structure, blocks)
    assert session is not None
    tau = np.array([tau] * 2)
    reduced = reduce_blocks(blocks, session, int(session.max()) + 1, NUMPY)
    basis = linear_basis(structure, blocks, np)
    ours = exchangeable_terms(structure, reduced, tau, reml, NUMPY)
    theirs = dense_terms(structure, blocks, basis, tau, reml, NUMPY)
    for field, a, b in zip(ours._fields, ours, theirs, strict=True):
        np.testing.assert_allclose(a, b, rtol=1e-9, atol=1e-9, err_msg=field)
    ours = exchangeable_products(structure, reduced, tau, np)
    theirs = dense_products(structure, blocks, basis, tau, NUMPY)
    assert ours.R is theirs.R is None
    for a, b in zip(ours[:2], theirs[:2], strict=True):
        np.testing.assert_allclose(a, b, rtol=1e-9, atol=1e-9)


def test_it_refuses_what_is_not_exchangeable():
    assert sessions(Structure(random=(2,)), with_slope(BLOCKS)) is None
    assert sessions(Structure(residual="un", positions=6), without_terms(BLOCKS)) is None
    crossed = BLOCKS._replace(group=BLOCKS.group[..., ::-1])
    assert sessions(Structure(random=(1, 1)), crossed) is None
    scaled = ONE._replace(Z=2.0 * ONE.Z)
    assert sessions(Structure(random=(1,)), scaled) is None


def test_sessions_are_numbered_inside_each_participant():
    session = sessions(Structure(random=(1, 1)), BLOCKS)
    assert session is not None
    assert set(np.unique(session)) == {0, 1}
    period = np.repeat([0, 1], 3)
    for k in range(2):
        for s in range(BLOCKS.y.shape[1]):
            seen = BLOCKS.observed[k, s]
            same = np.equal.outer(session[k, s][seen], session[k, s][seen])
            np.testing.assert_array_equal(same, np.equal.outer(period[seen], period[seen]))


def test_outside_the_legal_region_there_is_no_likelihood():
    structure, blocks, _ = CASES["negative"]
    session = sessions(structure, blocks)
    reduced = reduce_blocks(blocks, session, 2, NUMPY)
    for tau in ([-2.0, 0.1, 1.0], [0.5, -1.0, 1.0], [0.5, 0.5, -1.0]):
        at = exchangeable_terms(structure, reduced, np.array([tau] * 2), True, NUMPY)
        assert np.isnan(at.deviance).all()
