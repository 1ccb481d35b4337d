"""Tabulated sampling distributions: a study's own design, selection and test, simulated once.

What a study reports ("7 of 12 responded, significant among them, stopped") depends on the truth
only through a few summaries: condition means, spreads and the correlation. The study is simulated
at every node of a grid over these; a particle then costs an interpolation, not a simulation.
Probabilities are interpolated as they are: what lies between nodes is a mixture of what nodes say
and sums to 1. (Interpolated on the log scale, outcomes summed to 0.75 on average.)
"""

from __future__ import annotations

import hashlib
import math
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from scipy.interpolate import RegularGridInterpolator
from scipy.special import ndtr, ndtri, stdtrit
from scipy.stats import binom

from crossblock.core.streams import Stream
from crossblock.weigh.store import code, load, save

Array = NDArray[np.float64]
HALF = 0.5  # share of the baseline that a responder loses


@dataclass(frozen=True, kw_only=True, slots=True)
class Axes:
    """The nodes of a table.

    Of events: `place` of the open mean above half of the baseline and `ratio` of the blocked SD, in
    open SDs; `gap` of the means in SDs of the difference; `scale`, the open SD in shares of the
    baseline, matters through the cap at the whole baseline alone. Of tests: `spread`, both SDs in
    shares. Of both: `correlation`.
    """

    place: tuple[float, ...] = tuple(np.arange(-2.0, 3.1, 0.5).tolist())
    gap: tuple[float, ...] = (
        -0.9,
        -0.6,
        -0.3,
        0.0,
        0.3,
        0.6,
        0.9,
        1.2,
        1.6,
        2.0,
        2.6,
        3.4,
        5.0,
        8.0,
    )
    ratio: tuple[float, ...] = (0.6, 1.0, 1.7)
    scale: tuple[float, ...] = (0.10, 0.22, 0.42)
    spread: tuple[float, ...] = (0.10, 0.18, 0.28, 0.42)
    correlation: tuple[float, ...] = (-0.2, 0.2, 0.5, 0.75, 0.95)


FULL = Axes()
SMALL = Axes(
    place=(-2.0, -1.0, 0.0, 1.0, 2.0, 3.0),
    gap=(-0.9, -0.3, 0.3, 0.9, 1.6, 2.6, 5.0),
    scale=(0.15, 0.35),
    spread=(0.10, 0.22, 0.42),
    correlation=(-0.2, 0.4, 0.95),
)


@dataclass(frozen=True, kw_only=True, eq=False)
class EventTable:
    """P(k responders), and P(significant among them, significant in all | k) at each node.

    The count is binomial and needs no table. `p` has the axes place, gap, ratio, correlation,
    scale, then k = 0..n, responders (0/1), everybody (0/1); it sums to 1 for each k.
    """

    axes: Axes
    n: int
    p: Array

    def log_probability(self, event: Event, at: tuple[Array, ...]) -> Array:
        """Return log P(event) at summaries of any one shape."""
        part = self.p
        for axis, value in ((-2, event.among_responders), (-1, event.everybody)):
            if value is not None:
                part = np.take(part, [int(value)], axis=axis)
        part = part.sum(axis=(-2, -1))
        if event.responders is None:
            p = (self._counts(at) * self._between(part, at)).sum(axis=-1)
        else:
            count = binom.pmf(event.responders, self.n, ndtr(_place(at)))
            p = count * self._between(part[..., event.responders], at)
        return np.asarray(np.log(np.maximum(p, LEAST)))

    def everything(self, at: tuple[Array, ...]) -> Array:
        """Return P of every outcome at summaries (M,): (M, n + 1, 2, 2)."""
        return np.asarray(self._counts(at)[..., None, None] * self._between(self.p, at))

    def _counts(self, at: tuple[Array, ...]) -> Array:
        """Return P(k responders), (..., n + 1)."""
        return np.asarray(binom.pmf(np.arange(self.n + 1), self.n, ndtr(_place(at))[..., None]))

    def _between(self, table: Array, at: tuple[Array, ...]) -> Array:
        mo, mb, so, sb, r = at
        x = self.axes
        nodes = (x.place, x.gap, x.ratio, x.correlation, x.scale)
        ratio = sb / so
        gap = (mo - mb) / (so * _difference_sd(ratio, r))
        return _grid(nodes, table, (_place(at), gap, ratio, r, so))


LEAST = 1e-300  # of what is divided by, or whose log is taken


def _place(at: tuple[Array, ...]) -> Array:
    return np.asarray((at[0] - HALF) / at[2])


@dataclass(frozen=True, kw_only=True, slots=True)
class Event:
    """What was reported: a count of responders and two tests; None where nothing was said."""

    responders: int | None = None
    among_responders: bool | None = None
    everybody: bool | None = None


def _difference_sd(ratio: Array | float, r: Array | float) -> Array:
    """Return the SD of open minus blocked, in open SDs."""
    return np.asarray(np.sqrt(np.maximum(1.0 + ratio**2 - 2.0 * r * ratio, LEAST)))


