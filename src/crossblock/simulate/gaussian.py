"""The textbook generator: normal falls with a correlation between a person's sessions.

    fall_ip = kept_c m_i + e_ip - x_c,   m_i ~ N(mean, icc sd^2),   e_ip ~ N(0, (1 - icc) sd^2)
    score_ip = baseline_ip - min(fall_ip, baseline_ip)

kept is 1 in an open session, 1 - specific fraction under the blocker and 1 - specific without the
drug; x are points of expectancy lost where the blocker was given. This is the model of
`stats.responders`, for any crossover or parallel protocol. Points of HAM-D17.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from crossblock.domain.truth import Truth
from crossblock.simulate.cells import ALONE, BLOCKED, OPEN
from crossblock.simulate.cohort import Cohort, Draws
from crossblock.simulate.latent import Latent
from crossblock.simulate.world import World

Array = NDArray[np.float64]
Ints = NDArray[np.int64]


def kept(truth: Truth, cell: str) -> float:
    """Return the share of a person's open response that is left in a cell."""
    if cell == OPEN:
        return 1.0
    return 1.0 - truth["specific"] * (truth["fraction"] if cell == BLOCKED else 1.0)


def points(truth: Truth, cell: str) -> float:
    """Return the points that a cell adds to the score besides the response: belief, blocker."""
    blocker = cell in (BLOCKED, ALONE)
    return truth["expectancy"] + truth["blocker_alone"] if blocker else 0.0


def latent(world: World, people: Cohort, condition: Ints, draws: Draws) -> Latent:
    """Return the severity at every visit; `condition` (B, n, P) indexes the protocol's."""
    truth, P = world.truth, condition.shape[-1]
    r, sd = truth["icc"], truth["fall_sd"]
    m = truth["mean_fall"] + np.sqrt(r) * sd * draws.normal("person's fall")
    e = np.sqrt(1.0 - r) * sd * draws.normal("session's fall", P)
    share = np.array([kept(truth, c) for c in world.cells])[condition]
    lost = np.array([points(truth, c) for c in world.cells])[condition]
    lost = lost + truth["period_effect"] * np.arange(P)
    fall = (share * m[..., None] + e)[..., None] * decay(world) - lost[..., None] * started(world)
    base = people.baseline[..., None]
    severity = base - (np.minimum(fall, base) if truth["floor"] else fall)
    return Latent(severity=severity, dissociation=np.zeros(severity.shape))


def started(world: World) -> Array:
    """Return 1 for visits after the drug, 0 for baselines, (V,)."""
    return np.array([0.0 if v.kind == "baseline" else 1.0 for v in world.protocol.visits])


def decay(world: World) -> Array:
    """Return the response at each visit relative to the primary one, (V,); 0 at baselines."""
    protocol = world.protocol
    first = next(e.visit for e in protocol.endpoints if e.role.value == "primary")
    late = np.array([protocol.visit_h(v) - protocol.visit_h(first) for v in protocol.visit_ids])
    half_lives = np.maximum(late, 0.0) / (24.0 * world.truth["decay_d"])
    return np.asarray(started(world) * 0.5**half_lives)
