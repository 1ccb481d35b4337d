import math

import pytest

from crossblock.domain.washout import EffectDecay

FOUR_DAYS = EffectDecay(label="illustrative", half_life_d=4.0, low_d=4.0, high_d=4.0, assumed=True)


def test_the_illustrative_decay_leaves_a_tenth_at_two_weeks() -> None:
    # pharmacology.md, section 7: carry-over 10 % at 14 d, 3 % at 21 d, of the fall on day 1
    assert FOUR_DAYS.left(14.0 - 1.0)[0] == pytest.approx(0.10, abs=0.006)
    assert FOUR_DAYS.left(21.0 - 1.0)[0] == pytest.approx(0.03, abs=0.002)


def test_waiting_and_what_is_left_are_each_other_s_inverse() -> None:
    wait = FOUR_DAYS.wait_d(0.1)[0]
    assert FOUR_DAYS.left(wait)[0] == pytest.approx(0.1)


def test_a_decay_without_an_upper_end_never_falls() -> None:
    open_end = EffectDecay(label="open data", half_life_d=12.0, low_d=3.1, high_d=math.inf)
    assert open_end.left(100.0)[2] == 1.0
    assert math.isinf(open_end.wait_d(0.1)[2])
