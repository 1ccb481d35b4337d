"""What is true in the population: the mean change under each condition, and the fraction of it.

Computed on one large cohort in a first period, the same people under every condition, without
belief, dropout or carry-over: what the design is after, not what it finds.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from crossblock.simulate.asked import Asked
from crossblock.simulate.belief import side_effects
from crossblock.simulate.cohort import Draws, cohort
from crossblock.simulate.plain import points_per_point
from crossblock.simulate.trial import latent
from crossblock.simulate.world import PARTS, World
from crossblock.stats.blockade import contrasts

Array = NDArray[np.float64]
COHORT = (40, 500)  # trials and people of the reference cohort
SEED = 20261121  # of the reference cohort: the estimand does not depend on the run
UNTROUBLED = {
    "expectancy": 0.0,
    "doubt": 0.0,
    "carryover": 0.0,
    "period_effect": 0.0,
    "jitter_h": 0.0,
}
INEFFECTIVE = 0.5  # of the open effect; below it a condition counts as ineffective


@dataclass(frozen=True, kw_only=True, eq=False)
class Effects:
    """Mean change from the untreated state of each condition, points; their difference, fraction.

    ineffective   (C,), conditions with less than half of the largest effect
    """

    change: Mapping[str, float]
    difference: float
    fraction: float | None
    ineffective: NDArray[np.bool_]


def effects(world: World, asked: Asked) -> Effects:
    """Return the population's true effects at the primary visit."""
    apart = replace(world, truth=world.truth.with_values(UNTROUBLED), people=COHORT[1])
    draws = Draws(seed=SEED, trials=np.arange(COHORT[0]), people=COHORT[1])
    change = {
        c: _mean_change(apart, asked, draws, k) for k, c in enumerate(world.protocol.condition_ids)
    }
    fraction = None
    if asked.cells:
        names, conditions = zip(*asked.cells, strict=True)
        a, d = contrasts(names)
        means = np.array([change[c] for c in conditions])
        fraction = float(1.0 - (a @ means) / (d @ means)) if d @ means else None
    best = max(change.values(), key=abs)
    return Effects(
        change=change,
        difference=change[asked.test] - change[asked.reference],
        fraction=fraction,
        ineffective=np.array([abs(x) < INEFFECTIVE * abs(best) for x in change.values()]),
    )


def _mean_change(world: World, asked: Asked, draws: Draws, condition: int) -> float:
    whole = cohort(world, draws)
    people = replace(whole, baseline=whole.baseline[..., :1], session=whole.session[..., :1])
    same = np.full((*people.weight_kg.shape, 1), condition)
    effects = side_effects(world, same, draws)
    severity = latent(world, people, same, effects, draws).severity[:, :, 0]
    visits = world.protocol.visit_ids
    after = _mean_score(world, asked.score, severity[..., visits.index(asked.visit)])
    return after - _mean_score(world, asked.score, people.baseline[..., 0])


def _mean_score(world: World, score: str, severity: Array) -> float:
    """Return the mean expected score: by the item bank where items are drawn, else by points."""
    name, _, item = score.partition(".")
    bank = world.banks.get(PARTS.get(name, name))
    factor = points_per_point(world.truth, PARTS.get(name, name)) or 1.0
    if bank is None:
        return float(severity.mean()) * (points_per_point(world.truth, name) or 1.0)
    ids = (item,) if item else tuple(i.id for i in world.instruments[name].scored_items)
    whole = np.arange(0, bank.maximum + 1, dtype=float)
    curve = [bank.expected(x, ids) for x in whole]
    return float(np.interp(np.clip(severity * factor, 0, bank.maximum), whole, curve).mean())
