"""Row k of a batch equals the analysis of data set k alone, to 1e-9, whatever is beside it."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from crossblock.kernels.backend import NUMPY
from crossblock.kernels.backend_jax import JAX
from crossblock.stats.mixed import RandomTerm, Residual
from crossblock.stats.mixed_batch import MixedBatch, fit_batch
from crossblock.stats.mixed_design import Design, design
from tests.stats.mixed_tables import crossover, effects

SETS = 4


def designed(seed: int, participants: int, missing: float, kind: str) -> Design:
    columns = crossover(seed=seed, participants=participants, missing=missing, between=1.0)
    y, X, names = effects(columns)
    who = columns["participant"]
    nested = [RandomTerm(name=name, group=columns[name]) for name in ("participant", "session")]
    options = {
        "nested": {"random": nested},
        "free": {"random": nested, "bounded": False},
        "marginal": {"residual": Residual(kind="cs", unit=who)},
        "ar1": {
            "random": nested[:1],
            "residual": Residual(kind="ar1", unit=columns["session"], position=columns["visit"]),
        },
    }[kind]
    return design(y, X, names=names, **options)


def same(batch: MixedBatch, k: int, alone: MixedBatch) -> None:
    for df in ("kr", "satterthwaite"):
        a, b = batch.contrast({"B": 1.0}, df=df), alone.contrast({"B": 1.0}, df=df)
        for x, y in zip(a, b, strict=True):
            np.testing.assert_allclose(x[k], y[0], rtol=1e-9, atol=1e-9)
    np.testing.assert_allclose(batch.kernel.deviance[k], alone.kernel.deviance[0], rtol=1e-11)
    np.testing.assert_allclose(batch.kernel.tau[k], alone.kernel.tau[0], rtol=1e-9, atol=1e-9)
    assert batch.codes[k] == alone.codes[0]


@pytest.mark.parametrize("kind", ["nested", "free", "marginal", "ar1"])
@settings(max_examples=12, deadline=None, derandomize=True)
@given(
    seeds=st.lists(st.integers(0, 10_000), min_size=SETS, max_size=SETS),
    people=st.lists(st.integers(6, 16), min_size=SETS, max_size=SETS),
    missing=st.sampled_from([0.0, 0.1, 0.25]),
)
def test_numpy_rows_are_single_fits(
    kind: str, seeds: list[int], people: list[int], missing: float
) -> None:
    designs = [designed(s, n, missing, kind) for s, n in zip(seeds, people, strict=True)]
    batch = fit_batch(designs, backend=NUMPY)
    for k, one in enumerate(designs):
        same(batch, k, fit_batch([one], backend=NUMPY))


@pytest.mark.parametrize("kind", ["nested", "free"])
@settings(max_examples=8, deadline=None, derandomize=True)
@given(seed=st.integers(0, 10_000), missing=st.sampled_from([0.0, 0.1, 0.25]))
def test_jax_rows_are_single_numpy_fits(kind: str, seed: int, missing: float) -> None:
    """Shapes are fixed, so that JAX compiles once: the largest data set sets the frame."""
    assert JAX is not None
    sizes = (16, 8, 11, 13)
    designs = [designed(seed + k, n, missing, kind) for k, n in enumerate(sizes)]
    frame = designed(1, 16, 0.0, kind)
    batch = fit_batch([*designs, frame], backend=JAX)
    for k, one in enumerate(designs):
        same(batch, k, fit_batch([one], backend=NUMPY))
