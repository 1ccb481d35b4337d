import numpy as np
import pytest
from scipy.integrate import solve_ivp

from crossblock.kernels.kinetics import (
    after_absorption,
    after_bolus,
    after_infusion,
    divided_decay,
    effect_amount,
    effect_amount_repeated,
    mammillary_modes,
    relative_decay,
)

V = np.array([12.0, 40.0, 170.0])
Q = np.array([140.0, 70.0])
CL = np.array(90.0)


def numeric(times, ka=None, duration=None):
    """Integrate the three compartments (and a depot) by an adaptive method of high order."""

    def slope(t, x):
        rate = 1.0 / duration if duration and t < duration else 0.0
        gut = -(ka or 0.0) * x[3]
        out = (CL + Q.sum()) / V[0] * x[0]
        back = Q / V[1:] * x[1:3]
        return [rate - gut - out + back.sum(), *(Q / V[0] * x[0] - back), gut]

    start = [1.0, 0, 0, 0] if ka is None and duration is None else [0, 0, 0, 1.0 if ka else 0.0]
    kwargs = {
        "method": "DOP853",
        "rtol": 1e-11,
        "atol": 1e-14,
        "dense_output": True,
        "max_step": 0.02,
    }
    if duration:
        first = solve_ivp(slope, (0, duration), start, **kwargs)
        second = solve_ivp(slope, (duration, times[-1]), first.y[:, -1], **kwargs)
        return np.where(times <= duration, first.sol(times)[0], second.sol(times)[0]) / V[0]
    return solve_ivp(slope, (0, times[-1]), start, **kwargs).sol(times)[0] / V[0]


TIMES = np.linspace(0, 12, 49)


def test_bolus_agrees_with_numerical_integration():
    modes = mammillary_modes(V, CL, Q)
    assert np.allclose(after_bolus(*modes, TIMES), numeric(TIMES), rtol=1e-8, atol=1e-12)


def test_infusion_agrees_with_numerical_integration():
    modes = mammillary_modes(V, CL, Q)
    here = after_infusion(*modes, TIMES, np.asarray(0.75))
    assert np.allclose(here, numeric(TIMES, duration=0.75), rtol=1e-8, atol=1e-12)


def test_absorption_agrees_with_numerical_integration():
    modes = mammillary_modes(V, CL, Q)
    here = after_absorption(*modes, TIMES, np.asarray(1.3))
    assert np.allclose(here, numeric(TIMES, ka=1.3), rtol=1e-8, atol=1e-12)


def test_one_compartment_is_the_textbook_exponential():
    rate, weight = mammillary_modes(np.array([20.0]), np.array(5.0))
    assert rate == pytest.approx([0.25])
    assert after_bolus(rate, weight, np.array([4.0])) == pytest.approx(np.exp(-1.0) / 20.0)


def test_nothing_is_there_before_the_dose():
    modes = mammillary_modes(V, CL, Q)
    early = np.array([-5.0, -1e-9])
    assert (after_bolus(*modes, early) == 0).all()
    assert (after_infusion(*modes, early, np.asarray(1.0)) == 0).all()
    assert (after_absorption(*modes, early, np.asarray(1.0)) == 0).all()
    assert (effect_amount(early, 50.0, 2.0, 0.02)[1] == 0).all()


def test_equal_rates_have_the_limit_and_no_division():
    t = np.array([0.0, 0.5, 3.0])
    assert np.allclose(divided_decay(0.7, 0.7, t), t * np.exp(-0.7 * t), rtol=1e-15)
    near = divided_decay(0.7, 0.7 + 1e-12, t)
    assert np.allclose(near, t * np.exp(-0.7 * t), rtol=1e-11)
    assert relative_decay(np.array([0.0, 1e-300])) == pytest.approx([1.0, 1.0], abs=0)


def test_absorption_at_the_rate_of_elimination_is_finite():
    rate, weight = mammillary_modes(np.array([10.0]), np.array(5.0))
    t = np.array([1.0, 2.0])
    here = after_absorption(rate, weight, t, rate[0])
    assert here == pytest.approx(0.5 * t * np.exp(-0.5 * t) / 10.0, rel=1e-14)


def test_people_lead_and_times_trail():
    people = np.linspace(60, 120, 5)
    rate, weight = mammillary_modes(np.broadcast_to(V, (5, 3)), people, np.broadcast_to(Q, (5, 2)))
    many = after_infusion(rate, weight, TIMES, np.asarray(0.75))
    one = after_infusion(*mammillary_modes(V, people[3], Q), TIMES, np.asarray(0.75))
    assert many.shape == (5, TIMES.size)
    assert np.allclose(many[3], one, rtol=1e-12)


def test_a_drug_that_is_never_cleared_stays():
    rate, weight = mammillary_modes(V, np.array(0.0), Q)
    late = after_bolus(rate, weight, np.array([1e4]))
    assert late == pytest.approx(1.0 / V.sum(), rel=1e-9)


def test_irregular_doses_add():
    t = np.array([0.0, 5.0, 30.0])
    both = effect_amount_repeated(t, [0.0, 4.5], [50.0, 25.0], 2.0, 0.02)
    apart = effect_amount(t, 50.0, 2.0, 0.02)[1] + effect_amount(t - 4.5, 25.0, 2.0, 0.02)[1]
    assert np.array_equal(both, apart)
