"""What every forecast of a run shares is checked once: weights, horizon, people."""

import pytest

from crossblock.core.errors import InputError
from crossblock.forecast.setup import EQUAL, setup
from crossblock.load.mechanism import mechanism
from tests.forecast.settings import COMPOUNDS, SLOW

TWO = [mechanism("h1"), mechanism("h3b")]


def test_weights_are_scaled_to_one_and_equal_ones_say_so():
    on = setup(TWO, SLOW, COMPOUNDS)
    assert dict(on.weights) == {"h1": 0.5, "h3b": 0.5}
    assert on.weights_from == EQUAL
    assert dict(setup(TWO, SLOW, COMPOUNDS, weights={"h1": 3, "h3b": 1}).weights)["h1"] == 0.75


def test_a_mechanism_of_weight_0_is_not_run():
    on = setup(TWO, SLOW, COMPOUNDS, weights={"h1": 0.0, "h3b": 2.0})
    assert [m.id for m in on.mechanisms] == ["h3b"]


def test_everything_wrong_is_told_at_once():
    with pytest.raises(InputError) as caught:
        setup(TWO, SLOW, COMPOUNDS, weights={"h9": -1.0}, days=0.0, count=3)
    assert [p.what for p in caught.value.problems] == [
        "a weight for a mechanism that is not forecast",
        "no mechanism has a weight above 0, or one is negative",
        "the horizon cannot be used",
        "too few people to draw",
    ]
