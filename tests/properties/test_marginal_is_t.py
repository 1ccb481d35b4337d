"""On complete 2 x 2 data the marginal mixed model is the two-sample t on half differences."""

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats

from crossblock.domain.result import Outcome
from crossblock.stats.mixed import RandomTerm, Residual, fit


def trial(seed: int, n1: int, n2: int, share: float) -> tuple[np.ndarray, np.ndarray, list[int]]:
    """Return y, X and participants; `share` in (-1, 1) is the within-person correlation."""
    draw = np.random.default_rng(seed)
    n = n1 + n2
    sequence = np.repeat([0, 1], [n1, n2])
    V = np.array([[1.0, share], [share, 1.0]])
    y = draw.multivariate_normal([0.0, 0.5], 9.0 * V, size=n) + 20.0
    B = np.stack([sequence, 1 - sequence], axis=1)  # sequence 1 takes B first
    y = y + 3.0 * B
    columns = [np.ones(2 * n), B.ravel(), np.tile([0, 1], n), np.repeat(sequence, 2)]
    return y.ravel(), np.stack(columns, axis=1).astype(float), list(np.repeat(np.arange(n), 2))


def half_difference_t(y: np.ndarray, n1: int) -> tuple[float, float, float]:
    half = (y.reshape(-1, 2) @ [-1.0, 1.0]) / 2  # (period 2 - period 1) / 2
    test = stats.ttest_ind(half[:n1], half[n1:])
    estimate = half[:n1].mean() - half[n1:].mean()
    return estimate, estimate / test.statistic, float(test.pvalue)


@settings(max_examples=60, deadline=None, derandomize=True)
@given(
    seed=st.integers(0, 100_000),
    n1=st.integers(3, 15),
    n2=st.integers(3, 15),
    share=st.floats(-0.95, 0.95),
)
def test_marginal_fit_is_the_t_test(seed: int, n1: int, n2: int, share: float) -> None:
    y, X, who = trial(seed, n1, n2, share)
    estimate, se, p = half_difference_t(y, n1)
    one = fit(y, X, residual=Residual(kind="cs", unit=who)).contrast([0.0, 1.0, 0.0, 0.0])
    np.testing.assert_allclose(one.value, estimate, rtol=1e-10, atol=1e-10)
    np.testing.assert_allclose(one.se, se, rtol=1e-10)
    np.testing.assert_allclose(one.df, n1 + n2 - 2, rtol=1e-9)
    np.testing.assert_allclose(one.p, p, rtol=1e-8)


@settings(max_examples=40, deadline=None, derandomize=True)
@given(seed=st.integers(0, 100_000), n1=st.integers(4, 12), n2=st.integers(4, 12))
def test_bounded_fit_is_the_t_test_inside_and_not_at_the_bound(seed: int, n1: int, n2: int) -> None:
    y, X, who = trial(seed, n1, n2, 0.2)
    m = fit(y, X, random=[RandomTerm(name="participant", group=who)])
    one = m.contrast([0.0, 1.0, 0.0, 0.0])
    _, se, _ = half_difference_t(y, n1)
    if m.outcome is Outcome.SETTLED:
        np.testing.assert_allclose(one.se, se, rtol=1e-10)
    else:
        assert m.parameter("participant") == 0.0
        assert one.se < se
    np.testing.assert_allclose(one.df, n1 + n2 - 2, rtol=1e-9)
