import math

import numpy as np
import pytest
from scipy.optimize import minimize_scalar

from crossblock.core.errors import InputError
from crossblock.domain.result import Outcome
from crossblock.stats.synthesis import random_effects, tau2_dersimonian_laird, tau2_reml

Y, V = [3.1, 0.4, 5.2, 2.0, -1.0], [0.8, 1.2, 0.5, 2.0, 0.9]


def test_reml_is_the_maximum_of_the_restricted_likelihood():
    y, v = np.array(Y), np.array(V)

    def minus(tau2):
        w = 1 / (v + tau2)
        mu = w @ y / w.sum()
        return 0.5 * (-np.log(w).sum() + math.log(w.sum()) + w @ (y - mu) ** 2)

    best = minimize_scalar(minus, bounds=(0, 50), method="bounded", options={"xatol": 1e-10}).x
    assert tau2_reml(y, v) == pytest.approx(best, rel=1e-5)


def test_equal_variances_make_both_estimators_the_moment_one():
    y = np.array(Y)
    v = np.full(5, 0.7)
    moment = y.var(ddof=1) - 0.7
    assert tau2_reml(y, v) == pytest.approx(moment, rel=1e-9)
    assert tau2_dersimonian_laird(y, v) == pytest.approx(moment, rel=1e-9)


def test_equal_variances_make_knapp_hartung_the_t_interval_of_the_effects():
    found = random_effects(Y, [0.7] * 5)
    assert found.knapp_hartung.se == pytest.approx(np.std(Y, ddof=1) / math.sqrt(5))
    assert found.mean is found.knapp_hartung
    assert found.mean.df == 4


def test_homogeneous_trials_stop_at_zero_and_say_so():
    found = random_effects([1.0, 1.1, 0.9], [1.0, 1.0, 1.0])
    assert found.tau2 == 0.0
    assert found.I2 == 0.0
    assert found.mean.outcome is Outcome.BOUNDARY


def test_the_prediction_interval_is_wider_and_open_for_two_trials():
    found = random_effects(Y, V)
    assert found.prediction[0] < found.mean.lower
    assert found.prediction[1] > found.mean.upper
    two = random_effects([1.0, 3.0], [0.5, 0.5])
    assert two.prediction == (-math.inf, math.inf)


def test_turning_the_sign_turns_the_sign():
    there, back = random_effects(Y, V), random_effects([-y for y in Y], V)
    assert back.mean.value == pytest.approx(-there.mean.value)
    assert back.tau2 == pytest.approx(there.tau2)
    assert back.mean.lower == pytest.approx(-there.mean.upper)


def test_weights_sum_to_one_and_methods_name_what_ran():
    found = random_effects(Y, V, estimator="DL", interval="normal")
    assert sum(found.weights) == pytest.approx(1.0)
    assert "DerSimonian" in found.method.sentence
    assert found.mean is found.normal


@pytest.mark.parametrize(
    ("y", "v", "says"),
    [
        ([1.0], [1.0], "two trials"),
        ([1.0, 2.0], [1.0], "two trials"),
        ([1.0, math.nan], [1.0, 1.0], "finite"),
        ([1.0, 2.0], [1.0, 0.0], "above 0"),
        ([1.0, 1.0], [1.0, 1.0], "same effect"),
    ],
)
def test_refusals(y, v, says):
    with pytest.raises(InputError, match=says):
        random_effects(y, v)
