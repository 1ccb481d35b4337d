import numpy as np
import pytest

from crossblock.exposure.peer import IntravenousPeer, OralPeer, defects


def test_the_peak_falls_at_its_stated_time():
    p = IntravenousPeer()
    t = np.arange(0.0, 60.0, 0.001)
    assert t[np.argmax(p.raw(t, [0.01]))] == pytest.approx(p.tmax_min, abs=0.002)


def test_other_constants_may_be_set():
    p = IntravenousPeer(tmax_min=10.0, half_life_min=60.0)
    t = np.arange(0.0, 60.0, 0.001)
    assert t[np.argmax(p.raw(t, [0.01]))] == pytest.approx(10.0, abs=0.002)
    assert OralPeer(ED50_mg=10.0).dose_for(50.0) == 10.0


def test_the_drawn_curve_is_clipped_and_the_raw_one_is_not():
    p = IntravenousPeer()
    assert p.curve([25.0], [0.1])[0] == 100.0
    assert p.raw([25.0], [0.1])[0] > 100.0
    assert np.isnan(p.above(1e-6, 90.0)).all()


def test_repeated_doses_add_blockade():
    p = IntravenousPeer()
    both = p.raw([60.0], [0.001, 0.001], [0.0, 30.0])
    apart = p.raw([60.0], [0.001]) + p.raw([30.0], [0.001])
    assert both == pytest.approx(apart)


def test_the_four_differences_follow_from_mass_action():
    ten_fold, clipped, measured, repeated = defects()
    # Mass action adds log2(10) half-lives of 110 min for ten times the dose.
    assert ten_fold.ours == pytest.approx(110.0 * np.log2(10.0), abs=0.05)
    assert ten_fold.theirs < 4.0
    assert clipped.theirs > 100.0 > clipped.ours
    assert measured.theirs - measured.ours == pytest.approx(75.0 - 71.4, abs=0.1)
    assert repeated.theirs > 100.0 > repeated.ours
