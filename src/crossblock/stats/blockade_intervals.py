"""Two more intervals of the blockade fraction, beside Fieller's: profile likelihood and bootstrap.

Profile: rho is in the set when the model with the constraint a = rho d fits nearly as well,

    D(rho) - D_min <= n log(1 + t^2 / df),     D = -2 log-likelihood (ML)

which in a normal linear model is exactly the t test that Fieller inverts; with incomplete data the
two may differ. Bootstrap: people are drawn anew within their sequence, and rho is recomputed from
sequence-by-period means; when more than 1 - level of the draws have the open effect on the other
side of 0, the set is unbounded and is said to be so.
Sources: Cox and Hinkley 1974, ch. 9; Efron and Tibshirani 1993, ch. 13.
Derivation: docs/derivations/blockade.md.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import brentq
from scipy.special import stdtrit

from crossblock.core.errors import DesignError, Problem
from crossblock.core.streams import Stream
from crossblock.domain.blockade import CellMeans
from crossblock.domain.result import Estimate
from crossblock.domain.table import AnalysisTable
from crossblock.stats.blockade import contrasts
from crossblock.stats.cells import mean_weights
from crossblock.stats.mixed import fit
from crossblock.stats.visits import Covariance, Layout, Model, covariance_terms, effects

Floats = NDArray[np.float64]
WIDEST = 40.0  # in units of the ratio; beyond it a set counts as unbounded


def profile_interval(
    data: Layout, cells: Mapping[str, str], means: CellMeans, *, level: float = 0.95
) -> Estimate:
    """Return the fraction with its profile-likelihood interval (one visit, marginal covariance)."""
    model = Model(covariance=Covariance.CS)
    X, names = effects(data, model)
    conditions = [c for c in data.conditions if c in cells]
    L = np.array([mean_weights(names, c, "", data.periods) for c in conditions])
    wa, wd = contrasts(tuple(cells[c] for c in conditions))
    a, d = wa @ L, wd @ L
    random, residual, _ = covariance_terms(data, Covariance.CS)

    def deviance(columns: Floats) -> float:
        made = fit(data.y, columns, random=random, residual=residual, bounded=False, method="ml")
        return made.deviance

    best = deviance(X)
    n = float(np.unique(data.participant).size)
    t = float(stdtrit(means.df, 0.5 + level / 2.0))
    room = n * math.log1p(t * t / means.df)

    def excess(rho: float) -> float:
        return deviance(_constrained(X, a - rho * d)) - best - room

    rho = float(wa @ means.mean) / float(wd @ means.mean)
    beyond = deviance(_constrained(X, d)) - best - room
    lower, upper = (_edge(excess, rho, side) for side in (-1.0, 1.0))
    if beyond <= 0.0 or lower is None or upper is None:
        lower, upper = -math.inf, math.inf
    return Estimate(
        label="profile likelihood",
        value=1.0 - rho,
        df=means.df,
        lower=1.0 - upper,
        upper=1.0 - lower,
        level=level,
        unit="fraction",
        n=means.n,
        model="ML, correlated rows within a participant",
    )


def _constrained(X: Floats, row: Floats) -> Floats:
    """Return X restricted to the effects with row' beta = 0."""
    _, _, Vt = np.linalg.svd(row[None, :])
    return np.asarray(X @ Vt[1:].T, dtype=np.float64)


def _edge(excess: Callable[[float], float], rho: float, side: float) -> float | None:
    """Return where the profile leaves the set on one side, None when it does not."""
    step = 0.05
    while step <= WIDEST:
        if excess(rho + side * step) > 0.0:
            inner = rho + side * (step / 2.0 if step > 0.05 else 0.0)
            return float(brentq(excess, inner, rho + side * step, xtol=1e-6))
        step *= 2.0
    return None


def bootstrap_interval(
    table: AnalysisTable,
    cells: Mapping[str, str],
    *,
    stream: Stream,
    draws: int = 4000,
    level: float = 0.95,
) -> Estimate:
    """Return the fraction with its percentile interval from people drawn anew within sequence.

    Complete rows only, any number of periods in which every condition occurs. Raises `DesignError`
    when a sequence has fewer than two complete people.
    """
    whole = table.observed[0].all(axis=-1)
    n = int(whole.sum())
    conditions = [c for c in table.conditions if c in cells]
    means = np.zeros((draws, len(conditions)))
    sequences = [s for s in np.unique(table.sequence[0, whole]) if s >= 0]
    for s in sequences:
        people = np.nonzero(whole & (table.sequence[0] == s))[0]
        if people.size < 2:
            raise DesignError(
                Problem(
                    what=f"sequence {table.sequences[s]} has {people.size} complete people",
                    why="a bootstrap within sequences needs two or more in each",
                    fix="read the Fieller interval",
                )
            )
        u = stream.uniform(people.size, trial=np.arange(draws), participant=int(s))
        chosen = people[np.minimum((u * people.size).astype(np.int64), people.size - 1)]
        by_period = table.y[0][chosen].mean(axis=1)
        for k, c in enumerate(conditions):
            here = table.condition[0, people[0]] == table.conditions.index(c)
            means[:, k] += by_period[:, here].mean(axis=-1) / len(sequences)
    wa, wd = contrasts(tuple(cells[c] for c in conditions))
    a, d = means @ wa, means @ wd
    other_side = min(float((d > 0).mean()), float((d < 0).mean()))
    f = 1.0 - a / d
    low, high = np.quantile(f, [(1 - level) / 2, (1 + level) / 2])
    bounded = other_side <= (1 - level) / 2
    found = Estimate(
        label="bootstrap of people",
        value=float(np.median(f)),
        se=float(f.std(ddof=1)) if bounded else None,
        lower=float(low),
        upper=float(high),
        level=level,
        unit="fraction",
        n=n,
        model=f"{draws} draws within sequence, percentile",
        info={"open effect on the other side of 0": other_side},
    )
    return found if bounded else replace(found, lower=-math.inf, upper=math.inf)
