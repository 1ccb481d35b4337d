"""Kenward-Roger: small-sample covariance of the fixed effects and degrees of freedom.

    Lambda = sum_kl W_kl Phi (Q_kl - P_k Phi P_l - R_kl / 4) Phi,   Phi_A = Phi + 2 Lambda

with W the covariance of tau-hat. The linear form leaves R_kl (second derivatives of V) out, as
pbkrtest and SAS KR(LINEAR) do; R_kl is 0 unless the covariance is curved in tau. With L (q, p) and
Theta = L' (L Phi L')^-1 L:

    A1 = sum_kl W_kl tr(Theta Phi P_k Phi) tr(Theta Phi P_l Phi)
    A2 = sum_kl W_kl tr(Theta Phi P_k Phi Theta Phi P_l Phi),     B = (A1 + 6 A2) / (2 q)

from which m (denominator degrees of freedom) and lambda (scale of F) follow.
Source: Kenward and Roger 1997, Biometrics 53:983, equations 3 to 9; Halekoh and Hojsgaard 2014,
J Stat Softw 59(9). Derivation: docs/derivations/kenward-roger.md.
"""

from __future__ import annotations

from typing import Any

Array = Any  # an array of the namespace in use


def adjusted_covariance(
    Phi: Array, A: Array, Q: Array, W: Array, xp: Any, R: Array | None = None
) -> Array:
    """Return Phi_A (B, p, p) from Phi, A_k = -P_k, Q_kl, W (B, K, K) and, in full, R_kl."""
    Q = Q if R is None else Q - R / 4.0
    B, K, p = A.shape[0], A.shape[1], A.shape[-1]
    weighted = (W @ A.reshape(B, K, -1)).reshape(A.shape)  # sum_l W_kl A_l
    PAP = xp.sum(A @ Phi[:, None] @ weighted, axis=1)
    WQ = xp.sum(W.reshape(B, K * K)[..., None] * Q.reshape(B, K * K, -1), axis=1)
    Lambda = Phi @ (WQ.reshape(B, p, p) - PAP) @ Phi
    Lambda = (Lambda + Lambda.swapaxes(-1, -2)) / 2.0
    return Phi + 2.0 * Lambda


def moments(L: Array, Phi: Array, spread: Array, W: Array, xp: Any) -> tuple[Array, Array]:
    """Return A1 and A2 (B,) of a contrast L (B, q, p), spread_k = Phi P_k Phi (sign is free)."""
    B, K = spread.shape[:2]
    Lt = L.swapaxes(-1, -2)
    inner = xp.linalg.inv(L @ Phi @ Lt)  # (L Phi L')^-1
    D = inner[:, None] @ (L[:, None] @ spread @ Lt[:, None])  # similar to Theta Phi P_k Phi
    t = xp.trace(D, axis1=-2, axis2=-1)  # (B, K)
    A1 = xp.sum(t * (W @ t[..., None])[..., 0], axis=-1)
    flat = D.reshape(B, K, -1)
    across = flat @ D.swapaxes(-1, -2).reshape(B, K, -1).swapaxes(-1, -2)
    A2 = xp.sum(W * across, axis=(-2, -1))
    return A1, A2


def degrees_of_freedom(A1: Array, A2: Array, q: int, xp: Any) -> tuple[Array, Array]:
    """Return m and lambda: lambda F ~ F(q, m).

    For q = 1 they are 2 / A2 and 1. Where the moment equations have no solution above 2, m is what
    they give and the scale is 1. Source: Kenward and Roger 1997, equations 7 to 9.
    """
    if q == 1:
        return 2.0 / A2, xp.ones_like(A2)
    B = (A1 + 6.0 * A2) / (2.0 * q)
    g = ((q + 1.0) * A1 - (q + 4.0) * A2) / ((q + 2.0) * A2)
    d = 3.0 * q + 2.0 * (1.0 - g)
    c1, c2, c3 = g / d, (q - g) / d, (q + 2.0 - g) / d
    V0, V1, V2 = 1.0 + c1 * B, 1.0 - c2 * B, 1.0 - c3 * B
    E_inverse = 1.0 - A2 / q
    both_zero = (xp.abs(V1) < 1e-14) & (xp.abs(E_inverse) < 1e-14)
    ratio = xp.where(both_zero, 1.0, E_inverse / xp.where(both_zero, 1.0, V1))
    none = V2 == 0.0
    rho = xp.where(none, xp.inf, ratio**2 * V0 / (q * xp.where(none, 1.0, V2)))  # V* / (2 E*^2)
    m = 4.0 + (q + 2.0) / (q * rho - 1.0)
    near = xp.abs(m - 2.0) < 1e-2
    scale = xp.where(near, 1.0, m * E_inverse / xp.where(near, 1.0, m - 2.0))
    return m, scale
