"""Virtual raters: the wanted expected total comes out, by the instrument's own scoring."""

from __future__ import annotations

import numpy as np
import pytest

from crossblock.load.bank import bank
from crossblock.load.people import truth
from crossblock.simulate.cohort import Draws
from crossblock.simulate.rater import fill, scores, sheets, with_noise
from crossblock.simulate.trial import Trials
from crossblock.simulate.world import World

DRAWS = Draws(seed=3, trials=np.arange(100), people=30)


@pytest.mark.parametrize("name", ["hamd17", "madrs", "cadss"])
@pytest.mark.parametrize("total", [4.0, 15.0, 26.0])
def test_the_expected_total_comes_out(name: str, total: float) -> None:
    b = bank(name)
    answers = fill(b, truth(), np.full((100, 30, 1, 1), total), (0,), DRAWS)[0]
    drawn = answers.sum(axis=-1, dtype=int)
    assert drawn.mean() == pytest.approx(total, abs=4 * b.spread(total) / np.sqrt(3000))
    assert drawn.std() == pytest.approx(b.spread(total), rel=0.06)
    steps = np.array([i.steps for i in b.items])
    assert (answers >= 0).all()
    assert (answers <= steps).all()


def test_what_belongs_to_the_person_comes_back() -> None:
    total = np.full((100, 30, 2, 2), 20.0)
    for share, low, high in ((0.0, -0.06, 0.06), (0.9, 0.7, 0.95)):
        told = truth().with_values({"item_persistence": share})
        answers = fill(bank("hamd17"), told, total, (0, 1), DRAWS)
        one, two = (answers[v].sum(axis=-1, dtype=int)[..., 0].ravel() for v in (0, 1))
        assert low < np.corrcoef(one, two)[0, 1] < high


def test_noise_has_the_stated_parts() -> None:
    told = truth().with_values({"mood_sd": 0.0, "rater_sd": 2.0, "rater_drift": 1.5})
    seen = with_noise(told, np.full((100, 30, 2, 3), 20.0), DRAWS)
    assert (seen[..., 0] == seen[..., 2]).all()
    assert seen[..., 0, 0].std() == pytest.approx(2.0, rel=0.06)
    assert (seen[:, :, 1] - seen[:, :, 0]).mean() == pytest.approx(1.5, abs=0.25)


def test_scores_are_those_of_the_instruments(some_trials: tuple[World, Trials]) -> None:
    world, made = some_trials
    draws = Draws(seed=7, trials=np.arange(40), people=20)
    forms = sheets(world, made.state, draws)
    held = np.ones(made.state.severity.shape, dtype=bool)
    score, known = scores(world, forms, held)
    labels, day = world.protocol.score_ids, world.protocol.visit_ids.index("d1")
    sheet = forms["hamd17"]
    for b, i, p in ((0, 0, 0), (3, 11, 1), (39, 19, 0)):
        given = dict(zip(sheet.ids, sheet.answers[day][b, i, p].tolist(), strict=True))
        whole = all(sheet.known[day][b, i, p])
        for name in ("hamd17", "hamd6"):
            instrument = world.instruments[name]
            mine = {item.id: float(given[item.id]) for item in instrument.scored_items}
            at = (b, i, p, day, labels.index(name))
            if whole:
                assert score[at] == instrument.score(mine).total
                assert known[at]
        assert score[b, i, p, day, labels.index("hamd17.item3")] == given["item3"]


def test_forgotten_items_follow_the_instruments_rule(pharmacy: object) -> None:
    world: World = pharmacy(missing_item=0.02)  # type: ignore[operator]
    from_state = np.full((100, 12, 2, len(world.protocol.visits)), 20.0)
    draws = Draws(seed=3, trials=np.arange(100), people=12)
    state = type("S", (), {"severity": from_state, "dissociation": from_state})()
    _, known = scores(world, sheets(world, state, draws), np.ones(from_state.shape, dtype=bool))
    k, d1 = world.protocol.score_ids.index("hamd17"), world.protocol.visit_ids.index("d1")
    assert known[..., d1, k].mean() == pytest.approx(0.98**17, abs=0.03)
