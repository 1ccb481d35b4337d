"""The same code on a GPU, where JAX finds one."""

import os

import jax
import numpy as np
import pytest

from crossblock.exposure.effect import effect
from crossblock.kernels.backend import NUMPY
from crossblock.kernels.backend_jax import JAX
from crossblock.load.mechanism import mechanism
from tests.exposure.arms import DAY_1, KETAMINE, LEAD, arm
from tests.exposure.test_engine import crowd


@pytest.fixture
def gpu():
    """The first GPU; loudly skipped where there is none, required by REQUIRE=gpu."""
    found = [d for d in jax.devices() if d.platform == "gpu"]
    if not found and "gpu" in os.environ.get("REQUIRE", ""):
        pytest.fail("REQUIRE=gpu, and JAX sees no GPU")
    if not found:
        pytest.skip("JAX sees no GPU: the engine was NOT run on one")
    return found[0]


@pytest.mark.gpu
def test_a_gpu_gives_what_numpy_gives(gpu):
    people, times = crowd(300), [LEAD + 2 / 3, DAY_1, 340.0]
    with jax.default_device(gpu):
        there = effect(
            mechanism("h5"), arm(50.0), times, reference=KETAMINE, people=people, backend=JAX
        )
    here = effect(
        mechanism("h5"), arm(50.0), times, reference=KETAMINE, people=people, backend=NUMPY
    )
    for name in ("glx", "withdrawal", "opioid_like", "dissociation"):
        np.testing.assert_allclose(getattr(there, name), getattr(here, name), atol=1e-10)
    np.testing.assert_allclose(there.fall["exponential"], here.fall["exponential"], atol=1e-10)
