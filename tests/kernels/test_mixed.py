"""The engine end to end: units, codes and both backends."""

import numpy as np
import pytest

from crossblock.kernels.backend import NUMPY
from crossblock.kernels.backend_jax import JAX
from crossblock.kernels.covariance import Structure
from crossblock.kernels.mixed import (
    BOUNDARY,
    NO_VARIATION,
    NOT_SETTLED,
    RANK_DEFICIENT,
    SETTLED,
    TOO_FEW,
    Options,
    fit,
    prepare,
)
from tests.kernels.mixed_blocks import crossover_blocks, with_slope

NESTED = Structure(random=(1, 1))


def in_periods(blocks):
    """Return the blocks with the period as residual unit and a random slope of day."""
    return with_slope(blocks)._replace(unit=blocks.group[..., 1], position=blocks.position % 3)


FORMS = {
    "nested": (NESTED, lambda b: b),
    "slope and un": (Structure(random=(2,), residual="un", positions=3), in_periods),
    "slope and csh": (Structure(random=(2,), residual="csh", positions=3), in_periods),
}


def run(structure, blocks, backend=NUMPY, reml=True):
    return fit(structure, blocks, options=Options(reml=reml), backend=backend)


def test_results_follow_the_units_of_score_and_design():
    """y -> 10 y + 100 and x -> x / 7: estimates, variances and deviance move as they must."""
    blocks = with_slope(crossover_blocks(3, participants=14))
    structure = Structure(random=(2,))
    plain = run(structure, blocks)
    y = np.where(blocks.observed, 10.0 * blocks.y + 100.0, 0.0)
    X = blocks.X * np.array([1.0, 1.0, 1.0, 1 / 7])
    moved = run(structure, blocks._replace(y=y, X=X, Z=blocks.Z * np.array([1.0, 1 / 7])))
    change = np.array([10.0, 10.0, 10.0, 70.0])
    expected = plain.beta * change + np.array([100.0, 0, 0, 0])
    np.testing.assert_allclose(moved.beta, expected, rtol=1e-8)
    np.testing.assert_allclose(
        moved.Phi_kr, plain.Phi_kr * change[:, None] * change[None, :], rtol=1e-7, atol=1e-9
    )
    np.testing.assert_allclose(moved.tau, plain.tau * [100.0, 700.0, 4900.0, 100.0], rtol=1e-6)
    n, p = plain.n, 4
    shift = 2 * (n - p) * np.log(10.0) - 2 * np.log(7.0)
    np.testing.assert_allclose(moved.deviance, plain.deviance + shift, rtol=1e-10)


@pytest.mark.parametrize("name", FORMS)
def test_jax_gives_what_numpy_gives(name):
    structure, form = FORMS[name]
    blocks = form(crossover_blocks(5, sets=3, participants=24))
    ours, theirs = run(structure, blocks), run(structure, blocks, JAX)
    for field, a, b in zip(ours._fields, ours, theirs, strict=True):
        if field not in ("decrement", "steps"):
            np.testing.assert_allclose(np.asarray(b), a, rtol=2e-8, atol=2e-9, err_msg=field)


def test_each_bad_data_set_gets_its_code_and_stops_no_other():
    blocks = crossover_blocks(4, sets=6, participants=10)
    y, X, seen = blocks.y.copy(), blocks.X.copy(), blocks.observed.copy()
    X[1, ..., 3] = X[1, ..., 2]  # two equal columns
    y[2] = np.where(seen[2], 5.0, 0.0)  # all scores equal
    seen[3], y[3, 0, 0] = False, 0.0
    seen[3, 0, :3] = True  # three scores for four effects
    y[4, 0, np.argmax(seen[4, 0])] = np.inf
    bad = blocks._replace(
        y=np.where(seen, y, 0.0), X=X * seen[..., None], observed=seen,
        Z=blocks.Z * seen[..., None],
    )  # fmt: skip
    together = run(NESTED, bad)
    assert list(together.code[1:5]) == [RANK_DEFICIENT, NO_VARIATION, TOO_FEW, NOT_SETTLED]
    assert np.isnan(together.beta[1:4]).all()
    for k in (0, 5):
        assert together.code[k] in (SETTLED, BOUNDARY)
        alone = run(NESTED, type(bad)(*(a[k : k + 1] for a in bad)))
        np.testing.assert_allclose(together.beta[k], alone.beta[0], rtol=1e-10)


def test_an_infinite_score_leaves_no_number():
    blocks = crossover_blocks(4, sets=1)
    blocks.y[0, 0, 0], blocks.observed[0, 0, 0] = np.inf, True
    one = run(NESTED, blocks)
    assert one.code[0] == NOT_SETTLED
    assert np.isnan(one.beta).all()
    assert np.isnan(one.Phi_kr).all()


def test_a_covariance_that_the_design_cannot_tell_is_named():
    """With one score a participant, participant and residual variance are one."""
    blocks = crossover_blocks(4, sets=1, participants=30)
    seen = blocks.observed & (blocks.position == 2)
    blocks = blocks._replace(
        observed=seen,
        y=blocks.y * seen,
        X=blocks.X[..., :2] * seen[..., None],
        Z=blocks.Z[..., :1] * seen[..., None],
        group=blocks.group[..., :1],
    )
    assert run(Structure(random=(1,)), blocks).code[0] == RANK_DEFICIENT


def test_prepare_centers_scales_and_orthonormalizes():
    blocks = crossover_blocks(4)
    ready = prepare(blocks, NUMPY)
    Q = ready.blocks.X.reshape(2, -1, 4)
    np.testing.assert_allclose(Q.swapaxes(-1, -2) @ Q, [np.eye(4)] * 2, atol=1e-12)
    y = ready.blocks.y.reshape(2, -1, 1)
    np.testing.assert_allclose(Q.swapaxes(-1, -2) @ y, 0.0, atol=1e-12)
    np.testing.assert_allclose((y**2).sum(axis=(1, 2)), ready.n - 4, rtol=1e-12)
    np.testing.assert_array_equal(ready.code, SETTLED)
