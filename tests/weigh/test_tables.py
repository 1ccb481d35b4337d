import numpy as np
import pytest
from scipy import stats

from crossblock.weigh.tables import paired_significant, signed_root


def test_significance_among_the_selected_is_the_paired_t() -> None:
    rng = np.random.default_rng(3)
    d = rng.normal(0.6, 1.0, (200, 12))
    who = rng.random(d.shape) < 0.6
    got = paired_significant(d, who, who.sum(axis=1))
    for row, kept, found in zip(d, who, got, strict=True):
        x = row[kept]
        if x.size < 2:
            assert found == 0
            continue
        t = stats.ttest_1samp(x, 0.0)
        assert found == int(t.pvalue < 0.05 and t.statistic > 0)


def test_the_signed_root_is_the_f_of_a_participant_only_model() -> None:
    """Condition x time with 4 scores a person: residual df 3 (n - 1)."""
    rng = np.random.default_rng(4)
    n = 26
    before_o, before_b = rng.normal(28, 4, (2, 1, n))
    lost_o, lost_b = rng.normal(12, 6, (2, 1, n))
    root = signed_root(before_o, before_b, lost_o, lost_b)[0]
    y = np.stack([before_o[0], before_o[0] - lost_o[0], before_b[0], before_b[0] - lost_b[0]], 1)
    centered = y - y.mean(axis=1, keepdims=True)
    time, condition = np.array([0, 1, 0, 1.0]), np.array([0, 0, 1, 1.0])
    X = np.column_stack([np.tile(c - c.mean(), n) for c in (time, condition, time * condition)])
    beta, *_ = np.linalg.lstsq(X, centered.ravel(), rcond=None)
    residual = centered.ravel() - X @ beta
    cov = np.linalg.inv(X.T @ X) * (residual @ residual) / (3 * (n - 1))
    assert root**2 == pytest.approx(beta[2] ** 2 / cov[2, 2], rel=1e-9)
    assert np.sign(root) == np.sign(beta[2])
