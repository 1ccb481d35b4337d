"""Classifiers that try to tell the arms apart, each judged on people whom it has not seen.

Four kinds, so that a leak of any shape is found by one of them: a line (ridge), neighbors, a forest
of random trees, boosted trees. All work on the features that go most with the arm among the people
they learn from. Areas under the curve carry their error by DeLong, DeLong and Clarke-Pearson,
Biometrics 1988; 44: 837-845.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.stats import norm, rankdata

Array = NDArray[np.float64]
Rows = NDArray[np.intp]
FOLDS = 5
BINS = 8
KEPT = 48
"""So many features are kept, by how much their eighths differ between the arms in training."""
NEIGHBORS = 25
TREES = 80
LEAF = 12
DEPTH = 6
ROUNDS = 60
CUTS = 3
RATE = 0.12


@dataclass(frozen=True, kw_only=True, slots=True)
class Area:
    """An area under the curve of cross-validated scores, with its standard error.

    `places` holds, for every person, the share of the other arm (in the same fold) on the right
    side of them; two areas of the same people are compared by it.
    """

    value: float
    error: float
    places: Array
    arm: NDArray[np.bool_]


def areas(X: Array, arm: Array, seed: int) -> dict[str, Area]:
    """Return the area of every classifier on the features X (people, features) of `arm` (0 or 1).

    Without features, or with everybody in one arm, every area is one half and its error nothing.
    """
    told = arm == 1
    nothing = Area(value=0.5, error=0.0, places=np.full(len(arm), 0.5), arm=told)
    if X.shape[1] == 0 or told.all() or not told.any():
        return dict.fromkeys(KINDS, nothing)
    fold = folds(arm, seed)
    score = {name: np.zeros(len(arm)) for name in KINDS}
    for k in range(FOLDS):
        out, kept = fold == k, fold != k
        chosen = screen(X[kept], arm[kept])
        a, b = ranked(X[kept][:, chosen], X[out][:, chosen])
        for name, fit in KINDS.items():
            rng = np.random.default_rng([seed, k, len(name)])
            score[name][out] = fit(a, arm[kept], b, rng)
    return {name: area(s, told, fold) for name, s in score.items()}


def folds(arm: Array, seed: int) -> Rows:
    """Return a fold for everybody, each with the same share of either arm."""
    rng = np.random.default_rng(seed)
    found = np.zeros(len(arm), dtype=np.intp)
    for k in (0.0, 1.0):
        who = rng.permutation(np.flatnonzero(arm == k))
        found[who] = np.arange(len(who)) % FOLDS
    return found


def area(score: Array, told: NDArray[np.bool_], fold: Rows) -> Area:
    """Return the area under the curve of a score, compared within folds, ties counting half."""
    places = np.full(len(score), 0.5)
    for k in np.unique(fold):
        one, none = (fold == k) & told, (fold == k) & ~told
        m, n = int(one.sum()), int(none.sum())
        if m == 0 or n == 0:
            continue
        joint = rankdata(np.concatenate([score[one], score[none]]))
        places[one] = (joint[:m] - rankdata(score[one])) / n
        places[none] = 1 - (joint[m:] - rankdata(score[none])) / m
    return Area(value=_mean(places, told), error=_error(places, told), places=places, arm=told)


def gain(more: Area, less: Area) -> tuple[float, float]:
    """Return by how much one area exceeds another of the same people, with its standard error."""
    return more.value - less.value, _error(more.places - less.places, more.arm)


def _mean(places: Array, told: NDArray[np.bool_]) -> float:
    return float((places[told].mean() + places[~told].mean()) / 2)


def _error(places: Array, told: NDArray[np.bool_]) -> float:
    one, none = places[told], places[~told]
    return float(np.sqrt(one.var() / max(1, len(one) - 1) + none.var() / max(1, len(none) - 1)))


def screen(X: Array, arm: Array, most: int = KEPT) -> Rows:
    """Return the columns whose eighths differ most between the arms (any shape of dependence).

    A column's statistic is chi-square over its distinct levels or, with many, its eighths, turned
    into a probability by its own degrees of freedom.
    """
    code = binned(X, BINS)
    share = arm.mean()
    count = np.zeros((X.shape[1], BINS))
    hits = np.zeros((X.shape[1], BINS))
    for b in range(BINS):
        there = code == b
        count[:, b] = there.sum(axis=0)
        hits[:, b] = arm @ there
    with np.errstate(divide="ignore", invalid="ignore"):
        part = (hits - share * count) ** 2 / (share * (1 - share) * count)
    statistic = np.where(count > 0, part, 0.0).sum(axis=1)
    free = np.maximum(1, (count > 0).sum(axis=1) - 1)
    # Wilson and Hilferty: the cube root of chi-square per degree of freedom is close to normal
    z = ((statistic / free) ** (1 / 3) - (1 - 2 / (9 * free))) / np.sqrt(2 / (9 * free))
    return np.argsort(-z, kind="stable")[:most]


def binned(X: Array, bins: int) -> NDArray[np.int16]:
    """Return for every value of X which part of its column it lies in; equal values stay together.

    A column of few distinct values keeps them.
    """
    found = np.empty(X.shape, dtype=np.int16)
    for j in range(X.shape[1]):
        levels, inverse = np.unique(X[:, j], return_inverse=True)
        if len(levels) > bins:
            below = np.searchsorted(np.sort(X[:, j]), levels)
            inverse = (bins * below // len(X))[inverse]
        found[:, j] = inverse
    return found


def ranked(kept: Array, out: Array) -> tuple[Array, Array]:
    """Return both as normal scores of their columns' ranks among those kept."""
    a, b = np.empty_like(kept), np.empty_like(out)
    for j in range(kept.shape[1]):
        order = np.sort(kept[:, j])
        for source, target in ((kept, a), (out, b)):
            low = np.searchsorted(order, source[:, j], "left")
            high = np.searchsorted(order, source[:, j], "right")
            target[:, j] = (low + high + 1) / (2 * len(order) + 2)
    return norm.ppf(a), norm.ppf(b)


