import numpy as np
import pytest

from crossblock.simulate.belief import RIGHT, UNSURE, WRONG, belief, guesses, side_effects
from crossblock.simulate.cohort import Draws
from crossblock.simulate.world import World

DRAWS = Draws(seed=5, trials=np.arange(100), people=40)
CONDITION = np.broadcast_to(np.array([0, 1]), (100, 40, 2)).astype(np.int64)


def test_side_effects_have_their_causes(pharmacy: object) -> None:
    world: World = pharmacy(people=40)  # type: ignore[operator]
    found = side_effects(world, CONDITION, DRAWS)
    open_ = 1 - 0.95 * 0.86
    blocked = 1 - 0.95 * 0.86 * 0.7
    assert found.nausea[..., 0].mean() == pytest.approx(open_, abs=0.02)
    assert found.nausea[..., 1].mean() == pytest.approx(blocked, abs=0.025)


def test_nausea_speaks_for_the_blocker(pharmacy: object) -> None:
    world: World = pharmacy(people=40, guess_nausea=3.0, guess_unsure=0.0)  # type: ignore[operator]
    effects = side_effects(world, CONDITION, DRAWS)
    felt = belief(world, CONDITION, effects, DRAWS, carried=False, believed=0.0)
    taken = felt.takes_for_blocked
    assert taken[effects.nausea].mean() > taken[~effects.nausea].mean() + 0.4


def test_without_clues_guesses_are_coins(pharmacy: object) -> None:
    world: World = pharmacy(  # type: ignore[operator]
        people=40, guess_nausea=0.0, guess_relief=0.0, guess_unsure=0.2
    )
    effects = side_effects(world, CONDITION, DRAWS)
    found = guesses(world, CONDITION, effects, np.zeros(CONDITION.shape, dtype=bool), DRAWS)
    assert (found == UNSURE).mean() == pytest.approx(0.2, abs=0.02)
    right, wrong = (found == RIGHT).mean(), (found == WRONG).mean()
    assert right == pytest.approx(wrong, abs=0.03)


def test_a_missing_response_gives_the_blocker_away(pharmacy: object) -> None:
    world: World = pharmacy(people=40, guess_relief=3.0)  # type: ignore[operator]
    effects = side_effects(world, CONDITION, DRAWS)
    responded = np.zeros(CONDITION.shape, dtype=bool)
    responded[..., 0] = True
    found = guesses(world, CONDITION, effects, responded, DRAWS)
    assert (found == RIGHT).mean() > (found == WRONG).mean() + 0.25


def test_doubt_takes_belief_from_sessions_taken_for_blocked(pharmacy: object) -> None:
    world: World = pharmacy(people=40, doubt=0.6)  # type: ignore[operator]
    effects = side_effects(world, CONDITION, DRAWS)
    felt = belief(world, CONDITION, effects, DRAWS, carried=True, believed=0.0)
    assert set(np.unique(felt.level[felt.takes_for_blocked])) == {0.4}
    assert set(np.unique(felt.level[~felt.takes_for_blocked])) == {1.0}
