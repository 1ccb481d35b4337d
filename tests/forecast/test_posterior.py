"""Adaptive importance sampling: exact where a textbook is exact, far from the prior too."""

import numpy as np
import pytest

from crossblock.core.streams import Stream
from crossblock.forecast.posterior import sample

STREAM = Stream(3, "test")


@pytest.mark.parametrize(("observed", "sd"), [(0.5, 1.0), (3.0, 0.3), (-4.0, 0.1)])
def test_a_normal_mean_is_the_conjugate_answer(observed, sd):
    """z ~ N(0, 1), x | z ~ N(z, sd^2): posterior N(x / (1 + sd^2), sd^2 / (1 + sd^2))."""

    def likelihood(z):
        return -0.5 * ((observed - z[..., 0]) / sd) ** 2 - np.log(sd) - 0.5 * np.log(2 * np.pi)

    (found,) = sample(likelihood, 3, stream=STREAM, draws=4000)
    mean = found.weight @ found.z[:, 0]
    var = found.weight @ (found.z[:, 0] - mean) ** 2
    assert mean == pytest.approx(observed / (1 + sd**2), abs=0.05)
    assert var == pytest.approx(sd**2 / (1 + sd**2), rel=0.25)
    # x is marginally N(0, 1 + sd^2).
    total = 1 + sd**2
    want = -0.5 * observed**2 / total - 0.5 * np.log(2 * np.pi * total)
    assert found.log_evidence == pytest.approx(want, abs=0.1)


def test_no_data_leaves_the_prior():
    (found,) = sample(lambda z: np.zeros(z.shape[:2]), 4, stream=STREAM, draws=3000)
    assert found.log_evidence == pytest.approx(0.0, abs=0.05)
    assert found.weight @ found.z == pytest.approx(np.zeros(4), abs=0.08)
    assert found.effective > 1000


def test_the_same_stream_gives_the_same_draws():
    one, two = (sample(lambda z: -z[..., 0], 2, stream=STREAM, draws=200)[0] for _ in range(2))
    np.testing.assert_array_equal(one.z, two.z)


def test_models_advance_together_and_keep_apart():
    centers = np.array([0.0, 2.0])[:, None]

    def likelihood(z):
        return -0.5 * ((z[..., 0] - centers) / 0.5) ** 2

    one, two = sample(likelihood, 2, stream=STREAM, draws=3000, models=2)
    assert one.weight @ one.z[:, 0] == pytest.approx(0.0, abs=0.05)
    assert two.weight @ two.z[:, 0] == pytest.approx(2.0 / 1.25, abs=0.05)
    assert one.log_evidence > two.log_evidence
