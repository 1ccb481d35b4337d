"""Cohorts: the same people whatever the number, explanations in equal shares, spreads apart."""

import numpy as np
import pytest

from crossblock.core.errors import InputError
from crossblock.domain.adaptation import Loss
from tests.forecast.settings import SLOW, people


def test_more_people_are_the_same_people_and_more():
    few, many = people(80, worlds=40), people(400, worlds=40)
    for name in ("weight_kg", "baseline", "drive", "fall", "relapse"):
        np.testing.assert_array_equal(getattr(few, name), getattr(many, name)[:80])


def test_every_explanation_gets_the_same_share_and_only_its_own_change():
    crowd = people(1600)
    counts = np.bincount(crowd.loss)
    assert counts.tolist() == [400] * len(Loss)
    of = {kind: crowd.loss == crowd.losses.index(kind) for kind in Loss}
    assert np.all(np.isinf(crowd.slow.A50[~of[Loss.TOLERANCE]]))
    assert np.all(np.isfinite(crowd.slow.A50[of[Loss.TOLERANCE]]))
    assert np.median(crowd.cap[of[Loss.CEILING]]) < np.median(crowd.cap[of[Loss.ILLNESS]]) - 0.1
    assert np.all((crowd.cap > 0.0) & (crowd.cap < 1.0))
    assert np.all(crowd.slow.s[~of[Loss.SENSITIZATION]] == 0.0)
    spread = {k: np.log(crowd.relapse[m]).std() for k, m in of.items()}
    assert spread[Loss.ILLNESS] > spread[Loss.CEILING] + 0.3


def test_without_prior_spread_the_constants_stay_and_people_still_differ():
    crowd = people(400, spread=False)
    assert np.ptp(crowd.fall) == 0.0
    assert crowd.fall[0] == pytest.approx(SLOW["fall"])
    assert np.std(crowd.drive) > 0.1


def test_worlds_share_their_constants():
    crowd = people(400, worlds=10)
    for world in range(10):
        assert np.ptp(crowd.fall[crowd.world == world]) == 0.0
    assert np.ptp(crowd.fall) > 0.0


def test_shares_and_levels_keep_their_ranges():
    crowd = people(2000)
    assert np.all((crowd.care > 0) & (crowd.care < 1))
    assert np.all((crowd.baseline >= 20) & (crowd.baseline <= 60))
    assert np.all(crowd.weight_kg > 30)


def test_nobody_is_refused():
    with pytest.raises(InputError):
        people(0)
    with pytest.raises(InputError):
        people(10, losses=())
