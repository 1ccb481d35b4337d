"""Score links and their inverses."""

import numpy as np
import pytest

from crossblock.kernels.link import (
    fall_capped,
    fall_exponential,
    needed_capped,
    needed_exponential,
)

R = np.array([0.0, 0.1, 0.7, 5.0])


def test_each_link_is_undone_by_its_inverse():
    assert needed_exponential(fall_exponential(R)) == pytest.approx(R)
    assert needed_capped(fall_capped(R, 0.8, 1.5), 0.8, 1.5) == pytest.approx(R)


def test_equal_steps_in_R_remove_equal_shares_of_what_is_left():
    left = 1.0 - fall_exponential(np.array([0.3, 0.6]))
    assert left[1] == pytest.approx(left[0] ** 2)


def test_the_cap_is_never_passed():
    assert fall_capped(np.array([1e9]), 0.8, 1.0) == pytest.approx(0.8)
    assert (fall_capped(R, 0.8, 1.0) < 0.8).all()
