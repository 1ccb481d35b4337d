import math

import numpy as np
import pytest

from crossblock.core.errors import InputError
from crossblock.stats.selection import regression_to_the_mean


def test_simulated_responders_fall_back_by_as_much():
    icc, rate, sd = 0.5, 0.53, 7.0
    rng = np.random.default_rng(0)
    person = math.sqrt(icc) * rng.standard_normal(400_000)
    one, two = (person + math.sqrt(1 - icc) * rng.standard_normal(400_000) for _ in range(2))
    chosen = one > np.quantile(one, 1 - rate)
    fallen = sd * (one - two)[chosen].mean()
    assert regression_to_the_mean(icc, rate, sd) == pytest.approx(fallen, abs=0.05)


def test_perfectly_repeated_responses_do_not_fall_back():
    assert regression_to_the_mean(1.0, 0.4, 7.0) == 0.0


@pytest.mark.parametrize("bad", [(1.2, 0.5, 7.0), (0.5, 0.0, 7.0), (0.5, 0.5, 0.0)])
def test_refusals(bad):
    with pytest.raises(InputError, match="correlation"):
        regression_to_the_mean(*bad)
