"""Restricted and full Gaussian likelihood of a linear mixed model, with score and information.

    y = X beta + e,  e ~ N(0, V(tau)),  P = V^-1 - V^-1 X Phi X' V^-1,  Phi = (X' V^-1 X)^-1

    REML  D = (n - p) log 2pi + log|V| + log|X' V^-1 X| + y' P y      (-2 log-likelihood)
          dD/dtau_k        = tr(P V_k) - y' P V_k P y
          E_kl             = tr(P V_k P V_l)              (twice the expected information)
          d2D/dtau_k dtau_l = -E_kl + 2 y' P V_k P V_l P y + tr(P V_kl) - y' P V_kl P y

ML replaces P by V^-1 in the traces and drops log|X' V^-1 X| and p. The constant is that of lme4
and SAS. `dense_terms` serves any covariance in blocks; `kernels.exchangeable` gives the same terms
for participant + participant:period in a two-dimensional space a participant.
Source: Patterson and Thompson 1971, Biometrika 58:545; Gilmour, Thompson and Cullis 1995,
Biometrics 51:1440. Derivation: docs/derivations/reml.md.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any, NamedTuple

from crossblock.kernels.backend import Backend
from crossblock.kernels.covariance import Blocks, Structure, covariance

Array = Any  # an array of the namespace in use


class Terms(NamedTuple):
    """What the likelihood gives at one tau: B data sets, K parameters, p effects."""

    deviance: Array  # (B,), NaN where V is not positive definite
    score: Array  # (B, K), dD/dtau
    expected: Array  # (B, K, K), E
    observed: Array  # (B, K, K), the Hessian of D
    beta: Array  # (B, p)
    Phi: Array  # (B, p, p)


class Products(NamedTuple):
    """What Kenward-Roger needs beside `Terms`, at the end of a search.

    A_k = X' V^-1 V_k V^-1 X, Q_kl = X' V^-1 V_k V^-1 V_l V^-1 X and R_kl = X' V^-1 V_kl V^-1 X are
    the P_k (sign apart), Q_kl and R_kl of Kenward and Roger 1997.
    """

    A: Array  # (B, K, p, p)
    Q: Array  # (B, K, K, p, p)
    R: Array | None = None  # (B, K, K, p, p), None where V is linear in tau


class Likelihood(NamedTuple):
    """One data set's likelihood as two functions of tau (B, K)."""

    terms: Callable[[Array], Terms]
    products: Callable[[Array], Products]


def transpose(A: Array) -> Array:
    """Swap the last two axes."""
    return A.swapaxes(-1, -2)


def dense_terms(
    structure: Structure, blocks: Blocks, basis: Array, tau: Array, reml: bool, backend: Backend
) -> Terms:
    """Return the likelihood terms of every data set at its own tau (B, K)."""
    xp = backend.xp
    V, dV, d2V = covariance(structure, blocks, basis, tau, xp)
    L = backend.cholesky(V)
    logdet_V = 2.0 * xp.sum(xp.log(xp.diagonal(L, axis1=-2, axis2=-1)), axis=(-2, -1))
    safe = xp.isfinite(logdet_V)
    V = xp.where(safe[:, None, None, None], V, xp.asarray(_eye(V.shape[-1], xp)))
    Vi = xp.linalg.inv(V)
    Vi = (Vi + transpose(Vi)) / 2.0
    XV = Vi @ blocks.X  # V^-1 X, (B, S, m, p)
    XtVX = _over_rows(blocks.X, XV)
    Phi, logdet_X = inverse(XtVX, backend)
    beta = (Phi @ _over_rows(XV, blocks.y[..., None]))[..., 0]
    r = blocks.y - (blocks.X @ beta[:, None, :, None])[..., 0]
    Py = (Vi @ r[..., None])[..., 0]
    quad = xp.sum(Py * r, axis=(-2, -1))
    score, expected, observed = _derivatives(dV, Vi, XV, Phi, Py, reml, xp)
    if d2V is not None:
        Pb = Vi - (XV @ Phi[:, None] @ transpose(XV)) if reml else Vi
        weight = Pb - Py[..., :, None] * Py[..., None, :]
        observed = observed + _curvature(weight, d2V, observed.shape[-1], xp)
    n = xp.sum(xp.where(blocks.observed, 1.0, 0.0), axis=(-2, -1))
    p = blocks.X.shape[-1]
    deviance = logdet_V + quad + (n - p if reml else n) * math.log(2.0 * math.pi)
    deviance = deviance + logdet_X if reml else deviance
    deviance = xp.where(safe & xp.isfinite(deviance), deviance, math.nan)
    return Terms(deviance, score, expected, observed, beta, Phi)


