"""Where the spread of an outcome comes from: people, uncertain constants, the cause, the mechanism.

    Var(y) = E Var(y | m, l, w)   people, within one mechanism, explanation and world
           + E Var(mean | m, l)   constants, between worlds, less what few people a world add
           + E Var(mean | m)      why an effect is lost, between explanations
           + Var(mean)            the mechanism

Mechanisms carry their weights; worlds and explanations count alike. The parts are kept apart,
because more data on one of them shrink that one only.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from crossblock.forecast.people import Cohort

Array = NDArray[np.float64]
BAND = (0.025, 0.975)
ROUNDING = 1e-9


@dataclass(frozen=True, kw_only=True, eq=False)
class Spread:
    """One outcome summed up. Intervals are (low, high).

    `mean` over everything; `people` 95 % of people in the typical world of the mixture; `constants`
    95 % of world means; `losses` and `mechanisms` the means by explanation and mechanism. `parts`
    shares of the variance: people, constants, explanation, mechanism; they sum to 1 (all 0 where
    nothing varies).
    """

    mean: float
    people: tuple[float, float]
    constants: tuple[float, float]
    losses: Mapping[str, float]
    mechanisms: Mapping[str, float]
    parts: Mapping[str, float]

    @property
    def between_mechanisms(self) -> tuple[float, float]:
        values = [v for v in self.mechanisms.values() if np.isfinite(v)]
        return (min(values), max(values)) if values else (np.nan, np.nan)


def spread(values: Mapping[str, Array], weights: Mapping[str, float], people: Cohort) -> Spread:
    """Return where the spread of an outcome comes from.

    Inputs: `values` by mechanism, each (people,), NaN where not defined; `weights` by mechanism,
    summing to 1.
    """
    names = list(values)
    w = np.array([weights[n] for n in names])
    cells = np.stack([_cells(values[n], people) for n in names])  # (m, l, worlds, 3)
    mean, var, error = (cells[..., k] for k in range(3))
    by_loss = _mean(mean, axis=2)
    by_mechanism = _mean(by_loss, axis=1)
    whole = float(np.sum(w * by_mechanism)) if np.all(np.isfinite(by_mechanism)) else np.nan
    parts = {
        "people": float(np.sum(w * _mean(var, axis=(1, 2)))),
        "constants": float(
            np.sum(w * _mean(np.maximum(_var(mean, axis=2) - _mean(error, axis=2), 0.0), axis=1))
        ),
        "explanation": float(np.sum(w * _var(by_loss, axis=1))),
        "mechanism": float(np.sum(w * (by_mechanism - whole) ** 2)),
    }
    parts = {k: x if np.isfinite(x) else 0.0 for k, x in parts.items()}
    total = sum(parts.values())
    varies = total > (ROUNDING * abs(whole)) ** 2  # else it is the rounding of equal numbers
    world_means = np.tensordot(w, _mean(mean, axis=1), axes=1)
    return Spread(
        mean=whole,
        people=_band(values, w),
        constants=_quantiles(world_means),
        losses={
            str(kind): float(np.sum(w * by_loss[:, k])) for k, kind in enumerate(people.losses)
        },
        mechanisms={n: float(x) for n, x in zip(names, by_mechanism)},
        parts={k: (x / total if varies else 0.0) for k, x in parts.items()},
    )


def _cells(y: Array, people: Cohort) -> Array:
    """Return mean, variance and squared error of the mean by explanation and world, last axis 3."""
    shape = (len(people.losses), people.worlds)
    size = shape[0] * shape[1]
    real = np.isfinite(y)
    cell, x = (people.loss * people.worlds + people.world)[real], y[real]
    count = np.bincount(cell, minlength=size).astype(float)
    with np.errstate(divide="ignore", invalid="ignore"):
        mean = np.bincount(cell, weights=x, minlength=size) / count
        squares = np.bincount(cell, weights=(x - mean[cell]) ** 2, minlength=size)
        own = np.where(count > 1, squares / (count - 1.0), np.nan)
        found = np.stack([mean, own, own / count], axis=-1)
    return np.asarray(found.reshape(*shape, 3))


def _mean(x: Array, axis: int | tuple[int, ...]) -> Array:
    count = np.isfinite(x).sum(axis=axis)
    total = np.where(np.isfinite(x), x, 0.0).sum(axis=axis)
    return np.asarray(np.where(count > 0, total / np.maximum(count, 1), np.nan))


def _var(x: Array, axis: int) -> Array:
    middle = np.expand_dims(_mean(x, axis), axis)
    return _mean((x - middle) ** 2, axis)


def _quantiles(x: Array) -> tuple[float, float]:
    x = x[np.isfinite(x)]
    if not x.size:
        return (np.nan, np.nan)
    low, high = np.quantile(x, BAND)
    return float(low), float(high)


def _band(values: Mapping[str, Array], w: Array) -> tuple[float, float]:
    """Return 95 % of people of the weighted mixture of mechanisms."""
    y = np.concatenate(list(values.values()))
    mass = np.concatenate([np.full(len(v), x / len(v)) for v, x in zip(values.values(), w)])
    real = np.isfinite(y)
    if not real.any():
        return (np.nan, np.nan)
    order = np.argsort(y[real])
    cumulative = np.cumsum(mass[real][order])
    at = np.searchsorted(cumulative / cumulative[-1], BAND)
    low, high = y[real][order][np.minimum(at, real.sum() - 1)]
    return float(low), float(high)
