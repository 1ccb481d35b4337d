"""Calibration: the shipped constants sit where the fit ends, and the search can find its way."""

import numpy as np
import pytest

from crossblock.forecast.calibrate import at, coordinates, effect_half_time, fit, misfit, prior
from crossblock.load.mechanism import mechanism
from crossblock.load.target import targets
from tests.forecast.settings import COMPOUNDS, SLOW

H1, TARGETS = mechanism("h1"), targets()
SMALL = {"count": 300, "seed": 11}


def loss(slow, **more):
    return sum(misfit(slow, H1, COMPOUNDS, TARGETS, **{**SMALL, **more}).values()) + prior(slow)


def test_coordinates_and_constants_are_two_ways_to_say_the_same():
    theta = coordinates(SLOW)
    np.testing.assert_allclose(coordinates(at(SLOW, theta)), theta, atol=1e-12)


def test_the_shipped_constants_are_near_the_bottom():
    """A step in either direction of any constant fits worse, up to the noise of 500 people."""
    theta = coordinates(SLOW)
    here = loss(SLOW, count=500)
    for i in range(len(theta)):
        for step in (-0.5, 0.5):
            there = theta.copy()
            there[i] += step
            assert loss(at(SLOW, there), count=500) > here - 2.0, (i, step)
    assert here < 25.0  # 16 figures and 2 terms


def test_the_search_goes_downhill():
    start = at(SLOW, coordinates(SLOW) + np.array([-0.8, 0.0, 0.0, 0.0, 0.3, 0.0]))
    found = fit(start, H1, COMPOUNDS, TARGETS, count=120, most=14)
    assert found.after < found.before
    assert set(found.values) == {"fall", "reach", "nonresponders", "care", "half_life_R", "omega"}


def test_the_effect_halves_more_slowly_than_plasticity():
    assert effect_half_time(SLOW) > 1.5 * SLOW["half_life_R"]
    assert effect_half_time(SLOW) / 24.0 == pytest.approx(12.2, rel=0.35)


def test_held_out_figures_never_enter():
    used = set(misfit(SLOW, H1, COMPOUNDS, TARGETS, count=60))
    assert not any(name.startswith(("sustain", "phillips")) for name in used)
