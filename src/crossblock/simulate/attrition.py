"""Who comes back: leaving after a period, at random, without response or after side effects."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from scipy.special import expit, logit

from crossblock.domain.truth import Truth
from crossblock.simulate.cohort import Draws

Bools = NDArray[np.bool_]
NEVER = 1e-12  # a probability of 0 or 1 has no finite log odds


def attended(truth: Truth, draws: Draws, responded: Bools, sick: Bools) -> Bools:
    """Return which periods each participant attends, (B, n, P); the first one always.

    log odds of leaving after period p = logit(dropout) + b (not responded) + c sick, with both
    inputs (B, n, P). Without b and c people leave completely at random.
    """
    B, n, P = responded.shape
    here = np.ones((B, n, P), dtype=np.bool_)
    if P == 1:
        return here
    u = draws.uniform("leaves", P - 1)
    for p in range(1, P):
        plain = truth["dropout_first" if p == 1 else "dropout_later"]
        odds = (
            logit(np.clip(plain, NEVER, 1.0 - NEVER))
            + truth["dropout_response"] * ~responded[..., p - 1]
            + truth["dropout_side_effects"] * sick[..., p - 1]
        )
        leaves = u[..., p - 1] < expit(odds)
        here[..., p] = here[..., p - 1] & ~leaves
    return here


def seen(truth: Truth, draws: Draws, attends: Bools, takes_place: Bools) -> Bools:
    """Return which visits are rated, (B, n, P, V); `takes_place` (P, V) is the protocol's."""
    P, V = takes_place.shape
    u = draws.uniform("missed visit", P * V).reshape(*attends.shape[:2], P, V)
    return attends[..., None] & takes_place & (u >= truth["missing_visit"])
