import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats

from crossblock.core.errors import DesignError
from crossblock.domain.blockade import CellMeans, Form
from crossblock.stats.blockade import blockade_fraction, fieller

FOUR = ("open", "blocked", "blocker_alone", "no_drug")


def cells(mean: list[float], names: tuple[str, ...] = FOUR, sd: float = 1.0) -> CellMeans:
    return CellMeans(
        cells=names, mean=np.array(mean), covariance=np.eye(len(names)) * sd**2, df=20.0, n=24
    )


@settings(deadline=None)
@given(st.floats(-5, 5), st.floats(-5, 5), st.floats(0.01, 4), st.floats(0.01, 4), st.floats(-1, 1))
def test_a_point_is_in_the_set_exactly_when_its_test_does_not_reject(
    a: float, d: float, v_aa: float, v_dd: float, r: float
) -> None:
    v_ad = r * math.sqrt(v_aa * v_dd)
    t = 2.086
    found = fieller(a, d, v_aa, v_ad, v_dd, t)
    for rho in (-7.3, -1.0, -0.2, 0.0, 0.28, 0.72, 1.0, 3.1, 50.0):
        margin = t * t * (v_aa - 2 * rho * v_ad + rho**2 * v_dd) - (a - rho * d) ** 2
        if abs(margin) > 1e-6:
            assert (rho in found) == (margin > 0), (rho, found)


def test_the_three_forms_and_what_they_assume() -> None:
    four = blockade_fraction(cells([-13.5, -6.0, -2.0, -3.0]))
    assert four.form is Form.FOUR
    assert four.estimate.value == pytest.approx(1 - (-6 + 2) / (-13.5 + 3))
    three = blockade_fraction(cells([-13.5, -6.0, -3.0], ("open", "blocked", "no_drug")))
    assert three.form is Form.THREE
    assert three.estimate.value == pytest.approx(1 - (-6 + 3) / (-13.5 + 3))
    two = blockade_fraction(cells([-13.5, -6.0], ("open", "blocked")))
    assert two.form is Form.TWO
    assert two.estimate.value == pytest.approx(1 - 6 / 13.5)
    # had the blocker alone lowered scores by 2 more points, less would be left to the drug
    assert two.sensitivity[-2.0] > two.sensitivity[0.0] > two.sensitivity[2.0]


def test_an_unclear_drug_effect_is_uninformative_and_not_cut() -> None:
    weak = blockade_fraction(cells([-1.0, -0.5, 0.0, 0.0], sd=2.0))
    assert weak.uninformative
    assert math.isinf(weak.estimate.lower)
    assert math.isinf(weak.estimate.upper)
    assert "unbounded" in weak.estimate.warnings[0]


def test_residual_occupancy_is_a_stated_option() -> None:
    means = cells([-13.5, -6.0], ("open", "blocked"))
    assert blockade_fraction(means).corrected is None
    full = blockade_fraction(means, occupancy=0.88).corrected
    assert full is not None
    assert full.value == pytest.approx((1 - 6 / 13.5) / 0.88)
    with pytest.raises(DesignError, match=r"0\.88 for 88 %"):
        blockade_fraction(means, occupancy=88.0)


def test_without_a_blocked_condition_there_is_no_fraction() -> None:
    with pytest.raises(DesignError, match="with and without the blocker"):
        blockade_fraction(cells([-13.5, 0.0], ("open", "no_drug")))


def test_coverage_of_the_fieller_set() -> None:
    rng = np.random.default_rng(20261121)
    n, reps, truth = 14, 4000, 0.28
    K = rng.normal(13.5, 7, (reps, n))
    KN = (1 - truth) * 13.5 + 0.5 * (K - 13.5) + rng.normal(0, 6, (reps, n))
    t = stats.t.ppf(0.975, n - 1)
    covered = 0
    for k, kn in zip(K, KN, strict=True):
        V = np.cov(np.array([kn, k])) / n
        found = fieller(kn.mean(), k.mean(), V[0, 0], V[0, 1], V[1, 1], t)
        covered += (1 - truth) in found
    # 99.9 % band of a binomial share at 95 %
    assert abs(covered / reps - 0.95) < 3.3 * math.sqrt(0.95 * 0.05 / reps)
