import numpy as np
import pytest
from scipy.linalg import expm

from crossblock.kernels.kinetics import after_infusion, mammillary_modes
from crossblock.kernels.propagate import Input, solve, squarings_for, transition

K = np.array([[-5.0, 0.3, 0.0], [4.0, -0.8, 0.1], [0.5, 0.2, -0.1]])


@pytest.mark.parametrize("h", [0.0, 1e-6, 0.3, 4.0, 100.0])
def test_transition_agrees_with_scipy(h):
    here = transition(K, h)
    assert np.allclose(here, expm(K * h), rtol=1e-10, atol=1e-13)
    assert (here >= 0).all()


def test_equal_rates_in_a_chain_are_exact():
    chain = np.diag([-2.0, -2.0, -2.0]) + np.diag([2.0, 2.0], -1)
    h = 1.7
    last = transition(chain, h)[2, 0]
    assert last == pytest.approx((2 * h) ** 2 / 2 * np.exp(-2 * h), rel=1e-13)


def test_far_tails_keep_their_relative_accuracy():
    slow = np.array([[-3.0, 0.0], [3.0, -3.0]])
    assert transition(slow, 100.0)[1, 0] == pytest.approx(300.0 * np.exp(-300.0), rel=1e-10)


def test_a_matrix_for_each_person():
    many = np.stack([K, 2 * K])
    assert np.allclose(transition(many, 0.4)[1], transition(K, 0.8), rtol=1e-12)


def test_infusion_equals_the_closed_form():
    V, Q, CL = np.array([12.0, 40.0]), np.array([140.0]), np.array(90.0)
    flow = np.array([[-(CL + Q[0]) / V[0], Q[0] / V[1]], [Q[0] / V[0], -Q[0] / V[1]]])
    times = [0.0, 0.3, 0.75, 2.0, 8.0]
    x = solve(flow, times, [Input(compartment=0, start=0.0, amount=35.0, duration=0.75)])
    closed = after_infusion(*mammillary_modes(V, CL, Q), np.array(times), np.asarray(0.75)) * 35.0
    assert np.allclose(x[:, 0] / V[0], closed, rtol=1e-11, atol=1e-14)


def test_a_dose_at_the_asked_time_is_counted_and_order_is_kept():
    x = solve(K, [2.0, 1.0, 0.5], [Input(compartment=2, start=1.0, amount=7.0)])
    assert x[1].tolist() == [0.0, 0.0, 7.0]
    assert x[2].tolist() == [0.0, 0.0, 0.0]
    assert x[0].sum() > 7.0 * 0.9


def test_people_may_have_their_own_amounts():
    x = solve(K, [1.0], [Input(compartment=0, start=0.0, amount=np.array([1.0, 2.0, 3.0]))])
    assert x.shape == (3, 1, 3)
    assert np.allclose(x[2], 3 * x[0], rtol=1e-14)


def test_keep_returns_only_what_was_asked():
    whole = solve(K, [1.0, 2.0], [Input(compartment=0, start=0.0, amount=1.0)])
    part = solve(K, [1.0, 2.0], [Input(compartment=0, start=0.0, amount=1.0)], keep=[2])
    assert np.array_equal(part[..., 0], whole[..., 2])


def test_squarings_follow_the_fastest_rate():
    assert squarings_for(K, 0.1) == 0
    assert squarings_for(K, 100.0) == squarings_for(K, 50.0) + 1
