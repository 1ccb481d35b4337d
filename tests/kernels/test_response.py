"""The five states: order of the method, resting state, receptor types, observables."""

import numpy as np
import pytest

from crossblock.kernels import course as kc
from crossblock.kernels import response as kr
from crossblock.kernels.grid import halved
from tests.kernels import people as some


def plasticity(everyone, g, p=None):
    p, a = p or some.system(everyone), some.agents(everyone)
    start = (kc.nothing(a, len(everyone), np), kr.resting(p, len(everyone), np))
    return kc.follow(p, a, some.course(g, 35.0, 50.0), start)[1].R[g.seen - 1]


def test_halving_the_step_changes_the_score_by_less_than_a_hundredth_of_a_point():
    everyone = some.constants(50)
    g = some.grid([4.75, 24.75, 168.0, 672.0])
    coarse, fine = (28.0 * np.exp(-plasticity(everyone, x)) for x in (g, halved(g)))
    assert np.abs(fine - coarse).max() < 0.01


def test_the_error_falls_at_least_sixteenfold_when_steps_are_halved():
    everyone = some.constants(20)
    g = some.grid([24.75, 168.0])
    one, two, three = (plasticity(everyone, x) for x in (g, halved(g), halved(halved(g))))
    assert np.abs(three - two).max() < np.abs(two - one).max() / 16.0


def test_nothing_given_changes_nothing():
    everyone = some.constants(5)
    p, a = some.system(everyone), some.agents(everyone)
    g = some.grid([500.0])
    c = some.course(g, 0.0, 0.0)._replace(belief=np.zeros((4, 1)))
    state = kc.follow(p, a, c, (kc.nothing(a, 5, np), kr.resting(p, 5, np)))[1]
    assert state.E[-1] == pytest.approx(p.E0)
    for still in (state.U, state.R, state.T, state.O):
        assert np.abs(still[-1]).max() < 1e-12


def test_prolongation_is_a_slower_R():
    everyone = some.constants(5)
    g = some.grid([24.75, 336.0])
    p = some.system(everyone)
    slow = p._replace(kR=p.kR / 3.0)
    usual, prolonged = (plasticity(everyone, g, x) for x in (p, slow))
    assert (prolonged[1] > 2.0 * usual[1]).all()
    assert (np.abs(prolonged[0] / usual[0] - 1.0) < 0.25).all()


def test_kappa_carries_its_share_at_its_own_blockade():
    everyone = some.constants(5)
    g = some.grid([24.75])
    p = some.system(everyone)
    typed = p._replace(
        shares=np.array([[0.4], [0.6], [0.0]]),
        drug_ratio=np.array([[1.0], [1.48], [0.16]]),
        blocker_ratio=np.array([[1.0], [0.5], [1 / 79]]),
    )
    only_mu = typed._replace(shares=np.array([[1.0], [0.0], [0.0]]))
    assert plasticity(everyone, g, only_mu) == pytest.approx(plasticity(everyone, g, p))
    assert (plasticity(everyone, g, typed) > plasticity(everyone, g, p)).all()


def test_observables_at_rest():
    p = some.system(some.constants(3))
    zero = np.zeros(3)
    seen = kr.observe(p, kr.resting(p, 3, np), kr.Odds(zero, zero, zero, zero, zero), 0.0, np)
    for name in ("glx", "opioid_like", "dissociation", "nmda", "mu_drug", "mu_blocker"):
        assert np.abs(getattr(seen, name)).max() == 0.0
    assert seen.withdrawal == pytest.approx(zero, abs=1e-16)
