"""The score interval of a share against an independent implementation, and its laws."""

import pytest
from scipy.stats import binomtest

from crossblock.stats.shares import wilson

COUNTS = [(0, 1), (1, 1), (0, 20), (20, 20), (1, 29), (15, 148), (81, 263), (24, 41), (17, 24)]


@pytest.mark.parametrize(("part", "whole"), COUNTS)
@pytest.mark.parametrize("level", [0.5, 0.95, 0.999])
def test_it_is_the_score_interval_of_scipy(part: int, whole: int, level: float) -> None:
    found = binomtest(part, whole).proportion_ci(level, method="wilson")
    assert wilson(part, whole, level) == pytest.approx((found.low, found.high), abs=1e-12)


@pytest.mark.parametrize(("part", "whole"), COUNTS)
def test_it_holds_the_share_and_mirrors(part: int, whole: int) -> None:
    low, high = wilson(part, whole)
    assert 0 <= low <= part / whole <= high <= 1
    assert wilson(whole - part, whole) == pytest.approx((1 - high, 1 - low))


def test_what_is_no_share_is_refused() -> None:
    for part, whole in ((0, 0), (3, 2), (-1, 4)):
        with pytest.raises(ValueError, match="no share"):
            wilson(part, whole)