def ridge(X: Array, y: Array, out: Array, rng: np.random.Generator) -> Array:
    """Return a ridge-regressed score."""
    gram = X.T @ X + 0.1 * len(X) * np.eye(X.shape[1])
    weights: Array = np.linalg.solve(gram, X.T @ (y - y.mean()))
    return np.asarray(out @ weights)


def neighbors(X: Array, y: Array, out: Array, rng: np.random.Generator) -> Array:
    """Return the share of the arm among the nearest; features count by how they go with it."""
    weight = np.abs((y - y.mean()) @ X) / len(X)
    A, B = X * weight, out * weight
    squared = (B * B).sum(axis=1)[:, None] + (A * A).sum(axis=1)[None, :] - 2 * B @ A.T
    near = np.argpartition(squared, min(NEIGHBORS, len(X) - 1), axis=1)[:, :NEIGHBORS]
    return np.asarray(y[near].mean(axis=1))


def forest(X: Array, y: Array, out: Array, rng: np.random.Generator) -> Array:
    """Return the mean of trees with random cuts (Geurts, Ernst, Wehenkel, Mach Learn 2006)."""
    total = np.zeros(len(out))
    tries = max(2, round(np.sqrt(X.shape[1])) * 2)
    for _ in range(TREES):
        rows = rng.integers(0, len(X), len(X))
        total += _leaves(X[rows], y[rows], out, rng, tries)
    return total / TREES


