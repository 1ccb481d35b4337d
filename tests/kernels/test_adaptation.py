"""Slow adaptation: exact between sessions however the time is cut, and rules of one session."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.integrate import solve_ivp

from crossblock.kernels.adaptation import (
    Background,
    Pulse,
    Slow,
    Slowness,
    between,
    decays,
    fresh,
    gains,
    held,
    session,
)

LN2 = np.log(2.0)
NOBODY = np.array([0.0])


def slowness(people=1, **more):
    half_h = {
        "U": 2, "P": 16, "R": 290, "T": 26, "O": 120, "F": 26, "A": 1440, "Df": 36, "Ds": 1440,
        "S": 1440, "C": 720, "V": 4320, "L": 168, "B": 96,
    }  # fmt: skip
    values = {f"k{x}": LN2 / h for x, h in half_h.items()}
    values |= {"T50": 0.3, "F50": 10.0, "A50": 25.0, "Df50": 7.0, "Ds50": 12.0}
    values |= {"w": 1.0, "s": 0.05, "s_E": 0.0, **more}
    return Slowness(**{k: np.full(people, v, dtype=float) for k, v in values.items()})


def pulse(**more):
    values = {
        "d_G": 0.3,
        "d_O": 0.1,
        "r_G": 0.04,
        "r_O": 0.01,
        "t": 0.02,
        "o": 0.003,
        "e": 1.0,
        "z": 1.0,
    }
    values |= {"l_N": 0.98, "l_O": 0.2, "n": 0.3, "v": 40.0, **more}
    return Pulse(**{k: np.array([v]) for k, v in values.items()})


def state(seed=3):
    rng = np.random.default_rng(seed)
    return Slow(*(rng.uniform(0.1, 1.0, 1) for _ in Slow._fields))


@settings(max_examples=40, deadline=None)
@given(
    whole=st.floats(0.01, 2000.0),
    share=st.floats(0.0, 1.0),
    ill=st.floats(0.0, 2.0),
    care=st.floats(0.0, 0.9),
)
def test_a_step_cut_in_two_is_the_same_step(whole, share, ill, care):
    p, s = slowness(), state()
    once = between(decays(p, whole), s, ill, care)
    half = between(decays(p, whole * share), s, ill, care)
    twice = between(decays(p, whole * (1.0 - share)), half, ill, care)
    np.testing.assert_allclose(np.stack(twice), np.stack(once), rtol=1e-11, atol=1e-13)


def test_between_solves_its_equations():
    p, s, ill, care, h = slowness(), state(), 1.3, 0.2, 200.0

    def field(_, x):
        y = Slow(*x.reshape(-1, 1))
        gone = {f: -getattr(p, f"k{f}")[0] * getattr(y, f) for f in Slow._fields}
        gone["R"] += p.kU[0] * y.U + p.kP[0] * y.P
        gone["L"] = p.kL[0] * (ill - y.L)
        gone["B"] = p.kB[0] * (care - y.B)
        return np.concatenate(list(gone.values()))

    found = between(decays(p, h), s, ill, care)
    want = solve_ivp(field, (0, h), np.stack(s)[:, 0], rtol=1e-11, atol=1e-13).y[:, -1]
    np.testing.assert_allclose(np.stack(found)[:, 0], want, rtol=1e-8, atol=1e-15)


def test_an_agonist_on_board_solves_its_equations():
    p, s, h = slowness(), fresh(1), 24.0
    b = Background(M_b=np.array([0.46]), D_b=np.array([0.01]))

    def field(_, x):
        R, T, O = x  # noqa: E741
        q = 0.3 / (0.3 + T)
        return [
            -p.kR[0] * R + 0.01 * q,
            p.kT[0] * (0.46 - T),
            p.kO[0] * (p.w[0] * 0.46 * q - O),
        ]

    found = held(p, b, s, h)
    want = solve_ivp(field, (0, h), [0, 0, 0], rtol=1e-11, atol=1e-13).y[:, -1]
    np.testing.assert_allclose([found.R[0], found.T[0], found.O[0]], want, rtol=1e-5)


def test_a_session_that_is_not_given_changes_nothing():
    s = state()
    after, _ = session(slowness(), s, pulse(), NOBODY)
    np.testing.assert_array_equal(np.stack(after), np.stack(s))


def test_the_first_session_is_felt_whole():
    p, x = slowness(), pulse()
    after, felt = session(p, fresh(1), x, np.ones(1))
    assert (felt.g, felt.q, felt.g_D) == (1.0, 1.0, 1.0)
    assert x.d_G + x.d_O == after.U
    assert x.r_G + x.r_O == after.P
    assert felt.liking == pytest.approx(1.0 - 0.02 * 0.8)


def test_tolerance_recovers_with_time_off_and_sensitization_adds():
    p, x, one = slowness(s_E=0.0), pulse(), np.ones(1)
    s = fresh(1)
    for _ in range(30):
        s, _ = session(p, s, x, one)
        s = between(decays(p, 84.0), s, 1.0, 0.0)
    used = gains(p, s, x)
    rested = gains(p, between(decays(p, 24.0 * 365), s, 1.0, 0.0), x)
    assert used.g < 0.7 < 0.95 < rested.g
    assert used.g_D < 0.6
    grown = gains(p._replace(s_E=np.array([0.01]), A50=np.array([np.inf])), s, x)
    assert grown.g > 1.0


def test_wanting_needs_no_opioids_and_outlasts_liking():
    p, one = slowness(), np.ones(1)
    other = session(p, fresh(1), pulse(l_O=0.0), one)[0].C
    assert other == pytest.approx(0.3 * 0.98)
    tolerant = fresh(1)._replace(T=np.array([3.0]))
    after, felt = session(p, tolerant, pulse(l_N=0.0, l_O=0.9), one)
    assert felt.liking < 0.1
    assert pytest.approx(0.3 * 0.9) == after.C
