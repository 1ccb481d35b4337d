"""Weather: stationary swings, the same for every policy, exact at weekly knots."""

import numpy as np
import pytest

from crossblock.forecast.weather import WEEK, weather
from tests.forecast.settings import people

CROWD = people(3000, spread=False)
FOUND = weather(CROWD, 52 * WEEK, 100)


def test_everybody_starts_at_their_baseline():
    assert np.all(FOUND.swing(0.0) == 0.0)


def test_swings_keep_their_size_and_fade_as_said():
    late = np.log1p(FOUND.swings[8:])
    assert late.std(axis=1) == pytest.approx(np.full(len(late), late.std()), rel=0.1)
    step = FOUND.swings[20:40]
    near = np.corrcoef(step[0], step[1])[0, 1]
    far = np.corrcoef(step[0], step[15])[0, 1]
    assert near > far + 0.15


def test_between_knots_it_is_straight():
    middle = 0.5 * (FOUND.swings[3] + FOUND.swings[4])
    np.testing.assert_allclose(FOUND.swing(3.5 * WEEK), middle)


def test_a_longer_horizon_keeps_the_weeks_before():
    longer = weather(CROWD, 80 * WEEK, 100)
    np.testing.assert_array_equal(longer.swings[: len(FOUND.swings)], FOUND.swings)
    np.testing.assert_array_equal(longer.turns, FOUND.turns)


def test_waits_are_unit_exponentials():
    assert FOUND.turns.mean() == pytest.approx(1.0, abs=0.02)
    assert FOUND.turn_worse.mean() == pytest.approx(1.0, abs=0.06)
