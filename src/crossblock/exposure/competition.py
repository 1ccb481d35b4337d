"""What a blocker leaves of an agonist: at equilibrium, and while both still bind and leave.

Under mass action a blocker with odds b_X asks for 1 + b_X times as much agonist (Schild). Where
unbinding is slow against the change of concentrations (buprenorphine, reversal by naloxone), the
occupancy is stepped exactly for concentrations that are constant within a step, and the step is
halved until the answer settles.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from crossblock.core.errors import CatalogError, Problem
from crossblock.domain.compound import Affinity
from crossblock.kernels.binding import dose_ratio, slow_occupancy

Array = NDArray[np.float64]
FINEST = 1024  # sub-steps at which halving gives up and says so


@dataclass(frozen=True, kw_only=True, eq=False)
class Competition:
    """Agonist occupancy without and with the blocker, and the dose ratio; all (..., t), 0-1."""

    alone: Array
    blocked: Array
    dose_ratio: Array


def competition(agonist_odds: ArrayLike, blocker_odds: ArrayLike) -> Competition:
    """Return a / (1 + a), a / (1 + a + b_X) and 1 + b_X for agonist odds a and blocker odds b_X."""
    a = np.asarray(agonist_odds, dtype=float)
    b = np.asarray(blocker_odds, dtype=float)
    return Competition(alone=a / (1.0 + a), blocked=a / (1.0 + a + b), dose_ratio=dose_ratio(b))


@dataclass(frozen=True, kw_only=True, eq=False)
class Binding:
    """Occupancy by ligand over time (t, ligands), with the error that halving the step leaves.

    `substeps` were needed in each interval; a warning says when they did not suffice.
    """

    times_h: Array
    occupancy: Array
    error: float
    substeps: int
    warnings: tuple[str, ...] = ()


def slow_competition(
    times_h: ArrayLike,
    nmol_per_l: ArrayLike,
    ligands: Sequence[Affinity],
    *,
    tolerance: float = 1e-4,
) -> Binding:
    """Return the occupancy of one receptor by ligands that bind and leave at finite rates.

    Inputs: `times_h` (t,) ascending; concentrations at the receptor (t, ligands) in nmol/L, taken
    as straight between times; affinities with kon and koff. The receptor is free at the first time.
    The step is halved until no occupancy moves by more than `tolerance`.
    """
    kon, koff, n = (np.array(column) for column in zip(*(_rates(a) for a in ligands)))
    times: Array = np.asarray(times_h, dtype=float)
    C: Array = np.asarray(nmol_per_l, dtype=float)
    before = _stepped(times, C, kon, koff, n, 1)
    substeps, error = 1, np.inf
    while error > tolerance and substeps < FINEST:
        substeps *= 2
        now = _stepped(times, C, kon, koff, n, substeps)
        error = float(np.max(np.abs(now - before), initial=0.0))
        before = now
    said = () if error <= tolerance else (f"occupancy still moves by {error:.2g}: use finer times",)
    return Binding(times_h=times, occupancy=before, error=error, substeps=substeps, warnings=said)


def _stepped(times: Array, C: Array, kon: Array, koff: Array, n: Array, substeps: int) -> Array:
    """Cut each interval in `substeps`; half of each runs at its first level, half at its last.

    So a ligand that binds faster than the step ends at the equilibrium of its last level, and the
    error falls with the square of the step.
    """
    nodes = np.arange(substeps + 1) / substeps
    level = C[:-1, None, :] + nodes[None, :, None] * (C[1:] - C[:-1])[:, None, :]
    halves = np.stack([level[:, :-1], level[:, 1:]], axis=2).reshape(-1, C.shape[-1])
    h = np.repeat(np.diff(times) / (2 * substeps), 2 * substeps)
    r = slow_occupancy(halves, h, kon, koff, n)
    start = np.zeros((1, C.shape[-1]))
    return np.concatenate([start, r[2 * substeps - 1 :: 2 * substeps]], axis=0)


def _rates(a: Affinity) -> tuple[float, float, float]:
    p = a.parameters
    if "koff" in p and "kon" in p:
        return p["kon"].value, p["koff"].value, p["n"].value if "n" in p else 1.0
    if "koff" in p and "Ki" in p:
        return p["koff"].value / p["Ki"].value, p["koff"].value, 1.0
    raise CatalogError(
        Problem(
            what=f"the affinity set {a.set} of {a.ligand} has no binding rates",
            where=f"affinity set {a.set}, receptor {a.receptor}",
            why="slow binding needs kon and koff, or koff and Ki",
            fix="use equilibrium competition, or a set with rates",
        )
    )
