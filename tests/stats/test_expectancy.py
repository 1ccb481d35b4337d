import math

import numpy as np
import pytest
from scipy.stats import t

from crossblock.core.errors import DesignError, InputError
from crossblock.stats.expectancy import from_guess_shares, tipping_point

RNG = np.random.default_rng(9)
D = 5.0 + 6.0 * RNG.standard_normal(26)
X = np.where(RNG.random(26) < 0.6, 1.0, np.where(RNG.random(26) < 0.3, -1.0, 0.0))
SEQUENCE = ["AB", "BA"] * 13


def adjusted(e):
    d = D - e * X
    groups = [d[np.array(SEQUENCE) == s] for s in ("AB", "BA")]
    mean = np.mean([g.mean() for g in groups])
    s2 = sum(((g - g.mean()) ** 2).sum() for g in groups) / (len(d) - 2)
    se = math.sqrt(s2 * sum(1 / len(g) for g in groups)) / 2
    return mean, se


def test_the_result_falls_exactly_at_the_tipping_points():
    found = tipping_point(D, X, SEQUENCE)
    assert found.plain.lower > 0
    mean, _ = adjusted(found.to_zero)
    assert mean == pytest.approx(0.0, abs=1e-10)
    mean, se = adjusted(found.to_interval)
    assert mean - t.isf(0.025, 24) * se == pytest.approx(0.0, abs=1e-9)
    assert 0 < found.to_interval < found.to_zero
    assert f"{found.to_zero:.1f} points" in found.sentence


def test_the_curve_is_the_adjusted_analysis():
    found = tipping_point(D, X, SEQUENCE)
    e, estimate, low, high = found.curve[7]
    mean, se = adjusted(e)
    reach = t.isf(0.025, 24) * se
    assert (estimate, low, high) == pytest.approx((mean, mean - reach, mean + reach))
    assert found.curve[0][0] == 0.0


def test_guesses_that_do_not_differ_explain_nothing():
    found = tipping_point(D, np.zeros(26), SEQUENCE)
    assert math.isinf(found.to_zero)
    assert math.isinf(found.to_interval)
    assert found.sentence.startswith("No amount")


def test_beliefs_the_other_way_cannot_explain_the_result():
    assert math.isinf(tipping_point(D, -np.abs(X), SEQUENCE).to_zero)


def test_an_undecided_result_needs_no_expectancy():
    found = tipping_point(D - D.mean(), X)
    assert found.to_interval == 0.0
    assert "includes 0 without any" in found.sentence


def test_perfect_unblinding_is_the_difference_itself():
    found = tipping_point(D, np.ones(26))
    assert found.to_zero == pytest.approx(D.mean())
    assert found.to_interval == pytest.approx(found.plain.lower)
    assert from_guess_shares(4.0, 1.0, 0.0) == 4.0
    assert from_guess_shares(4.0, 0.7, 0.2) == pytest.approx(8.0)
    assert math.isinf(from_guess_shares(4.0, 0.4, 0.4))
    assert math.isinf(from_guess_shares(4.0, 0.2, 0.7))


@pytest.mark.parametrize(
    ("call", "error", "says"),
    [
        (lambda: tipping_point([1.0], [0.0]), InputError, "two or more pairs"),
        (lambda: tipping_point([1.0, math.nan], [0.0, 1.0]), InputError, "finite"),
        (lambda: tipping_point([1.0, 2.0], [0.0, 3.0]), InputError, "between -1 and 1"),
        (lambda: tipping_point([1.0, 1.0], [0.0, 1.0]), DesignError, "all equal"),
        (lambda: tipping_point([1.0, 2.0], [0.0, 1.0], ["AB", "BA"]), DesignError, "too few"),
        (lambda: from_guess_shares(4.0, 1.2, 0.0), InputError, "between 0 and 1"),
    ],
)
def test_refusals(call, error, says):
    with pytest.raises(error, match=says):
        call()
