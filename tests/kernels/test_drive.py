"""The algebra of the drive: competition, gating, tolerance, opponent."""

import numpy as np
import pytest

from crossblock.kernels import drive

E0 = np.array([0.2])
M0 = drive.occupied(E0)
ZERO = np.zeros(1)


def at_rest(E=E0, b_K=ZERO, b_A=ZERO, b_X=ZERO, eps=1.0):
    return drive.signal(E, b_K, b_A, b_X, E0, eps)


def test_nothing_given_leaves_resting_activation():
    m = at_rest()
    assert m.tone == pytest.approx(M0)
    assert m.direct == 0.0
    assert m.released == 0.0
    assert m.free == 1.0


def test_a_blocker_divides_direct_activation_by_schilds_factor():
    b_X, b_K = np.array([8.0]), np.array([1e-6])
    kept = at_rest(b_K=b_K, b_X=b_X).direct / at_rest(b_K=b_K).direct
    assert kept == pytest.approx(1.2 / 9.2, rel=1e-6)  # (1 + E) / (1 + E + b_X)


def test_shares_pool_receptor_types():
    mu, kappa = at_rest(b_X=np.array([8.0])), at_rest(b_X=np.array([4.0]))
    pooled = drive.pooled((mu, kappa), np.array([[0.25], [0.75]]))
    assert pooled.tone == pytest.approx(0.25 * mu.tone + 0.75 * kappa.tone)
    assert drive.pooled((mu,), np.ones((1, 1))) is mu


def test_surge_needs_tone_only_as_far_as_phi():
    N, blocked = np.array([0.4]), at_rest(b_X=np.array([1e12]))
    assert drive.surge(N, 0.0, 0.0, blocked, M0) == N
    assert drive.surge(N, 0.39, 0.0, blocked, M0) == pytest.approx(0.61 * N)
    assert drive.surge(N, 0.0, 1.0, blocked, M0) == pytest.approx(0.0, abs=1e-11)


def test_more_tone_than_rest_does_not_open_the_gate_further():
    rich = at_rest(E=np.array([0.8]))
    assert drive.surge(np.array([0.4]), 1.0, 0.0, rich, M0) == pytest.approx(0.4)


def test_drive_sums_its_three_arrows():
    m = at_rest(E=np.array([0.4]), b_K=np.array([0.01]))
    D = drive.drive(0.3, m, 0.5, 2.0, 3.0, 5.0)
    assert pytest.approx(2.0 * 0.3 + 0.5 * (3.0 * m.direct + 5.0 * m.released)) == D


def test_tolerance_halves_at_T50():
    assert drive.tolerant(0.3, 0.3) == 0.5
    assert drive.tolerant(0.0, 0.3) == 1.0


def test_withdrawal_is_opponent_not_met_by_activation():
    blocked = at_rest(b_X=np.array([9.0]))
    S = drive.felt(blocked, M0, 1.0)
    assert drive.withdrawal(0.17, S, M0) == pytest.approx(0.17 + M0 - blocked.tone)
    assert drive.withdrawal(0.0, drive.felt(at_rest(), M0, 1.0), M0) == 0.0


def test_tolerance_shrinks_only_what_is_above_rest():
    high = at_rest(b_A=np.array([1.5]))
    above = high.tone + high.direct - M0
    assert drive.felt(high, M0, 0.4) == pytest.approx(M0 + 0.4 * above)


def test_dissociation_is_not_opioid_unless_told():
    blocked = at_rest(b_X=np.array([9.0]))
    assert drive.dissociation(0.5, 0.0, blocked, M0) == 0.5
    assert drive.dissociation(0.5, 0.3, blocked, M0) < 0.5
