import numpy as np

from crossblock.simulate.trial import Trials
from crossblock.simulate.world import World


def test_states_are_finite_and_shaped_as_the_visits(some_trials: tuple[World, Trials]) -> None:
    world, made = some_trials
    shape = (40, 20, 2, len(world.protocol.visits))
    for state in (made.state.severity, made.state.dissociation):
        assert state.shape == shape
        assert np.isfinite(state).all()
        assert (state >= 0).all()
