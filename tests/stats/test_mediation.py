import math

import numpy as np
import pytest

from crossblock.core.errors import DesignError, InputError
from crossblock.stats.mediation import mediate, product_interval


def draw(n=40, seed=0, a=2.0, b=1.5, direct=0.5, confounding=0.0):
    rng = np.random.default_rng(seed)
    common = rng.standard_normal(n)
    m0 = rng.normal(10, 2, n)
    m1 = m0 + a + confounding * common + rng.normal(0, 1.5, n)
    y0 = 2.0 + b * m0 + rng.normal(0, 1, n)
    y1 = y0 + direct + b * (m1 - m0) + confounding * common + rng.normal(0, 1, n)
    return m1, m0, y1, y0


def test_effects_add_up():
    m = mediate(*draw())
    assert m.total.value == pytest.approx(m.direct.value + m.indirect.value, abs=1e-10)
    assert m.indirect.value == pytest.approx(m.a.value * m.b.value)


def test_true_paths_lie_in_their_intervals():
    m = mediate(*draw(n=400, seed=2))
    assert m.a.lower < 2.0 < m.a.upper
    assert m.b.lower < 1.5 < m.b.upper
    assert m.direct.lower < 0.5 < m.direct.upper
    assert m.indirect.lower < 3.0 < m.indirect.upper


def test_swapping_the_conditions_turns_the_signs():
    m1, m0, y1, y0 = draw(seed=3)
    there, back = mediate(m1, m0, y1, y0), mediate(m0, m1, y0, y1)
    assert back.a.value == pytest.approx(-there.a.value)
    assert back.b.value == pytest.approx(there.b.value)
    assert back.indirect.value == pytest.approx(-there.indirect.value)
    assert back.indirect.lower == pytest.approx(-there.indirect.upper)


def test_the_curve_crosses_zero_at_rho_zero_and_starts_at_the_estimate():
    m = mediate(*draw(seed=4), rhos=[0.0])
    assert m.sensitivity[0][1] == pytest.approx(m.indirect.value)
    at_zero = mediate(*draw(seed=4), rhos=[m.rho_zero])
    assert at_zero.sensitivity[0][1] == pytest.approx(0.0, abs=1e-10)


def test_the_curve_at_the_true_error_correlation_is_the_true_indirect_effect():
    # u = M_d - a has variance 3.25, the outcome error 2, their covariance is 1; M_s = 2 m0 + a + u
    # has variance 16 + 3.25, and the curve's rho is their correlation given M_s.
    covariance = 1 - 3.25 / 19.25
    rho = covariance / math.sqrt((3.25 - 3.25**2 / 19.25) * (2 - 1 / 19.25))
    m = mediate(*draw(n=100_000, seed=5, confounding=1.0), rhos=[rho])
    assert m.indirect.value > 3.3
    assert m.sensitivity[0][1] == pytest.approx(3.0, abs=0.03)


def test_the_assumption_is_printed():
    m = mediate(*draw())
    assert "sequential ignorability" in m.method.sentence
    assert m.assumption in m.indirect.warnings


def test_the_product_interval_is_that_of_simulated_products():
    rng = np.random.default_rng(1)
    ab = (1.5 + 0.3 * rng.standard_normal(10**6)) * (0.8 + 0.45 * rng.standard_normal(10**6))
    assert product_interval(1.5, 0.3, 0.8, 0.45) == pytest.approx(
        tuple(np.quantile(ab, [0.025, 0.975])), abs=0.01
    )
    low, high = product_interval(0.0, 1.0, 0.0, 1.0)
    assert low == pytest.approx(-high)


@pytest.mark.parametrize(
    ("data", "error", "says"),
    [
        (([1.0] * 4, [2.0] * 4, [1.0] * 4, [1.0] * 4), InputError, "five people"),
        (([1.0] * 6, [2.0] * 5, [1.0] * 6, [1.0] * 6), InputError, "four finite"),
        (([1.0] * 6, [2.0] * 6, list(range(6)), [0.0] * 6), DesignError, "do not vary"),
        (([math.nan] * 6, [2.0] * 6, [0.0] * 6, [0.0] * 6), InputError, "four finite"),
    ],
)
def test_refusals(data, error, says):
    with pytest.raises(error, match=says):
        mediate(*data)
