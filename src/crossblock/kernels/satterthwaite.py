"""Satterthwaite degrees of freedom of a contrast.

    df = 2 (l' Phi l)^2 / (d' C d),   d_k = d(l' Phi l)/dtau_k = l' Phi A_k Phi l,
    C = the covariance of tau-hat from the observed information, 2 H^-1

For several rows the contrast is turned to independent directions, each with its own t and df, and
    df2 = 2 E / (E - q),   E = sum over directions with df > 2 of df / (df - 2)
as lmerTest does. Source: Giesbrecht and Burns 1985, Biometrics 41:477; Fai and Cornelius 1996,
J Stat Comput Simul 54:363. Derivation: docs/derivations/kenward-roger.md.
"""

from __future__ import annotations

from typing import Any

Array = Any  # an array of the namespace in use


def degrees_of_freedom(l: Array, Phi: Array, spread: Array, C: Array, xp: Any) -> Array:  # noqa: E741
    """Return df (B,) of one row l (B, p); spread_k = Phi A_k Phi (B, K, p, p)."""
    variance = xp.sum(l * (Phi @ l[..., None])[..., 0], axis=-1)
    d = (spread @ l[:, None, :, None])[..., 0] @ l[..., None]  # (B, K, 1)
    slope = d[..., 0]
    return 2.0 * variance**2 / xp.sum(slope * (C @ d)[..., 0], axis=-1)


def directions(L: Array, Phi: Array, xp: Any) -> Array:
    """Return the rows of L (B, q, p) turned so that their estimates are uncorrelated."""
    inner = L @ Phi @ L.swapaxes(-1, -2)
    _, vectors = xp.linalg.eigh(xp.where(xp.isfinite(inner), inner, 0.0))  # a bad fit stays NaN
    return vectors.swapaxes(-1, -2) @ L


def pooled(df: Array, xp: Any) -> Array:
    """Return the denominator df (B,) of an F from the df of its q directions (B, q)."""
    q = df.shape[-1]
    mean = xp.mean(df, axis=-1)
    equal = xp.max(xp.abs(df - df[..., :1]), axis=-1) < 1e-8
    above = df > 2.0
    total = xp.sum(xp.where(above, df / xp.where(above, df - 2.0, 1.0), 0.0), axis=-1)
    several = xp.where(total > q, 2.0 * total / xp.where(total > q, total - q, 1.0), 2.0)
    return xp.where(equal, mean, xp.where(xp.any(df <= 2.0, axis=-1), 2.0, several))
