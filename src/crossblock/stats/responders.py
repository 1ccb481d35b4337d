"""A two-session trial with known truth, read by everyone and by responders only.

Keeping people because they did well in the very session that is compared manufactures blockade by
regression to the mean (closed form without a floor: `stats.selection`). Here the same trial is run
many times with a floor at the session's baseline, as a rating scale has one, so that the apparent
blockade, the error rate and the remedy (an independent qualifying session) are numbers.

    fall_open    = m_i + e,  m_i ~ N(mean, icc sd^2),  e ~ N(0, (1 - icc) sd^2)
    fall_blocked = (1 - specific blockade) m_i - expectancy + e'

Units are points of the scale; a larger fall is better. Derivation: docs/derivations/selection.md.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.special import stdtr

from crossblock.core.streams import Stream
from crossblock.kernels.ttest import one_sample

Floats = NDArray[np.float64]
Bools = NDArray[np.bool_]


@dataclass(frozen=True, kw_only=True, slots=True)
class Truth:
    """What is true in the simulated trial.

    blockade      fraction of the drug-specific part that the blocker removes
    specific      share of the response that is drug-specific (the rest stays under the blocker)
    expectancy    points lost in the session believed to be the blocked one
    floor         falls cannot exceed the session's baseline score
    baseline_icc  correlation of a person's baseline scores across sessions (assumed)
    """

    n: int
    icc: float
    blockade: float
    mean: float = 13.5
    sd: float = 7.0
    baseline: float = 26.0
    baseline_sd: float = 4.0
    baseline_icc: float = 0.5
    response: float = 0.5
    specific: float = 1.0
    expectancy: float = 0.0
    floor: bool = True


@dataclass(frozen=True, kw_only=True, eq=False)
class Sessions:
    """Falls of every person in the open and the blocked session, (B, n), and who responded.

    `qualified` responded in a separate session of the same drug that is not analyzed.
    """

    open_fall: Floats
    blocked_fall: Floats
    responder: Bools
    qualified: Bools


def simulate(truth: Truth, trials: int, seed: int) -> Sessions:
    """Draw `trials` trials; one seed gives the same people whatever the rest of the truth."""
    trial, person = np.arange(trials)[:, None], np.arange(truth.n)[None, :]

    def draw(purpose: str, count: int) -> Floats:
        return Stream(seed, purpose).normal(count, trial=trial, participant=person)

    shared, own = np.sqrt(truth.baseline_icc), np.sqrt(1.0 - truth.baseline_icc)
    base = truth.baseline + truth.baseline_sd * (
        shared * draw("person's baseline", 1) + own * draw("session's baseline", 3)
    )
    m = truth.mean + np.sqrt(truth.icc) * truth.sd * draw("person", 1)
    e = np.sqrt(1.0 - truth.icc) * truth.sd * draw("session", 3)
    kept = 1.0 - truth.specific * truth.blockade
    fall = np.concatenate([m, kept * m - truth.expectancy, m], axis=-1) + e
    if truth.floor:
        fall = np.minimum(fall, base)
    response = fall >= truth.response * base
    return Sessions(
        open_fall=fall[..., 0],
        blocked_fall=fall[..., 1],
        responder=response[..., 0],
        qualified=response[..., 2],
    )


@dataclass(frozen=True, kw_only=True, slots=True)
class Reading:
    """What an analysis of selected people reports, over many trials.

    `significant` is the share of trials with two-sided p < 0.05 in the direction of blockade, with
    its Monte Carlo standard error; `apparent` is one minus the ratio of mean falls.
    """

    analyzed: float
    significant: float
    significant_se: float
    apparent: float
    bias_points: float


def read(sessions: Sessions, selected: Bools) -> Reading:
    """Analyze the selected people of every trial with a paired t test."""
    t = one_sample(sessions.open_fall - sessions.blocked_fall, selected)
    usable = t.se > 0
    p = 2.0 * stdtr(np.maximum(t.df, 1.0), -np.abs(t.estimate / np.where(usable, t.se, 1.0)))
    hit = usable & (p < 0.05) & (t.estimate > 0)
    share = float(hit.mean())
    open_mean = float(sessions.open_fall[selected].mean())
    blocked_mean = float(sessions.blocked_fall[selected].mean())
    return Reading(
        analyzed=float(selected.sum(axis=-1).mean()),
        significant=share,
        significant_se=float(np.sqrt(share * (1.0 - share) / hit.size)),
        apparent=1.0 - blocked_mean / open_mean,
        bias_points=open_mean - blocked_mean,
    )
