"""Operating characteristics on courses whose truth is known, against a plain threshold rule."""

import numpy as np
import pytest

from crossblock.stats import signal_truth
from crossblock.stats.signal_truth import Truth, operating, simulate


def test_the_same_seed_gives_the_same_course() -> None:
    a, b = (simulate(Truth(), np.random.default_rng(3)) for _ in range(2))
    np.testing.assert_array_equal(a.score, b.score)
    assert np.all(np.diff(a.session) > 0)
    assert a.score.min() >= 0
    assert a.score.max() <= 60


def test_tolerance_shortens_and_escalation_raises() -> None:
    rng = np.random.default_rng(4)
    late = []
    for kind in ("steady", "tolerance"):
        course = simulate(Truth(kind=kind, error_sd=0.1, weather_sd=0.1), rng)
        late.append(course.score[course.rated > 300].mean() / course.baseline)
    assert late[1] > late[0] + 0.1
    steady, rising = (
        simulate(Truth(kind=k), np.random.default_rng(5)) for k in ("steady", "escalation")
    )
    assert rising.session.size > steady.session.size
    assert rising.mg_per_kg[-1] > 1.5 * steady.mg_per_kg[-1]


@pytest.mark.slow
def test_tolerance_is_found_at_five_false_alarms_where_the_threshold_rule_cries_wolf() -> None:
    found = operating("tolerance", 120, 11)
    error = np.sqrt(0.05 * 0.95 / 120)
    assert found.false_per_year < 0.05 + 3 * error
    assert found.detected > 0.6
    naive = operating("tolerance", 120, 11, naive=0.5)
    assert naive.false_per_year > 0.5


@pytest.mark.slow
def test_escalation_is_found_in_everybody() -> None:
    found = operating("escalation", 120, 11)
    error = np.sqrt(0.05 * 0.95 / 120)
    assert found.false_per_year < 0.05 + 3 * error
    assert found.detected > 0.95
    assert 0 < found.delay < 120


def test_no_alarm_is_no_day() -> None:
    quiet = simulate(Truth(days=150), np.random.default_rng(8))
    assert np.isnan(signal_truth.first_alarm(quiet, "escalation", 0.0))
    assert np.isnan(signal_truth.naive_alarm(quiet, "escalation", 99.0))
