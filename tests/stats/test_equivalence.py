import math

import numpy as np
import pytest

from crossblock.core.errors import ConvergenceError, InputError
from crossblock.domain.result import Estimate
from crossblock.stats.equivalence import (
    Verdict,
    exclusive_pairs,
    judge,
    paired_tost,
    tost,
    tost_power,
    tost_size,
)


def blocker_effect(value, se, df=20, label="efficacy"):
    return Estimate(label=label, value=value, se=se, df=df)


def test_equivalent_exactly_when_the_interval_lies_inside():
    for value in np.linspace(-6, 6, 25):
        found = tost(value, 1.5, 13, low=-5, high=5)
        inside = found.estimate.lower > -5 and found.estimate.upper < 5
        assert found.equivalent == inside
        assert found.p == max(found.p_lower, found.p_upper)
        assert found.estimate.level == pytest.approx(0.9)


def test_paired_differences_leave_incomplete_pairs_out():
    full = paired_tost([1.0, -2.0, 0.5, 1.5], low=-5, high=5)
    holes = paired_tost([1.0, math.nan, -2.0, 0.5, 1.5], low=-5, high=5)
    assert holes.estimate.n == 4
    assert holes.estimate.value == full.estimate.value


def test_the_size_is_the_smallest():
    n = tost_size(-5, 5, 1.0, 6.0)
    assert tost_power(-5, 5, 1.0, 6 / math.sqrt(n), n - 1) >= 0.8
    assert tost_power(-5, 5, 1.0, 6 / math.sqrt(n - 1), n - 2) < 0.8
    assert tost_size(-5, 5, 1.0, 6.0, df_lost=2, multiple=2) % 2 == 0


def test_verdicts():
    outcomes = [
        (blocker_effect(-8.0, 1.0, label="efficacy"), 3.0),
        (blocker_effect(0.2, 0.6, label="dissociation"), 3.0),
        (blocker_effect(-2.0, 1.4, label="suicidality"), 3.0),
        (blocker_effect(-1.5, 0.3, label="opioid-like"), 3.0),
        (blocker_effect(8.0, 1.0, label="worse"), 3.0),
        (blocker_effect(1.5, 0.3, label="a little worse"), 3.0),
    ]
    alone = [j.alone for j in judge(outcomes)]
    assert alone == [
        Verdict.REDUCED,
        Verdict.EQUIVALENT,
        Verdict.UNDECIDED,
        Verdict.SMALL_REDUCTION,
        Verdict.INCREASED,
        Verdict.SMALL_INCREASE,
    ]


def test_joint_claims_are_claims_alone_too():
    rng = np.random.default_rng(1)
    for _ in range(50):
        outcomes = [(blocker_effect(v, 1.0), 2.0) for v in rng.normal(0, 3, 4)]
        for j in judge(outcomes):
            assert j.adjusted_difference >= j.p_difference - 1e-15
            assert j.adjusted_equivalence >= j.p_equivalence - 1e-15


def test_one_outcome_needs_no_adjustment():
    (only,) = judge([(blocker_effect(-2.5, 1.0), 3.0)])
    assert only.adjusted_difference == pytest.approx(only.p_difference)
    assert only.adjusted_equivalence == pytest.approx(max(only.p_difference, only.p_equivalence))


def test_false_claims_stay_within_alpha_together():
    # Half the outcomes have no difference, half lie at the margin: every claim against those is
    # false, and the equivalence of the first two and the difference of the others are true.
    truth, margin, se = np.array([0.0, 0.0, 3.0, 3.0]), 3.0, 1.0
    rng = np.random.default_rng(21)
    trials, false_ = 3_000, 0
    for values in truth + se * rng.standard_normal((trials, 4)):
        judged = judge([(blocker_effect(v, se, df=1e6), margin) for v in values])
        false_ += any(
            (j.adjusted_difference if t == 0 else j.adjusted_equivalence) <= 0.05
            for j, t in zip(judged, truth, strict=True)
        )
    assert false_ / trials < 0.05 + 3 * math.sqrt(0.05 * 0.95 / trials)


def test_pairs_already_rejected_on_both_sides_free_their_share():
    adjusted = exclusive_pairs([(0.001, 0.001), (0.03, 0.9)])
    assert adjusted[0] == pytest.approx((0.002, 0.002))
    assert adjusted[1][0] == pytest.approx(0.03)


@pytest.mark.parametrize(
    ("call", "error", "says"),
    [
        (lambda: tost(0, 1, 10, low=5, high=-5), InputError, "lower one first"),
        (lambda: tost(0, 0, 10, low=-5, high=5), InputError, "positive standard error"),
        (lambda: tost(math.nan, 1, 10, low=-5, high=5), InputError, "finite estimate"),
        (lambda: paired_tost([1.0], low=-5, high=5), InputError, "two complete pairs"),
        (lambda: paired_tost([1.0, 1.0], low=-5, high=5), InputError, "all equal"),
        (lambda: tost_size(-5, 5, 6.0, 1.0), InputError, "outside the margins"),
        (lambda: tost_size(-5, 5, 4.999, 6.0, most=50), ConvergenceError, "more than 50"),
        (lambda: judge([(Estimate(label="x", value=1.0), 3.0)]), InputError, "no standard error"),
    ],
)
def test_refusals(call, error, says):
    with pytest.raises(error, match=says):
        call()
