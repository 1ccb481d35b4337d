import numpy as np

from crossblock.load.mechanism import mechanism
from crossblock.weigh.particles import draw
from crossblock.weigh.people import KINDS, amplitudes, nodes, normal_nodes, people
from tests.weigh.small import model


def test_nodes_have_mean_0_and_variance_1_exactly() -> None:
    z = nodes(8)
    assert z.shape == (8, len(KINDS))
    assert np.allclose(z.mean(axis=0), 0.0, atol=1e-12)
    assert np.allclose(z.var(axis=0), 1.0, atol=1e-12)
    assert np.array_equal(z, nodes(8))


def test_amplitudes_are_a_lognormal_with_the_wanted_spread() -> None:
    x, w = amplitudes(0.35, 9)
    mean = w @ x
    cv = np.sqrt(w @ x**2 - mean**2) / mean
    assert abs(w.sum() - 1.0) < 1e-12
    assert abs(cv - 0.35) < 1e-4


def test_normal_nodes_integrate_powers() -> None:
    x, w = normal_nodes(4)
    assert np.allclose([w @ x**k for k in range(7)], [1, 0, 1, 0, 3, 0, 15], atol=1e-9)


def test_every_particle_meets_every_node() -> None:
    h3a = mechanism("h3a")
    particles = draw(h3a, 3, 1)
    m = model()
    z = nodes(4)
    who = people(h3a, particles, m.reference, m.blockers, z)
    assert who.count == 12
    phi = who.parameters["phi"].reshape(3, 4)
    assert np.all(phi <= 1.0)
    tone = who.parameters["E0"].reshape(3, 4) / particles["E0"][:, None]
    assert np.allclose(tone, tone[0])  # the same four persons at every particle
    held = who.blockade["oral-kpd"]
    assert np.allclose(held.ED50.reshape(3, 4)[:, 0] / particles["ED50_factor"], held.ED50[0] /
                       particles["ED50_factor"][0])  # fmt: skip
    assert "fall" not in who.parameters  # it scales what the model gives, afterwards
