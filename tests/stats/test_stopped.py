import math

import numpy as np
import pytest
from scipy.stats import norm, t

from crossblock.core.errors import InputError
from crossblock.stats.sequential import Shape, bounds
from crossblock.stats.spending import Family, Spending
from crossblock.stats.stopped import (
    Stop,
    final_estimate,
    naive_exaggeration,
    repeated_interval,
    repeated_p,
    stagewise_p,
    with_overrun,
)

OBF = Spending(family=Family.OBRIEN_FLEMING_LIKE, alpha=0.025)
LOOKS = bounds(OBF, [14 / 30, 1.0])


def test_one_look_gives_the_ordinary_t_interval():
    stop = Stop(look=1, estimate=3.0, se=1.2, df=11)
    found = final_estimate(bounds(OBF, [1.0]), stop)
    reach = t.isf(0.025, 11) * 1.2
    assert found.value == pytest.approx(3.0, abs=1e-7)
    assert (found.lower, found.upper) == pytest.approx((3.0 - reach, 3.0 + reach), abs=1e-6)
    assert found.p == pytest.approx(t.sf(2.5, 11), rel=1e-9)


def test_a_result_at_the_last_bound_has_the_whole_alpha_as_p():
    assert stagewise_p(LOOKS, 2, LOOKS.efficacy[1]) == pytest.approx(0.025, abs=1e-9)


def test_earlier_stops_rank_above_later_ones():
    assert stagewise_p(LOOKS, 1, LOOKS.efficacy[0]) < stagewise_p(LOOKS, 2, 8.0)


def test_futility_exits_rank_below_everything_that_went_on():
    b = bounds(Spending(family=Family.POCOCK_LIKE, alpha=0.05), [0.5, 1.0], sides=2)
    assert stagewise_p(b, 1, b.futility[0]) > stagewise_p(b, 2, -6.0)
    assert stagewise_p(b, 1, -8.0) == pytest.approx(1.0, abs=1e-9)


def test_the_estimate_is_median_unbiased_and_the_interval_covers():
    truth, rng = 3.0, np.random.default_rng(8)
    n, sd = (14, 30), 8.0
    below = covered = 0
    trials = 800
    for _ in range(trials):
        x = truth + sd * rng.standard_normal(30)
        for look, k in enumerate(n, start=1):
            se = sd / math.sqrt(k)
            estimate = float(x[:k].mean())
            if estimate / se >= LOOKS.efficacy[look - 1] or look == 2:
                break
        e = final_estimate(LOOKS, Stop(look=look, estimate=estimate, se=se))
        below += e.value < truth
        covered += e.lower <= truth <= e.upper
    assert below / trials == pytest.approx(0.5, abs=3.5 * 0.5 / math.sqrt(trials))
    assert covered / trials == pytest.approx(0.95, abs=3.5 * math.sqrt(0.0475 / trials))


def test_the_adjusted_estimate_is_pulled_back():
    stop = Stop(look=2, estimate=3.6, se=1.4, df=29)
    for frame in ("t", "normal"):
        found = final_estimate(LOOKS, stop, frame=frame)
        assert found.lower < found.value < found.upper
        assert found.value < 3.6
        assert found.info["shrunk_by"] == pytest.approx(3.6 - found.value)


def test_the_repeated_interval_excludes_0_exactly_when_the_bound_is_crossed():
    critical = LOOKS.efficacy[0]
    for sign, excluded in ((1.0001, True), (0.9999, False)):
        e = repeated_interval(LOOKS, Stop(look=1, estimate=critical * sign, se=1.0))
        assert (e.lower > 0) is excluded
        assert e.level == pytest.approx(0.95)


def test_the_repeated_p_is_the_alpha_at_which_the_bound_is_met():
    for look in (1, 2):
        stop = Stop(look=look, estimate=LOOKS.efficacy[look - 1], se=1.0)
        assert repeated_p(LOOKS, stop) == pytest.approx(0.025, rel=1e-5)
    classic = bounds(Shape(delta=0.5, alpha=0.05), [0.5, 1.0], sides=2)
    assert repeated_p(classic, Stop(look=1, estimate=classic.efficacy[0], se=1.0)) == pytest.approx(
        0.025, rel=1e-5
    )
    assert repeated_p(LOOKS, Stop(look=1, estimate=-1.0, se=1.0)) == 0.5


def test_overrun_replaces_the_look_that_stopped():
    over = with_overrun(LOOKS, 1, 20 / 30)
    assert over.information == (20 / 30,)
    assert over.efficacy == LOOKS.efficacy[:1]
    assert "mid-crossover" in over.method.sentence
    with pytest.raises(InputError, match="less information"):
        with_overrun(LOOKS, 1, 0.1)


def test_stopping_at_p_005_exaggerates_by_half():
    # A true mean of 3.6 (SD 7) that stops at 12 of 30 on p < 0.05 is reported as 5.4.
    naive = bounds(Spending(family=Family.KIM_DEMETS, alpha=0.05, parameter=1.0), [0.4, 1.0])
    drift = 3.6 / 7.0 * math.sqrt(30)
    beyond = norm.isf(naive.nominal_p[0])
    mean = drift * math.sqrt(0.4)
    closed = mean + norm.pdf(beyond - mean) / norm.sf(beyond - mean)
    assert naive_exaggeration(naive, drift)[0] == pytest.approx(closed / mean, abs=1e-6)
    at_005 = mean + norm.pdf(1.96 - mean) / norm.sf(1.96 - mean)
    assert at_005 / mean == pytest.approx(1.51, abs=0.01)


def test_refuses_a_look_that_is_none_and_a_spread_of_zero():
    with pytest.raises(InputError, match="no look 3"):
        stagewise_p(LOOKS, 3, 1.0)
    with pytest.raises(InputError, match="positive"):
        Stop(look=1, estimate=1.0, se=0.0)
    with pytest.raises(InputError, match="must not be 0"):
        naive_exaggeration(LOOKS, 0.0)


def test_extreme_results_keep_finite_ends():
    for estimate in (40.0, -40.0):
        e = final_estimate(LOOKS, Stop(look=2, estimate=estimate, se=1.0, df=28))
        assert math.isfinite(e.lower)
        assert math.isfinite(e.upper)
        assert e.lower < e.value < e.upper
