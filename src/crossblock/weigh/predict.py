"""Predictions of what a study should find: posterior draws through its design, sampling included.

Each draw takes a mechanism by its probability, a particle by its weight, a study by its own (A, g),
and people or test by their sampling distribution. No outcome is read here.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from crossblock.domain.predicted import Predicted
from crossblock.domain.weighed import Arm, Kind, WeighedStudy
from crossblock.weigh.bank import Rival
from crossblock.weigh.moments import Grid, Summaries, grid_at
from crossblock.weigh.posterior import Posterior
from crossblock.weigh.terms import Tables, arm_course, paired, response, surge_ratio

Array = NDArray[np.float64]
DRAWS = 2000
Series = dict[str, tuple[str, Array]]  # label -> (unit, draws)


@dataclass(frozen=True, kw_only=True, eq=False)
class Sample:
    """Posterior draws of one mechanism: a rival of M particles, and a new study for each."""

    rival: Rival
    grid: Grid

    def at(self, x: Array) -> Array:
        """Return x (M, 1, 1, ...) of each draw's own study, (M, ...)."""
        return np.asarray(x[:, 0, 0])


def samples(
    found: Mapping[str, Posterior],
    probability: Mapping[str, float],
    rng: np.random.Generator,
    draws: int = DRAWS,
) -> list[Sample]:
    """Return draws of the mixture of mechanisms; `probability` by mechanism id."""
    ids = list(found)
    p = np.array([probability[i] for i in ids])
    counts = rng.multinomial(draws, p / p.sum())
    out = []
    for id, count in zip(ids, counts, strict=True):
        if count == 0:
            continue
        post = found[id]
        rows = post.draw(int(count), rng)
        rival = Rival(
            mechanism=post.rival.mechanism,
            particles=post.rival.particles.take(rows),
            reach=post.rival.reach.take(rows),
        )
        z = rng.standard_normal((2, int(count)))
        out.append(Sample(rival=rival, grid=grid_at(rival.particles, rival.amplitude_cv, *z)))
    return out


def predict(
    study: WeighedStudy, parts: list[Sample], tables: Tables, rng: np.random.Generator
) -> Series:
    """Return draws of every figure of a study: label -> (unit, draws)."""
    ways: dict[Kind, Callable[[WeighedStudy, Sample, Tables, np.random.Generator], Series]] = {
        Kind.FALLS: _falls,
        Kind.RATINGS: _ratings,
        Kind.RESPONSES: _responses,
        Kind.EVENT: _event,
        Kind.TEST: _test,
        Kind.SIGNAL: _signal,
        Kind.ASSAY: _assay,
        Kind.DIFFERENCE: _difference,
    }
    series = [ways[study.kind](study, part, tables, rng) for part in parts]
    return {
        label: (unit, np.concatenate([s[label][1] for s in series]))
        for label, (unit, _) in series[0].items()
    }


def predicted(study: WeighedStudy, series: Series) -> tuple[Predicted, ...]:
    """Return middle and 95 % interval of every figure."""
    out = []
    for label, (unit, draws) in series.items():
        chance = unit == "probability"
        low, middle, high = np.quantile(draws, (0.025, 0.5, 0.975))
        if chance:  # a probability is predicted by its mean; its range is over what is not known
            middle = draws.mean()
        out.append(
            Predicted(
                study=study.id,
                title=study.title,
                label=label,
                unit=unit,
                middle=float(middle),
                low=float(low),
                high=float(high),
            )
        )
    return tuple(out)


def _mean_draws(s: Summaries, n: int, part: Sample, rng: np.random.Generator) -> Array:
    """Return draws of the means (M, C) of n people."""
    mean, covariance = part.at(s.mean), part.at(s.covariance) / n
    z = rng.standard_normal(mean.shape)
    return np.asarray(mean + np.einsum("mij,mj->mi", np.linalg.cholesky(covariance), z))


def _falls(study: WeighedStudy, part: Sample, tables: Tables, rng: np.random.Generator) -> Series:
    out: Series = {}
    for arm in study.arms:
        drawn = _mean_draws(arm_course(study, arm, part.rival, part.grid), arm.n, part, rng)
        for t, time in enumerate(study.times_h):
            out[f"{arm.label}, {_when(time)}"] = ("points lost", arm.baseline * drawn[:, t])
    return out


