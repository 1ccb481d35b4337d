"""Calibration: the shipped constants sit where the fit ends, and the search can find its way."""

import ast
import inspect
import math
from dataclasses import replace

import numpy as np
import pytest

from crossblock.domain.target import Use
from crossblock.forecast import calibrate, trials
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
    assert used == {t.id for t in TARGETS if t.use is Use.FIT}
    assert not any(name.startswith(("sustain", "phillips")) for name in used)


def test_no_held_out_number_changes_the_loss_or_the_fit(monkeypatch):
    """Held-out values and errors are scrambled, and their courses refuse to run: nothing moves."""

    def never(*given):
        raise AssertionError("a held-out course was run in the calibration")

    for course in ("phillips", "sustain_1", "sustain_2", "sustain_3", "held_out"):
        monkeypatch.setattr(trials, course, never)
    scrambled = [
        replace(t, value=1e6 - t.value, error=math.nan) if t.use is Use.HELD_OUT else t
        for t in TARGETS
    ]
    assert scrambled != list(TARGETS)
    few = {"count": 60, "seed": 11}
    assert misfit(SLOW, H1, COMPOUNDS, scrambled, **few) == misfit(
        SLOW, H1, COMPOUNDS, TARGETS, **few
    )
    asked = {"count": 60, "most": 4}
    one, two = (fit(SLOW, H1, COMPOUNDS, t, **asked) for t in (TARGETS, scrambled))
    assert one.values == two.values


def test_the_calibration_reaches_no_held_out_course():
    """By name: what `calibrate` and the courses it fits call is written without them."""
    from_trials = {
        alias.name
        for node in ast.walk(ast.parse(inspect.getsource(calibrate)))
        if isinstance(node, ast.ImportFrom) and node.module == "crossblock.forecast.trials"
        for alias in node.names
    }
    assert from_trials == {"bench", "fitted"}
    called = {
        node.func.id
        for node in ast.walk(ast.parse(inspect.getsource(trials.fitted)))
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name)
    }
    assert called == {"single", "singh", "murrough"}
