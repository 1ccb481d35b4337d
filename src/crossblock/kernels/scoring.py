"""The search for the covariance parameters: damped Newton and Fisher scoring with bounds.

    (H + mu D) step = -g,   H = Hessian of D where it is positive definite, else E

in the coordinates phi of `kernels.coordinates`. A parameter at its bound whose score points outward
is held. A step that does not lower D is refused and mu raised. Rows of a batch are searched side by
side and each stops on its own, so that row k of a batch takes the path it would take alone.
Derivation: docs/derivations/reml.md.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any, NamedTuple

from crossblock.kernels.backend import Backend
from crossblock.kernels.coordinates import Coordinates, natural
from crossblock.kernels.reml import Terms, transpose

Array = Any  # an array of the namespace in use

MOST_STEPS = 100
SETTLED = 1e-12  # decrement of -2 log-likelihood below which one Newton step more is exact
SETTLED_SLOWLY = 1e-20  # the same for Fisher steps, which converge linearly
STALLED = 1e-13  # below this, a decrement that no longer falls is rounding
NEARLY = 1e-9  # a search that ends above this has not settled
FAR = 0.1  # decrement above which Fisher steps, exact for balanced data, come before Newton's
DEFINITE = 1e-7  # smallest eigenvalue of a Hessian in scaled units that Newton steps trust


class Search(NamedTuple):
    """The state of a search: phi (B, K) with the derivatives of D there."""

    phi: Array  # (B, K)
    deviance: Array  # (B,)
    g: Array  # (B, K)
    H: Array  # (B, K, K), Hessian in phi
    E: Array  # (B, K, K), expected, in phi
    E_start: Array  # (B, K, K), the same where the search began
    mu: Array  # (B,), damping
    decrement: Array  # (B,), g' H^-1 g over the free parameters
    done: Array  # (B,) bool
    steps: Array  # (B,) int


def search(
    frame: Coordinates, terms: Callable[[Array], Terms], start: Array, idle: Array, backend: Backend
) -> Search:
    """Return the end of a search from `start` (B, K); rows where `idle` are left alone.

    `terms(tau)` gives the likelihood terms of all rows.
    """
    xp = backend.xp
    count = xp.zeros(start.shape[0], dtype=int)
    state = _look(frame, terms, start, xp)
    first = Search(
        *state,
        E_start=state[4],
        mu=xp.zeros_like(state[1]),
        decrement=xp.full_like(state[1], math.inf),
        done=idle | ~xp.isfinite(state[1]),
        steps=count,
    )

    def going(s: Search) -> Array:
        return xp.any(~s.done)

    def body(s: Search) -> Search:
        return _advance(frame, terms, s, backend)

    end: Search = backend.while_loop(going, body, first)
    return end


def _look(
    frame: Coordinates, terms: Callable[[Array], Terms], phi: Array, xp: Any
) -> tuple[Array, Array, Array, Array, Array]:
    """Return phi, D, g, H and E there by the chain rule."""
    tau, J = natural(frame, phi, xp)
    at = terms(tau)
    Jt = transpose(J)
    g = (Jt @ at.score[..., None])[..., 0]
    K = phi.shape[-1]
    bend = (at.score @ xp.asarray(frame.quadratic).reshape(K, -1)).reshape(-1, K, K)
    upward = xp.maximum(bend, 0.0) * xp.eye(K)  # keeps E definite where a factor reaches 0
    return phi, at.deviance, g, Jt @ at.observed @ J + bend, Jt @ at.expected @ J + upward


def _advance(
    frame: Coordinates, terms: Callable[[Array], Terms], s: Search, backend: Backend
) -> Search:
    xp = backend.xp
    lower = xp.asarray(frame.lower)
    step, decrement, definite = newton_step(s, lower, backend)
    settled = decrement < xp.where(definite & (s.mu == 0.0), SETTLED, SETTLED_SLOWLY)
    settled = settled | ((decrement < STALLED) & (decrement > 0.25 * s.decrement))
    phi = xp.maximum(s.phi + step, lower)
    _, deviance, g, H, E = _look(frame, terms, phi, xp)
    slack = 1e-11 * (1.0 + xp.abs(s.deviance))
    better = xp.isfinite(deviance) & (deviance <= s.deviance + slack)
    move = better & ~s.done
    mu = xp.where(better, xp.where(s.mu < 1e-3, 0.0, s.mu / 8.0), xp.maximum(4.0 * s.mu, 0.05))
    steps = s.steps + xp.where(s.done, 0, 1)
    return Search(
        phi=xp.where(move[:, None], phi, s.phi),
        deviance=xp.where(move, deviance, s.deviance),
        g=xp.where(move[:, None], g, s.g),
        H=xp.where(move[:, None, None], H, s.H),
        E=xp.where(move[:, None, None], E, s.E),
        E_start=s.E_start,
        mu=xp.where(s.done, s.mu, mu),
        decrement=xp.where(s.done, s.decrement, decrement),
        done=s.done | settled | (steps >= MOST_STEPS),
        steps=steps,
    )


def newton_step(s: Search, lower: Array, backend: Backend) -> tuple[Array, Array, Array]:
    """Return the step (B, K) over the free parameters, its undamped decrement (B,), and whether
    the Hessian was positive definite (B,)."""
    xp = backend.xp
    K = s.phi.shape[-1]
    eye = xp.eye(K)
    free = xp.where((s.phi <= lower) & (s.g > 0.0), 0.0, 1.0)
    g = s.g * free
    diagonal = xp.sum(s.E * eye, axis=-1)
    size = xp.sqrt(xp.maximum(xp.maximum(diagonal, xp.abs(xp.sum(s.H * eye, axis=-1))), 1e-30))
    mask = free[:, :, None] * free[:, None, :]
    units = size[:, :, None] * size[:, None, :]
    hold = eye * (1.0 - free)[:, :, None]
    H = s.H / units * mask + hold
    definite = xp.isfinite(xp.sum(backend.cholesky(H - DEFINITE * eye), axis=(-2, -1)))
    fisher = s.E / units * mask + hold + 1e-10 * eye
    target = -(g / size)[..., None]
    far = -xp.sum(target[..., 0] * xp.linalg.solve(fisher, target)[..., 0], axis=-1) < -FAR
    definite = definite & ~far
    M = xp.where(definite[:, None, None], H, fisher)
    damped = xp.linalg.solve(M + s.mu[:, None, None] * eye, target)[..., 0] / size
    plain = xp.linalg.solve(M, target)[..., 0] / size
    return damped * free, -xp.sum(g * plain, axis=-1), definite
