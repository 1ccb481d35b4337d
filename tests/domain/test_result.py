import math

from crossblock.domain.result import Estimate, Outcome


def test_an_interval_nobody_computed_is_unbounded_and_not_zero() -> None:
    estimate = Estimate(label="x", value=1.0)
    assert estimate.lower == -math.inf
    assert estimate.upper == math.inf
    assert estimate.se is None


def test_every_way_a_fit_can_end_is_a_sentence_to_act_on() -> None:
    for outcome in Outcome:
        if outcome is not Outcome.SETTLED:
            assert len(outcome.split()) >= 8
