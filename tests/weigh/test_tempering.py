import numpy as np
import pytest

from crossblock.weigh.tempering import ess, next_step, systematic


def test_effective_sample_size() -> None:
    assert ess(np.zeros(100)) == pytest.approx(100.0)
    assert ess(np.array([0.0, -1e9, -1e9])) == pytest.approx(1.0)
    w = np.log(np.array([0.5, 0.25, 0.25]))
    assert ess(w) == pytest.approx(1 / (0.25 + 0.0625 + 0.0625))


def test_a_step_leaves_the_wanted_share_effective_or_goes_to_the_end() -> None:
    rng = np.random.default_rng(1)
    L = -0.5 * (rng.normal(0, 30, 2000)) ** 2
    step = next_step(L, 1.0)
    assert 0 < step < 1
    assert ess(step * L) / L.size == pytest.approx(0.5, abs=0.02)
    assert next_step(np.zeros(10), 0.3) == pytest.approx(0.3)


def test_systematic_resampling_keeps_expected_counts() -> None:
    w = np.array([0.5, 0.3, 0.2])
    counts = np.bincount(
        systematic(np.repeat(w / 100, 100), np.random.default_rng(2)) // 100, minlength=3
    )
    assert np.all(np.abs(counts - 300 * w) <= 1)
