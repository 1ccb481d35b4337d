"""Policies: the same people under each, a front that nothing beats, and the worth of knowing."""

from dataclasses import replace

import numpy as np
import pytest

from crossblock.core.errors import InputError
from crossblock.forecast.policies import BENEFIT, RISK, compare, knowing, paired
from crossblock.forecast.setup import setup
from crossblock.load.mechanism import mechanism
from crossblock.load.repeated_regimen import policy
from tests.forecast.settings import COMPOUNDS, SLOW

NAMES = ("induction-only", "weekly", "by-symptoms-with-stop")
ON = setup([mechanism(n) for n in ("h1", "h3b")], SLOW, COMPOUNDS, days=182.0, count=320, seed=3)
FOUND = compare([policy(n) for n in NAMES], ON)


def test_more_sessions_bring_more_time_and_more_exposure():
    few, many = (FOUND.forecasts[n].outcomes for n in ("induction-only", "weekly"))
    assert many[BENEFIT].mean > few[BENEFIT].mean + 0.05
    for name in ("sessions", "cumulative-dose", "bladder", "dependence"):
        assert many[name].mean > few[name].mean, name


def test_a_stop_rule_saves_sessions_for_little_benefit():
    ruled, weekly = (FOUND.forecasts[n].outcomes for n in ("by-symptoms-with-stop", "weekly"))
    assert ruled["sessions"].mean < 0.8 * weekly["sessions"].mean
    assert ruled[BENEFIT].mean > weekly[BENEFIT].mean - 0.15


def test_nothing_on_the_front_is_beaten_twice_over():
    front = FOUND.front()
    assert front
    for p in front:
        for q in NAMES:
            better = FOUND.value(q, BENEFIT).mean > FOUND.value(p, BENEFIT).mean
            safer = FOUND.value(q, RISK).mean < FOUND.value(p, RISK).mean
            assert not (better and safer)


def test_a_policy_against_itself_is_nothing():
    same = paired(FOUND, "weekly", "weekly", "score")
    assert (same.mean, same.low, same.high, same.better) == (0.0, 0.0, 0.0, 0.0)


def test_pairing_says_for_how_many_it_is_better():
    found = paired(FOUND, "weekly", "induction-only", "score")
    assert found.mean < 0.0
    assert 0.3 < found.better < 1.0
    assert found.low < found.mean < found.high


def test_knowing_is_worth_nothing_when_it_changes_nothing():
    free = knowing(FOUND.forecasts, ON.weights, 0.0)
    assert free.gain == pytest.approx(0.0, abs=0.02)
    for known in FOUND.knowing:
        assert known.gain >= 0.0
        if not known.changes:
            assert known.gain == 0.0


def test_knowing_is_worth_the_regret_it_spares():
    """Two policies and two mechanisms that disagree: by hand, the gain is half the difference."""
    one, two = (FOUND.forecasts[n] for n in ("weekly", "induction-only"))

    def fake(f, benefit):
        spread = {
            BENEFIT: replace(f.outcomes[BENEFIT], mechanisms=benefit),
            RISK: replace(f.outcomes[RISK], mechanisms={"h1": 0.0, "h3b": 0.0}),
        }
        return replace(f, outcomes={**f.outcomes, **spread})

    found = knowing(
        {"a": fake(one, {"h1": 0.8, "h3b": 0.2}), "b": fake(two, {"h1": 0.4, "h3b": 0.4})},
        {"h1": 0.5, "h3b": 0.5},
        1.0,
    )
    assert found.best == "a"
    assert found.changes == ("h3b",)
    assert found.gain == pytest.approx(0.5 * 0.2)


def test_two_of_one_name_are_refused():
    with pytest.raises(InputError, match="own name"):
        compare([policy("weekly"), policy("weekly")], ON)
    with pytest.raises(InputError):
        compare([], ON)


def test_equal_people_meet_equal_weather():
    tracks = [f.tracks["h1"] for f in FOUND.forecasts.values()]
    np.testing.assert_array_equal(tracks[0].rated[0], tracks[1].rated[0])
    # Until week 4 the first two are the same course.
    np.testing.assert_array_equal(tracks[0].rated[:4], tracks[1].rated[:4])
