"""Times to relapse: runs of bad looks, Kaplan-Meier, and a hazard ratio that recovers the truth."""

import math

import numpy as np
import pytest

from crossblock.forecast.survival import hazard_ratio, kept, median_time, relapse_time

TIMES = np.arange(6.0)


def test_a_relapse_is_the_first_of_two_bad_looks_in_a_row():
    bad = np.array([[1, 1, 0, 1, 1, 0], [0, 1, 0, 1, 0, 1], [0, 0, 0, 0, 1, 1]], dtype=bool).T
    found = relapse_time(bad, TIMES, 1)
    assert found.tolist() == [2.0, math.inf, 3.0]
    assert np.all(np.isinf(relapse_time(bad, TIMES, 5)))


def test_kaplan_meier_of_a_worked_example():
    """Six people, by hand: events at 1, 3 and 4; two leave at 2, one at 5."""
    time = np.array([1.0, 2.0, 2.0, 3.0, 4.0, 5.0])
    event = np.array([1, 0, 0, 1, 1, 0], dtype=bool)
    found = kept(time, event, np.array([0.5, 1.0, 3.0, 4.0]))
    assert found == pytest.approx([1.0, 5 / 6, 5 / 6 * 2 / 3, 5 / 6 * 2 / 3 * 1 / 2])
    assert median_time(time, event) == 4.0
    assert math.isinf(median_time(time, np.zeros(6, dtype=bool)))


def test_the_hazard_ratio_recovers_what_made_the_data():
    rng = np.random.default_rng(5)
    treated = np.arange(20_000) % 2 == 0
    time = rng.exponential(np.where(treated, 2.0, 1.0))
    event = time < 1.5
    found = hazard_ratio(np.minimum(time, 1.5), event, treated)
    assert found == pytest.approx(0.5, abs=0.02)


def test_one_sided_data_say_so():
    time, side = np.ones(4), np.array([1, 1, 0, 0], dtype=bool)
    assert hazard_ratio(time, side, side) == math.inf
    assert hazard_ratio(time, ~side, side) == 0.0
    assert math.isnan(hazard_ratio(time, np.zeros(4, dtype=bool), side))
