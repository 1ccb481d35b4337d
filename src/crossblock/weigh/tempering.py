"""Adaptive tempered sequential Monte Carlo over a bank: from prior draws to a posterior.

A particle is an atom of the bank (what the population model computed) and free coordinates. The
likelihood is raised from power 0 to 1 in steps that keep half of the effective sample; after each
step particles are resampled and moved by Metropolis steps: free coordinates by a walk that would
leave the normal with their own mean and covariance as it is (preconditioned Crank-Nicolson), atoms
by a walk along the order of one of their coordinates. No move runs the
population model. Islands are independent and own disjoint atoms, so that their spread is the Monte
Carlo error of the evidence, the bank's own coarseness included.
Del Moral, Doucet and Jasra (2006), doi 10.1111/j.1467-9868.2006.00553.x.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray
from scipy.special import logsumexp

from crossblock.core.streams import Stream
from crossblock.weigh.bank import Rival
from crossblock.weigh.particles import FREE

Array = NDArray[np.float64]
Ints = NDArray[np.int64]
LogLikelihood = Callable[[Rival], Array]  # of every particle of a rival, (P,)
ISLANDS = 4
EACH = 512  # particles of an island
SWEEPS = 4  # Metropolis sweeps after each step
TARGET = 0.5  # of the sample that stays effective in one step
MOST_STEPS = 60
STEPS = (0.3, 0.6, 0.9)  # b of a move: how far it forgets where it was
WIDER = 1.2  # variance of the fitted normal against that of the particles
NEVER = -1e300  # log-likelihood of a particle where it is no number


@dataclass(frozen=True, kw_only=True, eq=False)
class Cloud:
    """Equally weighted particles of one mechanism's posterior.

    `atoms` (N,) rows of the bank, `z` (N, D) coordinates, `island` (N,); `log_evidence` with its
    Monte Carlo standard error; `powers` of the likelihood; `accepted` share of moves; `unique`
    atoms that are left.
    """

    atoms: Ints
    z: Array
    island: Ints
    log_evidence: float
    error: float
    powers: tuple[float, ...]
    accepted: float

    @property
    def unique(self) -> int:
        return len(np.unique(self.atoms))


@dataclass(frozen=True, kw_only=True, eq=False)
class Start:
    """Where an island begins: atoms it may use, and equally weighted particles among them."""

    pool: Ints
    atoms: Ints
    z: Array


def temper(
    rival: Rival,
    log_likelihood: LogLikelihood,
    *,
    regimens: Sequence[str],
    seed: int,
    each: int = EACH,
    islands: int = ISLANDS,
    sweeps: int = SWEEPS,
    known: Known | None = None,
) -> Cloud:
    """Return the posterior of a rival under `log_likelihood`, from its prior draws.

    With `known`, from a cloud that holds the posterior of other evidence already: its likelihood
    stays at power 1 and its evidence is added. `regimens` are those the likelihoods look at (empty:
    all). The same seed gives the same cloud.
    """
    runs = []
    for island in range(islands):
        words = Stream(seed, f"tempering {rival.mechanism.id}").words(2, trial=island)
        rng = np.random.Generator(np.random.Philox(key=words))
        pool = np.arange(island, rival.particles.count, islands)
        if known is None:
            start = _prior_draws(rival, pool, each, rng)
        else:
            start = _cloud_draws(known.cloud, island, each, rng, pool)
        given = None if known is None else known.log_likelihood
        walk = _Walk(rival, (given, log_likelihood), start.pool, tuple(regimens), rng)
        runs.append(_island(walk, start, sweeps))
    cloud = _joined(runs, each, rng=np.random.Generator(np.random.Philox(key=seed)))
    if known is None:
        return cloud
    return replace(
        cloud,
        log_evidence=cloud.log_evidence + known.cloud.log_evidence,
        error=math.hypot(cloud.error, known.cloud.error),
    )


def _prior_draws(rival: Rival, pool: Ints, each: int, rng: np.random.Generator) -> Start:
    atoms = pool[rng.integers(len(pool), size=each)]
    z = rival.particles.z[atoms].copy()
    free = _free(rival)
    z[:, free] = rng.standard_normal((each, len(free)))
    return Start(pool=pool, atoms=atoms, z=z)


def _cloud_draws(
    cloud: Cloud, island: int, each: int, rng: np.random.Generator, pool: Ints
) -> Start:
    """Return particles of the cloud's own island, or of all where that island died out."""
    mine = np.flatnonzero(cloud.island == island)
    mine = mine if len(mine) else np.arange(len(cloud.island))
    rows = mine[rng.integers(len(mine), size=each)]
    return Start(pool=pool, atoms=cloud.atoms[rows], z=cloud.z[rows].copy())


