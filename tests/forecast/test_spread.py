"""Spread: its parts add up to the variance of the whole, and each moves for its own reason."""

import numpy as np
import pytest

from crossblock.forecast.spread import spread
from tests.forecast.settings import people

CROWD = people(1600, worlds=10)
N = CROWD.count
EQUAL = {"a": 0.5, "b": 0.5}
RNG = np.random.default_rng(8)


def test_parts_add_up_to_the_variance_of_the_mixture():
    y = {
        "a": RNG.normal(0, 1, N) + 0.5 * CROWD.world + CROWD.loss,
        "b": 3.0 + RNG.normal(0, 2, N) + 0.5 * CROWD.world,
    }
    found = spread(y, EQUAL, CROWD)
    assert sum(found.parts.values()) == pytest.approx(1.0)
    whole = np.concatenate(list(y.values()))
    assert found.mean == pytest.approx(whole.mean(), abs=1e-9)
    # Cells are equal in size, so the parts are those of the pooled variance.
    between = np.var([y["a"].mean(), y["b"].mean()])
    assert found.parts["mechanism"] == pytest.approx(between / whole.var(), rel=0.02)


@pytest.mark.parametrize(
    ("y", "largest"),
    [
        ({"a": RNG.normal(0, 1, N), "b": RNG.normal(0, 1, N)}, "people"),
        ({k: CROWD.world + 0.01 * RNG.normal(0, 1, N) for k in "ab"}, "constants"),
        ({k: CROWD.loss + 0.01 * RNG.normal(0, 1, N) for k in "ab"}, "explanation"),
        ({"a": np.zeros(N), "b": np.ones(N)}, "mechanism"),
    ],
)
def test_each_part_has_its_own_cause(y, largest):
    parts = spread(y, EQUAL, CROWD).parts
    assert max(parts, key=parts.__getitem__) == largest
    assert parts[largest] > 0.9


def test_weights_decide_between_mechanisms():
    y = {"a": np.zeros(N), "b": np.ones(N)}
    assert spread(y, {"a": 0.9, "b": 0.1}, CROWD).mean == pytest.approx(0.1)


def test_what_is_not_defined_is_left_out():
    x = np.where(CROWD.world == 3, np.nan, 1.0)
    found = spread({"a": x}, {"a": 1.0}, CROWD)
    assert found.mean == 1.0
    assert found.people == (1.0, 1.0)
    none = spread({"a": np.full(N, np.nan)}, {"a": 1.0}, CROWD)
    assert np.isnan(none.mean)


def test_nothing_that_varies_has_no_parts():
    assert set(spread({"a": np.ones(N)}, {"a": 1.0}, CROWD).parts.values()) == {0.0}


def test_equal_numbers_have_no_spread_whatever_their_rounding():
    names = ("a", "b", "c")
    parts = spread({k: np.full(N, 104.1) for k in names}, dict.fromkeys(names, 1 / 3), CROWD).parts
    assert set(parts.values()) == {0.0}
