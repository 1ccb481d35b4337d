import math

import pytest
from scipy import stats

from crossblock.domain.result import Method
from crossblock.stats.student import student

X = [1.2, -0.4, 2.2, 0.9, 1.7, -0.1, 0.6]


def test_one_sample_is_the_t_test_of_the_statistics_library() -> None:
    n, mean = len(X), sum(X) / len(X)
    se = math.sqrt(sum((x - mean) ** 2 for x in X) / (n - 1) / n)
    found = student("mean", mean, se, n - 1, n)
    theirs = stats.ttest_1samp(X, 0.0)
    assert found.statistic == pytest.approx(theirs.statistic, rel=1e-12)
    assert found.p == pytest.approx(theirs.pvalue, rel=1e-12)
    low, high = theirs.confidence_interval(0.95)
    assert (found.lower, found.upper) == pytest.approx((low, high), rel=1e-12)


def test_another_level_and_infinite_df_are_the_normal_law() -> None:
    found = student("z", 1.0, 2.0, math.inf, 5, 0.90)
    assert found.upper - 1.0 == pytest.approx(2.0 * stats.norm.ppf(0.95), rel=1e-9)
    assert found.level == 0.90


def test_without_spread_there_is_no_test() -> None:
    found = student("flat", 1.0, 0.0, 4, 5, model="m", method=Method(name="t", sentence="s."))
    assert (found.statistic, found.p) == (None, None)
    assert (found.lower, found.upper) == (1.0, 1.0)
    assert found.model == "m"
