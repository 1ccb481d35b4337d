"""Controls: what a full mu agonist does, what a spaced session does, and which belief drives it."""

import numpy as np
import pytest

from crossblock.forecast.course import follow, plan
from crossblock.forecast.dependence import index, reference
from crossblock.forecast.session import session_effect
from crossblock.load.mechanism import mechanism
from tests.forecast.settings import (
    COMPOUNDS,
    FULL_AGONIST,
    SLOW,
    UNSUPERVISED,
    people,
    regimen,
)

DAY = 24.0
CROWD = people(120)


def ran(name, given, days=56):
    e = session_effect(mechanism(name), given, CROWD, SLOW, COMPOUNDS)
    track = follow(given, [e], plan(CROWD, given, days * DAY), SLOW)
    control = reference(e, CROWD, SLOW)
    return track, control, index(track, control)


def test_a_daily_full_agonist_gives_tolerance_and_withdrawal():
    _, control, _ = ran("h1", regimen())
    assert np.median(control.left) < 0.5  # less than half of the opioid effect is left
    assert np.median(control.stopping) > 0.1
    assert np.all(control.precipitated >= control.stopping)
    assert np.median(control.precipitated / control.stopping) > 1.2
    assert np.median(control.naive / control.precipitated) < 0.7
    assert np.quantile(control.half_d, [0.05, 0.95]) == pytest.approx([5.0, 5.0], abs=4.5)


def test_spaced_ketamine_without_opioid_drive_gives_next_to_none_of_it():
    for name in ("h1", "h3a"):
        track, control, _ = ran(name, regimen())
        assert np.max(track.withdrawal[-1]) < 0.02 * np.median(control.stopping)
        assert np.median(track.precipitated[-1]) < 0.005


def test_a_direct_agonist_at_high_occupancy_does():
    track, control, _ = ran("h1", FULL_AGONIST)
    spaced, _, _ = ran("h3a", regimen())
    assert np.median(track.withdrawal[-1]) > 50 * np.median(spaced.withdrawal[-1])
    assert np.median(track.withdrawal[-1]) > 0.05 * np.median(control.stopping)


def test_a_path_without_opioids_is_open_under_every_mechanism():
    shares = {}
    for name in ("h1", "h2", "h3a", "h3b", "h5"):
        _, _, found = ran(name, regimen())
        assert np.all(found.without_opioids[-1] > 0.0)
        assert np.all(found.whole[-1] >= found.without_opioids[-1] - 1e-6)
        shares[name] = float(np.median(found.opioid_share[-1]))
    # The belief decides who carries the risk: release and expectancy more than direct binding.
    assert shares["h1"] < 0.05
    assert shares["h3a"] < 0.05
    assert shares["h3b"] > 0.1
    assert shares["h5"] > 0.3


def test_daily_unsupervised_use_stands_far_above_the_clinic():
    _, _, clinic = ran("h1", regimen())
    _, _, daily = ran("h1", UNSUPERVISED)
    assert np.median(daily.whole[-1]) > 5 * np.median(clinic.whole[-1])


def test_nothing_taken_is_zero():
    _, _, found = ran("h3b", regimen())
    assert np.all(found.whole[0] == 0.0)
