"""A whole course against a general solver, and with the odds computed first."""

import numpy as np
import pytest

from crossblock.kernels import course as kc
from crossblock.kernels import response as kr
from crossblock.kernels.backend import NUMPY
from crossblock.kernels.grid import halved
from crossblock.kernels.relaxation import NODES
from tests.kernels import oracle
from tests.kernels import people as some

WANTED = [1.2, 4.75, 24.75, 72.0, 336.0, 672.0]


def followed(everyone, g, ketamine=35.0, naltrexone=50.0):
    p, a = some.system(everyone), some.agents(everyone)
    start = (kc.nothing(a, len(everyone), np), kr.resting(p, len(everyone), np))
    amounts, state = kc.follow(p, a, some.course(g, ketamine, naltrexone), start)
    return p, a, amounts, state


@pytest.mark.parametrize("naltrexone", [0.0, 5.0, 50.0])
def test_ten_states_of_a_general_solver(naltrexone):
    everyone = some.constants(6, seed=3)
    g = halved(some.grid(WANTED))
    _, _, amounts, state = followed(everyone, g, 35.0, naltrexone)
    rows = g.seen - 1
    for i, q in enumerate(everyone):
        exact = oracle.course(q, some.pieces(35.0, naltrexone, 672.0), WANTED)
        assert amounts.A[rows, i] == pytest.approx(exact[:, 3], abs=1e-8)
        assert amounts.X[rows, i] * q["ED50"] == pytest.approx(exact[:, 4], abs=1e-6)
        five = np.stack([s[rows, i] for s in state], axis=-1)
        assert np.exp(-five[:, 2]) == pytest.approx(np.exp(-exact[:, 7]), rel=2e-6)
        assert five == pytest.approx(exact[:, 5:], abs=2e-5)


def test_modes_and_tabulated_odds_agree():
    everyone = some.constants(4, seed=5)
    g = some.grid(WANTED)
    p, a, _, state = followed(everyone, g)
    fine = np.concatenate([g.start[:, None] + g.lengths[g.which][:, None] * np.array(NODES)])
    c = some.course(g, 35.0, 50.0)
    odds = nodes_by_hand(everyone, a, fine)
    with_odds = kr.respond(
        p,
        g.lengths,
        g.which,
        kr.Odds(*odds, np.zeros((g.steps, 1)), c.belief[c.regime]),
        kr.resting(p, len(everyone), np),
    )
    for carried, tabulated in zip(state, with_odds):
        assert tabulated == pytest.approx(carried, abs=2e-11)  # lengths are kept to 1e-10 h


def nodes_by_hand(everyone, a, times):
    """Odds at (n, nodes, P) from the closed forms of `kernels.kinetics`."""
    from_start = times[..., None] - some.LEAD
    T = some.DURATION
    b_N = np.zeros((*times.shape, len(everyone)))
    b_K = np.zeros_like(b_N)
    for rate, n, m in zip(a.rate, a.nmda, a.mu):
        s = np.clip(from_start, 0.0, None)
        inside = np.minimum(s, T)
        y = 35.0 / T * -np.expm1(-rate * inside) / rate * np.exp(-rate * (s - inside))
        b_N, b_K = b_N + n * y, b_K + m * y
    ka, ke = a.ka, a.ke
    t = times[..., None]
    X = 50.0 * ka / (ka - ke) * (np.exp(-ke * t) - np.exp(-ka * t))
    return b_N, b_K, X / a.ED50


def test_nonsense_in_one_person_stays_there():
    everyone = some.constants(3)
    everyone[1]["E0"] = float("nan")
    _, _, _, state = followed(everyone, some.grid(WANTED))
    assert np.isnan(state.R[:, 1]).all()
    assert np.isfinite(state.R[:, [0, 2]]).all()


def test_a_bolus_enters_every_mode_at_once():
    everyone = some.constants(2)
    a = some.agents(everyone)
    g = some.grid([10.0])
    c = some.course(g, 0.0, 0.0)._replace(pushed=np.array([[0.0], [20.0]]))
    p = some.system(everyone)
    amounts, _ = kc.follow(p, a, c, (kc.nothing(a, 2, np), kr.resting(p, 2, np)), NUMPY)
    for y, rate in zip(amounts.y, a.rate):
        assert y[g.seen[0] - 1] == pytest.approx(20.0 * np.exp(-10.0 * rate))
