"""The response without the drug, by how well its absence is hidden.

With the log fall H exp(s z) of a session and rating noise of SD v (as a share of the baseline),

    P(response) = E_z Phi((1 - exp(-H exp(s z)) - 1/2) / v)

is solved for H, so that the published response on day 1 (1 % after saline that everybody sees
through, 18 % after midazolam, 50 % after saline under anesthesia) comes out of the virtual raters.
"""

from __future__ import annotations

import math
from functools import lru_cache

import numpy as np
from scipy.optimize import brentq
from scipy.special import ndtr

from crossblock.simulate.world import World

NODES, WEIGHTS = np.polynomial.hermite_e.hermegauss(41)
HALF, MOST = 0.5, 6.0
ITEM_SD = 3.4  # points, where no item bank of the HAM-D17 is at hand


def log_fall(world: World, how: str) -> float:
    """Return the median log fall H of sessions without the drug, >= 0."""
    truth = world.truth
    bank = world.banks.get("hamd17")
    items = bank.spread(truth["baseline"]) if bank else ITEM_SD
    fresh = 1.0 - truth["item_persistence"]
    variance = 2.0 * (truth["mood_sd"] ** 2 + fresh * items**2)
    noise = math.sqrt(variance) / truth["baseline"]
    return _solve(truth[f"response_{how}"], truth["placebo_cv"], max(noise, 1e-6))


@lru_cache(maxsize=64)
def _solve(rate: float, cv: float, noise: float) -> float:
    s = math.sqrt(math.log1p(cv**2))

    def excess(H: float) -> float:
        fall = 1.0 - np.exp(-H * np.exp(s * NODES))
        return float(WEIGHTS @ ndtr((fall - HALF) / noise) / WEIGHTS.sum()) - rate

    if excess(0.0) >= 0.0:
        return 0.0
    return MOST if excess(MOST) <= 0.0 else float(brentq(excess, 0.0, MOST, xtol=1e-8))
