"""Tracks: response, remission and groups are read from the ratings."""

import numpy as np

from crossblock.domain.adaptation import Loss
from tests.forecast.test_course import CROWD, run


def test_response_and_remission_follow_their_definitions():
    track = run(days=28)
    np.testing.assert_array_equal(track.responds, track.rated <= 0.5 * CROWD.baseline)
    np.testing.assert_array_equal(track.remits, track.rated <= 12.0)
    assert track.days[-1] == 28.0


def test_groups_by_explanation_make_up_everybody():
    track = run(days=7)
    assert sum(track.of(kind).sum() for kind in Loss) == CROWD.count
    assert track.of(None).all()
