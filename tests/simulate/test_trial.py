"""Virtual trials: what comes out is what a real study gives, and no trial depends on another."""

from __future__ import annotations

import numpy as np
import pytest

from crossblock.load.people import truth
from crossblock.load.protocol import read
from crossblock.simulate.trial import NAUSEA, Trials, primary_visit, responded, simulate
from crossblock.simulate.world import World, prepare


def test_a_trial_is_the_same_alone_and_in_company(some_trials: tuple[World, Trials]) -> None:
    world, many = some_trials
    alone = simulate(world, np.array([17]), 7)
    assert (alone.ratings.score[0] == many.ratings.score[17]).all()
    assert (alone.ratings.observed[0] == many.ratings.observed[17]).all()
    assert (alone.codelist.sequence[0] == many.codelist.sequence[17]).all()
    assert (alone.guess[0] == many.guess[17]).all()


def test_scores_lie_in_the_range_of_their_instrument(some_trials: tuple[World, Trials]) -> None:
    world, made = some_trials
    for k, label in enumerate(world.protocol.score_ids):
        name, _, item = label.partition(".")
        x = made.ratings.score[..., k][made.ratings.observed[..., k]]
        if x.size == 0:
            assert label in ("ketamine-craving", "adverse-events")  # not drawn
            continue
        top = (
            world.instruments[name].item(item).highest if item else world.instruments[name].maximum
        )
        assert x.min() >= 0
        assert x.max() <= top
        assert (x == np.round(x)).all()


def test_nothing_is_rated_after_leaving(some_trials: tuple[World, Trials]) -> None:
    _, made = some_trials
    assert not made.ratings.observed[~made.attends].any()
    assert made.attends[..., 0].all()
    assert not made.attends.all()


def test_the_blocker_shows_in_side_effects_and_not_in_dissociation(
    some_trials: tuple[World, Trials],
) -> None:
    world, made = some_trials
    labels, at = world.protocol.score_ids, world.protocol.visit_ids.index("infusion")

    def mean(label: str, condition: int) -> float:
        k = labels.index(label)
        rated = made.ratings.observed[..., at, k] & (made.condition == condition)
        return float(made.ratings.score[..., at, k][rated].mean())

    assert mean(NAUSEA, 1) > mean(NAUSEA, 0) + 0.1
    assert mean("cadss", 1) == pytest.approx(mean("cadss", 0), abs=2.0)


def test_response_is_half_of_the_baseline_at_the_primary_visit(
    some_trials: tuple[World, Trials],
) -> None:
    world, made = some_trials
    assert primary_visit(world.protocol) == "d1"
    better = responded(world.protocol, made.state)
    assert 0.2 < better[made.condition == 0].mean() < 0.7


@pytest.mark.parametrize(
    "name", ["jelen-2025", "yoon-2025", "abdallah-2020", "settling-trial", "nimh-ketamine-saline"]
)
def test_every_protocol_with_ketamine_runs(name: str) -> None:
    world = prepare(read(name), truth(), 16)
    made = simulate(world, np.arange(3), 1)
    assert made.ratings.score.shape[:3] == (3, 16, world.protocol.periods)
    assert made.ratings.observed.any()
    first = world.protocol.score_ids.index(world.protocol.endpoints[0].score)
    assert made.ratings.observed[..., first].any()
