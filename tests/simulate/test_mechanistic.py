"""People carried side by side equal people solved one by one, period after period."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from crossblock.domain.protocol import Protocol
from crossblock.exposure.effect import effect
from crossblock.exposure.treatment import Treatment, Window
from crossblock.kernels.grid import halved
from crossblock.load.people import truth
from crossblock.load.protocol import read
from crossblock.simulate import mechanistic
from crossblock.simulate.belief import Belief
from crossblock.simulate.cohort import Cohort, Draws, cohort
from crossblock.simulate.world import World, prepare
from tests.simulate.conftest import with_washout

STILL = {"jitter_h": 0.0, "session_cv": 0.0}
DRAWS = Draws(seed=4, trials=np.arange(3), people=8)


def calm(condition: np.ndarray) -> Belief:
    shape = condition.shape
    return Belief(
        takes_for_blocked=np.zeros(shape, dtype=bool), level=np.ones(shape), fall=np.zeros(shape)
    )


def one_by_one(world: World, who: Cohort, condition: np.ndarray) -> np.ndarray:
    """Solve both periods of everyone as one treatment, with `exposure.effect`: (B, n, 2)."""
    known = world.pharmacology
    assert known is not None
    washout = world.protocol.design.washout.value.value  # type: ignore[union-attr]
    carried = mechanistic._people(known, who, DRAWS)
    at = world.protocol.visit_h("d1")
    out = np.zeros((*condition.shape[:2], 2))
    for pattern in {tuple(c) for c in condition.reshape(-1, 2).tolist()}:
        blocked = [p for p, c in enumerate(pattern) if world.cells[c] == "blocked"]
        given = known.given
        treatment = Treatment(
            drug=given.drug,
            drug_doses=tuple(moved(given.drug_doses, p * washout) for p in (0, 1)),
            blocker=given.blocker,
            blocker_doses=tuple(moved(given.blocker_doses, p * washout) for p in blocked),
            belief=tuple(
                Window(start_h=w.start_h + p * washout, stop_h=w.stop_h + p * washout)
                for w in given.belief
                for p in (0, 1)
            ),
        )
        parameters = {**carried.parameters, "amplitude": who.drive.ravel()}
        found = effect(
            known.mechanism,
            treatment,
            [at, at + washout],
            reference=given.drug,  # type: ignore[arg-type]
            people=replace(carried.people, parameters=parameters),
        )
        mine = (condition == np.array(pattern)).all(axis=-1)
        falls = found.fall["exponential"].reshape(*condition.shape[:2], 2)
        out[mine] = falls[mine]
    return out


def moved(doses: tuple, by: float) -> object:
    assert len(doses) == 1
    return replace(doses[0], start_h=doses[0].start_h + by)


@pytest.mark.parametrize("name", ["h1", "h3a", "h3b", "h4-direct", "h5"])
def test_side_by_side_is_one_by_one(name: str, williams: Protocol) -> None:
    """Score falls at day 1 of both periods, carry-over included, agree to 0.001 of the baseline."""
    start = replace(truth(), mechanism=name).with_values(STILL)
    world = prepare(williams, start, 8)
    who = cohort(world, DRAWS)
    condition = np.array(world.given)[np.arange(24).reshape(3, 8) % 2]
    state = mechanistic.latent(world, who, condition, calm(condition), DRAWS)
    d1 = world.protocol.visit_ids.index("d1")
    fall = 1.0 - state.severity[..., d1] / who.baseline
    assert np.abs(fall - one_by_one(world, who, condition)).max() < 1e-3


def test_the_grid_is_fine_enough(williams: Protocol, monkeypatch: pytest.MonkeyPatch) -> None:
    """Halving every step moves no severity by more than a thousandth of a point."""
    world = prepare(williams, truth().with_values(STILL), 8)
    who = cohort(world, DRAWS)
    condition = np.array(world.given)[np.arange(24).reshape(3, 8) % 2]
    coarse = mechanistic.latent(world, who, condition, calm(condition), DRAWS)
    plain = mechanistic._frame

    def finer(protocol: Protocol, known: object) -> mechanistic.Frame:
        frame = plain(protocol, known)  # type: ignore[arg-type]
        return replace(frame, grid=halved(frame.grid))

    monkeypatch.setattr(mechanistic, "_frame", finer)
    fine = mechanistic.latent(world, who, condition, calm(condition), DRAWS)
    assert np.abs(coarse.severity - fine.severity).max() < 1e-3


def states(protocol: Protocol, **values: float) -> tuple[World, np.ndarray, np.ndarray]:
    world = prepare(protocol, truth().with_values({**STILL, **values}), 40)
    draws = Draws(seed=4, trials=np.arange(5), people=40)
    condition = np.array(world.given)[np.arange(200).reshape(5, 40) % 2]
    who = cohort(world, draws)
    felt = Belief(
        takes_for_blocked=np.zeros(condition.shape, dtype=bool),
        level=np.ones(condition.shape),
        fall=np.zeros(condition.shape),
    )
    state = mechanistic.latent(world, who, condition, felt, draws)
    d1 = world.protocol.visit_ids.index("d1")
    return world, 1.0 - state.severity[..., d1] / who.baseline, condition


def test_a_short_washout_leaves_blockade_behind(williams: Protocol) -> None:
    """Three days after naltrexone, an open session is still blocked in part."""
    three_days = with_washout(williams, 72.0)
    world, fall, condition = states(three_days, fraction=1.0, carryover=1.0)
    blocked_first = condition[..., 0] == 1
    assert world.cells == ("open", "blocked")
    own = fall[~blocked_first][:, 0].mean()
    later = fall[blocked_first][:, 1].mean()
    assert later < 0.75 * own


def test_without_carryover_periods_are_alike(williams: Protocol) -> None:
    _, fall, condition = states(williams, fraction=0.5, carryover=0.0)
    first, second = fall[condition[..., 0] == 0][:, 0], fall[condition[..., 1] == 0][:, 1]
    assert first.mean() == pytest.approx(second.mean(), abs=0.03)
    _, with_it, _ = states(williams, fraction=0.5, carryover=1.0)
    assert with_it[..., 1].mean() > fall[..., 1].mean() + 0.02


def test_dissociation_is_the_same_under_the_blocker(williams: Protocol) -> None:
    world = prepare(williams, truth().with_values(STILL), 40)
    draws = Draws(seed=4, trials=np.arange(5), people=40)
    who = cohort(world, draws)
    felt = calm(np.zeros((5, 40, 2)))
    both = [
        mechanistic.latent(world, who, np.full((5, 40, 2), c), felt, draws).dissociation
        for c in (0, 1)
    ]
    assert both[0] == pytest.approx(both[1], abs=1e-9)
    at = world.protocol.visit_ids.index("infusion")
    assert 15 < both[0][:, :, 0, at].mean() < 35


def test_a_prolonging_drug_holds_the_effect() -> None:
    """Abdallah 2020 without a special case: no loss on day 1, more left on day 14."""
    world = prepare(read("abdallah-2020"), truth().with_values({**STILL, "carryover": 0.0}), 40)
    draws = Draws(seed=4, trials=np.arange(5), people=40)
    who = cohort(world, draws)
    felt = calm(np.zeros((5, 40, 2)))
    severity = [
        mechanistic.latent(world, who, np.full((5, 40, 2), c), felt, draws).severity for c in (0, 1)
    ]
    visits = world.protocol.visit_ids
    d1, d14 = visits.index("d1"), visits.index("d14")
    assert severity[1][..., d1].mean() == pytest.approx(severity[0][..., d1].mean(), abs=0.5)
    assert severity[1][..., d14].mean() < severity[0][..., d14].mean() - 2.0
