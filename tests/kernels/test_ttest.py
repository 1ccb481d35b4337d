import numpy as np
from scipy import stats

from crossblock.kernels.ttest import one_sample, two_sample


def test_agrees_with_scipy_under_masks() -> None:
    rng = np.random.default_rng(5)
    x = rng.normal(size=(20, 15))
    group, seen = rng.random(x.shape) < 0.5, rng.random(x.shape) < 0.9
    got = two_sample(x, seen & group, seen & ~group)
    alone = one_sample(x, seen)
    for b in range(20):
        two = stats.ttest_ind(x[b, seen[b] & group[b]], x[b, seen[b] & ~group[b]])
        assert np.isclose(got.estimate[b] / got.se[b], two.statistic, rtol=1e-12)
        assert got.df[b] == two.df
        one = stats.ttest_1samp(x[b, seen[b]], 0.0)
        assert np.isclose(alone.estimate[b] / alone.se[b], one.statistic, rtol=1e-12)


def test_too_few_values_give_no_standard_error() -> None:
    x = np.ones((1, 3))
    one = np.array([[True, False, False]])
    got = two_sample(x, one, np.zeros_like(one))
    assert got.se[0] == 0.0
    assert got.df[0] == 0.0