@dataclass(frozen=True, kw_only=True, eq=False)
class Known:
    """Evidence that is weighed already: the cloud of its posterior and its likelihood."""

    cloud: Cloud
    log_likelihood: LogLikelihood


def _free(rival: Rival) -> Ints:
    return np.array([k for k, s in enumerate(rival.particles.symbols) if s in FREE])


@dataclass(frozen=True, kw_only=True, eq=False)
class _Run:
    atoms: Ints
    z: Array
    log_evidence: float
    powers: tuple[float, ...]
    accepted: float


def _island(walk: _Walk, start: Start, sweeps: int) -> _Run:
    s = walk.begin(start)
    power, log_evidence, powers = 0.0, 0.0, [0.0]
    while power < 1.0 and len(powers) < MOST_STEPS:
        step = next_step(s.L, 1.0 - power)
        log_w = step * s.L
        log_evidence += _log_mean(log_w)
        w = np.exp(log_w - log_w.max())
        s = s.take(systematic(w / w.sum(), walk.rng))
        power = min(1.0, power + step)
        powers.append(power)
        fitted = _fitted(s.z[:, walk.free])
        for _ in range(sweeps):
            s = walk.free_move(s, power, fitted)
            s = walk.atom_move(s, power)
    return _Run(
        atoms=s.atoms,
        z=s.z,
        log_evidence=log_evidence,
        powers=tuple(powers),
        accepted=walk.accepted / max(walk.proposed, 1),
    )


def next_step(L: Array, most: float, target: float = TARGET) -> float:
    """Return the step of the power that leaves `target` of the sample effective, at most `most`."""

    def effective(step: float) -> float:
        return ess(step * L) / len(L)

    if effective(most) >= target:
        return most
    low, high = 0.0, most
    for _ in range(30):
        middle = (low + high) / 2.0
        low, high = (middle, high) if effective(middle) >= target else (low, middle)
    return max(low, 1e-9)


def ess(log_w: Array) -> float:
    """Return the effective sample size (sum w)^2 / sum w^2 of log weights."""
    w = np.exp(log_w - log_w.max())
    return float(w.sum() ** 2 / (w @ w))


def systematic(w: Array, rng: np.random.Generator) -> Ints:
    """Return resampled indices: one uniform draw, equally spaced on the cumulated weights."""
    places = (rng.random() + np.arange(len(w))) / len(w)
    found = np.searchsorted(np.cumsum(w), places)
    return np.asarray(np.minimum(found, len(w) - 1), dtype=np.int64)


def _log_mean(L: Array) -> float:
    top = L.max()
    return float(top + math.log(np.exp(L - top).mean()))


@dataclass(frozen=True, kw_only=True, eq=False)
class _Normal:
    """The normal fitted to particles: mean (F,) and lower root (F, F) of its covariance."""

    mean: Array
    root: Array

    def log_density(self, z: Array) -> Array:
        """Return the log density (N,) without its constant."""
        x = np.linalg.solve(self.root, (z - self.mean).T)
        return np.asarray(-0.5 * (x * x).sum(axis=0))


def _fitted(z: Array) -> _Normal:
    """Return the normal of the particles, a little wider, so that tails are reached."""
    covariance = WIDER * np.cov(z, rowvar=False) + 1e-4 * np.eye(z.shape[1])
    return _Normal(
        mean=z.mean(axis=0), root=np.asarray(np.linalg.cholesky(covariance), dtype=float)
    )


@dataclass(frozen=True, kw_only=True, eq=False)
class _State:
    """Particles on their way: `B` log-likelihood of what is known, `L` of what is tempered."""

    atoms: Ints
    z: Array
    B: Array
    L: Array

    def take(self, rows: Ints) -> _State:
        return _State(atoms=self.atoms[rows], z=self.z[rows], B=self.B[rows], L=self.L[rows])


