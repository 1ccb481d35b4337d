import math

import numpy as np
import pytest

from crossblock.core.errors import InputError
from crossblock.core.streams import Stream
from crossblock.domain.dose import Dose, Route
from crossblock.exposure.blockade import blockade_curve
from crossblock.exposure.coverage import check_level, check_window, coverage, spans_above
from crossblock.load.compound import compound

NALTREXONE, NALOXONE = compound("naltrexone"), compound("naloxone")
TABLET = Dose(start_h=0.0, amount=50.0, route=Route.ORAL)
WINDOW = (0.75, 0.75 + 2 / 3)


def test_spans_of_a_known_curve_are_exact():
    spans = spans_above(lambda t: 0.6 + 0.3 * np.sin(2 * np.pi * t / 48.0), 0.75, 0.0, 90.0)
    assert [s.start_h for s in spans] == pytest.approx([4.0, 52.0], abs=1e-5)
    assert [s.stop_h for s in spans] == pytest.approx([20.0, 68.0], abs=1e-5)


def test_a_span_that_does_not_end_is_infinite():
    (span,) = spans_above(lambda t: np.full(t.shape, 0.9), 0.5, 0.0, 50.0)
    assert (span.start_h, span.stop_h) == (0.0, math.inf)


def test_coverage_of_the_infusion_window():
    found = coverage(NALTREXONE, [TABLET], WINDOW, stream=Stream(1, "people"))
    inside = blockade_curve(NALTREXONE, [TABLET], np.linspace(*WINDOW, 2001)).fraction
    assert found.lowest == pytest.approx(inside.min())
    assert found.mean == pytest.approx(inside.mean(), abs=1e-4)
    assert 0 < found.share < 1
    assert coverage(NALTREXONE, [TABLET], WINDOW).warnings


@pytest.mark.parametrize("level", [0.0, 1.0, -0.1, float("nan")])
def test_a_level_outside_its_range_is_refused(level):
    with pytest.raises(InputError, match="between 0 and 1"):
        check_level(level)


def test_a_window_needs_its_order():
    check_window((0.0, 1.0))
    with pytest.raises(InputError, match="ends before it starts"):
        coverage(NALTREXONE, [TABLET], (2.0, 2.0))
