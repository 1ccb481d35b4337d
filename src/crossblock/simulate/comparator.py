"""The response without the drug, by how well its absence is hidden.

With the log fall H exp(s z) of a session and rating noise of SD v (as a share of the baseline),

    P(response) = E_z Phi((1 - exp(-H exp(s z)) - 1/2) / v)

is solved for H, so that the published response on day 1 (1 % after saline that everybody sees
through, 18 % after midazolam, 50 % after saline under anesthesia) comes out of the virtual raters.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from functools import lru_cache

import numpy as np
from scipy.optimize import brentq
from scipy.special import ndtr

from crossblock.domain.bank import ItemBank
from crossblock.domain.protocol import Protocol
from crossblock.domain.truth import Truth
from crossblock.simulate.cells import ALONE, NONE

MASKINGS = {
    "inert placebo": "open",
    "active placebo": "active",
    "masked delivery": "masked",
    "another dose": "active",
    "none": "open",
}
LEAST_SPECIFIC = 0.02  # a drug without any effect of its own has no fraction
NODES, WEIGHTS = np.polynomial.hermite_e.hermegauss(41)
HALF, MOST = 0.5, 6.0
ITEM_SD = 3.4  # points, where no item bank of the HAM-D17 is at hand


def masking(protocol: Protocol, truth: Truth) -> str:
    """Return how well the absence of the drug is hidden: open, active or masked."""
    return truth.masking or MASKINGS[protocol.comparator.kind.value]


def log_fall(truth: Truth, banks: Mapping[str, ItemBank], how: str) -> float:
    """Return the median log fall H of sessions without the drug, >= 0."""
    bank = banks.get("hamd17")
    items = bank.spread(truth["baseline"]) if bank else ITEM_SD
    fresh = 1.0 - truth["item_persistence"]
    variance = 2.0 * (truth["mood_sd"] ** 2 + fresh * items**2)
    noise = math.sqrt(variance) / truth["baseline"]
    return _solve(truth[f"response_{how}"], truth["placebo_cv"], max(noise, 1e-6))


def specific(protocol: Protocol, truth: Truth, banks: Mapping[str, ItemBank]) -> float:
    """Return the share of the open log fall that needs the drug, above 0.

    As the truth has it where it was set. Else the design decides: with a condition without the
    drug, belief is taken to do in drug sessions what it does in those, and to add to the drug;
    without one nothing is taken off.
    """
    compared = any(c.cell in (NONE, ALONE) for c in protocol.conditions)
    if "specific" in truth.set or not compared:
        return truth["specific"]
    needed = -math.log1p(-truth["fall"])
    hidden = log_fall(truth, banks, masking(protocol, truth))
    return max(1.0 - hidden / needed, LEAST_SPECIFIC)


@lru_cache(maxsize=64)
def _solve(rate: float, cv: float, noise: float) -> float:
    s = math.sqrt(math.log1p(cv**2))

    def excess(H: float) -> float:
        fall = 1.0 - np.exp(-H * np.exp(s * NODES))
        return float(WEIGHTS @ ndtr((fall - HALF) / noise) / WEIGHTS.sum()) - rate

    if excess(0.0) >= 0.0:
        return 0.0
    return MOST if excess(MOST) <= 0.0 else float(brentq(excess, 0.0, MOST, xtol=1e-8))
