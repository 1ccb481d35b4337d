from dataclasses import replace

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from crossblock.stats.crossover import treatment, two_periods
from crossblock.stats.participants import all_participants
from tests.stats.test_crossover import senn


@settings(max_examples=25, deadline=None)
@given(st.integers(0, 2**32 - 1), st.floats(-0.6, 0.9))
def test_complete_two_by_two_equals_the_t_test(seed: int, correlation: float) -> None:
    """The marginal fit equals the two-sample t on complete data, negative correlation too."""
    rng = np.random.default_rng(seed)
    table = senn()
    n = table.y.shape[1]
    L = np.linalg.cholesky(np.array([[1.0, correlation], [correlation, 1.0]]))
    table = replace(table, y=(rng.normal(size=(1, n, 2)) @ L.T) * 8 + 30)
    t = treatment(two_periods(table, "for", "sal"))
    fit = all_participants(table, test="for", reference="sal", label="x")
    assert abs(fit.value - float(t.estimate[0])) < 1e-10
    assert fit.se is not None
    assert abs(fit.se / float(t.se[0]) - 1.0) < 1e-7
    assert fit.df is not None
    assert abs(fit.df - float(t.df[0])) < 1e-5


def test_people_seen_once_are_counted() -> None:
    table = senn()
    seen = table.observed.copy()
    seen[0, 0, 1] = False
    fit = all_participants(replace(table, observed=seen), test="for", reference="sal", label="x")
    assert fit.n == 13
    assert sum(fit.n_by_sequence.values()) == 13
