"""The JAX backend gives what the NumPy backend gives, in 64 bits inside its context only."""

import jax
import jaxlib.version
import numpy as np
import pytest

from crossblock.kernels.backend import NUMPY
from crossblock.kernels.backend_jax import JAX, remember

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


def test_push_is_the_directional_derivative_of_numpy():
    def f(x, y):
        return (x**3 + y, x * y)

    at, along = (np.array([2.0]), np.array([3.0])), (np.array([1.0]), np.array([0.5]))
    with JAX.precision():
        theirs = JAX.push(f, at, along)
    for a, b in zip(theirs[1], NUMPY.push(f, at, along)[1], strict=True):
        np.testing.assert_allclose(np.asarray(a), b, rtol=1e-9)


def test_keeper_changes_no_value():
    x = np.array([1.5, -2.0, 1e-300])
    with JAX.precision():
        kept = JAX.compile(lambda s, v: JAX.keeper(s)(v))(np.array([0.25]), x)
        assert np.asarray(kept).tolist() == x.tolist()


def test_compiled_programs_are_kept_apart_by_version(tmp_path):
    before = jax.config.jax_compilation_cache_dir
    try:
        place = remember(str(tmp_path))
        assert place.startswith(str(tmp_path))
        assert jaxlib.version.__version__ in place
        assert jax.config.jax_compilation_cache_dir == place
    finally:
        jax.config.update("jax_compilation_cache_dir", before)
