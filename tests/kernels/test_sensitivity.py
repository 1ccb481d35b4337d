"""Sensitivities: sparse tangents against whole re-runs, and the same under both backends."""

import numpy as np
import pytest

from crossblock.kernels import course as kc
from crossblock.kernels.backend import NUMPY
from crossblock.kernels.backend_jax import JAX
from crossblock.kernels.sensitivity import REACHED, sensitivities
from tests.kernels import people as some

NAMES = tuple(REACHED)
EACH_WAY_IN = ("E0", "kE", "kT", "phi", "kU")  # what a compiler must get right, once each
EVERYONE = some.constants(3, seed=8)
GRID = some.grid([0.0, 4.75, 24.75, 336.0])
ARGUMENTS = (some.system(EVERYONE), some.agents(EVERYONE), some.course(GRID, 35.0, 50.0), GRID.seen)


def rerun(name, factor):
    p, a, c, seen = ARGUMENTS
    p = p._replace(**{name: getattr(p, name) * factor})
    return kc.plasticity(p, a, c, seen, 3)


@pytest.mark.parametrize("name", NAMES)
def test_each_slope_is_what_a_small_change_does(name):
    step = 1e-5
    by_hand = (rerun(name, np.exp(step)) - rerun(name, np.exp(-step))) / (2 * step)
    value, slope = sensitivities(*ARGUMENTS, 3, [name])
    assert value.tolist() == rerun(name, 1.0).tolist()
    assert slope[0] == pytest.approx(by_hand, abs=2e-8)


def test_plasticity_is_linear_in_its_drives():
    value, slope = sensitivities(*ARGUMENTS, 3, ["aG", "aK", "aR"])
    assert slope.sum(axis=0) == pytest.approx(value, rel=1e-8)


def test_both_backends_agree():
    ours = sensitivities(*ARGUMENTS, 3, EACH_WAY_IN, NUMPY)
    with JAX.precision():
        theirs = JAX.compile(
            lambda p, a, c, seen: sensitivities(p, a, c, seen, 3, EACH_WAY_IN, JAX)
        )(*ARGUMENTS)
    assert np.asarray(theirs[0]) == pytest.approx(ours[0], abs=1e-13)
    assert np.asarray(theirs[1]) == pytest.approx(ours[1], abs=5e-8)