def _ratings(study: WeighedStudy, part: Sample, tables: Tables, rng: np.random.Generator) -> Series:
    s = paired(study, part.rival, part.grid)
    drawn = _mean_draws(s, study.arms[0].n or 24, part, rng)
    spread = np.sqrt(np.diagonal(part.at(s.covariance), axis1=1, axis2=2))
    out: Series = {}
    for c, arm in enumerate(study.arms):
        out[f"{arm.label}, mean"] = ("share lost", drawn[:, c])
        n = arm.n or 24
        shake = np.sqrt(rng.chisquare(n - 1, size=len(spread)) / (n - 1))
        out[f"{arm.label}, SD"] = ("share lost", spread[:, c] * shake)
    return out


def _responses(
    study: WeighedStudy, part: Sample, tables: Tables, rng: np.random.Generator
) -> Series:
    out: Series = {}
    for arm in study.arms:
        n = arm.n or 40
        for time in study.times_h:
            share = part.at(_response(arm, time, part))
            label = f"{arm.label}, {_when(time)}"
            out[label] = ("share responding", rng.binomial(n, share) / n)
    return out


def _response(arm: Arm, time: float, part: Sample) -> Array:
    """Return the probability of a response at every study node, (M, a, g)."""
    M, a, K = part.grid.strength.shape
    each = response(part.rival, arm, time, part.grid, part.grid.strength.reshape(M, -1))
    w = part.grid.amplitude_weight
    return np.asarray(np.einsum("makg,k->mag", each.reshape(M, a, K, -1), w))


def _event(study: WeighedStudy, part: Sample, tables: Tables, rng: np.random.Generator) -> Series:
    table = tables.event[study.id]
    cells = table.everything(tuple(part.at(x) for x in _pair(study, part)))
    responders = cells.sum(axis=(2, 3))
    drawn = np.array([rng.choice(table.n + 1, p=row) for row in responders], dtype=float)
    return {
        "responders": ("people", drawn),
        "significant among responders": ("probability", cells[:, :, 1].sum(axis=(1, 2))),
        "significant in everybody": ("probability", cells[:, :, :, 1].sum(axis=(1, 2))),
    }


def _pair(study: WeighedStudy, part: Sample) -> tuple[Array, ...]:
    return paired(study, part.rival, part.grid).pair()


def _test(study: WeighedStudy, part: Sample, tables: Tables, rng: np.random.Generator) -> Series:
    s = paired(study, part.rival, part.grid)
    mean, sd = tables.test[study.id].at(tuple(part.at(x) for x in s.pair()))
    drawn = _mean_draws(s, study.arms[0].n, part, rng)
    loss = 1.0 - drawn[:, 1] / np.maximum(drawn[:, 0], 0.02)
    return {
        "signed root of F": ("1", mean + sd * rng.standard_normal(len(mean))),
        "loss of effect": ("fraction", loss),
    }


def _signal(study: WeighedStudy, part: Sample, tables: Tables, rng: np.random.Generator) -> Series:
    size = part.rival.particles["glx_signal"] * (1.0 - surge_ratio(study, part.rival))
    return {"signed root of F": ("1", size + rng.standard_normal(len(size)))}


def _assay(study: WeighedStudy, part: Sample, tables: Tables, rng: np.random.Generator) -> Series:
    """Predict whether the drug beats its control at all, and the blocker's arm the control."""
    time = study.times_h[0]
    shares = {
        a.label: rng.binomial(a.n, part.at(_response(a, time, part))) / a.n for a in study.arms
    }
    control = study.arms[-1]
    out: Series = {f"{label}, responding": ("share", x) for label, x in shares.items()}
    for arm in study.arms[:-1]:
        p, q = shares[arm.label], shares[control.label]
        pooled = (p * arm.n + q * control.n) / (arm.n + control.n)
        se = np.sqrt(np.maximum(pooled * (1 - pooled), 1e-9) * (1 / arm.n + 1 / control.n))
        out[f"{arm.label} beats {control.label}"] = (
            "probability",
            ((p - q) / se > 1.959963984540054).astype(float),
        )
    return out


def _difference(
    study: WeighedStudy, part: Sample, tables: Tables, rng: np.random.Generator
) -> Series:
    drawn = [
        arm.baseline * _mean_draws(arm_course(study, arm, part.rival, part.grid), arm.n, part, rng)
        for arm in study.arms
    ]
    return {"difference of arms": ("points", -(drawn[0] - drawn[1])[:, 0])}


def _when(time_h: float) -> str:
    return f"day {time_h / 24:g}" if time_h >= 24 else f"{time_h:g} h"
