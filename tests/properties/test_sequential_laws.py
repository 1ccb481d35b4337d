"""Laws of stopping rules: alpha is never overspent, bounds and power move the right way."""

import math
from itertools import pairwise

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from crossblock.kernels.tboundary import spend_t
from crossblock.stats.conditional import conditional_power, predictive_power
from crossblock.stats.sequential import Shape, bounds, characteristics, required_drift
from crossblock.stats.spending import Family, Spending
from crossblock.stats.stopped import Stop, final_estimate, repeated_interval

LOOKS = (
    st.lists(st.integers(3, 100), min_size=1, max_size=5, unique=True)
    .map(sorted)
    .map(lambda n: [k / n[-1] for k in n])
)
RULES = st.one_of(
    st.builds(
        Spending,
        family=st.sampled_from([Family.OBRIEN_FLEMING_LIKE, Family.POCOCK_LIKE]),
        alpha=st.floats(0.005, 0.2),
    ),
    st.builds(
        Spending,
        family=st.just(Family.HWANG_SHIH_DECANI),
        alpha=st.floats(0.005, 0.2),
        parameter=st.floats(-8, 4),
    ),
    st.builds(
        Spending,
        family=st.just(Family.KIM_DEMETS),
        alpha=st.floats(0.005, 0.2),
        parameter=st.floats(0.5, 5),
    ),
)
quick = settings(max_examples=25, deadline=None)


@given(RULES, LOOKS, st.sampled_from([1, 2]))
@quick
def test_alpha_spent_never_exceeds_alpha(rule, looks, sides):
    b = bounds(rule, looks, sides=sides)
    exits = b.crossing(0.0)
    crossed = np.cumsum(exits.above + exits.below)
    assert np.all(crossed <= np.array(b.alpha_spent) + 1e-7)
    assert b.alpha_spent[-1] <= rule.alpha + 1e-12
    assert np.all(np.diff(b.alpha_spent) >= 0)


@given(LOOKS, st.integers(1, 6), st.floats(0.01, 0.1))
@quick
def test_obrien_fleming_bounds_fall_and_pocock_bounds_stay(looks, number, alpha):
    # The spending form falls at evenly spaced looks; a last look soon after another one may not.
    even = [k / number for k in range(1, number + 1)]
    spending = Spending(family=Family.OBRIEN_FLEMING_LIKE, alpha=alpha)
    assert all(a > b for a, b in pairwise(bounds(spending, even).efficacy))
    classic = bounds(Shape(delta=0.0, alpha=alpha), looks, sides=2).efficacy
    assert all(a > b for a, b in pairwise(classic))
    flat = bounds(Shape(delta=0.5, alpha=alpha), looks, sides=2).efficacy
    assert max(flat) - min(flat) < 1e-9


@given(RULES, LOOKS, st.floats(0.0, 5.0), st.floats(0.01, 2.0))
@quick
def test_power_grows_with_the_effect_and_information_is_saved(rule, looks, drift, more):
    b = bounds(rule, looks)
    small, large = characteristics(b, drift), characteristics(b, drift + more)
    assert large.power >= small.power - 1e-9
    assert large.expected_information <= small.expected_information + 1e-9
    assert large.expected_information <= looks[-1] + 1e-12


@given(RULES, LOOKS)
@quick
def test_more_power_needs_more_people_and_looks_cost_some(rule, looks):
    b = bounds(rule, looks)
    once = bounds(rule, [1.0])
    assert required_drift(b, 0.9) > required_drift(b, 0.8)
    assert required_drift(b, 0.9) >= required_drift(once, 0.9) - 1e-6


@given(RULES, st.floats(0.2, 0.8), st.floats(-1, 4), st.floats(-3, 3), st.floats(0.01, 2))
@quick
def test_conditional_power_grows_with_result_and_effect(rule, t, z, drift, more):
    b = bounds(rule, [t, 1.0])
    here = conditional_power(b, 1, z, drift)
    assert 0 <= here <= 1
    assert conditional_power(b, 1, z + more, drift) >= here - 1e-12
    assert conditional_power(b, 1, z, drift + more) >= here - 1e-12
    assert 0 <= predictive_power(b, 1, z) <= 1


@given(
    RULES,
    st.floats(0.3, 0.8),
    st.floats(-5, 12),
    st.floats(0.5, 3),
    st.integers(6, 60),
    st.floats(0.2, 5),
)
@settings(max_examples=15, deadline=None)
def test_estimates_after_stopping_scale_with_the_unit(rule, t, estimate, se, df, unit):
    b = bounds(rule, [t, 1.0])
    one = final_estimate(b, Stop(look=2, estimate=estimate, se=se, df=df))
    other = final_estimate(b, Stop(look=2, estimate=estimate * unit, se=se * unit, df=df))
    assert one.lower <= one.value <= one.upper
    for a, c in ((one.value, other.value), (one.lower, other.lower), (one.upper, other.upper)):
        assert math.isclose(a * unit, c, rel_tol=1e-6, abs_tol=1e-6 * se * unit)
    repeated = repeated_interval(b, Stop(look=2, estimate=estimate, se=se, df=df))
    assert math.isclose(repeated.upper + repeated.lower, 2 * estimate, abs_tol=1e-9)


@given(st.lists(st.integers(5, 12), min_size=1, max_size=4), st.floats(0.01, 0.1))
@settings(max_examples=15, deadline=None)
def test_exact_t_bounds_lie_above_the_normal_ones(steps, alpha):
    df = np.cumsum(steps)
    info = (df + 1) / (df[-1] + 1)
    rule = Spending(family=Family.POCOCK_LIKE, alpha=alpha)
    b = bounds(rule, info)
    assert np.all(spend_t(np.array(b.alpha_spent), info, df) > np.array(b.efficacy) - 1e-6)
