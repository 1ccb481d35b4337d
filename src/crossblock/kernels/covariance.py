"""The covariance V(tau) of a block of scores, with its first and second derivatives in tau.

V = sum_t sum_ab G_t,ab (z_a z_b' restricted to equal groups of term t) + R(tau_R), one small matrix
a block; a block is a set of rows that share no random effect or residual unit with any other.

tau lists the lower triangle of every G_t row by row, then the residual parameters:

    independent  s2                       V_ij = s2 [i = j]
    cs           s2, c                    s2 [i = j] + c
    diagonal     v_1..v_T                 v_a [i = j]
    toeplitz     c_0..c_(T-1)             c_|a-b|
    un           c_11, c_21, c_22, ...    c_ab
    ar1          s2, rho                  s2 rho^|a-b|
    csh          v_1..v_T, rho            sqrt(v_a v_b) rho
    arh1         v_1..v_T, rho            sqrt(v_a v_b) rho^|a-b|
    toeph        v_1..v_T, r_1..r_(T-1)   sqrt(v_a v_b) r_|a-b|

with a, b the positions of rows i, j, inside one residual unit. The first five are linear in tau;
the others are parametrized as SAS PROC MIXED does (variances and correlations), which is what
"linear" Kenward-Roger means for them. Derivation: docs/derivations/reml.md.
"""

from __future__ import annotations

from dataclasses import dataclass
from types import ModuleType
from typing import Any, NamedTuple

import numpy as np

Array = Any  # an array of the namespace in use

LINEAR = ("independent", "cs", "diagonal", "toeplitz", "un")
CURVED = ("ar1", "csh", "arh1", "toeph")


@dataclass(frozen=True, kw_only=True, slots=True)
class Structure:
    """What is fixed about a covariance before any data: hashable, so that it can key a compiler.

    `random[t]` is the number of columns of random term t (1 = an intercept); `positions` is the
    number T of residual positions. `bounded` keeps every G_t positive semi-definite, as lme4 does;
    without it only V must be positive definite, so that a component may be negative.
    """

    random: tuple[int, ...] = ()
    residual: str = "independent"
    positions: int = 1
    bounded: bool = True


class Blocks(NamedTuple):
    """Data sets cut into blocks: B data sets, S blocks of at most m rows, p effects, T terms.

    `observed` is False on padding, where y, X and Z are 0. `group[..., t]` and `unit` are integer
    codes that are compared only within a block; `position` is 0..T-1.
    """

    y: Array  # (B, S, m)
    X: Array  # (B, S, m, p)
    observed: Array  # (B, S, m) bool
    group: Array  # (B, S, m, terms) int
    Z: Array  # (B, S, m, columns of all terms)
    unit: Array  # (B, S, m) int
    position: Array  # (B, S, m) int


def pairs(q: int) -> list[tuple[int, int]]:
    """Return the lower triangle of a q by q matrix, row by row."""
    return [(a, b) for a in range(q) for b in range(a + 1)]


