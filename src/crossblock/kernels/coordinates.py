"""The coordinates phi in which the covariance parameters tau are searched.

    tau = J0 phi + phi' T phi / 2      (T constant, so the chain rule is exact)

A random term with correlated slopes that must stay positive semi-definite is written G = L L' and
searched in L (lme4's choice); every other parameter is its own coordinate, with a lower bound of 0
where it is a variance that must not be negative. Derivation: docs/derivations/reml.md.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from crossblock.kernels.covariance import (
    Structure,
    pairs,
    random_count,
    residual_count,
)

Array = Any  # an array of the namespace in use

START_SHARE = 0.3  # of a unit residual variance, given to each random term at the start


@dataclass(frozen=True, kw_only=True, slots=True, eq=False)
class Coordinates:
    """The map from phi to tau with its bounds, for K parameters.

    `linear` (K, K) is J0, `quadratic` (K, K, K) is T, `lower` (K,) the bounds, `start` (K,) where a
    search begins for scores of unit variance, `factor` (K,) True on the diagonal of an L.
    """

    linear: np.ndarray
    quadratic: np.ndarray
    lower: np.ndarray
    start: np.ndarray
    factor: np.ndarray


def coordinates(structure: Structure) -> Coordinates:
    """Return the coordinates of a structure."""
    K = random_count(structure) + residual_count(structure)
    linear, quadratic = np.eye(K), np.zeros((K, K, K))
    lower, start = np.full(K, -np.inf), np.zeros(K)
    factor = np.zeros(K, dtype=bool)
    first = 0
    for q in structure.random:
        here = {pair: first + k for k, pair in enumerate(pairs(q))}
        diagonal = [here[a, a] for a in range(q)]
        if q == 1 or not structure.bounded:
            start[diagonal] = START_SHARE / q
            lower[diagonal] = 0.0 if structure.bounded else -np.inf
        else:
            _factored(here, q, linear, quadratic)
            start[diagonal] = np.sqrt(START_SHARE / q)
            factor[diagonal] = True
        first += len(here)
    start[first:] = _residual_start(structure)
    return Coordinates(linear=linear, quadratic=quadratic, lower=lower, start=start, factor=factor)


def _factored(
    here: dict[tuple[int, int], int], q: int, linear: np.ndarray, quadratic: np.ndarray
) -> None:
    """Write G_ab = sum_c L_ac L_bc into the map, in place."""
    for (a, b), k in here.items():
        linear[k, k] = 0.0
        for c in range(b + 1):
            i, j = here[a, c], here[b, c]
            quadratic[k, i, j] += 1.0
            quadratic[k, j, i] += 1.0


def _residual_start(structure: Structure) -> np.ndarray:
    start = np.zeros(residual_count(structure))
    if structure.residual == "un":
        for k, (a, b) in enumerate(pairs(structure.positions)):
            start[k] = 1.0 if a == b else 0.0
    elif structure.residual in ("independent", "cs", "toeplitz", "ar1"):
        start[0] = 1.0
    else:
        start[: structure.positions] = 1.0
    return start


def natural(frame: Coordinates, phi: Array, xp: Any) -> tuple[Array, Array]:
    """Return tau (B, K) and J = dtau/dphi (B, K, K) at phi (B, K)."""
    T, J0 = xp.asarray(frame.quadratic), xp.asarray(frame.linear)
    bend = (T[None] @ phi[:, None, :, None])[..., 0]  # T phi, (B, K, K)
    tau = phi @ J0.T + (bend @ phi[..., None])[..., 0] / 2.0
    return tau, J0 + bend