class _Walk:
    """Metropolis moves on one island; each returns what was kept of the proposals."""

    def __init__(
        self,
        rival: Rival,
        likelihoods: tuple[LogLikelihood | None, LogLikelihood],
        pool: Ints,
        regimens: tuple[str, ...],
        rng: np.random.Generator,
    ) -> None:
        self.rival, self.regimens, self.rng = rival, regimens, rng
        self.known, self.tempered = likelihoods
        self.free = _free(rival)
        free = set(self.free.tolist())
        self.bound = np.array([k for k in range(len(rival.particles.symbols)) if k not in free])
        # rank -> atom and atom -> rank along every bound coordinate
        self.order = [pool[np.argsort(rival.particles.z[pool, k])] for k in self.bound]
        self.rank = []
        for order in self.order:
            rank = np.zeros(rival.particles.count, dtype=np.int64)
            rank[order] = np.arange(len(order))
            self.rank.append(rank)
        self.accepted = self.proposed = 0

    def begin(self, start: Start) -> _State:
        B, L = self._values(start.atoms, start.z)
        return _State(atoms=start.atoms, z=start.z, B=B, L=L)

    def _values(self, atoms: Ints, z: Array) -> tuple[Array, Array]:
        """Return both log-likelihoods of particles, hugely negative where one is no number."""
        moved = self.rival.moved(atoms, z, self.regimens)
        L = self.tempered(moved)
        B = np.zeros(len(z)) if self.known is None else self.known(moved)
        return np.where(np.isfinite(B), B, NEVER), np.where(np.isfinite(L), L, NEVER)

    def free_move(self, s: _State, power: float, fitted: _Normal) -> _State:
        """Propose m + sqrt(1 - b^2) (z - m) + b L xi for the free coordinates; b by chance.

        Reversible under the fitted normal N(m, L L'), whose density corrects for it;
        the prior is standard normal. Cotter et al. (2013), doi 10.1214/13-STS421.
        """
        b = STEPS[self.rng.integers(len(STEPS))]
        z = s.z[:, self.free]
        noise = self.rng.standard_normal(z.shape) @ fitted.root.T
        other = fitted.mean + math.sqrt(1.0 - b * b) * (z - fitted.mean) + b * noise
        moved = s.z.copy()
        moved[:, self.free] = other
        prior = 0.5 * ((z**2).sum(axis=1) - (other**2).sum(axis=1))
        gain = prior + fitted.log_density(z) - fitted.log_density(other)
        return self._kept(s, s.atoms, moved, gain, power)

    def atom_move(self, s: _State, power: float) -> _State:
        """Propose another atom near in one coordinate: a symmetric walk on its ranks, around."""
        k = self.rng.integers(len(self.bound))
        order, rank = self.order[k], self.rank[k]
        reach = max(1, int(len(order) * (0.02, 0.1, 0.5)[self.rng.integers(3)]))
        shift = self.rng.integers(1, reach + 1, size=len(s.atoms))
        shift *= self.rng.choice((-1, 1), size=len(s.atoms))
        other = order[(rank[s.atoms] + shift) % len(order)]
        moved = s.z.copy()
        moved[:, self.bound] = self.rival.particles.z[other][:, self.bound]
        return self._kept(s, other, moved, np.zeros(len(s.z)), power)

    def _kept(self, s: _State, atoms: Ints, z: Array, prior: Array, power: float) -> _State:
        B, L = self._values(atoms, z)
        gain = (B - s.B) + power * (L - s.L) + prior
        taken = np.log(self.rng.random(len(z))) < gain
        self.accepted += int(taken.sum())
        self.proposed += len(z)
        return _State(
            atoms=np.where(taken, atoms, s.atoms),
            z=np.where(taken[:, None], z, s.z),
            B=np.where(taken, B, s.B),
            L=np.where(taken, L, s.L),
        )


def _joined(runs: Sequence[_Run], each: int, rng: np.random.Generator) -> Cloud:
    """Join islands by their evidence: each gives particles in proportion to it."""
    Z = np.array([r.log_evidence for r in runs])
    share = np.exp(Z - logsumexp(Z))
    island = np.repeat(np.arange(len(runs)), each)
    w = np.repeat(share / each, each)
    keep = systematic(w / w.sum(), rng)
    error = 0.0  # one island cannot tell
    if len(runs) > 1:
        error = float(np.std(np.exp(Z - Z.max()), ddof=1) / np.exp(Z - Z.max()).mean())
    return Cloud(
        atoms=np.concatenate([r.atoms for r in runs])[keep],
        z=np.concatenate([r.z for r in runs])[keep],
        island=island[keep],
        log_evidence=float(logsumexp(Z) - math.log(len(runs))),
        error=error / math.sqrt(len(runs)),
        powers=max((r.powers for r in runs), key=len),
        accepted=float(np.mean([r.accepted for r in runs])),
    )


def posterior(rival: Rival, cloud: Cloud) -> Rival:
    """Return the rival at the particles of a cloud, under every regimen of the bank."""
    return rival.moved(cloud.atoms, cloud.z)
