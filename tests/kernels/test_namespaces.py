"""The same bodies run under NumPy and JAX and agree to 1e-10."""

import jax
import numpy as np
import pytest

from crossblock.kernels.backend_jax import JAX
from crossblock.kernels.binding import equilibrium_occupancy, slow_occupancy
from crossblock.kernels.kinetics import (
    after_absorption,
    after_bolus,
    after_infusion,
    divided_decay,
    effect_amount_repeated,
    mammillary_modes,
    relative_decay,
)
from crossblock.kernels.propagate import Input, solve, squarings_for, transition

PEOPLE = 7
DRAW = np.random.default_rng(11)
V, CL = DRAW.uniform(5, 200, (PEOPLE, 3)), DRAW.uniform(20, 150, PEOPLE)
Q, KA = DRAW.uniform(5, 150, (PEOPLE, 2)), DRAW.uniform(0.3, 4, PEOPLE)
TIMES = np.linspace(0.0, 24.0, 25)
K = DRAW.uniform(0, 3, (PEOPLE, 4, 4)) * (1 - np.eye(4))
K = K - np.eye(4) * (K.sum(axis=-2) + 0.1)[:, None, :]
C = DRAW.gamma(1.0, 5.0, (PEOPLE, 5, 2))


def kinetics(xp):
    modes = mammillary_modes(xp.asarray(V), xp.asarray(CL), xp.asarray(Q), xp)
    return [
        after_bolus(*modes, TIMES, xp),
        after_infusion(*modes, TIMES, xp.asarray(0.7), xp),
        after_absorption(*modes, TIMES, xp.asarray(KA), xp),
        effect_amount_repeated(TIMES, [0.0, 9.0], [50.0, xp.asarray(KA)], 2.0, 0.02, xp),
    ]


def chain(xp):
    given = [
        Input(compartment=0, start=0.0, amount=xp.asarray(KA), duration=0.7),
        Input(compartment=1, start=2.0, amount=3.0),
    ]
    return [solve(xp.asarray(K), list(TIMES), given, xp=xp)]


def binding(xp):
    kon, koff = xp.asarray([0.6, 0.2]), xp.asarray([0.9, 0.1])
    return [
        equilibrium_occupancy(xp.asarray(C), xp.asarray([[1.0, 3.0], [2.0, xp.inf]]), xp),
        slow_occupancy(xp.asarray(C), np.full(5, 0.4), kon, koff, xp=xp),
    ]


@pytest.mark.parametrize("body", [kinetics, chain, binding])
def test_numpy_and_jax_agree(body):
    assert JAX is not None, "the extra `engine` is part of the test environment"
    with JAX.precision():
        there = [np.asarray(x) for x in body(JAX.xp)]
    for x, y in zip(body(np), there, strict=True):
        assert y.dtype == np.float64
        assert np.allclose(x, y, rtol=1e-10, atol=1e-14)


def test_a_traced_matrix_needs_its_number_of_squarings():
    assert JAX is not None
    s = squarings_for(K, 3.0)
    with JAX.precision():
        run = JAX.compile(lambda k: transition(k, 3.0, JAX.xp, s))
        there = np.asarray(run(JAX.xp.asarray(K)))
    assert np.allclose(there, transition(K, 3.0), rtol=1e-10, atol=1e-300)


def test_derivatives_are_exact_where_rates_coincide():
    """d/da of (exp(-a t) - exp(-b t)) / (b - a) at a = b is -t^2 exp(-a t) / 2."""
    assert JAX is not None
    t = 1.7
    with JAX.precision():
        slope = jax.grad(lambda a: divided_decay(a, JAX.xp.asarray(0.6), t, JAX.xp))(0.6)
        start = jax.grad(lambda x: relative_decay(x, JAX.xp))(0.0)
    assert float(slope) == pytest.approx(-(t**2) / 2 * np.exp(-0.6 * t), rel=1e-12)
    assert np.isfinite(float(start))


def test_a_traced_chain_runs_compiled():
    assert JAX is not None
    given = [Input(compartment=0, start=0.0, amount=1.0)]
    s = squarings_for(K, 5.0)
    with JAX.precision():
        run = JAX.compile(lambda k: solve(k, [1.0, 5.0], given, xp=JAX.xp, squarings=s))
        there = np.asarray(run(JAX.xp.asarray(K)))
    assert np.allclose(there, solve(K, [1.0, 5.0], given), rtol=1e-10, atol=1e-300)