def random_count(structure: Structure) -> int:
    """Return the number of G-side parameters."""
    return sum(q * (q + 1) // 2 for q in structure.random)


def residual_count(structure: Structure) -> int:
    """Return the number of R-side parameters."""
    T = structure.positions
    return {
        "independent": 1,
        "cs": 2,
        "diagonal": T,
        "toeplitz": T,
        "un": T * (T + 1) // 2,
        "ar1": 2,
        "csh": T + 1,
        "arh1": T + 1,
        "toeph": 2 * T - 1,
    }[structure.residual]


def is_variance(structure: Structure) -> np.ndarray:
    """Return 2 where tau_k scales with the square of the score, 0 where it is a correlation."""
    G = np.full(random_count(structure), 2)
    R = np.full(residual_count(structure), 2)
    if structure.residual == "ar1":
        R[1:] = 0
    elif structure.residual in CURVED:
        R[structure.positions :] = 0
    return np.concatenate([G, R])


def linear_basis(structure: Structure, blocks: Blocks, xp: ModuleType) -> Array:
    """Return the constant matrices V_k of the linear part, (B, K_linear, S, m, m)."""
    seen = blocks.observed[..., :, None] & blocks.observed[..., None, :]
    parts = _random_basis(structure, blocks, seen, xp)
    if structure.residual in LINEAR:
        parts += _residual_basis(structure, blocks, seen, xp)
    if not parts:
        return xp.zeros((blocks.y.shape[0], 0, *seen.shape[1:]))
    return xp.stack(parts, axis=1)


def _random_basis(structure: Structure, blocks: Blocks, seen: Array, xp: ModuleType) -> list[Array]:
    parts: list[Array] = []
    start = 0
    for t, q in enumerate(structure.random):
        code = blocks.group[..., t]
        equal = xp.where(seen & (code[..., :, None] == code[..., None, :]), 1.0, 0.0)
        z = [blocks.Z[..., start + a] for a in range(q)]
        for a, b in pairs(q):
            outer = z[a][..., :, None] * z[b][..., None, :]
            if a != b:
                outer = outer + z[b][..., :, None] * z[a][..., None, :]
            parts.append(equal * outer)
        start += q
    return parts


def _residual_basis(
    structure: Structure, blocks: Blocks, seen: Array, xp: ModuleType
) -> list[Array]:
    within = seen & (blocks.unit[..., :, None] == blocks.unit[..., None, :])
    row, column = blocks.position[..., :, None], blocks.position[..., None, :]
    same = seen & xp.asarray(np.eye(blocks.y.shape[-1], dtype=bool))
    T = structure.positions
    masks = {
        "independent": lambda: [same],
        "cs": lambda: [same, within],
        "diagonal": lambda: [same & (row == a) for a in range(T)],
        "toeplitz": lambda: [within & (xp.abs(row - column) == lag) for lag in range(T)],
        "un": lambda: [
            within & (((row == a) & (column == b)) | ((row == b) & (column == a)))
            for a, b in pairs(T)
        ],
    }[structure.residual]()
    return [xp.where(mask, 1.0, 0.0) for mask in masks]


def padding(blocks: Blocks, xp: ModuleType) -> Array:
    """Return the unit diagonal that keeps padded rows out of every sum, (B, S, m, m)."""
    eye = xp.asarray(np.eye(blocks.y.shape[-1]))
    return xp.where(blocks.observed[..., None], 0.0, 1.0) * eye


def covariance(
    structure: Structure, blocks: Blocks, basis: Array, tau: Array, xp: ModuleType
) -> tuple[Array, Array, Array | None]:
    """Return V (B, S, m, m), dV (B, K, S, m, m) and the curved part of d2V.

    d2V is (B, c, c, S, m, m) over the last c = K - K_linear parameters, None where V is linear.
    `tau` is (B, K).
    """
    B, k, S, m, _ = basis.shape
    V = padding(blocks, xp)
    if k:
        V = V + (tau[:, None, :k] @ basis.reshape(B, k, S * m * m)).reshape(B, S, m, m)
    if structure.residual in LINEAR:
        return V, basis, None
    R, dR, d2R = _curved(structure, blocks, tau[:, k:], xp)
    return V + R, xp.concatenate([basis, dR], axis=1), d2R


def _curved(
    structure: Structure, blocks: Blocks, tau: Array, xp: ModuleType
) -> tuple[Array, Array, Array]:
    """Return R = D C D with its derivatives, D = diag(sqrt(v_a)), C the correlation."""
    seen = blocks.observed[..., :, None] & blocks.observed[..., None, :]
    within = seen & (blocks.unit[..., :, None] == blocks.unit[..., None, :])
    one = xp.where(within, 1.0, 0.0)
    lag = xp.abs(blocks.position[..., :, None] - blocks.position[..., None, :])
    S, dS, d2S = _scales(structure, blocks, tau, xp)
    C, dC, d2C = _correlations(structure, lag, tau, xp)
    R = S * C * one
    first = [ds * C * one for ds in dS] + [S * dc * one for dc in dC]
    nv, nr = len(dS), len(dC)
    rows = [
        [d2S[a][b] * C * one for b in range(nv)] + [dS[a] * dc * one for dc in dC]
        for a in range(nv)
    ]
    rows += [
        [dS[b] * dC[a] * one for b in range(nv)] + [S * d2C[a][c] * one for c in range(nr)]
        for a in range(nr)
    ]
    second = xp.stack([xp.stack(row, axis=1) for row in rows], axis=1)
    return R, xp.stack(first, axis=1), second


def _scales(
    structure: Structure, blocks: Blocks, tau: Array, xp: ModuleType
) -> tuple[Array, list[Array], list[list[Array]]]:
    """Return S_ij = sqrt(v_a v_b) with derivatives in v; for ar1, S = s2."""
    shape = (-1, 1, 1, 1)
    if structure.residual == "ar1":
        s2 = tau[:, 0].reshape(shape)
        one = xp.ones_like(s2)
        return s2, [one], [[xp.zeros_like(s2)]]
    T = structure.positions
    positive = xp.where(tau > 0.0, tau, xp.nan)  # a variance below 0 makes V not a covariance
    v = [positive[:, a].reshape(shape) for a in range(T)]
    at = [xp.where(blocks.position == a, 1.0, 0.0) for a in range(T)]
    s = sum(v[a][..., 0] ** 0.5 * at[a] for a in range(T))
    S = s[..., :, None] * s[..., None, :]
    # log S = (log v_a + log v_b) / 2, so dS/dv_a = S h_a / v_a with h_a half the count of a.
    h = [(at[a][..., :, None] + at[a][..., None, :]) / 2 for a in range(T)]
    first = [S * h[a] / v[a] for a in range(T)]
    second = [
        [first[a] * (h[b] - (1.0 if a == b else 0.0)) / v[b] for b in range(T)] for a in range(T)
    ]
    return S, first, second


def _correlations(
    structure: Structure, lag: Array, tau: Array, xp: ModuleType
) -> tuple[Array, list[Array], list[list[Array]]]:
    """Return C_ij with its derivatives in the correlation parameters."""
    shape = (-1, 1, 1, 1)
    if structure.residual == "toeph":
        T = structure.positions
        r = [tau[:, T + k].reshape(shape) for k in range(T - 1)]
        at = [xp.where(lag == k + 1, 1.0, 0.0) for k in range(T - 1)]
        C = xp.where(lag == 0, 1.0, 0.0) + sum(r[k] * at[k] for k in range(T - 1))
        zero = xp.zeros_like(at[0])
        return C, at, [[zero] * (T - 1) for _ in range(T - 1)]
    rho = tau[:, -1].reshape(shape)
    if structure.residual == "csh":
        off = xp.where(lag == 0, 0.0, 1.0)
        return rho * off + (1.0 - off), [off + 0.0 * rho], [[xp.zeros_like(off)]]
    d = lag * 1.0
    C = rho**d
    dC = d * rho ** xp.maximum(d - 1.0, 0.0)
    d2C = d * (d - 1.0) * rho ** xp.maximum(d - 2.0, 0.0)
    return C, [dC], [[d2C]]
