"""The NumPy backend loops, maps and factors as the kernels expect."""

import subprocess
import sys
from typing import NamedTuple

import numpy as np

from crossblock.kernels.backend import NUMPY


class Pair(NamedTuple):
    a: np.ndarray
    b: np.ndarray


def test_while_loop_stops_when_the_condition_fails():
    end = NUMPY.while_loop(lambda s: s[0] < 5, lambda s: (s[0] + 1, s[1] * 2), (0, 1))
    assert end == (5, 32)


def test_scan_carries_state_and_stacks_trees():
    xs = (np.arange(4.0), np.ones((4, 2)))
    last, out = NUMPY.scan(lambda s, x: (s + x[0], Pair(s, x[1] * s)), 0.0, xs)
    assert last == 6.0
    assert isinstance(out, Pair)
    np.testing.assert_array_equal(out.a, [0.0, 0.0, 1.0, 3.0])
    assert out.b.shape == (4, 2)


def test_batch_map_runs_over_the_leading_axis():
    out = NUMPY.batch_map(lambda a, b: (a.sum(), None, a * b), (np.ones((3, 2)), np.arange(3.0)))
    np.testing.assert_array_equal(out[0], [2.0, 2.0, 2.0])
    assert out[1] is None
    assert out[2].shape == (3, 2)


def test_cholesky_is_nan_where_a_matrix_is_not_positive_definite():
    A = np.stack([np.eye(2), -np.eye(2), np.array([[4.0, 2.0], [2.0, 5.0]])])
    L = NUMPY.cholesky(A)
    np.testing.assert_allclose(L[2], [[2.0, 0.0], [1.0, 2.0]])
    assert np.isnan(L[1]).all()
    np.testing.assert_array_equal(L[0], np.eye(2))


def test_compile_and_precision_change_nothing():
    with NUMPY.precision():
        assert NUMPY.compile(abs, static=("x",))(-2.0) == 2.0


def test_kernels_of_one_data_set_never_load_jax():
    code = (
        "import sys, crossblock.kernels.mixed, crossblock.stats.mixed;"
        "sys.exit('jax' in sys.modules)"
    )
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0


def test_push_is_the_directional_derivative():
    def f(x, pair):
        return (x**3 + pair.a, Pair(pair.a * pair.b, x))

    at = (np.array([2.0]), Pair(np.array([3.0]), np.array([5.0])))
    along = (np.array([1.0]), Pair(np.array([0.5]), np.array([0.0])))
    value, slope = NUMPY.push(f, at, along)
    assert value[0] == 11.0
    np.testing.assert_allclose(slope[0], 12.5, rtol=1e-9)
    assert isinstance(slope[1], Pair)
    np.testing.assert_allclose([slope[1].a, slope[1].b], [[2.5], [1.0]], rtol=1e-9)


def test_keeper_gives_the_value_back():
    x = np.array([1.5, -2.0])
    assert NUMPY.keeper(x)(x) is x
