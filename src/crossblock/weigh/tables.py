"""Tabulated sampling distributions: a study's own design, selection and test, simulated once.

What a study reports ("7 of 12 responded, significant among them, stopped") depends on the truth
only through a few summaries: condition means, spreads and the correlation. The study is simulated
at every node of a grid over these; a particle then costs an interpolation, not a simulation.
"""

from __future__ import annotations

import hashlib
import math
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from scipy.interpolate import RegularGridInterpolator
from scipy.special import stdtrit

from crossblock.core.streams import Stream
from crossblock.weigh.store import code, load, save

Array = NDArray[np.float64]
HALF = 0.5  # share of the baseline that a responder loses


@dataclass(frozen=True, kw_only=True, slots=True)
class Axes:
    """The nodes of a table, in shares of the baseline: means, spreads, correlations."""

    mean: tuple[float, ...] = tuple(np.round(np.arange(-0.05, 0.96, 0.1), 2).tolist())
    spread: tuple[float, ...] = (0.10, 0.18, 0.28, 0.42)
    correlation: tuple[float, ...] = (-0.2, 0.2, 0.5, 0.75, 0.95)


FULL = Axes()
SMALL = Axes(
    mean=(-0.05, 0.15, 0.35, 0.55, 0.75, 0.95),
    spread=(0.10, 0.22, 0.42),
    correlation=(-0.2, 0.4, 0.95),
)


@dataclass(frozen=True, kw_only=True, eq=False)
class EventTable:
    """P(k responders, significant among them, significant in all) at each node.

    `p` has the axes mean open, mean blocked, SD open, SD blocked, correlation, then k = 0..n,
    responders (0/1), everybody (0/1).
    """

    axes: Axes
    n: int
    p: Array
    trials: int

    def log_probability(self, event: Event, at: tuple[Array, ...]) -> Array:
        """Return log P(event) at summaries of any one shape, interpolated on the log scale."""
        part = self.p
        said = (event.responders, event.among_responders, event.everybody)
        for axis, value in zip((-3, -2, -1), said, strict=True):
            if value is not None:
                part = np.take(part, [int(value)], axis=axis)
        part = part.sum(axis=(-3, -2, -1))
        smooth = (part * self.trials + 0.02) / (self.trials + 0.02)
        return _interpolated(self.axes, np.log(smooth), at)

    def everything(self, at: tuple[Array, ...]) -> Array:
        """Return P of every outcome at summaries (M,): (M, n + 1, 2, 2), interpolated."""
        axes = self.axes
        nodes = (axes.mean, axes.mean, axes.spread, axes.spread, axes.correlation)
        return _grid(nodes, self.p, at)


@dataclass(frozen=True, kw_only=True, slots=True)
class Event:
    """What was reported: a count of responders and two tests; None where nothing was said."""

    responders: int | None = None
    among_responders: bool | None = None
    everybody: bool | None = None


def event_table(
    n: int, *, axes: Axes = FULL, trials: int = 2000, seed: int = 1, folder: Path | None = None
) -> EventTable:
    """Return the table of a two-condition crossover of n people with responder selection.

    A responder loses at least half of the baseline in the open condition; the test is a two-sided
    paired t at 5 % that counts when less is lost under the blocker. Kept in `folder`.
    """
    key = _key("event", n, axes, trials, seed)
    kept = load(folder, key)
    if kept is None:
        kept = {"p": _simulated_events(n, axes, trials, seed)}
        save(folder, key, kept)
    return EventTable(axes=axes, n=n, p=kept["p"], trials=trials)


def _simulated_events(n: int, axes: Axes, trials: int, seed: int) -> Array:
    z = Stream(seed, f"event table {n}").normal(2 * n, trial=np.arange(trials))
    first, second = z[:, :n], z[:, n:]
    m, s, c = axes.mean, axes.spread, axes.correlation
    p = np.zeros((len(m), len(m), len(s), len(s), len(c), n + 1, 2, 2))
    for i, mo in enumerate(m):
        for a, so in enumerate(s):
            open_ = np.minimum(mo + so * first, 1.0)
            who = open_ >= HALF
            count = who.sum(axis=1)
            for e, r in enumerate(c):
                mixed = r * first + math.sqrt(1.0 - r * r) * second
                for j, mb in enumerate(m):
                    for b, sb in enumerate(s):
                        d = open_ - np.minimum(mb + sb * mixed, 1.0)
                        some = paired_significant(d, who, count)
                        all_ = paired_significant(d, np.ones_like(who), np.full(trials, n))
                        cell = np.ravel_multi_index((count, some, all_), (n + 1, 2, 2))
                        p[i, j, a, b, e] = np.bincount(cell, minlength=4 * (n + 1)).reshape(
                            n + 1, 2, 2
                        )
    return np.asarray(p / trials)


