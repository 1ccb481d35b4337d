"""Sessions are solved once for all policies that give the same one, and the answer is the same."""

from dataclasses import replace

import numpy as np

from crossblock.forecast.forecast import forecast
from crossblock.forecast.sessions import Sessions
from crossblock.forecast.setup import setup
from crossblock.load.mechanism import mechanism
from crossblock.load.repeated_regimen import policy, regimen
from tests.forecast.settings import COMPOUNDS, SLOW

ON = setup([mechanism("h3b")], SLOW, COMPOUNDS, days=56.0, count=80, seed=5)


def test_the_same_session_is_solved_once_whatever_the_schedule():
    solved = Sessions(ON)
    m = ON.mechanisms[0]
    weekly, taper = policy("weekly"), policy("taper")
    assert solved.effect(m, weekly, 1.0) is solved.effect(m, taper, 1.0)
    assert solved.control(m, weekly) is solved.control(m, taper)


def test_another_dose_blocker_or_setting_is_another_session():
    solved = Sessions(ON)
    m, base = ON.mechanisms[0], regimen("ketamine-twice-weekly")
    first = solved.effect(m, base, 1.0)
    twice = replace(base, dose=replace(base.dose, amount=2 * base.dose.amount))
    beside = regimen("ketamine-on-naltrexone").beside
    assert solved.effect(m, base, 2.0) is not first
    assert np.all(solved.effect(m, twice, 1.0).nmda > first.nmda)
    assert np.all(solved.effect(m, replace(base, beside=beside), 1.0).opioid < first.opioid)


def test_sharing_changes_no_number():
    shared = Sessions(ON)
    forecast(policy("weekly"), ON, shared)
    alone, after = forecast(policy("taper"), ON), forecast(policy("taper"), ON, shared)
    assert np.array_equal(alone.tracks["h3b"].rated, after.tracks["h3b"].rated)
    assert alone.outcomes["dependence"].mean == after.outcomes["dependence"].mean
