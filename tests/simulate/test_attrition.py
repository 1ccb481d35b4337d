import numpy as np
import pytest

from crossblock.domain.truth import Truth
from crossblock.load.people import truth
from crossblock.simulate.attrition import attended, seen
from crossblock.simulate.cohort import Draws

DRAWS = Draws(seed=5, trials=np.arange(200), people=50)


def who(values: dict[str, float], responded: bool | np.ndarray = True, P: int = 3) -> np.ndarray:
    shape = (200, 50, P)
    better = np.broadcast_to(responded, shape)
    return attended(told(values), DRAWS, better, np.zeros(shape, dtype=bool))


def told(values: dict[str, float]) -> Truth:
    return truth().with_values(values)


def test_leaving_at_random_has_the_stated_chance() -> None:
    here = who({"dropout_first": 0.2, "dropout_later": 0.1})
    assert here[..., 0].all()
    assert 1 - here[..., 1].mean() == pytest.approx(0.2, abs=0.015)
    stayed = here[..., 1]
    assert 1 - here[..., 2][stayed].mean() == pytest.approx(0.1, abs=0.015)


def test_whoever_leaves_stays_away() -> None:
    here = who({"dropout_first": 0.5})
    assert (here[..., 2] <= here[..., 1]).all()


def test_nobody_leaves_at_chance_zero_and_everybody_at_one() -> None:
    assert who({"dropout_first": 0.0, "dropout_later": 0.0}).all()
    assert not who({"dropout_first": 1.0})[..., 1].any()


def test_those_who_did_not_respond_leave_more_when_told() -> None:
    better = np.random.default_rng(1).random((200, 50, 2)) < 0.5
    here = attended(
        told({"dropout_first": 0.2, "dropout_response": 1.5}),
        DRAWS,
        better,
        np.zeros(better.shape, dtype=bool),
    )
    left = ~here[..., 1]
    odds = [left[better[..., 0] == r].mean() for r in (True, False)]
    ratio = (odds[1] / (1 - odds[1])) / (odds[0] / (1 - odds[0]))
    assert np.log(ratio) == pytest.approx(1.5, abs=0.25)


def test_a_visit_is_held_where_it_takes_place_and_is_not_missed() -> None:
    place = np.array([[True, False], [True, True]])
    held = seen(told({"missing_visit": 0.1}), DRAWS, np.ones((200, 50, 2), dtype=bool), place)
    assert not held[..., 0, 1].any()
    assert held[..., 1, 1].mean() == pytest.approx(0.9, abs=0.02)
