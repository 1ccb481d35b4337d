import numpy as np
import pytest
from scipy.integrate import solve_ivp

from crossblock.kernels.binding import (
    binding_odds,
    blockade,
    competitive_occupancy,
    dose_ratio,
    equilibrium_occupancy,
    half_saturation,
    odds,
    slow_occupancy,
)


def test_one_ligand_at_its_constant_holds_half():
    assert equilibrium_occupancy(np.array([3.0]), np.array([[3.0]])) == pytest.approx(0.5)


def test_several_ligands_on_several_receptors():
    C = np.array([2.0, 5.0])
    K = np.array([[1.0, np.inf], [10.0, 5.0]])
    here = equilibrium_occupancy(C, K)
    assert here[:, 0] == pytest.approx([2.0 / 3.5, 0.5 / 3.5])
    assert here[:, 1] == pytest.approx([0.0, 0.5])


def test_odds_and_blockade_are_inverse():
    b = np.array([0.0, 0.2, 9.0])
    assert odds(blockade(b)) == pytest.approx(b)


def test_exponent_steepens():
    assert binding_odds(4.0, 2.0, 2.0) == pytest.approx(4.0)
    assert competitive_occupancy(np.array([4.0])) == pytest.approx(0.8)


def test_dose_ratio_restores_the_agonist():
    agonist, blocker = 0.7, 9.0
    raised = agonist * dose_ratio(blocker)
    alone = competitive_occupancy(np.array([agonist]))[0]
    assert competitive_occupancy(np.array([raised, blocker]))[0] == pytest.approx(alone)


def test_slow_binding_agrees_with_numerical_integration():
    C = np.array([[4.0, 0.0], [4.0, 9.0], [0.0, 9.0]])
    h = np.array([0.5, 2.0, 1.0])
    kon, koff, n = np.array([0.6, 0.3]), np.array([0.9, 0.05]), np.array([0.86, 1.0])
    here = slow_occupancy(C, h, kon, koff, n)
    r = np.zeros(2)
    for step in range(3):
        on = kon * C[step] ** n
        r = solve_ivp(
            lambda _t, r, on=on: on * (1 - r.sum()) - koff * r,
            (0, h[step]),
            r,
            rtol=1e-11,
            atol=1e-13,
        ).y[:, -1]
        assert here[step] == pytest.approx(r, abs=1e-9)


def test_slow_binding_settles_at_equilibrium():
    C = np.array([[2.0, 5.0]])
    kon, koff = np.array([1.0, 0.2]), np.array([1.0, 0.4])
    here = slow_occupancy(C, np.array([500.0]), kon, koff)[0]
    assert here == pytest.approx(competitive_occupancy(binding_odds(C[0], koff / kon)), rel=1e-9)


def test_half_saturation_gives_half():
    K = half_saturation(0.3, 0.9, 0.8)
    assert binding_odds(K, K, 0.8) == pytest.approx(1.0)
    assert pytest.approx(0.9) == 0.3 * K**0.8
