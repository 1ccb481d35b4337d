"""One person as a model: the filter is exact, stories change what they say and nothing else."""

import numpy as np
import pytest
from scipy.stats import multivariate_normal

from crossblock.domain.history import History
from crossblock.forecast.personal import (
    CEILING,
    ILLNESS,
    NAMES,
    STABLE,
    STORIES,
    TOLERANCE,
    Dosed,
    course,
    drawn,
    filtered,
)
from tests.forecast.settings import SLOW

HISTORY = History(baseline=34.0, ratings=(), sessions=())
WEEKLY = tuple(Dosed(start_h=168.0 * k, size=1.0) for k in range(30))
LOOKS = np.array([24.0 + 168.0 * k for k in range(30)])


def me(story, n=1, z=None, end=5040.0):
    z = np.zeros((n, len(NAMES))) if z is None else z
    return drawn(z, np.full(len(z), story), HISTORY, SLOW, end)


def test_the_filter_is_the_multivariate_normal():
    """Ratings are jointly Gaussian given the course: the filter must give that density."""
    m = np.array([[30.0], [22.0], [18.0], [20.0]])
    looks = np.array([10.0, 100.0, 400.0, 420.0])
    scores = np.array([31.0, 20.0, 15.0, 22.0])
    sd, k, error = SLOW["fluctuation"], SLOW.rate("x"), 3.0
    found = filtered(m, looks, scores, SLOW, error).log_likelihood[0]
    # x starts at 0: covariance of an Ornstein-Uhlenbeck process from a fixed start.
    t = looks
    apart = np.abs(t[:, None] - t[None, :])
    together = np.minimum(t[:, None], t[None, :])
    x = sd**2 * np.exp(-k * apart) * (1.0 - np.exp(-2.0 * k * together))
    cov = m * x * m.T + error**2 * np.eye(4)
    assert found == pytest.approx(multivariate_normal(m[:, 0], cov).logpdf(scores), abs=1e-9)


def test_a_missing_rating_is_the_same_as_none():
    m = np.array([[30.0], [22.0], [18.0]])
    looks = np.array([10.0, 100.0, 400.0])
    gap = filtered(m, looks, np.array([31.0, np.nan, 15.0]), SLOW, 3.0).log_likelihood
    less = filtered(m[[0, 2]], looks[[0, 2]], np.array([31.0, 15.0]), SLOW, 3.0).log_likelihood
    np.testing.assert_allclose(gap, less)


def test_sessions_lower_the_course_and_a_look_sees_before_its_own():
    m = course(me(STABLE), WEEKLY, np.array([0.0, 24.0, 168.0]))
    assert m[0, 0] == 34.0
    assert m[1, 0] < 25.0


def test_illness_and_ceiling_rise_late_and_tolerance_creeps():
    z = np.zeros((1, len(NAMES)))
    z[0, NAMES.index("size")] = 1.5
    late = {s: course(me(s, z=z), WEEKLY, LOOKS)[[8, -1], 0] for s in STORIES}
    rise = {s: x[1] - x[0] for s, x in late.items()}
    assert abs(rise[STABLE]) < 1.0
    assert rise[ILLNESS] > rise[STABLE] + 1.0
    assert rise[CEILING] > rise[STABLE] + 1.0
    assert rise[TOLERANCE] > rise[STABLE] + 0.5
    assert late[CEILING][0] > late[STABLE][0]


def test_after_a_break_tolerance_recovers_and_a_grown_illness_does_not():
    z = np.zeros((1, len(NAMES)))
    z[0, NAMES.index("size")] = 1.5
    after = 30 * 168.0 + 200 * 24.0
    again = (*WEEKLY, *(Dosed(start_h=after + 168.0 * k, size=1.0) for k in range(4)))
    look = np.array([29 * 168.0 + 24.0, after + 3 * 168.0 + 24.0])
    change = {
        s: float(np.diff(course(me(s, z=z), again, look)[:, 0])[0])
        for s in (STABLE, ILLNESS, TOLERANCE)
    }
    assert change[TOLERANCE] < change[STABLE] - 0.5
    assert change[ILLNESS] > change[TOLERANCE]


def test_people_are_the_mixture_of_the_cohort():
    rng = np.random.default_rng(1)
    z = rng.standard_normal((4000, len(NAMES)))
    m = course(me(STABLE, z=z), WEEKLY[:8], np.array([8 * 168.0]))
    share = np.mean(m[0] <= 17.0)
    assert 0.3 < share < 0.85
