"""Fit the few constants that published courses can tell: how much, for whom, for how long.

    loss(theta) = sum over fitted targets of ((predicted - observed) / error)^2
                + ((ln T - ln 12.6 d) / 0.55)^2 + ((omega - 1) / 0.75)^2

over the day-1 fall of a typical responder, the most that any number of sessions can remove, how
people differ, the share that does not respond, the half-life of the effect and the share that care
removes. The two added terms are what is known otherwise: the time T in which the drug's own effect
on the typical responder halves, from two decay data sets (systems/five-state), and that people's
log drive differs by about omega = 1 (weak, assumed; without it the fit wanders to people who differ
ten thousandfold). With a limit c the fall f comes from R = f / (c - f), so T = t log2(R(f) /
R(f/2)) is longer than the half-life t of R. People are drawn once (common random numbers), under
the explanation "illness", so the loss is smooth enough for a simplex search. Held-out targets never
enter.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import minimize
from scipy.special import expit, logit

from crossblock.domain.adaptation import Adaptation, Loss
from crossblock.domain.compound import Compound
from crossblock.domain.mechanism import Mechanism
from crossblock.domain.target import Target, Use
from crossblock.forecast.trials import bench, fitted

Array = NDArray[np.float64]
SHARES = ("fall", "reach", "nonresponders", "care")  # searched on the logit scale
POSITIVE = ("half_life_R",)  # searched on the log scale
PLAIN = ("omega",)  # searched as it is
HALF_TIME_H, HALF_TIME_SD = 12.6 * 24.0, 0.55  # log-normal, systems/five-state
OMEGA, OMEGA_SD = 1.0, 0.75
STEP = 0.3  # first edge of the simplex, on those scales


@dataclass(frozen=True, kw_only=True, eq=False)
class Fit:
    """What the search found: `values` by constant, the loss before and after, its parts by
    target, and how many losses it cost."""

    values: Mapping[str, float]
    before: float
    after: float
    parts: Mapping[str, float]
    evaluations: int


def coordinates(adaptation: Adaptation) -> Array:
    """Return the fitted constants on the scales of the search."""
    found = [float(logit(adaptation[s])) for s in SHARES]
    found += [math.log(adaptation[s]) for s in POSITIVE]
    found += [adaptation[s] for s in PLAIN]
    return np.array(found)


def at(adaptation: Adaptation, theta: Sequence[float] | Array) -> Adaptation:
    """Return the slow system with the constants at `theta`."""
    n, m = len(SHARES), len(SHARES) + len(POSITIVE)
    values = {s: float(expit(x)) for s, x in zip(SHARES, theta[:n], strict=True)}
    values |= {s: math.exp(x) for s, x in zip(POSITIVE, theta[n:m], strict=True)}
    values |= {s: float(abs(x)) for s, x in zip(PLAIN, theta[m:], strict=True)}
    return adaptation.with_values(**values)


def misfit(
    adaptation: Adaptation,
    mechanism: Mechanism,
    compounds: Mapping[str, Compound],
    targets: Sequence[Target],
    *,
    count: int = 1500,
    seed: int = 11,
) -> dict[str, float]:
    """Return the squared standardized misfit of every fitted target."""
    b = bench(
        mechanism,
        adaptation,
        compounds,
        count=count,
        seed=seed,
        losses=(Loss.ILLNESS,),
        spread=False,
        worlds=1,
    )
    found = fitted(b)
    return {
        t.id: ((float(found[t.id][0]) - t.value) / t.error) ** 2
        for t in targets
        if t.use is Use.FIT
    }


def effect_half_time(adaptation: Adaptation) -> float:
    """Return T in h, in which the fall of the typical responder after one infusion halves."""
    f, c = adaptation["fall"], adaptation["reach"]
    full, half = f / (c - f), 0.5 * f / (c - 0.5 * f)
    return adaptation["half_life_R"] * math.log2(full / half)


def prior(adaptation: Adaptation) -> float:
    """Return the two terms of what is known of T and of omega otherwise."""
    t = math.log(effect_half_time(adaptation) / HALF_TIME_H) / HALF_TIME_SD
    return t**2 + ((adaptation["omega"] - OMEGA) / OMEGA_SD) ** 2


def fit(
    adaptation: Adaptation,
    mechanism: Mechanism,
    compounds: Mapping[str, Compound],
    targets: Sequence[Target],
    *,
    count: int = 1500,
    seed: int = 11,
    most: int = 250,
) -> Fit:
    """Return the constants that fit the targets best, by a simplex search from where they stand."""

    def loss(theta: Array) -> float:
        here = at(adaptation, theta)
        parts = misfit(here, mechanism, compounds, targets, count=count, seed=seed)
        return sum(parts.values()) + prior(here)

    start = coordinates(adaptation)
    simplex = np.vstack([start, start + STEP * np.eye(len(start))])
    found = minimize(
        loss,
        start,
        method="Nelder-Mead",
        options={"initial_simplex": simplex, "maxfev": most, "xatol": 0.01, "fatol": 0.02},
    )
    best = at(adaptation, found.x)
    return Fit(
        values={s: best[s] for s in (*SHARES, *POSITIVE, *PLAIN)},
        before=loss(start),
        after=float(found.fun),
        parts=misfit(best, mechanism, compounds, targets, count=count, seed=seed),
        evaluations=int(found.nfev),
    )
