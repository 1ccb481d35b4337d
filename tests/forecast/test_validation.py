"""Predicted against observed: intervals hold the study's error, failures stay."""

import math

import numpy as np

from crossblock.core.streams import Stream
from crossblock.domain.target import Use
from crossblock.forecast.validation import _interval, compare, kept
from crossblock.load.mechanism import mechanism
from crossblock.load.target import targets
from tests.forecast.settings import COMPOUNDS, SLOW

ROWS = compare(mechanism("h1"), SLOW, COMPOUNDS, targets(), count=1200, seed=21, each_loss=False)


def test_every_published_figure_has_its_row():
    assert [r.target.id for r in ROWS] == [t.id for t in targets()]
    assert all(math.isnan(r.low) or r.low <= r.predicted <= r.high for r in ROWS)


def test_what_was_fitted_fits_and_what_fails_is_not_hidden():
    fitted, of = kept(ROWS, Use.FIT)
    assert of == 16
    assert fitted >= 14
    held, of = kept(ROWS, Use.HELD_OUT)
    assert held >= of // 2
    failed = {r.target.id for r in ROWS if r.inside is False}
    assert "phillips-needed" in failed  # the model responds sooner than people did


def test_an_interval_is_at_least_as_wide_as_the_study_error():
    t = targets()[0]
    low, high = _interval(np.full(40, t.value), t, Stream(1, "x"))
    assert high - low > 3.6 * t.error
    assert math.isnan(_interval(np.full(40, math.nan), t, Stream(1, "x"))[0])