def _leaves(X: Array, y: Array, out: Array, rng: np.random.Generator, tries: int) -> Array:
    """Grow one tree and return where `out` ends up: the mean of its leaf."""
    found = np.full(len(out), y.mean())
    waiting = [(np.arange(len(X)), np.arange(len(out)), 0)]
    while waiting:
        rows, there, depth = waiting.pop()
        mean = y[rows].mean()
        if len(there) == 0 or depth == DEPTH or len(rows) < 2 * LEAF or mean in {0.0, 1.0}:
            found[there] = mean
            continue
        column = rng.integers(0, X.shape[1], tries)
        cut = X[rows[rng.integers(0, len(rows), tries)], column]
        left = X[np.ix_(rows, column)] <= cut
        size = left.sum(axis=0)
        fits = (size >= LEAF) & (size <= len(rows) - LEAF)
        if not fits.any():
            found[there] = mean
            continue
        excess = (y[rows] - mean) @ left
        with np.errstate(divide="ignore", invalid="ignore"):
            worth = np.where(fits, excess**2 * len(rows) / (size * (len(rows) - size)), -1.0)
        best = int(worth.argmax())
        goes = out[there, column[best]] <= cut[best]
        waiting.append((rows[left[:, best]], there[goes], depth + 1))
        waiting.append((rows[~left[:, best]], there[~goes], depth + 1))
    return found


def boosted(X: Array, y: Array, out: Array, rng: np.random.Generator) -> Array:
    """Return the score of boosted trees of three cuts (logistic loss, half the features each)."""
    every = binned(np.concatenate([X, out]), 2 * BINS).astype(np.intp)
    code, code_out = every[: len(X)], every[len(X) :]
    score, told = np.zeros(len(X)), np.zeros(len(out))
    for _ in range(ROUNDS):
        p = 1 / (1 + np.exp(-score))
        columns = rng.permutation(X.shape[1])[: max(1, X.shape[1] // 2)]
        node, node_out, value = _cuts(code, code_out, columns, y - p, p * (1 - p))
        score += RATE * value[node]
        told += RATE * value[node_out]
    return told


def _cuts(
    code: Rows, code_out: Rows, columns: Rows, slope: Array, weight: Array
) -> tuple[Rows, Rows, Array]:
    """Cut `CUTS` times: return the leaf of everybody in both sets, and the value of each leaf."""
    node = np.zeros(len(code), dtype=np.intp)
    node_out = np.zeros(len(code_out), dtype=np.intp)
    bins = 2 * BINS
    for level in range(CUTS):
        nodes = 1 << level
        place = (node[:, None] * len(columns) + np.arange(len(columns))) * bins + code[:, columns]
        shape = (nodes, len(columns), bins)
        g, h = (
            np.bincount(place.ravel(), np.repeat(v, len(columns)), nodes * len(columns) * bins)
            .reshape(shape)
            .cumsum(axis=2)
            for v in (slope, weight)
        )
        G, H = g[:, :, -1:], h[:, :, -1:]
        worth = g**2 / (h + 1) + (G - g) ** 2 / (H - h + 1)
        worth = np.where((h > 2) & (H - h > 2), worth, -1.0).reshape(nodes, -1)
        best = worth.argmax(axis=1)
        column, cut = columns[best // bins], best % bins
        none = worth[np.arange(nodes), best] < 0
        cut = np.where(none, bins, cut)
        node = 2 * node + (code[np.arange(len(code)), column[node]] > cut[node])
        node_out = 2 * node_out + (
            code_out[np.arange(len(code_out)), column[node_out]] > cut[node_out]
        )
    leaves = 1 << CUTS
    G, H = np.bincount(node, slope, leaves), np.bincount(node, weight, leaves)
    return node, node_out, G / (H + 1)


Fit = Callable[[Array, Array, Array, np.random.Generator], Array]
KINDS: Mapping[str, Fit] = {
    "ridge": ridge,
    "neighbors": neighbors,
    "forest": forest,
    "boosted trees": boosted,
}


def best(found: Mapping[str, Area]) -> tuple[str, Area]:
    """Return the classifier that is furthest from one half, in either direction."""
    name = max(found, key=lambda k: abs(found[k].value - 0.5))
    return name, found[name]


def strongest(found: Mapping[str, Area]) -> tuple[str, Area]:
    """Return the classifier with the largest area."""
    name = max(found, key=lambda k: found[k].value)
    return name, found[name]


def said(found: Mapping[str, Area]) -> dict[str, Any]:
    """Return areas and errors as plain numbers."""
    return {k: {"auc": round(a.value, 4), "error": round(a.error, 4)} for k, a in found.items()}
