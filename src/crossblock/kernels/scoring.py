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
    """The state of a search: phi (B, K) with the likelihood terms there."""

    phi: Array  # (B, K)
    at: Terms
    start: Array  # (B, K, K), the expected information in tau where the search began
    mu: Array  # (B,), damping
    decrement: Array  # (B,), g' H^-1 g over the free parameters
    done: Array  # (B,) bool
    steps: Array  # (B,) int


def search(
    frame: Coordinates,
    terms: Callable[[Array], Terms],
    start: Array,
    idle: Array,
    p: int,
    backend: Backend,
) -> Search:
    """Return the end of a search from `start` (B, K); rows where `idle` are left alone.

    `terms(tau)` gives the likelihood terms of all rows for p effects. The first turn of the loop
    takes no step and looks at the start, so that a compiler sees the likelihood once.
    """
    xp = backend.xp
    B, K = start.shape
    zero = xp.zeros(B) * start[:, 0]
    unit = xp.eye(K) + zero[:, None, None]
    unseen = Terms(
        deviance=zero + math.inf,
        score=xp.zeros_like(start),
        expected=unit,
        observed=unit,
        beta=xp.zeros((B, p)),
        Phi=xp.zeros((B, p, p)),
    )
    first = Search(
        phi=start,
        at=unseen,
        start=unit,
        mu=zero,
        decrement=zero + math.inf,
        done=idle,
        steps=xp.zeros(B, dtype=int),
    )

    def going(s: Search) -> Array:
        return xp.any(~s.done)

    def body(s: Search) -> Search:
        return _advance(frame, terms, s, backend)

    end: Search = backend.while_loop(going, body, first)
    return end


def derivatives(frame: Coordinates, s: Search, xp: Any) -> tuple[Array, Array, Array]:
    """Return g, H and E of the deviance in phi by the chain rule."""
    _, J = natural(frame, s.phi, xp)
    Jt = transpose(J)
    g = (Jt @ s.at.score[..., None])[..., 0]
    K = s.phi.shape[-1]
    bend = (s.at.score @ xp.asarray(frame.quadratic).reshape(K, -1)).reshape(-1, K, K)
    upward = xp.maximum(bend, 0.0) * xp.eye(K)  # keeps E definite where a factor reaches 0
    return g, Jt @ s.at.observed @ J + bend, Jt @ s.at.expected @ J + upward


def _advance(
    frame: Coordinates, terms: Callable[[Array], Terms], s: Search, backend: Backend
) -> Search:
    xp = backend.xp
    lower = xp.asarray(frame.lower)
    opening = s.steps == 0
    step, decrement, definite = newton_step(frame, s, backend)
    settled = decrement < xp.where(definite & (s.mu == 0.0), SETTLED, SETTLED_SLOWLY)
    settled = settled | ((decrement < STALLED) & (decrement > 0.25 * s.decrement))
    phi = xp.maximum(s.phi + step, lower)
    at = terms(natural(frame, phi, xp)[0])
    slack = 1e-11 * (1.0 + xp.abs(s.at.deviance))
    seen = xp.isfinite(at.deviance)
    better = seen & (at.deviance <= s.at.deviance + slack)
    move = better & ~s.done

    def chosen(new: Array, old: Array, where: Array = move) -> Array:
        return xp.where(where.reshape((-1,) + (1,) * (new.ndim - 1)), new, old)

    mu = xp.where(better, xp.where(s.mu < 1e-3, 0.0, s.mu / 8.0), xp.maximum(4.0 * s.mu, 0.05))
    steps = s.steps + xp.where(s.done, 0, 1)
    return Search(
        phi=chosen(phi, s.phi),
        at=Terms(*(chosen(new, old) for new, old in zip(at, s.at, strict=True))),
        start=chosen(at.expected, s.start, move & opening),
        mu=xp.where(s.done, s.mu, mu),
        decrement=xp.where(s.done | opening, s.decrement, decrement),
        done=s.done | (settled & ~opening) | (opening & ~seen) | (steps > MOST_STEPS),
        steps=steps,
    )


def newton_step(frame: Coordinates, s: Search, backend: Backend) -> tuple[Array, Array, Array]:
    """Return the step (B, K) over the free parameters, its undamped decrement (B,), and whether
    it was a Newton step (B,) rather than one of Fisher scoring.
    """
    xp = backend.xp
    g, H, E = derivatives(frame, s, xp)
    eye = xp.eye(s.phi.shape[-1])
    free = xp.where((s.phi <= xp.asarray(frame.lower)) & (g > 0.0), 0.0, 1.0)
    g = g * free
    size = xp.maximum(xp.sum(E * eye, axis=-1), xp.abs(xp.sum(H * eye, axis=-1)))
    size = xp.sqrt(xp.maximum(size, 1e-30))
    units = size[:, :, None] * size[:, None, :]
    mask = free[:, :, None] * free[:, None, :]
    hold = eye * (1.0 - free)[:, :, None]
    newton = H / units * mask + hold
    fisher = E / units * mask + hold + 1e-10 * eye
    target = -(g / size)[..., None]
    far = -xp.sum(target[..., 0] * xp.linalg.solve(fisher, target)[..., 0], axis=-1) < -FAR
    definite = xp.isfinite(xp.sum(backend.cholesky(newton - DEFINITE * eye), axis=(-2, -1)))
    definite = definite & ~far
    M = xp.where(definite[:, None, None], newton, fisher)
    damped = xp.linalg.solve(M + s.mu[:, None, None] * eye, target)[..., 0] / size
    plain = xp.linalg.solve(M, target)[..., 0] / size
    return damped * free, -xp.sum(g * plain, axis=-1), definite
