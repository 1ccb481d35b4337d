"""The whole watch on simulated courses: what it is asked of, and that it keeps its promise."""

from pathlib import Path

import numpy as np
import pytest

from crossblock.server.clinic import house, watch_truth
from crossblock.server.clinic.house import House
from crossblock.server.clinic.watch_truth import GROUPS, alarms, as_course, first_of, judged
from crossblock.stats.signal_truth import Kind, Truth, simulate
from tests.server.clinic.conftest import CLINIC


@pytest.fixture
def clinic(tmp_path: Path) -> House:
    house.read.cache_clear()
    (tmp_path / "clinic.toml").write_text(CLINIC)
    return house.read(tmp_path)


def test_a_course_holds_what_was_simulated(clinic: House) -> None:
    found = simulate(Truth(days=150), np.random.default_rng(1))
    course = as_course(found, clinic)
    assert len(course.sessions) == found.session.size
    assert course.sessions[3].mg_per_kg == pytest.approx(found.mg_per_kg[3])
    assert course.baseline("madrs") == found.baseline
    assert [f.total for f in course.scores("ketamine-craving")] == list(found.answers["craving"])
    assert len(course.all("monthly")) == found.month.size


def test_steady_courses_are_quiet_and_changed_ones_are_found(clinic: House) -> None:
    truth = Truth(days=300, onset=90)
    quiet = alarms("steady", 12, 4, clinic, truth)
    assert np.isfinite(first_of(quiet)).sum() <= 2
    kinds: tuple[Kind, ...] = ("tolerance", "escalation")
    for kind in kinds:
        found = judged(kind, quiet, alarms(kind, 6, 4, clinic, truth), truth)
        assert found.detected >= 0.8
        assert 0 < found.delay < 210


def test_a_signal_of_another_kind_is_no_detection() -> None:
    truth = Truth(onset=100.0)
    found = judged("tolerance", [{}], [{"pressure": 150.0}, {"kept": 160.0}], truth)
    assert (found.detected, found.delay) == (0.5, 60.0)
    assert set(GROUPS) == set(watch_truth.get_args(Kind)) - {"steady"}
