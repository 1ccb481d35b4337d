import math
import time
from dataclasses import replace

import numpy as np
import pytest
from scipy.stats import norm

from crossblock.core.errors import InputError
from crossblock.stats.sequential import (
    Shape,
    bounds,
    characteristics,
    fixed_drift,
    inflation,
    required_drift,
)
from crossblock.stats.spending import Family, Spending

OBF = Spending(family=Family.OBRIEN_FLEMING_LIKE, alpha=0.025)


def test_one_look_is_the_fixed_test():
    b = bounds(OBF, [1.0])
    assert b.efficacy[0] == pytest.approx(norm.isf(0.025), abs=1e-9)
    assert required_drift(b, 0.9) == pytest.approx(fixed_drift(0.025, 0.9), abs=1e-8)
    assert inflation(b, 0.9) == pytest.approx(1.0, abs=1e-8)


def test_an_early_end_spends_all_of_alpha_when_told_to():
    short = bounds(OBF, [14 / 30, 0.8], spent_at=[14 / 30, 1.0])
    assert short.alpha_spent[-1] == pytest.approx(0.025)
    left = bounds(OBF, [14 / 30, 0.8])
    assert left.alpha_spent[-1] < 0.025
    assert short.efficacy[-1] < left.efficacy[-1]


def test_more_information_than_planned_spends_no_more_than_alpha():
    over = bounds(OBF, [0.5, 1.2])
    assert over.alpha_spent[-1] == pytest.approx(0.025)
    assert over.crossing(0.0).above.sum() == pytest.approx(0.025, abs=1e-9)


def test_classic_shapes_hold_their_form():
    t = np.array([0.2, 0.5, 1.0])
    b = bounds(Shape(delta=0.25, alpha=0.05), t, sides=2)
    constant = np.array(b.efficacy) * t**0.25
    np.testing.assert_allclose(constant, constant[0], rtol=1e-12)
    assert b.futility == tuple(-u for u in b.efficacy)
    assert b.alpha_spent[-1] == pytest.approx(0.05, abs=1e-8)


def test_two_sided_spending_splits_alpha():
    both = bounds(Spending(family=Family.POCOCK_LIKE, alpha=0.05), [0.5, 1.0], sides=2)
    exits = both.crossing(0.0)
    assert exits.above.sum() == pytest.approx(0.025, abs=1e-9)
    assert exits.below.sum() == pytest.approx(0.025, abs=1e-9)


def test_characteristics_are_those_of_simulated_trials():
    b = bounds(Spending(family=Family.KIM_DEMETS, alpha=0.025, parameter=2), [0.3, 0.7, 1.0])
    drift = 2.8
    rng = np.random.default_rng(5)
    t = np.array(b.information)
    steps = rng.standard_normal((200_000, 3)) * np.sqrt(np.diff(t, prepend=0))
    z = (np.cumsum(steps, axis=1) + drift * t) / np.sqrt(t)
    crossed = z >= np.array(b.efficacy)
    first = np.where(crossed.any(axis=1), crossed.argmax(axis=1), 2)
    found = characteristics(b, drift)
    assert found.power == pytest.approx(crossed.any(axis=1).mean(), abs=0.004)
    assert found.expected_information == pytest.approx(t[first].mean(), abs=0.003)


@pytest.mark.parametrize(
    ("information", "says"),
    [
        ([], "positive information"),
        ([0.0, 1.0], "positive information"),
        ([0.5, 0.5], "must grow"),
        ([0.7, 0.5], "must grow"),
        ([math.nan, 1.0], "positive information"),
    ],
)
def test_refuses_looks_that_are_none(information, says):
    with pytest.raises(InputError, match=says):
        bounds(OBF, information)


def test_refuses_power_out_of_reach():
    b = bounds(OBF, [0.5, 1.0])
    with pytest.raises(InputError, match="between alpha and 1"):
        required_drift(b, 0.01)


def test_a_strict_futility_rule_asks_for_more():
    b = bounds(OBF, [0.5, 1.0])
    assert required_drift(replace(b, futility=(2.5, -math.inf)), 0.9) > required_drift(b, 0.9) + 0.5


def test_the_method_cites_what_ran():
    b = bounds(OBF, [14 / 30, 1.0])
    assert "Lan-DeMets spending of O'Brien-Fleming type" in b.method.sentence
    assert {r.key for r in b.method.references} >= {"lan1983", "jennison2000"}


def test_five_looks_take_less_than_50_ms():
    t = [0.2, 0.4, 0.6, 0.8, 1.0]
    bounds(OBF, t)
    started = time.process_time()
    for _ in range(5):
        bounds(OBF, t)
    assert (time.process_time() - started) / 5 < 0.05
