from itertools import combinations, product

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.stats import mannwhitneyu, rankdata, wilcoxon

from crossblock.core.errors import DesignError
from crossblock.stats.ranks import rank_sum, sign_test, signed_rank

SCORES = st.lists(st.integers(-3, 3), min_size=1, max_size=5)


@given(SCORES, SCORES)
@settings(max_examples=60, deadline=None)
def test_rank_sum_counts_every_split(x, y):
    ranks = rankdata([*x, *y])
    n = len(x)
    center = n * (len(ranks) + 1) / 2
    sums = [sum(ranks[list(pick)]) for pick in combinations(range(len(ranks)), n)]
    observed = abs(sum(ranks[:n]) - center)
    p = np.mean([abs(s - center) >= observed - 1e-9 for s in sums])
    assert rank_sum(x, y).p == pytest.approx(p, abs=1e-12)


@given(st.lists(st.integers(-4, 4), min_size=1, max_size=9).filter(any))
@settings(max_examples=60, deadline=None)
def test_signed_rank_counts_every_sign_pattern(d):
    kept = np.array([v for v in d if v])
    ranks = rankdata(np.abs(kept))
    total = ranks.sum() / 2
    observed = abs(ranks[kept > 0].sum() - total)
    sums = [ranks[np.array(s) > 0].sum() for s in product((-1, 1), repeat=len(kept))]
    p = np.mean([abs(s - total) >= observed - 1e-9 for s in sums])
    assert signed_rank(d).p == pytest.approx(p, abs=1e-12)


def test_without_ties_the_tests_are_the_textbook_ones():
    x, y = [1.2, 3.4, 2.2, 8.1, 4.4], [0.3, 0.9, 2.5, 1.1, 0.1, -2.0]
    other = mannwhitneyu(x, y, method="exact")
    found = rank_sum(x, y)
    assert (found.statistic, found.p) == pytest.approx((other.statistic, other.pvalue))
    assert found.p_normal == pytest.approx(mannwhitneyu(x, y, method="asymptotic").pvalue)
    d = [1.2, -0.4, 2.2, 3.1, -1.4, 0.7]
    assert signed_rank(d).p == pytest.approx(wilcoxon(d, method="exact").pvalue)


def test_the_shift_is_in_points():
    assert rank_sum([5.0, 6.0, 7.0], [1.0, 2.0, 3.0]).shift == 4.0
    assert signed_rank([2.0, 4.0, 6.0]).shift == 4.0


def test_thirty_people_are_still_exact():
    rng = np.random.default_rng(0)
    found = rank_sum(rng.integers(0, 5, 15) + 1.0, rng.integers(0, 5, 15))
    assert 0 < found.p < 1
    assert found.p == pytest.approx(found.p_normal, abs=0.02)


def test_sign_test_drops_ties():
    assert sign_test([1, 1, 1, 1, 1, 0, 0]) == (5, 0, 2 / 32)
    assert sign_test([0, 0]) == (0, 0, 1.0)


def test_all_equal_scores_have_p_1():
    found = rank_sum([2, 2, 2], [2, 2])
    assert found.p == found.p_normal == 1.0


@pytest.mark.parametrize(
    ("call", "says"),
    [
        (lambda: rank_sum([], [1.0]), "both sequences"),
        (lambda: rank_sum([1.0], [float("nan")]), "finite"),
        (lambda: signed_rank([0.0, 0.0]), "all paired differences are 0"),
    ],
)
def test_refusals(call, says):
    with pytest.raises(DesignError, match=says):
        call()
