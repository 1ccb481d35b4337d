"""Adaptive tempered sequential Monte Carlo over a bank: from prior draws to a posterior.

A particle is an atom of the bank (what the population model computed) and free coordinates. The
likelihood is raised from power 0 to 1 in steps that keep half of the effective sample; after each
step some particles are resampled and moved by Metropolis steps: free coordinates by a walk that
would leave the normal with their own mean and covariance as it is (preconditioned Crank-Nicolson),
atoms to others that reach much the same. All places they pass are the next particles (waste-free:
Dau and Chopin 2022, arXiv 2011.02328). No move runs the population model.

Particles that move slowly arrive late, and the product of the steps' means understates the
evidence. So the last particles only shape a proposal, and evidence and posterior come from its
importance draws (`proposal`). Islands are independent and own disjoint atoms, so that their spread
is the Monte Carlo error of the evidence, the bank's own coarseness included.
Del Moral, Doucet and Jasra (2006), doi 10.1111/j.1467-9868.2006.00553.x.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from crossblock.core.streams import Stream
from crossblock.weigh.atoms import Partition, partitions
from crossblock.weigh.bank import Rival
from crossblock.weigh.particles import FREE
from crossblock.weigh.proposal import Normal, joint, normal, systematic

Array = NDArray[np.float64]
Ints = NDArray[np.int64]
LogLikelihood = Callable[[Rival], Array]  # of every particle of a rival, (P,)
ISLANDS = 4
EACH = 512  # particles that an island gives to the cloud
CHAINS, FEWEST = 4, 64  # an island moves 1/4 as many at once, at least 64: a fit needs them
SWEEPS = 4  # Metropolis sweeps after each step; every one leaves particles behind
TARGET = 0.5  # of the sample that stays effective in one step
MOST_STEPS = 60
STEPS = (0.3, 0.6, 0.9)  # b of a move: how far it forgets where it was
BATCHES = 8  # of importance draws at most, where few of them carry the weight
NEVER = -1e300  # log-likelihood of a particle where it is no number


@dataclass(frozen=True, kw_only=True, eq=False)
class Cloud:
    """Equally weighted particles of one mechanism's posterior.

    `atoms` (N,) rows of the bank, `z` (N, D) coordinates, `island` (N,); `log_evidence` with its
    Monte Carlo standard error; `effective` importance draws behind them; `powers` of the
    likelihood; `accepted` share of moves; `unique` atoms that are left.
    """

    atoms: Ints
    z: Array
    island: Ints
    log_evidence: float
    error: float
    effective: float
    powers: tuple[float, ...]
    accepted: float

    @property
    def unique(self) -> int:
        return len(np.unique(self.atoms))


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
    stays at power 1, and the evidence is that of both. `regimens` are those the likelihoods look at
    (empty: all). The same seed gives the same cloud.
    """
    runs = []
    for island in range(islands):
        words = Stream(seed, f"tempering {rival.mechanism.id}").words(2, trial=island)
        rng = np.random.Generator(np.random.Philox(key=words))
        pool = np.arange(island, rival.particles.count, islands)
        near = partitions(rival, tuple(regimens), island, islands)
        given = None if known is None else known.log_likelihood
        walk = _Walk(rival, (given, log_likelihood), pool, near, tuple(regimens), rng)
        chains = max(FEWEST, each // CHAINS)
        if known is None:
            start = walk.prior_draws(chains * sweeps)
        else:
            start = walk.cloud_draws(known.cloud, island)
        runs.append(_island(walk, start, chains, sweeps, each))
    return _joined(runs, each, rng=np.random.Generator(np.random.Philox(key=seed)))


@dataclass(frozen=True, kw_only=True, eq=False)
class Known:
    """Evidence that is weighed already: the cloud of its posterior and its likelihood."""

    cloud: Cloud
    log_likelihood: LogLikelihood


@dataclass(frozen=True, kw_only=True, eq=False)
class _State:
    """Particles on their way: `B` log-likelihood of what is known, `L` of what is tempered."""

    atoms: Ints
    z: Array
    B: Array
    L: Array

    def take(self, rows: Ints) -> _State:
        return _State(atoms=self.atoms[rows], z=self.z[rows], B=self.B[rows], L=self.L[rows])


def _together(states: Sequence[_State]) -> _State:
    return _State(
        atoms=np.concatenate([s.atoms for s in states]),
        z=np.concatenate([s.z for s in states]),
        B=np.concatenate([s.B for s in states]),
        L=np.concatenate([s.L for s in states]),
    )


@dataclass(frozen=True, kw_only=True, eq=False)
class _Run:
    """Equally weighted particles of one island, and the importance weights behind them."""

    atoms: Ints
    z: Array
    log_w: Array
    powers: tuple[float, ...]
    accepted: float

    @property
    def log_evidence(self) -> float:
        return _log_mean(self.log_w)


def _island(walk: _Walk, s: _State, chains: int, sweeps: int, each: int) -> _Run:
    power, powers = 0.0, [0.0]
    while power < 1.0 and len(powers) < MOST_STEPS:
        step = next_step(s.L, 1.0 - power)
        w = _shares(step * s.L)
        power = min(1.0, power + step)
        powers.append(power)
        fitted = normal(s.z[:, walk.free], w)
        s = s.take(systematic(w, chains, walk.rng))
        s = _together(walk.passed(s, power, fitted, sweeps))
    drawn, log_w = _importance(walk, s, each)
    kept = drawn.take(systematic(_shares(log_w), each, walk.rng))
    kept = walk.passed(kept, 1.0, normal(kept.z[:, walk.free], np.full(each, 1.0 / each)), 1)[0]
    return _Run(
        atoms=kept.atoms,
        z=kept.z,
        log_w=log_w,
        powers=tuple(powers),
        accepted=walk.accepted / max(walk.proposed, 1),
    )


def _importance(walk: _Walk, s: _State, each: int) -> tuple[_State, Array]:
    """Return draws of the proposal that particles shape, with log prior x likelihood / proposal.

    More are drawn until a quarter of `each` is effective, or to `BATCHES`. What particles are is
    of no consequence to what draws are worth, so a badly shaped proposal shows in their number.
    """
    shape = joint(s.z[:, walk.bound], s.z[:, walk.free])
    states: list[_State] = []
    log_w = np.empty(0)
    while len(states) < BATCHES and (not states or ess(log_w) < each / CHAINS):
        found = shape.draw(walk.coordinates, 2 * each, walk.rng)
        new = walk.at(walk.pool[found.rows], found.free)
        states.append(new)
        log_w = np.concatenate([log_w, found.log_ratio + new.B + new.L])
    return _together(states), log_w


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


def _shares(log_w: Array) -> Array:
    w = np.exp(log_w - log_w.max())
    return np.asarray(w / w.sum())


def _log_mean(L: Array) -> float:
    top = L.max()
    return float(top + math.log(np.exp(L - top).mean()))


class _Walk:
    """Metropolis moves on one island; each returns what was kept of the proposals."""

    def __init__(
        self,
        rival: Rival,
        likelihoods: tuple[LogLikelihood | None, LogLikelihood],
        pool: Ints,
        near: Sequence[Partition],
        regimens: tuple[str, ...],
        rng: np.random.Generator,
    ) -> None:
        self.rival, self.pool, self.near = rival, pool, near
        self.regimens, self.rng = regimens, rng
        self.known, self.tempered = likelihoods
        symbols = rival.particles.symbols
        self.free = np.array([k for k, s in enumerate(symbols) if s in FREE])
        self.bound = np.array([k for k, s in enumerate(symbols) if s not in FREE])
        self.coordinates = rival.particles.z[np.ix_(pool, self.bound)]
        self.accepted = self.proposed = 0

    def prior_draws(self, count: int) -> _State:
        atoms = self.pool[self.rng.integers(len(self.pool), size=count)]
        return self.at(atoms, self.rng.standard_normal((count, len(self.free))))

    def cloud_draws(self, cloud: Cloud, island: int) -> _State:
        """Return the cloud's particles of this island; all of them where that island died out."""
        mine = np.flatnonzero(cloud.island == island)
        mine = mine if len(mine) else np.arange(len(cloud.island))
        return self._state(cloud.atoms[mine], cloud.z[mine])

    def at(self, atoms: Ints, free: Array) -> _State:
        """Return particles of some atoms at free coordinates (N, F)."""
        z = self.rival.particles.z[atoms].copy()
        z[:, self.free] = free
        return self._state(atoms, z)

    def _state(self, atoms: Ints, z: Array) -> _State:
        """Return particles with both log-likelihoods, hugely negative where one is no number."""
        moved = self.rival.moved(atoms, z, self.regimens)
        L = self.tempered(moved)
        B = np.zeros(len(z)) if self.known is None else self.known(moved)
        finite = (np.where(np.isfinite(x), x, NEVER) for x in (B, L))
        B, L = finite
        return _State(atoms=atoms, z=z, B=B, L=L)

    def passed(self, s: _State, power: float, fitted: Normal, sweeps: int) -> list[_State]:
        """Return where particles stand after each of some sweeps."""
        out = []
        for _ in range(sweeps):
            s = self.free_move(s, power, fitted)
            s = self.atom_move(s, power)
            s = self.free_move(s, power, fitted)
            out.append(s)
        return out

    def free_move(self, s: _State, power: float, fitted: Normal) -> _State:
        """Propose m + sqrt(1 - b^2) (z - m) + b L xi for the free coordinates; b by chance.

        Reversible under the fitted normal N(m, L L'), whose density corrects for it;
        the prior is standard normal. Cotter et al. (2013), doi 10.1214/13-STS421.
        """
        b = STEPS[self.rng.integers(len(STEPS))]
        z = s.z[:, self.free]
        noise = self.rng.standard_normal(z.shape) @ fitted.root.T
        other = fitted.mean + math.sqrt(1.0 - b * b) * (z - fitted.mean) + b * noise
        prior = 0.5 * ((z**2).sum(axis=1) - (other**2).sum(axis=1))
        gain = prior + fitted.log_density(z) - fitted.log_density(other)
        return self._kept(s, self.at(s.atoms, other), gain, power)

    def atom_move(self, s: _State, power: float) -> _State:
        """Propose another atom of the same cell of a partition by chance: symmetric."""
        cells = self.near[int(self.rng.integers(len(self.near)))]
        other = self.at(cells.other(s.atoms, self.rng), s.z[:, self.free])
        return self._kept(s, other, np.zeros(len(s.z)), power)

    def _kept(self, s: _State, other: _State, prior: Array, power: float) -> _State:
        gain = (other.B - s.B) + power * (other.L - s.L) + prior
        taken = np.log(self.rng.random(len(gain))) < gain
        self.accepted += int(taken.sum())
        self.proposed += len(gain)
        return _State(
            atoms=np.where(taken, other.atoms, s.atoms),
            z=np.where(taken[:, None], other.z, s.z),
            B=np.where(taken, other.B, s.B),
            L=np.where(taken, other.L, s.L),
        )


def _joined(runs: Sequence[_Run], each: int, rng: np.random.Generator) -> Cloud:
    """Join islands by their evidence: each gives particles in proportion to it."""
    Z = np.array([r.log_evidence for r in runs])
    share = _shares(Z)
    island = np.repeat(np.arange(len(runs)), each)
    keep = systematic(np.repeat(share / each, each), len(island), rng)
    every = np.concatenate([r.log_w for r in runs])
    by_weights = math.sqrt(max(0.0, 1.0 / ess(every) - 1.0 / len(every)))
    w = np.exp(Z - Z.max())
    between = float(np.std(w, ddof=1) / w.mean()) / math.sqrt(len(w)) if len(w) > 1 else 0.0
    return Cloud(
        atoms=np.concatenate([r.atoms for r in runs])[keep],
        z=np.concatenate([r.z for r in runs])[keep],
        island=island[keep],
        log_evidence=_log_mean(Z),
        error=max(between, by_weights),
        effective=ess(every),
        powers=max((r.powers for r in runs), key=len),
        accepted=float(np.mean([r.accepted for r in runs])),
    )


def posterior(rival: Rival, cloud: Cloud) -> Rival:
    """Return the rival at the particles of a cloud, under every regimen of the bank."""
    return rival.moved(cloud.atoms, cloud.z)
