"""Concentrations to receptor occupancy, with several ligands that compete for one site.

Three forms: equilibrium by mass action, slow association and dissociation (exact for a
concentration that is constant within a step), and odds of a K-PD blocker. Ligands are the axis
before last where a matrix of constants is given; derivation: docs/derivations/binding.md.
"""

from __future__ import annotations

from types import ModuleType
from typing import Any

import numpy as np

from crossblock.kernels.propagate import transition

Array = Any  # an array of the namespace in use


def binding_odds(C: Array, K: Array, n: Array = 1.0, xp: ModuleType = np) -> Array:
    """Return b = (C / K)^n: how many bound receptors a ligand holds for each free one.

    Inputs: C >= 0 and K > 0 in the same unit (nmol/L); n > 0, 1 for mass action. Output >= 0.
    """
    return (xp.asarray(C) / K) ** n


def competitive_occupancy(b: Array, xp: ModuleType = np) -> Array:
    """Return each ligand's share of the receptors at equilibrium.

    occupancy_l = b_l / (1 + sum_m b_m).
    Input: odds b (..., ligands), >= 0. Output: same shape, in [0, 1), summing to less than 1.
    Holds when ligand is in excess over receptor and binding is fast against kinetics.
    Source: Gaddum 1937; Cheng and Prusoff 1973.
    """
    b = xp.asarray(b)
    return b / (1.0 + b.sum(axis=-1, keepdims=True))


def equilibrium_occupancy(C: Array, K: Array, xp: ModuleType = np) -> Array:
    """Return the occupancy of several receptors by several ligands.

    theta_lr = b_lr / (1 + sum_m b_mr),  b_lr = C_l / K_lr.
    Inputs: C (..., ligands) in nmol/L; K (ligands, receptors) or (..., ligands, receptors) in
    nmol/L, infinite where a ligand does not bind. Output (..., ligands, receptors).
    """
    b = xp.asarray(C)[..., None] / K
    return b / (1.0 + b.sum(axis=-2, keepdims=True))


def blockade(b: Array, xp: ModuleType = np) -> Array:
    """Return b / (1 + b): the fraction of receptors made unavailable. b >= 0, any shape."""
    b = xp.asarray(b)
    return b / (1.0 + b)


def odds(fraction: Array) -> Array:
    """Return fraction / (1 - fraction), the inverse of `blockade`. Range: 0 <= fraction < 1."""
    return fraction / (1.0 - fraction)


def half_saturation(kon: Array, koff: Array, n: Array = 1.0) -> Array:
    """Return the concentration that holds half the receptors: (koff / kon)^(1/n).

    Inputs: kon in 1/(nmol/L)^n/h, koff in 1/h, n > 0. Output in nmol/L.
    """
    return (koff / kon) ** (1.0 / n)


def slow_occupancy(
    C: Array,
    h: Array,
    kon: Array,
    koff: Array,
    n: Array = 1.0,
    start: Array | None = None,
    xp: ModuleType = np,
    squarings: int | None = None,
) -> Array:
    """Return the occupancy by ligands that bind and leave at finite rates.

    dr_l/dt = kon_l C_l^n_l (1 - sum_m r_m) - koff_l r_l, solved exactly in each step, in which
    C is constant: with the free share as a state of its own the generator moves probability
    between states, so occupancies stay in [0, 1] and their sum with the free share stays 1.

    Inputs: C (..., steps, ligands) in nmol/L; h (steps,) in h; kon (ligands,) in
    1/(nmol/L)^n/h; koff (ligands,) in 1/h; start (..., ligands), default 0.
    Output (..., steps, ligands): occupancy at the end of each step. The loop is over steps;
    `squarings` as in `propagate.transition`, needed when traced.
    """
    C = xp.asarray(C)
    on = xp.asarray(kon) * C ** xp.asarray(n)
    L = C.shape[-1]
    G = _generator(on, xp.asarray(koff), xp) * xp.asarray(h)[:, None, None]
    E = transition(G, 1.0, xp, squarings)
    r = xp.zeros((*C.shape[:-2], L)) if start is None else xp.asarray(start)
    p = xp.concatenate([1.0 - r.sum(axis=-1, keepdims=True), r], axis=-1)
    seen = []
    for step in range(C.shape[-2]):
        p = (E[..., step, :, :] @ p[..., None])[..., 0]
        seen.append(p[..., 1:])
    return xp.stack(seen, axis=-2)


def _generator(on: Array, off: Array, xp: ModuleType) -> Array:
    """Build dp/dt = G p for p = (free, ligand 1, ..., ligand L); columns sum to 0."""
    L = on.shape[-1]
    off = xp.broadcast_to(off, on.shape)
    zero = xp.zeros(on.shape[:-1])
    rows = [xp.concatenate([-on.sum(axis=-1, keepdims=True), off], axis=-1)]
    for j in range(L):
        row = [on[..., j]] + [-off[..., k] if k == j else zero for k in range(L)]
        rows.append(xp.stack(row, axis=-1))
    return xp.stack(rows, axis=-2)


def dose_ratio(blocker: Array) -> Array:
    """Return the factor by which an agonist must rise to keep its occupancy: 1 + b.

    Schild's relation for competition at one site; b are the blocker's odds, >= 0, any shape.
    Source: Arunlakshana and Schild 1959, 10.1111/j.1476-5381.1959.tb00928.x.
    """
    return 1.0 + blocker
