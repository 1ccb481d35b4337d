"""Imaginary patients come from the forecast: its people, its regimens, its reasons of loss."""

import numpy as np
import pytest

from crossblock.forecast.imagined import imagine
from crossblock.load.adaptation import adaptation


def course(kind, days, seed=1):
    return imagine(kind, days, np.random.default_rng(seed))


@pytest.mark.parametrize("kind", ["steady", "tolerance", "escalation"])
def test_a_course_starts_with_a_session_and_is_rated_the_day_after(kind):
    found = course(kind, 200.0)
    assert found.session[0] == 0.0
    assert np.all(np.diff(found.session) > 1.0)
    assert np.all(np.diff(found.rated) > 0.0)
    assert set(found.session[:-1] + 1.0) <= set(found.rated)
    assert found.rated.max() <= 200.0
    assert found.score.min() >= 0.0
    assert found.score.max() <= 60.0


def test_one_keeps_the_effect_and_one_loses_it():
    for kind, least, most in (("steady", -4.0, 8.0), ("tolerance", 6.0, 60.0)):
        found = course(kind, 280.0)
        early = found.score[(found.rated > 14) & (found.rated < 90)].mean()
        late = found.score[found.rated > 190].mean()
        assert least < late - early < most, kind


def test_one_is_raised_and_the_others_keep_their_dose():
    raised = course("escalation", 220.0).mg_per_kg
    assert raised[-1] > 1.4 * raised[0]
    for kind in ("steady", "tolerance"):
        dose = course(kind, 220.0).mg_per_kg
        assert np.allclose(dose, dose[0], rtol=0.02)


def test_seeds_give_other_people_and_the_same_seed_the_same():
    a, b = course("steady", 60.0, 3), course("steady", 60.0, 3)
    assert np.array_equal(a.score, b.score)
    assert any(not np.array_equal(a.score, course("steady", 60.0, s).score) for s in range(4, 9))


def test_ratings_carry_the_error_that_the_forecast_says():
    found = [course("steady", 60.0, s) for s in range(30)]
    same = [f for f in found if f.baseline == found[0].baseline]
    spread = np.std([f.score[1] for f in same], ddof=1)
    assert len(same) > 3
    assert 0.3 * adaptation()["rating_sd"] < spread < 2.0 * adaptation()["rating_sd"]
