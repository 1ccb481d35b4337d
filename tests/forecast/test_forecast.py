"""Forecasts: every mechanism alive, equal people, weights that are said, refusals."""

import numpy as np
import pytest

from crossblock.core.errors import InputError
from crossblock.domain.repeated_regimen import Beside
from crossblock.forecast.forecast import forecast
from crossblock.forecast.setup import EQUAL, setup
from crossblock.load.mechanism import mechanism
from tests.forecast.settings import COMPOUNDS, SLOW, regimen

NAMES = ("h1", "h3a", "h3b")


def settings(**more):
    names = more.pop("names", NAMES)
    values = {"days": 56.0, "count": 160, "seed": 3, **more}
    return setup([mechanism(n) for n in names], SLOW, COMPOUNDS, **values)


def test_every_mechanism_has_its_track_on_the_same_people():
    found = forecast(regimen(), settings())
    assert set(found.tracks) == set(NAMES)
    base = [t.rated[0] for t in found.tracks.values()]
    np.testing.assert_array_equal(base[0], base[1])
    assert found.setup.weights_from == EQUAL


def test_a_mechanism_without_weight_is_dead():
    found = forecast(regimen(), settings(weights={"h1": 3, "h3b": 1, "h3a": 0}))
    assert set(found.tracks) == {"h1", "h3b"}
    assert found.setup.weights == {"h1": 0.75, "h3b": 0.25}


def test_the_parts_of_the_spread_are_drawn_apart():
    found = forecast(regimen(), settings(count=400))
    score = found.outcomes["score"]
    assert score.parts["people"] > 0.5
    low, high = score.between_mechanisms
    assert low <= score.mean <= high
    assert found.outcomes["dependence"].parts["mechanism"] > 0.0


def test_the_reference_gives_like_mood_whatever_the_mechanism_and_unlike_dependence():
    found = forecast(regimen(), settings(count=400))
    low, high = found.outcomes["score"].between_mechanisms
    assert high - low < 1.5
    opioid = {m: np.median(i.opioid_share[-1]) for m, i in found.indices.items()}
    assert opioid["h3b"] > 3 * max(opioid["h1"], opioid["h3a"])


def test_what_is_not_known_is_flagged():
    found = forecast(regimen(beside=(Beside(compound="methadone"),)), settings())
    assert any("not computed" in f for f in found.flags)


@pytest.mark.parametrize(
    ("change", "says"),
    [
        ({"weights": {"h9": 1.0}}, "not forecast"),
        ({"weights": {"h1": 0.0}}, "weight above 0"),
        ({"weights": {"h1": -1.0, "h3a": 2.0}}, "negative"),
        ({"days": 0.0}, "horizon"),
        ({"count": 3}, "too few people"),
    ],
)
def test_what_cannot_be_run_is_refused(change, says):
    with pytest.raises(InputError, match=says):
        settings(**change)