def dense_products(
    structure: Structure, blocks: Blocks, basis: Array, tau: Array, backend: Backend
) -> Products:
    """Return A, Q and R of every data set at its own tau (B, K)."""
    xp = backend.xp
    V, dV, d2V = covariance(structure, blocks, basis, tau, xp)
    V = xp.where(xp.isfinite(V), V, xp.eye(V.shape[-1]))
    Vi = xp.linalg.inv(V)
    XV = Vi @ blocks.X
    found = _products(dV, Vi, XV, xp)
    if d2V is None:
        return found
    R = xp.sum(transpose(XV)[:, None, None] @ d2V @ XV[:, None, None], axis=3)
    pad = (tau.shape[1] - d2V.shape[1], 0)
    return found._replace(R=xp.pad(R, ((0, 0), pad, pad, (0, 0), (0, 0))))


def _products(dV: Array, Vi: Array, XV: Array, xp: Any) -> Products:
    B, K, S, m, _ = dV.shape
    p = XV.shape[-1]
    W = dV @ XV[:, None]  # V_k V^-1 X, (B, K, S, m, p)
    VW = Vi[:, None] @ W
    A = xp.sum(transpose(XV)[:, None] @ W, axis=2)
    rows = xp.moveaxis(W, -1, 2).reshape(B, K * p, S * m)
    columns = xp.moveaxis(VW, -1, 2).reshape(B, K * p, S * m)
    Q = xp.moveaxis((rows @ transpose(columns)).reshape(B, K, p, K, p), 3, 2)
    return Products(A, Q)


def _derivatives(
    dV: Array, Vi: Array, XV: Array, Phi: Array, Py: Array, reml: bool, xp: Any
) -> tuple[Array, Array, Array]:
    """Return score, E and the Hessian (of a linear V)."""
    B, K = dV.shape[:2]
    M = Vi[:, None] @ dV  # V^-1 V_k
    trace = xp.sum(xp.trace(M, axis1=-2, axis2=-1), axis=-1)
    both = M.reshape(B, K, -1) @ transpose(transpose(M).reshape(B, K, -1))
    V_Py = (dV @ Py[:, None, :, :, None])[..., 0]  # (B, K, S, m)
    quad = xp.sum(V_Py * Py[:, None], axis=(-2, -1))
    Vi_V_Py = (Vi[:, None] @ V_Py[..., None])[..., 0].reshape(B, K, -1)
    x = xp.sum(transpose(XV)[:, None] @ V_Py[..., None], axis=2)[..., 0]  # X' V^-1 V_k P y
    average = V_Py.reshape(B, K, -1) @ transpose(Vi_V_Py) - x @ Phi @ transpose(x)
    if reml:
        A, Q, _ = _products(dV, Vi, XV, xp)
        PhiA = Phi[:, None] @ A
        trace = trace - xp.trace(PhiA, axis1=-2, axis2=-1)
        PhiQ = xp.sum(Phi[:, None, None] * transpose(Q), axis=(-2, -1))
        AA = PhiA.reshape(B, K, -1) @ transpose(transpose(PhiA).reshape(B, K, -1))
        both = both - 2.0 * PhiQ + AA
    return trace - quad, both, 2.0 * average - both


def _curvature(weight: Array, d2V: Array, K: int, xp: Any) -> Array:
    """Return sum <weight, V_kl> padded to (B, K, K); weight = P - P y y' P on the blocks."""
    c = d2V.shape[1]
    small = xp.sum(weight[:, None, None] * d2V, axis=(-3, -2, -1))
    return xp.pad(small, ((0, 0), (K - c, 0), (K - c, 0)))


def inverse(A: Array, backend: Backend) -> tuple[Array, Array]:
    """Return the inverse and log-determinant of positive definite matrices (NaN elsewhere)."""
    xp = backend.xp
    L = backend.cholesky(A)
    logdet = 2.0 * xp.sum(xp.log(xp.diagonal(L, axis1=-2, axis2=-1)), axis=-1)
    safe = xp.where(xp.isfinite(logdet)[:, None, None], A, _eye(A.shape[-1], xp))
    inverse = xp.linalg.inv(safe)
    return (inverse + transpose(inverse)) / 2.0, logdet


def _over_rows(A: Array, C: Array) -> Array:
    """Return A' C summed over the blocks and rows of each data set."""
    B = A.shape[0]
    return transpose(A.reshape(B, -1, A.shape[-1])) @ C.reshape(B, -1, C.shape[-1])


def _eye(n: int, xp: Any) -> Array:
    return xp.eye(n)
