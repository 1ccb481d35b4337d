import math

import numpy as np
import pytest
from scipy.stats import norm, t

from crossblock.core.errors import ConvergenceError, InputError
from crossblock.stats.power import (
    assurance,
    assurance_t,
    detectable_effect,
    paired_t_power,
    paired_t_size,
    sequential_size,
)
from crossblock.stats.sequential import bounds
from crossblock.stats.spending import Family, Spending


def test_no_effect_has_power_alpha_and_signs_do_not_matter():
    assert paired_t_power(12, 0.0, 1.0) == pytest.approx(0.05, abs=1e-10)
    assert paired_t_power(12, -0.6, 1.0) == pytest.approx(paired_t_power(12, 0.6, 1.0), abs=1e-12)


def test_simulated_trials_agree():
    n, delta, sd = 12, 4.0, 6.0
    d = delta + sd * np.random.default_rng(4).standard_normal((200_000, n))
    hit = np.abs(d.mean(1) / d.std(1, ddof=1) * math.sqrt(n)) > t.isf(0.025, n - 1)
    assert paired_t_power(n, delta, sd) == pytest.approx(hit.mean(), abs=0.004)


def test_the_crossover_loses_one_more_degree_of_freedom():
    assert paired_t_power(12, 4, 6, df_lost=2) < paired_t_power(12, 4, 6)


def test_large_effects_keep_a_finite_power():
    assert paired_t_power(400, 50.0, 1.0) == pytest.approx(1.0)


def test_the_size_is_the_smallest():
    n = paired_t_size(3.0, 6.0, power=0.8)
    assert paired_t_power(n, 3.0, 6.0) >= 0.8 > paired_t_power(n - 1, 3.0, 6.0)
    assert paired_t_size(-3.0, 6.0, power=0.8) == n
    assert paired_t_size(3.0, 6.0, power=0.8, multiple=4) % 4 == 0


def test_the_detectable_effect_has_the_power_it_names():
    effect = detectable_effect(12, 7.0, df_lost=2)
    assert paired_t_power(12, effect, 7.0, df_lost=2) == pytest.approx(0.8, abs=1e-7)


def test_assurance_is_power_averaged_over_the_prior():
    x, w = np.polynomial.hermite_e.hermegauss(80)
    averaged = sum(
        wi * norm.sf(1.96 - (4 + 3 * xi) / (8 / math.sqrt(26)))
        for xi, wi in zip(x, w / math.sqrt(2 * math.pi), strict=True)
    )
    assert assurance(26, 4, 3, 8, critical=1.96) == pytest.approx(averaged, abs=1e-6)
    assert assurance(26, 4, 0, 8) == pytest.approx(norm.sf(norm.isf(0.025) - 4 * math.sqrt(26) / 8))


def test_assurance_of_the_t_test_is_a_little_less():
    assert assurance_t(12, 4, 3, 8) < assurance(12, 4, 3, 8)
    sharp = assurance_t(12, 4, 0, 8)
    assert sharp == pytest.approx(paired_t_power(12, 4, 8, alpha=0.025, sides=1))
    assert assurance_t(12, 4, 1e-6, 8) == pytest.approx(sharp, abs=1e-5)


def test_a_sequential_trial_is_larger_at_most_and_smaller_on_average():
    rule = Spending(family=Family.OBRIEN_FLEMING_LIKE, alpha=0.025)
    size = sequential_size(bounds(rule, [0.5, 1.0]), 4.0, 8.0, power=0.9)
    assert size.maximum > size.fixed > size.expected
    assert size.looks == pytest.approx((size.maximum / 2, size.maximum))
    assert size.under_effect.power == pytest.approx(0.9, abs=1e-8)
    assert size.under_null.power == pytest.approx(0.025, abs=1e-8)


@pytest.mark.parametrize(
    ("call", "error", "says"),
    [
        (lambda: paired_t_power(1, 1, 1), InputError, "2 people"),
        (lambda: paired_t_power(12, 1, 0), InputError, "above 0"),
        (lambda: paired_t_power(12, 1, math.inf), InputError, "above 0"),
        (lambda: paired_t_power(2, 1, 1, df_lost=2), InputError, "no degrees of freedom"),
        (lambda: paired_t_size(0.0, 1.0), InputError, "no number of people"),
        (lambda: paired_t_size(1e-6, 1.0), ConvergenceError, "would be needed"),
        (lambda: assurance(12, 1, -1, 1), InputError, "0 or more"),
        (
            lambda: sequential_size(
                bounds(Spending(family=Family.POCOCK_LIKE, alpha=0.025), [1.0]), 0.0, 1.0
            ),
            InputError,
            "no sample size",
        ),
    ],
)
def test_refusals(call, error, says):
    with pytest.raises(error, match=says):
        call()
