"""First-order relaxation: weights against quadrature, exact for polynomials, stable when stiff."""

import numpy as np
import pytest
from scipy.integrate import quad, solve_ivp

from crossblock.kernels.relaxation import COUNT, NODES, POINTS, decays, relaxed, weights

H = np.array([0.5, 3.0])


@pytest.mark.parametrize("k", [0.0, 1e-9, 0.3, 0.33334, 2.0, 60.0])
def test_weights_integrate_each_node_polynomial(k):
    W = weights(np.array([k]), H)[1]
    for row, h in enumerate(H):
        for i, c in enumerate(POINTS):
            for j in range(COUNT):
                others = [x for m, x in enumerate(NODES) if m != j]

                def integrand(s, j=j, others=others, c=c, h=h):
                    lagrange = np.prod([(s - x) / (NODES[j] - x) for x in others])
                    return h * np.exp(-k * h * (c - s)) * lagrange

                exact = quad(integrand, 0.0, c, epsabs=1e-13, epsrel=1e-12)[0]
                assert W[row, i, j, 0] == pytest.approx(exact, abs=2e-13 * h)


def test_polynomial_input_is_carried_exactly():
    k, h, x0 = 0.7, 3.0, 0.4
    coefficients = [0.3, -0.2, 0.05, 0.01]

    def f(t):
        return np.polyval(coefficients[::-1], t)

    exact = solve_ivp(
        lambda t, x: -k * x + f(t), (0, h), [x0], rtol=1e-12, atol=1e-13, dense_output=True
    )
    found = relaxed(
        *(table[0] for table in weights(np.array([k]), [h])),
        np.array([x0]),
        [np.array([f(c * h)]) for c in NODES],
    )
    wanted = [exact.sol(c * h)[0] for c in POINTS]
    assert [float(x[0]) for x in found] == pytest.approx(wanted, rel=1e-10)


def test_a_relaxation_far_faster_than_the_step_follows_its_input():
    k, h = 1e6, 24.0
    found = relaxed(
        *(table[0] for table in weights(np.array([k]), [h])),
        np.array([5.0]),
        [np.array([k * 2.0])] * COUNT,
    )
    assert [float(x[0]) for x in found] == pytest.approx([2.0] * (COUNT + 1), rel=1e-9)


def test_last_row_sums_to_the_exact_gain():
    k = np.array([0.01, 0.5, 4.0])
    gain = weights(k, H)[1][:, COUNT].sum(axis=-2)
    assert gain == pytest.approx(-np.expm1(-np.outer(H, k)) / k, rel=1e-12)


def test_decays_of_many_modes_are_those_of_each():
    k = np.array([[0.1, 2.0], [0.5, 3.0]])
    assert decays(k, H)[1, 1] == pytest.approx(weights(k[1], H)[0][1])
