"""The words a result has earned."""

import math

import pytest

from crossblock.domain.result import Estimate
from crossblock.report.verdict import Verdict, agreement, verdict


@pytest.mark.parametrize(
    ("value", "lower", "upper", "word"),
    [
        (-6.75, -10.9, -2.6, Verdict.LOWER),
        (3.0, 0.1, 6.0, Verdict.HIGHER),
        (-3.0, -6.0, 0.0, Verdict.UNCLEAR),
        (-3.0, -6.0, 1.0, Verdict.UNCLEAR),
        (-3.0, -math.inf, -1.0, Verdict.LOWER),
        (-3.0, -math.inf, math.inf, Verdict.UNINFORMATIVE),
        (math.nan, -1.0, 1.0, Verdict.UNINFORMATIVE),
    ],
)
def test_words_follow_the_interval(value: float, lower: float, upper: float, word: str) -> None:
    assert verdict(Estimate(label="", value=value, lower=lower, upper=upper)) is word


def test_agreement_counts_what_is_clear() -> None:
    low, unclear = Verdict.LOWER, Verdict.UNCLEAR

    def say(earned: Verdict) -> str:
        return f"are {earned.value}"

    assert agreement((low, low, low), "scales", say) == "All 3 scales are lower"
    assert agreement((low, low), "scales", say) == "Both scales are lower"
    assert agreement((low,), "scales", say) == "Scores are lower"
    assert agreement((low, unclear, low), "scales", say) == "2 of 3 scales show a clear difference"
