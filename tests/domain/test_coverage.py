import math

from crossblock.domain.coverage import Span


def test_a_span_that_never_ends_has_infinite_hours() -> None:
    assert Span(start_h=1.5, stop_h=3.9).hours == 2.4
    assert math.isinf(Span(start_h=1.0, stop_h=math.inf).hours)