def event_table(
    n: int, *, axes: Axes = FULL, trials: int = 1000, seed: int = 1, folder: Path | None = None
) -> EventTable:
    """Return the table of a two-condition crossover of n people with responder selection.

    A responder loses at least half of the baseline in the open condition; the test is a two-sided
    paired t at 5 % that counts when less is lost under the blocker. Every count of responders gets
    `trials` studies. Kept in `folder`.
    """
    key = _key("event", n, axes, trials, seed)
    kept = load(folder, key)
    if kept is None:
        kept = {"p": _simulated_events(n, axes, trials, seed)}
        save(folder, key, kept)
    return EventTable(axes=axes, n=n, p=kept["p"])


def _simulated_events(n: int, axes: Axes, trials: int, seed: int) -> Array:
    """Return P(significant among k responders, significant in all | k) at each node."""
    words = Stream(seed, f"event table {n}")
    uniform = ndtr(words.normal(2 * n, trial=np.arange(trials)))
    other = Stream(seed, f"event table {n}, blocked").normal(2 * n, trial=np.arange(trials))
    rest = (axes.gap, axes.ratio, axes.correlation, axes.scale)
    p = np.empty((len(axes.place), *(len(x) for x in rest), n + 1, 2, 2))
    for i, place in enumerate(axes.place):
        first = _either_side(uniform, place)
        for at in np.ndindex(p.shape[1:5]):
            gap, ratio, r, so = (x[k] for x, k in zip(rest, at, strict=True))
            second = r * first + math.sqrt(1.0 - r * r) * other
            open_ = HALF + so * (place + first)
            blocked = HALF + so * (place - gap * _difference_sd(ratio, r) + ratio * second)
            p[i][at] = _tested(np.minimum(open_, 1.0) - np.minimum(blocked, 1.0), n)
    return p


def _either_side(uniform: Array, place: float) -> Array:
    """Return normals above -place in the first half of the columns, below in the second."""
    n = uniform.shape[1] // 2
    above = -ndtri(uniform[:, :n] * ndtr(place))
    return np.concatenate([above, ndtri(uniform[:, n:] * ndtr(-place))], axis=1)


def _tested(d: Array, n: int) -> Array:
    """Return shares (n + 1, 2, 2) of trials by k: d (trials, 2 n), n who respond and n who do not.

    The first k who respond and the first n - k who do not are a study with k responders.
    """
    sums, squares = (
        np.concatenate([np.zeros((len(d), 2, 1)), x.reshape(-1, 2, n).cumsum(axis=2)], axis=2)
        for x in (d, d * d)
    )
    some = _significant(sums[:, 0], squares[:, 0], np.arange(n + 1))
    total, square = (x[:, 0] + x[:, 1, ::-1] for x in (sums, squares))
    all_ = _significant(total, square, np.full(n + 1, n))
    found = [x.sum(axis=0) for x in (some & all_, some, all_)]
    count = np.empty((n + 1, 2, 2))
    count[:, 1, 1], count[:, 1, 0], count[:, 0, 1] = (
        found[0],
        found[1] - found[0],
        found[2] - found[0],
    )
    count[:, 0, 0] = len(d) - found[1] - found[2] + found[0]
    return np.asarray((count + SMOOTH) / (len(d) + 4.0 * SMOOTH))


SMOOTH = 0.05  # added to the count of each outcome: none is impossible


def _significant(sums: Array, squares: Array, k: NDArray[np.int64]) -> NDArray[np.bool_]:
    """Return where a mean of k differences is above 0 at two-sided 5 %, from sums and squares."""
    return np.asarray(
        (sums > 0.0) & (sums * sums > NEEDED[np.minimum(k, len(NEEDED) - 1)] * squares)
    )


def paired_significant(
    d: Array, who: NDArray[np.bool_], count: NDArray[np.int64]
) -> NDArray[np.int64]:
    """Return 1 where the mean of d (trials, n) over `who` is above 0 at two-sided 5 %, else 0."""
    kept = np.where(who, d, 0.0)
    found = _significant(kept.sum(axis=1), (kept * kept).sum(axis=1), count)
    return np.asarray(found.astype(np.int64))


CRITICAL = np.array([math.inf, *(float(stdtrit(df, 0.975)) for df in range(1, 400))])
# t > c is (sum d)^2 > NEEDED sum d^2, with NEEDED = k c^2 / (k - 1 + c^2); never for fewer than two
_k = np.arange(2.0, 401.0)
NEEDED = np.array([1e300, 1e300, *(_k / ((_k - 1.0) / CRITICAL[1:] ** 2 + 1.0))])


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


def _grid(axes: tuple[tuple[float, ...], ...], table: Array, at: tuple[Array, ...]) -> Array:
    """Interpolate linearly; points outside the grid take the value at its edge."""
    inside = [np.clip(x, a[0], a[-1]) for x, a in zip(at, axes, strict=True)]
    return np.asarray(RegularGridInterpolator(axes, table)(np.stack(inside, axis=-1)))


def _key(kind: str, *parts: object) -> str:
    digest = hashlib.sha256(repr((parts, code("tables"))).encode()).hexdigest()[:16]
    return f"{kind}-table-{digest}"
