import math

import numpy as np
import pytest

from crossblock.domain.fact import Confidence
from crossblock.domain.response import (
    ALONE,
    BLOCKED,
    HIGHER,
    NONE,
    OPEN,
    PlanningValue,
    Response,
    kept,
)

R = Response(
    scale="HAM-D17",
    instrument="hamd17",
    other=2.0,
    drug=10.0,
    var_person=4.0,
    var_drug=9.0,
    var_session=16.0,
)
CELLS = (OPEN, BLOCKED, HIGHER, ALONE, NONE)


def test_means_keep_the_unblocked_share() -> None:
    assert R.mean(CELLS, 0.3) == pytest.approx([12.0, 9.0, 9.0, 2.0, 2.0])
    assert R.mean(CELLS, 0.3, alone=1.5) == pytest.approx([12.0, 7.5, 7.5, 0.5, 2.0])
    assert kept(CELLS, 1.0).tolist() == [1.0, 0.0, 0.0, 0.0, 0.0]


def test_the_covariance_is_that_of_drawn_people() -> None:
    draw = np.random.default_rng(1)
    n, k = 200_000, kept(CELLS, 0.3)
    p, m = draw.normal(0, 2, (n, 1)), draw.normal(0, 3, (n, 1))
    y = p + k * m + draw.normal(0, 4, (n, len(CELLS)))
    assert np.cov(y.T) == pytest.approx(R.covariance(CELLS, 0.3), abs=0.25)
    assert R.sd_difference(0.3) == pytest.approx((y[:, 0] - y[:, 1]).std(), rel=0.01)
    assert R.open_sd == pytest.approx(math.sqrt(29.0))


def test_a_value_that_nobody_read_is_amber() -> None:
    for confidence, amber in ((Confidence.ASSUMED, True), (Confidence.OPEN_DATA, False)):
        value = PlanningValue(name="x", value=1.0, unit="1", source="s", confidence=confidence)
        assert value.amber is amber
