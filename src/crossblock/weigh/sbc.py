"""Simulation-based calibration: is what the weighing states right as often as it says?

A mechanism is drawn from its prior odds, a particle from its prior, evidence from both, and the
evidence is weighed as any other. Over many such sets the place of each true coordinate within its
posterior is uniform, and rivals given a probability p are true in a share p of the sets.
Talts et al. (2018), arXiv 1804.06788; bands: Saeilynoja, Buerkner and Vehtari (2022),
doi 10.1007/s11222-022-10090-6.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray
from scipy.special import ndtri
from scipy.stats import binom
from scipy.stats.qmc import LatinHypercube

from crossblock.domain.mechanism import Mechanism
from crossblock.domain.regimen import Regimen
from crossblock.domain.weighed import Outcome, Outcomes, WeighedStudy
from crossblock.weigh.bank import Bank, Rival
from crossblock.weigh.compare import LABELS, log_evidence, odds, priors
from crossblock.weigh.particles import at, symbols
from crossblock.weigh.posterior import Posterior, calibrate, standings, weigh
from crossblock.weigh.proposal import systematic
from crossblock.weigh.reach import Model, push
from crossblock.weigh.replicate import replicate
from crossblock.weigh.terms import Tables

Array = NDArray[np.float64]
POINTS = 100  # where an ECDF is looked at


@dataclass(frozen=True, kw_only=True, eq=False)
class Setup:
    """What every set is weighed with: the bank, the studies, their designs, the effort."""

    bank: Bank
    calibrating: tuple[WeighedStudy, ...]
    extra: tuple[WeighedStudy, ...]
    like: Outcomes
    tables: Tables
    each: int = 512
    sweeps: int = 4
    islands: int = 1
    enough: float = 100.0


@dataclass(frozen=True, kw_only=True, eq=False)
class Set:
    """One set: the true variant, the place of each coordinate, the stated probabilities."""

    truth: str
    places: Mapping[str, float]
    stated: Mapping[str, float]


def truths(
    mechanisms: Sequence[Mechanism],
    regimens: Sequence[Regimen],
    model: Model,
    count: int,
    seed: int,
) -> list[Rival]:
    """Return `count` rivals of one particle each, drawn from prior odds and priors.

    Mechanisms come in the shares of their prior odds, and each one's coordinates are a Latin
    hypercube of the prior: what is tested is the weighing, not the luck of the truths. They are no
    rows of any bank; `model` should have finer people than the bank's.
    McKay, Beckman and Conover (1979), doi 10.1080/00401706.1979.10489755.
    """
    rng = np.random.default_rng(seed)
    prior = priors()["H1 to H5 alike"]
    share = {v: prior[label] / len(vs) for label, vs in LABELS.items() for v in vs}
    mine = [m for m in mechanisms if m.id in share]
    p = np.array([share[m.id] for m in mine])
    which = rng.permutation(systematic(p / p.sum(), count, rng))
    out: list[tuple[int, Rival]] = []
    for k, mechanism in enumerate(mine):
        sets = np.flatnonzero(which == k)
        if len(sets) == 0:
            continue
        cube = LatinHypercube(len(symbols(mechanism)), rng=rng)
        particles = at(mechanism, ndtri(cube.random(len(sets))))
        whole = Rival(
            mechanism=mechanism,
            particles=particles,
            reach=push(mechanism, particles, regimens, model),
        )
        out += [(int(s), one_of(whole, j)) for j, s in enumerate(sets)]
    return [rival for _, rival in sorted(out, key=lambda pair: pair[0])]


def one_of(rival: Rival, row: int) -> Rival:
    """Return a rival of one particle."""
    rows = np.array([row])
    return replace(rival, particles=rival.particles.take(rows), reach=rival.reach.take(rows))


def weighed_set(setup: Setup, truth: Rival, seed: int) -> Set:
    """Return one set: evidence from the truth, weighed by the code that weighs the real one."""
    rng = np.random.Generator(np.random.Philox(key=seed))
    studies = (*setup.calibrating, *setup.extra)
    found = {s.id: replicate(s, setup.like[s.id], truth, rng) for s in studies}
    posteriors = weighed(setup, found, seed)
    stated = odds(log_evidence(posteriors), priors()["H1 to H5 alike"])
    return Set(
        truth=truth.mechanism.id,
        places=places(posteriors[truth.mechanism.id], truth),
        stated={r.label: r.probability for r in stated.rows},
    )


def weighed(setup: Setup, found: Mapping[str, Outcome], seed: int) -> dict[str, Posterior]:
    """Return the posteriors of evidence under the effort of a set."""
    clouds = calibrate(
        setup.bank,
        setup.calibrating,
        found,
        setup.tables,
        seed=seed,
        each=setup.each,
        sweeps=setup.sweeps,
        islands=setup.islands,
    )
    return weigh(
        setup.bank,
        standings(setup.bank, clouds),
        setup.calibrating,
        setup.extra,
        found,
        setup.tables,
        seed=seed,
        enough=setup.enough,
        sweeps=setup.sweeps,
        islands=setup.islands,
    )


def places(p: Posterior, truth: Rival) -> dict[str, float]:
    """Return the posterior probability below each true coordinate, 0 to 1."""
    z, true = p.rival.particles.z, truth.particles.z[0]
    return {s: float(p.weight @ (z[:, k] < true[k])) for k, s in enumerate(truth.particles.symbols)}


@dataclass(frozen=True, kw_only=True, eq=False)
class Band:
    """Simultaneous bounds of the ECDF of `count` uniform numbers at `points`."""

    points: Array
    low: Array
    high: Array

    def outside(self, values: Sequence[float]) -> float:
        """Return by how much the ECDF of `values` leaves the band at most; 0 where it does not."""
        u = np.sort(np.asarray(values))
        ecdf = np.searchsorted(u, self.points, side="right") / len(u)
        return float(max(np.max(self.low - ecdf), np.max(ecdf - self.high), 0.0))


def band(count: int, level: float = 0.99, *, draws: int = 10_000, seed: int = 1) -> Band:
    """Return the band that the whole ECDF of `count` uniforms stays in with probability `level`.

    The pointwise level is found by simulation (their algorithm 1).
    """
    points = np.arange(1, POINTS) / POINTS
    rng = np.random.Generator(np.random.Philox(key=seed))
    cells = rng.multinomial(count, np.full(POINTS, 1.0 / POINTS), size=draws)
    below = np.cumsum(cells, axis=1)[:, :-1]
    at = np.arange(count + 1)[:, None]
    either = np.minimum(binom.cdf(at, count, points), binom.sf(at - 1, count, points))
    tail = either[below, np.arange(len(points))]
    gamma = float(np.quantile(2.0 * tail.min(axis=1), 1.0 - level))
    return Band(
        points=points,
        low=binom.ppf(gamma / 2.0, count, points) / count,
        high=binom.ppf(1.0 - gamma / 2.0, count, points) / count,
    )


@dataclass(frozen=True, kw_only=True, eq=False)
class Reliability:
    """Stated probability, share that came true, and the band of the share, bin by bin."""

    stated: Array
    true: Array
    low: Array
    high: Array
    count: NDArray[np.int64]

    @property
    def inside(self) -> bool:
        return bool(np.all((self.true >= self.low) & (self.true <= self.high)))


EDGES = np.array([0.0, 0.02, 0.05, 0.1, 0.15, 0.2, 0.3, 0.4, 0.6, 0.8, 1.0])


def reliability(
    stated: Array, truth: NDArray[np.int64], level: float = 0.95, *, draws: int = 10_000
) -> Reliability:
    """Return how often rivals came true by their stated probability, with a simultaneous band.

    `stated` (sets, labels), `truth` (sets,). Bands by consistency resampling: truths are drawn from
    the stated probabilities themselves. Broecker and Smith (2007), doi 10.1175/WAF993.1.
    """
    rng = np.random.Generator(np.random.Philox(key=2))
    which = np.clip(np.searchsorted(EDGES, stated.ravel(), side="left") - 1, 0, len(EDGES) - 2)
    bins = len(EDGES) - 1
    count = np.bincount(which, minlength=bins)
    used = np.flatnonzero(count)

    def shares(truth: NDArray[np.int64]) -> Array:
        hit = np.zeros(stated.shape)
        hit[np.arange(len(truth)), truth] = 1.0
        return np.asarray(np.bincount(which, weights=hit.ravel(), minlength=bins)[used])

    cumulated = np.cumsum(stated, axis=1)
    cumulated[:, -1] = 1.0
    drawn = np.stack(
        [
            shares((rng.random((len(stated), 1)) > cumulated).sum(axis=1).astype(np.int64))
            for _ in range(draws)
        ]
    )
    # one level for every bin, such that `level` of the draws lie inside in all of them at once
    rank = np.stack([np.searchsorted(np.sort(x), x, "left") for x in drawn.T], axis=1) / draws
    over = np.stack([np.searchsorted(np.sort(x), x, "right") for x in drawn.T], axis=1) / draws
    gamma = float(np.quantile(2.0 * np.minimum(over, 1.0 - rank).min(axis=1), 1.0 - level))
    low, high = np.quantile(drawn, (gamma / 2.0, 1.0 - gamma / 2.0), axis=0, method="nearest")
    mean = np.bincount(which, weights=stated.ravel(), minlength=bins)[used] / count[used]
    n = count[used]
    return Reliability(stated=mean, true=shares(truth) / n, low=low / n, high=high / n, count=n)


def brier(stated: Array, truth: NDArray[np.int64]) -> float:
    """Return the mean squared distance of stated probabilities from what was true, 0 to 2."""
    hit = np.zeros(stated.shape)
    hit[np.arange(len(truth)), truth] = 1.0
    return float(np.mean(((stated - hit) ** 2).sum(axis=1)))
