"""The JAX backend gives what the NumPy backend gives, in 64 bits inside its context only."""

import numpy as np
import pytest

from crossblock.kernels.backend import NUMPY
from crossblock.kernels.backend_jax import JAX

A = np.array([[[4.0, 2.0], [2.0, 5.0]], [[1.0, 2.0], [2.0, 1.0]]])


def test_the_engine_extra_is_installed_here():
    assert JAX is not None
    assert JAX.name == "jax"


def test_precision_is_a_context_and_not_a_switch():
    with JAX.precision():
        assert JAX.xp.asarray(1.0).dtype == np.float64
    assert JAX.xp.asarray(1.0).dtype == np.float32


@pytest.mark.parametrize("name", ["while_loop", "scan", "batch_map"])
def test_both_backends_agree(name):
    def run(backend):
        xs = (np.arange(4.0), np.ones((4, 2)))
        return {
            "while_loop": lambda: backend.while_loop(
                lambda s: s[0] < 5, lambda s: (s[0] + 1, s[1] * 2.0), (0, 1.0)
            ),
            "scan": lambda: backend.scan(lambda s, x: (s + x[0], x[1] * s), 0.0, xs),
            "batch_map": lambda: backend.batch_map(lambda a: a @ a, (A,)),
        }[name]()

    with JAX.precision():
        theirs, ours = run(JAX), run(NUMPY)
    pairs = zip(theirs, ours, strict=True) if isinstance(ours, tuple) else [(theirs, ours)]
    for x, y in pairs:
        np.testing.assert_allclose(np.asarray(x), y, rtol=1e-14)


def test_cholesky_marks_the_same_matrices():
    with JAX.precision():
        theirs, ours = np.asarray(JAX.cholesky(A)), NUMPY.cholesky(A)
    np.testing.assert_allclose(theirs[0], ours[0], rtol=1e-14)
    assert np.isnan(np.diagonal(theirs[1])).any()
    assert np.isnan(np.diagonal(ours[1])).any()


def test_compile_keeps_static_arguments():
    def power(x, n):
        return sum(x**k for k in range(n))

    with JAX.precision():
        assert float(JAX.compile(power, static=("n",))(2.0, n=4)) == 15.0
