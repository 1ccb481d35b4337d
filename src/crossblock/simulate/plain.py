"""Scores without items: severity times the points of each scale for one HAM-D17 point."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from crossblock.domain.truth import Truth
from crossblock.simulate.latent import Latent

Array = NDArray[np.float64]
SCALES = {"hamd17": "", "hamd6": "hamd6_per_point", "madrs": "madrs_per_point"}


def points_per_point(truth: Truth, instrument: str) -> float | None:
    """Return the points of `instrument` for one HAM-D17 point; None where it is no such scale."""
    if instrument not in SCALES:
        return None
    return truth[SCALES[instrument]] if SCALES[instrument] else 1.0


def scores(truth: Truth, state: Latent, labels: tuple[str, ...]) -> tuple[Array, list[bool]]:
    """Return scores (B, n, P, V, K) for the labels, and which of them this generator knows."""
    factor = [points_per_point(truth, label) for label in labels]
    known = [f is not None for f in factor]
    return state.severity[..., None] * np.array([f or 0.0 for f in factor]), known