def paired_significant(
    d: Array, who: NDArray[np.bool_], count: NDArray[np.int64]
) -> NDArray[np.int64]:
    """Return 1 where the mean of d (trials, n) over `who` is above 0 at two-sided 5 %, else 0."""
    k = np.maximum(count, 2)
    kept = np.where(who, d, 0.0)
    mean = kept.sum(axis=1) / k
    square = np.where(who, d * d, 0.0).sum(axis=1)
    variance = np.maximum(square - k * mean * mean, 1e-12) / (k - 1)
    critical = CRITICAL[np.minimum(k - 1, len(CRITICAL) - 1)]
    found = mean > critical * np.sqrt(variance / k)
    return np.asarray((found & (count >= 2)).astype(np.int64))


CRITICAL = np.array([math.inf, *(float(stdtrit(df, 0.975)) for df in range(1, 400))])


@dataclass(frozen=True, kw_only=True, eq=False)
class ContrastTable:
    """Mean and SD of the signed root of F of condition x time, by difference, spreads, correlation.

    Axes: difference of means (open minus blocked), SD open, SD blocked, correlation.
    """

    axes: Axes
    n: int
    mean: Array
    sd: Array

    def at(self, summaries: tuple[Array, ...]) -> tuple[Array, Array]:
        """Return mean and SD of the statistic at summaries (open, blocked, SDs, correlation)."""
        mo, mb, so, sb, r = summaries
        axes = (DIFFERENCES, self.axes.spread, self.axes.spread, self.axes.correlation)
        return tuple(  # type: ignore[return-value]
            _grid(axes, table, (mo - mb, so, sb, r)) for table in (self.mean, self.sd)
        )


DIFFERENCES = tuple(np.round(np.linspace(-0.3, 1.0, 14), 3).tolist())
BASELINE_SD, BASELINE_R = 0.15, 0.5  # of the two baselines of a person, in shares (assumed)


def contrast_table(
    n: int, *, axes: Axes = FULL, trials: int = 2000, seed: int = 1, folder: Path | None = None
) -> ContrastTable:
    """Return the table of a crossover analyzed by condition x time with the participant random.

    Four scores a person (baseline and day 1, twice), residual from a model whose only random effect
    is the participant; the contrast is the difference of the two changes.
    """
    key = _key("contrast", n, axes, trials, seed)
    kept = load(folder, key)
    if kept is None:
        mean, sd = _simulated_contrasts(n, axes, trials, seed)
        kept = {"mean": mean, "sd": sd}
        save(folder, key, kept)
    return ContrastTable(axes=axes, n=n, mean=kept["mean"], sd=kept["sd"])


def _simulated_contrasts(n: int, axes: Axes, trials: int, seed: int) -> tuple[Array, Array]:
    z = Stream(seed, f"contrast table {n}").normal(4 * n, trial=np.arange(trials))
    z1, z2, z3, z4 = (z[:, k * n : (k + 1) * n] for k in range(4))
    before_o = BASELINE_SD * z3
    before_b = BASELINE_SD * (BASELINE_R * z3 + math.sqrt(1 - BASELINE_R**2) * z4)
    s, c = axes.spread, axes.correlation
    shape = (len(DIFFERENCES), len(s), len(s), len(c))
    mean, sd = np.zeros(shape), np.zeros(shape)
    for a, so in enumerate(s):
        for b, sb in enumerate(s):
            for e, r in enumerate(c):
                noise_b = sb * (r * z1 + math.sqrt(1 - r * r) * z2)
                for k, d in enumerate(DIFFERENCES):
                    t = signed_root(before_o, before_b, d + so * z1, noise_b)
                    mean[k, a, b, e], sd[k, a, b, e] = t.mean(), t.std()
    return mean, sd


def signed_root(before_o: Array, before_b: Array, lost_o: Array, lost_b: Array) -> Array:
    """Return sign sqrt(F) (trials,) of condition x time; positive where more is lost when open.

    With four scores a person and the participant as only random effect, the residual pools the
    three within-person contrasts (time, condition, and their product).
    """
    after_o, after_b = before_o - lost_o, before_b - lost_b
    n = before_o.shape[1]
    time = (after_o + after_b - before_o - before_b) / 2.0
    condition = (after_b + before_b - after_o - before_o) / 2.0
    product = (after_b - before_b - after_o + before_o) / 2.0
    parts = [((x - x.mean(axis=1, keepdims=True)) ** 2).sum(axis=1) for x in (time, condition)]
    residual = parts[0] + parts[1]
    residual = residual + ((product - product.mean(axis=1, keepdims=True)) ** 2).sum(axis=1)
    return np.asarray(product.mean(axis=1) * math.sqrt(n) / np.sqrt(residual / (3 * (n - 1))))


def _interpolated(axes: Axes, table: Array, at: tuple[Array, ...]) -> Array:
    return _grid((axes.mean, axes.mean, axes.spread, axes.spread, axes.correlation), table, at)


def _grid(axes: tuple[tuple[float, ...], ...], table: Array, at: tuple[Array, ...]) -> Array:
    """Interpolate linearly; points outside the grid take the value at its edge."""
    inside = [np.clip(x, a[0], a[-1]) for x, a in zip(at, axes, strict=True)]
    return np.asarray(RegularGridInterpolator(axes, table)(np.stack(inside, axis=-1)))


def _key(kind: str, *parts: object) -> str:
    digest = hashlib.sha256(repr((parts, code("tables"))).encode()).hexdigest()[:16]
    return f"{kind}-table-{digest}"
