"""Courses: laws that hold for any regimen, speed, and what the looks write down."""

import time

import numpy as np
import pytest

from crossblock.core.errors import InputError
from crossblock.domain.adaptation import Loss
from crossblock.domain.repeated_regimen import Phase, Rules
from crossblock.forecast.course import follow, plan
from crossblock.forecast.session import session_effect
from crossblock.load.mechanism import mechanism
from tests.forecast.settings import COMPOUNDS, SLOW, people, regimen

DAY = 24.0
CROWD = people(400)


def run(given=None, days=84, crowd=CROWD, name="h1", look_h=168.0):
    given = given or regimen()
    effects = [
        session_effect(mechanism(name), given, crowd, SLOW, COMPOUNDS, f)
        for f in given.rules.escalate
    ]
    return follow(given, effects, plan(crowd, given, days * DAY, look_h), SLOW)


def test_people_start_at_their_baseline_and_gain():
    track = run()
    np.testing.assert_allclose(track.true[0], CROWD.baseline, rtol=1e-5)
    assert track.true[4].mean() < track.true[0].mean() - 8.0
    assert np.all((track.rated >= 0) & (track.rated <= 60))
    assert np.all((track.above >= 0) & (track.above <= 1))


def test_more_looks_change_nothing_else():
    """The step is exact: looking every day gives the same states as looking every week."""
    weekly, daily = run(), run(look_h=24.0)
    rows = np.searchsorted(daily.times_h, weekly.times_h)
    for name in ("wanting", "opponent", "bladder", "mg", "sessions"):
        np.testing.assert_allclose(getattr(daily, name)[rows], getattr(weekly, name), rtol=1e-5)


def test_the_same_seed_gives_the_same_course():
    np.testing.assert_array_equal(run(days=28).rated, run(days=28).rated)


def test_dissociation_fades_with_repetition_and_the_mood_effect_need_not():
    track = run()
    assert np.median(track.cadss[12] / track.cadss[1]) < 0.7
    steady = track.of(Loss.ILLNESS)
    assert track.true[12][steady].mean() <= track.true[4][steady].mean() + 1.0


def test_after_stopping_the_effect_fades_and_exposure_too():
    given = regimen([Phase(name="a", every_h=84.0, sessions=8)])
    track = run(given, days=168)
    assert track.sessions[-1].max() == 8
    assert track.true[-1].mean() > track.true[4].mean() + 2.0
    assert track.wanting[-1].mean() < 0.3 * track.wanting[4].mean()
    assert np.all(track.mg[-1] == track.mg[5])


def test_tolerance_costs_effect_that_the_others_keep():
    gain = run(days=364).benefit
    first = run(days=7).benefit[-1]
    assert first.mean() > 0
    track = run(days=364)
    worse = track.true[-1][track.of(Loss.TOLERANCE)].mean()
    better = track.true[-1][track.of(Loss.SENSITIZATION)].mean()
    assert worse > better + 1.0
    assert np.all(gain >= 0)


def test_no_session_no_effect_of_the_drug():
    given = regimen(rules=Rules(missed=0.999999))
    track = run(given)
    assert track.sessions.max() <= 1
    assert np.median(track.wanting[-1]) == 0.0


def test_a_regimen_that_cannot_be_given_is_refused_before_anything_runs():
    with pytest.raises(InputError, match="overlap"):
        plan(CROWD, regimen([Phase(name="a", every_h=0.1)]), 100.0)


def test_a_year_twice_weekly_costs_little():
    """A tenth of the promised people under one of six mechanisms; the proof runs the whole."""
    crowd = people(1000)
    start = time.process_time()
    run(days=364, crowd=crowd)
    assert time.process_time() - start < 60.0 / 6 / 2
