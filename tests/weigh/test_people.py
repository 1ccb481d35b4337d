import numpy as np
import pytest

from crossblock.weigh.people import amplitudes, nodes, normal_nodes


@pytest.mark.parametrize("count", [8, 16, 32])
def test_the_nodes_have_mean_0_and_variance_1(count: int) -> None:
    z = nodes(count)
    assert np.allclose(z.mean(axis=0), 0.0, atol=1e-12)
    assert np.allclose(z.var(axis=0), 1.0, atol=1e-12)


def test_quadrature_integrates_what_it_should() -> None:
    x, w = normal_nodes(7)
    for power, moment in ((0, 1.0), (2, 1.0), (4, 3.0), (6, 15.0)):
        assert (w * x**power).sum() == pytest.approx(moment)
    a, weight = amplitudes(0.35, 9)
    assert (weight * a).sum() == pytest.approx(np.sqrt(1 + 0.35**2), rel=1e-9)  # lognormal mean
    assert weight.sum() == pytest.approx(1.0)
