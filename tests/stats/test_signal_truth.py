"""Courses whose truth is known: what changes, what does not, what a plain rule makes of them."""

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


@pytest.mark.parametrize(
    ("kind", "series", "rise"), [("craving", "craving", 30.0), ("pressure", "systolic", 10.0)]
)
def test_only_what_is_said_to_drift_drifts(
    kind: signal_truth.Kind, series: str, rise: float
) -> None:
    same = [simulate(Truth(kind=k), np.random.default_rng(8)) for k in ("steady", kind)]
    late = same[0].session > 300
    moved = same[1].answers[series][late].mean() - same[0].answers[series][late].mean()
    assert moved > rise
    for name, values in same[0].answers.items():
        if name != series:
            np.testing.assert_array_equal(values, same[1].answers[name])


def test_complaints_of_the_bladder_rise_within_their_scale() -> None:
    same = [simulate(Truth(kind=k), np.random.default_rng(8)) for k in ("steady", "bladder")]
    assert same[1].complaints["pain"][-1] > same[0].complaints["pain"][-1]
    np.testing.assert_array_equal(same[1].complaints["memory"], same[0].complaints["memory"])
    assert all(v.min() >= 0 and v.max() <= 3 for v in same[1].complaints.values())


def test_a_plain_rule_cries_wolf_on_steady_courses() -> None:
    rng = np.random.default_rng(11)
    days = [signal_truth.naive_alarm(simulate(Truth(), rng), "tolerance", 0.5) for _ in range(60)]
    assert np.isfinite(days).mean() > 0.5
    quiet = simulate(Truth(days=150), np.random.default_rng(8))
    assert np.isnan(signal_truth.naive_alarm(quiet, "escalation", 99.0))


def test_operating_by_hand() -> None:
    truth = Truth(onset=100.0, days=signal_truth.WATCHED_FROM + 365.25)
    quiet = np.array([np.nan, np.nan, np.nan, 80.0])
    found = operating(quiet, np.array([90.0, 130.0, 150.0, np.nan]), truth)
    assert found.false_per_year == pytest.approx(0.25)
    assert found.false_error == pytest.approx(np.sqrt(0.25 * 0.75 / 4))
    assert (found.detected, found.early, found.delay) == (0.5, 0.25, 40.0)
